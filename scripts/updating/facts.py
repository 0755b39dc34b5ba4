"""The facts of a document: names, types and limits, without a sentence of whoever wrote it."""

from __future__ import annotations

import copy
from typing import Any

from codegen.contract import as_lines
from codegen.pointers import find, references, steps
from codegen.version_31 import as_version_30

__all__ = ["as_text", "facts"]

_PROSE = frozenset({"description", "summary", "externalDocs", "example", "examples", "title"})
_NAMED = frozenset(
    {"properties", "schemas", "responses", "parameters", "headers", "paths", "securitySchemes", "requestBodies"}
)
_VALUES = frozenset({"default", "enum", "mapping"})


def facts(document: dict[str, Any]) -> dict[str, Any]:
    """Return what a document says about the interface, as OpenAPI 3.0 has it, references into paths written out."""
    plain = copy.deepcopy(document)
    as_version_30(plain)
    bare: dict[str, Any] = _bare(plain)
    info: Any = plain.get("info")
    bare["info"] = {key: info[key] for key in ("title", "version") if isinstance(info, dict) and key in info}
    _write_out(bare)
    return bare


def as_text(found: dict[str, Any]) -> str:
    """Return facts as they are committed: an operation or a schema a line."""
    return as_lines(found)


def _bare(node: Any, *, names: bool = False) -> Any:
    if isinstance(node, list):
        return [_bare(child) for child in node]
    if not isinstance(node, dict):
        return node
    kept = {}
    for key, child in node.items():
        if names:
            if not (isinstance(key, str) and key.startswith("x-")):
                kept[key] = _bare(child)
        elif key in _VALUES:
            kept[key] = child
        elif key == "scopes" and isinstance(child, dict):
            kept[key] = dict.fromkeys(child, "")
        elif key not in _PROSE and not str(key).startswith("x-"):
            kept[key] = _bare(child, names=key in _NAMED and isinstance(child, dict))
    return kept


def _write_out(bare: dict[str, Any]) -> None:
    """Put copies in the place of references into paths."""
    for _ in range(10):  # what is copied may refer to another path
        places = [place for place in references(bare) if place["$ref"].startswith("#/paths/")]
        if not places:
            return
        for place in places:
            try:
                target = find(bare, steps(place["$ref"]))
            except (KeyError, ValueError):
                continue
            if isinstance(target, dict) and target is not place:
                copied = copy.deepcopy(target)
                place.clear()
                place.update(copied)
