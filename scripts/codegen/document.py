"""Ways through an OpenAPI document."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from .pointers import find, steps

__all__ = [
    "FORM_TYPES",
    "METHODS",
    "SCHEMAS",
    "Slot",
    "contents",
    "is_json",
    "members",
    "operations",
    "parameters",
    "parameters_of",
    "resolve",
    "responses",
    "schemas",
    "unions",
    "within",
]

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
FORM_TYPES = ("application/x-www-form-urlencoded", "multipart/form-data")
SCHEMAS = "#/components/schemas/"
"""What a reference to a named schema begins with."""
_UNIONS = ("oneOf", "anyOf")


@dataclass(frozen=True, slots=True)
class Slot:
    """A place in the document that holds something: so that it can be replaced.

    Attributes:
        holder: The object or array that it is in.
        key: Where in there.
        place: The way to it, for messages.
    """

    holder: Any
    key: Any
    place: str

    @property
    def value(self) -> Any:
        """What is there now."""
        return self.holder[self.key]

    def replace(self, value: Any) -> None:
        """Put something else there."""
        self.holder[self.key] = value


def operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield path, method and operation object of every operation, in the document's order."""
    for path, item in _objects(document.get("paths")):
        if path.startswith("x-"):
            continue
        for method, operation in item.items():
            if method in METHODS and isinstance(operation, dict):
                yield path, method, operation


def resolve(document: dict[str, Any], item: dict[str, Any]) -> dict[str, Any]:
    """Return what a local ``$ref`` leads to, or *item* itself if it is none.

    Raises:
        KeyError: It leads nowhere, or to itself.
    """
    seen = set()
    while isinstance(reference := item.get("$ref"), str):
        if reference in seen:
            raise KeyError(reference)
        seen.add(reference)
        target = find(document, steps(reference))
        if not isinstance(target, dict):
            raise KeyError(reference)
        item = target
    return item


def unions(schema: dict[str, Any]) -> list[Any]:
    """Return the members of a union, or nothing."""
    return [member for key in _UNIONS for member in schema.get(key) or ()]


def members(schema: dict[str, Any]) -> list[Any]:
    """Return the members of a union, or what is in an ``allOf``, or nothing.

    In a repaired document an ``allOf`` has one member, a reference: what is beside it is about the place.
    """
    return [*unions(schema), *(schema.get("allOf") or ())]


def is_json(media_type: str) -> bool:
    """Return whether a media type is JSON, or based on it (RFC 6839 §3.1)."""
    name = media_type.partition(";")[0].strip().lower()
    return name == "application/json" or name.endswith("+json")


def parameters(document: dict[str, Any]) -> Iterator[Slot]:
    """Yield every parameter, or the reference to it: the named ones, those of paths, those of operations."""
    yield from _children(_components(document, "parameters"), "components/parameters")
    for path, item in _objects(document.get("paths")):
        yield from _items(item, "parameters", path)
    for path, method, operation in operations(document):
        yield from _items(operation, "parameters", f"{method.upper()} {path}")


def parameters_of(document: dict[str, Any], path: str, operation: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the parameters of one operation, those of its path included."""
    declared: dict[tuple[str, str], dict[str, Any]] = {}
    for reference in (*document["paths"][path].get("parameters", ()), *operation.get("parameters", ())):
        parameter = resolve(document, reference)
        declared[parameter["name"], parameter["in"]] = parameter
    return list(declared.values())


def responses(document: dict[str, Any]) -> Iterator[Slot]:
    """Yield every answer, or the reference to it: the named ones, and those of operations."""
    yield from _children(_components(document, "responses"), "components/responses")
    for path, method, operation in operations(document):
        yield from _children(operation.get("responses"), f"{method.upper()} {path}")


def _bodies(document: dict[str, Any]) -> Iterator[Slot]:
    yield from _children(_components(document, "requestBodies"), "components/requestBodies")
    for path, method, operation in operations(document):
        if isinstance(operation.get("requestBody"), dict):
            yield Slot(operation, "requestBody", f"{method.upper()} {path}/requestBody")


def contents(document: dict[str, Any], *, answers: bool) -> Iterator[Slot]:
    """Yield the ``content`` of every answer, or else that of every request body."""
    for slot in responses(document) if answers else _bodies(document):
        if isinstance(slot.value.get("content"), dict):
            yield Slot(slot.value, "content", slot.place)


def schemas(document: dict[str, Any]) -> Iterator[Slot]:
    """Yield every schema, or the reference to it, a schema before those inside it.

    What is put in a schema's place is walked in its stead.
    """
    for slot in _children(_components(document, "schemas"), "components/schemas"):
        yield from within(slot)
    headers = [*_children(_components(document, "headers"), "components/headers")]
    for response in responses(document):
        headers += _children(response.value.get("headers"), f"{response.place}/headers")
    for slot in (*parameters(document), *headers):
        yield from _schema_of(slot.value, slot.place)
        yield from _schemas_of_content(slot.value.get("content"), slot.place)
    for answers in (False, True):
        for slot in contents(document, answers=answers):
            yield from _schemas_of_content(slot.value, slot.place)


def within(slot: Slot) -> Iterator[Slot]:
    """Yield a schema's slot, and then those of all schemas inside it."""
    yield slot
    schema = slot.value
    if not isinstance(schema, dict):
        return
    for child in _children(schema.get("properties"), slot.place):
        yield from within(child)
    for key in ("items", "additionalProperties", "not"):
        if isinstance(schema.get(key), dict):
            yield from within(Slot(schema, key, f"{slot.place}/{key}"))
    for key in ("allOf", *_UNIONS):
        for child in _items(schema, key, slot.place):
            yield from within(child)


def _schema_of(holder: dict[str, Any], place: str) -> Iterator[Slot]:
    if isinstance(holder.get("schema"), dict):
        yield from within(Slot(holder, "schema", place))


def _schemas_of_content(content: Any, place: str) -> Iterator[Slot]:
    for kind, media in _objects(content):
        yield from _schema_of(media, f"{place}/{kind}")


def _components(document: dict[str, Any], kind: str) -> Any:
    components = document.get("components")
    return components.get(kind) if isinstance(components, dict) else None


def _objects(mapping: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    for key, value in list(mapping.items()) if isinstance(mapping, dict) else ():
        if isinstance(value, dict):
            yield key, value


def _children(mapping: Any, place: str) -> Iterator[Slot]:
    for key, _ in _objects(mapping):
        yield Slot(mapping, key, f"{place}/{key}")


def _items(holder: dict[str, Any], key: str, place: str) -> Iterator[Slot]:
    items = holder.get(key)
    for index, item in enumerate(items if isinstance(items, list) else ()):
        if isinstance(item, dict):
            yield Slot(items, index, f"{place}/{key}/{index}")
