"""Names of statuses, accepted wherever the API takes their numbers; numbers go over the wire."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs

import pytest

from pandadoc_client import ApiClient, ApiTypeError, ApiValueError, AsyncPandaDoc, PandaDoc
from pandadoc_client.api.documents_api import DocumentsApi
from pandadoc_client.emulator import Emulator, EmulatorMode, EmulatorOptions
from pandadoc_client.models import (
    DocumentStatusChangeRequest,
    DocumentStatusChangeRequestStatusEnum,
    DocumentStatusEnum,
    DocumentStatusRequestEnum,
)

from ..contract import CONTRACT

SCHEMAS = CONTRACT["components"]["schemas"]
NAMES = {name: number for number, name in enumerate(SCHEMAS["DocumentStatusEnum"]["enum"])}


@pytest.fixture
def pandadoc_emulator_options() -> EmulatorOptions:
    """Every document is there."""
    return EmulatorOptions(mode=EmulatorMode.EXAMPLES)


@pytest.fixture
def pd(pandadoc_emulator: Emulator) -> Iterator[PandaDoc]:
    with PandaDoc(api_key=pandadoc_emulator.api_key, host=pandadoc_emulator.url) as client:
        yield client


def queries(emulator: Emulator) -> list[dict[str, list[str]]]:
    return [parse_qs(entry.query) for entry in emulator.journal.entries]


def test_the_names_are_those_of_the_statuses_in_responses() -> None:
    assert {name: DocumentStatusRequestEnum.numbers[name] for name in NAMES} == NAMES
    changed = DocumentStatusChangeRequestStatusEnum.numbers
    assert {name: NAMES[name] for name in changed if "." in name} == {
        name: number for name, number in changed.items() if "." in name
    }
    assert set(changed.values()) == set(DocumentStatusChangeRequestStatusEnum.allowed_values)


@pytest.mark.parametrize(
    "status",
    ["completed", "document.completed", DocumentStatusEnum("document.completed"), 2, DocumentStatusRequestEnum(2)],
)
def test_a_name_and_its_number_are_the_same_request(pandadoc_emulator: Emulator, pd: PandaDoc, status: Any) -> None:
    pd.documents.list_documents(status=status, status__ne="voided")
    next(pd.documents.iterate_documents(status=status, page_size=5))
    first, second = queries(pandadoc_emulator)
    assert (first["status"], first["status__ne"], second["status"]) == (["2"], ["11"], ["2"])


async def test_with_asyncio_and_in_the_vendors_way(pandadoc_emulator: Emulator, pd: PandaDoc) -> None:
    emulator = pandadoc_emulator
    async with AsyncPandaDoc(api_key=emulator.api_key, host=emulator.url) as client:
        await client.documents.list_documents(status="waiting_pay")
    with ApiClient(pd.configuration) as api_client:
        DocumentsApi(api_client).list_documents(status="scheduled")
    assert [query["status"] for query in queries(emulator)] == [["9"], ["14"]]


def test_a_status_that_is_set_by_hand(pandadoc_emulator: Emulator, pd: PandaDoc) -> None:
    bodies: list[Any] = [{"status": "paid"}, DocumentStatusChangeRequest("paid", note="cash"), {"status": 10}]
    for body in bodies:
        pd.documents.change_document_status("BhVzRcxH9Z2LgfPPGXFUBa", body)
    pd.documents.change_document_status_with_upload("BhVzRcxH9Z2LgfPPGXFUBa", file=b"%PDF-", data={"status": "paid"})
    *plain, form = pandadoc_emulator.journal.entries
    assert [json.loads(entry.body)["status"] for entry in plain] == [10, 10, 10]
    assert json.loads(plain[1].body)["note"] == "cash"
    assert b'{"status": 10}' in form.body
    assert bodies[0] == {"status": "paid"}  # the caller's own stays as it is


def test_a_misspelt_name_is_refused_before_anything_is_sent(pandadoc_emulator: Emulator, pd: PandaDoc) -> None:
    wrong: Any = "complete"
    with pytest.raises(ApiValueError, match=r"^status: 'complete' is not one of draft, sent, completed, .*scheduled"):
        pd.documents.list_documents(status=wrong)
    with pytest.raises(
        ApiValueError, match=r"request\.status: 'draft' is not one of completed, paid, voided, declined "
    ):
        pd.documents.change_document_status("BhVzRcxH9Z2LgfPPGXFUBa", {"status": "draft"})  # type: ignore[arg-type]
    with pytest.raises(ApiTypeError, match="status"):
        pd.documents.list_documents(status=wrong.encode())
    assert pandadoc_emulator.journal.entries == []


def test_the_emulator_takes_names_with_and_without_their_prefix() -> None:
    with Emulator(seed_data=True) as emulator, PandaDoc(api_key=emulator.api_key, host=emulator.url) as pd:
        document = next(pd.documents.iterate_documents(status="draft"))
        emulator.service.set_status(document.id, "waiting_pay")
        assert document.id in {found.id for found in pd.documents.iterate_documents(status="waiting_pay")}
        emulator.service.set_status(document.id, "document.paid")
        assert document.id in {found.id for found in pd.documents.iterate_documents(status="document.paid")}
        with pytest.raises(ValueError, match="status is one of"):
            emulator.service.set_status(document.id, "paying")
