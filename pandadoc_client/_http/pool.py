"""The connections that a client of our own keeps, and httpx's transports over them.

httpcore's pool is not used, as it does not hold what this package promises:

- What a server sends after the end of a response is read as the next one, or fails it: a 204 with a body, a stray line
  end, a second response (https://github.com/encode/httpx/issues/1474). RFC 9112 §9.2 has the connection closed.
- Its limit on idle connections counts those in use as well, so that more calls at once than the limit make a new
  connection for each call (https://github.com/encode/httpcore/pull/1000, https://github.com/encode/httpcore/pull/1035).
- A call that is cancelled may leave its connection in the pool for good
  (https://github.com/encode/httpcore/issues/1093).

The pool here is small because it has no limit on connections in use, and thus no queue: a connection belongs either to
one call, which closes it or gives it back, or to the list of idle ones. httpcore's pool makes the connections, which
are httpcore's too. ``tests/wire/test_upstream.py`` tells when httpcore has mended these.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import AsyncGenerator, Callable, Iterator
from operator import attrgetter
from typing import Any, NamedTuple

import anyio
import httpcore
import httpx

from pandadoc_client._http.cleanup import close_quietly, quietly
from pandadoc_client._http.clock import monotonic
from pandadoc_client._http.deadline import current_limit
from pandadoc_client._http.streams import AsyncDialingBackend, DialingBackend

__all__ = ["AsyncPool", "AsyncPooledTransport", "PooledTransport"]

_KEEP = 5.0  # seconds that an idle connection is kept; servers and balancers often close theirs not much later
_KEEP_SURPLUS = 2.5  # seconds for those beyond the number to keep: as long as calls are many, they are not idle so long
_CONNECTION = "a connection"

_Key = tuple[bytes | str, bytes | str, int | None]


class _Idle(NamedTuple):
    connection: Any
    since: float


class _Shelf:
    """The idle connections to one origin: they are used in turn, so that none grows old while there are many calls."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._idle: deque[_Idle] = deque()

    def take(self) -> Any | None:
        return self._idle.popleft().connection if self._idle else None

    def put(self, connection: Any) -> list[Any]:
        """Keep *connection*, and return those that have been idle for too long."""
        now = monotonic()
        self._idle.append(_Idle(connection, now))
        old = []
        while self._idle and now - self._idle[0].since > (_KEEP_SURPLUS if len(self._idle) > self._most else _KEEP):
            old.append(self._idle.popleft().connection)
        return old

    def connections(self) -> list[Any]:
        return [idle.connection for idle in self._idle]

    def clear(self) -> list[Any]:
        everything = self.connections()
        self._idle.clear()
        return everything


_key: Callable[[Any], _Key] = attrgetter("url.scheme", "url.host", "url.port")


def _reusable(connection: Any) -> bool:
    """Whether the next request may go over a connection: its last response was read, and nothing came after it."""
    if not connection.is_available() or connection.has_expired():  # which says, too, whether the socket has data
        return False
    inner = connection
    while not hasattr(inner, "_h11_state"):  # a proxy's connection has the real one within
        inner = getattr(inner, "_connection", None)
        if inner is None:
            return False
    unread, _ = inner._h11_state.trailing_data
    return not unread


def _note_failure(connection: Any) -> None:
    """Take note that nothing was sent where a proxy has not yet let anything through: it saw what was for itself."""
    limit = current_limit()
    connected = getattr(connection, "_connected", True) and getattr(connection, "_connection", connection) is not None
    if limit is not None and not connected:
        limit.sent = False


class _Pool:
    """Hands out connections for blocking calls. Safe for use by many threads at once."""

    def __init__(self, maker: Any, most_idle: int) -> None:
        self._maker = maker
        self._most_idle = most_idle
        self._lock = threading.Lock()
        self._shelves: dict[_Key, _Shelf] = {}
        self._in_use: set[Any] = set()
        self._closed = False

    def __enter__(self) -> _Pool:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    @property
    def connections(self) -> list[Any]:
        """The connections that are open: those in use, and the idle ones."""
        with self._lock:
            return [*self._in_use, *(each for shelf in self._shelves.values() for each in shelf.connections())]

    def handle_request(self, request: httpcore.Request) -> httpcore.Response:
        key = _key(request)
        connection = self._take(key, request)
        try:
            response: httpcore.Response = connection.handle_request(request)
        except BaseException:
            _note_failure(connection)
            self._discard(connection)
            raise
        response.stream = _Body(self, key, connection, response.stream)
        return response

    def _take(self, key: _Key, request: httpcore.Request) -> Any:
        while True:
            with self._lock:
                shelf = self._shelves.get(key)
                connection = None if shelf is None else shelf.take()
                if connection is None:
                    connection = self._maker.create_connection(request.url.origin)
                    self._in_use.add(connection)
                    return connection
                self._in_use.add(connection)
            if _reusable(connection):
                return connection
            self._discard(connection)

    def release(self, key: _Key, connection: Any) -> None:
        """Take a connection back after a response, or close it."""
        if not _reusable(connection):
            self._discard(connection)
            return
        with self._lock:
            self._in_use.discard(connection)
            if self._closed:
                old = [connection]
            else:
                shelf = self._shelves.get(key)
                if shelf is None:
                    shelf = self._shelves[key] = _Shelf(self._most_idle)
                old = shelf.put(connection)
        for surplus in old:
            close_quietly(surplus, _CONNECTION)

    def _discard(self, connection: Any) -> None:
        with self._lock:
            self._in_use.discard(connection)
        close_quietly(connection, _CONNECTION)

    def close(self) -> None:
        """Close all connections, those in use as well: their calls fail."""
        with self._lock:
            self._closed = True
            everything = [
                *self._in_use,
                *(connection for shelf in self._shelves.values() for connection in shelf.clear()),
            ]
            self._in_use.clear()
        for connection in everything:
            close_quietly(connection, _CONNECTION)


