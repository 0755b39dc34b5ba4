"""HTTP messages as data: what is to be sent, and what came back. No I/O, no HTTP library."""

from __future__ import annotations

import codecs
import re
import sys
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from typing import Any, Protocol

from pandadoc_client import __version__
from pandadoc_client._http.decoding import read_json
from pandadoc_client._http.secrets import (
    CREDENTIAL_HEADERS,
    MASK,
    mask_secrets,
    names_of,
    repr_in_any_state,
    secret_values,
)
from pandadoc_client._http.values import NOTHING, Value
from pandadoc_client.exceptions import ApiDecodeError, ApiTypeError, ApiValueError

__all__ = [
    "RESPONSE_LIMIT",
    "USER_AGENT",
    "BodyStream",
    "Headers",
    "Request",
    "Response",
    "check_header",
    "check_headers",
]

USER_AGENT = f"pandadoc-client/{__version__} Python/{sys.version_info.major}.{sys.version_info.minor}"
"""How the package names itself to servers."""

RESPONSE_LIMIT = 128 * 1024 * 1024
"""Bytes that the body of a response may have, unless the user sets another limit."""

_CHARSET = r"(?i)charset\s*=\s*[\"']?([A-Za-z0-9._-]+)"  # compiled when the text of a body is asked for
_NOT_IN_HEADER = r"[\x00-\x08\x0a-\x1f\x7f]"  # compiled for what is not printable
# Python's codecs for names in DNS are no charsets, and take time in proportion to the square of a text's length.
_NO_CHARSETS = frozenset({"idna", "punycode"})
_COMPUTED = frozenset({"content-length", "transfer-encoding"})
_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")


class Headers(Mapping[str, str]):
    """Header fields of a response: a read-only mapping whose names compare without regard to case.

    A field that came more than once reads as its values joined by ``", "`` (RFC 9110 §5.2); `getlist` has them apart.
    """

    __slots__ = ("_fields",)

    def __init__(self, fields: Iterable[tuple[str, str]] = ()) -> None:
        self._fields = tuple(fields)

    def __getitem__(self, name: str) -> str:
        values = self.getlist(name)
        if not values:
            raise KeyError(name)
        return ", ".join(values)

    def __iter__(self) -> Iterator[str]:
        seen = set()
        for name, _ in self._fields:
            if name.lower() not in seen:
                seen.add(name.lower())
                yield name

    def __len__(self) -> int:
        return sum(1 for _ in self)

    @repr_in_any_state
    def __repr__(self) -> str:
        return f"Headers({ {name: MASK if name.lower() in CREDENTIAL_HEADERS else self[name] for name in self}!r})"

    def getlist(self, name: str) -> list[str]:
        """Return every value of the field *name*, in the order in which they came."""
        wanted = name.lower()
        return [value for key, value in self._fields if key.lower() == wanted]


def check_header(name: str, value: str) -> None:
    """Refuse a header that HTTP cannot carry, naming it and never showing its value (RFC 9110 §5.5).

    Raises:
        ApiValueError: The name is no token, or the value has a line break, another control character, or a
            character outside ISO 8859-1.
    """
    if not _HEADER_NAME.fullmatch(name):
        raise ApiValueError(f"{name!r} is not a header name")
    if name.lower() in _COMPUTED:
        raise ApiValueError(f"The header {name} cannot be set: it follows from the body")
    if value.isascii() and value.isprintable():
        return
    if re.search(_NOT_IN_HEADER, value):
        raise ApiValueError(f"The header {name} has a line break or another control character in its value")
    try:
        value.encode("latin-1")
    except UnicodeEncodeError:
        problem = f"The header {name} has a character in its value that no header can carry"
        raise ApiValueError(problem) from None


def check_headers(argument: str, headers: Mapping[Any, Any]) -> None:
    """Refuse headers that HTTP cannot carry, naming the argument that has them.

    Raises:
        ApiTypeError: A name is no text.
        ApiValueError: As `check_header`.
    """
    for name, value in headers.items():
        if not isinstance(name, str):
            raise ApiTypeError(f"{argument}: the name of a header must be text (str), not {type(name).__name__}")
        try:
            check_header(name, str(value))
        except ApiValueError as error:
            raise ApiValueError(f"{argument}: {error}") from None


class BodyStream(Protocol):
    """A body that is read while it is sent.

    Each iteration gives it from the start. `close` is called after the last one, whatever came of the call.
    """

    @property
    def length(self) -> int | None:
        """Its bytes; None if only reading tells: it is then sent in chunks (RFC 9112 §7.1)."""
        ...

    @property
    def rewindable(self) -> bool:
        """Whether it can be read again."""
        ...

    @property
    def needs_async(self) -> bool:
        """Whether it can be read with ``async for`` only."""
        ...

    @property
    def started(self) -> bool:
        """Whether a part of it was read."""
        ...

    def __iter__(self) -> Iterator[bytes]: ...

    def __aiter__(self) -> AsyncIterator[bytes]: ...

    def close(self) -> None: ...


