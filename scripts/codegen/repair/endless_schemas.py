"""Cut unions and arrays that contain themselves with no object between.

Such a type has no class by which it could refer to itself, and openapi-python-client drops it with all that uses it.
The inner one is read as it comes.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..document import SCHEMAS, Slot

__all__ = ["endless_schemas"]


def endless_schemas(document: dict[str, Any]) -> list[str]:
    """Replace the references that close a circle."""
    named = document["components"]["schemas"]
    changes: list[str] = []
    done: set[str] = set()

    def follow(name: str, above: tuple[str, ...]) -> None:
        for slot in _members(Slot(named, name, f"components/schemas/{name}")):
            target = slot.value["$ref"].removeprefix(SCHEMAS)
            if target in above:
                slot.replace({})
                changes.append(f"{slot.place}: {target}")
            elif target in named and target not in done:
                follow(target, (*above, target))
        done.add(name)

    for name in list(named):
        if name not in done:
            follow(name, (name,))
    return changes


def _members(slot: Slot) -> Iterator[Slot]:
    """Yield the references that are part of a type without a class."""
    schema = slot.value
    if "$ref" in schema:
        yield slot
        return
    if "items" in schema:
        yield from _members(Slot(schema, "items", f"{slot.place}/items"))
    for key in ("allOf", "oneOf", "anyOf"):
        for index in range(len(schema.get(key, ()))):
            yield from _members(Slot(schema[key], index, f"{slot.place}/{key}/{index}"))
