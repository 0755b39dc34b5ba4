"""Every model of the vendor's SDK is made here as it is there: by the same positions and the same keywords."""

from __future__ import annotations

import json
import subprocess
from functools import cache
from typing import Any

import pytest

from pandadoc_client import ApiClient, ApiException, Configuration, OpenApiException, apis, models
from pandadoc_client._calls.model import Model
from pandadoc_client.emulator import Emulator

from ..wire.harness import vendor_python

# Prints, for each model with fields: what it takes by position, its attributes, and the names of these in JSON.
DESCRIBE = """
import inspect, json
from pandadoc_client import ApiClient, ApiException, Configuration, OpenApiException, apis, models
from pandadoc_client.model_utils import ModelNormal
described = {}
for name, kind in vars(models).items():
    if isinstance(kind, type) and issubclass(kind, ModelNormal):
        parameters = list(inspect.signature(kind.__init__).parameters.values())[1:]
        required = [one.name for one in parameters if one.kind is one.POSITIONAL_OR_KEYWORD]
        described[name] = [required, kind.attribute_map]
print(json.dumps(described))
"""


def told(program: str) -> Any:
    """Return what a program prints as JSON that runs with the vendor's SDK."""
    command = [str(vendor_python()), "-P", "-c", program]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120)
    return json.loads(done.stdout)


@cache
def described() -> dict[str, tuple[list[str], dict[str, str]]]:
    found: dict[str, tuple[list[str], dict[str, str]]] = told(DESCRIBE)
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


# Prints, for each argument of an operation that takes a model, or a list of it: where it stands, and what is required.
OPERATIONS = """
import json
from pandadoc_client import ApiClient, apis
from pandadoc_client.model_utils import ModelNormal, ModelComposed
found = []
for name, kind in vars(apis).items():
    if isinstance(kind, type) and name.endswith("Api"):
        for attribute, endpoint in vars(kind(ApiClient())).items():
            for argument, types in getattr(endpoint, "openapi_types", {}).items():
                inner = types[0][0] if isinstance(types[0], list) else types[0]
                if isinstance(inner, type) and issubclass(inner, (ModelNormal, ModelComposed)):
                    required = endpoint.params_map["required"]
                    method = attribute.removesuffix("_endpoint")
                    found.append([name, method, argument, inner.__name__, isinstance(types[0], list), required])
print(json.dumps(found))
"""


def test_every_operation_takes_the_model_that_it_took(pandadoc_emulator: Emulator) -> None:
    operations = told(OPERATIONS)
    assert len(operations) > 20
    refused = {}
    settings = Configuration(host=pandadoc_emulator.url, api_key={"apiKey": pandadoc_emulator.api_key})
    with ApiClient(settings) as client:
        for api, method, argument, model, is_list, required in operations:
            made = getattr(models, model).from_dict({})
            others = {name: "x" for name in required if name != argument}
            call = getattr(getattr(apis, api)(client), method)
            try:
                call(**others, **{argument: [made] if is_list else made})
            except ApiException:
                continue  # it was sent, and the server says that it is empty
            except OpenApiException as error:
                refused[method] = str(error)
    assert refused == {}
