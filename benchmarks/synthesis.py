"""Makes an API document of another size from one: ``python -m benchmarks.synthesis DOCUMENT SHARE OUTPUT``.

SHARE is ``0.25`` for the first quarter of the operations with the components that they lead to, ``3`` for the document
and two copies, whose paths, operations, tags and components have names of their own.
"""

from __future__ import annotations

import itertools
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

_METHODS = frozenset({"get", "put", "post", "delete", "options", "head", "patch", "trace"})
_COMPONENT = re.compile(r"#/components/(\w+)/(.+)")


def operations(document: dict[str, Any]) -> int:
    """Return how many operations *document* has."""
    return sum(1 for item in document["paths"].values() for method in item if method in _METHODS)


def shrunk(document: dict[str, Any], share: float) -> dict[str, Any]:
    """Return a document with about *share* of the operations, and what they lead to."""
    wanted, paths, taken = operations(document) * share, {}, 0
    for path, item in document["paths"].items():
        if taken >= wanted:
            break
        paths[path] = item
        taken += sum(1 for method in item if method in _METHODS)
    components: dict[str, dict[str, Any]] = {"securitySchemes": document["components"]["securitySchemes"]}
    waiting = list(_references(paths))
    while waiting:
        kind, name = waiting.pop()
        found = components.setdefault(kind, {})
        if name not in found:
            found[name] = document["components"][kind][name]
            waiting += _references(found[name])
    return {**document, "paths": paths, "components": components}


def grown(document: dict[str, Any], times: int) -> dict[str, Any]:
    """Return *document* with so many copies of what it has that it is *times* as large."""
    paths, tags = dict(document["paths"]), list(document.get("tags", ()))
    components = {kind: dict(members) for kind, members in document["components"].items()}
    for number in range(2, times + 1):
        for path, item in document["paths"].items():
            paths[f"/copy{number}{path}"] = {name: _operation(part, number) for name, part in item.items()}
        tags += [{**tag, "name": f"{tag['name']} {number}"} for tag in document.get("tags", ())]
        for kind, members in document["components"].items():
            if kind != "securitySchemes":
                components[kind] |= {f"{name}Copy{number}": _copy(part, number) for name, part in members.items()}
    return {**document, "paths": paths, "tags": tags, "components": components}


def _operation(part: Any, number: int) -> Any:
    copied = _copy(part, number)
    if isinstance(copied, dict) and "operationId" in copied:
        copied["operationId"] += f"Copy{number}"
        copied["tags"] = [f"{tag} {number}" for tag in copied.get("tags", ())]
    return copied


def _copy(part: Any, number: int) -> Any:
    """Return *part* with references to the copies of what it refers to, and titles, which name classes, of its own."""
    if isinstance(part, dict):
        return {
            key: f"{value} {number}" if key == "title" and isinstance(value, str) else _copy(value, number)
            for key, value in part.items()
        }
    if isinstance(part, list):
        return [_copy(item, number) for item in part]
    return f"{part}Copy{number}" if isinstance(part, str) and _COMPONENT.fullmatch(part) else part


def _references(part: Any) -> Iterator[tuple[str, str]]:
    if isinstance(part, dict):
        yield from itertools.chain.from_iterable(map(_references, part.values()))
    elif isinstance(part, list):
        yield from itertools.chain.from_iterable(map(_references, part))
    elif isinstance(part, str) and (match := _COMPONENT.fullmatch(part)):
        yield match[1], match[2]


def main(source: str, share: str, output: str) -> None:
    with Path(source).open(encoding="utf-8") as file:
        document = yaml.load(file, yaml.CSafeLoader)
    size = float(share)
    document = grown(document, int(size)) if size >= 1 else shrunk(document, size)
    with Path(output).open("w", encoding="utf-8") as file:
        yaml.dump(document, file, yaml.CSafeDumper, sort_keys=False, allow_unicode=True)
    print(operations(document), len(document["components"].get("schemas", ())))


if __name__ == "__main__":
    main(*sys.argv[1:])
