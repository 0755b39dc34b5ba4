"""Whether a request keeps to the contract, judged by openapi-core, and what it says."""

from __future__ import annotations

import json
import logging
import math
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import Any, Self, cast
from urllib.parse import parse_qsl

from jsonschema.exceptions import ValidationError
from jsonschema_path import SchemaPath
from openapi_core import V30RequestUnmarshaller
from openapi_core.casting.schemas.exceptions import CastError
from openapi_core.datatypes import RequestParameters
from openapi_core.deserializing.exceptions import DeserializeError
from openapi_core.deserializing.styles.exceptions import EmptyQueryParameterValue
from openapi_core.templating.datatypes import TemplateResult
from openapi_core.templating.media_types.exceptions import MediaTypeNotFound
from openapi_core.templating.paths.datatypes import PathOperationServer
from openapi_core.validation.request.exceptions import (
    MissingRequiredParameter,
    MissingRequiredRequestBody,
    ParameterValidationError,
    RequestBodyValidationError,
)
from openapi_core.validation.schemas.exceptions import InvalidSchemaValue
from werkzeug.datastructures import Headers, ImmutableMultiDict
from werkzeug.http import parse_options_header

from .adapt import adapted
from .document import Contract, ContractOperation
from .media import FORM_DATA, JSON, media_type
from .multipart import FilePart, parse_multipart
from .routing import Match

__all__ = ["BODY", "Raw", "RequestJudge", "ValidRequest", "Violation", "is_email", "is_uri"]

BODY = "body"
"""What a violation names that is about the whole body."""
_MISSING = "This field is required."


@dataclass(frozen=True, slots=True)
class Raw:
    """A request as it came: headers with names in lower case, the query string undecoded."""

    method: str
    query: str
    headers: tuple[tuple[str, str], ...]
    body: bytes = field(repr=False)

    def header(self, name: str) -> str:
        """Return the first header of that name; empty if there is none."""
        return next((value for key, value in self.headers if key == name), "")


@dataclass(frozen=True, slots=True)
class ValidRequest:
    """A request that keeps to the contract.

    Attributes:
        operation: What it is for.
        path: Path parameters, converted to their types.
        query: Query parameters, converted, defaults filled in.
        sent: Names and values of the query as they were sent, decoded.
        sandbox: Whether it came with a key of the sandbox.
        body: The JSON value, or the parts of a form by name (files as `FilePart`); None without a body.
    """

    operation: ContractOperation
    path: Mapping[str, Any]
    query: Mapping[str, Any]
    body: Any
    sent: tuple[tuple[str, str], ...] = ()
    sandbox: bool = False


@dataclass(frozen=True, slots=True)
class Violation:
    """One way in which a request breaks the contract.

    Attributes:
        field: What is at fault: a parameter, `body`, or the way to a place in the body, such as `recipients[0].email`.
        pointer: The same as a JSON pointer (RFC 6901) for a place in the body, else the name.
        message: One sentence.
    """

    field: str
    pointer: str
    message: str


