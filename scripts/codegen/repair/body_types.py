"""Give every request body a media type that can be sent: JSON, one of the two kinds of form, or bytes.

openapi-python-client drops an operation whose body has another one. An object under ``*/*`` or an unheard-of type is
JSON, a form without a schema has no fields to name, and everything else is bytes. A form's field is text, a file, or
JSON; a form itself is an object.
"""

from __future__ import annotations

from typing import Any

from ..document import FORM_TYPES, contents, is_json, resolve

__all__ = ["body_types"]

_JSON = "application/json"
_BYTES = "application/octet-stream"


def body_types(document: dict[str, Any]) -> list[str]:
    """Rename media types of bodies, and complete their schemas."""
    changes = []
    for slot in contents(document, answers=False):
        content = slot.value
        for kind in list(content):
            name = kind.partition(";")[0].strip().lower()
            schema = content[kind].setdefault("schema", {})
            resolved = resolve(document, schema)
            structured = bool({"properties", "allOf", "oneOf", "anyOf"} & set(resolved))
            structured = structured or resolved.get("type") in ("object", "array")
            if name in FORM_TYPES:
                if not structured:
                    content[kind]["schema"] = {"type": "object", "additionalProperties": True}
                    changes.append(f"{slot.place}: {kind} without fields")
            elif is_json(kind):
                continue
            elif structured:
                content.setdefault(_JSON, content.pop(kind))
                changes.append(f"{slot.place}: {kind} is JSON")
            elif name != _BYTES or resolved.get("format") != "binary":
                content.pop(kind)
                content.setdefault(_BYTES, {"schema": {"type": "string", "format": "binary"}})
                changes.append(f"{slot.place}: {kind} is bytes")
    return changes
