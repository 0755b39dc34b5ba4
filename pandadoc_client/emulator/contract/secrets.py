"""Which names stand for secrets: those to which the contract gives the format `password`."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from functools import cache
from typing import Any

from .document import Contract, load_contract
from .media import URLENCODED

__all__ = ["MASK", "mask_values", "secret_names", "secret_names_of", "secret_parameters"]

MASK = "***"
"""What stands in the place of a secret."""
_NO_CONTRACT_HAS_THEM = frozenset({"api_key", "password", "secret"})
_VALUES = ("example", "examples", "default", "enum")  # what is no schema


@cache
def secret_names() -> frozenset[str]:
    """Return the names that are secret wherever they stand in JSON; `key`, which is not, is left to its operation."""
    kinds: dict[str, set[bool]] = {}
    contract = load_contract()
    for name, schema in _fields(contract.document):
        kinds.setdefault(name, set()).add(contract.resolve(schema).get("format") == "password")
    return frozenset(name for name, found in kinds.items() if found == {True}) | _NO_CONTRACT_HAS_THEM


@cache
def secret_parameters() -> frozenset[str]:
    """Return the names that are secret in a query or in a form, `code` for one."""
    contract = load_contract()
    found = set(secret_names())
    for operation in contract.operations.values():
        body = contract.resolve(operation.definition.get("requestBody", {}))
        form = body.get("content", {}).get(URLENCODED, {}).get("schema", {})
        found |= {
            name
            for name, schema in _fields(dict(_whole(contract, form)))
            if contract.resolve(schema).get("format") == "password"
        }
    return frozenset(found)


@cache
def secret_names_of(operation_id: str) -> frozenset[str]:
    """Return the names that are secret in an operation's JSON and forms: `secret_names`, and its own, such as `key`."""
    contract = load_contract()
    seen: set[str] = set()

    def found(node: Any) -> Iterator[str]:
        if isinstance(node, list):
            for item in node:
                yield from found(item)
        elif isinstance(node, dict):
            reference = node.get("$ref")
            if isinstance(reference, str):
                if reference not in seen:
                    seen.add(reference)
                    yield from found(contract.resolve(node))
                return
            properties = node.get("properties")
            if isinstance(properties, dict):
                schemas = ((name, contract.resolve(schema)) for name, schema in properties.items())
                yield from (name for name, schema in schemas if schema.get("format") == "password")
            for key, item in node.items():
                if key not in _VALUES:
                    yield from found(item)

    return frozenset(found(contract.operations[operation_id].definition)) | secret_names()


def mask_values(value: Any, names: Collection[str] | None = None) -> Any:
    """Return decoded JSON without its secrets: the values of `names`, or of `secret_names`."""
    names = secret_names() if names is None else names
    if isinstance(value, dict):
        return {name: MASK if name in names and item else mask_values(item, names) for name, item in value.items()}
    return [mask_values(item, names) for item in value] if isinstance(value, list) else value


def _whole(contract: Contract, schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a schema with what its union is made of in place of references."""
    found = contract.resolve(schema)
    members = [contract.resolve(member) for key in ("oneOf", "anyOf", "allOf") for member in found.get(key, ())]
    return {**found, "allOf": members}


def _fields(node: Any) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield name and schema of every property within *node*."""
    if isinstance(node, list):
        for item in node:
            yield from _fields(item)
    elif isinstance(node, dict):
        properties = node.get("properties")
        if isinstance(properties, dict):
            yield from ((name, schema) for name, schema in properties.items() if isinstance(schema, dict))
        for key, item in node.items():
            if key not in _VALUES:
                yield from _fields(item)
