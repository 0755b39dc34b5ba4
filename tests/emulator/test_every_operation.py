"""Every operation of the contract, called through its API class against the emulator, blocking and with asyncio."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pytest

from pandadoc_client import ApiClient, ApiException, AsyncApiClient, Configuration
from pandadoc_client.emulator import Emulator

from ..contract import CONTRACT, answer_errors, example, resolved
from ..operations import CASES, OPERATIONS, method_name, sample

Call = Callable[[str, dict[str, Any]], Awaitable[Any]]


@pytest.fixture(scope="module")
def emulator() -> Iterator[Emulator]:
    with Emulator(mode="examples") as running:
        yield running


@pytest.fixture(params=["blocking", "asyncio"])
def call(request: pytest.FixtureRequest, emulator: Emulator) -> Call:
    """Make a call in one of the two worlds."""
    configuration = Configuration(
        host=emulator.url, api_key={"apiKey": emulator.api_key}, api_key_prefix={"apiKey": "API-Key"}
    )

    async def make(name: str, arguments: dict[str, Any]) -> Any:
        blocking, other, _ = OPERATIONS[name]
        if request.param == "blocking":
            with ApiClient(configuration) as client:
                return getattr(blocking(client), name)(**arguments)
        async with AsyncApiClient(configuration) as async_client:
            return await getattr(other(async_client), name)(**arguments)

    return make


def arguments_of(name: str, path: str, operation: dict[str, Any]) -> dict[str, Any]:
    """Return arguments that keep to the contract: those that must be given, and a file where one can be."""
    declared = {
        (item["name"], item["in"]): item
        for item in map(resolved, [*operation.get("parameters", ()), *CONTRACT["paths"][path].get("parameters", ())])
    }
    result = {}
    for parameter in OPERATIONS[name][2].parameters:
        if (parameter.wire, parameter.location) in declared and parameter.required:
            found = declared[parameter.wire, parameter.location]
            result[parameter.name] = found.get("example") or example(found["schema"], full=False)
        elif parameter.location == "body" and parameter.required:
            content = operation["requestBody"]["content"]["application/json"]
            result[parameter.name] = decoded(parameter.types[0], example(content["schema"], full=False))
        elif parameter.location == "form" and (parameter.required or parameter.name == "file"):
            result[parameter.name] = sample(parameter)
    return result


def decoded(kind: Any, plain: Any) -> Any:
    return [decoded(kind[0], item) for item in plain] if isinstance(kind, list) else kind.decode(plain)


TOKEN_FORM = {"grant_type": "refresh_token", "client_id": "nobody", "client_secret": "x", "refresh_token": "x"}


@pytest.mark.parametrize(("method", "path", "operation"), CASES)
async def test_an_operation_is_answered_as_the_contract_has_it(
    call: Call, emulator: Emulator, method: str, path: str, operation: dict[str, Any]
) -> None:
    name = method_name(operation["operationId"])
    if name == "access_token":
        with pytest.raises(ApiException, match="invalid_client"):
            await call(name, TOKEN_FORM)
        return
    result = await call(name, arguments_of(name, path, operation))
    entry = emulator.journal.entries[-1]
    assert entry.method == method
    assert str(entry.status) in operation["responses"]
    content = resolved(operation["responses"][str(entry.status)]).get("content", {})
    if "application/json" in content:
        plain = [item.to_dict() for item in result] if isinstance(result, list) else result.to_dict()
        assert answer_errors(content["application/json"]["schema"], plain) == []
    elif content:
        assert result.read().startswith(b"%PDF-")
    else:
        assert result is None


@pytest.mark.parametrize(("method", "path", "operation"), CASES)
async def test_no_url_in_a_response_leads_to_the_real_service(
    call: Call, emulator: Emulator, method: str, path: str, operation: dict[str, Any]
) -> None:
    name = method_name(operation["operationId"])
    if name == "access_token":
        return  # it has no URL
    result = await call(name, arguments_of(name, path, operation))
    plain = [
        item.to_dict() if hasattr(item, "to_dict") else str(item)
        for item in ([result], result)[isinstance(result, list)]
    ]
    assert re.findall(r"https?://[^/\"' ]*pandadoc\.com(?![\w.])", str(plain)) == []


@pytest.mark.parametrize(("method", "path", "operation"), CASES)
async def test_every_operation_gives_its_scripted_answer(
    call: Call, emulator: Emulator, method: str, path: str, operation: dict[str, Any]
) -> None:
    name = method_name(operation["operationId"])
    emulator.responses.clear()  # of a run of this test that failed
    emulator.responses.add(name, {"type": "teapot"}, status=418)
    arguments = arguments_of(name, path, operation)
    if name == "access_token":
        credentials = {"client_id": emulator.client_id, "client_secret": emulator.client_secret}
        arguments = {**TOKEN_FORM, **credentials}
    with pytest.raises(ApiException, match="teapot") as caught:
        await call(name, arguments)
    assert caught.value.status == 418
    assert len(emulator.responses) == 0
