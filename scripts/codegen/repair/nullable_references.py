"""Move ``nullable`` from a named object or enumeration to where it is used.

openapi-python-client makes a union of a nullable schema, and names the class in it ``…Type0``; of a nullable
enumeration it forgets the null.
"""

from __future__ import annotations

from typing import Any

from ..document import SCHEMAS, schemas, unions

__all__ = ["nullable_references"]


def nullable_references(document: dict[str, Any]) -> list[str]:
    """Make the references to nullable classes nullable in their stead."""
    named = document["components"]["schemas"]
    moved = {name for name, schema in named.items() if schema.get("nullable") and not unions(schema)}
    moved = {name for name in moved if named[name].get("type") == "object" or "enum" in named[name]}
    for name in moved:
        del named[name]["nullable"]
    changes = [f"components/schemas/{name}" for name in named if name in moved]
    for slot in schemas(document):
        schema = slot.value
        for key in ("allOf", "oneOf", "anyOf"):
            if any(_target(member) in moved for member in schema.get(key, ())):
                schema["nullable"] = True
        if _target(schema) in moved and not slot.place.rpartition("/")[0].endswith(("allOf", "oneOf", "anyOf")):
            slot.replace({"allOf": [schema], "nullable": True})
    return changes


def _target(schema: dict[str, Any]) -> str:
    return str(schema.get("$ref", "")).removeprefix(SCHEMAS)
