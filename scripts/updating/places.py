"""Find in our document what stands at a place of the vendor's: ours names more, and refers to it."""

from __future__ import annotations

import json
from collections.abc import Callable, MutableMapping, MutableSequence
from typing import Any

from codegen.document import resolve

__all__ = ["Missing", "behind", "entry", "identity", "inside"]


class Missing(LookupError):
    """There is no such place in our document."""


def identity(root: Any, key: str) -> Callable[[Any], str]:
    """Return what tells the items of an array apart, by the name of the array.

    Args:
        root: The document that they are in.
        key: The name of the array, such as ``parameters``.
    """

    def of(item: Any) -> str:
        if isinstance(item, MutableMapping):
            if key == "parameters":
                item = _resolved(root, item)
                return f"{item.get('in')} {item.get('name')}"
            for name in ("$ref", "url" if key == "servers" else "name" if key == "tags" else "$ref"):
                if name in item:
                    return str(item[name])
        return json.dumps(item, sort_keys=True, default=str)

    return of


def inside(root: Any, node: Any, key: str) -> Any:
    """Return the object at or behind *node* that has *key*: a reference, or an ``allOf`` around one, is followed.

    Raises:
        Missing: There is none.
    """
    for _ in range(20):
        if not isinstance(node, MutableMapping):
            raise Missing(key)
        if key in node:
            return node
        if "$ref" in node:
            node = _resolved(root, node)
        elif len(node.get("allOf") or ()) == 1:
            node = node["allOf"][0]
        else:
            raise Missing(key)
    raise Missing(key)


def behind(root: Any, node: Any) -> Any:
    """Return the object that *node* is, or refers to, by an ``allOf`` around the reference, too."""
    for _ in range(20):
        if isinstance(node, MutableMapping) and "$ref" in node:
            node = _resolved(root, node)
        elif isinstance(node, MutableMapping) and len(node.get("allOf") or ()) == 1:
            node = node["allOf"][0]
    return node


def entry(root: Any, items: Any, key: str, wanted: str) -> int:
    """Return where in the array *items*, which is called *key*, the item with an identity is.

    Raises:
        Missing: It is not there.
    """
    tell = identity(root, key)
    for index, item in enumerate(items if isinstance(items, MutableSequence) else ()):
        if tell(item) == wanted:
            return index
    raise Missing(wanted)


def _resolved(root: Any, item: Any) -> Any:
    try:
        return resolve(root, item)
    except (KeyError, ValueError):
        return item
