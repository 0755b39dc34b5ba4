"""Remove members that are ``null``: the standard knows none, ``default: null`` of a type without ``null`` included.

They come from tools that write every field that they know. Data is left alone: examples, enumerations, extensions.
"""

from __future__ import annotations

from typing import Any

__all__ = ["null_members"]

_DATA = frozenset({"example", "examples", "enum", "value"})


def null_members(document: dict[str, Any]) -> list[str]:
    """Remove every ``null`` that is no data."""
    changes: list[str] = []
    _clean(document, "", changes)
    return changes


def _clean(item: Any, place: str, changes: list[str], *, named: bool = False) -> None:
    """Remove from *item*; of a *named* object, the keys are names and not keywords."""
    if isinstance(item, list):
        for index, child in enumerate(item):
            _clean(child, f"{place}/{index}", changes)
        return
    if not isinstance(item, dict):
        return
    for key, child in list(item.items()):
        if not named and (key in _DATA or key.startswith("x-") or (key == "default" and child is not None)):
            continue
        if child is None:
            del item[key]
            changes.append(f"{place}/{key}".removeprefix("/"))
        else:
            _clean(child, f"{place}/{key}", changes, named=not named and key in ("properties", "schemas", "responses"))
