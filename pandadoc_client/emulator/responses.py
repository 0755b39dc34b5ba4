"""Scripted responses: what a test wants to hear, in place of what the emulator would make up."""

from __future__ import annotations

import json
import re
from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import UnionType
from typing import Any, Final

from starlette.responses import Response

from .contract.document import load_contract
from .script import Script, check_fields, parse_script

__all__ = ["NO_BODY", "ResponseScript", "ScriptedResponse", "parse_responses"]


class _NoBody:
    def __repr__(self) -> str:
        return "NO_BODY"


NO_BODY: Final = _NoBody()
"""The body of a response that has none; `None` is JSON's `null`."""

_JSON_TYPES: dict[str, type | UnionType] = {
    "operation": str,
    "body": object,
    "text": str,
    "base64": str,
    "content_type": str,
    "status": int,
    "headers": dict,
    "times": int | None,
}
_FIELD_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # RFC 9110 section 5.6.2
_MEDIA_TYPE = re.compile(r"[!#$&^_.+0-9A-Za-z-]+/[!#$&^_.+0-9A-Za-z-]+\s*(?:;|$)")
_OF_THE_SERVER = ("connection", "content-length", "date", "transfer-encoding")


def _is_number(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_value(value: object) -> bool:
    return isinstance(value, str) and value.isascii() and value.isprintable()


@dataclass(frozen=True, slots=True)
class ScriptedResponse:
    """The response to the next `times` requests for one operation that keep to the contract.

    It need not keep to the contract itself: a test may want to see what becomes of an odd one.

    Attributes:
        operation: The `operationId`, as in the contract or as in Python (`listDocuments`, `list_documents`).
        body: The body: bytes as they are, anything else as JSON; `NO_BODY` for none.
        status: Status code, 200 to 599.
        headers: Further headers; `Content-Type` replaces that of the body.
        times: Requests it answers; None for all to come.
        text: The body as text, in UTF-8, in place of `body`.
        content_type: Media type of the body. Without it JSON is `application/json`, text `text/plain` and bytes are
            `application/octet-stream`.

    Raises:
        ValueError: no such operation, a value out of range, two bodies, or a body that JSON cannot hold; the message
            names the field.
    """

    operation: str
    body: Any = field(default=NO_BODY, hash=False)
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict[str, str], hash=False)
    times: int | None = 1
    text: str | None = None
    content_type: str | None = None

    def __post_init__(self) -> None:
        # Frozen, so the name is settled behind dataclass's back.
        object.__setattr__(self, "operation", load_contract().find(self.operation).operation_id)
        if not _is_number(self.status) or not 200 <= self.status <= 599:
            raise ValueError("status is a number from 200 to 599")
        if self.times is not None and (not _is_number(self.times) or self.times < 1):
            raise ValueError("times is a whole number from 1, or null for ever")
        self._check_body()
        self._check_headers()

    def _check_body(self) -> None:
        if self.text is not None:
            if not isinstance(self.text, str):  # pyright: ignore[reportUnnecessaryIsInstance]
                raise ValueError(f"text is text (str), and no {type(self.text).__name__}")
            if self.body is not NO_BODY:
                raise ValueError("body and text cannot both be given")
        has_body = self.body is not NO_BODY or self.text is not None
        if self.status in (204, 304) and has_body:
            raise ValueError(f"a response {self.status} has no body")
        try:
            self.content()
        except (TypeError, ValueError) as error:
            name = "text has characters that UTF-8 lacks" if self.text is not None else "body is no JSON"
            raise ValueError(f"{name}: {error}") from None
        if self.content_type is not None:
            if not has_body:
                raise ValueError("content_type has no meaning without a body")
            if not _is_value(self.content_type) or not _MEDIA_TYPE.match(self.content_type):
                raise ValueError("content_type is a media type, such as text/html; charset=utf-8")

    def _check_headers(self) -> None:
        if not isinstance(self.headers, Mapping):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise ValueError("headers is an object of texts")
        for name, value in self.headers.items():
            if not isinstance(name, str) or not _FIELD_NAME.fullmatch(name):  # pyright: ignore[reportUnnecessaryIsInstance]
                raise ValueError(f"headers: {name!r} is no name of a header")
            if not _is_value(value):
                raise ValueError(f"headers: the value of {name} is not text of printable ASCII characters")
            if name.lower() in _OF_THE_SERVER:
                raise ValueError(f"headers: {name} is set by the server")
            if name.lower() == "content-type" and self.content_type is not None:
                raise ValueError("content_type and the header Content-Type cannot both be given")

    def content(self) -> bytes:
        """Return the bytes of the body."""
        if self.text is not None:
            return self.text.encode()
        if self.body is NO_BODY:
            return b""
        if isinstance(self.body, bytes | bytearray):
            return bytes(self.body)
        return json.dumps(self.body).encode()

    def response(self, defaults: Mapping[str, str] | None = None) -> Response:
        """Return the HTTP response; *defaults* are headers for those that this response does not name."""
        kind = {} if self._media_type is None else {"Content-Type": self._media_type}
        headers = {name.lower(): value for name, value in {**kind, **(defaults or {})}.items()}
        fields = {name.lower(): value for name, value in self.headers.items()}
        return Response(self.content(), self.status, headers | fields)

    @property
    def _media_type(self) -> str | None:
        if self.content_type is not None or (self.text is None and self.body is NO_BODY):
            return self.content_type
        if self.text is not None:
            return "text/plain; charset=utf-8"
        return "application/octet-stream" if isinstance(self.body, bytes | bytearray) else "application/json"

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form."""
        result: dict[str, Any] = {"operation": self.operation, "status": self.status, "times": self.times}
        if self.text is not None:
            result["text"] = self.text
        elif isinstance(self.body, bytes | bytearray):
            result["base64"] = b64encode(self.body).decode()
        elif self.body is not NO_BODY:
            result["body"] = self.body
        if self.content_type is not None:
            result["content_type"] = self.content_type
        if self.headers:
            result["headers"] = dict(self.headers)
        return result

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> ScriptedResponse:
        """Read the JSON form: `body` for JSON, `text` for text, `base64` for bytes.

        Raises:
            ValueError: without `operation`, with an unknown key, with a value of the wrong type, or as the constructor.
        """
        check_fields(data, _JSON_TYPES, "operation")
        bodies = [name for name in ("body", "text", "base64") if name in data]
        if len(bodies) > 1:
            raise ValueError(f"{' and '.join(bodies)} cannot both be given")
        fields = dict(data)
        if "base64" in fields:
            try:
                fields["body"] = b64decode(fields.pop("base64"), validate=True)
            except (Base64Error, ValueError):
                raise ValueError("base64 is no base64 (RFC 4648 section 4)") from None
        return cls(**fields)


def parse_responses(data: object) -> list[ScriptedResponse]:
    """Read a list of responses from decoded JSON.

    Raises:
        ValueError: not a list, or a response that `ScriptedResponse.from_dict` refuses; the message tells which one.
    """
    return parse_script(data, "response", ScriptedResponse.from_dict)


class ResponseScript(Script[ScriptedResponse]):
    """The responses still to come, in order; safe across threads."""

    def add(self, operation: str, body: Any = NO_BODY, **details: Any) -> ScriptedResponse:
        """Append a response; the arguments are those of `ScriptedResponse`. Returns it.

            responses.add("list_documents", {"results": []})
            responses.add("download_document", b"%PDF-1.7 ...", content_type="application/pdf")
            responses.add("send_document", text="<h1>Bad gateway</h1>", content_type="text/html", status=502)

        Raises:
            ValueError: as `ScriptedResponse`.
            TypeError: an unknown argument.
        """
        response = ScriptedResponse(operation, body, **details)
        self.append(response)
        return response

    def take(self, operation_id: str) -> ScriptedResponse | None:
        """Consume the first response for this operation once, and return it; None if there is none."""
        return self.take_first(lambda entry: entry.operation == operation_id)
