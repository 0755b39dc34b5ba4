"""Write the contract as the emulator and the command line read it: one JSON file in the package, without prose.

YAML takes fifty times as long to read, and an installed package has no project around it to find the document in.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from .pointers import NAMED

__all__ = ["CONTRACT", "as_lines", "contract_of", "without", "write_contract"]

CONTRACT = "emulator/contract/contract.json"
"""Where the file is in the package."""

_PROSE = frozenset({"description", "summary", "externalDocs"})
_AS_IT_IS = frozenset({"example", "default", "enum", "mapping"})
_LISTED = {"paths": 2, "components": 2}
"""Levels of objects below these that have a line for each member: an operation is a line, and so is a schema."""


def contract_of(document: dict[str, Any]) -> str:
    """Return the text of the file: *document* without prose, an operation or a schema a line, as it is for programs."""
    return as_lines(without(document, _PROSE.__contains__))


def as_lines(document: dict[str, Any]) -> str:
    """Return a document as JSON with an operation or a named schema a line, so that a diff of it can be read."""
    members = (f"{_json(key)}:{''.join(_lines(value, _LISTED.get(key, 0)))}" for key, value in document.items())
    return "{\n" + ",\n".join(members) + "\n}\n"


def write_contract(text: str, folder: Path) -> None:
    """Write the file into the package at *folder*."""
    path = folder / CONTRACT
    path.parent.mkdir(parents=True)
    path.write_text(text, encoding="utf-8")


def _lines(node: Any, levels: int) -> Iterator[str]:
    """Yield the JSON of *node*, with the members of its objects on lines of their own, *levels* deep."""
    if not levels or not isinstance(node, dict) or not node:
        yield _json(node)
        return
    opening = "{\n"
    for key, value in node.items():
        yield f"{opening}{_json(key)}:"
        yield from _lines(value, levels - 1)
        opening = ",\n"
    yield "\n}"


def _json(node: Any) -> str:
    return json.dumps(node, ensure_ascii=False, separators=(",", ":"))


def without(node: Any, is_left_out: Callable[[str], bool], *, names: bool = False) -> Any:
    """Return a copy of a part of a document without some of its members; values of the API stay as they are.

    Args:
        node: The part.
        is_left_out: Whether members of that name go.
        names: Whether the keys of *node* are names that the document chose.
    """
    if isinstance(node, list):
        return [without(item, is_left_out) for item in node]
    if not isinstance(node, dict):
        return node
    return {
        key: value if not names and key in _AS_IT_IS else without(value, is_left_out, names=not names and key in NAMED)
        for key, value in node.items()
        if names or not is_left_out(key)
    }
