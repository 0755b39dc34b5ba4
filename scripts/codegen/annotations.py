"""Types of the surface's methods: as type checkers read them, and as calls check them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .document import members, resolve
from .naming import class_name
from .types import Types, union_of

__all__ = ["Annotations"]

_SCALARS = {"string": "str", "integer": "int", "number": "float", "boolean": "bool"}
_FORMATS = {"date": "date", "date-time": "datetime", "binary": "file_type"}


class Annotations:
    """The types of a document's schemas.

    Args:
        document: The document, repaired.
        models: Module of each named schema that has a class, by class.
        types: How discriminators choose.
    """

    def __init__(self, document: dict[str, Any], models: Mapping[str, str], types: Types) -> None:
        self._document = document
        self._models = models
        self._types = types

    def annotation(self, schema: dict[str, Any], *, given: bool = False) -> str:
        """Return the type of a schema as a type checker reads it; of a value that is *given*, what may be given."""
        found = self._annotations(schema, given)
        return "Any" if "Any" in found else union_of(found)

    def _annotations(self, schema: dict[str, Any], given: bool) -> list[str]:
        name = self.model(schema)
        if name:
            return [name]
        target = self._target(schema)
        if parts := members(target):
            found = [name for part in parts for name in self._annotations(part, given)]
        elif target.get("type") == "array":
            found = [f"list[{self.annotation(target.get('items', {}), given=given)}]"]
        elif target.get("type") == "object":
            values = target.get("additionalProperties")
            found = [f"dict[str, {self.annotation(values, given=given) if isinstance(values, dict) else 'Any'}]"]
        elif target.get("type") == "string" and target.get("format") in _FORMATS:
            file = "_operation.FileArgument" if given else "IO[bytes]"
            found = {"date": ["date"], "date-time": ["datetime"], "binary": [file]}[target["format"]]
            if given and target["format"] != "binary":
                found = [*found, "str"]  # a text is sent as it is
        else:
            found = [_SCALARS.get(target.get("type", ""), "Any")]
        nullable = schema.get("nullable") or target.get("nullable")
        return [*found, "None"] if nullable and "Any" not in found else found

    def model(self, schema: dict[str, Any]) -> str:
        """Return the class that a schema refers to, if it is one."""
        name = class_name(schema["$ref"].rpartition("/")[2]) if "$ref" in schema else ""
        return name if name in self._models else ""

    def given(self, schema: dict[str, Any]) -> list[str]:
        """Return what a value may be that is given for a schema, as the code of a vendor-style type."""
        target = self._target(schema)
        if self.model(schema) and "enum" not in target:
            found = [self._reference(self.model(schema)), "dict"]
        elif parts := members(target):
            found = [kind for part in parts for kind in self.given(part)]
        elif target.get("type") == "array":
            found = [f"[{', '.join(self.given(target.get('items', {})))}]"]
        elif target.get("type") == "object":
            found = ["dict"]
        elif target.get("type") == "string":
            kind = _FORMATS.get(target.get("format", ""), "str")
            found = [kind, "str"] if kind in ("date", "datetime") else [kind]
        else:
            found = [_SCALARS.get(target.get("type", ""), "object")]
        if schema.get("nullable") or target.get("nullable"):
            found = [*found, "none_type"]
        return list(dict.fromkeys(found))

    def result(self, schema: dict[str, Any]) -> str:
        """Return what an answer is decoded to, as the code of a vendor-style type."""
        target = self._target(schema)
        if self.model(schema) and "enum" not in target:
            return self._reference(self.model(schema))
        if parts := members(target):
            classes = [self.model(part) for part in parts]
            known = [(name, self.result(part)) for name, part in zip(classes, parts, strict=True) if name]
            if len(known) < 2:
                return next((code for _, code in known), self.result(parts[0]) if len(parts) == 1 else "object")
            by = self._types.choice((name for name, _ in known), [name for name, _ in known])
            return f"_operation.OneOf({', '.join(code for _, code in known)}{f', by={by}' if by else ''})"
        if target.get("type") == "array":
            return f"[{self.result(target.get('items', {}))}]"
        if target.get("type") == "object":
            values = target.get("additionalProperties")
            return f"{{str: ({self.result(values)},)}}" if isinstance(values, dict) else "dict"
        if target.get("type") == "string":
            return _FORMATS.get(target.get("format", ""), "str")
        return _SCALARS.get(target.get("type", ""), "object")

    def _target(self, schema: dict[str, Any]) -> dict[str, Any]:
        return resolve(self._document, schema)

    def _reference(self, name: str) -> str:
        return f'_operation.ModelRef(__name__, "..model.{self._models[name]}", "{name}")'
