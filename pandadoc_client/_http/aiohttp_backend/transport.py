"""httpx's transport over connections of aiohttp."""

from __future__ import annotations

import functools
import ssl
from collections.abc import AsyncIterator, Sequence
from typing import Any

import httpcore
import httpx
from sniffio import current_async_library

from pandadoc_client._http.aiohttp_backend.dialing import Dialer, Line
from pandadoc_client._http.aiohttp_backend.direct import DirectRequest, DirectResponse
from pandadoc_client._http.aiohttp_backend.protocol import ERRORS, Head, Protocol, as_httpx
from pandadoc_client._http.aiohttp_backend.upload import Upload
from pandadoc_client._http.patching import TRANSPORT_STEPS, is_patched
from pandadoc_client._http.pool import AsyncPool, AsyncPooledTransport
from pandadoc_client._http.streams import UNWATCHED, in_time
from pandadoc_client.exceptions import ApiValueError

__all__ = ["aiohttp_transport"]


def aiohttp_transport(*, proxy: httpx.Proxy | None = None, **arguments: Any) -> httpx.AsyncBaseTransport:
    """Return a transport; the arguments are those of httpx's. Where a proxy speaks SOCKS it is httpx's own.

    Raises:
        ApiValueError: The event loop is not asyncio's.
    """
    if current_async_library() != "asyncio":
        raise ApiValueError('backend="aiohttp" needs asyncio', ["backend"])
    if proxy is not None and proxy.url.scheme.startswith("socks"):
        return AsyncPooledTransport(proxy=proxy, **arguments)
    return _AiohttpTransport(proxy=proxy, **arguments)


class _AiohttpTransport(httpx.AsyncHTTPTransport):
    """httpx's transport by its class, so that tools which replace its method for tracing see every request."""

    def __init__(
        self,
        *,
        verify: ssl.SSLContext,
        limits: httpx.Limits,
        socket_options: Sequence[tuple[Any, ...]] | None,
        trust_env: bool,
        proxy: httpx.Proxy | None,
    ) -> None:
        dialer = self._dialer = Dialer(verify, socket_options or (), proxy)
        most_idle = limits.max_keepalive_connections or 0
        self._connections = AsyncPool(lambda _: _Connection(dialer), _Connection.is_reusable, most_idle)
        self._pool: Any = _CoreRequests(self._connections)
        self._arguments: dict[str, Any] = {
            "verify": verify,
            "limits": limits,
            "socket_options": socket_options,
            "proxy": proxy,
        }
        self._httpx: AsyncPooledTransport | None = None

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if is_patched(httpcore.AsyncHTTPConnection, TRANSPORT_STEPS):  # as respx does, which answers in its place
            if self._httpx is None:
                self._httpx = AsyncPooledTransport(trust_env=False, **self._arguments)
            return await self._httpx.handle_async_request(request)
        if is_patched(httpx.AsyncHTTPTransport, TRANSPORT_STEPS):
            return await super().handle_async_request(request)
        response: httpx.Response = await self._connections.handle_async_request(request)
        return response

    async def send(self, request: DirectRequest) -> DirectResponse | httpx.Response:
        """Send *request*, and return the response with its body unread: httpx's if that is to be unpacked."""
        url, pool = request.url, self._connections
        key = url.scheme, url.host, url.port
        connection, (protocol, message, payload) = await pool.carry(key, request)
        limit: float | None = request.extensions["timeout"]["read"]
        if "Content-Encoding" not in message.headers:
            release = functools.partial(pool.release, key, connection)
            return DirectResponse(release, protocol, message, payload, limit)
        response = _as_httpx(protocol, message, payload, limit)
        response.stream = pool.body(key, connection, response.stream)
        return response

    async def aclose(self) -> None:
        if self._httpx is not None:
            await self._httpx.aclose()
        await self._connections.aclose()
        await self._dialer.aclose()


class _CoreRequests:
    """The pool as httpx's own transport uses one: for requests that come by way of a tool."""

    def __init__(self, pool: AsyncPool) -> None:
        self._pool = pool

    async def handle_async_request(self, request: httpcore.Request) -> httpcore.Response:
        method, url, stream = request.method.decode("ascii"), bytes(request.url).decode("ascii"), request.stream
        sent = httpx.Request(method, url, headers=request.headers, stream=stream, extensions=request.extensions)  # type: ignore[arg-type]
        found: httpx.Response = await self._pool.handle_async_request(sent)
        return httpcore.Response(
            found.status_code, headers=found.headers.raw, content=found.stream, extensions=found.extensions
        )


class _Connection:
    """One connection, as the pool has it."""

    def __init__(self, dialer: Dialer) -> None:
        self._dialer = dialer
        self._connection: Line | None = None
        self._whole = False

    def is_reusable(self) -> bool:
        """Whether the next request may go over it: all was sent and read, and nothing came after it."""
        return self._whole and self._connection is not None and self._connection.protocol.is_reusable()

    async def handle_async_request(self, request: httpx.Request | DirectRequest) -> Any:
        """Send *request*, and return httpx's response; for a direct one the protocol, and aiohttp's head and body."""
        if self._connection is None:
            self._connection = await self._dialer.dial(request)
        protocol = self._connection.protocol
        self._whole = False
        limit: float | None = request.extensions["timeout"]["read"]
        if isinstance(request, DirectRequest):
            message, payload = await self._exchange(protocol, request.method, request.head() + request.content, limit)
            return protocol, message, payload
        head = self._dialer.head(request)
        content = b"".join(request.stream) if type(request.stream) is httpx.ByteStream else None
        if content is not None and len(content) <= UNWATCHED:
            message, payload = await self._exchange(protocol, request.method, head + content, limit)
        else:
            protocol.expect(request.method)
            upload = Upload(protocol, request, content)
            message, payload = await upload.send(head)
            self._whole = upload.whole
        return _as_httpx(protocol, message, payload, limit)

    async def _exchange(self, protocol: Protocol, method: str, data: bytes, limit: float | None) -> Head:
        protocol.expect(method)
        protocol.send(data)
        head = await protocol.receive(limit)
        self._whole = True
        return head

    async def aclose(self) -> None:
        if self._connection is not None:
            await self._connection.aclose()


def _as_httpx(protocol: Protocol, message: Any, payload: Any, limit: float | None) -> httpx.Response:
    return httpx.Response(
        message.code,
        headers=message.raw_headers,
        stream=_Body(protocol, message, payload, limit),
        extensions={
            "http_version": b"HTTP/%d.%d" % message.version,
            "reason_phrase": message.reason.encode("utf-8", "surrogateescape"),
        },
    )


class _Body(httpx.AsyncByteStream):
    """The body of a response as it comes, still packed."""

    def __init__(self, protocol: Protocol, message: Any, payload: Any, limit: float | None) -> None:
        self._protocol = protocol
        self._message = message
        self._payload = payload
        self._limit = limit

    async def __aiter__(self) -> AsyncIterator[bytes]:
        try:
            while part := await in_time(self._payload.readany(), self._limit, httpx.ReadTimeout):
                yield part
            self._protocol.check_end(self._message)
        except ERRORS as error:
            if part := self._payload._read_nowait(-1):  # what came before the connection broke
                yield part
            raise as_httpx(error, httpx.ReadError) from error
