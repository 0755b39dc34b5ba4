"""Faults of httpx and httpcore that `pandadoc_client._http.pool` and `streams` go around.

Each test shows a fault with a plain httpx client. One that fails after an update says that upstream has mended it: then
look whether what goes around it is still needed.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
from typing import Any

import httpx
import pytest

from .dead import dead_addresses
from .faults import Peer, ok, scripted


def test_httpx_takes_what_follows_a_response_for_the_next_one() -> None:
    # https://github.com/encode/httpx/issues/1474
    with scripted([ok("first", ok("not asked for")), ok("right")]) as server, httpx.Client() as client:
        found = [client.get(server.url).json()["email"] for _ in range(2)]
    assert found == ["first", "not asked for"]


def test_httpx_makes_a_connection_for_each_call_beyond_the_ones_to_keep() -> None:
    # https://github.com/encode/httpcore/pull/1000, https://github.com/encode/httpcore/pull/1035
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=2)
    with scripted([ok()]) as server, httpx.Client(limits=limits) as client:
        together = threading.Barrier(4)

        def work() -> None:
            for _ in range(10):
                with client.stream("GET", server.url) as response:
                    response.read()
                    together.wait(20)

        threads = [threading.Thread(target=work) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(20)
        assert server.connections > 4


async def test_httpx_keeps_the_connection_of_a_call_that_is_cancelled_before_it_connects() -> None:
    # https://github.com/encode/httpcore/issues/1093
    with scripted([ok()]) as server:
        async with httpx.AsyncClient() as client:
            pool: Any = client._transport
            for turns in range(40):
                task = asyncio.create_task(client.get(server.url))
                for _ in range(turns):
                    await asyncio.sleep(0)
                task.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await task
            assert [each for each in pool._pool.connections if not each.is_idle()]


async def test_httpx_loses_a_response_that_comes_while_it_sends() -> None:
    def script(peer: Peer) -> None:
        peer.head()
        peer.send(b"HTTP/1.1 413 Content Too Large\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        peer.socket.close()

    with scripted(script) as server:
        async with httpx.AsyncClient() as client:
            with pytest.raises(httpx.TransportError):
                await client.post(server.url, content=bytes(30_000_000))


def test_httpx_gives_each_address_of_a_name_the_whole_timeout(monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[Any] = []
    connect = socket.socket.connect

    class Counting(socket.socket):
        def connect(self, address: Any) -> None:
            tried.append((address, self.gettimeout()))
            connect(self, address)

    with dead_addresses(monkeypatch, 3) as dead, httpx.Client(timeout=0.05) as client:
        monkeypatch.setattr(socket, "socket", Counting)
        with pytest.raises(httpx.ConnectTimeout):
            client.get(dead.url)
    assert [timeout for _, timeout in tried] == [0.05] * 3
