"""What openapi-core has to be told about the contract, or must not see of it."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from typing import Any, cast

from .document import Contract
from .media import FORM_DATA

__all__ = ["adapted"]


def adapted(contract: Contract) -> dict[str, Any]:
    """Return a copy of the contract's document for openapi-core."""
    document = deepcopy(contract.document)
    for node in _objects(document):
        _name_json_parts(node, contract)
        _drop_lax_discriminator(node, contract)
        # openapi-core warns of each use of a deprecated parameter, in the middle of a request.
        if "in" in node and node.get("deprecated") is True:
            del node["deprecated"]
        # Credentials are the emulator's own affair: openapi-core would look for an API key alone.
        if isinstance(node.get("security"), list):
            del node["security"]
    return document


def _name_json_parts(node: dict[str, Any], contract: Contract) -> None:
    """Say of each part of a form with files how it is written, where OpenAPI leaves it to be inferred.

    The part of an object is JSON (OpenAPI 3.0.3, Encoding Object); openapi-core infers so only for a schema whose type
    stands in it and not behind an `allOf`.
    """
    form = node.get(FORM_DATA)
    if isinstance(form, dict) and "schema" in form:
        for name, schema in contract.resolve(form["schema"]).get("properties", {}).items():
            if contract.resolve(schema).get("type", "object") == "object":
                cast("dict[str, Any]", form).setdefault("encoding", {})[name] = {"contentType": "application/json"}


def _drop_lax_discriminator(node: dict[str, Any], contract: Contract) -> None:
    """Let a union do without its discriminator where its members do not require it.

    A recipient without `type` is a person. openapi-core takes OpenAPI at its word, which wants the property required.
    """
    members = [contract.resolve(member) for key in ("oneOf", "anyOf") for member in _list(node.get(key))]
    name = node["discriminator"].get("propertyName") if isinstance(node.get("discriminator"), dict) else None
    if name and not all(name in member.get("required", ()) for member in members):
        del node["discriminator"]


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _objects(node: object) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        yield cast("dict[str, Any]", node)
        for value in cast("dict[str, Any]", node).values():
            yield from _objects(value)
    elif isinstance(node, list):
        for value in cast("list[object]", node):
            yield from _objects(value)
