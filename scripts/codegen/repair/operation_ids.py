"""Give every operation an id, and every tag distinct names of methods.

Without an id there is no name; two operations of one name, if only in the spelling of capitals and underscores, would
be one method and one module, and the second would replace the first.
"""

from __future__ import annotations

import re
from typing import Any

from openapi_python_client.strings import PythonIdentifier

from ..document import operations
from ..names import method_name

__all__ = ["operation_ids"]


def operation_ids(document: dict[str, Any]) -> list[str]:
    """Invent missing ids, and number those that collide."""
    taken: set[str] = set()
    changes = []
    for path, method, operation in operations(document):
        given = operation.get("operationId")
        wanted = given if isinstance(given, str) and re.search(r"[A-Za-z0-9]", given) else _invented(method, path)
        chosen, number = wanted, 1
        while taken & _names(chosen):
            number += 1
            chosen = f"{wanted}{number}"
        taken |= _names(chosen)
        if chosen != given:
            operation["operationId"] = chosen
            changes.append(f"{method.upper()} {path}: {given} becomes {chosen}")
    return changes


def _names(operation_id: str) -> set[str]:
    """Return everything that is made of an id: they must differ even where capitals do not count."""
    return {operation_id.lower(), method_name(operation_id), str(PythonIdentifier(operation_id, "field_")).lower()}


def _invented(method: str, path: str) -> str:
    words = re.findall(r"[A-Za-z0-9]+", path)
    return method + "".join(word[0].upper() + word[1:] for word in words)
