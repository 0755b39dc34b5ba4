"""Keep what stands beside a ``$ref``: ``nullable`` and descriptions of a field.

By the standard the siblings of a reference are ignored. Authors mean them, so the reference goes into an ``allOf``,
beside which they count.
"""

from __future__ import annotations

from typing import Any

from ..document import schemas

__all__ = ["reference_siblings"]


def reference_siblings(document: dict[str, Any]) -> list[str]:
    """Wrap references that have siblings."""
    changes = []
    for slot in schemas(document):
        siblings = {key: value for key, value in slot.value.items() if key != "$ref"}
        if "$ref" in slot.value and siblings:
            slot.replace({"allOf": [{"$ref": slot.value["$ref"]}], **siblings})
            changes.append(f"{slot.place}: {', '.join(siblings)}")
    return changes
