"""A server of raw sockets that does to each connection what a script says, and counts; and calls in every world.

A script is a function of a `Peer`: it reads requests and sends bytes, as wrong as a test needs them, waits for events,
ends or resets the connection. The server counts connections, those open at once, and whole requests.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import trio

from pandadoc_client import ApiClient, AsyncApiClient, Configuration
from pandadoc_client.api.members_api import AsyncMembersApi, MembersApi

__all__ = ["WORLDS", "FaultServer", "Peer", "calls", "ok", "scripted"]

PATIENCE = 30.0  # seconds after which a test that waits for what does not come fails
WORLDS = ("blocking", "threads", "asyncio", "trio")
"""How `calls` makes calls: in the thread of the test, in threads, in tasks of asyncio or trio."""


def ok(email: str = "right", extra: bytes = b"", **headers: str) -> bytes:
    """Return a response that reads as a member with this address, and what follows it."""
    body = json.dumps({"email": email}).encode()
    fields = {"Content-Type": "application/json", "Content-Length": str(len(body)), **headers}
    head = "HTTP/1.1 200 OK\r\n" + "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    return head.encode() + b"\r\n" + body + extra


class Peer:
    """One connection of a client.

    Attributes:
        number: 1 for the first that the server accepted.
        requests: Whole requests that came over it.
    """

    def __init__(self, server: FaultServer, connection: socket.socket, number: int) -> None:
        self.server = server
        self.number = number
        self.requests = 0
        self.socket = connection
        self._unread = b""

    def head(self) -> bytes:
        """Read the head of a request; b"" if the client ended the connection instead."""
        while b"\r\n\r\n" not in self._unread:
            data = self.socket.recv(65536)
            if not data:
                return b""
            self._unread += data
        head, _, self._unread = self._unread.partition(b"\r\n\r\n")
        return head

    def request(self) -> bytes:
        """Read a request, and return its head; b"" if the client ended the connection instead."""
        head = self.head()
        length = re.search(rb"(?i)content-length: (\d+)", head)
        missing = int(length[1]) if length else 0
        while len(self._unread) < missing:
            data = self.socket.recv(65536)
            if not data:
                return b""
            self._unread += data
        self._unread = self._unread[missing:]
        if head:
            self.requests += 1
            self.server.count(requests=1)
        return head

    def send(self, data: bytes) -> None:
        self.socket.sendall(data)

    def wait(self, event: threading.Event) -> None:
        """Wait for an event of the test."""
        assert event.wait(PATIENCE)

    def until_closed(self) -> bytes:
        """Wait until the client has closed the connection, and return what it sent until then."""
        received = b""
        with contextlib.suppress(OSError):
            while data := self.socket.recv(65536):
                received += data
        return received

    def reset(self) -> None:
        """End the connection by a reset: what was not delivered is lost."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()


Script = Callable[[Peer], Any]


class FaultServer:
    """Accepts connections, and runs a script for each in a thread of its own.

    Attributes:
        connections: Accepted so far.
        open: Open now, as far as the server sees.
        requests: Whole requests that came.
        stopped: Set when the test is over.
    """

    def __init__(self, script: Script, tls: ssl.SSLContext | None = None) -> None:
        self.connections = self.open = self.requests = 0
        self.stopped = threading.Event()
        self._script = script
        self._tls = tls
        self._changed = threading.Condition()
        self._sockets: set[socket.socket] = set()
        self._threads: list[threading.Thread] = []
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=512)
        self.port: int = self._listener.getsockname()[1]
        self.url = f"http{'s' if tls else ''}://127.0.0.1:{self.port}"

    def count(self, connections: int = 0, open: int = 0, requests: int = 0) -> None:
        with self._changed:
            self.connections += connections
            self.open += open
            self.requests += requests
            self._changed.notify_all()

    def wait_for(self, condition: Callable[[FaultServer], bool]) -> None:
        """Wait until the counts are such."""
        with self._changed:
            assert self._changed.wait_for(lambda: condition(self), PATIENCE), (
                self.connections,
                self.open,
                self.requests,
            )

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.count(connections=1, open=1)
            thread = threading.Thread(target=self._serve, args=(connection, self.connections), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _serve(self, connection: socket.socket, number: int) -> None:
        connection.settimeout(PATIENCE)
        try:
            if self._tls is not None:
                connection = self._tls.wrap_socket(connection, server_side=True)
            with self._changed:
                self._sockets.add(connection)
            with contextlib.suppress(OSError):
                self._script(Peer(self, connection, number))
        except OSError:
            pass  # a client that gave up in the handshake
        finally:
            with self._changed:
                self._sockets.discard(connection)
            connection.close()
            self.count(open=-1)

    @contextlib.contextmanager
    def running(self) -> Iterator[FaultServer]:
        acceptor = threading.Thread(target=self._accept, daemon=True)
        acceptor.start()
        try:
            yield self
        finally:
            self.stopped.set()
            with contextlib.suppress(OSError):
                self._listener.shutdown(socket.SHUT_RDWR)
            self._listener.close()
            with self._changed:
                left = list(self._sockets)
            for connection in left:
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)
            for thread in (acceptor, *self._threads):
                thread.join(PATIENCE)


