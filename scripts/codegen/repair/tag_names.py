"""Write tags that make one module in one way.

``Documents`` and ``documents`` would be two classes in one file. A tag that is nothing but signs makes none;
an operation without another one goes to ``default``.
"""

from __future__ import annotations

import re
from typing import Any

from ..document import operations
from ..names import api_module

__all__ = ["tag_names"]


def tag_names(document: dict[str, Any]) -> list[str]:
    """Give operations the first spelling of their tags, and those without a tag one."""
    spellings: dict[str, str] = {}
    changes = []
    for path, method, operation in operations(document):
        given = operation.get("tags") or []
        usable = [tag for tag in given if re.search(r"[A-Za-z0-9]", tag)] or ["default"]
        tags = list(dict.fromkeys(spellings.setdefault(api_module(tag), tag) for tag in usable))
        if tags != given:
            operation["tags"] = tags
            changes.append(f"{method.upper()} {path}: {', '.join(tags)}")
    return changes
