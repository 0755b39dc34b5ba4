"""Calls by way of proxies and TLS, over real sockets."""

from __future__ import annotations

import contextlib
import socket
import ssl
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from pandadoc_client.emulator import Emulator
from pandadoc_client.exceptions import ApiConnectionError, ApiException, ApiTimeoutError, ApiValueError

from .support import Call, Server, call_sync, configuration, serving, silent


def test_the_environments_proxy_is_used_but_not_for_loopback(
    emulator: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(silent) as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        monkeypatch.setenv("http_proxy", proxy.url)
        assert call_sync(configuration(emulator.url)).is_active
        assert proxy.connections == 0
        with pytest.raises(ApiTimeoutError):
            call_sync(configuration("http://api.example.com", allow_insecure=True), _request_timeout=0.3)
        assert proxy.connections == 1


def test_a_configured_proxy_gets_the_request(emulator: Emulator) -> None:
    seen: list[bytes] = []

    def refuse(server: Server, connection: socket.socket) -> None:
        seen.append(b"asked")
        connection.sendall(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")

    with serving(refuse) as proxy:
        settings = configuration("http://api.example.com", allow_insecure=True, retries=0)
        settings.proxy = proxy.url
        with pytest.raises(ApiException) as caught:
            call_sync(settings)
        assert caught.value.status == 403
        assert seen == [b"asked"]
        settings.no_proxy = "example.com"
        with pytest.raises(ApiConnectionError):
            call_sync(settings, _request_timeout=2)
        assert seen == [b"asked"]


def test_a_bad_proxy_is_named(emulator: Emulator) -> None:
    settings = configuration(emulator.url)
    settings.proxy = "gopher://MARKER"
    with pytest.raises(ApiValueError, match="proxy") as caught:
        call_sync(settings)
    assert "MARKER" not in str(caught.value)


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
def serving_tls(certificate: Path) -> Iterator[str]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)

    def answer(server: Server, connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")

    with serving(answer, context) as server:
        yield server.url


def test_tls_checks_the_certificate_and_its_name(certificate: Path, call: Call) -> None:
    with serving_tls(certificate) as url:
        settings = configuration(url, retries=0)
        with pytest.raises(ApiConnectionError, match="certificate"):
            call(settings)
        settings.ssl_ca_cert = str(certificate)
        with pytest.raises(ApiConnectionError, match="certificate"):
            call(settings)
        settings.assert_hostname = "api.test"
        assert call(settings).to_dict() == {}
        settings.assert_hostname = False
        assert call(settings).to_dict() == {}
        settings.ssl_ca_cert, settings.assert_hostname, settings.verify_ssl = None, None, False
        assert call(settings).to_dict() == {}
