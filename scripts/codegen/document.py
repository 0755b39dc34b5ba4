"""Ways through an OpenAPI document."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

__all__ = ["METHODS", "operations", "resolve"]

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")


def operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield path, method and operation object of every operation, in the document's order."""
    for path, item in document.get("paths", {}).items():
        if path.startswith("x-"):
            continue
        for method, operation in item.items():
            if method in METHODS:
                yield path, method, operation


def resolve(document: dict[str, Any], item: dict[str, Any]) -> dict[str, Any]:
    """Return what a local ``$ref`` leads to, or *item* itself if it is none."""
    while "$ref" in item:
        target: Any = document
        for step in item["$ref"].removeprefix("#/").split("/"):
            target = target[step.replace("~1", "/").replace("~0", "~")]
        item = target
    return item
