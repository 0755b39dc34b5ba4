"""The short way of most calls: a request without httpx's objects in between, and a response that is read at once.

It is for a body of some bytes or none, a URL that httpx would not change, no ``httpx.Auth``, no proxy, and a response
that is not streamed. All others go as httpx's requests. Both ways send the same bytes.
"""

from __future__ import annotations

import functools
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

import httpx

from pandadoc_client._http.aiohttp_backend.dialing import head_bytes
from pandadoc_client._http.aiohttp_backend.protocol import ERRORS, Protocol, as_httpx
from pandadoc_client._http.messages import Request
from pandadoc_client._http.streams import UNWATCHED, in_time
from pandadoc_client._http.urls import is_plain, parsed

__all__ = ["DirectRequest", "DirectResponse", "direct_request"]

_Fields = Sequence[tuple[bytes, bytes]]


class Fields:
    """Header fields as they are on the wire."""

    __slots__ = ("raw",)

    def __init__(self, raw: _Fields) -> None:
        self.raw = raw

    def get(self, name: str, default: str | None = None) -> str | None:
        """Return the values of a field, as httpx does."""
        wanted, length = name.lower().encode("ascii"), len(name)
        found = [value for key, value in self.raw if len(key) == length and key.lower() == wanted]
        return b", ".join(found).decode("latin-1") if found else default


class DirectRequest:
    """What is sent; its names are those of ``httpx.Request``.

    Args:
        method: HTTP method.
        origin: Scheme, host and port.
        target: Path and query.
        content: The body; None for none.
        fields: Header fields but for those that follow from the rest.
        extensions: As httpx has them: the limits.
    """

    __slots__ = ("content", "extensions", "headers", "method", "target", "url")

    stream = None

    def __init__(
        self,
        method: str,
        origin: httpx.URL,
        target: str,
        content: bytes | None,
        fields: _Fields,
        extensions: Mapping[str, Any],
    ) -> None:
        self.method = method
        self.url = origin
        self.target = target.encode("ascii")
        raw = [(b"Host", origin.netloc), *fields]
        if content is not None:  # at the places where httpx puts it
            raw.insert(len(raw) if content else 1, (b"Content-Length", b"%d" % len(content)))
        self.headers = Fields(raw)
        self.content = content or b""
        self.extensions = extensions

    def head(self) -> bytes:
        """Return the head as it goes out."""
        return head_bytes(self.method, self.target, self.headers.raw)


def direct_request(request: Request) -> Callable[[_Fields, Mapping[str, Any]], DirectRequest] | None:
    """Return what makes of *request*, with header fields and limits, one for the short way; None if it is not for it.

    Raises:
        httpx.InvalidURL: Its host is none.
    """
    url, content, method = request.url, request.content, request.method.upper()
    start = url.find("/", url.find("://") + 3)
    if start < 0 or not is_plain(url[start:]) or any(name.lower() == "host" for name in request.headers):
        return None
    if not content:
        content = b"" if method in ("POST", "PUT", "PATCH") else None
    elif not isinstance(content, bytes) or len(content) > UNWATCHED:
        return None
    return functools.partial(DirectRequest, method, parsed(url[:start]), url[start:], content)


class DirectResponse:
    """What came, its body unread; its names are those of ``httpx.Response``.

    Args:
        release: Gives the connection back.
        protocol: The connection.
        message: The head, as aiohttp has it.
        payload: The body, as aiohttp has it.
        limit: Seconds for each read.
    """

    __slots__ = ("_limit", "_message", "_payload", "_protocol", "_release", "headers", "reason_phrase", "status_code")

    def __init__(
        self,
        release: Callable[[], Awaitable[None]],
        protocol: Protocol,
        message: Any,
        payload: Any,
        limit: float | None,
    ) -> None:
        self._release = release
        self._protocol = protocol
        self._message = message
        self._payload = payload
        self._limit = limit
        self.status_code: int = message.code
        self.reason_phrase: str = message.reason.encode("ascii", "ignore").decode("ascii")
        self.headers = Fields(message.raw_headers)

    @property
    def is_success(self) -> bool:
        """True for a 2xx."""
        return 200 <= self.status_code <= 299

    async def read(self, most: int | None) -> bytes:
        """Return the body, or the first *most* bytes of it and a little more, and let go of the connection.

        Raises:
            httpx.TransportError: It broke off, or did not come in time.
        """
        payload, size, parts = self._payload, 0, list[bytes]()
        try:
            while not payload.at_eof() and (most is None or size <= most):
                is_here = payload.is_eof() and payload.exception() is None
                part = payload.read_nowait() if is_here else await self._next_part()
                size += len(part)
                parts.append(part)
            self._protocol.check_end(self._message)
        except ERRORS as error:
            raise as_httpx(error, httpx.ReadError) from error
        finally:
            await self._release()
        return b"".join(parts)

    async def _next_part(self) -> bytes:
        part: bytes = await in_time(self._payload.readany(), self._limit, httpx.ReadTimeout)
        return part
