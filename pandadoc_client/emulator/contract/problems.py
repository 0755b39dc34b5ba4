"""Refusals in the shapes that the API has for them: which one depends on the operation, and else on the version."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .document import Contract, ContractOperation
from .requests import Violation

__all__ = ["problem"]

_TYPES = {
    400: "validation_error",
    401: "authentication_error",
    403: "permissions_error",
    413: "request_error",
    429: "throttled",
}
_CODES = {
    400: "bad_request",
    401: "unauthorized",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    409: "conflict",
    413: "payload_too_large",
    429: "too_many_requests",
}


def problem(
    contract: Contract,
    operation: ContractOperation | None,
    path: str,
    status: int,
    message: str,
    violations: Sequence[Violation] = (),
) -> dict[str, Any]:
    """Return the body of a refusal.

    Args:
        contract: The contract.
        operation: What was asked for; None if that is unknown.
        path: The path that was asked for; it tells the version where the operation does not.
        status: The status code of the response.
        message: One sentence, for when there are no violations.
        violations: What is wrong with the request.
    """
    schema = contract.schema(operation, status) if operation else None
    fields = schema.get("properties", {}) if schema else {}
    if "error" in fields:
        return {"error": {"code": _code(status), "message": _as_text(message, violations)}}
    if "details" in fields or (not fields and path.startswith(("/public/v2/", "/public/beta/"))):
        return {"code": _code(status), "details": _as_details(message, violations)}
    kind = fields.get("type", {}).get("example") or _TYPES.get(status, "request_error")
    wants_text = fields.get("detail", {}).get("type") == "string"
    if violations and not wants_text:
        return {"type": kind, "detail": _by_field(violations)}
    if fields.get("detail", {}).get("type") == "object":
        return {"type": kind, "detail": {"non_field_errors": [message]}}
    return {"type": kind, "detail": _as_text(message, violations)}


def _code(status: int) -> str:
    return _CODES.get(status, "error")


def _by_field(violations: Sequence[Violation]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for violation in violations:
        found.setdefault(violation.field, []).append(violation.message)
    return found


def _as_text(message: str, violations: Sequence[Violation]) -> str:
    return " ".join(f"{violation.field}: {violation.message}" for violation in violations) or message


def _as_details(message: str, violations: Sequence[Violation]) -> list[dict[str, Any]]:
    if not violations:
        return [{"code": "error", "pointer": None, "data": {"message": message}}]
    return [
        {"code": "invalid", "pointer": violation.pointer, "data": {"message": violation.message}}
        for violation in violations
    ]
