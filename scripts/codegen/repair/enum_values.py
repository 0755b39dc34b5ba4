"""Make the values of an enumeration values of its type, or drop the enumeration.

A number written as text, ``null`` beside texts, a list without values or with a value twice: openapi-python-client
refuses each of them, and with it every operation that uses the schema.
"""

from __future__ import annotations

from typing import Any

from ..document import schemas

__all__ = ["enum_values"]

_INVALID = object()


def enum_values(document: dict[str, Any]) -> list[str]:
    """Convert values to the type, turn ``null`` into ``nullable``, and drop what is no enumeration then."""
    changes = []
    for slot in schemas(document):
        schema = slot.value
        if not isinstance(schema.get("enum"), list):
            continue
        before = schema["enum"]
        values = [value for value in before if value is not None]
        if len(values) < len(before):
            schema["nullable"] = True
        if "type" not in schema:
            schema["type"] = _type(values)
        converted = [_convert(value, schema["type"]) for value in values]
        if not values or _INVALID in converted or schema["type"] not in ("string", "integer"):
            del schema["enum"]
            if schema["type"] == "":
                del schema["type"]
        else:
            schema["enum"] = list(dict.fromkeys(converted))
        if schema.get("enum") != before or list(map(type, before)) != list(map(type, schema["enum"])):
            changes.append(f"{slot.place}: {before}")
    return changes


def _type(values: list[Any]) -> str:
    """Return the one type that all values have, or an empty text."""
    kinds = {type(value) for value in values}
    if kinds <= {str}:
        return "string"
    if kinds == {int}:
        return "integer"
    if kinds <= {int, float}:
        return "number"
    return "boolean" if kinds == {bool} else ""


def _convert(value: Any, kind: str) -> Any:
    if isinstance(value, dict | list) or kind not in ("string", "integer"):
        return _INVALID
    if kind == "string":
        return str(value).lower() if isinstance(value, bool) else str(value)
    try:
        return int(value) if float(value) == int(value) else _INVALID
    except ValueError:
        return _INVALID
