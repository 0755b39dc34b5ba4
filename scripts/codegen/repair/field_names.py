"""Leave a field without an attribute where two would have the same one: ``kind`` and ``kind[]``.

openapi-python-client drops the whole model. The field is still there as an item, under its name on the wire.
"""

from __future__ import annotations

from typing import Any

from openapi_python_client.strings import PythonIdentifier

__all__ = ["field_names"]


def field_names(document: dict[str, Any]) -> list[str]:
    """Remove the later one of two fields whose names in Python are the same."""
    changes = []
    for name, schema in document["components"]["schemas"].items():
        seen: dict[str, str] = {}
        for field in list(schema.get("properties", {})):
            attribute = str(PythonIdentifier(field, "field_", skip_snake_case=True))
            if attribute in seen:
                del schema["properties"][field]
                schema["required"] = [other for other in schema.get("required", ()) if other != field]
                changes.append(f"components/schemas/{name}: {field}, beside {seen[attribute]}")
            else:
                seen[attribute] = field
    return changes
