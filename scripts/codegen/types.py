"""The types of a document in Python: for type checkers, for checks of arguments, and for what reads JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from .document import SCHEMAS, contents, members, resolve, schemas, unions
from .errors import GenerationError
from .naming import class_name
from .repair.former_names import REQUIRED

__all__ = ["Types", "union_of"]

_SCALARS = {"string": "str", "integer": "int", "number": "float", "boolean": "bool"}
_MOMENTS = {"date": "datetime.date", "date-time": "datetime.datetime"}
_NAMES = "x-enum-varnames"
"""What gives the values of an enumeration names, one each."""
_DECODERS = {"date": "_decode_date", "date-time": "_decode_datetime"}


class Types:
    """The types of a document's schemas, as code.

    Args:
        document: The document, repaired.
        models: Module of each named schema that has a class, by class.
        package: What the code calls the lazy package of the models.
    """

    def __init__(self, document: dict[str, Any], models: Mapping[str, str], package: str = "models") -> None:
        self._document = document
        self._models = models
        self._package = package
        self._choices = dict(_discriminators(document))
        self._sent = _within(document, answers=False)
        self._received = set(map(class_name, _within(document, answers=True) - self._sent))

    def within_models(self) -> Types:
        """Return the same for code of a model, where a field may have the name of the package."""
        return Types(self._document, self._models, "_models")

    def bodies(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """Yield the name of every model that is sent, and its schema: a dict may stand in its place."""
        for name in sorted(self._sent):
            schema = self._document["components"]["schemas"][name]
            if class_name(name) in self._models and "enum" not in schema and not members(schema):
                yield class_name(name), schema

    def schema(self, name: str) -> dict[str, Any]:
        """Return the schema of a class.

        Raises:
            GenerationError: It has no name in the document.
        """
        named = self._document["components"]["schemas"]
        found = next((schema for schema in named if class_name(schema) == name), None)
        if found is None:
            raise GenerationError(f"the class {name} is of no named schema", 1)
        schema: dict[str, Any] = named[found]
        return schema

    def model(self, schema: dict[str, Any]) -> str:
        """Return the class that a schema refers to, if it is one."""
        name = class_name(schema["$ref"].rpartition("/")[2]) if "$ref" in schema else ""
        return name if name in self._models else ""

    def is_secret(self, schema: dict[str, Any]) -> bool:
        """Whether nobody but the server may see a value."""
        return resolve(self._document, schema).get("format") == "password"

    def annotation(self, schema: dict[str, Any], *, given: bool = False) -> str:
        """Return the type of a schema as a type checker reads it: what a value reads as, or what may be *given*."""
        found = self._annotations(schema, given)
        return "Any" if "Any" in found else union_of(found)

    def field(self, name: str, schema: dict[str, Any], key: str) -> tuple[str, str]:
        """Return the descriptor of a field, with its types, and its default; nothing for one that must be given.

        Args:
            name: Name of the model.
            schema: The schema of the model.
            key: The field's name on the wire.
        """
        part = schema["properties"][key]
        read, given = self.annotation(part), self.annotation(part, given=True)
        if key not in schema.get("required", ()):
            if key in self.required(name, schema):
                return f"_Field[{union_of([read, 'None'])}, {given}]", ""
            return f"_OptionalField[{read}, {given}]", "UNSET"
        only = self._values(part)
        if len(only) == 1:  # nobody needs to write it
            return f"_Field[{read}, {given}]", json.dumps(only[0], ensure_ascii=False)
        if key in self.required(name, schema):
            return f"_Field[{read}, {given}]", ""
        return f"_Field[{read}, {union_of([given, 'Unset'])}]", "UNSET"

    def numbers(self, schema: dict[str, Any]) -> dict[str, int]:
        """Return what may be given for the numbers of an enumeration: their names, whole and without a prefix."""
        named = dict(zip(schema.get(_NAMES, ()), schema.get("enum", ()), strict=False))
        return {name.rpartition(".")[2]: number for name, number in named.items()} | named

    def named(self, schema: dict[str, Any]) -> dict[str, str]:
        """Return the enumerations with names for numbers, by fields of an object; that of the value itself is `""`."""
        fields = resolve(self._document, self._one(schema)).get("properties", {})
        found = {key: self._one(part) for key, part in {"": schema, **fields}.items()}
        return {
            key: self.model(part)
            for key, part in found.items()
            if self.model(part) and self.numbers(resolve(self._document, part))
        }

    def _one(self, schema: dict[str, Any]) -> dict[str, Any]:
        """Return the only part of a schema that has one, else the schema."""
        parts = members(schema)
        return parts[0] if len(parts) == 1 else schema

    def required(self, name: str, schema: dict[str, Any]) -> list[str]:
        """Return the fields that a model must be given, in the order in which it takes them by position.

        What is only received can be made as one likes: what is required of it says how it reads.
        """
        required: list[str] = schema.get(REQUIRED, [] if name in self._received else schema.get("required", []))
        return required

    def _values(self, schema: dict[str, Any]) -> list[Any]:
        """Return the values of an enumeration; none for anything else."""
        target = resolve(self._document, schema)
        parts = members(target)
        return self._values(parts[0]) if len(parts) == 1 else list(target.get("enum", ()))

    def _annotations(self, schema: dict[str, Any], given: bool) -> list[str]:
        target = resolve(self._document, schema)
        if name := self.model(schema):
            found = [f"{self._package}.{name}"]
            if given and "enum" in target:
                found.append(f"{self._package}.{name}.Value")
                if self.numbers(target):
                    found.append(f"{self._package}.{name}.Name")
            elif given:
                found += self._dicts(schema["$ref"].rpartition("/")[2], target)
        elif parts := members(target):
            found = [name for part in parts for name in self._annotations(part, given)]
        elif target.get("type") == "array":
            found = [f"{'Sequence' if given else 'list'}[{self.annotation(target.get('items', {}), given=given)}]"]
        elif target.get("type") == "object":
            values = target.get("additionalProperties")
            inner = self.annotation(values, given=given) if isinstance(values, dict) else "Any"
            found = [f"{'Mapping' if given else 'dict'}[str, {inner}]"]
        elif target.get("type") == "string" and target.get("format") in _MOMENTS:
            found = [_MOMENTS[target["format"]], *(["str"] if given else [])]  # a text is sent as it is
        elif target.get("type") == "string" and target.get("format") == "binary":
            found = ["FileArgument" if given else "IO[bytes]"]
        else:
            found = [_SCALARS.get(target.get("type", ""), "Any")]
            if given and found == ["float"]:
                found.append("Decimal")
        return [*found, "None"] if _is_nullable(schema, target) and "Any" not in found else found

    def _dicts(self, schema: str, target: dict[str, Any]) -> list[str]:
        """Return the types of the dicts that may stand for a model."""
        if schema not in self._sent:
            return ["Mapping[str, Any]"]
        types = "types" if self._package == "models" else "_types"
        return [name for part in members(target) for name in self._annotations(part, True)] or [
            f"{types}.{class_name(schema)}Dict"
        ]

    def given(self, schema: dict[str, Any]) -> list[str]:
        """Return what a value may be that is given for a schema, as the code of a vendor-style type."""
        target = resolve(self._document, schema)
        if self.model(schema) and "enum" not in target:
            found = [self._reference(schema), "dict"]
        elif parts := members(target):
            found = [kind for part in parts for kind in self.given(part)]
        elif target.get("type") == "array":
            found = [f"[{', '.join(self.given(target.get('items', {})))}]"]
        elif target.get("type") == "object":
            found = ["dict"]
        elif target.get("type") == "string":
            moment = _MOMENTS.get(target.get("format", ""))
            found = [moment, "str"] if moment else ["file_type" if target.get("format") == "binary" else "str"]
        else:
            found = [_SCALARS.get(target.get("type", ""), "object")]
        return list(dict.fromkeys([*found, "none_type"] if _is_nullable(schema, target) else found))

    def result(self, schema: dict[str, Any]) -> str:
        """Return what a response is decoded to, as the code of a vendor-style type."""
        target = resolve(self._document, schema)
        if self.model(schema) and "enum" not in target:
            return self._reference(schema)
        if parts := members(target):
            known = [part for part in parts if self.model(part)]
            if len(known) < 2:
                return self.result(known[0]) if known else self.result(parts[0]) if len(parts) == 1 else "object"
            names = [self.model(part) for part in known]
            by = self._choice(names, names)
            return f"OneOf({', '.join(map(self.result, known))}{f', by={by}' if by else ''})"
        if target.get("type") == "array":
            return f"[{self.result(target.get('items', {}))}]"
        if target.get("type") == "object":
            values = target.get("additionalProperties")
            return f"{{str: ({self.result(values)},)}}" if isinstance(values, dict) else "dict"
        if target.get("type") == "string":
            other = "file_type" if target.get("format") == "binary" else "str"
            return _MOMENTS.get(target.get("format", ""), other)
        return _SCALARS.get(target.get("type", ""), "object")

    def decoder(self, schema: dict[str, Any]) -> str:
        """Return the expression of what decodes the JSON value of a field; nothing for one that is read as it comes."""
        target = resolve(self._document, schema)
        if self.model(schema):
            kind = "EnumerationOf" if "enum" in target else "ModelOf"
            return f'_{kind}({self._package}, "{self.model(schema)}")'
        if parts := members(target):
            return self._union_decoder(parts)
        if target.get("type") == "array":
            inner = self.decoder(target.get("items", {}))
            return f"_list_of({inner})" if inner else ""
        if target.get("type") == "object":
            values = target.get("additionalProperties")
            inner = self.decoder(values) if isinstance(values, dict) else ""
            return f"_dict_of({inner})" if inner else ""
        return _DECODERS.get(target.get("format", ""), "") if target.get("type") == "string" else ""

    def _union_decoder(self, parts: Iterable[dict[str, Any]]) -> str:
        found = [(part, code) for part, code in ((part, self.decoder(part)) for part in parts) if code]
        if len(found) < 2:
            return found[0][1] if found else ""
        classes = [self.model(part) for part, _ in found]
        by = self._choice(filter(None, classes), classes)
        return f"_one_of({', '.join(code for _, code in found)}{f', by={by}' if by else ''})"

    def _choice(self, names: Iterable[str], order: list[str]) -> str:
        """Return how a discriminator tells models apart, as code: its field, and the positions in *order*."""
        field, values = self._choices.get(frozenset(names), ("", {}))
        chosen = {value: order.index(name) for value, name in values.items() if name in order}
        pairs = ", ".join(f"{json.dumps(value, ensure_ascii=False)}: {index}" for value, index in chosen.items())
        return f"({json.dumps(field, ensure_ascii=False)}, {{{pairs}}})" if chosen else ""

    def _reference(self, schema: dict[str, Any]) -> str:
        return f'ModelOf({self._package}, "{self.model(schema)}")'


def union_of(kinds: Iterable[str]) -> str:
    """Return the union of types that may be unions themselves, each member once and ``None`` at the end."""
    members = [member for kind in kinds for member in _members(kind)]
    return " | ".join(sorted(dict.fromkeys(members), key="None".__eq__)) or "None"


def _members(kind: str) -> Iterator[str]:
    """Yield the members of a union, whose brackets may hold others."""
    start = depth = 0
    for index, sign in enumerate(kind):
        depth += (sign == "[") - (sign == "]")
        if sign == "|" and depth == 0:
            yield kind[start:index].strip()
            start = index + 1
    yield kind[start:].strip()


def _within(document: dict[str, Any], *, answers: bool) -> set[str]:
    """Return the named schemas that stand in the body of a request, or of a response, or in one that does."""
    slots = [slot.value for slot in contents(document, answers=answers)]
    found: set[str] = set()
    while slots:
        for name in _referred(slots.pop()) - found:
            found.add(name)
            slots.append(document["components"]["schemas"][name])
    return found


def _referred(value: object) -> set[str]:
    """Return the named schemas that a part of a document refers to."""
    if isinstance(value, list):
        return {name for item in value for name in _referred(item)}
    if not isinstance(value, dict):
        return set()
    reference = value.get("$ref")
    own = {reference.rpartition("/")[2]} if isinstance(reference, str) and reference.startswith(SCHEMAS) else set()
    return own | {name for item in value.values() for name in _referred(item)}


def _is_nullable(schema: dict[str, Any], target: dict[str, Any]) -> bool:
    return bool(schema.get("nullable") or target.get("nullable"))


def _discriminators(document: dict[str, Any]) -> Iterator[tuple[frozenset[str], tuple[str, dict[str, str]]]]:
    """Yield the members of every union with a discriminator, its field, and the class of each value."""
    for slot in schemas(document):
        field = slot.value.get("discriminator", {}).get("propertyName")
        members = [member["$ref"].rpartition("/")[2] for member in unions(slot.value) if "$ref" in member]
        if not field or not members:
            continue
        mapping = slot.value["discriminator"].get("mapping") or {member: member for member in members}
        values = {value: target.rpartition("/")[2] for value, target in mapping.items()}
        for member in members:  # a member may name another value than the mapping does
            named = resolve(document, {"$ref": f"{SCHEMAS}{member}"}).get("properties", {}).get(field, {})
            only = resolve(document, named).get("enum", ())
            if len(only) == 1:
                values.setdefault(only[0], member)
        classes = {value: class_name(target) for value, target in values.items() if target in members}
        yield frozenset(map(class_name, members)), (field, classes)
