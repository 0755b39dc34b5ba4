"""Answers by script: what a test wants to hear, in place of what the emulator would make up."""

from __future__ import annotations

import json
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
    "status": int,
    "headers": dict,
    "times": int | None,
}


@dataclass(frozen=True, slots=True)
class ScriptedResponse:
    """The response to the next `times` requests for one operation that keep to the contract.

    It need not keep to the contract itself: a test may want to see what becomes of an odd one.

    Attributes:
        operation: The `operationId`, as in the contract or as in Python (`listDocuments`, `list_documents`).
        body: The body, as JSON; `NO_BODY` for an empty response.
        status: Status code, 200 to 599.
        headers: Further headers; `Content-Type` replaces that of JSON.
        times: Requests it answers; None for all to come.

    Raises:
        ValueError: no such operation, a value out of range, or a body that JSON cannot hold.
    """

    operation: str
    body: Any = field(default=NO_BODY, hash=False)
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict[str, str], hash=False)
    times: int | None = 1

    def __post_init__(self) -> None:
        # Frozen, so the name is settled behind dataclass's back.
        object.__setattr__(self, "operation", load_contract().find(self.operation).operation_id)
        if not 200 <= self.status <= 599:
            raise ValueError("status is a number from 200 to 599")
        if self.status in (204, 304) and self.body is not NO_BODY:
            raise ValueError(f"a response {self.status} has no body")
        if self.times is not None and self.times < 1:
            raise ValueError("times is a whole number from 1, or null for ever")
        try:
            self.content()
        except (TypeError, ValueError) as error:
            raise ValueError(f"body is no JSON: {error}") from None

    def content(self) -> bytes:
        """Return the bytes of the body."""
        return b"" if self.body is NO_BODY else json.dumps(self.body).encode()

    def response(self, defaults: Mapping[str, str] | None = None) -> Response:
        """Return the HTTP response; *defaults* are headers for those that this response does not name."""
        content = self.content()
        kind = {"Content-Type": "application/json"} if content else {}
        headers = {name.lower(): value for name, value in {**kind, **(defaults or {})}.items()}
        return Response(content, self.status, headers | {name.lower(): value for name, value in self.headers.items()})

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form."""
        result: dict[str, Any] = {"operation": self.operation, "status": self.status, "times": self.times}
        if self.body is not NO_BODY:
            result["body"] = self.body
        if self.headers:
            result["headers"] = dict(self.headers)
        return result

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> ScriptedResponse:
        """Read the JSON form.

        Raises:
            ValueError: without `operation`, with an unknown key, with a value of the wrong type, or as the constructor.
        """
        check_fields(data, _JSON_TYPES, "operation")
        return cls(**data)


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
