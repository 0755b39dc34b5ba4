"""Give schemas names whose classes and modules differ, and that no generated module uses for something else.

``Foo_Bar`` and ``FooBar`` are one class; ``Date`` and ``DATE`` are one file where capitals do not count; a class
``File`` would hide the one that uploads are made of.
"""

from __future__ import annotations

from typing import Any

from ..document import SCHEMAS, schemas
from ..naming import Names

__all__ = ["schema_names"]


def schema_names(document: dict[str, Any]) -> list[str]:
    """Number the later one of two schemas that collide, and follow with the references."""
    named = document.get("components", {}).get("schemas", {})
    names = Names()
    renamed = {old: new for old in named if (new := names.take(old)) != old}
    if not renamed:
        return []
    document["components"]["schemas"] = {renamed.get(name, name): schema for name, schema in named.items()}
    for slot in schemas(document):
        schema = slot.value
        if schema.get("$ref", "").removeprefix(SCHEMAS) in renamed:
            schema["$ref"] = SCHEMAS + renamed[schema["$ref"].removeprefix(SCHEMAS)]
        mapping = schema.get("discriminator", {}).get("mapping", {})
        for value, target in mapping.items():
            name = target.removeprefix(SCHEMAS)
            mapping[value] = SCHEMAS + renamed[name] if name in renamed else target
    return [f"components/schemas/{old} becomes {new}" for old, new in renamed.items()]
