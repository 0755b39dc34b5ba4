"""Put ``required`` where the standard has it: a list beside ``properties``, of names that are there.

An older draft had a flag on each field; lists outlive the fields that they name, and empty ones are not allowed. In a
member of an ``allOf`` the field may be another member's.
"""

from __future__ import annotations

from typing import Any

from ..document import schemas

__all__ = ["required_lists"]


def required_lists(document: dict[str, Any]) -> list[str]:
    """Collect the flags, and drop names without a field."""
    changes = []
    for slot in schemas(document):
        schema = slot.value
        properties = schema.get("properties")
        if isinstance(properties, dict):
            flagged = [name for name, field in properties.items() if isinstance(field.get("required"), bool)]
            wanted = [name for name in flagged if properties[name].pop("required")]
            if flagged:
                listed = schema.get("required")
                schema["required"] = list(dict.fromkeys([*(listed if isinstance(listed, list) else ()), *wanted]))
                changes.append(f"{slot.place}: flags of {', '.join(flagged)}")
        required = schema.get("required")
        if isinstance(required, list):
            kept = list(dict.fromkeys(required))
            if "properties" in schema and "allOf" not in schema and "/allOf/" not in slot.place[-9:]:
                kept = [name for name in kept if name in schema["properties"]]
            if kept != required or not kept:
                schema["required"] = kept
                changes.append(f"{slot.place}: {', '.join(map(str, required))}")
            if not kept:
                del schema["required"]
        elif isinstance(required, bool):
            del schema["required"]
            changes.append(f"{slot.place}: a flag")
    return changes
