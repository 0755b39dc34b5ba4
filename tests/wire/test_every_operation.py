"""Every operation of the contract, called through its API class, blocking and with asyncio: what goes over the wire."""

from __future__ import annotations

import importlib
import inspect
import io
import pkgutil
import re
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

import pandadoc_client.api
from pandadoc_client import ApiClient, AsyncApiClient, Configuration
from pandadoc_client._operation import Operation, Parameter

from ..contract import CONTRACT
from .recording import Answer, Recorded, RecordingServer

METHODS = ("get", "post", "put", "patch", "delete")
SAMPLES: dict[type, Any] = {
    bool: True,
    int: 7,
    float: 1.5,
    str: "some text",
    dict: {"name": "value"},
    date: date(2026, 1, 2),
    datetime: datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
}


CASES = [
    pytest.param(method.upper(), path, item[method], id=item[method]["operationId"])
    for path, item in CONTRACT["paths"].items()
    for method in METHODS
    if method in item
]


def described_operations() -> dict[str, tuple[type, type, Operation]]:
    """Return, by method name, the blocking API class, the other one, and what it says of the operation."""
    found = {}
    for module_info in pkgutil.iter_modules(pandadoc_client.api.__path__):
        module = importlib.import_module(f"pandadoc_client.api.{module_info.name}")
        kinds = [kind for name, kind in inspect.getmembers(module, inspect.isclass) if name.endswith("Api")]
        blocking = next(kind for kind in kinds if not kind.__name__.startswith("Async"))
        other = next(kind for kind in kinds if kind.__name__.startswith("Async"))
        for operation in vars(module).values():
            if isinstance(operation, Operation):
                found[operation.operation_id] = blocking, other, operation
    return found


OPERATIONS = described_operations()


def method_name(operation_id: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", operation_id).lower()


def sample(parameter: Parameter) -> Any:
    return sample_of(parameter.types)


def sample_of(types: Any) -> Any:
    for kind in types:
        if isinstance(kind, list):
            return [sample_of(kind)]
        if kind in SAMPLES:
            return SAMPLES[kind]
    if io.IOBase in types:
        return ("a file.pdf", b"%PDF-1.7 \r\n\x00\xff", "application/pdf")
    return types[0].decode({})


@pytest.fixture(scope="module")
def server() -> Iterator[RecordingServer]:
    with RecordingServer() as running:
        yield running


Call = Callable[[str, dict[str, Any]], Awaitable[Recorded]]


@pytest.fixture(params=["blocking", "asyncio"])
def call(request: pytest.FixtureRequest, server: RecordingServer) -> Call:
    """Make a call in one of the two worlds, and return what the server got."""

    async def make(name: str, arguments: dict[str, Any]) -> Recorded:
        blocking, other, _ = OPERATIONS[name]
        host = server.script(f"{name}-{request.param}", (Answer(),))
        configuration = Configuration(host=host, api_key={"apiKey": "key"}, api_key_prefix={"apiKey": "API-Key"})
        if request.param == "blocking":
            with ApiClient(configuration) as client:
                getattr(blocking(client), name)(**arguments)
        else:
            async with AsyncApiClient(configuration) as async_client:
                await getattr(other(async_client), name)(**arguments)
        (found,) = server.requests(f"{name}-{request.param}")
        return found

    return make


@pytest.mark.filterwarnings("ignore::pandadoc_client.exceptions.FormEncodingWarning")  # of a form with no field
@pytest.mark.parametrize(("method", "path", "operation"), CASES)
async def test_an_operation_goes_out_as_the_contract_has_it(
    call: Call, method: str, path: str, operation: dict[str, Any]
) -> None:
    name = method_name(operation["operationId"])
    assert name in OPERATIONS, "no API class has it"
    described = OPERATIONS[name][2]
    arguments = {parameter.name: sample(parameter) for parameter in described.parameters if parameter.required}
    request = await call(name, arguments)

    target, template = urlsplit(request.target), urlsplit(path)
    assert request.method == method
    pattern = re.sub(r"\\\{[^}]*\\\}", "[^/]+", re.escape(template.path))
    assert re.fullmatch(pattern, target.path)
    query = parse_qsl(target.query, keep_blank_values=True)
    assert set(parse_qsl(template.query, keep_blank_values=True)) <= set(query)
    wanted = {
        parameter.wire for parameter in described.parameters if parameter.required and parameter.location == "query"
    }
    assert wanted <= {key for key, _ in query}
    headers = dict(request.headers)
    assert ("authorization" in headers) == (operation.get("security") != [])
    content_type = headers.get("content-type", "").partition(";")[0]
    body = operation.get("requestBody", {"content": {}})
    if request.body:
        assert content_type in body["content"]


def test_no_api_class_has_more_than_the_contract() -> None:
    assert sorted(method_name(str(case.id)) for case in CASES) == sorted(OPERATIONS)