class RequestJudge:
    """Judges requests by one contract."""

    def __init__(self, contract: Contract) -> None:
        self._contract = contract
        # It warns of each request that is wrong, which is what the emulator is there to answer.
        logging.getLogger("openapi_core").setLevel(logging.ERROR)

    @cached_property
    def _unmarshaller(self) -> V30RequestUnmarshaller:
        return _Unmarshaller(
            SchemaPath.from_dict(cast("Any", adapted(self._contract))),
            path_finder_cls=cast("Any", partial(_PathFinder, self._contract)),
            extra_media_type_deserializers={FORM_DATA: _read_form, JSON: _read_json},
            extra_format_validators={"email": is_email, "uri": is_uri},
            format_unmarshallers={"binary": _unchanged},  # and dates and UUIDs stay the text that came
        )

    def judge(self, match: Match, raw: Raw, *, sandbox: bool = False) -> ValidRequest | list[Violation]:
        """Return the request as values, or what is wrong with it, each place once."""
        result = self._unmarshaller.unmarshal(_Request(match, raw, self._lists(match.operation)))
        form = self._form(match.operation) if media_type(raw.header("content-type")) == FORM_DATA else None
        found = [violation for error in result.errors for violation in self._violations(error, match.operation, form)]
        if not found and form:
            found = list(self._not_files(form, result.body or {}))
        if found:
            return list({violation.field: violation for violation in reversed(found)}.values())[::-1]
        parameters = result.parameters
        body = json.loads(raw.body) if raw.body and media_type(raw.header("content-type")) == JSON else result.body
        # What was forgiven for being empty was not read.
        empty = {error.name: "" for error in result.errors if isinstance(error, ParameterValidationError)}
        sent = tuple(parse_qsl(raw.query, keep_blank_values=True))
        return ValidRequest(match.operation, parameters.path, {**parameters.query, **empty}, body, sent, sandbox)

    def _lists(self, operation: ContractOperation) -> set[str]:
        """Return the names of the query parameters that are lists."""
        parameters = map(self._contract.resolve, operation.definition.get("parameters", ()))
        return {item["name"] for item in parameters if self._contract.resolve(item["schema"]).get("type") == "array"}

    def _form(self, operation: ContractOperation) -> Mapping[str, Any] | None:
        """Return the schemas of the parts of an operation's form with files, by name; None if it takes no such form."""
        body = self._contract.resolve(operation.definition.get("requestBody", {}))
        schema = body.get("content", {}).get(FORM_DATA, {}).get("schema")
        if schema is None:
            return None
        parts = self._contract.resolve(schema).get("properties", {})
        return {name: self._contract.resolve(part) for name, part in parts.items()}

    def _violations(
        self, error: Exception, operation: ContractOperation, form: Mapping[str, Any] | None
    ) -> Iterable[Violation]:
        cause = error.__cause__
        if isinstance(error, MissingRequiredParameter):
            yield Violation(error.name, error.name, _MISSING)
        elif isinstance(error, ParameterValidationError):
            if not isinstance(cause, EmptyQueryParameterValue):
                yield Violation(error.name, error.name, _parameter_message(cause))
            elif not self._may_be_empty(operation, error.name):
                yield Violation(error.name, error.name, "The value is empty.")
        elif isinstance(error, MissingRequiredRequestBody):
            yield Violation(BODY, "", _MISSING)
        elif isinstance(cause, MediaTypeNotFound):
            known = " or ".join(sorted(cause.availableMimetypes))
            yield Violation("Content-Type", "Content-Type", f"The body of this operation is {known}.")
        elif isinstance(cause, DeserializeError):
            yield from self._unreadable(cause, form)
        elif isinstance(cause, InvalidSchemaValue):
            for item in cause.schema_errors:
                yield from _body_violations(cast("ValidationError", item))
        elif isinstance(error, RequestBodyValidationError):
            yield Violation(BODY, "", "The body cannot be read.")
        else:
            raise error

    def _may_be_empty(self, operation: ContractOperation, name: str) -> bool:
        """Tell whether a query parameter takes any text: openapi-core refuses every empty one."""
        for parameter in map(self._contract.resolve, operation.definition["parameters"]):
            if parameter["name"] == name:
                schema = self._contract.resolve(parameter["schema"])
                return schema.get("type") == "string" and not {"format", "enum", "minLength"} & set(schema)
        return False

    @staticmethod
    def _unreadable(cause: Exception, form: Mapping[str, Any] | None) -> Iterable[Violation]:
        """A body that is not what its media type says, or a part of a form that is not."""
        kind = getattr(cause, "mimetype", "")
        if form and kind == JSON:
            for name, schema in form.items():
                if schema.get("type", "object") == "object":
                    yield Violation(name, f"/{name}", "This part is no JSON.")
        else:
            yield Violation(BODY, "", f"The body is no {kind}.")

    @staticmethod
    def _not_files(form: Mapping[str, Any], parts: Mapping[str, Any]) -> Iterable[Violation]:
        for name, schema in form.items():
            if name in parts and schema.get("format") == "binary" and not isinstance(parts[name], FilePart):
                yield Violation(name, f"/{name}", "This part is no file: it has no file name.")


class _Request:
    """A request in the form that openapi-core reads."""

    host_url = ""

    def __init__(self, match: Match, raw: Raw, lists: set[str]) -> None:
        query = parse_qsl(raw.query, keep_blank_values=True)
        self.method = match.operation.method.lower()
        self.path = match.operation.operation_id
        self.content_type = _content_type(raw)
        self.body = raw.body
        self.parameters = RequestParameters(
            # A list without items is written as one without a value.
            query=ImmutableMultiDict([(name, value) for name, value in query if value or name not in lists]),
            header=Headers(list(raw.headers)),
            path=dict(match.path),
        )


class _Parameters(list[SchemaPath]):
    """Stands for an operation, of which openapi-core reads the parameters."""

    def get(self, name: str, default: object) -> Self:
        return self


class _Unmarshaller(V30RequestUnmarshaller):
    """Reads the parameters that a request has, or must have.

    openapi-core prepares casts and validators for every parameter of the operation, which took nine tenths of the time.
    """

    def _get_parameters(self, parameters: Any, operation: Any, path: Any) -> Any:
        wanted = _Parameters(
            parameter
            for parameter, name, location in self._optional(operation, path)
            if location is None or name in parameters[location]
        )
        return super()._get_parameters(parameters, cast("Any", wanted), cast("Any", _Parameters()))

    def _optional(self, operation: Any, path: Any) -> list[tuple[SchemaPath, str, str | None]]:
        """Return each parameter with its name, and where to find it; None for where if it is read in any case."""
        known: dict[Any, list[tuple[SchemaPath, str, str | None]]] = self.__dict__.setdefault("_known", {})
        if operation.parts not in known:
            known[operation.parts] = [
                (parameter, definition["name"], None if _is_read_always(definition) else definition["in"])
                for place in (operation, path)
                for parameter in place.get("parameters", ())
                for definition in [parameter.read_value()]
            ]
        return known[operation.parts]


