"""Answers that keep to the contract, made up from the examples in it; the same seed makes the same responses."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, cast
from uuid import UUID

from openapi_schema_validator import OAS30ReadValidator, oas30_format_checker

from .document import Contract, ContractOperation
from .pdf import make_pdf
from .requests import ValidRequest

__all__ = ["ExampleResponses", "success"]

_FILES = ("application/pdf", "application/*")
_DEEPEST = 8  # schemas that contain themselves end here
_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"  # what the API's own identifiers are made of
_WORDS = ("bamboo", "forest", "contract", "renewal", "offer", "panda", "river", "meadow", "invoice", "harvest")
_PANDADOC = re.compile(r"https?://(?:[a-z0-9-]+\.)*pandadoc\.com(?::\d+)?(?![\w.-])", re.IGNORECASE)
_IDENTIFIER = re.compile(r"(^|_)(id|uuid)$")
_EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
_CANDIDATES = ("+15550123456", "Panda2026", "bamboo")  # for texts with a pattern


class ExampleResponses:
    """Makes answers up.

    Args:
        contract: The contract.
        seed: Any text or number; another one gives other identifiers, dates and words.
        base_url: Tells where the emulator listens. URLs of PandaDoc's own hosts in the examples lead there instead:
            a program that follows one must not send its key to the real service.
    """

    def __init__(
        self, contract: Contract, seed: int | str = 0, base_url: Callable[[], str] = lambda: "http://127.0.0.1"
    ) -> None:
        self._contract = contract
        self._seed = seed
        self._base_url = base_url

    def value(self, call: ValidRequest) -> Any:
        """Return the JSON value of a successful answer; None if it has no JSON.

        Fields named like a path parameter or like a text or number in the request's body have its value.
        """
        for kind, media in self._response(call.operation).get("content", {}).items():
            if kind not in _FILES:
                return self._maker(call).make(media["schema"], {**_scalars(call.body), **call.path})
        return None

    def headers(self, call: ValidRequest) -> dict[str, str]:
        """Return the headers that the contract names for a successful answer."""
        fields = self._response(call.operation).get("headers", {})
        maker = self._maker(call)
        return {
            name: str(maker.make(self._contract.resolve(field)["schema"], {}, name.lower()))
            for name, field in fields.items()
        }

    def content(self, call: ValidRequest) -> bytes | None:
        """Return the file of a successful answer; None if it is no file."""
        if any(kind in _FILES for kind in self._response(call.operation).get("content", {})):
            return make_pdf(["Made up by the emulator", *(f"{name}: {value}" for name, value in call.path.items())])
        return None

    def _response(self, operation: ContractOperation) -> Mapping[str, Any]:
        return self._contract.response(operation, success(operation)) or {}

    def _maker(self, call: ValidRequest) -> _Maker:
        chance = random.Random(f"{self._seed} {call.operation.operation_id} {call.path}")  # noqa: S311 (no secrets)
        return _Maker(self._contract, chance, self._base_url())


def success(operation: ContractOperation) -> int:
    """Return the status code of the ordinary success of *operation*."""
    return min(int(status) for status in operation.definition["responses"] if status.startswith("2"))


def _scalars(body: object) -> dict[str, Any]:
    if not isinstance(body, dict):
        return {}
    return {
        name: value
        for name, value in cast("dict[str, Any]", body).items()
        if isinstance(value, str | int | float | bool) and not isinstance(value, bytes)
    }


class _Maker:
    """Makes one value of a schema, all its fields filled in."""

    def __init__(self, contract: Contract, chance: random.Random, base_url: str) -> None:
        self._contract = contract
        self._chance = chance
        self._base_url = base_url

    def make(self, schema: Mapping[str, Any], given: Mapping[str, Any], name: str = "", depth: int = 0) -> Any:
        schema = self._merged(schema)
        for union in ("oneOf", "anyOf"):
            if union in schema:
                return self.make(schema[union][0], given, name, depth)
        kind = schema.get("type", "object" if schema["properties"] else "")
        if kind == "object":
            return self._object(schema, given, depth)
        if kind == "array":
            return self._array(schema, name, depth)
        if "enum" in schema:
            return next(value for value in schema["enum"] if value is not None)
        if name in given and OAS30ReadValidator(schema, format_checker=oas30_format_checker).is_valid(given[name]):
            return given[name]
        if _IDENTIFIER.search(name) and kind == "string":
            return self._identifier(schema)
        if schema.get("example") is not None and _fits(schema["example"], schema):
            return self._at_home(schema["example"])
        return schema["default"] if schema.get("default") is not None else self._scalar(schema, name)

    def _merged(self, schema: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return one schema in place of an `allOf`; a field that several parts have keeps to all of them."""
        schema = self._contract.resolve(schema)
        result: dict[str, Any] = {}
        for part in (*map(self._merged, schema.get("allOf", ())), {**schema, "allOf": ()}):
            fields: dict[str, Any] = dict(result.get("properties", {}))
            for name, field in part.get("properties", {}).items():
                fields[name] = {"allOf": [fields[name], field]} if name in fields else field
            required = [*result.get("required", ()), *part.get("required", ())]
            result = {**result, **part, "properties": fields, "required": required}
        return result

    def _object(self, schema: Mapping[str, Any], given: Mapping[str, Any], depth: int) -> dict[str, Any]:
        fields = schema.get("properties", {})
        if not fields and isinstance(schema.get("example"), dict):
            return cast("dict[str, Any]", self._at_home(schema["example"]))
        wanted = schema.get("required", ()) if depth > _DEEPEST else fields
        return {
            field: self.make(fields[field], given if depth == 0 else {}, field, depth + 1)
            for field in wanted
            if field in fields and not self._contract.resolve(fields[field]).get("writeOnly")
        }

    def _array(self, schema: Mapping[str, Any], name: str, depth: int) -> list[Any]:
        least = schema.get("minItems", 0)
        if depth > _DEEPEST:
            return [self.make(schema["items"], {}, name, depth + 1) for _ in range(least)]
        count = max(least, min(schema.get("maxItems", 2), 2 if depth <= 1 else 1))
        return [self.make(schema.get("items", {}), {}, name, depth + 1) for _ in range(count)]

    def _at_home(self, example: Any) -> Any:
        """Return an example with the emulator's URL in place of those of PandaDoc's hosts."""
        if isinstance(example, str):
            return _PANDADOC.sub(self._base_url, example)
        if isinstance(example, list):
            return [self._at_home(item) for item in example]
        if isinstance(example, dict):
            return {name: self._at_home(value) for name, value in cast("dict[str, Any]", example).items()}
        return example

    def _identifier(self, schema: Mapping[str, Any]) -> str:
        if schema.get("format") == "uuid" or _is_uuid(schema.get("example")):
            return str(UUID(int=self._chance.getrandbits(128), version=4))
        return "".join(self._chance.choices(_ALPHABET, k=22))

    def _scalar(self, schema: Mapping[str, Any], name: str) -> Any:
        match schema.get("type"), schema.get("format"):
            case "string", "date-time":
                return (_EPOCH + timedelta(seconds=self._chance.randrange(10**7))).isoformat().replace("+00:00", "Z")
            case "string", "date":
                return (_EPOCH + timedelta(days=self._chance.randrange(300))).date().isoformat()
            case "string", "uuid":
                return self._identifier(schema)
            case "string", format_:
                return self._text(schema, f"{name} {format_ or ''}")
            case "integer" | "number", _:
                least = schema.get("minimum", 0)
                return least + self._chance.randrange(int(min(schema.get("maximum", least + 9) - least, 9)) + 1)
            case "boolean", _:
                return self._chance.random() < 0.5
            case _:
                return {}

    def _text(self, schema: Mapping[str, Any], hint: str) -> str:
        words = " ".join(self._chance.sample(_WORDS, 2))
        if "email" in hint:
            words = f"{words.replace(' ', '.')}@example.com"
        elif re.search(r"url|uri|link|href", hint):
            words = f"https://example.com/{words.replace(' ', '/')}"
        candidates = [text for text in (words, *_CANDIDATES) if re.search(schema.get("pattern", ""), text)]
        return candidates[0].ljust(schema.get("minLength", 0), "x")[: schema.get("maxLength")]


def _is_uuid(example: object) -> bool:
    return isinstance(example, str) and re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", example) is not None


_KINDS: Mapping[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
}


def _fits(value: object, schema: Mapping[str, Any]) -> bool:
    """Tell whether a scalar is of the type that the schema names."""
    kinds = _KINDS.get(schema.get("type", ""), ())
    return isinstance(value, kinds) and (bool in kinds or not isinstance(value, bool))
