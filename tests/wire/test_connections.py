"""Which connections are kept, which are used again, and which never: over real sockets, in every world."""

from __future__ import annotations

import asyncio
import gc
import random
import socket
import ssl
import subprocess
import threading
from pathlib import Path
from typing import Any

import pytest

from pandadoc_client import ApiClient, AsyncApiClient
from pandadoc_client.api.members_api import AsyncMembersApi, MembersApi
from pandadoc_client.exceptions import ApiConnectionError

from .faults import WORLDS, FaultServer, Peer, calls, configured, ok, scripted

AFTER_A_RESPONSE = {
    "a 204 with a body": b"HTTP/1.1 204 No Content\r\nContent-Length: 2\r\n\r\n{}",
    "a 204 with a chunked body": b"HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
    "a stray line end": ok("first", b"\r\n"),
    "a second response": ok("first", ok("not asked for")),
    "an interim response": ok("first", b"HTTP/1.1 100 Continue\r\n\r\n"),
    "more than its length says": ok("first", b"}"),
    "what is no HTTP": ok("first", b"\0"),
}
TOGETHER = pytest.mark.parametrize("world", WORLDS)
CONCURRENT = pytest.mark.parametrize("world", [world for world in WORLDS if world != "blocking"])


def once_then_right(first: bytes, closed: threading.Event) -> Any:
    """Give the first connection *first*, and tell when the client has closed it; give others right responses."""

    def script(peer: Peer) -> None:
        if peer.number == 1:
            peer.request()
            peer.send(first)
            if not peer.until_closed():
                closed.set()
            return
        while peer.request():
            peer.send(ok())

    return script


@TOGETHER
@pytest.mark.parametrize("kind", AFTER_A_RESPONSE)
def test_a_connection_with_something_after_a_response_is_closed_and_not_used_again(world: str, kind: str) -> None:
    closed = threading.Event()
    with scripted(once_then_right(AFTER_A_RESPONSE[kind], closed)) as server:
        outcomes = calls(world, configured(server.url, retries=0), 3)
        assert closed.wait(10)
    assert outcomes == [None if kind.startswith("a 204") else "first", "right", "right"]
    assert server.connections == 2


@TOGETHER
@pytest.mark.parametrize("late", [b"\r\n", ok("not asked for"), b"\0"], ids=["a line end", "a response", "no HTTP"])
def test_what_arrives_on_an_idle_connection_ends_it(world: str, late: bytes) -> None:
    received, sent = threading.Event(), threading.Event()

    def script(peer: Peer) -> None:
        while peer.request():
            peer.send(ok(str(peer.number)))
            if peer.number == 1:
                peer.wait(received)
                peer.send(late)
                sent.set()

    def between() -> None:
        received.set()
        assert sent.wait(10)

    with scripted(script) as server:
        assert calls(world, configured(server.url, retries=0), 3, between=between) == ["1", "2", "2"]


@TOGETHER
@pytest.mark.parametrize("pieces", [1, 2])
def test_a_line_end_that_is_late_does_not_fail_the_next_call(world: str, pieces: int) -> None:
    def script(peer: Peer) -> None:
        while peer.request():
            late = b"\r\n" if peer.requests > 1 else b""
            if pieces == 1:
                peer.send(late + ok(str(peer.number)))
            else:
                peer.send(late)
                peer.send(ok(str(peer.number)))

    with scripted(script) as server:
        assert calls(world, configured(server.url, retries=0), 3) == ["1"] * 3


