"""Documents with something in them replaced, removed, or put somewhere else."""

from __future__ import annotations

import copy
from typing import Any

from hypothesis import strategies as st

__all__ = ["mutated"]

ODD: st.SearchStrategy[Any] = st.sampled_from(
    [
        *(None, True, 0, -1.5, "", "x", "#/paths", [], {}, [None], [{}], {"": None}),
        *({"type": kind} for kind in ("null", 1, ["string", "null"])),
        *({"$ref": reference} for reference in (1, "#", "#/components/schemas/Thing")),
        *({"allOf": []}, {"oneOf": [{}]}, {"anyOf": None}, {"properties": []}, {"required": True}),
        *({"enum": [None]}, {"enum": {}}, {"items": []}),
    ]
)


def _places(node: Any) -> list[tuple[Any, Any]]:
    found: list[tuple[Any, Any]] = []
    pairs = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, child in pairs:
        found += [(node, key), *_places(child)]
    return found


@st.composite
def mutated(draw: st.DrawFn, document: dict[str, Any]) -> dict[str, Any]:
    """A copy of a document with one to three changes."""
    changed = copy.deepcopy(document)
    for _ in range(draw(st.integers(1, 3))):
        places = _places(changed)
        holder, key = places[draw(st.integers(0, len(places) - 1))]
        how = draw(st.sampled_from(["replace", "remove", "rename", "move"]))
        if how == "replace":
            holder[key] = draw(ODD)
        elif how == "remove":
            del holder[key]
        elif how == "rename" and isinstance(holder, dict):
            holder[draw(st.sampled_from(["x", "", "type", "$ref", "allOf", "in", "get", "200", "/a/{b}"]))] = (
                holder.pop(key)
            )
        else:
            other, place = places[draw(st.integers(0, len(places) - 1))]
            holder[key] = copy.deepcopy(other[place]) if place in other or isinstance(other, list) else None
    return changed
