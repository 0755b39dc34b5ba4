"""Write the type that a schema means: of one with ``properties``, ``items`` or a binary ``format``, and no ``type``.

By the standard such a schema takes any value. What is meant is an object, an array or a file; read as anything at all,
an answer would have no type.
"""

from __future__ import annotations

from typing import Any

from ..document import schemas

__all__ = ["untyped_schemas"]


def untyped_schemas(document: dict[str, Any]) -> list[str]:
    """Add missing types, and missing ``items`` of arrays."""
    changes = []
    for slot in schemas(document):
        schema = slot.value
        if "$ref" in schema:
            continue
        if "type" not in schema and (meant := _meant(schema)):
            schema["type"] = meant
            changes.append(f"{slot.place}: {meant}")
        if schema.get("type") == "array" and not isinstance(schema.get("items"), dict):
            schema["items"] = {}
            changes.append(f"{slot.place}: items")
    return changes


def _meant(schema: dict[str, Any]) -> str:
    if schema.get("properties") or isinstance(schema.get("additionalProperties"), dict):
        return "object"
    if isinstance(schema.get("items"), dict):
        return "array"
    return "string" if schema.get("format") in ("binary", "byte", "date", "date-time", "uuid") else ""
