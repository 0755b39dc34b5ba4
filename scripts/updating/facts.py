"""The facts of a document: names, types and limits, without a sentence of whoever wrote it."""

from __future__ import annotations

import copy
from typing import Any

from codegen.contract import without
from codegen.pointers import find, references, steps
from codegen.version_31 import as_version_30

__all__ = ["facts"]

_PROSE = frozenset({"description", "summary", "externalDocs", "example", "examples", "title"})


def facts(document: dict[str, Any]) -> dict[str, Any]:
    """Return what a document says about the interface, as OpenAPI 3.0 has it, references into paths written out."""
    plain = copy.deepcopy(document)
    as_version_30(plain)
    bare: dict[str, Any] = without(plain, _is_prose)
    info: Any = plain.get("info")
    bare["info"] = {key: info[key] for key in ("title", "version") if isinstance(info, dict) and key in info}
    components = bare.get("components")
    _forget_scopes(components.get("securitySchemes") if isinstance(components, dict) else None)
    _write_out(bare)
    return bare


def _is_prose(name: Any) -> bool:
    return name in _PROSE or str(name).startswith("x-")


def _forget_scopes(node: Any) -> None:
    """Take away what is said of each scope of OAuth."""
    for key, child in node.items() if isinstance(node, dict) else ():
        if key == "scopes" and isinstance(child, dict):
            node[key] = dict.fromkeys(child, "")
        else:
            _forget_scopes(child)


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
