"""Name every schema that makes a class, and let the places where they stood refer to them.

openapi-python-client names the class of an inline schema by its ``title``, or by the place, and drops what uses it if
another class has that name. Here each gets a free name: that of its title, else its parent's and its field's, as the
vendor's SDK has it. Objects without fields make no class: they are marked as plain dictionaries.
"""

from __future__ import annotations

import json
import re
from typing import Any

from openapi_python_client.strings import pascal_case

from ..document import SCHEMAS, Slot, contents, operations, parameters, schemas
from ..naming import Names, class_name

__all__ = ["MAP", "PART_OF", "named_schemas"]

MAP = "x-plain-dictionary"
PART_OF = "x-part-of"
"""The named schema that one stood in: their classes share a module."""
_ABOUT_THE_PLACE = ("nullable", "readOnly", "writeOnly", "deprecated")


def named_schemas(document: dict[str, Any]) -> list[str]:
    """Move inline objects and enumerations to the named schemas."""
    return _Namer(document).run()


class _Namer:
    def __init__(self, document: dict[str, Any]) -> None:
        self.document = document
        self.named: dict[str, Any] = document.setdefault("components", {}).setdefault("schemas", {})
        self.names = Names(self.named)
        self.made: dict[str, str] = {}  # what a name was given to, before anything in it moved
        self.root: str | None = None  # the named schema that we are in
        self.changes: list[str] = []

    def run(self) -> list[str]:
        for name in list(self.named):
            self.root = name
            self.inside(Slot(self.named, name, f"components/schemas/{name}"), class_name(name))
        self.root = None
        for slot in parameters(self.document):
            owner = slot.place.partition("/parameters")[0]
            if "schema" in slot.value:
                name = pascal_case(f"{self.operation_of(owner)}_{slot.value['name']}")
                self.visit(Slot(slot.value, "schema", slot.place), name)
        for answers in (False, True):
            for slot in contents(self.document, answers=answers):
                for kind, media in slot.value.items():
                    if "schema" in media:
                        self.visit(Slot(media, "schema", f"{slot.place}/{kind}"), self.name_of(slot, answers))
        for slot in schemas(self.document):
            slot.value.pop("title", None)
        return self.changes

    def operation_of(self, place: str) -> str:
        """Return what names begin with in an operation, or elsewhere."""
        for path, method, operation in operations(self.document):
            if place == f"{method.upper()} {path}":
                return pascal_case(operation["operationId"])
        return pascal_case(" ".join(re.findall(r"[A-Za-z0-9]+", place.removeprefix("components"))))

    def name_of(self, slot: Slot, answers: bool) -> str:
        """Return the name of a body."""
        owner, _, last = slot.place.rpartition("/")
        if owner.startswith("components/"):
            digits, rest = re.fullmatch(r"(\d*)(.*)", last, re.DOTALL).groups()  # type: ignore[union-attr]
            return f"{pascal_case(rest)}{'Response' if answers else 'Body'}{digits}"
        return f"{self.operation_of(owner)}{f'Response{last}' if answers else 'Body'}"

    def visit(self, slot: Slot, name: str) -> None:
        """Name the schema in *slot* if it makes a class, and what is inside it."""
        schema = slot.value
        if "$ref" in schema:
            return
        if not _makes_class(schema):
            if schema.get("type") == "object":
                self.map(slot, name)
            else:
                self.inside(slot, name)
            return
        content = {key: value for key, value in schema.items() if key not in _ABOUT_THE_PLACE}
        identity = json.dumps(content, sort_keys=True)
        title = class_name(str(schema.get("title", ""))) if re.search("[A-Za-z]", str(schema.get("title", ""))) else ""
        shared = next((known for known in (title, name) if known and self.made.get(known) == identity), None)
        chosen = shared or (title if title and self.names.is_free(title) else name)
        if shared is None:
            chosen = self.names.take(chosen)
            self.made[chosen] = identity
            self.named[chosen] = content
            root, self.root = self.root, self.root or chosen
            self.inside(Slot(self.named, chosen, slot.place), chosen)
            self.root = root
            if root is not None:
                content[PART_OF] = root
            self.changes.append(f"{slot.place}: {chosen}")
        _refer(slot, chosen)

    def map(self, slot: Slot, name: str) -> None:
        """Mark an object without fields; those whose values have the same type are one."""
        self.inside(slot, name)
        content = {"type": "object", MAP: True}
        if "additionalProperties" in slot.value:
            content["additionalProperties"] = slot.value["additionalProperties"] or True
        identity = json.dumps(content, sort_keys=True)
        if identity not in self.made:
            self.made[identity] = self.names.take(f"{name}Dictionary")
            self.named[self.made[identity]] = content
        _refer(slot, self.made[identity])

    def inside(self, slot: Slot, name: str) -> None:
        """Name what is inside a schema that has the name, or the beginning of one, *name*."""
        schema = slot.value
        schema.pop("title", None)
        for field in schema.get("properties", {}):
            child = Slot(schema["properties"], field, f"{slot.place}/{field}")
            self.visit(child, name + (pascal_case(field) or "Field"))
        if "items" in schema:
            self.visit(Slot(schema, "items", f"{slot.place}/items"), name)
        if isinstance(schema.get("additionalProperties"), dict):
            place = f"{slot.place}/additionalProperties"
            self.visit(Slot(schema, "additionalProperties", place), f"{name}Value")
        for index, member in enumerate(schema.get("allOf", ())):
            if "$ref" not in member:
                self.inside(Slot(schema["allOf"], index, f"{slot.place}/allOf/{index}"), name)
        for key in ("oneOf", "anyOf"):
            members = schema.get(key, [])
            alone = sum(_makes_class(member) for member in members) == 1 and not slot.place.startswith("components/")
            for index in range(len(members)):
                member = name if alone else f"{name}Variant{index + 1}"
                self.visit(Slot(members, index, f"{slot.place}/{key}/{index}"), member)


def _makes_class(schema: dict[str, Any]) -> bool:
    if "allOf" in schema:
        return len(schema["allOf"]) > 1 or "$ref" not in schema["allOf"][0] or "properties" in schema
    return "$ref" not in schema and bool(schema.get("properties") or schema.get("enum"))


def _refer(slot: Slot, name: str) -> None:
    """Put a reference in the place of a schema; whether it may be null there is a matter of the place."""
    reference = {"$ref": SCHEMAS + name}
    about = {key: slot.value[key] for key in _ABOUT_THE_PLACE if key in slot.value}
    if slot.value.get("description") and slot.holder is not None:
        about["description"] = slot.value["description"]
    slot.replace({"allOf": [reference], **about} if about else reference)
