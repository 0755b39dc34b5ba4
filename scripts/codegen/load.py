"""Read an OpenAPI document, in YAML or JSON, and refuse what is none, saying where."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft4Validator
from jsonschema.exceptions import best_match
from openapi_spec_validator import OpenAPIV30SpecValidator
from openapi_spec_validator.schemas import schema_v30

from .document import resolve
from .errors import GenerationError

__all__ = ["load"]

Changes = dict[str, list[str]]


class _Loader(yaml.SafeLoader):
    """YAML as JSON has it: no dates, and no key twice."""


def _mapping(loader: _Loader, node: yaml.MappingNode) -> dict[Any, Any]:
    seen: set[Any] = set()
    for key_node, _ in node.value:
        key = loader.construct_object(key_node, deep=True)
        if key in seen:
            raise yaml.MarkedYAMLError(problem=f"the key {key!r} stands here twice", problem_mark=key_node.start_mark)
        seen.add(key)
    return loader.construct_mapping(node, deep=True)


_Loader.add_constructor("tag:yaml.org,2002:map", _mapping)
_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def load(path: Path, mend: Callable[[dict[str, Any]], Changes]) -> tuple[dict[str, Any], Changes]:
    """Return the document in *path*, mended, and what that changed.

    Args:
        path: The file.
        mend: Repairs the document in place before it is judged: what the standard refuses may be clear all the same.

    Raises:
        GenerationError: The file is not there, is neither YAML nor JSON, or is no valid OpenAPI 3.0 document, or
            one with references to elsewhere.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise GenerationError(f"{path}: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise GenerationError(f"{path}: byte {error.start}: not UTF-8 text") from error
    document = _parse(path, text)
    if not isinstance(document, dict):
        raise GenerationError(f"{path}:1:1: not an OpenAPI document: the top level is no mapping")
    document = _as_json(path, document)
    mended = copy.deepcopy(document)
    try:
        changes = mend(mended)
    except (AttributeError, KeyError, TypeError, ValueError):
        _validate(path, text, document)  # repairs build on some shape: where that is wrong, say so
        raise
    _validate(path, text, mended)
    return mended, changes


def _parse(path: Path, text: str) -> Any:
    try:
        if text.lstrip().startswith("{"):
            return json.loads(text)
        return yaml.load(text, _Loader)  # noqa: S506 (a subclass of SafeLoader)
    except json.JSONDecodeError as error:
        raise GenerationError(f"{path}:{error.lineno}:{error.colno}: not JSON: {error.msg}") from error
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = f":{mark.line + 1}:{mark.column + 1}" if mark is not None else ""
        problem = " ".join((error.problem or error.context or "cannot be read").split())
        raise GenerationError(f"{path}{place}: not YAML: {problem}") from error
    except (yaml.YAMLError, RecursionError) as error:
        raise GenerationError(f"{path}: not YAML: {' '.join(str(error).split())}") from error


def _as_json(path: Path, document: dict[str, Any]) -> dict[str, Any]:
    """Return the document as JSON has it: keys are texts, and what YAML has once for two places is there twice.

    What no file can hold is refused, and references that would make the output depend on more than the document.
    """
    try:
        text = json.dumps(document, ensure_ascii=False, default=str)
        text.encode()
    except UnicodeEncodeError:
        raise GenerationError(f"{path}: a text has half of a surrogate pair, which is no character") from None
    except (ValueError, RecursionError):
        raise GenerationError(f"{path}: not an OpenAPI document: it is nested too deeply, or holds itself") from None
    plain: dict[str, Any] = json.loads(text)
    for reference in _references(plain):
        if not reference.startswith("#/"):
            raise GenerationError(f"{path}: the reference {reference} leads out of the document")
        try:
            resolve(plain, {"$ref": reference})
        except (IndexError, KeyError, TypeError, ValueError):
            raise GenerationError(f"{path}: not valid OpenAPI: the reference {reference} leads nowhere") from None
    return plain


def _references(item: Any) -> Iterator[str]:
    if isinstance(item, dict):
        reference = item.get("$ref")
        if isinstance(reference, str):
            yield reference
    for child in item.values() if isinstance(item, dict) else item if isinstance(item, list) else ():
        yield from _references(child)


def _validate(path: Path, text: str, document: dict[str, Any]) -> None:
    version = document.get("openapi")
    if not isinstance(version, str):
        kind = "a Swagger 2 document" if "swagger" in document else "the key 'openapi' is missing or no text"
        raise GenerationError(f"{path}:1:1: not an OpenAPI 3 document: {kind}")
    if not version.startswith("3.0."):
        raise GenerationError(f"{path}:{_position(text, ['openapi'])}: OpenAPI {version} is not supported, 3.0 is")
    # Extensions are legal beside paths; the validator takes them for paths.
    paths = {name: item for name, item in document.get("paths", {}).items() if not str(name).startswith("x-")}
    document = {**document, "paths": paths} if "paths" in document else document
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
