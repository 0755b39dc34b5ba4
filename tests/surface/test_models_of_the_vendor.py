"""Every model of the vendor's SDK is made here as it is there: by the same positions and the same keywords."""

from __future__ import annotations

import json
import subprocess
from functools import cache
from typing import Any

import pytest

from pandadoc_client import models
from pandadoc_client._calls.model import Model

from ..wire.harness import vendor_python

# Prints, for each model with fields: what it takes by position, its attributes, and the names of these in JSON.
DESCRIBE = """
import inspect, json
from pandadoc_client import models
from pandadoc_client.model_utils import ModelNormal
described = {}
for name, kind in vars(models).items():
    if isinstance(kind, type) and issubclass(kind, ModelNormal):
        parameters = list(inspect.signature(kind.__init__).parameters.values())[1:]
        required = [one.name for one in parameters if one.kind is one.POSITIONAL_OR_KEYWORD]
        described[name] = [required, kind.attribute_map]
print(json.dumps(described))
"""


@cache
def described() -> dict[str, tuple[list[str], dict[str, str]]]:
    done = subprocess.run(
        [vendor_python(), "-P", "-c", DESCRIBE], capture_output=True, text=True, check=True, timeout=120
    )
    found: dict[str, tuple[list[str], dict[str, str]]] = json.loads(done.stdout)
    return found


def test_every_model_with_fields_is_here() -> None:
    assert len(described()) > 100
    assert [name for name in described() if not issubclass(getattr(models, name), Model)] == []


@pytest.mark.parametrize("way", ["position", "name"])
def test_what_is_required_is_given_by_position_or_by_name(way: str) -> None:
    differing = {}
    for name, (required, names) in described().items():
        kind: Any = getattr(models, name)
        given = {attribute: f"value of {attribute}" for attribute in required}
        made = kind(*given.values()) if way == "position" else kind(**given)
        if made.to_dict() != {names[attribute]: value for attribute, value in given.items()}:
            differing[name] = made.to_dict()
    assert differing == {}


def test_every_attribute_is_a_keyword_and_reads_as_what_was_given() -> None:
    for name, (_, names) in described().items():
        kind: Any = getattr(models, name)
        given = {attribute: f"value of {attribute}" for attribute in names}
        made = kind(**given)
        assert made.to_dict() == {names[attribute]: value for attribute, value in given.items()}, name
        for attribute, value in given.items():
            assert getattr(made, attribute) == value, f"{name}.{attribute}"
