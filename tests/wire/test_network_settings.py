"""The network as the environment describes it: authorities, proxies, and what is said of those that cannot be used."""

from __future__ import annotations

import asyncio
import os
import ssl
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import certifi
import pytest

from pandadoc_client import Configuration
from pandadoc_client._http import environment as _environment
from pandadoc_client.emulator import Emulator
from pandadoc_client.exceptions import ApiConnectionError, ApiValueError
from pandadoc_client.oauth import (
    AsyncOAuthClient,
    AsyncTokenManager,
    MemoryTokenStore,
    OAuthClient,
    Token,
    TokenManager,
)

from .network import NAME, VARIABLES, Authority, answer, make_authority, proxying, serving_tls
from .support import Call, call_async, call_sync, configuration, serving

Send = Callable[[str], Any]
PROXIES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """The environment, without a word of the network."""
    for name in (*VARIABLES, *PROXIES, *(name.upper() for name in PROXIES)):
        monkeypatch.delenv(name, raising=False)
    return monkeypatch


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return make_authority(tmp_path_factory.mktemp("authority"))


def api_sync(url: str) -> Any:
    return call_sync(configuration(url, retries=0, allow_insecure=True)).email


def api_async(url: str) -> Any:
    return call_async(configuration(url, retries=0, allow_insecure=True)).email


def token_sync(url: str) -> Any:
    with OAuthClient("id", "secret", host=url, retries=0, allow_insecure=True) as client:
        return client.exchange_code("code").access_token


def token_async(url: str) -> Any:
    async def run() -> str:
        async with AsyncOAuthClient("id", "secret", host=url, retries=0, allow_insecure=True) as client:
            return (await client.exchange_code("code")).access_token

    return asyncio.run(run())


def store() -> MemoryTokenStore:
    made = MemoryTokenStore()
    made.save("a", Token("old", refresh_token="r"))
    return made


def refresh_sync(url: str) -> Any:
    with OAuthClient("id", "secret", host=url, retries=0, allow_insecure=True) as client:
        return TokenManager(client, store(), "a").refresh().access_token


def refresh_async(url: str) -> Any:
    async def run() -> str:
        async with AsyncOAuthClient("id", "secret", host=url, retries=0, allow_insecure=True) as client:
            return (await AsyncTokenManager(client, store(), "a").refresh()).access_token

    return asyncio.run(run())


SENDERS = [api_sync, api_async, token_sync, token_async, refresh_sync, refresh_async]


@pytest.fixture(params=SENDERS, ids=lambda function: function.__name__)
def send(request: pytest.FixtureRequest) -> Send:
    """Something that sends a request, and returns a part of the response: a call, a token request, a refresh."""
    chosen: Send = request.param
    return chosen


def arrived(result: Any) -> bool:
    return result in ("t", "a@b.example")


# Certificate authorities


def test_an_unknown_authority_is_refused(authority: Authority, send: Send) -> None:
    with serving_tls(authority) as port, pytest.raises(ApiConnectionError, match="certificate verify failed"):
        send(f"https://127.0.0.1:{port}")


def test_an_authority_that_the_system_trusts_is_trusted(
    authority: Authority, send: Send, environment: pytest.MonkeyPatch
) -> None:
    load = ssl.SSLContext.load_default_certs

    # A stand-in for an administrator's command: a test cannot add to the authorities of the machine.
    def with_one_more(context: ssl.SSLContext, purpose: ssl.Purpose = ssl.Purpose.SERVER_AUTH) -> None:
        load(context, purpose)
        context.load_verify_locations(cafile=authority.ca)

    environment.setattr(ssl.SSLContext, "load_default_certs", with_one_more)
    environment.setattr(
        _environment, "_shared", _environment._shared.__wrapped__
    )  # what was read before is out of date
    with serving_tls(authority) as port:
        assert arrived(send(f"https://127.0.0.1:{port}"))


