"""Make the parameters of a path those that stand in it, each once, and required.

A parameter that the path has and the operation does not declare, or the other way round, makes the operation
uncallable, and openapi-python-client leaves it out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from ..document import METHODS, operations, parameters, resolve

__all__ = ["path_parameters"]


def path_parameters(document: dict[str, Any]) -> list[str]:
    """Declare what is missing, remove what is no part of the path, and what is declared twice."""
    changes = []
    for slot in parameters(document):
        if slot.value.get("in") == "path" and slot.value.get("required") is not True:
            slot.value["required"] = True
            changes.append(f"{slot.place}: required")
    for path, item in document.get("paths", {}).items():
        if isinstance(item, dict) and "parameters" in item:
            declared = [_key(document, parameter) for parameter in item["parameters"]]
            if not {name for location, name in declared if location == "path"} <= set(re.findall(r"{([^{}]*)}", path)):
                changes += _to_operations(path, item)
    for path, method, operation in operations(document):
        changes += [f"{method.upper()} {path}: {change}" for change in _repair(document, path, operation)]
    return changes


def _to_operations(path: str, item: dict[str, Any]) -> Iterator[str]:
    """Move the parameters of a path to its operations, each of which has its own from then on."""
    moved = item.pop("parameters")
    yield f"{path}: parameters of the path"
    for method in METHODS:
        if method in item:
            item[method]["parameters"] = [*item[method].get("parameters", []), *moved]


def _repair(document: dict[str, Any], path: str, operation: dict[str, Any]) -> Iterator[str]:
    item = document["paths"][path]
    wanted = list(dict.fromkeys(re.findall(r"{([^{}]*)}", path)))
    given = {_key(document, parameter) for parameter in item.get("parameters", ())}
    kept: list[Any] = []
    for parameter in operation.get("parameters", ()):
        location, name = key = _key(document, parameter)
        if key in {_key(document, other) for other in kept} or (location == "path" and name not in wanted):
            yield f"{name} in {location} goes"
        else:
            kept.append(parameter)
    given |= {_key(document, parameter) for parameter in kept}
    for name in wanted:
        if ("path", name) not in given:
            kept.append({"name": name, "in": "path", "required": True, "schema": {"type": "string"}})
            yield f"{name} in path comes"
    if kept or "parameters" in operation:
        operation["parameters"] = kept


def _key(document: dict[str, Any], parameter: dict[str, Any]) -> tuple[str, str]:
    declared = resolve(document, parameter)
    return str(declared.get("in")), str(declared.get("name"))
