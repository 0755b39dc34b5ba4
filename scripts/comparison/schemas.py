"""Compare schemas, place by place, and say which way they travel."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from codegen.document import SCHEMAS

from .changes import Change, Kind, Side
from .reading import Document, items_of, object_of
from .renames import renames

__all__ = ["SchemaComparison", "schema_sides"]

_Object = dict[str, Any]

_LIMITS = (
    "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf",
    "minLength", "maxLength", "pattern", "minItems", "maxItems", "uniqueItems", "minProperties", "maxProperties",
)  # fmt: skip
_FLAGS = {"deprecated": "deprecated", "readOnly": "read-only", "writeOnly": "write-only"}


class SchemaComparison:
    """Compares two schemas that travel one way.

    A schema that both documents name alike is not entered: it is compared once, under its name.

    Args:
        old: The document that a program was written for.
        new: The other one.
        kind: What the changes are about.
        side: Which way the schemas travel.
        subject: What begins the places of the changes.
        renamed: New names of named schemas by old ones.
    """

    def __init__(
        self, old: Document, new: Document, kind: Kind, side: Side, subject: str, renamed: Mapping[str, str]
    ) -> None:
        self._old = old
        self._new = new
        self._kind = kind
        self._side = side
        self._subject = subject
        self._renamed = renamed

    def compare(self, place: str, old: Any, new: Any) -> Iterator[Change]:
        """Yield what differs between *old* and *new*."""
        yield from self._compare(place, old, new, frozenset())

    def _compare(self, place: str, old: Any, new: Any, seen: frozenset[tuple[int, int]]) -> Iterator[Change]:
        names = _name_of(old), _name_of(new)
        if names[0] is not None and names[1] in (names[0], self._renamed.get(names[0])):
            return
        pair = id(self._old.resolve(old)), id(self._new.resolve(new))
        if pair in seen:
            return
        seen |= {pair}
        before, after = self._old.merged(old), self._new.merged(new)
        variants = _variants(before), _variants(after)
        if bool(variants[0]) != bool(variants[1]) and self._is_kept(old, new, *variants):
            yield from self._widened(place, old, new, *variants)
            return
        yield from self._facts(place, before, after)
        yield from self._enum(place, before, after)
        yield from self._properties(place, before, after, seen)
        yield from self._items(place, before, after, seen)
        yield from self._free_form(place, before, after, seen)
        yield from self._members(place, *variants, seen)
        yield from self._discriminator(place, before, after)

    def _change(self, place: str, what: str, breaking: bool) -> Change:
        return Change(self._kind, self._subject, place, what, breaking)

    def _facts(self, place: str, old: _Object, new: _Object) -> Iterator[Change]:
        before, after = _type_of(old), _type_of(new)
        if before != after:
            what = f"was {before or 'of any type'}, and is {after or 'of any type'}"
            yield self._change(place, what, self._breaks_type(old, new))
        if bool(old.get("nullable")) != bool(new.get("nullable")):
            is_nullable = bool(new.get("nullable"))
            breaking = self._side.is_read if is_nullable else self._side.is_sent
            yield self._change(place, f"may {'' if is_nullable else 'not '}be null now", breaking)
        if old.get("default") != new.get("default"):
            yield self._change(place, f"the default was {old.get('default')!r}, and is {new.get('default')!r}", False)
        for name, shown in _FLAGS.items():
            if bool(old.get(name)) != bool(new.get(name)):
                breaking = name == "readOnly" and bool(new.get(name)) and self._side.is_sent
                yield self._change(place, f"is {shown if new.get(name) else f'not {shown} any more'}", breaking)
        for limit in _LIMITS:
            if old.get(limit) != new.get(limit):
                what = f"{limit} was {old.get(limit)!r}, and is {new.get(limit)!r}"
                yield self._change(
                    place,
                    what,
                    self._side.is_sent and _is_tighter(limit, old.get(limit), new.get(limit)),
                )

    def _breaks_type(self, old: _Object, new: _Object) -> bool:
        # A document that says less than before loses nothing that a program could rely on being refused.
        before, after = old.get("type"), new.get("type")
        if before is None or after is None:
            return False
        if before == after:
            # That a text is secret changes how it is shown, and nothing on the wire.
            return "password" not in (old.get("format"), new.get("format"))
        if {before, after} == {"integer", "number"}:
            return self._side.is_sent if after == "integer" else self._side.is_read
        return True

    def _enum(self, place: str, old: _Object, new: _Object) -> Iterator[Change]:
        if "enum" not in old and "enum" not in new:
            return
        if "enum" not in old or "enum" not in new:
            is_new = "enum" in new
            what = f"is {'now' if is_new else 'no longer'} limited to certain values"
            yield self._change(place, what, self._side.is_sent if is_new else self._side.is_read)
            return
        for value in old["enum"]:
            if value not in new["enum"]:
                yield self._change(place, f"the value {value!r} was removed", self._side.is_sent)
        for value in new["enum"]:
            if value not in old["enum"]:
                yield self._change(place, f"the value {value!r} was added", False)

    def _properties(self, place: str, old: _Object, new: _Object, seen: frozenset[tuple[int, int]]) -> Iterator[Change]:
        before, after = object_of(old.get("properties")), object_of(new.get("properties"))
        needed_before, needed_after = set(old["required"]), set(new["required"])
        gone = {name: self._old.signature(before[name]) for name in before if name not in after}
        come = {name: self._new.signature(after[name]) for name in after if name not in before}
        renamed = renames(gone, come)
        for name, schema in before.items():
            inner, target = f"{place}.{name}", renamed.get(name, name)
            if name in renamed:
                yield self._change(inner, f"was renamed to {target}", True)
            elif name not in after:
                yield self._change(inner, "was removed", True)
                continue
            if (name in needed_before) != (target in needed_after):
                is_needed = target in needed_after
                breaking = self._side.is_sent if is_needed else self._side.is_read
                yield self._change(inner, f"is {'' if is_needed else 'not '}required now", breaking)
            yield from self._compare(inner, schema, after[target], seen)
        for name in after:
            if name not in before and name not in renamed.values():
                needed = name in needed_after
                what = f"was added{', and is required' if needed else ''}"
                yield self._change(f"{place}.{name}", what, needed and self._side.is_sent)

    def _items(self, place: str, old: _Object, new: _Object, seen: frozenset[tuple[int, int]]) -> Iterator[Change]:
        if "items" in old and "items" in new:
            yield from self._compare(f"{place}[]", old["items"], new["items"], seen)
        elif "array" in (old.get("type"), new.get("type")) and ("items" in old) != ("items" in new):
            is_new = "items" in new
            what = f"its items are {'of a certain type now' if is_new else 'of any type now'}"
            yield self._change(place, what, is_new and self._side.is_sent)

    def _free_form(self, place: str, old: _Object, new: _Object, seen: frozenset[tuple[int, int]]) -> Iterator[Change]:
        before, after = old.get("additionalProperties", True), new.get("additionalProperties", True)
        if isinstance(before, dict) and isinstance(after, dict):
            yield from self._compare(f"{place}{{}}", before, after, seen)
        elif (before is False) != (after is False):
            what = f"takes {'no ' if after is False else ''}further properties now"
            yield self._change(place, what, after is False and self._side.is_sent)
        elif isinstance(before, dict) != isinstance(after, dict) and (before or after):
            of_type = isinstance(after, dict)
            what = f"its further properties are of {'a certain' if of_type else 'any'} type now"
            yield self._change(place, what, of_type and self._side.is_sent)

    def _is_kept(self, old: Any, new: Any, before: list[Any], after: list[Any]) -> bool:
        """Whether what was alone is one of several now, or the other way round."""
        if after:
            return self._old.signature(_bare(old)) in {self._new.signature(one) for one in after}
        return self._new.signature(_bare(new)) in {self._old.signature(one) for one in before}

    def _widened(self, place: str, old: Any, new: Any, before: list[Any], after: list[Any]) -> Iterator[Change]:
        alone = self._old.signature(_bare(old)) if after else self._new.signature(_bare(new))
        for index, one in enumerate(after):
            if self._new.signature(one) != alone:
                yield self._change(f"{place} {_member_name(one, index)}", "is possible, too", False)
        for index, one in enumerate(before):
            if self._old.signature(one) != alone:
                yield self._change(f"{place} {_member_name(one, index)}", "was removed", self._side.is_sent)

    def _members(
        self, place: str, old: list[Any], new: list[Any], seen: frozenset[tuple[int, int]]
    ) -> Iterator[Change]:
        """Compare the members of two unions: those that mean the same first, then those of one name, then by place."""
        gone = {index: self._old.signature(one) for index, one in enumerate(old)}
        come = {index: self._new.signature(one) for index, one in enumerate(new)}
        for index, signature in list(gone.items()):
            same = next((other for other, found in come.items() if found == signature), None)
            if same is not None:
                del gone[index], come[same]
        names = {_member_name(new[other], other): other for other in come}
        for index in list(gone):
            name = _member_name(old[index], index)
            if name in names:
                yield from self._compare(f"{place} {name}", old[index], new[names[name]], seen)
                yield from self._entered(place, name, old[index], new[names[name]])
                del gone[index], come[names.pop(name)]
        for index in gone:
            yield self._change(f"{place} {_member_name(old[index], index)}", "was removed", self._side.is_sent)
        for index in come:
            yield self._change(f"{place} {_member_name(new[index], index)}", "was added", False)

    def _entered(self, place: str, name: str, old: Any, new: Any) -> Iterator[Change]:
        """Say that a member is another if it has a name in one document only, and means something else."""
        if (_name_of(old) is None) != (_name_of(new) is None):
            yield self._change(f"{place} {name}", "means something else now", self._side.is_sent)

    def _discriminator(self, place: str, old: _Object, new: _Object) -> Iterator[Change]:
        before, after = object_of(old.get("discriminator")), object_of(new.get("discriminator"))
        if before.get("propertyName") != after.get("propertyName"):
            names = [found.get("propertyName") or "nothing" for found in (after, before)]
            what = f"is told apart by {names[0]}, and was by {names[1]}"
            yield self._change(place, what, bool(before))
        elif before.get("mapping") != after.get("mapping"):
            yield self._change(place, "the values that tell it apart changed", self._side.is_sent)


def schema_sides(*documents: Document) -> dict[str, Side]:
    """Return for each named schema that operations of any of the documents use which way it travels."""
    sent: set[str] = set()
    read: set[str] = set()
    for document in documents:
        for _, _, operation in document.operations():
            _collect(document, [operation["parameters"], operation.get("requestBody", {})], sent)
            _collect(document, operation.get("responses", {}), read)
    return {
        name: Side.BOTH if name in sent and name in read else Side.REQUEST if name in sent else Side.RESPONSE
        for name in sent | read
    }


def _collect(document: Document, item: Any, names: set[str]) -> None:
    """Add the named schemas that *item* leads to."""
    waiting, seen = [item], set()
    while waiting:
        node = waiting.pop()
        reference = object_of(node).get("$ref")
        if isinstance(reference, str):
            if reference in seen:
                continue
            seen.add(reference)
            name = _name_of(node)
            if name is not None:
                names.add(name)
            node = document.resolve(node)
        waiting += node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()


def _name_of(schema: Any) -> str | None:
    reference = object_of(schema).get("$ref")
    return reference.removeprefix(SCHEMAS) if isinstance(reference, str) and reference.startswith(SCHEMAS) else None


def _type_of(schema: _Object) -> str | None:
    """Return type and format in one."""
    kind = schema.get("type")
    return f"{kind} ({schema['format']})" if kind is not None and schema.get("format") else kind


def _is_tighter(limit: str, old: Any, new: Any) -> bool:
    """Whether a limit leaves less than before; where that cannot be told, it may."""
    if new is None or new is False:
        return False
    numbers = isinstance(old, int | float) and isinstance(new, int | float) and limit != "multipleOf"
    if not numbers or isinstance(new, bool):
        return True
    return bool(new > old if limit.startswith("min") else new < old)


def _variants(schema: _Object) -> list[Any]:
    return [one for key in ("oneOf", "anyOf") for one in items_of(schema.get(key)) if isinstance(one, dict)]


def _bare(schema: Any) -> Any:
    """Return a schema, or what it refers to by an ``allOf`` that says something about the place beside it."""
    members = items_of(object_of(schema).get("allOf"))
    return members[0] if len(members) == 1 and set(schema) <= {"allOf", "description", "nullable"} else schema


def _member_name(schema: Any, index: int) -> str:
    schema = object_of(schema)
    name = _name_of(schema) or schema.get("title") or schema.get("type")
    return name if isinstance(name, str) else f"number {index + 1}"
