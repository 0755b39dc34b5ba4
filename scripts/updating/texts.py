"""What only a person can say: descriptions of what is new, and of what changed under a description."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from http import HTTPStatus
from typing import Any

from codegen.document import METHODS
from codegen.pointers import find, pointer

__all__ = ["PLACEHOLDER", "described", "placeholders", "stale"]

PLACEHOLDER = "TODO: describe"
"""Begins what stands where a person has to write a sentence; `scripts/check` refuses it."""


def described(path: Sequence[str], key: str, value: Any) -> Any:
    """Return a new part of the document with placeholders for the descriptions that ours has of such parts.

    Args:
        path: Where it goes.
        key: Its name there, or that of the array that it is in.
        value: The part.
    """
    where = [*path, key]
    if isinstance(value, list) and key in ("parameters", "tags", "allOf", "anyOf", "oneOf"):
        return [described(path, key, item) for item in value]
    if not isinstance(value, dict):
        return value
    if "$ref" in value:
        return value
    holder = path[-1] if path else ""
    if holder == "paths":
        return {name: described(where, name, one) for name, one in value.items()}
    if key in METHODS and len(where) == 3 and where[0] == "paths":
        return _operation(where, value)
    if key in ("parameters", "properties", "schemas", "responses", "securitySchemes", "requestBodies", "headers") and (
        holder not in ("properties", "schemas") and "in" not in value
    ):
        return {name: described(where, name, one) for name, one in value.items()}
    if holder == "responses" or (holder == "components" and key == "responses"):
        return _with_text(_inner(where, value), _phrase(key))
    if key == "requestBody":
        return _inner(where, value)
    if holder in ("properties", "schemas", "headers", "securitySchemes") or key in ("parameters", "tags"):
        return _with_text(_inner(where, value), PLACEHOLDER)
    return _inner(where, value)


def _operation(path: list[str], operation: dict[str, Any]) -> dict[str, Any]:
    first: dict[str, Any] = {key: operation[key] for key in ("tags", "operationId") if key in operation}
    rest = {key: value for key, value in operation.items() if key not in first}
    made = {key: described(path, key, value) for key, value in rest.items()}
    return {**first, "summary": f"{PLACEHOLDER} {operation.get('operationId')}", "description": PLACEHOLDER, **made}


def _inner(path: list[str], value: dict[str, Any]) -> dict[str, Any]:
    """Return an object whose members that need descriptions have some."""
    return {key: described(path, key, one) for key, one in value.items()}


def _with_text(value: dict[str, Any], text: str) -> dict[str, Any]:
    if "in" in value and "name" in value:  # of a parameter, the name comes first
        first: dict[str, Any] = {key: value[key] for key in ("name", "in", "required") if key in value}
        return {**first, "description": text, **{key: one for key, one in value.items() if key not in first}}
    if "name" in value and len(value) == 1:
        return {**value, "description": text}
    return {"description": text, **value}


def _phrase(status: str) -> str:
    try:
        return f"{HTTPStatus(int(status)).phrase}."
    except ValueError:
        return PLACEHOLDER


def placeholders(document: Any) -> Iterator[str]:
    """Yield the places where a sentence is missing."""
    waiting: list[tuple[list[Any], Any]] = [([], document)]
    while waiting:
        path, node = waiting.pop(0)
        if isinstance(node, str) and node.startswith(PLACEHOLDER):
            yield pointer(path)
        pairs = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
        waiting += [([*path, key], child) for key, child in pairs]


def stale(document: Any, touched: Sequence[Sequence[str]]) -> Iterator[str]:
    """Yield the descriptions under which something changed, with their places: they may speak of what was."""
    seen = set()
    for path in touched:
        if path == ["info"]:  # the version
            continue
        for end in range(len(path), 0, -1):
            try:
                node = find(document, path[:end])
            except KeyError:
                continue
            text = node.get("description") if isinstance(node, dict) else None
            if text:
                if not str(text).startswith(PLACEHOLDER) and pointer(path[:end]) not in seen:
                    seen.add(pointer(path[:end]))
                    yield f"{pointer(path[:end])}: {' '.join(str(text).split())}"
                break
