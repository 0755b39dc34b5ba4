"""The operations of the API by their names, without importing what makes the calls.

The list comes from the contract in the package, which is read as data. What an operation takes, and what there is to
say about it, comes from its `Operation`, whose module is imported for the one operation that is asked for.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from attrs import field, frozen

if TYPE_CHECKING:
    from pandadoc_client._calls.operation import Operation, Parameter
    from pandadoc_client.pagination import Paging

__all__ = [
    "METHODS",
    "Described",
    "OperationEntry",
    "contract",
    "describe",
    "entries",
    "fields_of",
    "find",
    "find_request",
    "kinds_of_fields",
    "option_of",
    "resolved",
    "resource_of",
    "wire_schemas",
]

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
"""The HTTP methods that the API has."""


@frozen
class OperationEntry:
    """An operation as the contract has it.

    Attributes:
        operation_id: Its name in the contract: ``listDocuments``.
        name: Its name on the command line: ``list-documents``.
        tag: The tag that it stands under.
        method: HTTP method.
        path: Path with its parameters in braces.
        facts: The operation object of the contract.
    """

    operation_id: str
    name: str
    tag: str
    method: str
    path: str
    facts: Mapping[str, Any] = field(repr=False, eq=False)

    @property
    def method_name(self) -> str:
        """Its name in Python: ``list_documents``."""
        return self.name.replace("-", "_")

    @property
    def resource(self) -> str:
        """The attribute of a ``PandaDoc`` that has it: ``documents``."""
        return re.sub(r"[^a-z0-9]+", "_", self.tag.lower()).strip("_")


@frozen
class Described:
    """An operation as its API class has it.

    Attributes:
        entry: The operation.
        operation: What it takes.
        paging: How its list is read; None if its response is no list.
    """

    entry: OperationEntry
    operation: Operation[Any]
    paging: Paging | None

    @property
    def items(self) -> str:
        """The field of its responses that holds the items of a list; empty for none."""
        return "" if self.paging is None else self.paging.items


@cache
def contract() -> Mapping[str, Any]:
    """Return the API's document as the package has it."""
    text = (files("pandadoc_client") / "emulator" / "contract" / "contract.json").read_text(encoding="utf-8")
    found: Mapping[str, Any] = json.loads(text)
    return found


@cache
def entries() -> tuple[OperationEntry, ...]:
    """Return all operations, in the order of the contract's tags."""
    found = [
        OperationEntry(facts["operationId"], _dashed(facts["operationId"]), facts["tags"][0], method, path, facts)
        for path, item in contract()["paths"].items()
        for method in METHODS
        if (facts := item.get(method.lower())) is not None
    ]
    order = {tag["name"]: number for number, tag in enumerate(contract()["tags"])}
    return tuple(sorted(found, key=lambda entry: order.get(entry.tag, len(order))))


def find(name: str) -> OperationEntry | None:
    """Return the operation of a name: ``list-documents``, ``list_documents`` or ``listDocuments``.

    What a ``PandaDoc`` has it under may stand before it, as in ``documents.list_documents``.
    """
    resource, dot, own = name.rpartition(".")
    entry = _by_letters().get(_letters(own))
    if entry is not None and dot and _letters(resource) != _letters(entry.resource):
        return None
    return entry


def find_request(method: str, path: str) -> OperationEntry | None:
    """Return the operation of an HTTP method and the path of a URL; None for one that the contract does not have."""
    steps = path.rstrip("/").split("/")

    def fits(entry: OperationEntry) -> bool:
        own = entry.path.rstrip("/").split("/")
        return entry.method == method and len(own) == len(steps) and all(map(_fits, own, steps))

    # A name in the path wins over a parameter: /documents/folders is no document.
    return min(filter(fits, entries()), key=lambda entry: entry.path.count("{"), default=None)


def _fits(own: str, step: str) -> bool:
    return own == step or (own.startswith("{") and bool(step))


@cache
def _by_letters() -> Mapping[str, OperationEntry]:
    return {_letters(entry.name): entry for entry in entries()}


def _letters(name: str) -> str:
    return name.lower().replace("-", "").replace("_", "")


def _dashed(operation_id: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "-", operation_id).lower().replace("_", "-")


def resource_of(resources: Any, entry: OperationEntry) -> Any:
    """Return the API class of an operation, as the attribute of a ``PandaDoc`` or its like."""
    return getattr(resources, entry.resource)


def describe(entry: OperationEntry) -> Described:
    """Return what an operation takes and means; imports the module of its API class."""
    from pandadoc_client.api_client import ApiClient
    from pandadoc_client.apis.resources import Resources

    kind = type(resource_of(Resources(ApiClient()), entry))
    module = vars(sys.modules[kind.__module__])
    constant = f"_{entry.method_name.upper()}"
    return Described(entry, module[constant], module.get(f"{constant}_PAGES"))


def wire_schemas(entry: OperationEntry) -> dict[str, Mapping[str, Any]]:
    """Return the schemas of the parameters of an operation, references resolved, by their names on the wire."""
    shared = contract()["paths"][entry.path].get("parameters", ())
    parameters = (resolved(parameter) for parameter in (*shared, *entry.facts.get("parameters", ())))
    return {parameter["name"]: resolved(parameter.get("schema", {})) for parameter in parameters}


def fields_of(entry: OperationEntry, name: str = "") -> list[str]:
    """Return the fields of the JSON object that an operation takes, those that it must have marked with a star.

    Args:
        entry: The operation.
        name: A field of its form; empty for its body.
    """
    found: dict[str, str] = {}
    for option in _objects(entry, name):
        required = option.get("required", ())
        for key in option.get("properties", {}):
            found.setdefault(key, f"{key}*" if key in required else key)
    return list(found.values())


def kinds_of_fields(entry: OperationEntry, name: str = "") -> dict[str, set[str]]:
    """Return the JSON types of the fields of the object that an operation takes; `fields_of` describes the arguments.

    A field that the contract does not know has none, one that it describes in another way an empty set.
    """
    found: dict[str, set[str]] = {}
    for option in _objects(entry, name):
        for key, schema in option.get("properties", {}).items():
            kinds = found.setdefault(key, set())
            for inner in _options(schema, within_items=False):
                kind = inner.get("type", [])
                kinds.update([kind] if isinstance(kind, str) else kind)
    return found


def _objects(entry: OperationEntry, name: str) -> Iterator[Mapping[str, Any]]:
    """Yield the objects that an operation takes as its body, or as a field of its form."""
    for kind in resolved(entry.facts.get("requestBody", {})).get("content", {}).values():
        schema = resolved(kind.get("schema", {}))
        yield from _options(schema.get("properties", {}).get(name, {}) if name else schema)


def _options(schema: Mapping[str, Any], *, within_items: bool = True) -> Iterable[Mapping[str, Any]]:
    """Yield what a schema allows, or is put together from; of an array that is its items, if they are wanted."""
    schema = resolved(schema)
    if within_items and "items" in schema:
        schema = resolved(schema["items"])
    yield schema
    for word in ("allOf", "anyOf", "oneOf"):
        for option in schema.get(word, ()):
            yield from _options(option, within_items=within_items)


def resolved(node: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the part of the contract that *node* refers to, or itself."""
    while "$ref" in node:
        target: Any = contract()
        for step in node["$ref"].removeprefix("#/").split("/"):
            target = target[step.replace("~1", "/").replace("~0", "~")]
        node = target
    return node


def option_of(parameter: Parameter) -> str:
    """Return the option that a parameter of an operation is given by: ``--status-ne``."""
    return "--body" if parameter.location == "body" else f"--{re.sub('_+', '-', parameter.name)}"
