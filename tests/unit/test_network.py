"""Proxies, certificates and hosts: what is accepted, and what is said of the rest."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import pytest

from pandadoc_client._http import network
from pandadoc_client._http.network import TransportSettings, check_host, is_loopback, proxies_of, transport_arguments
from pandadoc_client.exceptions import ApiValueError


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "no_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


def goes_directly(url: str, no_proxy: str) -> bool:
    """Whether httpx sends a request for *url* past the proxy."""
    proxies = proxies_of(TransportSettings(proxy="http://proxy.example:3128", no_proxy=no_proxy))
    mounts = {pattern: httpx.HTTPTransport(proxy=proxy.url) if proxy else None for pattern, proxy in proxies.items()}
    direct = httpx.HTTPTransport()
    with httpx.Client(transport=direct, mounts=mounts, trust_env=False) as client:
        return client._transport_for_url(httpx.URL(url)) is direct


@pytest.mark.parametrize(
    ("url", "no_proxy", "directly"),
    [
        ("https://api.example.com", "", False),
        ("http://localhost:1", "", True),
        ("http://127.0.0.1:1", "", True),
        ("http://[::1]:1", "", True),
        ("https://api.example.com", "example.com", True),
        ("https://api.example.com", ".example.com", True),
        ("https://api.example.com", "*.example.com", True),
        ("https://example.com", "example.com", True),
        ("https://notexample.com", "example.com", False),
        ("https://www.3m.com", "3m.com", True),
        ("https://192.0.2.7", "192.0.2.7", True),
        ("https://[fe80::1]", "localhost,127.0.0.1,::1,fe80::1", True),
        ("https://api.example.com", "::1, 10.0.0.0/8, fd00::/8,münchen.de, , a b", False),
        ("https://api.example.com", "*", True),
    ],
)
def test_no_proxy_names_hosts_and_all_below_them(url: str, no_proxy: str, directly: bool) -> None:
    assert goes_directly(url, no_proxy) is directly


def test_the_environments_proxies_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example:3128")
    monkeypatch.setenv("NO_PROXY", "localhost,127.0.0.1,::1")
    proxies = proxies_of(TransportSettings())
    assert [pattern for pattern, proxy in proxies.items() if proxy is not None] == ["https://"]


@pytest.mark.parametrize("host", ["localhost", "a.localhost", "127.0.0.1", "127.1.2.3", "::1", "[::1]"])
def test_loopback(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize("host", ["", "0.0.0.0", "192.0.2.1", "localhost.example.com", "127.0.0.1.example.com"])
def test_not_loopback(host: str) -> None:
    assert not is_loopback(host)


@pytest.mark.parametrize("url", ["https://a.example/?q=1", "https://a.example/#f", "https://a.example?", 5, None, b"x"])
def test_a_host_that_is_none_is_refused(url: Any) -> None:
    with pytest.raises(ApiValueError, match="host"):
        check_host(url)


def test_plain_http_is_for_this_machine_unless_permitted() -> None:
    with pytest.raises(ApiValueError, match="plain http"):
        check_host("http://api.example.com")
    check_host("http://api.example.com", allow_insecure=True)
    check_host("http://127.0.0.1:8000")
    check_host("https://api.example.com/base")


def test_the_environment_permits_plain_http_and_is_warned_of_once_a_host(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(network, "_warned_of", set())
    monkeypatch.setenv("PANDADOC_ALLOW_INSECURE", "1")
    check_host("http://127.0.0.1:8000")
    check_host("https://emulator")
    with pytest.warns(RuntimeWarning, match="plain http to emulator: tokens and keys can be read"):
        check_host("http://emulator:8000")
    check_host("http://emulator:8000/base")  # a second warning would be an error
    with pytest.warns(RuntimeWarning, match="plain http to other"):
        check_host("http://other")
    monkeypatch.setenv("PANDADOC_ALLOW_INSECURE", "0")
    with pytest.raises(ApiValueError, match="PANDADOC_ALLOW_INSECURE=1"):
        check_host("http://emulator:8000")


@pytest.mark.parametrize("value", ["yes", "true", "2", " 1"])
def test_a_permission_that_is_none_is_refused(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("PANDADOC_ALLOW_INSECURE", value)
    with pytest.raises(ApiValueError, match="PANDADOC_ALLOW_INSECURE must be 1 or 0"):
        check_host("http://emulator:8000", allow_insecure=True)
    check_host("http://localhost:8000")


@pytest.mark.parametrize(
    ("settings", "name"),
    [
        (TransportSettings(ca_file="nowhere.pem"), "ssl_ca_cert"),
        (TransportSettings(cert_file="nowhere.pem"), "cert_file"),
    ],
)
def test_a_certificate_file_that_is_not_there_is_named_by_its_setting(settings: TransportSettings, name: str) -> None:
    with pytest.raises(ApiValueError, match=f"{name} cannot be used: No such file"):
        transport_arguments(settings)


def test_a_certificate_file_that_holds_none_is_named_by_its_setting(tmp_path: Path) -> None:
    path = tmp_path / "ca.pem"
    path.write_text("no certificate")
    with pytest.raises(ApiValueError, match="ssl_ca_cert cannot be used"):
        transport_arguments(TransportSettings(ca_file=str(path)))


def test_clients_that_name_no_certificates_share_one_context() -> None:
    first, second = (transport_arguments(TransportSettings())["verify"] for _ in range(2))
    assert first is second
