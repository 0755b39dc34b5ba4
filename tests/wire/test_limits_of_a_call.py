"""One limit for a whole call: looking a name up, connecting to each address, TLS, sending and reading keep to it.

No test asserts on a duration. Each makes a server or an address that would hold a call for much longer than
`faults.PATIENCE`, or counts what was tried.
"""

from __future__ import annotations

import asyncio
import errno
import socket
import ssl
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from pandadoc_client import AsyncApiClient, Configuration
from pandadoc_client._http.dialing import dial
from pandadoc_client._http.messages import Request
from pandadoc_client._http.network import TransportSettings
from pandadoc_client._http.retry import Timeout
from pandadoc_client._http.transport import AsyncTransport, Transport
from pandadoc_client.api.documents_api import AsyncDocumentsApi
from pandadoc_client.exceptions import ApiConnectionError, ApiTimeoutError

from .dead import dead_addresses, naming
from .faults import PATIENCE, WORLDS, Peer, calls, configured, ok, scripted

EACH_WORLD = pytest.mark.parametrize("world", WORLDS)


@EACH_WORLD
def test_dead_addresses_behind_one_name_take_no_longer_than_the_call_may(
    world: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # One after another, a second each, they would take longer than the test waits.
    with dead_addresses(monkeypatch, 60) as dead, ThreadPoolExecutor(1) as thread:
        (error,) = thread.submit(calls, world, configured(dead.url, retries=0), _request_timeout=1).result(PATIENCE)
    assert isinstance(error, ApiTimeoutError)
    assert not error.request_sent
    assert f"No connection to {dead.url} within 1 seconds" in str(error)


@EACH_WORLD
def test_retries_of_a_connection_share_the_limit_of_the_call(world: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with dead_addresses(monkeypatch, 2) as dead:
        (error,) = calls(world, configured(dead.url), _request_timeout=Timeout(total=1.0, connect=0.3))
    assert isinstance(error, ApiTimeoutError)
    assert not error.request_sent


class _SlowLimiter:
    """A rate limiter whose storage answers after the call is over, as no storage that can be had does for sure."""

    blocks = True

    def take(self, request: Request) -> float:
        threading.Event().wait(0.5)
        return 0.0


@EACH_WORLD
def test_a_call_that_ends_before_a_connection_is_asked_for_has_sent_nothing(world: str) -> None:
    settings = configured("http://127.0.0.1:9", rate_limiter=_SlowLimiter())
    (error,) = calls(world, settings, _request_timeout=0.2)
    assert isinstance(error, ApiTimeoutError)
    assert not error.request_sent


@EACH_WORLD
def test_an_address_that_responds_is_found_behind_dead_ones(world: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with dead_addresses(monkeypatch, 2) as dead, socket.create_server(("127.0.0.9", dead.port)) as listener:

        def serve() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.recv(65536)
                connection.sendall(ok())

        server = threading.Thread(target=serve, daemon=True)
        server.start()
        naming(monkeypatch, (*dead.addresses, "127.0.0.9"))
        # A limit of 5 s for connecting would be spent on the first address.
        assert calls(world, configured(dead.url, retries=0)) == ["right"]
        server.join(10)


@EACH_WORLD
def test_an_address_that_refuses_is_passed_over_at_once(world: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with scripted([ok()]) as server:
        naming(monkeypatch, ("127.0.0.7", "127.0.0.8", "127.0.0.1"))
        assert calls(world, configured(f"http://dead.localhost:{server.port}")) == ["right"]


@EACH_WORLD
def test_when_all_addresses_refuse_the_error_says_why(world: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    naming(monkeypatch, ("127.0.0.7", "127.0.0.8"))
    (error,) = calls(world, configured(f"http://dead.localhost:{port}", retries=0))
    assert isinstance(error, ApiConnectionError)
    assert not isinstance(error, ApiTimeoutError)
    assert not error.request_sent


@pytest.mark.parametrize("world", ["blocking", "asyncio"])
def test_a_name_that_is_looked_up_for_long_does_not_outlast_the_call(
    world: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # No resolver that hangs can be had on every machine.
    over = threading.Event()
    look_up = socket.getaddrinfo

    def slow(host: Any, *arguments: Any, **options: Any) -> Any:
        flags = options.get("flags", arguments[4] if len(arguments) > 4 else 0)
        if host in ("slow.localhost", b"slow.localhost") and not flags & socket.AI_NUMERICHOST:
            over.wait(60)
            host = "127.0.0.1"
        return look_up(host, *arguments, **options)

    monkeypatch.setattr(socket, "getaddrinfo", slow)
    timer = threading.Timer(20, over.set)  # asyncio waits for its resolver's thread when the loop ends
    timer.daemon = True
    timer.start()
    settings = configured("http://slow.localhost:1", retries=0)
    if world == "blocking":
        (error,) = calls(world, settings, _request_timeout=0.5)
        assert not over.is_set()
    else:
        error = asyncio.run(cancelled_look_up(settings, over))
    timer.cancel()
    over.set()
    assert isinstance(error, ApiTimeoutError)
    assert not error.request_sent


async def cancelled_look_up(settings: Configuration, over: threading.Event) -> Any:
    async with AsyncApiClient(settings) as client:
        try:
            await AsyncDocumentsApi(client).list_documents(_request_timeout=0.5)
        except ApiTimeoutError as error:
            assert not over.is_set()
            return error
        finally:
            over.set()


@EACH_WORLD
def test_a_tls_handshake_that_drips_does_not_outlast_the_call_and_nothing_was_sent(world: str) -> None:
    def drip(peer: Peer) -> None:
        peer.socket.recv(65536)
        peer.send(b"\x16\x03\x03\x40\x00")  # the head of a long record
        while not peer.server.stopped.wait(0.05):
            peer.send(b"\0")

    with scripted(drip) as server:
        url = server.url.replace("http:", "https:")
        (error,) = calls(world, configured(url, retries=0), _request_timeout=0.5)
    assert isinstance(error, ApiTimeoutError)
    assert not error.request_sent


@EACH_WORLD
def test_a_proxy_that_does_not_open_the_tunnel_has_seen_no_request(world: str) -> None:
    with scripted(lambda peer: peer.until_closed()) as proxy:
        settings = configured("https://api.example.com", retries=0)
        settings.proxy = proxy.url
        (error,) = calls(world, settings, _request_timeout=0.5)
    assert isinstance(error, ApiTimeoutError)
    assert not error.request_sent


@EACH_WORLD
def test_once_the_request_went_out_an_error_says_so(world: str) -> None:
    with scripted(lambda peer: peer.until_closed()) as server:
        (error,) = calls(world, configured(server.url, retries=0), _request_timeout=0.3)
    assert isinstance(error, ApiTimeoutError)
    assert error.request_sent
    assert f"No response from {server.url} within 0.3 seconds" in str(error)


@EACH_WORLD
def test_an_error_names_the_server_and_what_the_system_said(world: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    (error,) = calls(world, configured(url, retries=0))
    assert isinstance(error, ApiConnectionError)
    assert not error.request_sent
    assert str(error.reason).startswith(f"No connection to {url}: [Errno {errno.ECONNREFUSED}] ")
    with scripted(lambda peer: peer.head()) as server:  # and closes the connection
        (error,) = calls(world, configured(server.url, retries=0))
    assert isinstance(error, ApiConnectionError)
    assert error.request_sent
    assert str(error.reason).startswith(f"No response from {server.url}: ")


@EACH_WORLD
def test_a_total_that_ends_while_connecting_says_that_nothing_was_sent(
    world: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with dead_addresses(monkeypatch, 1) as dead:
        limits = Timeout(total=0.3, connect=20.0)
        (error,) = calls(world, configured(dead.url, retries=0), _request_timeout=limits)
    assert isinstance(error, ApiTimeoutError)
    assert not error.request_sent
    assert f"No connection to {dead.url} within 0.3 seconds" in str(error)


def test_of_a_client_that_was_given_too_it_is_known_whether_the_request_went_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def request(url: str) -> Request:
        return Request("GET", f"{url}/x")

    limits = Timeout(total=0.4, connect=20.0)

    async def send(url: str) -> ApiTimeoutError:
        async with httpx.AsyncClient(trust_env=False) as given:
            with pytest.raises(ApiTimeoutError) as caught:
                await AsyncTransport(TransportSettings(), given).send(request(url), limits)
            return caught.value

    with dead_addresses(monkeypatch, 1) as dead:
        assert not asyncio.run(send(dead.url)).request_sent
    with scripted(lambda peer: peer.until_closed()) as server:
        assert asyncio.run(send(server.url)).request_sent
        with httpx.Client(trust_env=False) as given, pytest.raises(ApiTimeoutError) as caught:
            Transport(TransportSettings(), given).send(request(server.url), limits)
        assert caught.value.request_sent


@pytest.mark.parametrize("world", ["blocking", "asyncio"])
def test_a_body_that_is_taken_in_drops_does_not_outlast_the_call(world: str) -> None:
    def sip(peer: Peer) -> None:
        peer.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        while not peer.server.stopped.wait(0.02):
            if not peer.socket.recv(64):
                return

    with scripted(sip) as server:
        request = Request("POST", f"{server.url}/x", content=bytes(20_000_000))
        error: BaseException
        if world == "blocking":
            transport = Transport(TransportSettings())
            with pytest.raises(ApiTimeoutError) as caught:
                transport.send(request, Timeout(total=0.6, read=0.6))
            transport.close()
            error = caught.value
        else:

            async def send() -> ApiTimeoutError:
                transport = AsyncTransport(TransportSettings())
                with pytest.raises(ApiTimeoutError) as caught:
                    await transport.send(request, Timeout(total=0.6, read=0.6))
                await transport.aclose()
                return caught.value

            error = asyncio.run(send())
    assert error.request_sent


def test_a_connection_is_made_with_the_options_and_the_address_that_were_asked_for() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        made = dial(
            "127.0.0.1", listener.getsockname()[1], 5, "127.0.0.5", [(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)]
        )
        with made:
            assert made.getsockname()[0] == "127.0.0.5"
            assert made.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
            assert made.gettimeout() is None


def test_a_name_without_an_address_is_a_connection_error() -> None:
    (error,) = calls("blocking", configured("http://no-such-name.invalid", allow_insecure=True, retries=0))
    assert isinstance(error, ApiConnectionError)
    assert not error.request_sent


def test_tls_within_tls_is_bounded_too(tmp_path: Any) -> None:
    # A proxy that is reached by TLS opens a tunnel and says no more: the second handshake is within the first.
    import subprocess

    key, cert, both = tmp_path / "key.pem", tmp_path / "cert.pem", tmp_path / "both.pem"
    command = "openssl req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN=t -addext subjectAltName=IP:127.0.0.1"
    subprocess.run([*command.split(), "-keyout", key, "-out", cert], check=True, capture_output=True)
    both.write_text(key.read_text() + cert.read_text())
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(both)

    def tunnel(peer: Peer) -> None:
        peer.head()
        peer.send(b"HTTP/1.1 200 OK\r\n\r\n")
        peer.until_closed()

    with scripted(tunnel, context) as proxy:
        proxied = httpx.Proxy(proxy.url, ssl_context=ssl.create_default_context(cafile=str(cert)))
        from pandadoc_client._http.deadline import deadline
        from pandadoc_client._http.pool import PooledTransport

        with (
            PooledTransport(limits=httpx.Limits(), proxy=proxied) as transport,
            deadline(0.5),
            pytest.raises(httpx.TimeoutException),
        ):
            transport.handle_request(httpx.Request("GET", "https://api.example.com/"))
