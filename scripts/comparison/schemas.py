"""Compare schemas, place by place, and say which way they travel."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from codegen.document import SCHEMAS, operations, resolve

from .changes import Change, Kind, Side

__all__ = ["Document", "SchemaComparison", "schema_sides"]

_Object = dict[str, Any]

_LIMITS = (
    "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf",
    "minLength", "maxLength", "pattern", "minItems", "maxItems", "uniqueItems", "minProperties", "maxProperties",
)  # fmt: skip
_VARIANTS = ("oneOf", "anyOf")


class Document:
    """An OpenAPI document, and ways into it."""

    def __init__(self, root: _Object) -> None:
        self.root = root
        self.schemas: _Object = root.get("components", {}).get("schemas", {})

    def resolve(self, item: _Object) -> _Object:
        """Return what *item* refers to, or *item*."""
        return resolve(self.root, item)

    def parameters(self, operation: _Object) -> dict[tuple[str, str], _Object]:
        """Return the parameters of an operation by place and name; a later one wins, as the standard has it."""
        found = [self.resolve(parameter) for parameter in operation.get("parameters", [])]
        return {(parameter.get("in", "?"), parameter.get("name", "?")): parameter for parameter in found}

    def security(self, operation: _Object) -> frozenset[str]:
        """Return what an operation accepts as credentials: names of schemes, combined by "and"."""
        wanted: list[_Object] = (operation if "security" in operation else self.root).get("security") or []
        return frozenset(" and ".join(sorted(each)) for each in wanted if each)

    def merged(self, schema: _Object) -> _Object:
        """Return *schema* without references and ``allOf`` at its top."""
        schema = self.resolve(schema)
        if "allOf" not in schema:
            return schema
        result = {key: value for key, value in schema.items() if key != "allOf"}
        properties, required = dict(result.get("properties", {})), list(result.get("required", []))
        for part in schema["allOf"]:
            member = self.merged(part)
            properties = {**member.get("properties", {}), **properties}
            required += member.get("required", [])
            result = {**member, **result}
        if properties:
            result["properties"] = properties
        return {**result, "required": required}


class SchemaComparison:
    """Compares two schemas that travel one way.

    A schema that both documents name alike is not entered: it is compared once, under its name.
    """

    def __init__(self, old: Document, new: Document, kind: Kind, side: Side) -> None:
        self._old = old
        self._new = new
        self._kind = kind
        self._side = side

    def compare(self, where: str, old: _Object, new: _Object) -> Iterator[Change]:
        """Yield what differs between *old* and *new*."""
        yield from self._compare(where, old, new, frozenset())

    def _compare(self, where: str, old: _Object, new: _Object, seen: frozenset[tuple[int, int]]) -> Iterator[Change]:
        names = old.get("$ref"), new.get("$ref")
        if names[0] == names[1] is not None:
            return
        before, after = self._old.merged(old), self._new.merged(new)
        pair = id(self._old.resolve(old)), id(self._new.resolve(new))
        if pair in seen:
            return
        seen |= {pair}
        yield from self._facts(where, before, after)
        yield from self._enum(where, before, after)
        yield from self._properties(where, before, after, seen)
        if "items" in before and "items" in after:
            yield from self._compare(f"{where}[]", before["items"], after["items"], seen)
        yield from self._free_form(where, before, after, seen)
        for keyword in _VARIANTS:
            yield from self._variants(where, keyword, before.get(keyword, []), after.get(keyword, []), seen)

    def _change(self, where: str, what: str, breaking: bool) -> Change:
        return Change(self._kind, where, what, breaking)

    def _facts(self, where: str, old: _Object, new: _Object) -> Iterator[Change]:
        before, after = _type_of(old), _type_of(new)
        if before != after:
            # A document that says less than before loses nothing that a program could rely on being refused.
            what = f"was {before or 'of any type'}, and is {after or 'of any type'}"
            # That a text is secret changes how it is shown, and nothing on the wire.
            shown = {str(kind).replace(" (password)", "") for kind in (before, after)}
            yield self._change(where, what, before is not None and len(shown) > 1)
        if bool(old.get("nullable")) != bool(new.get("nullable")):
            is_nullable = bool(new.get("nullable"))
            breaking = self._side.is_read if is_nullable else self._side.is_sent
            yield self._change(where, f"may {'' if is_nullable else 'not '}be null now", breaking)
        if old.get("default") != new.get("default"):
            yield self._change(where, f"the default was {old.get('default')!r}, and is {new.get('default')!r}", False)
        for limit in _LIMITS:
            if old.get(limit) != new.get(limit):
                what = f"{limit} was {old.get(limit)!r}, and is {new.get(limit)!r}"
                yield self._change(where, what, self._side.is_sent and new.get(limit) is not None)

    def _enum(self, where: str, old: _Object, new: _Object) -> Iterator[Change]:
        if "enum" not in old and "enum" not in new:
            return
        if "enum" not in old or "enum" not in new:
            is_new = "enum" in new
            what = f"is {'now' if is_new else 'no longer'} limited to certain values"
            yield self._change(where, what, self._side.is_sent if is_new else self._side.is_read)
            return
        for value in old["enum"]:
            if value not in new["enum"]:
                yield self._change(where, f"the value {value!r} was removed", self._side.is_sent)
        for value in new["enum"]:
            if value not in old["enum"]:
                yield self._change(where, f"the value {value!r} was added", False)

    def _properties(self, where: str, old: _Object, new: _Object, seen: frozenset[tuple[int, int]]) -> Iterator[Change]:
        before, after = old.get("properties", {}), new.get("properties", {})
        needed_before, needed_after = set(old.get("required", [])), set(new.get("required", []))
        for name, schema in before.items():
            place = f"{where}.{name}"
            if name not in after:
                yield self._change(place, "was removed", True)
                continue
            if (name in needed_before) != (name in needed_after):
                is_needed = name in needed_after
                breaking = self._side.is_sent if is_needed else self._side.is_read
                yield self._change(place, f"is {'' if is_needed else 'not '}required now", breaking)
            yield from self._compare(place, schema, after[name], seen)
        for name in after:
            if name not in before:
                needed = name in needed_after
                what = f"was added{', and is required' if needed else ''}"
                yield self._change(f"{where}.{name}", what, needed and self._side.is_sent)

    def _free_form(self, where: str, old: _Object, new: _Object, seen: frozenset[tuple[int, int]]) -> Iterator[Change]:
        before, after = old.get("additionalProperties", True), new.get("additionalProperties", True)
        if isinstance(before, dict) and isinstance(after, dict):
            yield from self._compare(f"{where}{{}}", before, after, seen)
        elif (before is False) != (after is False):
            what = f"takes {'no ' if after is False else ''}further properties now"
            yield self._change(where, what, after is False and self._side.is_sent)

    def _variants(
        self, where: str, keyword: str, old: list[_Object], new: list[_Object], seen: frozenset[tuple[int, int]]
    ) -> Iterator[Change]:
        before = {_variant_name(schema, index): schema for index, schema in enumerate(old)}
        after = {_variant_name(schema, index): schema for index, schema in enumerate(new)}
        for name, schema in before.items():
            if name in after:
                yield from self._compare(f"{where} {keyword} {name}", schema, after[name], seen)
            else:
                yield self._change(f"{where} {keyword} {name}", "was removed", True)
        for name in after:
            if name not in before:
                yield self._change(f"{where} {keyword} {name}", "was added", False)


def schema_sides(document: Document) -> dict[str, Side]:
    """Return for each named schema that operations use which way it travels."""
    sent: set[str] = set()
    read: set[str] = set()
    for path, _, operation in operations(document.root):
        shared = document.root["paths"][path].get("parameters", [])
        _collect(document, [shared, operation.get("parameters", []), operation.get("requestBody", {})], sent)
        _collect(document, operation.get("responses", {}), read)
    return {
        name: Side.BOTH if name in sent and name in read else Side.REQUEST if name in sent else Side.ANSWER
        for name in sent | read
    }


def _collect(document: Document, item: Any, names: set[str]) -> None:
    """Add the named schemas that *item* leads to."""
    if isinstance(item, dict):
        reference = item.get("$ref")
        if isinstance(reference, str):
            name = reference.removeprefix(SCHEMAS) if reference.startswith(SCHEMAS) else None
            if name is None or name not in names:
                if name is not None:
                    names.add(name)
                _collect(document, document.resolve(item), names)
            return
    for child in item.values() if isinstance(item, dict) else item if isinstance(item, list) else ():
        _collect(document, child, names)


def _type_of(schema: _Object) -> str | None:
    """Return type and format in one; a schema that has properties is an object, whether or not it says so."""
    kind = schema.get("type") or ("object" if "properties" in schema else "array" if "items" in schema else None)
    return f"{kind} ({schema['format']})" if kind is not None and schema.get("format") else kind


def _variant_name(schema: _Object, index: int) -> str:
    reference = schema.get("$ref", "")
    return str(reference.rpartition("/")[2] or schema.get("title") or f"number {index + 1}")
