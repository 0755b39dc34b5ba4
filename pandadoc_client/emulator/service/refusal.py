"""What a request is refused for that keeps to the contract."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from ..contract.requests import Violation
from .records import Record

__all__ = ["Refusal", "found_in", "invalid", "not_found", "refused_request", "wrong_state"]


class Refusal(Exception):
    """The service says no.

    Attributes:
        status: The status code.
        message: One sentence.
        violations: What is wrong with the request, place by place.
        body: The whole body, where it is not one of the API's usual shapes.
        headers: Further headers.
    """

    def __init__(
        self,
        status: int,
        message: str,
        *,
        violations: Sequence[Violation] = (),
        body: dict[str, Any] | None = None,
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.violations = tuple(violations)
        self.body = body
        self.headers = headers or {}


def not_found(what: str = "object") -> Refusal:
    """Return a 404 about a kind of thing."""
    return Refusal(404, f"There is no such {what}.")


def found_in(items: Iterable[Record], name: str, value: object, what: str) -> Record:
    """Return the item whose field *name* has a value.

    Raises:
        Refusal: 404, there is none.
    """
    for item in items:
        if item[name] == value:
            return item
    raise not_found(what)


def invalid(field: str, message: str) -> Refusal:
    """Return a 400 about a place in the request, such as `recipients[0].email`."""
    pointer = "/" + field.replace("[", "/").replace("]", "").replace(".", "/")
    return Refusal(400, message, violations=[Violation(field, pointer, message)])


def refused_request(message: str) -> Refusal:
    """Return a 400 about a request as a whole."""
    return Refusal(400, message, body={"type": "request_error", "detail": {"non_field_errors": [message]}})


def wrong_state(document: Record, message: str) -> Refusal:
    """Return a 409 about a document that is not in the state that an operation needs."""
    body = {"id": document["id"], "status": document["status"], "info_message": message}
    return Refusal(409, message, body=body)
