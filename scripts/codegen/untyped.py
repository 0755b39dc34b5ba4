"""Which places of a document have no type: what a type checker can say nothing about."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from .document import contents, operations, resolve, schemas, unions

__all__ = ["untyped_answers", "untyped_places"]


def untyped_places(document: dict[str, Any]) -> list[str]:
    """Return the places of all schemas that say nothing of the type."""
    return [slot.place for slot in schemas(document) if _is_untyped(slot.value)]


def untyped_answers(document: dict[str, Any]) -> list[str]:
    """Return the successes that have a body and no type."""
    known = {slot.place: slot.value for slot in contents(document, answers=True)}
    return [
        answer
        for answer, place in _successes(document)
        for media in known.get(place, {}).values()
        if _is_untyped(resolve(document, media.get("schema", {})))
    ]


def _successes(document: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for path, method, operation in operations(document):
        for code, response in operation["responses"].items():
            if code.startswith("2"):
                place = f"{method.upper()} {path}/{code}"
                yield place, response.get("$ref", place).removeprefix("#/")


def _is_untyped(schema: dict[str, Any]) -> bool:
    return not {"$ref", "type", "allOf", "enum"} & set(schema) and not unions(schema)
