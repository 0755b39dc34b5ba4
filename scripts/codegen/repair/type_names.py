"""Give types their names by the standard: ``int``, ``float``, ``bool``, ``str``, ``file``, a list with ``null``.

The standard has six names and one per schema; documents that people write by hand have others.
"""

from __future__ import annotations

from typing import Any

from ..document import schemas

__all__ = ["type_names"]

_NAMES: dict[str, dict[str, Any]] = {
    "bool": {"type": "boolean"},
    "int": {"type": "integer"},
    "long": {"type": "integer"},
    "float": {"type": "number"},
    "double": {"type": "number"},
    "decimal": {"type": "number"},
    "str": {"type": "string"},
    "text": {"type": "string"},
    "uuid": {"type": "string", "format": "uuid"},
    "date": {"type": "string", "format": "date"},
    "datetime": {"type": "string", "format": "date-time"},
    "date-time": {"type": "string", "format": "date-time"},
    "file": {"type": "string", "format": "binary"},
    "binary": {"type": "string", "format": "binary"},
    "list": {"type": "array"},
    "dict": {"type": "object"},
    "map": {"type": "object"},
}


def type_names(document: dict[str, Any]) -> list[str]:
    """Replace types that the standard does not know, and lists of types."""
    changes = []
    for slot in schemas(document):
        schema = slot.value
        given = schema.get("type")
        if isinstance(given, list):
            _take_apart(schema, given)
        elif given == "null":
            del schema["type"]
            schema["nullable"] = True
        elif isinstance(given, str) and given.lower() in _NAMES:
            schema.update(_NAMES[given.lower()])
        else:
            continue
        changes.append(f"{slot.place}: {given}")
    return changes


def _take_apart(schema: dict[str, Any], given: list[Any]) -> None:
    if "null" in given:
        schema["nullable"] = True
    named = [name for name in given if name != "null"]
    del schema["type"]
    if len(named) == 1:
        schema["type"] = named[0]
    elif named:
        schema["anyOf"] = [{"type": name, **({"items": {}} if name == "array" else {})} for name in named]
