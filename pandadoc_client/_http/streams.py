"""The connections of our own clients, below httpcore.

They differ from httpcore's in three things. A blocking one bounds each step by what is left of the whole call
(`pandadoc_client._http.deadline`). All take note of when a request goes out. And a server may respond before it has the
whole request, and close: while a large body is sent they look at what comes, so that such a response is not lost.
"""

from __future__ import annotations

import contextlib
import re
import select
import socket
import ssl
from collections.abc import Awaitable, Iterable
from typing import Any, TypeVar

import anyio
import httpcore

from pandadoc_client._http.clock import is_replaced, monotonic
from pandadoc_client._http.deadline import current_limit
from pandadoc_client._http.dialing import dial
from pandadoc_client._http.timers import move_on_after, sleep

__all__ = ["UNWATCHED", "AsyncDialingBackend", "AsyncStream", "DialingBackend", "Stream", "in_time", "second_socket"]

_T = TypeVar("_T")
UNWATCHED = 65536
"""Bytes of a request that fit into the buffers of the system: sending them waits for nobody."""
_MOST_AHEAD = 1024 * 1024  # bytes of a response to read while the request is still being sent
_CHUNK = 65536
_LINE_ENDS = b"\r\n"
_STATUS = re.compile(rb"HTTP/\d\.\d (\d)\d\d")


def _mark(sent: bool) -> None:
    limit = current_limit()
    if limit is not None:
        limit.sent = sent


def _refused(head: bytes | bytearray) -> bool:
    """Whether a response begins so that refuses a request: a 4xx or 5xx, perhaps after interim ones."""
    start = 0
    while found := _STATUS.match(head, start):
        if found[1] != b"1":
            return found[1] in (b"4", b"5")
        end = head.find(b"\r\n\r\n", start)
        if end < 0:
            return False
        start = end + 4
    return False


def _bounded(timeout: float | None, error: type[Exception] = httpcore.ReadTimeout) -> float | None:
    limit = current_limit()
    if limit is None or limit.ends is None:
        return timeout
    left = limit.ends - monotonic()
    if left <= 0:
        raise error("the call took too long")
    return left if timeout is None else min(left, timeout)


def _ready(connection: socket.socket, timeout: float | None, write: bool = False) -> tuple[bool, bool]:
    """Wait until a socket can be read (or has ended), or written to if that is asked for; tell which."""
    number = connection.fileno()
    if number < 0:
        return True, write
    if hasattr(select, "poll"):
        poll = select.poll()
        poll.register(number, select.POLLIN | (select.POLLOUT if write else 0))
        found = poll.poll(None if timeout is None else timeout * 1000)
        events = found[0][1] if found else 0
        return bool(events & ~select.POLLOUT), bool(events & select.POLLOUT)
    readable, writable, failed = select.select([number], [number] if write else [], [number], timeout)
    return bool(readable or failed), bool(writable)


