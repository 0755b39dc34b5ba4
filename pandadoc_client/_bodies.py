"""Bodies that are read while they are sent, as httpx takes them.

Those that can be read again are ``httpx.ByteStream``, by which an ``httpx.Auth`` knows that it may send a request again
after a 401; the others are not.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import httpx

from pandadoc_client._http import BodyStream
from pandadoc_client._retry import Call

__all__ = ["AsyncBody", "Body", "RepeatableAsyncBody", "RepeatableBody"]


class Body(httpx.SyncByteStream):
    """The body of a blocking call, which ends with the call's timeout."""

    def __init__(self, content: BodyStream, call: Call) -> None:
        self._content = content
        self._call = call

    def __iter__(self) -> Iterator[bytes]:
        for part in self._content:
            self._call.remaining()  # a server that takes the body in drops would outlast the timeout
            yield part


class RepeatableBody(Body, httpx.ByteStream):
    """The same, of what can be read again."""


class AsyncBody(httpx.AsyncByteStream):
    """The body of a call for asyncio or trio, where the call is cancelled at its timeout."""

    def __init__(self, content: BodyStream, call: Call) -> None:
        self._content = content

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for part in self._content:
            yield part


class RepeatableAsyncBody(AsyncBody, httpx.ByteStream):
    """The same, of what can be read again."""