_IN_A_SYSTEM_OF_ITS_OWN = """
set -e
paths=$("$1" -c 'import ssl; print(ssl.get_default_verify_paths().openssl_capath)')
mkdir -p "$2/certs" && cp -RL "$paths/." "$2/certs/" && cp -RL "$3/." "$2/certs/"
mount --bind "$2/certs" "$paths"
exec "$1" -c 'import sys; from pandadoc_client import PandaDoc
print(PandaDoc(api_key="k", host=sys.argv[1]).members.details_current_member().email)' "$4"
"""


@pytest.mark.skipif(
    sys.platform != "linux" or subprocess.run(["unshare", "-rm", "true"], capture_output=True).returncode != 0,
    reason="needs a system whose folder of certificates only this test sees",
)
def test_an_authority_in_the_systems_folder_is_trusted(authority: Authority, tmp_path: Path) -> None:
    with serving_tls(authority) as port:
        command = ["unshare", "-rm", "sh", "-c", _IN_A_SYSTEM_OF_ITS_OWN, "sh", sys.executable]
        arguments = [str(tmp_path), str(authority.folder), f"https://127.0.0.1:{port}"]
        result = subprocess.run([*command, *arguments], capture_output=True, text=True, timeout=60)
    assert result.stdout == "a@b.example\n", result.stderr


def test_where_the_system_has_no_authorities_those_of_certifi_are_used(environment: pytest.MonkeyPatch) -> None:
    # Stand-ins for a machine without certificates, such as a small container.
    environment.setattr(ssl.SSLContext, "load_default_certs", lambda context, purpose=None: None)
    environment.setattr(_environment, "_holds_certificates", lambda folders: False)
    environment.setattr(_environment, "_BUNDLES", ())
    expected = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    expected.load_verify_locations(cafile=certifi.where())
    assert _environment.new_context().cert_store_stats() == expected.cert_store_stats()


def test_a_bundle_of_the_system_is_found_where_python_does_not_look(
    authority: Authority, environment: pytest.MonkeyPatch
) -> None:
    environment.setattr(ssl.SSLContext, "load_default_certs", lambda context, purpose=None: None)
    environment.setattr(_environment, "_holds_certificates", lambda folders: False)
    environment.setattr(_environment, "_BUNDLES", ("/nowhere/ca.pem", str(authority.ca)))
    assert _environment.new_context().cert_store_stats()["x509_ca"] == 1


