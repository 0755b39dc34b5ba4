"""Compare documents: their operations, what these take and return, and the named schemas."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from .changes import Change, Kind, Side, grouped
from .reading import Document, items_of, object_of
from .renames import renames
from .schemas import SchemaComparison, schema_sides

__all__ = ["compare_documents"]

_Object = dict[str, Any]
_Operation = tuple[str, str, _Object]


def compare_documents(old: _Object, new: _Object) -> list[Change]:
    """Return what differs between two documents, in the order of the old one; what is new comes last.

    Documents need not be valid: what is of no shape that OpenAPI has is as if it were not there.
    """
    return grouped(_Comparison(Document(old), Document(new)).run())


class _Comparison:
    def __init__(self, old: Document, new: Document) -> None:
        self._old = old
        self._new = new
        gone = {name: old.signature(schema) for name, schema in old.schemas.items() if name not in new.schemas}
        come = {name: new.signature(schema) for name, schema in new.schemas.items() if name not in old.schemas}
        self._renamed = renames(gone, come)

    def run(self) -> Iterator[Change]:
        yield from self._servers("", Kind.DOCUMENT, self._old.root, self._new.root)
        yield from self._schemes()
        yield from self._operations()
        yield from self._components()

    def _servers(self, subject: str, kind: Kind, old: _Object, new: _Object) -> Iterator[Change]:
        before, after = _urls(old), _urls(new)
        for url in before:
            if url not in after:
                yield Change(kind, subject, " servers", f"{url} was removed", True)
        for url in after:
            if url not in before:
                yield Change(kind, subject, " servers", f"{url} was added", False)

    def _schemes(self) -> Iterator[Change]:
        before = object_of(self._old.components.get("securitySchemes"))
        after = object_of(self._new.components.get("securitySchemes"))
        for name, scheme in before.items():
            if name not in after:
                yield Change(Kind.SECURITY, name, "", "was removed", True)
                continue
            first, second = _without_prose(self._old.resolve(scheme)), _without_prose(self._new.resolve(after[name]))
            if first != second:
                same = all(first.get(key) == second.get(key) for key in ("type", "in", "name", "scheme"))
                yield Change(Kind.SECURITY, name, "", "is declared otherwise", not same)
        for name in after:
            if name not in before:
                yield Change(Kind.SECURITY, name, "", "was added", False)

    def _operations(self) -> Iterator[Change]:
        old, new = _by_identity(self._old), _by_identity(self._new)
        moved = self._moved(
            {key: found for key, found in old.items() if key not in new},
            {key: found for key, found in new.items() if key not in old},
        )
        for identity, (path, method, operation) in old.items():
            subject = f"{method.upper()} {path}"
            if identity in moved:
                other = new[moved[identity]]
                yield Change(Kind.OPERATION, subject, "", f"moved to {other[1].upper()} {other[0]}", False)
            elif identity not in new:
                yield Change(Kind.OPERATION, subject, "", "was removed", True)
                continue
            yield from self._operation(subject, (path, method, operation), new[moved.get(identity, identity)])
        for identity, (path, method, _) in new.items():
            if identity not in old and identity not in moved.values():
                yield Change(Kind.OPERATION, f"{method.upper()} {path}", "", "was added", False)

    def _moved(
        self, gone: dict[tuple[str, str], _Operation], come: dict[tuple[str, str], _Operation]
    ) -> dict[tuple[str, str], tuple[str, str]]:
        """Return where operations are that keep their id, by where they were."""
        places = {str(found[2]["operationId"]): key for key, found in come.items() if found[2].get("operationId")}
        wanted = {key: str(found[2].get("operationId")) for key, found in gone.items()}
        return {key: places[name] for key, name in wanted.items() if name in places}

    def _operation(self, subject: str, old_one: _Operation, new_one: _Operation) -> Iterator[Change]:
        old, new = old_one[2], new_one[2]
        names = old.get("operationId"), new.get("operationId")
        if names[0] != names[1]:
            yield Change(Kind.OPERATION, subject, "", f"its id was {names[0]} and is {names[1]}", True)
        yield from self._tags(subject, items_of(old.get("tags")), items_of(new.get("tags")))
        if bool(old.get("deprecated")) != bool(new.get("deprecated")):
            state = "deprecated" if new.get("deprecated") else "not deprecated any more"
            yield Change(Kind.OPERATION, subject, "", f"is {state}", False)
        yield from self._servers(subject, Kind.OPERATION, old, new)
        yield from self._security(subject, old, new)
        yield from self._parameters(subject, old_one, new_one)
        yield from self._body(subject, old, new)
        yield from self._responses(subject, old, new)

    def _tags(self, subject: str, old: list[Any], new: list[Any]) -> Iterator[Change]:
        """A tag is a class and an attribute: what leaves one is not where programs look for it."""
        for tag in old:
            if tag not in new:
                where = " and ".join(map(str, new)) or "none"
                yield Change(Kind.OPERATION, subject, "", f"its tag was {tag} and is {where}", True)
        if all(tag in new for tag in old):
            for tag in new:
                if tag not in old:
                    yield Change(Kind.OPERATION, subject, "", f"has the tag {tag}, too", not old)

    def _security(self, subject: str, old: _Object, new: _Object) -> Iterator[Change]:
        before, after = self._old.security(old), self._new.security(new)
        if before != after:
            lost = before - after
            what = f"takes {_listed(after) or 'no credential'}, and took {_listed(before) or 'none'}"
            yield Change(Kind.SECURITY, subject, "", what, bool(lost) or not before)

    def _parameters(self, subject: str, old: _Operation, new: _Operation) -> Iterator[Change]:
        before, after = self._old.parameters(old[2]), self._new.parameters(new[2])
        names = dict(zip(_names_in(old[0]), _names_in(new[0]), strict=False))
        names = {name: other for name, other in names.items() if ("path", other) in after}
        for name, other in names.items():
            if name != other and ("path", name) in before:
                yield Change(Kind.PARAMETER, subject, f" path {name}", f"is called {other} now", False)
        targets = {key: ("path", names.get(key[1], key[1])) if key[0] == "path" else key for key in before}
        gone = {key: self._meaning(self._old, before[key]) for key in before if targets[key] not in after}
        come = {key: self._meaning(self._new, after[key]) for key in after if key not in targets.values()}
        renamed = renames(
            {str(key): found for key, found in gone.items()}, {str(key): one for key, one in come.items()}
        )
        called = {str(key): key for key in come}
        for key, parameter in before.items():
            place = f" {key[0]} {key[1]}"
            target = targets[key]
            if str(key) in renamed:
                target = called[renamed[str(key)]]
                yield Change(Kind.PARAMETER, subject, place, f"was renamed to {target[1]}", True)
            elif target not in after:
                yield Change(Kind.PARAMETER, subject, place, "was removed", True)
                continue
            yield from self._parameter(subject, place, parameter, after[target])
        for key in come:
            if str(key) not in renamed.values():
                required = bool(after[key].get("required"))
                what = f"was added{', and is required' if required else ''}"
                yield Change(Kind.PARAMETER, subject, f" {key[0]} {key[1]}", what, required)

    def _meaning(self, document: Document, parameter: _Object) -> str:
        return f"{parameter.get('in')} {bool(parameter.get('required'))} {document.signature(parameter.get('schema'))}"

    def _parameter(self, subject: str, place: str, old: _Object, new: _Object) -> Iterator[Change]:
        if bool(old.get("required")) != bool(new.get("required")):
            is_required = bool(new.get("required"))
            yield Change(Kind.PARAMETER, subject, place, f"is {'' if is_required else 'not '}required now", is_required)
        if bool(old.get("deprecated")) != bool(new.get("deprecated")):
            state = "deprecated" if new.get("deprecated") else "not deprecated any more"
            yield Change(Kind.PARAMETER, subject, place, f"is {state}", False)
        for name, default in (("style", _style), ("explode", _explode)):
            before, after = default(old), default(new)
            if before != after:
                yield Change(Kind.PARAMETER, subject, place, f"{name} was {before}, and is {after}", True)
        yield from self._schemas(subject, place, Kind.PARAMETER, old.get("schema"), new.get("schema"), Side.REQUEST)

    def _body(self, subject: str, old: _Object, new: _Object) -> Iterator[Change]:
        before, after = self._old.resolve(old.get("requestBody")), self._new.resolve(new.get("requestBody"))
        was_required, is_required = bool(before.get("required")), bool(after.get("required"))
        if not before and after:
            what = f"was added{', and is required' if is_required else ''}"
            yield Change(Kind.BODY, subject, " body", what, is_required)
            return
        if before and not after:
            yield Change(Kind.BODY, subject, " body", "was removed", True)
            return
        if was_required != is_required:
            yield Change(Kind.BODY, subject, " body", f"is {'' if is_required else 'not '}required now", is_required)
        yield from self._contents(subject, " body", Kind.BODY, before, after, Side.REQUEST)

    def _responses(self, subject: str, old: _Object, new: _Object) -> Iterator[Change]:
        before, after = object_of(old.get("responses")), object_of(new.get("responses"))
        for status, response in before.items():
            place = f" {status}"
            if status not in after:
                yield Change(Kind.RESPONSE, subject, place, "was removed", str(status).startswith("2"))
                continue
            first, second = self._old.resolve(response), self._new.resolve(after[status])
            yield from self._contents(subject, place, Kind.RESPONSE, first, second, Side.RESPONSE)
            yield from self._headers(subject, place, first, second)
        for status in after:
            if status not in before:
                yield Change(Kind.RESPONSE, subject, f" {status}", "was added", False)

    def _headers(self, subject: str, place: str, old: _Object, new: _Object) -> Iterator[Change]:
        before = {str(name).lower(): header for name, header in object_of(old.get("headers")).items()}
        after = {str(name).lower(): header for name, header in object_of(new.get("headers")).items()}
        for name, header in before.items():
            where = f"{place} header {name}"
            if name not in after:
                yield Change(Kind.RESPONSE, subject, where, "was removed", True)
                continue
            first, second = self._old.resolve(header), self._new.resolve(after[name])
            kinds = first.get("schema"), second.get("schema")
            yield from self._schemas(subject, where, Kind.RESPONSE, *kinds, Side.RESPONSE)
        for name in after:
            if name not in before:
                yield Change(Kind.RESPONSE, subject, f"{place} header {name}", "was added", False)

    def _contents(
        self, subject: str, place: str, kind: Kind, old: _Object, new: _Object, side: Side
    ) -> Iterator[Change]:
        before, after = object_of(old.get("content")), object_of(new.get("content"))
        for media_type, content in before.items():
            inner = f"{place} {media_type}"
            if media_type not in after:
                yield Change(kind, subject, inner, "was removed", True)
                continue
            schemas = object_of(content).get("schema"), object_of(after[media_type]).get("schema")
            yield from self._schemas(subject, inner, kind, *schemas, side)
        for media_type in after:
            if media_type not in before:
                yield Change(kind, subject, f"{place} {media_type}", "was added", False)

    def _schemas(self, subject: str, place: str, kind: Kind, old: Any, new: Any, side: Side) -> Iterator[Change]:
        comparison = SchemaComparison(self._old, self._new, kind, side, subject, self._renamed)
        yield from comparison.compare(place, object_of(old), object_of(new))

    def _components(self) -> Iterator[Change]:
        before, after = self._old.schemas, self._new.schemas
        sides = schema_sides(self._old, self._new)
        for name, schema in before.items():
            if name in self._renamed:
                yield Change(Kind.SCHEMA, name, "", f"was renamed to {self._renamed[name]}", True)
            elif name not in after:
                yield Change(Kind.SCHEMA, name, "", "was removed", True)
            else:
                side = sides.get(name, Side.BOTH)
                comparison = SchemaComparison(self._old, self._new, Kind.SCHEMA, side, name, self._renamed)
                yield from comparison.compare("", schema, after[name])
        for name in after:
            if name not in before and name not in self._renamed.values():
                yield Change(Kind.SCHEMA, name, "", "was added", False)


def _by_identity(document: Document) -> dict[tuple[str, str], _Operation]:
    """Return the operations by method and path, whatever the parameters in the path are called."""
    return {
        (method, re.sub(r"\{[^}]*\}", "{}", path)): (path, method, operation)
        for path, method, operation in document.operations()
    }


def _names_in(path: str) -> list[str]:
    return re.findall(r"\{([^}]*)\}", path)


def _style(parameter: _Object) -> Any:
    return parameter.get("style") or ("form" if parameter.get("in") in ("query", "cookie") else "simple")


def _explode(parameter: _Object) -> bool:
    explode = parameter.get("explode")
    return explode if isinstance(explode, bool) else _style(parameter) == "form"


def _urls(holder: _Object) -> list[str]:
    return [str(server.get("url")) for server in items_of(holder.get("servers")) if isinstance(server, dict)]


def _without_prose(node: Any) -> _Object:
    def bare(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: None if key == "description" else bare(child) for key, child in value.items()}
        return value

    found = {key: bare(value) for key, value in object_of(node).items() if key != "description"}
    flows = object_of(found.get("flows"))
    if flows:  # what a scope is for is prose
        found["flows"] = {
            name: {**flow, "scopes": sorted(object_of(flow.get("scopes")))} if isinstance(flow, dict) else flow
            for name, flow in flows.items()
        }
    return found


def _listed(names: frozenset[str]) -> str:
    return " or ".join(sorted(names))
