"""Write the document's security at every operation that names none.

openapi-python-client looks at the operation alone: an operation that inherits the document's security would be taken
for one that needs no credential, and would be sent without.
"""

from __future__ import annotations

from typing import Any

from ..document import operations

__all__ = ["explicit_security"]


def explicit_security(document: dict[str, Any]) -> list[str]:
    """Copy the document's ``security`` to the operations that inherit it."""
    inherited = document.get("security")
    if inherited is None:
        return []
    changes = []
    for path, method, operation in operations(document):
        if "security" not in operation:
            operation["security"] = inherited
            changes.append(f"{method.upper()} {path}: security of the document")
    return changes
