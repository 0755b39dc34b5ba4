"""Write the contract as the emulator reads it: one JSON file in the package, without prose.

YAML takes fifty times as long to read, and an installed package has no project around it to find the document in.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

__all__ = ["CONTRACT", "contract_of", "write_contract"]

CONTRACT = "contract.json"
_PROSE = frozenset({"description", "summary", "externalDocs"})
_AS_IT_IS = frozenset({"example", "default", "enum", "mapping"})
_NAMED = frozenset({"properties", "schemas", "responses", "parameters", "headers", "paths", "securitySchemes"})


def contract_of(document: dict[str, Any]) -> str:
    """Return the text of the file: *document* without prose, on one line, as it is for programs."""
    return json.dumps(_without_prose(document), ensure_ascii=False, separators=(",", ":")) + "\n"


def write_contract(text: str, folder: Path) -> None:
    """Write the file into *folder*."""
    (folder / CONTRACT).write_text(text, encoding="utf-8")


def _without_prose(node: Any, *, names: bool = False) -> Any:
    """Return a copy of *node* without its texts; *names* says that its keys are names that the document chose."""
    if isinstance(node, list):
        return [_without_prose(item) for item in node]
    if not isinstance(node, dict):
        return node
    return {
        key: value if not names and key in _AS_IT_IS else _without_prose(value, names=not names and key in _NAMED)
        for key, value in node.items()
        if names or key not in _PROSE
    }
