"""JSON pointers as URI fragments (RFC 6901 §6), such as ``#/paths/~1documents/get``, ``#/components/schemas/A%20B``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import quote, unquote

__all__ = ["NAMED", "find", "pointer", "references", "steps"]

_EXAMPLES = frozenset({"example", "examples", "default", "enum", "const"})
"""What holds values of the API, where ``$ref`` is a name like any other."""
NAMED = frozenset(
    {
        *("properties", "patternProperties", "schemas", "responses", "parameters", "headers", "paths"),
        *("securitySchemes", "requestBodies"),
    }
)
"""What holds names of the document's choice, so that ``example`` may be one."""


def steps(reference: str) -> list[str]:
    """Return the keys that a reference names, one after another: percent-decoded first, then ``~1`` and ``~0``."""
    fragment = unquote(reference.removeprefix("#"), errors="strict").removeprefix("/")
    return [step.replace("~1", "/").replace("~0", "~") for step in fragment.split("/")] if fragment else []


def pointer(keys: Sequence[object]) -> str:
    """Return the reference that names *keys*."""
    return "#" + "".join(f"/{quote(str(key).replace('~', '~0').replace('/', '~1'), safe='~')}" for key in keys)


def find(document: Any, keys: Sequence[str]) -> Any:
    """Return what *keys* lead to.

    Raises:
        KeyError: They lead nowhere.
    """
    target = document
    for key in keys:
        try:
            target = target[int(key)] if isinstance(target, list) else target[key]
        except (IndexError, TypeError, ValueError):
            raise KeyError(key) from None
    return target


def references(item: Any) -> Iterator[dict[str, Any]]:
    """Yield every object that is a reference. One within an example is a value, and is none."""
    waiting: list[tuple[Any, bool]] = [(item, False)]
    while waiting:
        node, is_named = waiting.pop()
        if isinstance(node, list):
            waiting += [(child, False) for child in reversed(node)]
        elif isinstance(node, dict):
            if not is_named and isinstance(node.get("$ref"), str):
                yield node
            waiting += [
                (child, key in NAMED and not is_named)
                for key, child in reversed(list(node.items()))
                if is_named or key not in _EXAMPLES
            ]
