"""Write compositions as a union of types, or as one type: what openapi-python-client can make classes of.

It forgets the properties beside a ``oneOf``, takes a ``oneOf`` that only says which fields are required for a union of
anything, and cannot merge a union into an ``allOf``. Alternatives are multiplied out: what all share goes into each.
"""

from __future__ import annotations

import copy
import itertools
from typing import Any

from ..document import resolve, schemas, unions

__all__ = ["composed_schemas"]

_ANNOTATIONS = frozenset(
    {"default", "deprecated", "description", "example", "externalDocs", "nullable", "readOnly", "title", "writeOnly"}
)
_UNIONS = ("oneOf", "anyOf")
_MOST = 64  # alternatives of one schema; more come from a mistake


def composed_schemas(document: dict[str, Any]) -> list[str]:
    """Rewrite what is composed in a way that would be lost."""
    changes = []
    for slot in schemas(document):
        schema = slot.value
        if not {"allOf", *_UNIONS} & set(schema):
            continue
        done = [
            *_without_conditions(schema),
            *_without_annotations(schema),
            *_multiplied(document, schema),
            *_without_type(schema),
        ]
        changes += [f"{slot.place}: {what}" for what in done]
    return changes


def _without_conditions(schema: dict[str, Any]) -> list[str]:
    """Remove members of a union that say nothing of the type, but which fields are required."""
    done = []
    for key in (key for key in _UNIONS if key in schema):
        kept = [member for member in schema[key] if not set(member) <= {"required", "not", *_ANNOTATIONS}]
        if len(kept) < len(schema[key]):
            done.append(f"{key} without a type")
            schema[key] = kept
        if not kept:
            del schema[key]
    return done


def _without_annotations(schema: dict[str, Any]) -> list[str]:
    """Take the members of an ``allOf`` that only describe up to the schema itself."""
    members = schema.get("allOf", [])
    noted = [member for member in members if set(member) <= _ANNOTATIONS]
    if not noted:
        return []
    for member in noted:
        for key, value in member.items():
            schema.setdefault(key, value)
    schema["allOf"] = [member for member in members if member not in noted]
    if not schema["allOf"]:
        del schema["allOf"]
    return ["allOf of descriptions"]


def _multiplied(document: dict[str, Any], schema: dict[str, Any]) -> list[str]:
    """Turn a schema with a union and something else into a union of wholes."""
    parts = schema.get("allOf", [])
    alternatives = [unions(resolve(document, part)) for part in parts]
    own = {key: schema[key] for key in ("properties", "required", "additionalProperties") if key in schema}
    mixed = bool(unions(schema)) and (bool(parts) or "properties" in own)
    if not mixed and not (any(alternatives) and (len(parts) > 1 or "properties" in own)):
        return []
    if own:
        parts, alternatives = [*parts, {"type": "object", **own}], [*alternatives, []]
    if unions(schema):
        parts, alternatives = [*parts, {}], [*alternatives, unions(schema)]
    choices = [found or [part] for part, found in zip(parts, alternatives, strict=True)]
    combined = itertools.product(*choices)
    wholes = [{"allOf": copy.deepcopy(list(members))} for members in itertools.islice(combined, _MOST)]
    for key in ("allOf", "oneOf", "anyOf", *own):
        schema.pop(key, None)
    schema["oneOf"] = wholes
    return [f"{len(wholes)} alternatives"]


def _without_type(schema: dict[str, Any]) -> list[str]:
    """Remove ``type`` beside members that have one: with both, it would be one more member."""
    if "type" in schema and {"allOf", *_UNIONS} & set(schema) and "properties" not in schema:
        return [f"type {schema.pop('type')} beside members"]
    return []
