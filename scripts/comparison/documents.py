"""Compare documents: their operations, what these take and answer, and the named schemas."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from codegen.document import operations

from .changes import Change, Kind, Side
from .schemas import Document, SchemaComparison, schema_sides

__all__ = ["compare_documents"]

_Object = dict[str, Any]


def compare_documents(old: _Object, new: _Object) -> list[Change]:
    """Return what differs between two documents, in the order of the old one; what is new comes last."""
    return list(_Comparison(Document(old), Document(new)).run())


class _Comparison:
    def __init__(self, old: Document, new: Document) -> None:
        self._old = old
        self._new = new

    def run(self) -> Iterator[Change]:
        yield from self._operations()
        yield from self._components()

    def _operations(self) -> Iterator[Change]:
        old, new = _by_identity(self._old.root), _by_identity(self._new.root)
        for identity, (path, method, operation) in old.items():
            where = f"{method.upper()} {path}"
            if identity not in new:
                yield Change(Kind.OPERATION, where, "was removed", True)
                continue
            yield from self._operation(where, operation, new[identity][2])
        for identity, (path, method, _) in new.items():
            if identity not in old:
                yield Change(Kind.OPERATION, f"{method.upper()} {path}", "was added", False)

    def _operation(self, where: str, old: _Object, new: _Object) -> Iterator[Change]:
        names = old.get("operationId"), new.get("operationId")
        if names[0] != names[1]:
            yield Change(Kind.OPERATION, where, f"its id was {names[0]} and is {names[1]}", True)
        if bool(old.get("deprecated")) != bool(new.get("deprecated")):
            state = "deprecated" if new.get("deprecated") else "not deprecated any more"
            yield Change(Kind.OPERATION, where, f"is {state}", False)
        yield from self._security(where, old, new)
        yield from self._parameters(where, old, new)
        yield from self._body(where, old, new)
        yield from self._answers(where, old, new)

    def _security(self, where: str, old: _Object, new: _Object) -> Iterator[Change]:
        before, after = self._old.security(old), self._new.security(new)
        if before != after:
            lost = before - after
            what = f"takes {_listed(after) or 'no credential'}, and took {_listed(before) or 'none'}"
            yield Change(Kind.SECURITY, where, what, bool(lost) or not before)

    def _parameters(self, where: str, old: _Object, new: _Object) -> Iterator[Change]:
        before, after = self._old.parameters(old), self._new.parameters(new)
        for key, parameter in before.items():
            place = f"{where} {key[0]} {key[1]}"
            if key not in after:
                yield Change(Kind.PARAMETER, place, "was removed", True)
                continue
            other = after[key]
            if bool(parameter.get("required")) != bool(other.get("required")):
                is_required = bool(other.get("required"))
                yield Change(Kind.PARAMETER, place, f"is {'' if is_required else 'not '}required now", is_required)
            yield from self._schemas(place, Kind.PARAMETER, parameter.get("schema"), other.get("schema"), Side.REQUEST)
        for key, parameter in after.items():
            if key not in before:
                required = bool(parameter.get("required"))
                what = f"was added{', and is required' if required else ''}"
                yield Change(Kind.PARAMETER, f"{where} {key[0]} {key[1]}", what, required)

    def _body(self, where: str, old: _Object, new: _Object) -> Iterator[Change]:
        before = self._old.resolve(old.get("requestBody") or {})
        after = self._new.resolve(new.get("requestBody") or {})
        place = f"{where} body"
        if bool(before.get("required")) != bool(after.get("required")) and before and after:
            is_required = bool(after.get("required"))
            yield Change(Kind.BODY, place, f"is {'' if is_required else 'not '}required now", is_required)
        yield from self._contents(place, Kind.BODY, before, after, Side.REQUEST)

    def _answers(self, where: str, old: _Object, new: _Object) -> Iterator[Change]:
        before, after = old.get("responses", {}), new.get("responses", {})
        for status, answer in before.items():
            place = f"{where} {status}"
            if status not in after:
                yield Change(Kind.ANSWER, place, "was removed", str(status).startswith("2"))
                continue
            first, second = self._old.resolve(answer), self._new.resolve(after[status])
            yield from self._contents(place, Kind.ANSWER, first, second, Side.ANSWER)
        for status in after:
            if status not in before:
                yield Change(Kind.ANSWER, f"{where} {status}", "was added", False)

    def _contents(self, where: str, kind: Kind, old: _Object, new: _Object, side: Side) -> Iterator[Change]:
        before, after = old.get("content", {}), new.get("content", {})
        for media_type, content in before.items():
            if media_type not in after:
                yield Change(kind, f"{where} {media_type}", "was removed", True)
                continue
            yield from self._schemas(
                f"{where} {media_type}", kind, content.get("schema"), after[media_type].get("schema"), side
            )
        for media_type in after:
            if media_type not in before:
                yield Change(kind, f"{where} {media_type}", "was added", False)

    def _schemas(self, where: str, kind: Kind, old: Any, new: Any, side: Side) -> Iterator[Change]:
        yield from SchemaComparison(self._old, self._new, kind, side).compare(where, old or {}, new or {})

    def _components(self) -> Iterator[Change]:
        before, after = self._old.schemas, self._new.schemas
        sides = schema_sides(self._old)
        for name, schema in before.items():
            if name not in after:
                yield Change(Kind.SCHEMA, name, "was removed", True)
                continue
            side = sides.get(name, Side.BOTH)
            yield from SchemaComparison(self._old, self._new, Kind.SCHEMA, side).compare(name, schema, after[name])
        for name in after:
            if name not in before:
                yield Change(Kind.SCHEMA, name, "was added", False)


def _by_identity(document: _Object) -> dict[tuple[str, str], tuple[str, str, _Object]]:
    """Return the operations by method and path, whatever the parameters in the path are called."""
    found = {}
    for path, method, operation in operations(document):
        shared = document["paths"][path].get("parameters", [])
        if shared:
            operation = {**operation, "parameters": [*shared, *operation.get("parameters", [])]}
        found[method, re.sub(r"\{[^}]*\}", "{}", path)] = path, method, operation
    return found


def _listed(names: frozenset[str]) -> str:
    return " or ".join(sorted(names))
