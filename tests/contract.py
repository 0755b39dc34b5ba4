"""The contract, and examples of its schemas."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml
from openapi_schema_validator import OAS30ReadValidator, oas30_format_checker
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT4

__all__ = ["CONTRACT", "SCHEMAS", "answer_errors", "example", "resolved", "unknown_fields"]

CONTRACT: dict[str, Any] = yaml.load(
    (Path(__file__).parents[1] / "openapi.yaml").read_text(encoding="utf-8"),
    getattr(yaml, "CSafeLoader", yaml.SafeLoader),
)
SCHEMAS: dict[str, Any] = CONTRACT["components"]["schemas"]
_SCALARS = {"integer": 7, "number": 1.5, "boolean": True}
_TEXTS = {
    "date-time": "2026-01-02T03:04:05Z",
    "date": "2026-01-02",
    "uuid": "0b9a9e6e-9c0e-4c56-8d3b-3b7d7f6b8a01",
    "email": "ada.panda@example.com",
    "uri": "https://example.com/bamboo",
    "url": "https://example.com/bamboo",
}
_DEEP = 3


def example(schema: dict[str, Any], *, full: bool, depth: int = 0) -> Any:
    """Return a value of *schema*: with every field, down to some depth, or with the required ones alone."""
    if "$ref" in schema:
        return example(SCHEMAS[schema["$ref"].rpartition("/")[2]], full=full, depth=depth)
    if "enum" in schema:
        return schema["enum"][0]
    for key in ("oneOf", "anyOf"):
        if key in schema:
            return example(schema[key][0], full=full, depth=depth)
    if "allOf" in schema:
        parts = [example(part, full=full, depth=depth) for part in schema["allOf"]]
        objects = [part for part in parts if isinstance(part, dict)]
        return {key: value for part in objects for key, value in part.items()} if objects else parts[0]
    if schema.get("type") == "array":
        return [] if full and depth > _DEEP else [example(schema["items"], full=full, depth=depth + 1)]
    if schema.get("type") == "object" or "properties" in schema:
        fields = schema.get("properties", {})
        wanted = [name for name in schema.get("required", ()) if name in fields]
        if full:
            wanted = [] if depth > _DEEP else list(fields)
        return {name: example(fields[name], full=full, depth=depth + 1) for name in wanted}
    return _SCALARS.get(schema.get("type", ""), _TEXTS.get(schema.get("format", ""), "some text"))


def resolved(node: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return what *node* refers to, or itself."""
    while "$ref" in node:
        target: Any = CONTRACT
        for step in node["$ref"].removeprefix("#/").split("/"):
            target = target[step]
        node = target
    return node


_REGISTRY: Registry[Any] = Registry().with_resource(
    "contract.yaml", Resource.from_contents(CONTRACT, default_specification=DRAFT4)
)


def answer_errors(schema: Mapping[str, Any], value: Any) -> list[str]:
    """Return in which ways a response does not keep to *schema*, a part of the contract."""
    validator = OAS30ReadValidator(
        schema, _resolver=_REGISTRY.resolver("contract.yaml"), format_checker=oas30_format_checker
    )
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(value)]


def unknown_fields(schema: Mapping[str, Any], value: Any, place: str = "") -> list[str]:
    """Return the fields of *value* that its schema does not name, where it names any.

    A schema without `additionalProperties` allows all of them, so that an emulator with the name that a field had
    yesterday would pass.
    """
    found = resolved(schema)
    members = [part for key in ("allOf", "anyOf", "oneOf") for part in found.get(key, ())]
    if isinstance(value, list):
        items = [one["items"] for one in (found, *map(resolved, members)) if "items" in one]
        return [name for item in value for name in (unknown_fields(items[0], item, f"{place}[]") if items else ())]
    if not isinstance(value, dict):
        return []
    properties = _properties(found)
    free = found.get("additionalProperties")
    if not properties or free:
        return []
    result = []
    for name, child in value.items():
        if name not in properties:
            result.append(f"{place}.{name}")
            continue
        # Where several variants have a field, it has to be known to one of them.
        options: list[list[str]] = [unknown_fields(one, child, f"{place}.{name}") for one in properties[name]]
        result += sorted(options, key=len)[0]
    return result


def _properties(schema: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Return the schemas of each field, those of a union's members as well."""
    found: dict[str, list[Any]] = {name: [one] for name, one in schema.get("properties", {}).items()}
    for key in ("allOf", "anyOf", "oneOf"):
        for part in schema.get(key, ()):
            for name, schemas in _properties(resolved(part)).items():
                found.setdefault(name, []).extend(schemas)
    return found
