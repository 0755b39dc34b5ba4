"""Say of every answer with a body whether it is JSON, text or a file.

openapi-python-client reads JSON, text and ``application/octet-stream``; an answer of another media type, such as
``application/pdf`` or ``*/*``, it leaves out. One whose schema is an object is JSON, whatever it is called: nothing
answers with a form. All others are files, which is written down for it as an override: the Accept header keeps the
media type.
"""

from __future__ import annotations

from typing import Any

from ..document import contents, is_json, resolve

__all__ = ["FILE_TYPES", "answer_types"]

FILE_TYPES = "x-file-types"
_JSON = "application/json"
_FILE = {"type": "string", "format": "binary"}


def answer_types(document: dict[str, Any]) -> list[str]:
    """Rename media types of answers that are JSON, list those that are files, and complete their schemas."""
    changes = []
    files: dict[str, None] = {}
    for slot in contents(document, answers=True):
        content = slot.value
        for kind in list(content):
            schema = resolve(document, content[kind].get("schema", {}))
            if is_json(kind) or kind.startswith("text/"):
                continue
            if schema.get("type") in ("object", "array") or {"allOf", "oneOf", "anyOf"} & set(schema):
                content.setdefault(_JSON, content.pop(kind))
                changes.append(f"{slot.place}: {kind} is JSON")
                continue
            if schema.get("format") != "binary":
                content[kind]["schema"] = dict(_FILE)
            if kind != "application/octet-stream":
                files[kind] = None
            changes.append(f"{slot.place}: {kind} is a file")
    document[FILE_TYPES] = list(files)
    return changes
