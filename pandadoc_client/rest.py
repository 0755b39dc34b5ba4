"""Answers, as programs for the vendor's SDK know them, and the errors that they import from here."""

from __future__ import annotations

import io
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Generator, Iterator
from typing import Any, Self

import httpx

from pandadoc_client._http.cleanup import close_quietly, quietly
from pandadoc_client._http.messages import Headers, Response
from pandadoc_client._http.secrets import mask_chain
from pandadoc_client.exceptions import (
    ApiConnectionError,
    ApiException,
    ApiTimeoutError,
    ApiValueError,
    ForbiddenException,
    NotFoundException,
    ServiceException,
    UnauthorizedException,
)

__all__ = [
    "ApiException",
    "ApiValueError",
    "AsyncStreamedResponse",
    "ForbiddenException",
    "Headers",
    "NotFoundException",
    "RESTResponse",
    "ServiceException",
    "StreamedResponse",
    "UnauthorizedException",
    "logger",
]

logger = logging.getLogger(__name__)
RESTResponse = Response


def _broken(error: httpx.HTTPError, secrets: tuple[str, ...]) -> ApiConnectionError:
    mask_chain(error, secrets)
    if isinstance(error, httpx.TimeoutException):
        return ApiTimeoutError(reason="The body of the response did not come in time")
    return ApiConnectionError(reason=f"The body of the response broke off: {type(error).__name__}")


class StreamedResponse(io.RawIOBase):
    """A response whose body is not read yet: what a call with ``_preload_content=False`` returns.

    It is a binary file: read it, iterate over `stream`, or hand it to ``shutil.copyfileobj``; then close it, best with
    ``with``. The connection is in use until the body is read to its end or closed.

    Attributes:
        status: HTTP status code.
        reason: Reason phrase.
        headers: Header fields, case-insensitive.
    """

    def __init__(self, head: Response, response: httpx.Response) -> None:
        self.status = head.status
        self.reason = head.reason
        self.headers = head.headers
        self._secrets = head.secrets
        self._response = response
        self._chunks = response.iter_bytes()
        self._rest = b""
        self._data: bytes | None = None

    def readable(self) -> bool:
        """Return True: it is for reading."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Read into *buffer* what is there, waiting for more only if nothing is; 0 at the end."""
        if self.closed:
            raise ValueError("I/O operation on closed file")
        while not self._rest:
            try:
                self._rest = next(self._chunks)
            except StopIteration:
                return 0
            except httpx.HTTPError as error:
                raise _broken(error, self._secrets) from error
        size = min(len(buffer), len(self._rest))
        buffer[:size], self._rest = self._rest[:size], self._rest[size:]
        return size

    def read(self, size: int | None = -1, /) -> bytes:
        """Return the next *size* bytes, fewer at the end only; all that is left if *size* is negative or None."""
        if size is None or size < 0:
            return self.readall()
        parts = []
        while size > 0 and (part := super().read(size)):
            parts.append(part)
            size -= len(part)
        return b"".join(parts)

    def stream(self, amt: int = 65536) -> Iterator[bytes]:
        """Yield the body in parts of *amt* bytes."""
        while part := self.read(amt):
            yield part

    @property
    def data(self) -> bytes:
        """The whole body; reading it a second time gives it again."""
        if self._data is None:
            self._data = self.readall()
        return self._data

    def getheaders(self) -> Headers:
        """Return the header fields."""
        return self.headers

    def getheader(self, name: str, default: str | None = None) -> str | None:
        """Return the header field *name*, or *default*."""
        return self.headers.get(name, default)

    def close(self) -> None:
        """Let go of the connection."""
        if not self.closed:
            close_quietly(self._response, "a response")
        super().close()

    release_conn = close


class AsyncStreamedResponse:
    """A response whose body is not read yet, for asyncio; `StreamedResponse` describes attributes and methods.

    What waits is awaited, `data` too. The body is given out once: after `read` without a size, and once `stream` has
    begun, reading again is an error.
    """

    def __init__(self, head: Response, response: httpx.Response) -> None:
        self.status = head.status
        self.reason = head.reason
        self.headers = head.headers
        self._secrets = head.secrets
        self._response = response
        self._chunks = response.aiter_bytes()
        self._rest = b""
        self._taken = False
        self._closed = False
        self._failed: tuple[type[ApiConnectionError], str] | None = None
        self._data: bytes | None = None

    def readable(self) -> bool:
        """Return True: it is for reading."""
        return True

    async def readinto(self, buffer: Any) -> int:
        """Read into *buffer* what is there, waiting for more only if nothing is; 0 at the end.

        Raises:
            ApiValueError: As `stream`.
            ApiConnectionError: As `stream`.
        """
        self._check_unread()
        part = await self._some(len(buffer))
        buffer[: len(part)] = part
        return len(part)

    async def read(self, size: int | None = -1, /) -> bytes:
        """Return the next *size* bytes, fewer at the end only; all that is left if *size* is negative or None.

        Raises:
            ApiValueError: As `stream`.
            ApiConnectionError: As `stream`.
        """
        if size is None or size < 0:
            return b"".join([part async for part in self.stream()])
        self._check_unread()
        parts = []
        while size > 0 and (part := await self._some(size)):
            parts.append(part)
            size -= len(part)
        return b"".join(parts)

    async def stream(self, amt: int = 65536) -> AsyncIterator[bytes]:
        """Yield the body as it comes, in parts of *amt* bytes at the most.

        Raises:
            ApiValueError: The body was given out before, or the response is closed.
            ApiConnectionError: It broke off, or did not come in time.
        """
        self._check_unread()
        self._taken = True
        while part := await self._some(amt):
            yield part

    @property
    def data(self) -> Awaitable[bytes]:
        """The whole body, to be awaited; reading it a second time gives it again."""
        return _UnreadBody(self._read_once)

    async def _read_once(self) -> bytes:
        if self._data is None:
            self._data = await self.read()
        return self._data

    def getheaders(self) -> Headers:
        """Return the header fields."""
        return self.headers

    def getheader(self, name: str, default: str | None = None) -> str | None:
        """Return the header field *name*, or *default*."""
        return self.headers.get(name, default)

    def _check_unread(self) -> None:
        if self._taken:
            raise ApiValueError("The body of this response was read before; it can be read once")
        self._check_open()

    def _check_open(self) -> None:
        if self._closed:
            raise ApiValueError("This response is closed; its body can no longer be read")

    async def _some(self, most: int) -> bytes:
        """Return what is there, *most* bytes of it, waiting for more only if nothing is; nothing at the end."""
        self._check_open()
        if self._failed is not None:
            kind, reason = self._failed
            raise kind(reason=reason)
        while not self._rest:
            try:
                self._rest = await anext(self._chunks)
            except StopAsyncIteration:
                return b""
            except httpx.StreamError:
                raise ApiValueError("This response is closed; its body can no longer be read") from None
            except httpx.HTTPError as error:
                broken = _broken(error, self._secrets)
                self._failed = type(broken), str(broken.reason)
                raise broken from error
        part, self._rest = self._rest[:most], self._rest[most:]
        return part

    async def aclose(self) -> None:
        """Let go of the connection."""
        self._closed = True
        with quietly("a response"):
            await self._response.aclose()

    close = release_conn = aclose

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exception: object) -> None:
        await self.aclose()


class _UnreadBody:
    """A body that is read when it is awaited, and not when somebody looks at the attribute."""

    def __init__(self, read: Callable[[], Coroutine[Any, Any, bytes]]) -> None:
        self._read = read

    def __await__(self) -> Generator[Any, Any, bytes]:
        return self._read().__await__()
