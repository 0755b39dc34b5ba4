"""Resolve references that openapi-python-client does not follow.

It knows references to named schemas, and one step to a named parameter, answer or body. Behind a second step, or into
the middle of another schema, it sees nothing.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

from ..document import SCHEMAS, resolve, schemas
from ..naming import Names

__all__ = ["indirect_references"]


def indirect_references(document: dict[str, Any]) -> list[str]:
    """Put copies in the place of indirect references, and name schemas that are referred to where they stand."""
    return [*_second_steps(document), *_into_schemas(document)]


def _second_steps(document: dict[str, Any]) -> Iterator[str]:
    components = document.get("components", {})
    for kind in ("parameters", "responses", "requestBodies"):
        for name, item in components.get(kind, {}).items():
            if "$ref" in item:
                components[kind][name] = copy.deepcopy(resolve(document, item))
                yield f"components/{kind}/{name}: {item['$ref']}"
    for path, item in document["paths"].items():
        if "$ref" in item:
            document["paths"][path] = copy.deepcopy(resolve(document, item))
            yield f"{path}: {item['$ref']}"


def _into_schemas(document: dict[str, Any]) -> Iterator[str]:
    named = document.get("components", {}).get("schemas", {})
    names = Names(named)
    targets: dict[str, str] = {}
    for slot in schemas(document):
        reference = slot.value.get("$ref")
        if reference is None or (reference.startswith(SCHEMAS) and reference.removeprefix(SCHEMAS) in named):
            continue
        if reference not in targets:
            steps = [step for step in reference.split("/") if step not in ("#", "components", "schemas", "properties")]
            targets[reference] = names.take("".join(step[:1].upper() + step[1:] for step in steps[-2:]))
            named = document.setdefault("components", {}).setdefault("schemas", {})
            named[targets[reference]] = copy.deepcopy(resolve(document, {"$ref": reference}))
        slot.value["$ref"] = SCHEMAS + targets[reference]
        yield f"{slot.place}: {reference} becomes {targets[reference]}"