@TOGETHER
def test_a_connection_that_the_server_ended_is_not_used_again(world: str) -> None:
    received, ended = threading.Event(), threading.Event()

    def script(peer: Peer) -> None:
        peer.request()
        peer.send(ok(str(peer.number)))
        if peer.number == 1:
            peer.wait(received)
            peer.socket.close()
            ended.set()
        peer.until_closed()

    def between() -> None:
        received.set()
        assert ended.wait(10)

    with scripted(script) as server:
        assert calls(world, configured(server.url, retries=0), 2, between=between) == ["1", "2"]


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for 127.0.0.1 with its key in one file, good for a day."""
    path = tmp_path_factory.mktemp("tls") / "both.pem"
    name = "subjectAltName=IP:127.0.0.1"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=test"]
    key, cert = path.with_name("key.pem"), path.with_name("cert.pem")
    subprocess.run([*command, "-addext", name, "-keyout", str(key), "-out", str(cert)], check=True, capture_output=True)
    path.write_text(key.read_text() + cert.read_text())
    return path


def tls(authority: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(authority)
    return context


@TOGETHER
@pytest.mark.skipif(not hasattr(socket, "TCP_CORK"), reason="nothing else puts two records into one segment for sure")
@pytest.mark.parametrize("records", [1, 2])
def test_over_tls_too_what_follows_a_response_closes_its_connection(world: str, records: int, authority: Path) -> None:
    def script(peer: Peer) -> None:
        while peer.request():
            follows = ok("not asked for") if peer.number == 1 else b""
            if records == 1:
                peer.send(ok(str(peer.number), follows))
                continue
            # Both records go out in one segment: the client takes the second from the socket with the first.
            peer.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_CORK, 1)
            peer.send(ok(str(peer.number)))
            peer.send(follows)
            peer.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_CORK, 0)

    with scripted(script, tls(authority)) as server:
        settings = configured(server.url, retries=0)
        settings.ssl_ca_cert = str(authority)
        assert calls(world, settings, 3) == ["1", "2", "2"]


@TOGETHER
def test_one_call_after_another_needs_one_connection(world: str) -> None:
    with scripted([ok()]) as server:
        assert calls(world, configured(server.url), 50) == ["right"] * 50
        assert server.connections == 1


@TOGETHER
def test_over_tls_connections_are_kept_too(world: str, authority: Path) -> None:
    with scripted([ok()], tls(authority)) as server:
        settings = configured(server.url)
        settings.ssl_ca_cert = str(authority)
        assert calls(world, settings, 10) == ["right"] * 10
    assert server.connections == 1


@CONCURRENT
@pytest.mark.parametrize("kept", [None, 1, 10])
def test_more_calls_at_once_than_the_pool_keeps_use_as_many_connections_as_calls(world: str, kept: int | None) -> None:
    with scripted([ok()]) as server:
        settings = configured(server.url)
        settings.connection_pool_maxsize = kept
        assert calls(world, settings, 1000, at_once=20) == ["right"] * 1000
    assert server.connections <= 20


def test_connections_beyond_those_to_keep_are_closed_when_the_burst_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    # The pool's clock is set ahead: a test does not wait for seconds to pass.
    import pandadoc_client._http.pool as pool_module

    ahead = [0.0]
    monkeypatch.setattr(pool_module, "monotonic", lambda: 1000.0 + ahead[0])
    everybody = threading.Barrier(8)

    def script(peer: Peer) -> None:
        while peer.request():
            if peer.requests == 1:
                everybody.wait(20)
            peer.send(ok())

    with scripted(script) as server:
        settings = configured(server.url)
        settings.connection_pool_maxsize = 3
        with ApiClient(settings) as client:
            api = MembersApi(client)
            threads = [threading.Thread(target=api.details_current_member) for _ in range(8)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join(20)
            assert server.open == 8
            ahead[0] = 4.0
            api.details_current_member()
            server.wait_for(lambda counts: counts.open == 3)
            ahead[0] = 20.0
            api.details_current_member()
            server.wait_for(lambda counts: counts.open == 1)
    assert server.connections == 8


@pytest.mark.parametrize("when", ["before the response", "in its body"])
async def test_cancelled_calls_leave_no_connection(when: str) -> None:
    def script(peer: Peer) -> None:
        while head := peer.request():
            if b"hold" in head:
                peer.send(b"" if when == "before the response" else ok("x" * 1000)[:200])
                peer.until_closed()
                return
            peer.send(ok())

    with scripted(script) as server:
        async with AsyncApiClient(configured(server.url)) as client:
            api = AsyncMembersApi(client)
            holding = AsyncApiClient(configured(server.url), "X-Test", "hold")
            async with holding:
                tasks = [asyncio.create_task(AsyncMembersApi(holding).details_current_member()) for _ in range(20)]
                await asyncio.to_thread(server.wait_for, lambda counts: counts.requests == 20)
                for task in tasks:
                    task.cancel()
                assert all(isinstance(each, asyncio.CancelledError) for each in await gathered(tasks))
                await asyncio.to_thread(server.wait_for, lambda counts: counts.open == 0)
                assert connections(holding) == []
            assert (await api.details_current_member()).email == "right"


async def gathered(tasks: list[asyncio.Task[Any]]) -> list[Any]:
    return await asyncio.gather(*tasks, return_exceptions=True)


def pools(client: AsyncApiClient) -> list[Any]:
    http: Any = client._open_transport()._client()
    made = http._transport._lazy._made.values()
    return [getattr(transport, "_connections", transport._pool) for transport in made]


def connections(client: AsyncApiClient) -> list[Any]:
    return [each for pool in pools(client) for each in pool.connections]


async def test_calls_that_are_cancelled_at_any_moment_leave_no_connection_in_use() -> None:
    """Every call is cancelled after another number of turns of the event loop, some twice: while it connects, too."""
    chance = random.Random(7)
    with scripted([ok()]) as server:
        async with AsyncApiClient(configured(server.url)) as client:
            api = AsyncMembersApi(client)
            for _ in range(40):
                tasks = [asyncio.create_task(api.details_current_member()) for _ in range(25)]
                for _ in range(chance.randrange(40)):
                    await asyncio.sleep(0)
                for task in tasks:
                    task.cancel()
                await asyncio.sleep(0)
                for task in tasks:
                    task.cancel()
                await gathered(tasks)
            assert [each for pool in pools(client) for each in pool._in_use] == []
            assert (await api.details_current_member()).email == "right"
            kept = len(connections(client))
            gc.collect()
            await asyncio.to_thread(server.wait_for, lambda counts: counts.open == kept)


async def test_calls_that_end_with_their_timeout_leave_no_connection() -> None:
    def script(peer: Peer) -> None:
        peer.request()
        peer.until_closed()

    with scripted(script) as server:
        async with AsyncApiClient(configured(server.url, retries=0)) as client:
            api = AsyncMembersApi(client)
            tasks = [asyncio.create_task(api.details_current_member(_request_timeout=0.2)) for _ in range(20)]
            assert all(isinstance(each, ApiConnectionError) for each in await gathered(tasks))
            assert connections(client) == []
            await asyncio.to_thread(server.wait_for, lambda counts: counts.open == 0)


@TOGETHER
def test_a_reset_connection_fails_one_call_and_no_other(world: str) -> None:
    def script(peer: Peer) -> None:
        while peer.request():
            if peer.number == 1 and peer.requests == 2:
                peer.reset()
                return
            peer.send(ok(str(peer.number)))

    with scripted(script) as server:
        first, second, third = calls(world, configured(server.url, retries=0), 3)
    assert (first, third) == ("1", "2")
    assert isinstance(second, ApiConnectionError)
    assert second.request_sent


def test_an_error_in_closing_does_not_replace_the_response(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    # No peer can make close() of a socket fail at will, so the stream's is made to.
    from pandadoc_client._http.streams import Stream

    close = Stream.close

    def failing(self: Stream) -> None:
        close(self)
        raise OSError("secret of the system")

    monkeypatch.setattr(Stream, "close", failing)
    with scripted([ok(Connection="close")]) as server:
        assert calls("blocking", configured(server.url), 2) == ["right", "right"]
    assert "OSError" in caplog.text
    assert "secret of the system" not in caplog.text


def test_the_server_of_these_tests_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    server: FaultServer
    with scripted([ok()]) as server:
        calls("threads", configured(server.url), 4, at_once=2)
        server.wait_for(lambda counts: counts.open == 0)
        assert server.requests == 4
