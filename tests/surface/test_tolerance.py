"""Models read anything: a full example of every schema, spoiled at each place in one way and another, comes back."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest

import pandadoc_client.models
from pandadoc_client._calls.model import Model

from ..contract import SCHEMAS, example

WRONG: tuple[Any, ...] = (
    None,
    5,
    -0.5,
    True,
    "",
    "no such value",
    "2026-13-45T99:00",
    [],
    [None, [1]],
    {},
    {"x": None},
)
MODELS = {
    name: getattr(pandadoc_client.models, name)
    for name in pandadoc_client.models.__all__
    if issubclass(getattr(pandadoc_client.models, name), Model)
}


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield (*path, key)
        yield from places(item, (*path, key))


def spoiled(value: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield *value* as it is, empty, and with something wrong at each place: three of the ways, by turns."""
    yield value
    yield {}
    for number, path in enumerate(places(value)):
        *way, last = path
        for turn in range(3):
            wrong = WRONG[(number + turn * 3) % len(WRONG)]
            other = copy.deepcopy(value)
            parent: Any = other
            for step in way:
                parent = parent[step]
            if wrong is ...:
                del parent[last]
            else:
                parent[last] = copy.deepcopy(wrong)
            if isinstance(parent, dict):
                parent["a field of tomorrow"] = {"nested": [1, None]}
            yield other


def read(value: Any) -> None:
    """Read everything in *value*, in every way."""
    if isinstance(value, Model):
        for name in value._fields:
            read(getattr(value, name, None))
        for name in value.to_dict():
            read(value[name])
            assert name in value
        assert repr(value)
    elif isinstance(value, list):
        for item in value:
            read(item)
    elif isinstance(value, dict):
        for item in value.values():
            read(item)


@pytest.mark.parametrize("name", sorted(set(MODELS) & set(SCHEMAS)))
def test_whatever_comes_is_read_and_comes_back(name: str) -> None:
    value = example(SCHEMAS[name], full=True)
    if not isinstance(value, dict):
        pytest.fail(f"{name} is a model and has no fields")
    for case in spoiled(value):
        model = MODELS[name].from_dict(copy.deepcopy(case))
        read(model)
        assert json.dumps(model.to_dict()) == json.dumps(case)


def test_the_schemas_of_the_contract_are_models() -> None:
    assert len(set(MODELS) & set(SCHEMAS)) > 240