class Stream(httpcore.NetworkStream):
    """A blocking connection whose steps end with the call."""

    def __init__(self, connection: socket.socket) -> None:
        self._socket = connection
        self._written = 0
        self._watches = True
        self._early = bytearray()

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        if self._written:
            return self._first_read(max_bytes, timeout)
        if self._early:
            data = bytes(self._early[:max_bytes])
            del self._early[:max_bytes]
            return data
        seconds = _bounded(timeout)
        try:
            self._socket.settimeout(seconds)
            return self._socket.recv(max_bytes)
        except TimeoutError as error:
            raise httpcore.ReadTimeout(str(error)) from error
        except OSError as error:
            raise httpcore.ReadError(str(error)) from error

    def _first_read(self, max_bytes: int, timeout: float | None) -> bytes:
        """Read the start of a response. A line end before it was late for the one before, and says nothing."""
        self._written, self._watches = 0, True
        while data := self.read(max_bytes, timeout):
            if data[0] not in _LINE_ENDS or (data := data.lstrip(_LINE_ENDS)):
                return data
        return b""

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        view = memoryview(buffer)
        try:
            while view:
                seconds = _bounded(timeout, httpcore.WriteTimeout)
                _mark(sent=True)
                watched = self._watches and self._written + min(len(view), _CHUNK) > UNWATCHED
                if watched and self._answered(seconds):
                    raise httpcore.WriteError("the server responded before it had the whole request")
                self._socket.settimeout(0 if watched else seconds)  # who waits in a send sees nothing come
                try:
                    count = self._socket.send(view[:_CHUNK] if self._watches else view)
                except (BlockingIOError, ssl.SSLWantWriteError):
                    continue
                except ssl.SSLWantReadError:
                    _ready(self._socket, seconds)
                    continue
                self._written += count
                view = view[count:]
        except TimeoutError as error:
            raise httpcore.WriteTimeout(str(error)) from error
        except OSError as error:
            raise httpcore.WriteError(str(error)) from error

    def _answered(self, timeout: float | None) -> bool:
        """Wait until more can be sent, and return True if a refusal came instead."""
        while True:
            readable, writable = _ready(self._socket, timeout, write=True)
            if not readable:
                if not writable:
                    raise httpcore.WriteTimeout("the server took no more of the request")
                return False
            try:
                self._socket.settimeout(0)
                data = self._socket.recv(_CHUNK)
            except (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError):
                if writable:
                    return False
                continue  # it was of TLS itself, or a part of what is encrypted as one
            except OSError:
                data = b""
            self._early += data
            self._watches = bool(data) and len(self._early) < _MOST_AHEAD
            if _refused(self._early):
                return True
            if writable or not self._watches:
                return False

    def close(self) -> None:
        self._socket.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        _mark(sent=False)  # what was written before was for a proxy
        seconds = _bounded(timeout, httpcore.ConnectTimeout)
        try:
            if isinstance(self._socket, ssl.SSLSocket):  # TLS to a proxy, and TLS to the server within
                from httpcore._backends.sync import SyncStream  # which knows how, and has no public name

                return _Nested(SyncStream(self._socket).start_tls(ssl_context, server_hostname, seconds))
            self._socket.settimeout(seconds)
            return Stream(ssl_context.wrap_socket(self._socket, server_hostname=server_hostname))
        except TimeoutError as error:
            self.close()
            raise httpcore.ConnectTimeout(str(error)) from error
        except OSError as error:
            self.close()
            raise httpcore.ConnectError(str(error)) from error
        except BaseException:
            self.close()
            raise

    def get_extra_info(self, info: str) -> Any:
        if info == "is_readable":
            return bool(self._early) or _ready(self._socket, 0)[0]
        if info == "ssl_object":
            return self._socket if isinstance(self._socket, ssl.SSLSocket) else None
        if info == "socket":
            return self._socket
        if info == "client_addr":
            return self._socket.getsockname()
        if info == "server_addr":
            return self._socket.getpeername()
        return None


