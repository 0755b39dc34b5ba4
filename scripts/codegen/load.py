"""Read an OpenAPI document, in YAML or JSON, and refuse what is none, saying where."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft4Validator
from jsonschema.exceptions import best_match
from openapi_spec_validator import OpenAPIV30SpecValidator
from openapi_spec_validator.schemas import schema_v30

from .document import operations, resolve
from .errors import GenerationError
from .parse import parse
from .pointers import references
from .version_31 import as_version_30

__all__ = ["load"]

Changes = dict[str, list[str]]


def load(path: Path, mend: Callable[[dict[str, Any]], Changes]) -> tuple[dict[str, Any], Changes]:
    """Return the document in *path*, mended, and what that changed.

    Args:
        path: The file.
        mend: Repairs the document in place before it is judged: what the standard refuses may be clear all the same.

    Raises:
        GenerationError: The file is not there, is neither YAML nor JSON, or is no valid OpenAPI document of
            version 3.0 or 3.1, or one with references to elsewhere.
    """
    text, document = parse(path)
    older = as_version_30(document)
    _check_references(path, document)
    mended = copy.deepcopy(document)
    try:
        changes = mend(mended)
    except (AttributeError, IndexError, KeyError, RecursionError, TypeError, ValueError) as error:
        _validate(path, text, document)  # repairs build on some shape: where that is wrong, say so
        raise GenerationError(f"{path}: cannot be repaired: {type(error).__name__}: {error}") from error
    _validate(path, text, mended)
    _check_security(path, mended)
    return mended, {"as_version_30": older, **changes} if older else changes


def _check_references(path: Path, document: dict[str, Any]) -> None:
    """Refuse references that lead nowhere, or out of the document: the output would depend on more than it."""
    for item in references(document):
        reference = item["$ref"]
        if not reference.startswith("#/"):
            raise GenerationError(f"{path}: the reference {reference} leads out of the document")
        try:
            resolve(document, item)
        except (KeyError, ValueError):
            raise GenerationError(f"{path}: not valid OpenAPI: the reference {reference} leads nowhere") from None


def _check_security(path: Path, document: dict[str, Any]) -> None:
    """Refuse a security scheme that is named and not declared: calls would go out without a credential."""
    components = document.get("components")
    declared = components.get("securitySchemes") if isinstance(components, dict) else None
    wanted = [("the document", document), *((f"{m.upper()} {p}", item) for p, m, item in operations(document))]
    for place, item in wanted:
        for choice in item.get("security") or ():
            for name in choice:
                if name not in (declared or {}):
                    raise GenerationError(f"{path}: {place}: the security scheme {name!r} is not declared")


def _validate(path: Path, text: str, document: dict[str, Any]) -> None:
    version = document.get("openapi")
    if not isinstance(version, str):
        kind = "a Swagger 2 document" if "swagger" in document else "the key 'openapi' is missing or no text"
        raise GenerationError(f"{path}:1:1: not an OpenAPI 3 document: {kind}")
    if not version.startswith("3.0."):
        raise GenerationError(
            f"{path}:{_position(text, ['openapi'])}: OpenAPI {version} is not supported, 3.0 and 3.1 are"
        )
    # Extensions are legal beside paths; the validator takes them for paths.
    paths = {name: item for name, item in _mapping(document.get("paths")).items() if not str(name).startswith("x-")}
    document = {**document, "paths": paths} if isinstance(document.get("paths"), dict) else document
    validator: Any = OpenAPIV30SpecValidator
    try:
        # The shape first, where the reason that lies deepest says most; what follows builds on a good shape. By
        # jsonschema itself: the library prefers another implementation where one is installed, with other messages.
        error = best_match(Draft4Validator(dict(schema_v30)).iter_errors(document))
        error = error or next(iter(validator(document).iter_errors()), None)
    except RecursionError:
        raise GenerationError(f"{path}: not valid OpenAPI: it is nested too deeply") from None
    except Exception as unresolved:  # a reference that leads nowhere; the library has no common class for these
        problem = " ".join(str(unresolved).split())
        raise GenerationError(f"{path}: not valid OpenAPI: {problem}") from unresolved
    if error is not None:
        steps = list(error.absolute_path)
        where = "/".join(str(step) for step in steps) or "the top level"
        message = " ".join(str(error.message).split())
        shown = message if len(message) <= 300 else f"{message[:300]}…"
        raise GenerationError(f"{path}:{_position(text, steps)}: not valid OpenAPI: {where}: {shown}")


def _mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _position(text: str, steps: Iterable[str | int]) -> str:
    """Return ``line:column`` of what *steps* lead to, or of the last of them that is there. JSON is YAML, too."""
    node = yaml.compose(text, yaml.SafeLoader)
    place = node
    for step in steps:
        if isinstance(node, yaml.MappingNode):
            found = next(((key, value) for key, value in node.value if key.value == str(step)), None)
            if found is None:
                break
            place, node = found
        elif isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
            place = node = node.value[step]
        else:
            break
    return "1:1" if place is None else f"{place.start_mark.line + 1}:{place.start_mark.column + 1}"
