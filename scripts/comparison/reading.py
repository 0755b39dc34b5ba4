"""Ways into a document that need not be valid: what has no shape of the standard is as if it were not there."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterator
from typing import Any

from codegen.document import METHODS, resolve
from codegen.version_31 import as_version_30

__all__ = ["Document", "items_of", "object_of"]

_Object = dict[str, Any]

_SAME_FORMAT = {"url": "uri", "int32": None, "int64": None, "integer": None, "float": None, "double": None}
_PROSE = ("description", "summary", "example", "examples", "externalDocs", "title", "xml")
_DEEPEST = 40
"""Levels that are looked at to tell whether two schemas are the same."""


def object_of(value: Any) -> _Object:
    """Return an object, empty if *value* is none."""
    return value if isinstance(value, dict) else {}


def items_of(value: Any) -> list[Any]:
    """Return an array, empty if *value* is none."""
    return value if isinstance(value, list) else []


class Document:
    """An OpenAPI document of version 3.0 or 3.1, and ways into it."""

    def __init__(self, root: _Object) -> None:
        self.root = _with_text_keys(copy.deepcopy(root))
        as_version_30(self.root)
        self.components = object_of(self.root.get("components"))
        self.schemas: _Object = {
            name: object_of(schema) for name, schema in object_of(self.components.get("schemas")).items()
        }
        self._signatures: dict[str, str] = {}

    def resolve(self, item: Any) -> _Object:
        """Return what *item* refers to, or *item*; nothing where a reference leads nowhere, or to itself."""
        try:
            return resolve(self.root, object_of(item))
        except (KeyError, ValueError):
            return {}

    def operations(self) -> Iterator[tuple[str, str, _Object]]:
        """Yield path, method and operation, with the parameters of its path."""
        for path, reference in object_of(self.root.get("paths")).items():
            item = self.resolve(reference)
            shared = items_of(item.get("parameters"))
            for method in METHODS:
                if isinstance(item.get(method), dict):
                    own = items_of(item[method].get("parameters"))
                    yield path, method, {**item[method], "parameters": [*shared, *own]}

    def parameters(self, operation: _Object) -> dict[tuple[str, str], _Object]:
        """Return the parameters of an operation by place and name; a later one wins, as the standard has it."""
        found = [self.resolve(parameter) for parameter in items_of(operation.get("parameters"))]
        return {(str(parameter.get("in", "?")), str(parameter.get("name", "?"))): parameter for parameter in found}

    def security(self, operation: _Object) -> frozenset[str]:
        """Return what an operation accepts as credentials: names of schemes, combined by "and"."""
        wanted = items_of((operation if "security" in operation else self.root).get("security"))
        return frozenset(" and ".join(sorted(map(str, each))) for each in wanted if each and isinstance(each, dict))

    def merged(self, schema: Any, seen: frozenset[str] = frozenset()) -> _Object:
        """Return *schema* without references and ``allOf`` at its top, and its type in one spelling."""
        if isinstance(schema, dict) and isinstance(schema.get("$ref"), str):
            if schema["$ref"] in seen:
                return {}
            seen |= {schema["$ref"]}
        schema = self.resolve(schema)
        result = {key: value for key, value in schema.items() if key != "allOf"}
        required = [name for name in items_of(schema.get("required")) if isinstance(name, str)]
        properties = dict(object_of(schema.get("properties")))
        for part in items_of(schema.get("allOf")):
            member = self.merged(part, seen)
            properties = {**member.get("properties", {}), **properties}
            required += member.get("required", [])
            result = {**member, **result}
        if "enum" in result and not isinstance(result["enum"], list):
            del result["enum"]
        if properties or "properties" in result:
            result["properties"] = properties
        result["required"] = required
        return _plain_type(result)

    def signature(self, schema: Any) -> str:
        """Return a text that two schemas have in common if they mean the same, whatever they are called."""
        return json.dumps(self._bare(schema, frozenset(), 0), sort_keys=True, default=str)

    def _bare(self, schema: Any, seen: frozenset[str], depth: int) -> Any:
        reference = object_of(schema).get("$ref")
        if isinstance(reference, str):
            if reference in seen:
                return "…"
            seen |= {reference}
        if depth > _DEEPEST:
            return "…"
        found = self.merged(schema)
        bare = {
            key: value
            for key, value in found.items()
            if key not in (*_PROSE, "required", "properties", "items", "additionalProperties", "oneOf", "anyOf", "not")
        }
        if found["required"]:
            bare["required"] = sorted(set(found["required"]))
        for key in ("items", "not", "additionalProperties"):
            if isinstance(found.get(key), dict):
                bare[key] = self._bare(found[key], seen, depth + 1)
            elif found.get(key) is False:
                bare[key] = False
        if "properties" in found:
            bare["properties"] = {
                name: self._bare(child, seen, depth + 1) for name, child in found["properties"].items()
            }
        variants = [*items_of(found.get("oneOf")), *items_of(found.get("anyOf"))]
        if variants:
            bare["variants"] = sorted(json.dumps(self._bare(one, seen, depth + 1), sort_keys=True) for one in variants)
        return bare


def _plain_type(schema: _Object) -> _Object:
    kind = schema.get("type")
    kind = kind if isinstance(kind, str) else None
    form = schema.get("format") if isinstance(schema.get("format"), str) else None
    if kind == "number" and form in ("integer", "int32", "int64"):
        kind = "integer"
    if kind in ("integer", "number") or form == "url":
        form = _SAME_FORMAT.get(str(form), form)
    if kind is None:
        kind = "object" if schema.get("properties") else "array" if "items" in schema else None
    result = {key: value for key, value in schema.items() if key not in ("type", "format")}
    return result | ({"type": kind} if kind else {}) | ({"format": form} if form else {})


def _with_text_keys(node: Any) -> Any:
    """Return the document as JSON has it: YAML reads the key 200 as a number."""
    if isinstance(node, dict):
        return {_text(key): _with_text_keys(value) for key, value in node.items()}
    return [_with_text_keys(child) for child in node] if isinstance(node, list) else node


def _text(key: Any) -> str:
    return key if isinstance(key, str) else re.sub(r"\.0$", "", str(key))