class _Nested(httpcore.NetworkStream):
    """TLS within TLS, as httpcore does it, within the call's limit."""

    def __init__(self, stream: httpcore.NetworkStream) -> None:
        self._stream = stream

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, _bounded(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        _mark(sent=True)
        for start in range(0, len(buffer), _CHUNK):
            self._stream.write(buffer[start : start + _CHUNK], _bounded(timeout, httpcore.WriteTimeout))

    def close(self) -> None:
        self._stream.close()

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


class DialingBackend(httpcore.NetworkBackend):
    """Opens connections for blocking calls."""

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        seconds = _bounded(timeout, httpcore.ConnectTimeout)
        try:
            return Stream(dial(host, port, seconds, local_address, socket_options or ()))
        except TimeoutError as error:
            raise httpcore.ConnectTimeout(str(error)) from error
        except OSError as error:
            raise httpcore.ConnectError(str(error)) from error


async def in_time(step: Awaitable[_T], timeout: float | None, error: type[Exception]) -> _T:
    """Await a step that has a timeout of its own, and see to that where the clock of the loop is stopped."""
    if timeout is None or not is_replaced():
        return await step
    with move_on_after(timeout):
        return await step
    raise error("the step took too long")


def second_socket(connection: Any) -> socket.socket | None:
    """Return a second handle for a connection without TLS, of httpcore or asyncio; None for one that has none.

    Once writing fails, asyncio closes its socket, and with it goes a response that nobody has read. The system keeps it
    as long as there is a second handle.
    """
    if connection.get_extra_info("ssl_object") is not None:
        return None
    raw = connection.get_extra_info("socket")
    with contextlib.suppress(OSError):
        return socket.fromfd(raw.fileno(), raw.family, raw.type)
    return None


class AsyncStream(httpcore.AsyncNetworkStream):
    """A connection for asyncio or trio around httpcore's."""

    def __init__(self, stream: httpcore.AsyncNetworkStream) -> None:
        self._stream = stream
        self._written = self._writes = 0
        self._watches = True
        self._early = bytearray()
        self._spare: socket.socket | None = None

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        if self._writes:
            self._settle()
            while data := await self.read(max_bytes, timeout):  # as a blocking one does
                if data[0] not in _LINE_ENDS or (data := data.lstrip(_LINE_ENDS)):
                    return data
            return b""
        if self._early:
            data = bytes(self._early[:max_bytes])
            del self._early[:max_bytes]
            return data
        return await in_time(self._stream.read(max_bytes, timeout), timeout, httpcore.ReadTimeout)

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        if not buffer:
            return
        _mark(sent=True)
        first = not self._writes
        self._written += len(buffer)
        # The first bytes go out at once. After that a look at the socket is cheap, and only a body that is large, or
        # has an early response, is worth two tasks.
        self._writes += 1
        if first or not self._watches:
            await in_time(self._stream.write(buffer, timeout), timeout, httpcore.WriteTimeout)
            return
        if self._writes == 3:  # two are a request with a small body, which is sent before anybody can refuse it
            self._spare = second_socket(self._stream)
        if self._stream.get_extra_info("is_readable"):
            await self._look()
        try:
            if self._written <= UNWATCHED or not self._watches:
                await in_time(self._stream.write(buffer, timeout), timeout, httpcore.WriteTimeout)
            else:
                await self._write_watching(buffer, timeout)
        except httpcore.WriteError:
            await self._rescue()
            raise

    async def _rescue(self) -> None:
        """Read what came before a connection broke."""
        spare, self._spare = self._spare, None
        if spare is None or _refused(self._early):
            if spare is not None:
                spare.close()
            return
        with spare:
            with contextlib.suppress(httpcore.ReadError, httpcore.ReadTimeout):
                while data := await in_time(self._stream.read(_CHUNK, 0.1), 0.1, httpcore.ReadTimeout):
                    self._early += data
            with contextlib.suppress(OSError):
                spare.setblocking(False)
                while data := spare.recv(_CHUNK):
                    self._early += data

    def _settle(self) -> None:
        """Begin anew: the request was sent, or the connection is closed."""
        self._written = self._writes = 0
        self._watches = True
        if self._spare is not None:
            self._spare.close()
            self._spare = None

    async def _look(self) -> None:
        """Read some of a response that may be early.

        Raises:
            WriteError: It refuses the request.
        """
        try:
            data = await self._stream.read(_CHUNK)
        except (httpcore.ReadError, httpcore.ReadTimeout):
            data = b""
        self._early += data
        self._watches = bool(data) and len(self._early) < _MOST_AHEAD
        if _refused(self._early):
            raise httpcore.WriteError("the server responded before it had the whole request")

    async def _write_watching(self, buffer: bytes, timeout: float | None) -> None:
        """Write, and read what comes meanwhile."""
        failure: Exception | None = None
        refusal: Exception | None = None
        async with anyio.create_task_group() as group:

            async def watch() -> None:
                nonlocal refusal
                try:
                    while self._watches:
                        await self._look()
                except httpcore.WriteError as error:
                    refusal = error
                    group.cancel_scope.cancel()

            group.start_soon(watch)
            try:
                await in_time(self._stream.write(buffer, timeout), timeout, httpcore.WriteTimeout)
            except (httpcore.WriteError, httpcore.WriteTimeout) as error:
                failure = error
            group.cancel_scope.cancel()
        if refusal is not None or failure is not None:
            raise refusal or failure or AssertionError

    async def aclose(self) -> None:
        self._settle()
        await self._stream.aclose()

    async def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.AsyncNetworkStream:
        _mark(sent=False)
        try:
            handshake = self._stream.start_tls(ssl_context, server_hostname, timeout)
            return AsyncStream(await in_time(handshake, timeout, httpcore.ConnectTimeout))
        except BaseException:  # a cancelled handshake leaves the connection open in httpcore
            with anyio.CancelScope(shield=True):
                await self._stream.aclose()
            raise

    def get_extra_info(self, info: str) -> Any:
        if info == "is_readable":
            return bool(self._early) or _holds_data(self._stream) or self._stream.get_extra_info(info)
        return self._stream.get_extra_info(info)


def _holds_data(stream: Any) -> bool:
    """Whether anyio or trio took data from the socket and did not hand it out: httpcore asks the socket alone."""
    layer = getattr(stream, "_stream", None)
    incoming = getattr(layer, "_read_bio", None) or getattr(layer, "_incoming", None)  # of TLS, in anyio and in trio
    if incoming is not None:
        decrypted: Any = getattr(layer, "_ssl_object", None)
        if incoming.pending or decrypted.pending():
            return True
        layer = getattr(layer, "transport_stream", None)
    return bool(getattr(getattr(layer, "_protocol", None), "read_queue", None))


class AsyncDialingBackend(httpcore.AsyncNetworkBackend):
    """Opens connections for asyncio and trio as *backend* does."""

    def __init__(self, backend: httpcore.AsyncNetworkBackend) -> None:
        self._backend = backend

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        connecting = self._backend.connect_tcp(host, port, timeout, local_address, socket_options)
        return AsyncStream(await in_time(connecting, timeout, httpcore.ConnectTimeout))

    async def sleep(self, seconds: float) -> None:
        await sleep(seconds)
