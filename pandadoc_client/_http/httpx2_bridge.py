"""Calls by way of a client of httpx2, the library that continues httpx.

The client is the transport of one of httpx's, so that nothing above a transport knows of two libraries. Requests and
responses are handed over as they are, bodies a part at a time and still packed, and an error becomes httpx's of the
same name.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Generator, Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import httpx2

__all__ = ["BridgedAsyncClient", "BridgedClient"]


# Their constructors take something else than a message: the next kind stands for them.
_OTHERWISE_MADE = frozenset(
    {httpx2.HTTPStatusError, httpx2.StreamConsumed, httpx2.StreamClosed, httpx2.ResponseNotRead, httpx2.RequestNotRead}
)


class BridgedClient(httpx.Client):
    """A client of httpx that sends by way of one of httpx2, which stays its owner's to close."""

    def __init__(self, client: Any) -> None:
        super().__init__(transport=_Transport(client), trust_env=False)
        self._client: httpx2.Client = client

    @property
    def is_closed(self) -> bool:
        """Whether the client of httpx2 is closed."""
        return self._client.is_closed


class BridgedAsyncClient(httpx.AsyncClient):
    """`BridgedClient` for asyncio and trio."""

    def __init__(self, client: Any) -> None:
        super().__init__(transport=_AsyncTransport(client), trust_env=False)
        self._client: httpx2.AsyncClient = client

    @property
    def is_closed(self) -> bool:
        """Whether the client of httpx2 is closed."""
        return self._client.is_closed


class _Transport(httpx.BaseTransport):
    def __init__(self, client: httpx2.Client) -> None:
        self._client = client

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        with _translated_errors():
            response = self._client.send(_translated(request), stream=True, auth=None, follow_redirects=False)
            return _response(response, _ResponseBody(response))


class _AsyncTransport(httpx.AsyncBaseTransport):
    def __init__(self, client: httpx2.AsyncClient) -> None:
        self._client = client

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        with _translated_errors():
            response = await self._client.send(_translated(request), stream=True, auth=None, follow_redirects=False)
            return _response(response, _AsyncResponseBody(response))


class _RequestBody(httpx2.SyncByteStream, httpx2.AsyncByteStream):
    """A body that is read while it is sent; the client that asks for it knows which way."""

    def __init__(self, stream: httpx.SyncByteStream | httpx.AsyncByteStream) -> None:
        self._stream = stream

    def __iter__(self) -> Iterator[bytes]:
        assert isinstance(self._stream, httpx.SyncByteStream)
        yield from self._stream

    async def __aiter__(self) -> AsyncIterator[bytes]:
        assert isinstance(self._stream, httpx.AsyncByteStream)
        async for part in self._stream:
            yield part


class _ResponseBody(httpx.SyncByteStream):
    def __init__(self, response: httpx2.Response) -> None:
        self._response = response

    def __iter__(self) -> Iterator[bytes]:
        with _translated_errors():
            yield from self._response.iter_raw()

    def close(self) -> None:
        with _translated_errors():
            self._response.close()


class _AsyncResponseBody(httpx.AsyncByteStream):
    def __init__(self, response: httpx2.Response) -> None:
        self._response = response

    async def __aiter__(self) -> AsyncIterator[bytes]:
        with _translated_errors():
            async for part in self._response.aiter_raw():
                yield part

    async def aclose(self) -> None:
        with _translated_errors():
            await self._response.aclose()


def _translated(request: httpx.Request) -> httpx2.Request:
    try:
        body: httpx2.SyncByteStream | httpx2.AsyncByteStream = httpx2.ByteStream(request.content)
    except httpx.RequestNotRead:
        body = _RequestBody(request.stream)
    return httpx2.Request(
        request.method, str(request.url), headers=request.headers.raw, stream=body, extensions=request.extensions
    )


def _response(response: httpx2.Response, body: httpx.SyncByteStream | httpx.AsyncByteStream) -> httpx.Response:
    headers = response.headers.raw
    if response.is_stream_consumed:  # an event hook or a MockTransport has read it, and it is unpacked
        headers = [(name, value) for name, value in headers if name.lower() != b"content-encoding"]
        body = httpx.ByteStream(response.content)
    return httpx.Response(response.status_code, headers=headers, stream=body, extensions=response.extensions)


@contextmanager
def _translated_errors() -> Generator[None]:
    """Raise for an error of httpx2 that of httpx which has its name, or that of the nearest kind it is of."""
    try:
        yield
    except (httpx2.HTTPError, httpx2.StreamError) as error:
        names = (kind.__name__ for kind in type(error).__mro__ if kind not in _OTHERWISE_MADE)
        named = next(getattr(httpx, name) for name in names if hasattr(httpx, name))
        raise named(str(error)) from error
