"""The methods of the vendor-style API classes: from operations to what the templates write."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from openapi_python_client.strings import PythonIdentifier

from .document import FORM_TYPES, is_json, members, operations, parameters_of, resolve
from .errors import GenerationError
from .names import argument_name, method_name
from .paging import Paging, paging_of
from .repair.former_names import ARGUMENT
from .repair.named_schemas import MAP
from .repair.parameter_names import WIRE
from .text import sentence
from .types import Types, union_of

__all__ = ["Argument", "Method", "iterators_told_apart", "methods_of"]

_COLLECTIONS = {"spaceDelimited": "ssv", "pipeDelimited": "pipes"}


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
        collection: How an array goes into a query or a form: ``multi``, ``csv`` and so on; empty for no array.
        names: The enumerations whose values have names: by fields of an object, of the value itself by `""`.
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
    names: dict[str, str]
    description: str

    @property
    def parameter(self) -> str:
        """How it stands in a signature, when it may be left out.

        ``None`` means "not given" but for a body or a file, where it is rather a mistake.
        """
        if self.location == "body" or "file_type" in self.types:
            return f"{self.name}: {union_of([self.annotation, 'Unset'])} = UNSET"
        kind = self.annotation if self.annotation == "Any" else union_of([self.annotation, "None"])
        return f"{self.name}: {kind} = None"


@dataclass(frozen=True, kw_only=True)
class Method:
    """A method of an API class; `Argument` describes its arguments.

    Attributes:
        tags: The tags that it stands under; the class of the first one has it.
        endpoint: What openapi-python-client calls the operation.
        body_schema: Name of the schema of its body, or of its body's items; empty for another body.
        other_results: What answers are decoded to whose status is not the first success's, as the code of a dict.
        paging: How to iterate over what it lists; None for an operation that lists nothing.
    """

    name: str
    tags: tuple[str, ...]
    endpoint: str
    http_method: str
    path: str
    summary: str
    description: str
    arguments: tuple[Argument, ...]
    accept: tuple[str, ...]
    content_types: tuple[str, ...]
    auth: tuple[str, ...]
    body_schema: str
    result: str
    response_type: str
    other_results: str
    token_request: bool
    paging: Paging | None

    @property
    def constant(self) -> str:
        """The name of the constant that describes the operation."""
        return f"_{self.name.upper()}"

    @property
    def required(self) -> tuple[Argument, ...]:
        """The arguments that may be given by position."""
        return tuple(argument for argument in self.arguments if argument.required)

    @property
    def optional(self) -> tuple[Argument, ...]:
        """The arguments that are given by name."""
        return tuple(argument for argument in self.arguments if not argument.required)

    @property
    def filters(self) -> tuple[Argument, ...]:
        """The arguments that an iterator takes: all but those that turn pages."""
        turning = self.paging.arguments if self.paging else ()
        return tuple(argument for argument in self.arguments if argument.name not in turning)


def methods_of(document: dict[str, Any], types: Types) -> list[Method]:
    """Return the methods of all operations, in the document's order.

    Raises:
        GenerationError: A parameter is sent in a way that is not supported.
    """
    builder = _Builder(document, types)
    return [builder.method(path, method, operation) for path, method, operation in operations(document)]


class _Builder:
    def __init__(self, document: dict[str, Any], types: Types) -> None:
        self.document = document
        self.types = types
        self.token_paths = _token_paths(document)

    def method(self, path: str, method: str, operation: dict[str, Any]) -> Method:
        name = method_name(operation["operationId"])
        arguments = [*self.parameters(path, operation)]
        content: dict[str, Any] = {}
        if "requestBody" in operation:
            body = resolve(self.document, operation["requestBody"])
            content = body.get("content", {})
            arguments += self.body(body)
        (first, result), *others = [(code, self.type_of(schema)) for code, schema in self.results(operation)]
        differing = [f"{code}: {kind}" for code, kind in others if kind != result and first != "default"]
        told_apart = tuple(_told_apart(arguments))
        return Method(
            name=name,
            tags=tuple(operation["tags"]),
            endpoint=str(PythonIdentifier(operation["operationId"], "field_")),
            http_method=method.upper(),
            path=path,
            summary=sentence(operation.get("summary") or operation.get("description") or name).removesuffix("."),
            description=sentence(operation.get("description", "")),
            arguments=told_apart,
            accept=tuple(dict.fromkeys(self.accept(operation))),
            content_types=tuple(content),
            auth=tuple(dict.fromkeys(name for choice in operation.get("security", []) for name in choice)),
            body_schema=self.body_schema(content),
            result=self.result(operation),
            response_type=result,
            other_results=f"{{{', '.join(differing)}}}" if differing else "",
            token_request=path in self.token_paths,
            paging=self.paging(path, operation, name, told_apart) if method == "get" else None,
        )

    def paging(self, path: str, operation: dict[str, Any], name: str, arguments: Iterable[Argument]) -> Paging | None:
        """Return how to iterate over what an operation lists."""
        declared = {
            (parameter.get(WIRE, parameter["name"]), parameter["in"]): parameter
            for parameter in parameters_of(self.document, path, operation)
        }
        query = {
            argument.wire: (argument.name, declared[argument.wire, "query"])
            for argument in arguments
            if argument.location == "query"
        }
        answer = self.results(operation)[0][1]
        return paging_of(self.document, operation, name, answer, query, self.types.annotation)

    def result(self, operation: dict[str, Any]) -> str:
        """Return the type of what a method returns: that of every success, ``None`` at the end."""
        schemas = [schema for _, schema in self.results(operation)]
        kinds = ["None" if schema is None else self.types.annotation(schema) for schema in schemas]
        return "Any" if "Any" in kinds else union_of(kinds)

    def type_of(self, schema: dict[str, Any] | None) -> str:
        return "None" if schema is None else f"({self.types.result(schema)},)"

    def body_schema(self, content: dict[str, Any]) -> str:
        """Return the name of the schema of a body that is JSON, or of its items."""
        schema: dict[str, Any] = next((media.get("schema", {}) for kind, media in content.items() if is_json(kind)), {})
        items: dict[str, Any] = resolve(self.document, schema).get("items", {})
        return str(schema.get("$ref", items.get("$ref", ""))).rpartition("/")[2]

    def parameters(self, path: str, operation: dict[str, Any]) -> Iterator[Argument]:
        for parameter in parameters_of(self.document, path, operation):
            style = parameter.get("style", "form")
            if style == "deepObject" or parameter["in"] == "cookie":
                raise GenerationError(f"the parameter {parameter['name']} is sent in a way that is not supported")
            multi = parameter["in"] == "query" and parameter.get("explode", style == "form")
            yield self.argument(
                parameter["name"],
                parameter["in"],
                parameter["schema"],
                required=parameter.get("required", False),
                description=parameter.get("description", ""),
                collection="multi" if multi else _COLLECTIONS.get(style, "csv"),
                wire=parameter.get(WIRE),
            )

    def body(self, body: dict[str, Any]) -> Iterator[Argument]:
        """Yield the argument of a body, or one for each field if the body is a form."""
        content = body.get("content", {})
        media_type = next((kind for kind in content if kind not in FORM_TYPES), None)
        whole = content[media_type].get("schema", {}) if media_type else None
        forms = [content[kind]["schema"] for kind in FORM_TYPES if kind in content and content[kind]["schema"] != whole]
        if media_type is not None:
            schema = content[media_type].get("schema", {})
            target = resolve(self.document, schema)
            named = schema.get(ARGUMENT, "body" if MAP in target else schema.get("$ref", "body"))
            name = argument_name(named.rpartition("/")[2])
            yield Argument(
                name=name,
                wire=name,
                location="body",
                types=_tuple(self.types.given(schema)),
                annotation=self.types.annotation(schema, given=True),
                required=body.get("required", False) and not forms,
                secret=False,
                collection="",
                names=self.types.named(schema),
                description=sentence(body.get("description") or target.get("description", "")),
            )
        for schema in forms:
            yield from self.fields(schema, alone=len(content) == 1)

    def fields(self, schema: dict[str, Any], alone: bool) -> Iterator[Argument]:
        """Yield one argument for each field of a form.

        With variants, or with another kind of body, the vendor's SDK has every field optional: which of them is meant
        shows at run time only.
        """
        resolved = resolve(self.document, schema)
        variants = [resolve(self.document, variant) for variant in members(resolved) or [resolved]]
        fields: dict[str, list[dict[str, Any]]] = {}
        for variant in variants:
            for name, field in variant.get("properties", {}).items():
                fields.setdefault(name, []).append(field)
        for name, kinds in fields.items():
            field = kinds[0]
            if len({self.types.annotation(kind) for kind in kinds}) > 1:
                field = {"anyOf": kinds, "description": resolve(self.document, kinds[0]).get("description", "")}
            required = alone and len(variants) == 1 and name in variants[0].get("required", ())
            yield self.argument(name, "form", field, required=required, description="", collection="multi")

    def argument(
        self,
        name: str,
        location: str,
        schema: dict[str, Any],
        *,
        required: bool,
        description: str,
        collection: str,
        wire: str | None = None,
    ) -> Argument:
        resolved = resolve(self.document, schema)
        collection = collection if resolved.get("type") == "array" else ""
        annotation = self.types.annotation(schema, given=True)
        text = collection not in ("", "multi")  # an array that goes out as one text may be given as that text
        return Argument(
            name=argument_name(name),
            wire=wire or name,
            location=location,
            types=_tuple([*self.types.given(schema), *(["str"] if text else [])]),
            annotation=f"{annotation} | str" if text else annotation,
            required=required,
            secret=self.types.is_secret(schema),
            collection=collection,
            names=self.types.named(schema),
            description=sentence(description or schema.get("description") or resolved.get("description", "")),
        )

    def results(self, operation: dict[str, Any]) -> list[tuple[str, dict[str, Any] | None]]:
        """Return status and schema of the successes, at least of one, those with a body before the others."""
        found: list[tuple[str, dict[str, Any] | None]] = []
        for code, reference in operation["responses"].items():
            if code.isdigit() and code.startswith("2"):
                content = resolve(self.document, reference).get("content", {})
                known = [media["schema"] for media in content.values() if "schema" in media]
                found.append((code, known[0] if known else None))
        if not found and "default" in operation["responses"]:
            content = resolve(self.document, operation["responses"]["default"]).get("content", {})
            found = [("default", media["schema"]) for media in content.values() if "schema" in media][:1]
        return sorted(found, key=lambda answer: answer[1] is None) or [("default", None)]

    def accept(self, operation: dict[str, Any]) -> Iterator[str]:
        for reference in operation["responses"].values():
            yield from resolve(self.document, reference).get("content", {})


def _told_apart(arguments: Iterable[Argument]) -> Iterator[Argument]:
    """Yield the arguments, those whose name is taken already with their location behind it, or a number."""
    taken: set[str] = set()
    for argument in arguments:
        names = [argument.name, f"{argument.name}_{argument.location}"]
        names += [f"{argument.name}{number}" for number in range(2, len(taken) + 3)]
        chosen = next(name for name in names if name not in taken)
        taken.add(chosen)
        yield argument if chosen == argument.name else replace(argument, name=chosen)


def iterators_told_apart(methods: Iterable[Method]) -> list[Method]:
    """Return the methods of a class, without an iterator whose name is taken."""
    taken = {method.name for method in methods}
    result = []
    for method in methods:
        name = method.paging.name if method.paging else ""
        result.append(replace(method, paging=None) if name in taken else method)
        taken.add(name)
    return result


def _tuple(members: list[str]) -> str:
    return f"({', '.join(members)}{',' if len(members) == 1 else ''})"


def _token_paths(document: dict[str, Any]) -> set[str]:
    """Return the paths of the token endpoints, as the security schemes name them."""
    schemes = document.get("components", {}).get("securitySchemes", {}).values()
    flows = [flow for scheme in schemes for flow in scheme.get("flows", {}).values()]
    urls = [flow["tokenUrl"] for flow in flows if "tokenUrl" in flow]
    return {re.sub(r"^[a-z]+://[^/]*", "", url) for url in urls}