@contextlib.contextmanager
def scripted(script: Script | list[bytes], tls: ssl.SSLContext | None = None) -> Iterator[FaultServer]:
    """Run a server by a script, or one that gives these responses in turn on each connection, the last ever after."""
    if isinstance(script, list):
        responses = script

        def in_turn(peer: Peer) -> None:
            while peer.request():
                peer.send(responses[min(peer.requests, len(responses)) - 1])

        script = in_turn
    with FaultServer(script, tls).running() as server:
        yield server


def configured(host: str, **settings: Any) -> Configuration:
    made = Configuration(host=host, api_key={"apiKey": "key"}, **settings)
    made.api_key_prefix["apiKey"] = "API-Key"
    return made


def _outcome(member: Any) -> Any:
    return None if member is None else member.to_dict().get("email")


def calls(
    world: str,
    settings: Configuration,
    count: int = 1,
    at_once: int = 1,
    between: Callable[[], Any] | None = None,
    **options: Any,
) -> list[Any]:
    """Make *count* calls with one client, *at_once* of them at a time; return the address in each, or the error.

    Args:
        world: One of `WORLDS`.
        settings: Settings of the client.
        count: How many calls.
        at_once: How many at a time; "threads" has two threads at least.
        between: Called after each call.
        options: Options of each call.
    """
    if world in ("asyncio", "trio"):
        work = _async_calls(settings, count, at_once, between, options, trio if world == "trio" else asyncio)
        return asyncio.run(work()) if world == "asyncio" else trio.run(work)
    with ApiClient(settings) as client:
        api = MembersApi(client)

        def call(_: int) -> Any:
            try:
                return _outcome(api.details_current_member(**options))
            except Exception as error:
                return error
            finally:
                if between is not None:
                    between()

        if world == "blocking":
            assert at_once == 1
            return [call(number) for number in range(count)]
        with ThreadPoolExecutor(max(2, at_once)) as threads:
            if at_once == 1:
                return [threads.submit(call, number).result(PATIENCE) for number in range(count)]
            return list(threads.map(call, range(count)))


def _async_calls(
    settings: Configuration, count: int, at_once: int, between: Callable[[], Any] | None, options: Any, library: Any
) -> Any:
    async def work() -> list[Any]:
        outcomes: list[Any] = [None] * count
        numbers = iter(range(count))
        async with AsyncApiClient(settings) as client:
            api = AsyncMembersApi(client)

            async def worker() -> None:
                for number in numbers:
                    try:
                        outcomes[number] = _outcome(await api.details_current_member(**options))
                    except Exception as error:
                        outcomes[number] = error
                    if between is not None:
                        between()

            if library is trio:
                async with trio.open_nursery() as nursery:
                    for _ in range(at_once):
                        nursery.start_soon(worker)
            else:
                await asyncio.gather(*(worker() for _ in range(at_once)))
        return outcomes

    return work
