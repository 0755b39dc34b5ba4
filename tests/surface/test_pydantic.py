"""Models and typed dictionaries are fields of pydantic's models and results of FastAPI's endpoints."""

from __future__ import annotations

import inspect
import json
from typing import Any, get_type_hints

import httpx
import pytest
from fastapi import FastAPI
from pydantic import BaseModel, TypeAdapter, ValidationError

from pandadoc_client import AsyncPandaDoc, PandaDoc, as_tool, types
from pandadoc_client.emulator import Emulator
from pandadoc_client.models import ContactDetailsResponse, DocumentDetailsResponse, DocumentStatusEnum


class Order(BaseModel):
    number: int
    document: DocumentDetailsResponse
    status: DocumentStatusEnum


def test_a_model_is_a_field_and_comes_back_as_it_was() -> None:
    given = {
        "number": 1,
        "document": {"id": "d", "status": "document.draft", "new": [1]},
        "status": "document.of_tomorrow",
    }
    order = Order.model_validate(given)
    assert order.document.id == "d"
    assert order.status.value == "document.of_tomorrow"
    assert order.model_dump(mode="json") == given
    assert json.loads(order.model_dump_json()) == given
    assert Order(number=2, document=order.document, status=order.status).document is order.document


def test_what_is_no_object_is_refused() -> None:
    with pytest.raises(ValidationError, match="must be a DocumentDetailsResponse or a JSON object"):
        Order.model_validate({"number": 1, "document": "d", "status": "s"})


async def test_an_endpoint_returns_a_model() -> None:
    app = FastAPI()

    @app.get("/contact")
    async def contact() -> ContactDetailsResponse:
        return ContactDetailsResponse.from_dict({"id": "c", "email": "ada@example.com"})

    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://testserver") as client:
        assert (await client.get("/contact")).json() == {"id": "c", "email": "ada@example.com"}
        described = (await client.get("/openapi.json")).json()
    content = described["paths"]["/contact"]["get"]["responses"]["200"]["content"]
    assert content["application/json"]["schema"]["type"] == "object"


def test_a_body_is_checked_by_its_typed_dictionary() -> None:
    body: TypeAdapter[Any] = TypeAdapter(types.DocumentSendRequestDict)
    assert body.validate_python({"subject": "s", "silent": True}) == {"subject": "s", "silent": True}
    with pytest.raises(ValidationError, match="silent"):
        body.validate_python({"silent": "perhaps"})
    assert {"subject", "message", "silent"} <= set(body.json_schema()["properties"])


@pytest.mark.parametrize("method", ["list_documents", "send_document", "create_document", "details_document"])
def test_a_tool_has_a_schema_for_each_argument_and_no_options(method: str) -> None:
    """As LangChain and the servers of the Model Context Protocol make one of a function."""
    with PandaDoc(api_key="key") as pd:
        function = getattr(pd.documents, method)
        tool = as_tool(function)
    names = [name for name in inspect.signature(function).parameters if name != "kwargs"]
    assert list(inspect.signature(tool).parameters) == names
    assert set(get_type_hints(tool)) == {*names, "return"}
    for parameter in inspect.signature(tool).parameters.values():
        assert TypeAdapter(parameter.annotation).json_schema()
    assert tool.__doc__ == function.__doc__


async def test_a_tool_makes_the_call(pandadoc_emulator: Emulator) -> None:
    settings: dict[str, Any] = {"api_key": pandadoc_emulator.api_key, "host": pandadoc_emulator.url}
    async with AsyncPandaDoc(**settings) as other:
        found = await as_tool(other.members.details_current_member)()
    with PandaDoc(**settings) as pd:
        assert as_tool(pd.members.details_current_member)().email == found.email
        tool: Any = as_tool(pd.documents.details_document)
        with pytest.raises(TypeError):
            tool()