@pytest.mark.parametrize("variable", ["SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "REQUESTS_CA_BUNDLE/"])
def test_authorities_that_the_environment_names_are_trusted(
    variable: str, authority: Authority, send: Send, environment: pytest.MonkeyPatch
) -> None:
    in_folder = variable in ("SSL_CERT_DIR", "REQUESTS_CA_BUNDLE/")
    environment.setenv(variable.rstrip("/"), str(authority.folder if in_folder else authority.ca))
    with serving_tls(authority) as port:
        assert arrived(send(f"https://127.0.0.1:{port}"))


def test_authorities_are_taken_from_the_first_that_names_them(
    authority: Authority, call: Call, environment: pytest.MonkeyPatch
) -> None:
    with serving_tls(authority) as port:
        settings = configuration(f"https://127.0.0.1:{port}", retries=0)
        environment.setenv("REQUESTS_CA_BUNDLE", str(authority.ca))
        environment.setenv("SSL_CERT_FILE", certifi.where())
        with pytest.raises(ApiConnectionError, match="certificate"):
            call(settings)
        environment.setenv("SSL_CERT_DIR", str(authority.folder))  # beside the file
        assert arrived(call(settings).email)
        settings.ssl_ca_cert = certifi.where()
        with pytest.raises(ApiConnectionError, match="certificate"):
            call(settings)
        environment.setenv("SSL_CERT_DIR", "/nowhere")
        environment.setenv("SSL_CERT_FILE", "/nowhere")
        settings.ssl_ca_cert = str(authority.ca)  # then nobody asks the environment
        assert arrived(call(settings).email)


def test_an_empty_variable_counts_as_unset(authority: Authority, call: Call, environment: pytest.MonkeyPatch) -> None:
    for name in VARIABLES:
        environment.setenv(name, "")
    environment.setenv("REQUESTS_CA_BUNDLE", str(authority.ca))
    with serving_tls(authority) as port:
        assert arrived(call(configuration(f"https://127.0.0.1:{port}")).email)


def test_the_keys_of_tls_are_written_where_the_environment_says(
    authority: Authority, call: Call, environment: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    environment.setenv("SSLKEYLOGFILE", str(tmp_path / "keys"))
    environment.setenv("SSL_CERT_FILE", str(authority.ca))
    with serving_tls(authority) as port:
        call(configuration(f"https://127.0.0.1:{port}"))
    assert "CLIENT_HANDSHAKE_TRAFFIC_SECRET" in (tmp_path / "keys").read_text()


def test_the_store_of_windows_and_macos_is_asked_by_way_of_truststore(
    authority: Authority, call: Call, environment: pytest.MonkeyPatch
) -> None:
    made: list[ssl.SSLContext] = []

    # truststore runs on Linux, too, where it looks for authorities as OpenSSL does: one is added for the test.
    def native() -> ssl.SSLContext:
        context = _environment._native_context()
        context.load_verify_locations(cafile=str(authority.ca))
        made.append(context)
        return context

    environment.setattr(_environment, "_system_context", native)
    environment.setattr(_environment, "_shared", _environment._shared.__wrapped__)
    with serving_tls(authority) as port:
        assert arrived(call(configuration(f"https://127.0.0.1:{port}")).email)
    assert type(made[0]).__module__.startswith("truststore")


# Proxies


@pytest.mark.parametrize("variable", ["ALL_PROXY", "all_proxy", "HTTPS_PROXY", "https_proxy"])
def test_requests_go_through_the_proxy_of_the_environment(
    variable: str, authority: Authority, send: Send, environment: pytest.MonkeyPatch
) -> None:
    environment.setenv("SSL_CERT_FILE", str(authority.ca))
    with serving_tls(authority) as port, proxying({NAME: port}) as proxy:
        environment.setenv(variable, proxy.url.replace("//", "//user:word@"))
        assert arrived(send(f"https://{NAME}"))
        assert proxy.seen == [f"{NAME}:443"]
        assert "Proxy-Authorization: Basic dXNlcjp3b3Jk" in proxy.heads[0]


@pytest.mark.parametrize("variable", ["ALL_PROXY", "HTTP_PROXY", "http_proxy"])
def test_plain_requests_go_through_the_proxy_of_the_environment(
    variable: str, call: Call, environment: pytest.MonkeyPatch
) -> None:
    with Emulator(allowed_hosts=[NAME]) as emulator, proxying({NAME: emulator.port}) as proxy:
        environment.setenv(variable, proxy.url)
        assert call(configuration(f"http://{NAME}", allow_insecure=True)).is_active
        assert proxy.seen == [f"http://{NAME}/public/v1/members/current"]


def test_the_proxy_of_a_scheme_wins_over_that_of_all(
    authority: Authority, call: Call, environment: pytest.MonkeyPatch
) -> None:
    environment.setenv("SSL_CERT_FILE", str(authority.ca))
    with serving_tls(authority) as port, proxying({NAME: port}) as one, proxying({NAME: port}) as other:
        environment.setenv("HTTPS_PROXY", one.url)
        environment.setenv("ALL_PROXY", other.url)
        call(configuration(f"https://{NAME}"))
        assert (len(one.seen), len(other.seen)) == (1, 0)


@pytest.mark.parametrize("variable", ["NO_PROXY", "no_proxy"])
@pytest.mark.parametrize("hosts", [NAME, ".pandadoc.test", "*"])
def test_hosts_of_no_proxy_are_reached_without(
    variable: str, hosts: str, call: Call, environment: pytest.MonkeyPatch
) -> None:
    with proxying({}) as proxy:
        environment.setenv("ALL_PROXY", proxy.url)
        environment.setenv(variable, hosts)
        with pytest.raises(ApiConnectionError):
            call(configuration(f"https://{NAME}", retries=0))
        assert proxy.seen == []


def test_a_socks_proxy_is_used(authority: Authority, send: Send, environment: pytest.MonkeyPatch) -> None:
    environment.setenv("SSL_CERT_FILE", str(authority.ca))
    with serving_tls(authority) as port, proxying({NAME: port}, "socks5") as proxy:
        environment.setenv("ALL_PROXY", proxy.url)
        assert arrived(send(f"https://{NAME}"))
        assert proxy.seen == [f"{NAME}:443"]


def test_a_proxy_that_speaks_tls_is_checked_against_the_same_authorities(
    authority: Authority, call: Call, environment: pytest.MonkeyPatch
) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(authority.server)
    with serving_tls(authority) as port, proxying({NAME: port}, "https", context) as proxy:
        environment.setenv("HTTPS_PROXY", proxy.url)
        with pytest.raises(ApiConnectionError, match="certificate"):
            call(configuration(f"https://{NAME}", retries=0))
        environment.setenv("SSL_CERT_FILE", str(authority.ca))
        assert arrived(call(configuration(f"https://{NAME}")).email)
        assert proxy.seen == [f"{NAME}:443"]


# What cannot be used

BROKEN = {
    "SSL_CERT_FILE": ["/nowhere/ca.pem", "EMPTY", "FOLDER"],
    "SSL_CERT_DIR": ["/nowhere", "FOLDER", "EMPTY"],
    "REQUESTS_CA_BUNDLE": ["/nowhere/ca.pem", "EMPTY", "FOLDER"],
    "SSLKEYLOGFILE": ["/nowhere/keys", "FOLDER"],
}
NO_PROXIES = [
    "gopher://MARKER@proxy.test",
    "http://MARKER:99999999",
    "http://[MARKER",
    "http://",
    "socks4://MARKER",
    "http://MARKER..x",
]


def place(value: str, tmp_path: Path) -> str:
    (tmp_path / "empty.pem").touch()
    (tmp_path / "folder").mkdir()
    return {"EMPTY": str(tmp_path / "empty.pem"), "FOLDER": str(tmp_path / "folder")}.get(value, value)


@pytest.mark.parametrize(("variable", "value"), [(name, value) for name, values in BROKEN.items() for value in values])
def test_a_variable_for_tls_that_cannot_be_used_is_named(
    variable: str, value: str, send: Send, environment: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    environment.setenv(variable, place(value, tmp_path))
    with pytest.raises(ApiValueError, match=f"^{variable} cannot be used: "):
        send("https://127.0.0.1:9")


@pytest.mark.parametrize("variable", ["ALL_PROXY", "all_proxy", "HTTPS_PROXY", "https_proxy"])
@pytest.mark.parametrize("value", NO_PROXIES)
def test_a_variable_for_a_proxy_that_cannot_be_used_is_named(
    variable: str, value: str, send: Send, environment: pytest.MonkeyPatch
) -> None:
    environment.setenv(variable, value)
    with pytest.raises(ApiValueError, match=f"^{variable} must be the URL of an http, https or socks5 proxy$"):
        send(f"https://{NAME}")


def test_a_socks_proxy_without_its_library_is_named_with_what_to_install(
    send: Send, environment: pytest.MonkeyPatch
) -> None:
    environment.setitem(sys.modules, "socksio", None)  # a stand-in for an environment without it
    environment.setenv("ALL_PROXY", "socks5://user:MARKER@127.0.0.1:9")
    with pytest.raises(ApiValueError, match=r"^ALL_PROXY is a socks proxy.*pandadoc-client\[socks\]") as caught:
        send(f"https://{NAME}")
    assert "MARKER" not in str(caught.value)


def test_settings_that_cannot_be_used_do_no_harm_on_this_machine(send: Send, environment: pytest.MonkeyPatch) -> None:
    for name in VARIABLES:
        environment.setenv(name, "/nowhere/file")
    for name in ("ALL_PROXY", "HTTP_PROXY", "HTTPS_PROXY"):
        environment.setenv(name, "gopher://proxy.test")

    with serving(answer) as server:
        assert arrived(send(server.url))


def test_an_https_server_on_this_machine_needs_no_proxy_that_works(
    authority: Authority, send: Send, environment: pytest.MonkeyPatch
) -> None:
    environment.setenv("SSL_CERT_FILE", str(authority.ca))
    environment.setenv("ALL_PROXY", "gopher://proxy.test")
    with serving_tls(authority) as port:
        assert arrived(send(f"https://127.0.0.1:{port}"))


def test_a_client_goes_on_once_the_variable_is_mended(authority: Authority, environment: pytest.MonkeyPatch) -> None:
    kept = store()
    with serving_tls(authority) as port, OAuthClient("id", "secret", host=f"https://127.0.0.1:{port}") as client:
        manager = TokenManager(client, kept, "a")
        environment.setenv("SSL_CERT_FILE", "/nowhere/ca.pem")
        with pytest.raises(ApiValueError, match="SSL_CERT_FILE"):
            manager.refresh()
        assert kept.load("a") == Token("old", refresh_token="r")
        environment.setenv("SSL_CERT_FILE", str(authority.ca))
        assert manager.refresh().access_token == "t"


@pytest.mark.parametrize(
    ("setting", "also"), [("ssl_ca_cert", {}), ("cert_file", {}), ("key_file", {"cert_file": "SERVER"})]
)
@pytest.mark.parametrize("value", ["/nowhere/file.pem", "EMPTY", "FOLDER"])
def test_a_file_of_the_configuration_that_cannot_be_used_is_named_by_its_setting(
    setting: str, also: dict[str, str], value: str, authority: Authority, call: Call, tmp_path: Path
) -> None:
    settings: Configuration = configuration("https://127.0.0.1:9", retries=0)
    for name in also:
        setattr(settings, name, str(authority.server))
    setattr(settings, setting, place(value, tmp_path))
    with pytest.raises(ApiValueError, match=rf"\b{setting} cannot be used: "):
        call(settings)


def test_an_encrypted_key_is_refused_and_nobody_is_asked_for_its_password(
    authority: Authority, call: Call, tmp_path: Path
) -> None:
    key = tmp_path / "key.pem"
    command = ["openssl", "pkey", "-in", str(authority.server), "-aes256", "-passout", "pass:x", "-out", str(key)]
    subprocess.run(command, check=True, capture_output=True)
    settings = configuration("https://127.0.0.1:9", retries=0)
    settings.cert_file, settings.key_file = str(authority.server), str(key)
    with pytest.raises(ApiValueError, match="key_file cannot be used: the key is encrypted"):
        call(settings)


def test_a_client_certificate_is_sent(authority: Authority, call: Call) -> None:
    settings = configuration("https://127.0.0.1:9", retries=0)
    settings.ssl_ca_cert, settings.cert_file = str(authority.ca), str(authority.server)
    with serving_tls(authority) as port:
        settings.host = f"https://127.0.0.1:{port}"
        assert arrived(call(settings).email)


@pytest.mark.parametrize("name", VARIABLES)
def test_a_command_names_a_variable_that_cannot_be_used(name: str, tmp_path: Path) -> None:
    environment = {**os.environ, name: "/nowhere/file", "HOME": str(tmp_path)}
    environment |= {"PANDADOC_API_KEY": "k", "PANDADOC_HOST": "https://127.0.0.1:9"}
    command = [sys.executable, "-m", "pandadoc_client.cli", "api", "details-current-member"]
    result = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)
    assert result.returncode == 2, result.stderr
    assert result.stderr.startswith(f"pandadoc: {name} cannot be used: ")
    assert "bug" not in result.stderr
