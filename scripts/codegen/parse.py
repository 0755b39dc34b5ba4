"""Read a file of JSON or YAML as JSON has it, whatever is in it, within bounds.

What the two formats leave open is refused: a key that stands twice, numbers that are none, values that hold themselves.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import yaml

from .errors import GenerationError

__all__ = ["parse"]

_DEEPEST = 100
"""Levels of objects and arrays in a document; the tools that read it call themselves for each."""
_MOST = 5_000_000
"""Values in a document, those counted again that YAML has once for several places."""


class _Loader(yaml.SafeLoader):
    """YAML as JSON has it: no dates, and no key twice."""


def _mapping(loader: _Loader, node: yaml.MappingNode) -> dict[Any, Any]:
    seen: set[Any] = set()
    for key_node, _ in node.value:
        if key_node.tag == "tag:yaml.org,2002:merge":
            continue  # its keys are those that a mapping may have, too, and then has instead
        key = loader.construct_object(key_node, deep=True)
        try:
            is_twice = key in seen
        except TypeError:
            raise yaml.MarkedYAMLError(problem="a key is no text", problem_mark=key_node.start_mark) from None
        if is_twice:
            raise yaml.MarkedYAMLError(problem=f"the key {key!r} stands here twice", problem_mark=key_node.start_mark)
        seen.add(key)
    return loader.construct_mapping(node, deep=True)


_Loader.add_constructor("tag:yaml.org,2002:map", _mapping)
_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def parse(path: Path) -> tuple[str, dict[str, Any]]:
    """Return the text of a file, and the object that it holds.

    Raises:
        GenerationError: It is not there, is neither YAML nor JSON, holds no object, or is beyond all bounds.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise GenerationError(f"{path}: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise GenerationError(f"{path}: byte {error.start}: not UTF-8 text") from error
    document = _document(path, text)
    if not isinstance(document, dict):
        raise GenerationError(f"{path}:1:1: not an OpenAPI document: the top level is no mapping")
    return text, _as_json(path, document)


def _document(path: Path, text: str) -> Any:
    try:
        if text.lstrip().startswith("{"):
            return json.loads(text, object_pairs_hook=_once, parse_constant=_no_number)
        return yaml.load(text, _Loader)  # noqa: S506 (a subclass of SafeLoader)
    except json.JSONDecodeError as error:
        raise GenerationError(f"{path}:{error.lineno}:{error.colno}: not JSON: {error.msg}") from error
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = f":{mark.line + 1}:{mark.column + 1}" if mark is not None else ""
        problem = " ".join((error.problem or error.context or "cannot be read").split())
        raise GenerationError(f"{path}{place}: not YAML: {problem}") from error
    except RecursionError:
        raise GenerationError(f"{path}: not an OpenAPI document: it is nested too deeply") from None
    except (yaml.YAMLError, ValueError) as error:
        kind = "JSON" if text.lstrip().startswith("{") else "YAML"
        raise GenerationError(f"{path}: not {kind}: {' '.join(str(error).split())}") from error


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"the key {twice!r} stands twice in one object")
    return found


def _no_number(text: str) -> Any:
    raise ValueError(f"{text} is no number")


def _as_json(path: Path, document: dict[str, Any]) -> dict[str, Any]:
    """Return the document as JSON has it: keys are texts, and what YAML has once for two places is there twice."""
    _check_size(path, document)
    try:
        text = json.dumps(document, ensure_ascii=False, default=str, allow_nan=False)
        text.encode()
    except UnicodeEncodeError:
        raise GenerationError(f"{path}: a text has half of a surrogate pair, which is no character") from None
    except TypeError:
        raise GenerationError(f"{path}: not an OpenAPI document: a key is no text") from None
    except ValueError:
        raise GenerationError(f"{path}: not an OpenAPI document: a number is infinite, or none") from None
    plain: dict[str, Any] = json.loads(text)
    return plain


def _check_size(path: Path, document: Any) -> None:
    """Refuse what holds itself, is nested too deeply, or is small in YAML and endless once it is written out."""
    level, depth, count = [document], 0, 0
    while level:
        depth, count = depth + 1, count + len(level)
        if depth > _DEEPEST:
            raise GenerationError(f"{path}: not an OpenAPI document: it is nested too deeply, or holds itself")
        if count > _MOST:
            raise GenerationError(f"{path}: not an OpenAPI document: it has more than {_MOST:,} values")
        level = [
            child
            for node in level
            if isinstance(node, dict | list)
            for child in (node.values() if isinstance(node, dict) else node)
        ]