def _is_read_always(definition: Mapping[str, Any]) -> bool:
    schema = definition.get("schema", {})
    return bool(definition.get("required") or not {"$ref", "default"}.isdisjoint(schema) or definition.get("style"))


class _PathFinder:
    """Tells openapi-core which operation a request is for: it was found before, and `_Request.path` names it."""

    def __init__(self, contract: Contract, spec: SchemaPath, base_url: str | None = None) -> None:
        self._contract = contract
        self._paths = spec / "paths"

    def find(self, method: str, name: str) -> PathOperationServer:
        """Return the operation of that name."""
        path = self._paths / self._contract.operations[name].key
        return PathOperationServer(path, path / method, None, TemplateResult(""), None)


def _content_type(raw: Raw) -> str:
    """Return the media type; a form's boundary in hexadecimal, as openapi-core reads no quoted parameter right."""
    kind, parameters = parse_options_header(raw.header("content-type"))
    if kind.lower() == FORM_DATA:
        return f"{FORM_DATA}; boundary={parameters.get('boundary', '').encode().hex()}"
    return kind.lower()


def _read_form(value: bytes, **parameters: str) -> Mapping[str, Any]:
    return parse_multipart(value, boundary=bytes.fromhex(parameters.get("boundary", "")).decode())


def is_email(value: object) -> bool:
    """Tell whether a text looks like an e-mail address; what is no text is not judged."""
    return not isinstance(value, str) or re.fullmatch(r"[^@\s]+@[^@\s]+", value) is not None


def is_uri(value: object) -> bool:
    """Tell whether a text looks like a URI; what is no text is not judged."""
    return not isinstance(value, str) or re.fullmatch(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s]+", value) is not None


def _unchanged(value: bytes) -> bytes:
    return value


def _read_json(value: bytes, **parameters: str) -> Any:
    def refuse(name: str) -> Any:
        raise ValueError(f"{name} is no JSON")  # Python reads it, RFC 8259 has no such number

    try:
        return json.loads(value.decode(), parse_constant=refuse)  # UTF-8 alone (RFC 8259 §8.1)
    except RecursionError:
        raise ValueError("too deep") from None


def _parameter_message(cause: BaseException | None) -> str:
    if isinstance(cause, CastError):
        return f"A value of the type {cause.type} is required."
    if isinstance(cause, InvalidSchemaValue):
        return _message(next(iter(cast("Iterable[ValidationError]", cause.schema_errors))))
    return "The value cannot be read."


def _body_violations(error: ValidationError) -> Iterable[Violation]:
    """Name the places of an error: of those forms that a value may have, in the one that it comes nearest to."""
    if error.context:
        forms: defaultdict[Any, list[ValidationError]] = defaultdict(list)
        for item in error.context:
            forms[item.schema_path[0]].append(item)
        for item in min(forms.values(), key=_distance):
            yield from _body_violations(item)
        return
    steps: list[str | int] = list(error.absolute_path)
    message = _message(error)
    if error.validator == "required":
        steps.append(_missing(error))
        message = _MISSING
    name = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps).removeprefix(".")
    yield Violation(name or BODY, "".join(f"/{_escaped(str(step))}" for step in steps), message)


def _distance(errors: list[ValidationError]) -> tuple[int, int]:
    """Tell how far a value is from a form: in how many places, and how many of these it does not have at all."""
    missing = sum(error.validator == "required" for error in errors)
    return missing + len({tuple(error.absolute_path) for error in errors if error.validator != "required"}), missing


def _missing(error: ValidationError) -> str:
    """Return the field that an error is about: jsonschema makes one for each that is missing, in order."""
    names = cast("list[str]", error.validator_value)
    return next((name for name in names if error.message.startswith(repr(name))), names[0])


def _escaped(step: str) -> str:
    return step.replace("~", "~0").replace("/", "~1")


def _message(error: ValidationError) -> str:
    """Say what is wrong, without the value, which may be a secret or a megabyte."""
    rule: Any = error.validator_value
    match error.validator:
        case "type":
            return f"A value of the type {rule} is required."
        case "nullable":
            return "This field cannot be null."
        case "enum":
            known = ", ".join(json.dumps(item) for item in cast("list[Any]", rule))
            return f"The value is none of {known}."
        case "format":
            return f"The value is no {rule}."
        case "minimum" | "minLength" | "minItems" | "minProperties":
            return f"The least is {_number(rule)}."
        case "maximum" | "maxLength" | "maxItems":
            return f"The most is {_number(rule)}."
        case "pattern":
            return f"The value does not match {rule}."
        case "oneOf" | "anyOf":
            return "The value is of none of the known forms."
        case _:
            return f"The value breaks the rule {error.validator}."


def _number(value: float) -> str:
    return str(value) if not math.isfinite(value) else f"{value:g}"
