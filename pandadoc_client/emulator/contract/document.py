"""The contract as data: its operations, with whatever they refer to in reach."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

__all__ = ["Contract", "ContractOperation", "load_contract"]

_METHODS = ("get", "put", "post", "delete", "patch")
_DATA = Path(__file__).with_name("contract.json")


@dataclass(frozen=True, slots=True)
class ContractOperation:
    """One operation of the contract.

    Attributes:
        operation_id: Its name, such as `listDocuments`.
        method: In upper case.
        path: Its path template, without a query string.
        markers: Query parameters that its path demands, such as `upload`: they tell it apart from its neighbours.
        key: The path as the contract has it, with its query string.
        secured: Whether it asks for a credential.
        definition: Its operation object.
        media_types: The types that its body may have; empty for one without a body.
        query: The names of its query parameters, `markers` among them.
    """

    operation_id: str
    method: str
    path: str
    markers: frozenset[str]
    key: str
    secured: bool
    definition: Mapping[str, Any]
    media_types: frozenset[str]
    query: frozenset[str]


@dataclass(frozen=True, slots=True)
class Contract:
    """An OpenAPI 3.0 document and its operations.

    Attributes:
        document: The document.
        operations: Its operations, by `operationId`.
    """

    document: dict[str, Any]
    operations: Mapping[str, ContractOperation]

    def find(self, name: str) -> ContractOperation:
        """Return an operation by its `operationId`, written as there, as in Python or as on the command line.

        So `listDocuments`, `list_documents` and `list-documents` are the same.

        Raises:
            ValueError: there is no such operation; the message has names that are near.
        """
        if not isinstance(name, str):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise ValueError(f"operation is a name, as text, and no {type(name).__name__}")
        wanted = _plain(name)
        for operation in self.operations.values():
            if _plain(operation.operation_id) == wanted:
                return operation
        known = {_plain(operation_id): operation_id for operation_id in self.operations}
        near = [known[plain] for plain in get_close_matches(wanted, known)]
        hint = f"; near: {', '.join(near)}" if near else ""
        raise ValueError(f"the contract has no operation {name!r}{hint}")

    def resolve(self, node: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return what *node* refers to, or itself if it is no reference."""
        while "$ref" in node:
            target: Any = self.document
            for step in node["$ref"].removeprefix("#/").split("/"):
                target = target[step.replace("~1", "/").replace("~0", "~")]
            node = target
        return node

    def response(self, operation: ContractOperation, status: int | str) -> Mapping[str, Any] | None:
        """Return the response object of *operation* for *status*; None where the contract has none."""
        found = operation.definition["responses"].get(str(status))
        return None if found is None else self.resolve(found)

    def schema(self, operation: ContractOperation, status: int | str) -> Mapping[str, Any] | None:
        """Return the schema of the JSON response of *operation* for *status*, or None."""
        response = self.response(operation, status) or {}
        schema = response.get("content", {}).get("application/json", {}).get("schema")
        return None if schema is None else self.resolve(schema)


@cache
def load_contract() -> Contract:
    """Return the contract of this package; it is read once and shared by all emulators of the process."""
    return _contract(json.loads(_DATA.read_bytes()))


def _contract(document: dict[str, Any]) -> Contract:
    contract = Contract(document, operations := {})
    for key, item in document["paths"].items():
        path, _, query = key.partition("?")
        for method in _METHODS:
            if method in item:
                definition = item[method]
                secured = bool(definition.get("security", document.get("security", [])))
                markers = frozenset(name for name, _ in parse_qsl(query, keep_blank_values=True))
                operation_id = definition["operationId"]
                parameters = map(contract.resolve, (*item.get("parameters", ()), *definition.get("parameters", ())))
                operations[operation_id] = ContractOperation(
                    operation_id,
                    method.upper(),
                    path,
                    markers,
                    key,
                    secured,
                    definition,
                    frozenset(contract.resolve(definition.get("requestBody", {})).get("content", ())),
                    markers | {parameter["name"] for parameter in parameters if parameter["in"] == "query"},
                )
    return contract


def _plain(name: str) -> str:
    return name.replace("_", "").replace("-", "").lower()
