"""Write the modules that programs for the vendor's SDK import: ``api/``, ``apis/``, ``model/`` and ``models/``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from openapi_python_client import strings

from .document import operations, resolve
from .errors import GenerationError
from .names import api_class, api_module, argument_name, method_name, model_module
from .render import TEMPLATES
from .text import sentence, wrapped

__all__ = ["write_surface"]

_FORM_TYPES = ("application/x-www-form-urlencoded", "multipart/form-data")
_SCALARS = {"string": "str", "integer": "int", "number": "float", "boolean": "bool"}
_FORMATS = {"date": "date", "date-time": "datetime", "binary": "file_type"}
_ANNOTATIONS = {**_FORMATS, "binary": "IO[bytes]"}


@dataclass(frozen=True, kw_only=True)
class Argument:
    """An argument of an API method.

    Attributes:
        name: Its name in Python.
        wire: Its name on the wire.
        location: ``path``, ``query``, ``header``, ``form`` or ``body``.
        types: What a value may be at run time, as the code of a tuple.
        annotation: What a value may be, for a type checker.
        required: Whether it must be given.
        secret: Whether messages must mask it.
        collection: How an array goes into a query or a form: ``multi`` or ``csv``; empty for no array.
        description: A sentence about it.
    """

    name: str
    wire: str
    location: str
    types: str
    annotation: str
    required: bool
    secret: bool
    collection: str
    description: str


@dataclass(frozen=True, kw_only=True)
class Method:
    """A method of an API class; `Argument` describes its arguments."""

    name: str
    http_method: str
    path: str
    summary: str
    description: str
    arguments: tuple[Argument, ...]
    accept: tuple[str, ...]
    content_types: tuple[str, ...]
    auth: tuple[str, ...]
    result: str
    response_type: str
    token_request: bool

    @property
    def constant(self) -> str:
        """The name of the constant that describes the operation."""
        return f"_{self.name.upper()}"

    @property
    def type_name(self) -> str:
        """What the names of the types of its arguments begin with."""
        return "_" + "".join(word.capitalize() for word in self.name.split("_"))

    @property
    def required(self) -> tuple[Argument, ...]:
        """The arguments that may be given by position."""
        return tuple(argument for argument in self.arguments if argument.required)

    @property
    def optional(self) -> tuple[Argument, ...]:
        """The arguments that are given by name."""
        return tuple(argument for argument in self.arguments if not argument.required)


def write_surface(document: dict[str, Any], classes: Mapping[str, str], core: str, target: Path) -> None:
    """Write the surface of *document* into the folder *target*.

    Args:
        document: The document, repaired.
        classes: Module of each model in the core, by class.
        core: How the surface's packages import the core, such as ``.._generated``.
        target: Where the four packages go.

    Raises:
        GenerationError: Two operations or schemas would get the same name.
    """
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES / "surface"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # noqa: S701 (Python, not HTML)
    )
    filters: dict[str, Any] = environment.filters
    filters.update(literal=repr, sentence=sentence, wrapped=wrapped)

    def write(path: str, template: str, **values: Any) -> None:
        file = target / path
        if file.exists():
            raise GenerationError(f"two tags or schemas would be written to {path}")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(environment.get_template(template).render(**values), encoding="utf-8")

    models = _models(document, classes)
    tags = _tags(document, models)
    for tag, methods in tags.items():
        write(f"api/{api_module(tag)}.py", "api.py.jinja", tag=tag, name=api_class(tag), methods=methods, models=models)
    for name, module in models.items():
        source = f"{core}.models.{classes[name]}"
        write(f"model/{module}.py", "model.py.jinja", name=name, source=source)
    apis = {api_class(tag): f"..api.{api_module(tag)}" for tag in tags}
    apis |= {f"Async{name}": module for name, module in apis.items()}
    write("api/__init__.py", "package.py.jinja", text="The API classes, one module for each tag.", binds_errors=False)
    write(
        "model/__init__.py", "package.py.jinja", text="The models, one module for each.", binds_errors=True, core=core
    )
    write("apis/__init__.py", "lazy.py.jinja", text="All API classes", modules=apis)
    everything = {name: f"..model.{module}" for name, module in models.items()}
    write("models/__init__.py", "lazy.py.jinja", text="All models", modules=everything)


def _models(document: dict[str, Any], classes: Mapping[str, str]) -> dict[str, str]:
    """Return the module of every named schema that has a class, by class."""
    found = {}
    for schema in document.get("components", {}).get("schemas", {}):
        name = str(strings.ClassName(schema, "field_"))
        if name in ("ApiClient", "AsyncApiClient"):
            raise GenerationError(f"the schema {schema} has the name of a class that every API module imports")
        if name in classes:
            found[name] = model_module(schema)
    return found


def _tags(document: dict[str, Any], models: Mapping[str, str]) -> dict[str, list[Method]]:
    tags: dict[str, list[Method]] = {}
    for path, method, operation in operations(document):
        tag = (operation.get("tags") or ["default"])[0]
        made = _method(document, path, method, operation, models)
        methods = tags.setdefault(tag, [])
        if any(other.name == made.name for other in methods):
            raise GenerationError(f"{method.upper()} {path}: a second operation named {made.name}")
        methods.append(made)
    return tags


def _method(
    document: dict[str, Any], path: str, method: str, operation: dict[str, Any], models: Mapping[str, str]
) -> Method:
    arguments = [*_parameters(document, document["paths"][path], operation)]
    content: dict[str, Any] = {}
    if "requestBody" in operation:
        body = resolve(document, operation["requestBody"])
        content = body.get("content", {})
        arguments += _body(document, body, models)
    for index, argument in enumerate(arguments):
        if any(other.name == argument.name for other in arguments[:index]):
            raise GenerationError(f"{method.upper()} {path}: two parameters would have the name {argument.name}")
    results = _results(document, operation)
    fallback = operation.get("operationId") or f"{method} {path}"
    return Method(
        name=method_name(fallback),
        http_method=method.upper(),
        path=path,
        summary=sentence(operation.get("summary") or operation.get("description") or fallback).removesuffix("."),
        description=sentence(operation.get("description", "")),
        arguments=tuple(arguments),
        accept=tuple(dict.fromkeys(_accept(document, operation))),
        content_types=tuple(content),
        auth=tuple(dict.fromkeys(name for choice in operation.get("security", []) for name in choice)),
        result=_annotation(document, results[0], models, ("Any",)) if results else "None",
        response_type=f"({_response_type(document, results[0], models)},)" if results else "None",
        token_request=path in _token_paths(document),
    )


def _parameters(document: dict[str, Any], item: dict[str, Any], operation: dict[str, Any]) -> Iterator[Argument]:
    declared: dict[tuple[str, str], dict[str, Any]] = {}
    for reference in (*item.get("parameters", ()), *operation.get("parameters", ())):
        parameter = resolve(document, reference)
        declared[parameter["name"], parameter["in"]] = parameter
    for parameter in declared.values():
        if "content" in parameter or parameter.get("style") == "deepObject" or parameter["in"] == "cookie":
            raise GenerationError(f"the parameter {parameter['name']} is sent in a way that is not supported")
        schema = parameter.get("schema", {})
        explode = parameter.get("explode", parameter.get("style", "form") == "form")
        yield _argument(
            document,
            parameter["name"],
            parameter["in"],
            schema,
            required=parameter.get("required", False),
            description=parameter.get("description", ""),
            collection="multi" if explode else "csv",
        )


def _body(document: dict[str, Any], body: dict[str, Any], models: Mapping[str, str]) -> Iterator[Argument]:
    """Yield the argument of a body, or one for each field if the body is a form."""
    content = body.get("content", {})
    media_type = next((kind for kind in content if kind not in _FORM_TYPES), None)
    if media_type is not None:
        schema = content[media_type].get("schema", {})
        name = schema["$ref"].rpartition("/")[2] if "$ref" in schema else "body"
        annotation = _annotation(document, schema, models, ("Any",))
        yield Argument(
            name=argument_name(name),
            wire=argument_name(name),
            location="body",
            types=f"({annotation}, dict)" if annotation in models else "(dict, list, str)",
            annotation=f"{annotation} | dict[str, Any]",
            required=body.get("required", False),
            secret=False,
            collection="",
            description=sentence(body.get("description", "")),
        )
    for kind in _FORM_TYPES:
        if kind in content:
            yield from _fields(document, content[kind].get("schema", {}))


def _fields(document: dict[str, Any], schema: dict[str, Any]) -> Iterator[Argument]:
    """Yield one argument for each field of a form. Of a form with variants, a field is required if all require it."""
    resolved = resolve(document, schema)
    variants = [resolve(document, variant) for variant in resolved.get("oneOf", resolved.get("anyOf", [resolved]))]
    fields: dict[str, dict[str, Any]] = {}
    for variant in variants:
        for name, field in variant.get("properties", {}).items():
            fields.setdefault(name, field)
    for name, field in fields.items():
        # With variants the vendor's SDK has every field optional: which grant it is shows at run time only.
        required = len(variants) == 1 and name in variants[0].get("required", ())
        yield _argument(document, name, "form", field, required=required, description="", collection="multi")


def _argument(
    document: dict[str, Any],
    name: str,
    location: str,
    schema: dict[str, Any],
    *,
    required: bool,
    description: str,
    collection: str,
) -> Argument:
    resolved = resolve(document, schema)
    return Argument(
        name=argument_name(name),
        wire=name,
        location=location,
        types=f"({_run_time_type(document, resolved)},)",
        annotation=_annotation(document, resolved, {}, (_run_time_type(document, resolved),)),
        required=required,
        secret=resolved.get("format") == "password",
        collection=collection if resolved.get("type") == "array" else "",
        description=sentence(description or resolved.get("description", "")),
    )


def _run_time_type(document: dict[str, Any], schema: dict[str, Any]) -> str:
    if schema.get("type") == "array":
        return f"[{_run_time_type(document, resolve(document, schema.get('items', {})))}]"
    if schema.get("type") == "string":
        return _FORMATS.get(schema.get("format", ""), "str")
    return _SCALARS.get(schema.get("type", ""), "dict" if "properties" in schema else "object")


def _annotation(
    document: dict[str, Any], schema: dict[str, Any], models: Mapping[str, str], fallback: tuple[str, ...]
) -> str:
    """Return the type of a schema as a type checker reads it."""
    if "$ref" in schema:
        name = str(strings.ClassName(schema["$ref"].rpartition("/")[2], "field_"))
        if name in models:
            return name
        schema = resolve(document, schema)
    if schema.get("type") == "array":
        return f"list[{_annotation(document, schema.get('items', {}), models, ('Any',))}]"
    if schema.get("type") == "string" and schema.get("format") in _ANNOTATIONS:
        return _ANNOTATIONS[schema["format"]]
    return _SCALARS.get(schema.get("type", ""), "dict[str, Any]" if schema.get("type") == "object" else fallback[0])


def _response_type(document: dict[str, Any], schema: dict[str, Any], models: Mapping[str, str]) -> str:
    """Return what an answer is decoded to, as the code of a vendor-style type."""
    if schema.get("type") == "array":
        return f"[{_response_type(document, schema.get('items', {}), models)}]"
    annotation = _annotation(document, schema, models, ("object",))
    return annotation if annotation in models else _run_time_type(document, resolve(document, schema))


def _results(document: dict[str, Any], operation: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the schemas of the successes that have a body."""
    found = []
    for code, reference in operation["responses"].items():
        if str(code).startswith("2"):
            contents = resolve(document, reference).get("content", {}).values()
            found += [content["schema"] for content in contents if "schema" in content]
    return found


def _accept(document: dict[str, Any], operation: dict[str, Any]) -> Iterator[str]:
    for reference in operation["responses"].values():
        yield from resolve(document, reference).get("content", {})


def _token_paths(document: dict[str, Any]) -> set[str]:
    """Return the paths of the token endpoints, as the security schemes name them."""
    schemes = document.get("components", {}).get("securitySchemes", {}).values()
    flows = [flow for scheme in schemes for flow in scheme.get("flows", {}).values()]
    return {f"/{flow['tokenUrl'].split('://', 1)[-1].partition('/')[2]}" for flow in flows if "tokenUrl" in flow}
