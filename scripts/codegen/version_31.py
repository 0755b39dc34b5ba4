"""OpenAPI 3.1 read as OpenAPI 3.0: what comes after has one way of saying that a value may be null.

3.1 takes its schemas from JSON Schema 2020-12. What 3.0 has no word for only widens what is accepted, and goes.
"""

from __future__ import annotations

from typing import Any

__all__ = ["as_version_30"]

_UNKNOWN = (
    "$anchor", "$comment", "$defs", "$dynamicAnchor", "$dynamicRef", "$id", "$schema", "$vocabulary", "contains",
    "contentEncoding", "contentMediaType", "contentSchema", "dependentRequired", "dependentSchemas", "else", "if",
    "maxContains", "minContains", "patternProperties", "prefixItems", "propertyNames", "then", "unevaluatedItems",
    "unevaluatedProperties",
)  # fmt: skip
_SCHEMAS = ("items", "additionalProperties", "not")
_LISTS = ("allOf", "anyOf", "oneOf")


def as_version_30(document: dict[str, Any]) -> list[str]:
    """Rewrite a document of version 3.1 in place; return a line if there was something to do."""
    version = document.get("openapi")
    if not isinstance(version, str) or not version.startswith("3.1."):
        return []
    document["openapi"] = "3.0.3"
    for name in ("webhooks", "jsonSchemaDialect"):
        document.pop(name, None)
    document.setdefault("paths", {})
    if isinstance(document.get("info"), dict):
        document["info"].pop("summary", None)
        if isinstance(document["info"].get("license"), dict):
            document["info"]["license"].pop("identifier", None)
    _hoist_definitions(document)
    _walk(document)
    if isinstance(document.get("components"), dict):
        document["components"].pop("pathItems", None)
    return [f"OpenAPI {version} read as {document['openapi']}"]


def _walk(node: Any) -> None:
    """Rewrite the schemas in *node*, which is none itself."""
    for key, child in list(node.items()) if isinstance(node, dict) else ():
        if key == "schema" and isinstance(child, dict | bool):
            node[key] = _schema(child)
        elif key == "schemas" and isinstance(child, dict):
            node[key] = {name: _schema(schema) for name, schema in child.items()}
        elif key not in ("example", "examples"):
            _walk(child)
    for child in node if isinstance(node, list) else ():
        _walk(child)


def _schema(schema: Any) -> Any:
    if isinstance(schema, bool):
        return {} if schema else {"not": {}}
    if not isinstance(schema, dict):
        return schema
    made = {key: value for key, value in schema.items() if key not in _UNKNOWN}
    if schema.get("contentEncoding") == "base64" and "format" not in made:
        made["format"] = "byte"
    elif "contentMediaType" in schema and "format" not in made:
        made["format"] = "binary"
    _children(made)
    _examples(made)
    if "const" in made:
        value = made.pop("const")
        made = {**made, "nullable": True} if value is None else {**made, "enum": [value]}
    _limits(made)
    _types(made)
    return _unions(made)


def _children(made: dict[str, Any]) -> None:
    for key in _SCHEMAS:
        if key in made and not (key == "additionalProperties" and isinstance(made[key], bool)):
            made[key] = _schema(made[key])
    for key in _LISTS:
        if isinstance(made.get(key), list):
            made[key] = [_schema(member) for member in made[key]]
    if isinstance(made.get("properties"), dict):
        made["properties"] = {name: _schema(child) for name, child in made["properties"].items()}


def _examples(made: dict[str, Any]) -> None:
    examples = made.pop("examples", None)
    if isinstance(examples, list) and examples and "example" not in made:
        made["example"] = examples[0]


def _limits(made: dict[str, Any]) -> None:
    """An exclusive limit is a number of its own there, and says here that the other one is exclusive."""
    for exclusive, limit in (("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")):
        value = made.get(exclusive)
        if isinstance(value, int | float) and not isinstance(value, bool):
            made[limit], made[exclusive] = value, True


def _types(made: dict[str, Any]) -> None:
    kinds = made.get("type")
    if kinds == "null":
        kinds = ["null"]
    if not isinstance(kinds, list):
        return
    others = [kind for kind in kinds if kind != "null"]
    if "null" in kinds:
        made["nullable"] = True
        if isinstance(made.get("enum"), list):  # the value that stands for itself there is a matter of nullable here
            made["enum"] = [value for value in made["enum"] if value is not None]
    del made["type"]
    if len(others) == 1:
        made["type"] = others[0]
    elif others:
        made["anyOf"] = [_of_type(made, kind) for kind in others]
        for key in ("items", "properties", "required", "format", "enum"):
            made.pop(key, None)


def _of_type(made: dict[str, Any], kind: str) -> dict[str, Any]:
    """Return the member of a union for one of several types, with what is said about that type."""
    own = {"array": ("items",), "object": ("properties", "required"), "string": ("format",)}.get(kind, ())
    member = {"type": kind, **{key: made[key] for key in own if key in made}}
    return member if kind != "array" else {"items": {}, **member}


def _unions(made: dict[str, Any]) -> dict[str, Any]:
    """A member of a union that is null says that the whole may be."""
    for key in ("anyOf", "oneOf"):
        members = made.get(key)
        if not isinstance(members, list):
            continue
        others = [member for member in members if not _is_null(member)]
        if len(others) == len(members):
            continue
        made["nullable"] = True
        made.pop(key)
        if len(others) == 1 and "$ref" in others[0]:
            made["allOf"] = [*made.get("allOf", []), *others]
        elif len(others) == 1:
            made = {**others[0], **made}
        elif others:
            made[key] = others
    return made


def _is_null(member: Any) -> bool:
    return isinstance(member, dict) and bool(member.get("nullable")) and not set(member) - {"nullable", "description"}


def _hoist_definitions(document: dict[str, Any]) -> None:
    """Move the ``$defs`` of named schemas to the named schemas, with the references to them."""
    components = document.get("components")
    schemas: Any = components.get("schemas") if isinstance(components, dict) else None
    for name, schema in list(schemas.items()) if isinstance(schemas, dict) else ():
        definitions = schema.get("$defs") if isinstance(schema, dict) else None
        for key, definition in definitions.items() if isinstance(definitions, dict) else ():
            moved = f"{name}{key}"
            while moved in schemas:
                moved += "Definition"
            schemas[moved] = definition
            _rename(document, f"#/components/schemas/{name}/$defs/{key}", f"#/components/schemas/{moved}")


def _rename(node: Any, old: str, new: str) -> None:
    if isinstance(node, dict):
        if node.get("$ref") == old:
            node["$ref"] = new
        for child in node.values():
            _rename(child, old, new)
    for child in node if isinstance(node, list) else ():
        _rename(child, old, new)
