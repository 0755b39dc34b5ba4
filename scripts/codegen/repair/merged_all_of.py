"""Merge the members of every ``allOf`` into one object.

openapi-python-client does so by itself and gives up where two members have a field of the same name whose types it
cannot reconcile: the more general type in a base, the one value of a discriminator in what extends it. Here the later
member wins, field by field.
"""

from __future__ import annotations

import copy
from typing import Any

from openapi_python_client.strings import pascal_case

from ..document import SCHEMAS
from ..naming import Names

__all__ = ["merged_all_of"]


def merged_all_of(document: dict[str, Any]) -> list[str]:
    """Replace each named schema that has an ``allOf``. All that merge are named by now, or refer to one."""
    merger = _Merger(document["components"]["schemas"])
    changes = []
    for name in list(merger.named):
        if "allOf" in merger.named[name]:
            merger.named[name] = merger.flat(merger.named[name], name, ())
            changes.append(f"components/schemas/{name}")
    return changes


class _Merger:
    def __init__(self, named: dict[str, Any]) -> None:
        self.named = named
        self.names = Names(named)

    def flat(self, schema: dict[str, Any], name: str, seen: tuple[str, ...]) -> dict[str, Any]:
        """Return a schema without ``allOf`` and without a reference at its top; *seen* are those that lead here."""
        if "$ref" in schema:
            target = schema["$ref"].removeprefix(SCHEMAS)
            if target in seen or target not in self.named:
                return {}
            inherited = copy.deepcopy(self.flat(self.named[target], name, (*seen, target)))
            inherited.pop("description", None)
            return inherited
        merged: dict[str, Any] = {}
        own = {key: value for key, value in schema.items() if key != "allOf"}
        for part in (*schema.get("allOf", ()), own):
            flat = self.flat(part, name, seen) if "allOf" in part or "$ref" in part else part
            merged = self.merge(merged, flat, name)
        return merged

    def merge(self, first: dict[str, Any], second: dict[str, Any], name: str) -> dict[str, Any]:
        merged = {**first, **copy.deepcopy(second)}
        if "properties" in first:
            properties = merged["properties"] = dict(first["properties"])
            for field, schema in second.get("properties", {}).items():
                properties[field] = self.field(properties.get(field), schema, f"{name}{pascal_case(field)}")
        required = [*first.get("required", ()), *second.get("required", ())]
        if required:
            merged["required"] = list(dict.fromkeys(required))
        return merged

    def field(self, first: dict[str, Any] | None, second: dict[str, Any], name: str) -> dict[str, Any]:
        """Return what a field is that two members have."""
        if first is None or first == second:
            return second
        if self.is_object(first) and self.is_object(second):
            chosen = self.names.take(name)
            self.named[chosen] = self.flat({"allOf": [first, second]}, chosen, ())
            return {"$ref": SCHEMAS + chosen}
        if not {"$ref", "type", "allOf", "oneOf", "anyOf"} & set(second):  # it only describes
            return {"allOf": [first], **second} if "$ref" in first else {**first, **second}
        return second

    def is_object(self, schema: dict[str, Any]) -> bool:
        return bool(self.flat({"allOf": [schema]}, "", ()).get("properties"))
