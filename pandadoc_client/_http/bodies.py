"""Bodies that are read while they are sent, as httpx takes them.

Those that can be read again are ``httpx.ByteStream``, by which an ``httpx.Auth`` knows that it may send a request again
after a 401; the others are not.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import aclosing, asynccontextmanager
from typing import Any

import httpx

from pandadoc_client._http.messages import BodyStream
from pandadoc_client._http.retry import Attempts

__all__ = ["AsyncBody", "Body", "RepeatableAsyncBody", "RepeatableBody", "closing_body", "framing"]


class Body(httpx.SyncByteStream):
    """The body of a blocking call, which ends with the call's timeout."""

    source_error: Exception | None = None
    """What reading the content raised: it is the user's, and no failure of the network."""

    def __init__(self, content: BodyStream, call: Attempts) -> None:
        self._content = content
        self._call = call

    def __iter__(self) -> Iterator[bytes]:
        try:
            parts = iter(self._content)
            while (part := next(parts, None)) is not None:
                self._call.remaining()  # a server that takes the body in drops would outlast the timeout
                yield part
        except Exception as error:
            self.source_error = error
            raise


class RepeatableBody(Body, httpx.ByteStream):
    """The same, of what can be read again."""


class AsyncBody(httpx.AsyncByteStream):
    """The body of a call for asyncio or trio, where the call is cancelled at its timeout."""

    source_error: Exception | None = None
    """As for `Body`."""

    def __init__(self, content: BodyStream, call: Attempts) -> None:
        self._content = content
        self._begun: list[AsyncGenerator[bytes]] = []

    def __aiter__(self) -> AsyncIterator[bytes]:
        parts = self._parts()
        self._begun.append(parts)
        return parts

    async def aclose(self) -> None:
        """Close what was begun: httpx leaves a body that the server did not want where it stands."""
        while self._begun:
            await self._begun.pop().aclose()

    async def _parts(self) -> AsyncGenerator[bytes]:
        content: Any = aiter(self._content)
        try:
            async with aclosing(content) as parts:
                async for part in parts:
                    yield part
        except Exception as error:
            self.source_error = error
            raise


class RepeatableAsyncBody(AsyncBody, httpx.ByteStream):
    """The same, of what can be read again."""


def framing(length: int | None) -> tuple[bytes, bytes]:
    """Return the header that says where a body ends."""
    return (b"Transfer-Encoding", b"chunked") if length is None else (b"Content-Length", b"%d" % length)


@asynccontextmanager
async def closing_body(request: httpx.Request) -> AsyncGenerator[None]:
    """Close the body of *request* at the end of the block, as httpx does not."""
    try:
        yield
    finally:
        if isinstance(request.stream, AsyncBody):
            await request.stream.aclose()
