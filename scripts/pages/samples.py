"""Values that keep to a schema, made of the examples in the document."""

from __future__ import annotations

from typing import Any

from .schemas import Schemas

__all__ = ["sample"]

_SCALARS = {"integer": 1, "number": 1.5, "boolean": True}
_TEXTS = {
    "date-time": "2026-01-02T03:04:05Z",
    "date": "2026-01-02",
    "uuid": "0b9a9e6e-9c0e-4c56-8d3b-3b7d7f6b8a01",
    "email": "ann@example.com",
    "uri": "https://example.com/contract.pdf",
}
_KINDS: dict[str, tuple[type, ...]] = {"string": (str,), "integer": (int,), "number": (int, float), "boolean": (bool,)}


def sample(schemas: Schemas, schema: dict[str, Any], example: Any = None) -> Any:
    """Return a value of *schema*: *example* if there is one, and of an object what must be given.

    An object that needs nothing gets its first field, since nothing at all would be no example.
    """
    if example is not None:
        return example
    flat = schemas.flat(schemas.members(schema)[0])
    if "enum" in flat:
        return flat["enum"][0]
    if isinstance(flat.get("example"), _KINDS.get(flat.get("type", ""), ())):
        return flat["example"]
    if flat.get("type") == "array":
        return [sample(schemas, flat["items"])]
    if flat.get("type") == "object" or flat["properties"]:
        fields = schemas.fields(flat)
        wanted = [field for field in fields if field.required] or fields[:1]
        return {field.name: sample(schemas, field.schema) for field in wanted}
    return _SCALARS.get(flat.get("type", ""), _TEXTS.get(flat.get("format", ""), "Some text"))
