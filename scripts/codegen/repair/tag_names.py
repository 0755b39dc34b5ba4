"""Write tags that make one module in one way.

``Documents`` and ``documents`` would be two classes in one file. An operation has one class; a tag that is nothing but
signs has none, and the operation goes to ``default``, like one without a tag.
"""

from __future__ import annotations

import re
from typing import Any

from ..document import operations
from ..names import api_module

__all__ = ["tag_names"]


def tag_names(document: dict[str, Any]) -> list[str]:
    """Give operations the first spelling of their first tag, and those without a tag one."""
    spellings: dict[str, str] = {}
    changes = []
    for path, method, operation in operations(document):
        given = operation.get("tags") or ["default"]
        usable = given[0] if re.search(r"[A-Za-z0-9]", given[0]) else "default"
        tag = spellings.setdefault(api_module(usable), usable)
        if tag != given[0] or "tags" not in operation:
            changes.append(f"{method.upper()} {path}: {tag}")
        operation["tags"] = [tag, *given[1:]]
    return changes
