"""Name what is referred to in the middle of a path: ``#/paths/~1documents/get/responses/200``.

Bundlers write such references where a thing is used twice, and the standard allows them. The tools follow references
to named things only, and an emulator that reads one operation a line would need the whole of another.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from typing import Any

from openapi_python_client.strings import pascal_case

from ..document import METHODS, resolve
from ..naming import Names
from ..pointers import find, pointer, references, steps

__all__ = ["path_references"]

_UNSAID = ("content", "properties", "requestBody", "responses", "schema")


def path_references(document: dict[str, Any]) -> list[str]:
    """Move the target of each reference into a path to the named things; paths that are references become copies."""
    return [*_whole_paths(document), *_parts(document)]


def _whole_paths(document: dict[str, Any]) -> Iterator[str]:
    paths: Any = document.get("paths")
    for path, item in list(paths.items()) if isinstance(paths, dict) else ():
        if isinstance(item, dict) and isinstance(item.get("$ref"), str):
            reference = item["$ref"]
            paths[path] = copy.deepcopy(resolve(document, item))
            yield f"{path}: {reference}"


def _parts(document: dict[str, Any]) -> Iterator[str]:
    found: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for place in references(document):
        keys = tuple(steps(place["$ref"]))
        if len(keys) > 2 and keys[0] == "paths":
            found.setdefault(keys, []).append(place)
    # All targets before any of them moves: one may stand within another.
    targets = {keys: (find(document, keys[:-1]), find(document, keys)) for keys in found}
    for keys, (holder, target) in targets.items():
        kind = _kind(keys, target)
        if kind is None or "$ref" in target:
            for place in found[keys]:
                del place["$ref"]
                place.update(copy.deepcopy(resolve(document, target)))
            continue
        named = document.setdefault("components", {}).setdefault(kind, {})
        name = Names(named).take(_name(document, keys))
        named[name] = target
        moved = pointer(["components", kind, name])
        holder[int(keys[-1]) if isinstance(holder, list) else keys[-1]] = {"$ref": moved}
        for place in found[keys]:
            place["$ref"] = moved
        yield f"{pointer(keys)}: {name}"


def _kind(keys: tuple[str, ...], target: Any) -> str | None:
    """Return where a target belongs among the components; None for what is copied."""
    if not isinstance(target, dict):
        return None
    if "in" in target and "name" in target and keys[-2] == "parameters":
        return "parameters"
    if keys[-1] == "requestBody":
        return "requestBodies"
    if keys[-2] == "responses" and keys[2] != "parameters":
        return "responses"
    if "content" in keys or "schema" in keys or "headers" in keys:
        return "schemas" if "schema" in keys else None
    return None


def _name(document: dict[str, Any], keys: tuple[str, ...]) -> str:
    """Return a name made of the operation's id, or the path, and what tells the target from others in there."""
    operation: Any = find(document, keys[:3]) if keys[2] in METHODS else None
    begin = operation.get("operationId") if isinstance(operation, dict) else None
    words = re.findall(r"[A-Za-z0-9]+", begin if isinstance(begin, str) else f"{keys[1]} {keys[2]}")
    rest = [str(key) for key in keys[3:] if "/" not in key and key not in _UNSAID]
    if keys[-2] == "parameters":
        rest = [str(find(document, (*keys, "name")))]
    elif "responses" in keys:
        rest.insert(0, "Response")
    return str(pascal_case(" ".join([*words, *re.findall(r"[A-Za-z0-9]+", " ".join(rest))]))) or "Part"