class Request(Value, hidden=("headers", "content", "secrets")):
    """A request that is ready to go.

    Attributes:
        method: ``"GET"``, ``"POST"``, …
        url: Absolute URL, encoded, with its query string.
        headers: Header fields by name.
        content: The body, as bytes or as a stream; None for none.
        replayable: True if sending it twice does no harm, whatever became of the first: an idempotent method.
        secrets: Values in it that no message or log may show.
        response_limit: Bytes that the body of its response may have, unless it is streamed; None for no limit.
        operation: Name of the API method that it is for; empty for none.
        template: URL with the names of path parameters in place of their values, for logs; empty for none.
    """

    method: str
    url: str
    headers: Mapping[str, str]
    content: bytes | BodyStream | None
    replayable: bool
    secrets: tuple[str, ...]
    response_limit: int | None
    operation: str
    template: str

    def __init__(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str] = NOTHING,
        content: bytes | BodyStream | None = None,
        replayable: bool = False,
        secrets: tuple[str, ...] = (),
        response_limit: int | None = RESPONSE_LIMIT,
        operation: str = "",
        template: str = "",
    ) -> None:
        self.__dict__.update(
            method=method,
            url=url,
            headers=headers,
            content=content,
            replayable=replayable,
            secrets=secrets,
            response_limit=response_limit,
            operation=operation,
            template=template,
        )

    @property
    def origin(self) -> str:
        """Scheme and authority of `url`; it is not parsed for that."""
        end = self.url.find("/", self.url.find("://") + 3)
        return self.url if end < 0 else self.url[:end]

    @property
    def all_secrets(self) -> tuple[str, ...]:
        """`secrets`, and those in a JSON body: what an error about this request must mask. It reads the body anew."""
        if not isinstance(self.content, bytes) or not self.content.startswith((b"{", b"[")):
            return self.secrets
        try:
            body = read_json(self.content)
        except (ValueError, RecursionError):
            return self.secrets
        return (*self.secrets, *secret_values(body, names_of(self.operation)))

    @property
    def spent(self) -> bool:
        """True if the body was read and cannot be read again."""
        content = self.content
        return not (content is None or isinstance(content, bytes)) and content.started and not content.rewindable

    def close(self) -> None:
        """Close what the body is read from."""
        if not (self.content is None or isinstance(self.content, bytes)):
            self.content.close()


class Response(Value):
    """A response with its body read.

    Attributes:
        status: HTTP status code.
        reason: Reason phrase; may be empty.
        headers: Header fields, case-insensitive.
        data: The body, content encodings removed.
        secrets: Values of the request that no message may show, should the response repeat them.
        operation: Name of the API method that it belongs to; empty for none.
    """

    status: int
    reason: str
    headers: Headers
    data: bytes
    secrets: tuple[str, ...]
    operation: str

    def __init__(
        self,
        status: int,
        reason: str,
        headers: Headers,
        data: bytes,
        secrets: tuple[str, ...] = (),
        operation: str = "",
    ) -> None:
        self.__dict__.update(
            status=status, reason=reason, headers=headers, data=data, secrets=secrets, operation=operation
        )

    @repr_in_any_state
    def __repr__(self) -> str:
        shown = f"Response(status={self.status!r}, reason={self.reason!r}, headers={self.headers!r})"
        return mask_secrets(shown, self.secrets, operation=self.operation)

    @property
    def ok(self) -> bool:
        """True for a 2xx."""
        return 200 <= self.status <= 299

    @property
    def text(self) -> str:
        """The body as text: the charset of Content-Type, else UTF-8; what is not text is replaced, never an error."""
        match = re.search(_CHARSET, self.headers.get("content-type", ""))
        charset = match.group(1) if match else "utf-8"
        try:
            if codecs.lookup(charset).name not in _NO_CHARSETS:
                return self.data.decode(charset, "replace")
            return self.data.decode("utf-8", "replace")
        except (LookupError, UnicodeError):  # no such charset, or one that is none, such as "undefined"
            return self.data.decode("utf-8", "replace")

    def json(self) -> Any:
        """Return the body, decoded as JSON. An integer of more digits than Python reads comes as the text of it.

        Raises:
            ApiDecodeError: The body is not JSON; it carries the status, the headers and the body.
        """
        try:
            return read_json(self.data)
        except (ValueError, RecursionError) as error:
            problem = f"The response cannot be read as JSON ({type(error).__name__})"
            raise ApiDecodeError(reason=problem, http_resp=self) from None

    def getheaders(self) -> Headers:
        """Return the header fields."""
        return self.headers

    def getheader(self, name: str, default: str | None = None) -> str | None:
        """Return the header field *name*, or *default*."""
        return self.headers.get(name, default)
