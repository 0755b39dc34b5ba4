"""What is set of the network on a client's configuration holds for its token refreshes as well."""

from __future__ import annotations

import contextlib
import json
import socket
import ssl
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from pandadoc_client import AsyncPandaDoc, Configuration, PandaDoc
from pandadoc_client.exceptions import ApiConnectionError, ApiException, ApiValueError
from pandadoc_client.oauth import AsyncOAuthClient, MemoryTokenStore, OAuthClient, Token

from ..wire.support import Server, serving

_ANSWER = json.dumps(
    {"access_token": "new", "refresh_token": "r2", "expires_in": 3600, "email": "a@example.com"}
).encode()
_RESPONSE = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: "
_RESPONSE += str(len(_ANSWER)).encode() + b"\r\n\r\n" + _ANSWER


@pytest.fixture(autouse=True)
def application(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PANDADOC_CLIENT_ID", "id")
    monkeypatch.setenv("PANDADOC_CLIENT_SECRET", "secret")


@pytest.fixture
def store() -> MemoryTokenStore:
    store = MemoryTokenStore()
    store.save("default", Token("old", "r1", expires_at=datetime.now(UTC) - timedelta(seconds=1)))
    return store


@pytest.fixture(params=["blocking", "asyncio"])
async def front(request: pytest.FixtureRequest, store: MemoryTokenStore) -> Any:
    """Return a function that makes a call with these network settings, on either client."""

    async def call(host: str, settings: dict[str, Any]) -> Any:
        options: dict[str, Any] = {"token_store": store, "host": host, "retries": 0, "allow_insecure": True}
        if request.param == "asyncio":
            async with AsyncPandaDoc(**options) as pd:
                set_all(pd.configuration, settings)
                return await pd.members.details_current_member()
        with PandaDoc(**options) as pd:
            set_all(pd.configuration, settings)
            return pd.members.details_current_member()

    return call


def set_all(configuration: Configuration, settings: dict[str, Any]) -> None:
    for name, value in settings.items():
        assert hasattr(configuration, name)
        setattr(configuration, name, value)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for the name api.test with its key in one file, good for a day."""
    path = tmp_path_factory.mktemp("tls") / "both.pem"
    command = "openssl req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN=api.test -addext subjectAltName=DNS:api.test"
    key, cert = path.with_name("key.pem"), path.with_name("cert.pem")
    subprocess.run([*command.split(), "-keyout", key, "-out", cert], check=True, capture_output=True)
    path.write_text(key.read_text() + cert.read_text())
    return path


@contextlib.contextmanager
def serving_tls(certificate: Path, *, ask_for_one: bool = False) -> Iterator[str]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    if ask_for_one:
        context.load_verify_locations(certificate)
        context.verify_mode = ssl.CERT_REQUIRED

    def answer(server: Server, connection: socket.socket) -> None:
        connection.sendall(_RESPONSE)

    with serving(answer, context) as server:
        yield server.url


async def test_certificates_hold_for_refreshes(front: Any, store: MemoryTokenStore, certificate: Path) -> None:
    with serving_tls(certificate) as url:
        with pytest.raises(ApiConnectionError, match="certificate"):
            await front(url, {})
        with pytest.raises(ApiConnectionError, match="certificate"):
            await front(url, {"ssl_ca_cert": str(certificate)})
        settings = {"ssl_ca_cert": str(certificate), "assert_hostname": "api.test"}
        assert (await front(url, settings)).email == "a@example.com"
    assert store.load() is not None
    assert saved(store).access_token == "new"


async def test_checks_that_are_off_are_off_for_refreshes(
    front: Any, store: MemoryTokenStore, certificate: Path
) -> None:
    with serving_tls(certificate) as url:
        assert (await front(url, {"verify_ssl": False})).email == "a@example.com"
    assert saved(store).access_token == "new"


async def test_a_client_certificate_is_shown_by_refreshes(
    front: Any, store: MemoryTokenStore, certificate: Path
) -> None:
    with serving_tls(certificate, ask_for_one=True) as url:
        assert (await front(url, {"verify_ssl": False, "cert_file": str(certificate)})).email == "a@example.com"
    assert saved(store).access_token == "new"


async def test_a_proxy_gets_refreshes(front: Any, store: MemoryTokenStore) -> None:
    seen: list[bytes] = []

    def relay(server: Server, connection: socket.socket) -> None:
        seen.append(b"asked")
        connection.sendall(_RESPONSE)

    with serving(relay) as proxy:
        settings = {"proxy": proxy.url, "no_proxy": "example.com"}
        with pytest.raises(ApiException):
            await front("http://api.example.com", settings)
        assert seen == []
        assert (await front("http://api.example.com", {"proxy": proxy.url})).email == "a@example.com"
    assert saved(store).access_token == "new"
    assert len(seen) == 2


async def test_a_setting_that_cannot_be_used_is_named_before_anything_is_sent(
    front: Any, store: MemoryTokenStore
) -> None:
    with pytest.raises(ApiValueError, match="ssl_ca_cert"):
        await front("https://127.0.0.1:1", {"ssl_ca_cert": "/nowhere.pem"})
    entry, _ = store.read_entry("default")
    assert entry is not None
    assert entry.attempt is None


@pytest.mark.parametrize("kind", [OAuthClient, AsyncOAuthClient])
async def test_an_oauth_client_takes_the_network_settings_of_a_configuration(
    kind: type[OAuthClient | AsyncOAuthClient], certificate: Path
) -> None:
    configuration = Configuration()
    with serving_tls(certificate) as url:
        client = kind(host=url, configuration=configuration)
        configuration.ssl_ca_cert, configuration.assert_hostname = str(certificate), "api.test"
        found = client.refresh("r1")
        token = found if isinstance(found, Token) else await found
    assert token.access_token == "new"


def saved(store: MemoryTokenStore) -> Token:
    token = store.load()
    assert token is not None
    return token
