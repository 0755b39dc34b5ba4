"""Every operation of the contract, called through its API class, blocking and with asyncio: what goes over the wire."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterator
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from pandadoc_client import ApiClient, AsyncApiClient, Configuration

from ..operations import CASES, OPERATIONS, method_name, sample
from .recording import Answer, Recorded, RecordingServer


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
