"""Schemas in words: the type, the limits and the fields of one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from codegen.document import resolve, unions
from codegen.naming import class_name

__all__ = ["Field", "Schemas"]

_SCALARS = {"string": "str", "integer": "int", "number": "float", "boolean": "bool"}
_FORMATS = {"date": "date", "date-time": "datetime", "binary": "file"}
# How each limit of a schema reads, in this order.
_LIMITS = {
    "minimum": "At least {}.",
    "maximum": "At most {}.",
    "minLength": "At least {} characters.",
    "maxLength": "At most {} characters.",
    "minItems": "At least {} of them.",
    "maxItems": "At most {} of them.",
    "minProperties": "At least {} fields.",
    "pattern": "Matches `{}`.",
}


@dataclass(frozen=True, kw_only=True)
class Field:
    """A field of an object, or a parameter.

    Attributes:
        name: Its name on the wire.
        schema: Its schema, or the reference to it.
        required: Whether it must be given.
        description: What it is; empty if the document does not say.
    """

    name: str
    schema: dict[str, Any]
    required: bool
    description: str


class Schemas:
    """The schemas of a document, which is neither repaired nor changed.

    Args:
        document: The OpenAPI document.
    """

    def __init__(self, document: dict[str, Any]) -> None:
        self._document = document

    def resolve(self, schema: dict[str, Any]) -> dict[str, Any]:
        """Return what a reference leads to, or *schema* itself."""
        return resolve(self._document, schema)

    def flat(self, schema: dict[str, Any]) -> dict[str, Any]:
        """Return *schema* as one: resolved, and with the parts of an ``allOf`` put together."""
        schema = self.resolve(schema)
        result: dict[str, Any] = {}
        for part in (*map(self.flat, schema.get("allOf", ())), {**schema, "allOf": ()}):
            fields = {**result.get("properties", {}), **part.get("properties", {})}
            required = [*result.get("required", ()), *part.get("required", ())]
            result = {**result, **part, "properties": fields, "required": required}
        return result

    def members(self, schema: dict[str, Any]) -> list[dict[str, Any]]:
        """Return the members of a union, or *schema* alone."""
        return unions(self.flat(schema)) or [schema]

    def item(self, schema: dict[str, Any]) -> dict[str, Any]:
        """Return the schema of what is in a list, of lists too; or *schema* itself."""
        flat = self.flat(schema)
        return self.item(flat.get("items", {})) if flat.get("type") == "array" else schema

    def fields(self, schema: dict[str, Any]) -> list[Field]:
        """Return the fields of an object; none for anything else."""
        flat = self.flat(schema)
        return [
            Field(name=name, schema=field, required=name in flat["required"], description=self.description(field))
            for name, field in flat["properties"].items()
        ]

    def description(self, schema: dict[str, Any]) -> str:
        """Return what *schema* says of itself, or else what it refers to says."""
        return str(schema.get("description") or self.flat(schema).get("description") or "")

    def name(self, schema: dict[str, Any]) -> str:
        """Return the class of an object that has a name; empty for anything else."""
        known = "$ref" in schema and (self.flat(schema)["properties"] or unions(self.flat(schema)))
        return class_name(schema["$ref"].rpartition("/")[2]) if known else ""

    def type(self, schema: dict[str, Any]) -> str:
        """Return the type of *schema* as Markdown: what a Python program gives or gets."""
        kinds = [self._type(member) for member in self.members(schema)]
        if any(part.get("nullable") for part in (schema, self.flat(schema))):
            kinds.append("`None`")
        return " or ".join(dict.fromkeys(kinds))

    def _type(self, schema: dict[str, Any]) -> str:
        flat = self.flat(schema)
        if flat.get("type") == "array":
            kind = self.type(flat.get("items", {}))
            return f"`list[{kind[1:-1]}]`" if kind.count("`") == 2 else f"`list` of {kind}"
        if unions(flat):
            return self.type(schema)
        if flat.get("type") == "object" or flat["properties"]:
            return f"`{self.name(schema) or 'dict'}`"
        known = _FORMATS.get(flat.get("format", "")) if flat.get("type") == "string" else None
        return f"`{known or _SCALARS.get(flat.get('type', ''), 'Any')}`"

    def limits(self, schema: dict[str, Any]) -> list[str]:
        """Return which values may be given, in sentences; none if the document does not say."""
        return list(dict.fromkeys(self._limits(schema)))

    def _limits(self, schema: dict[str, Any]) -> Iterator[str]:
        for member in self.members(schema):
            flat = self.flat(member)
            for key, text in _LIMITS.items():
                if key in flat:
                    yield text.format(_printable(flat[key])).replace("At least 1 characters.", "Not empty.")
            if "enum" in flat:
                yield _one_of([value for value in flat["enum"] if value is not None])
            if flat.get("type") == "array":
                yield from self._limits(flat.get("items", {}))
            elif flat.get("default") not in (None, ""):
                yield f"Default `{flat['default']}`."


def _printable(value: Any) -> str:
    """Return *value* with what cannot be seen escaped: a pattern may name a NUL."""
    return "".join(sign if sign.isprintable() else f"\\x{ord(sign):02x}" for sign in str(value))


def _one_of(values: list[Any]) -> str:
    """Return a sentence with *values*, texts in alphabetical order."""
    if values == list(range(len(values))) and len(values) > 3:
        return f"One of `{values[0]}` to `{values[-1]}`."
    ordered = sorted(values, key=lambda value: (isinstance(value, str), value))
    return f"One of {', '.join(f'`{value}`' for value in ordered)}."