class _Body:
    """The body of a response; its end gives the connection back."""

    def __init__(self, pool: _Pool, key: _Key, connection: Any, stream: Any) -> None:
        self._pool = pool
        self._key = key
        self._connection = connection
        self._stream = stream
        self._closed = False

    def __iter__(self) -> Iterator[bytes]:
        try:
            yield from self._stream
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        if not self._closed:
            self._closed = True
            try:
                close_quietly(self._stream, "a response")
            finally:
                self._pool.release(self._key, self._connection)


class AsyncPool:
    """Hands out connections for calls of one event loop.

    Args:
        make: Returns a new connection, not opened yet, for a request.
        reusable: Says whether the next request may go over a connection.
        most_idle: How many idle connections to keep for each origin.
    """

    def __init__(self, make: Callable[[Any], Any], reusable: Callable[[Any], bool], most_idle: int) -> None:
        self._make = make
        self._reusable = reusable
        self._most_idle = most_idle
        self._shelves: dict[_Key, _Shelf] = {}
        self._in_use: set[Any] = set()
        self._closed = False

    async def __aenter__(self) -> AsyncPool:
        return self

    async def __aexit__(self, *exception: object) -> None:
        await self.aclose()

    @property
    def connections(self) -> list[Any]:
        """The connections that are open: those in use, and the idle ones."""
        return [*self._in_use, *(each for shelf in self._shelves.values() for each in shelf.connections())]

    async def handle_async_request(self, request: Any) -> Any:
        key = _key(request)
        connection, response = await self.carry(key, request)
        response.stream = self.body(key, connection, response.stream)
        return response

    def body(self, key: _Key, connection: Any, stream: Any) -> httpx.AsyncByteStream:
        """Return *stream*, a body that came over *connection*, as one whose end gives the connection back."""
        return _AsyncBody(self, key, connection, stream)

    async def carry(self, key: _Key, request: Any) -> tuple[Any, Any]:
        """Send *request*, and return the connection, which is to be released, and what it made of the response."""
        connection = await self._take(key, request)
        try:
            return connection, await connection.handle_async_request(request)
        except BaseException:
            _note_failure(connection)
            await self._discard(connection)
            raise

    async def _take(self, key: _Key, request: Any) -> Any:
        shelf = self._shelves.get(key)
        while shelf is not None and (connection := shelf.take()) is not None:
            if self._reusable(connection):
                self._in_use.add(connection)
                return connection
            await self._discard(connection)
        connection = self._make(request)
        self._in_use.add(connection)
        return connection

    async def release(self, key: _Key, connection: Any) -> None:
        """Take a connection back after a response, or close it."""
        if self._closed or not self._reusable(connection):
            await self._discard(connection)
            return
        self._in_use.discard(connection)
        shelf = self._shelves.get(key)
        if shelf is None:
            shelf = self._shelves[key] = _Shelf(self._most_idle)
        for surplus in shelf.put(connection):
            await self._discard(surplus)

    async def _discard(self, connection: Any) -> None:
        """Close a connection. A task that is cancelled here has closed the socket before it gives way."""
        self._in_use.discard(connection)
        with anyio.CancelScope(shield=True), quietly(_CONNECTION):
            await connection.aclose()

    async def aclose(self) -> None:
        """Close all connections, those in use as well: their calls fail."""
        self._closed = True
        for shelf in self._shelves.values():
            self._in_use.update(shelf.clear())
        while self._in_use:
            await self._discard(self._in_use.pop())


class _AsyncBody(httpx.AsyncByteStream):
    """The body of a response; its end gives the connection back."""

    def __init__(self, pool: AsyncPool, key: _Key, connection: Any, stream: Any) -> None:
        self._pool = pool
        self._key = key
        self._connection = connection
        self._stream = stream
        self._closed = False

    async def __aiter__(self) -> AsyncGenerator[bytes]:
        try:
            async for part in self._stream:
                yield part
        except BaseException:
            await self.aclose()
            raise

    async def aclose(self) -> None:
        if not self._closed:
            self._closed = True
            try:
                with anyio.CancelScope(shield=True), quietly("a response"):
                    await self._stream.aclose()
            finally:  # a task may be cancelled past the shield: the connection is then not reusable, and closed
                await self._pool.release(self._key, self._connection)


class PooledTransport(httpx.HTTPTransport):
    """httpx's transport over connections of ours.

    Args:
        limits: As httpx's transport takes them: how many idle connections to keep for each origin.
        arguments: Further ones of httpx's transport.
    """

    def __init__(self, *, limits: httpx.Limits, **arguments: Any) -> None:
        super().__init__(limits=limits, **arguments)
        # httpx takes neither a backend nor a pool: this reaches for what has no public way.
        maker: Any = self._pool
        maker._network_backend = DialingBackend()
        self._pool: Any = _Pool(maker, limits.max_keepalive_connections or 0)


class AsyncPooledTransport(httpx.AsyncHTTPTransport):
    """The same for asyncio and trio."""

    def __init__(self, *, limits: httpx.Limits, **arguments: Any) -> None:
        super().__init__(limits=limits, **arguments)
        maker: Any = self._pool
        maker._network_backend = AsyncDialingBackend(maker._network_backend)
        self._pool: Any = AsyncPool(
            lambda request: maker.create_connection(request.url.origin),
            _reusable,
            limits.max_keepalive_connections or 0,
        )
