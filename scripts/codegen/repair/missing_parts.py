"""Write what the standard asks for and a document leaves out: answers, their descriptions, the texts of scopes.

Documents of this API have come without them. Nothing that is generated depends on these texts.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from ..document import operations, responses

__all__ = ["missing_parts"]


def missing_parts(document: dict[str, Any]) -> list[str]:
    """Add missing answers and descriptions, and texts in the place of ``null`` ones."""
    changes = []
    for path, method, operation in operations(document):
        if not operation.get("responses"):
            operation["responses"] = {"default": {}}
            changes.append(f"{method.upper()} {path}: responses")
    for slot in responses(document):
        if "$ref" not in slot.value and not isinstance(slot.value.get("description"), str):
            slot.value["description"] = _reason(str(slot.key))
            changes.append(f"{slot.place}: description")
    schemes = (document.get("components") or {}).get("securitySchemes") or {}
    for name, scheme in schemes.items():
        for flow in (scheme.get("flows") or {}).values():
            for scope, text in (flow.get("scopes") or {}).items():
                if not isinstance(text, str):
                    flow["scopes"][scope] = ""
                    changes.append(f"components/securitySchemes/{name}: scope {scope}")
    return changes


def _reason(code: str) -> str:
    try:
        return HTTPStatus(int(code[:3])).phrase
    except ValueError:
        return "An answer."
