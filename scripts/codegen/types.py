"""What templates ask of openapi-python-client's properties: their types, their decoders and what these import."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

from openapi_python_client.parser import GeneratorData
from openapi_python_client.parser.properties import ModelProperty
from openapi_python_client.parser.properties.list_property import ListProperty
from openapi_python_client.parser.properties.union import UnionProperty
from openapi_python_client.strings import PythonIdentifier

from .document import operations, parameters_of, resolve, schemas, unions
from .naming import class_name
from .repair.named_schemas import MAP

__all__ = ["Types", "is_map", "union_of"]

_SIMPLE = {
    "date_property.py.jinja": "_decode_date",
    "datetime_property.py.jinja": "_decode_datetime",
    "uuid_property.py.jinja": "_decode_uuid",
}
_DELIMITERS = {"spaceDelimited": " ", "pipeDelimited": "|"}


class Types:
    """The types of one document.

    Objects without fields are dictionaries here; openapi-python-client has a class for each of them.
    """

    def __init__(self, document: dict[str, Any], data: GeneratorData) -> None:
        maps = filter(is_map, data.models)
        self._values = {str(model.class_info.name): model.additional_properties for model in maps}
        self._choices = dict(_discriminators(document))
        self._delimiters = dict(_delimiters(document))

    def annotation(self, prop: Any, no_optional: bool = False) -> str:
        """Return a property's type as a type checker reads it."""
        code = prop.get_type_string(no_optional=no_optional).as_unembedded_code()
        return union_of([re.sub(r"\b[A-Z]\w*", lambda match: self._without_class(match.group()), code)])

    def _without_class(self, name: str) -> str:
        if name not in self._values:
            return name
        values = self._values[name]
        return f"dict[str, {self.annotation(values, True) if values is not None else 'Any'}]"

    def instance(self, prop: Any) -> str:
        """Return what ``isinstance`` tells a property's values by."""
        code: str = prop.get_instance_type_string().as_unembedded_code()
        return "dict" if code in self._values else code

    def imports(self, lines: Iterable[str] | None, own_module: str = "") -> list[str]:
        """Return import statements, those of a dictionary's values in the place of the dictionary's."""
        found: set[str] = set()
        for line in lines or ():
            name = line.split()[-1]
            prefix = line.split()[1].partition("models.")[0]
            if name not in self._values:
                found.add(line)
            elif (values := self._values[name]) is not None:
                inner = (*values.get_imports(prefix=prefix), *values.get_lazy_imports(prefix=prefix))
                found.update(self.imports(inner))
        return sorted(line for line in found if line.split()[1].rpartition(".")[2] != own_module)

    def decoder(self, prop: Any, direct: bool = False) -> str:
        """Return the expression of what decodes a property's JSON value; nothing for one that is read as it comes.

        In an endpoint module (*direct*) the models are imported; in a model they are loaded when first needed.
        """
        if isinstance(prop, ModelProperty):
            name = str(prop.class_info.name)
            if name not in self._values:
                return f"_ModelOf({f'lambda: {name}' if direct else f'_{prop.class_info.module_name}'})"
            inner = self.decoder(self._values[name], direct)
            return f"_dict_of({inner})" if inner else ""
        if isinstance(prop, ListProperty):
            inner = self.decoder(prop.inner_property, direct)
            return f"_list_of({inner})" if inner else ""
        if isinstance(prop, UnionProperty):
            return self._union_decoder(prop, direct)
        return _SIMPLE.get(getattr(prop, "template", ""), "")

    def _union_decoder(self, prop: UnionProperty, direct: bool) -> str:
        known: list[tuple[Any, str]] = [(member, self.decoder(member, direct)) for member in prop.inner_properties]
        found = [(member, code) for member, code in known if code]
        if len(found) < 2:
            return found[0][1] if found else ""
        classes = [str(member.class_info.name) if isinstance(member, ModelProperty) else "" for member, _ in found]
        by = self.choice(filter(None, classes), classes)
        return f"_one_of({', '.join(code for _, code in found)}{f', by={by}' if by else ''})"

    def choice(self, members: Iterable[str], order: list[str]) -> str:
        """Return how a discriminator tells *members* apart, as code: its field, and the positions in *order*."""
        field, values = self._choices.get(frozenset(members), ("", {}))
        chosen = {value: order.index(name) for value, name in values.items() if name in order}
        pairs = ", ".join(f"{json.dumps(value, ensure_ascii=False)}: {index}" for value, index in chosen.items())
        return f"({json.dumps(field, ensure_ascii=False)}, {{{pairs}}})" if chosen else ""

    def delimiter(self, endpoint: Any, parameter: Any) -> str:
        """Return what joins the items of an array in a query; nothing if each is sent by itself."""
        return self._delimiters.get(str(endpoint.name), {}).get(parameter.name.get_untrusted_value(), "")


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


def is_map(model: ModelProperty) -> bool:
    """Whether a model is a plain dictionary."""
    return MAP in (model.data.model_extra or {})


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
            named = resolve(document, {"$ref": f"#/components/schemas/{member}"}).get("properties", {}).get(field, {})
            only = resolve(document, named).get("enum", ())
            if len(only) == 1:
                values.setdefault(only[0], member)
        classes = {value: class_name(target) for value, target in values.items() if target in members}
        yield frozenset(map(class_name, members)), (field, classes)


def _delimiters(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield the name of every operation, and what joins its arrays."""
    for path, _, operation in operations(document):
        found = {}
        for parameter in parameters_of(document, path, operation):
            style = parameter.get("style", "form")
            if parameter["in"] == "query" and not parameter.get("explode", style == "form"):
                found[parameter["name"]] = _DELIMITERS.get(style, ",")
        yield str(PythonIdentifier(operation["operationId"], "field_")), found
