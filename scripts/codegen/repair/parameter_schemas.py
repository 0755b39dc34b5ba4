"""Give every parameter a type in which it can be sent.

openapi-python-client skips a parameter without a schema, without a word, and drops an operation with an array or an
object in a path or a header. What has no type, or a media type of its own, is sent as text that the caller writes.
"""

from __future__ import annotations

from typing import Any

from ..document import parameters, resolve

__all__ = ["parameter_schemas"]


def parameter_schemas(document: dict[str, Any]) -> list[str]:
    """Make text of what has no type, or one that cannot stand where it is sent."""
    changes = []
    for slot in parameters(document):
        parameter = slot.value
        if "$ref" in parameter:
            continue
        schema = parameter.get("schema", {})
        resolved = resolve(document, schema)
        untyped = not {"type", "allOf", "oneOf", "anyOf"} & set(resolved)
        refused = resolved.get("type") in ("array", "object") and parameter["in"] in ("path", "header")
        if untyped or refused:
            parameter.pop("content", None)
            parameter["schema"] = {"type": "string", **{key: schema[key] for key in ("description",) if key in schema}}
            changes.append(f"{slot.place}: {parameter['name']} in {parameter['in']}")
    return changes
