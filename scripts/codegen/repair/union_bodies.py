"""Make a class of a named union that is a request's body, with the fields of all its variants.

A union has no class in Python, and the vendor's SDK has one: programs write ``DocumentCreateRequest(name=…)``. The
variants are taken as well, and are what a type checker can check best.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable
from typing import Any

from ..document import SCHEMAS, contents, resolve, schemas, unions
from .former_names import ARGUMENT

__all__ = ["union_bodies"]


def union_bodies(document: dict[str, Any]) -> list[str]:
    """Replace the named unions of objects that JSON bodies refer to."""
    named = document["components"]["schemas"]
    bodies = [media for slot in contents(document, answers=False) for media in slot.value.values()]
    references = {media["schema"].get("$ref", "") for media in bodies}
    changes = []
    for name, schema in list(named.items()):
        members = unions(schema)
        variants = [resolve(document, member) for member in members]
        if SCHEMAS + name not in references or not members or not all("properties" in variant for variant in variants):
            continue
        for slot in schemas(document):
            if slot.value.get("$ref") == SCHEMAS + name and slot.value not in [media["schema"] for media in bodies]:
                slot.replace(copy.deepcopy(schema))
        for media in bodies:
            if media["schema"].get("$ref") == SCHEMAS + name:
                media["schema"] = {"oneOf": [media["schema"], *copy.deepcopy(members)], ARGUMENT: name}
        named[name] = _with_all_fields(schema, variants)
        changes.append(f"components/schemas/{name}")
    return changes


def _with_all_fields(schema: dict[str, Any], variants: Iterable[dict[str, Any]]) -> dict[str, Any]:
    whole: dict[str, Any] = {"type": "object", "properties": {}}
    if "description" in schema:
        whole["description"] = schema["description"]
    for variant in variants:
        for name, field in variant["properties"].items():
            known = whole["properties"].setdefault(name, copy.deepcopy(field))
            if known != field and field not in unions(known):
                whole["properties"][name] = {"anyOf": [*(unions(known) or [known]), copy.deepcopy(field)]}
    return whole
