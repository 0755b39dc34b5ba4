"""Options of single calls, views of a client with other options, and the log by the environment."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest

from pandadoc_client import AsyncPandaDoc, PandaDoc, RetryPolicy
from pandadoc_client._http.backends import Backend
from pandadoc_client._http.logging import TRACE
from pandadoc_client.emulator import Emulator, Fault
from pandadoc_client.exceptions import ApiTimeoutError, ApiTypeError, ApiValueError, ServiceException
from pandadoc_client.models import DocumentCreateByPdfUrlRequest

LIST = "/public/v1/documents"


@pytest.fixture
def pd(pandadoc_emulator: Emulator) -> Iterator[PandaDoc]:
    with PandaDoc(api_key=pandadoc_emulator.api_key, host=pandadoc_emulator.url, retries=0) as client:
        yield client


def requests(emulator: Emulator, path: str = LIST) -> list[Any]:
    return [entry for entry in emulator.journal.entries if entry.path == path]


def test_a_view_has_the_same_connections(pandadoc_emulator: Emulator, pd: PandaDoc) -> None:
    pd.documents.list_documents()
    for _ in range(3):
        with pd.with_options(headers={"X-Tenant": "bamboo"}) as view:
            view.documents.list_documents()
            assert view.api_client._open_transport() is pd.api_client._open_transport()
    pd.documents.list_documents()
    found = requests(pandadoc_emulator)
    assert [entry.header("x-tenant") for entry in found] == [None, "bamboo", "bamboo", "bamboo", None]


def test_views_of_views_add_up_and_a_call_wins(pandadoc_emulator: Emulator, pd: PandaDoc) -> None:
    view = pd.with_options(headers={"X-One": "1", "X-Two": "1"}).with_options(headers={"X-Two": "2"})
    view.documents.list_documents(_extra_headers={"X-Three": "3"})
    view.documents.list_documents(_extra_headers={"X-One": "9"})
    names = ("x-one", "x-two", "x-three")
    sent = [[entry.header(name) for name in names] for entry in requests(pandadoc_emulator)]
    assert sent == [["1", "2", "3"], ["9", "2", None]]


def test_retries_of_a_call_and_of_a_view(pandadoc_emulator: Emulator, pd: PandaDoc) -> None:
    again = RetryPolicy(attempts=3, backoff=0.001)
    pandadoc_emulator.faults.add(Fault("service-unavailable", path=LIST, times=2))
    pd.documents.list_documents(_request_retries=again)
    pandadoc_emulator.faults.add(Fault("service-unavailable", path=LIST, times=2))
    pd.with_options(retries=again).documents.list_documents()
    pandadoc_emulator.faults.add(Fault("service-unavailable", path=LIST))
    with pytest.raises(ServiceException):
        pd.with_options(retries=again).documents.list_documents(_request_retries=0)
    assert len(requests(pandadoc_emulator)) == 7


def test_limits_of_a_view_hold_for_calls_and_for_waiting(pandadoc_emulator: Emulator, pd: PandaDoc) -> None:
    hurried = pd.with_options(timeout=0.05)
    for call in (hurried.documents.list_documents, lambda: hurried.documents.wait_until("1", timeout=0.05)):
        pandadoc_emulator.faults.add(Fault("latency", path=f"{LIST}*", delay=5, times=1))
        with pytest.raises((ApiTimeoutError, TimeoutError)):
            call()
    pd.documents.list_documents()


def test_more_parameters_and_members(pandadoc_emulator: Emulator, pd: PandaDoc) -> None:
    wanted = pd.documents.create_document(
        {"name": "A", "url": "https://example.com/a.pdf", "recipients": []}, _extra_body={"metadata": {"deal": "7"}}
    )
    pd.documents.create_document({"name": "B", "url": "https://example.com/a.pdf", "recipients": []})
    found = pd.documents.list_documents(_extra_query={"metadata_deal": "7"})
    assert [one.id for one in found.results or ()] == [wanted.id]
    (first, _) = (entry for entry in requests(pandadoc_emulator) if entry.method == "POST")
    assert json.loads(first.body)["metadata"] == {"deal": "7"}


def test_members_are_added_to_a_model_too(pandadoc_emulator: Emulator, pd: PandaDoc) -> None:
    body = DocumentCreateByPdfUrlRequest(name="A", url="https://example.com/a.pdf", recipients=[])
    pd.documents.create_document(body, _extra_body={"name": "B", "metadata": {"deal": "7"}})
    (sent,) = requests(pandadoc_emulator)
    assert json.loads(sent.body) == {
        "name": "B",
        "url": "https://example.com/a.pdf",
        "recipients": [],
        "metadata": {"deal": "7"},
    }


@pytest.mark.parametrize(
    ("option", "error", "name"),
    [
        ({"_extra_query": "a=b"}, ApiTypeError, "_extra_query"),
        ({"_extra_body": {"a": 1}}, ApiValueError, "_extra_body"),
        ({"_request_retries": -1}, ApiValueError, "retries"),
    ],
)
def test_what_cannot_be_is_named(
    pandadoc_emulator: Emulator, pd: PandaDoc, option: dict[str, Any], error: type[Exception], name: str
) -> None:
    with pytest.raises(error, match=name):
        pd.documents.list_documents(**option)
    assert requests(pandadoc_emulator) == []


@pytest.mark.parametrize(("setting", "name"), [({"timeout": -1}, "timeout"), ({"retries": "x"}, "retries")])
def test_a_view_that_cannot_be_is_refused(pd: PandaDoc, setting: dict[str, Any], name: str) -> None:
    with pytest.raises(ApiValueError, match=name):
        pd.with_options(**setting)
    with pytest.raises(ApiTypeError, match="headers"):
        pd.with_options(headers=[("a", "b")])  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("headers", "error"),
    [({"a b": "x"}, ApiValueError), ({"X": "a\nb"}, ApiValueError), ({1: "x"}, ApiTypeError)],
    ids=["name", "value", "no text"],
)
def test_headers_that_cannot_be_sent_are_refused_where_they_are_given(
    pd: PandaDoc, headers: Any, error: type[Exception]
) -> None:
    with pytest.raises(error, match=r"^headers: "):
        pd.with_options(headers=headers)
    with pytest.raises(error, match=r"^_extra_headers: "):
        pd.documents.list_documents(_extra_headers=headers)


async def test_views_for_asyncio(pandadoc_emulator: Emulator) -> None:
    async with AsyncPandaDoc(api_key=pandadoc_emulator.api_key, host=pandadoc_emulator.url) as pd:
        view = pd.with_options(headers={"X-Tenant": "bamboo"}, retries=RetryPolicy(attempts=2, backoff=0.001))
        pandadoc_emulator.faults.add(Fault("service-unavailable", path=LIST))
        await view.documents.list_documents()
        await view.close()
        await pd.documents.list_documents()
    assert [entry.header("x-tenant") for entry in requests(pandadoc_emulator)] == ["bamboo", "bamboo", None]


def test_the_environment_names_a_level(pandadoc_emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    logger = logging.getLogger("pandadoc_client")
    for text, level in (("trace", TRACE), ("debug", logging.DEBUG), ("INFO", logging.INFO)):
        monkeypatch.setenv("PANDADOC_LOG", text)
        with PandaDoc(api_key=pandadoc_emulator.api_key, host=pandadoc_emulator.url):
            assert logger.level == level
    monkeypatch.setenv("PANDADOC_LOG", "loud")
    with pytest.raises(ApiValueError, match="PANDADOC_LOG must be trace, debug or info"):
        PandaDoc(api_key=pandadoc_emulator.api_key, host=pandadoc_emulator.url)


@pytest.mark.parametrize("backend", ["httpx", "aiohttp"])
async def test_at_the_lowest_level_the_messages_are_logged(
    pandadoc_emulator: Emulator, caplog: pytest.LogCaptureFixture, backend: Backend
) -> None:
    caplog.set_level(TRACE, "pandadoc_client")
    async with AsyncPandaDoc(api_key=pandadoc_emulator.api_key, host=pandadoc_emulator.url, backend=backend) as pd:
        await pd.contacts.create_contact({"email": "ada@example.com"})
    sent, came = (record.getMessage() for record in caplog.records if record.levelno == TRACE)
    assert sent.startswith(f"> POST {pandadoc_emulator.url}/public/v1/contacts\n")
    assert "> Authorization: API-Key ***" in sent
    assert "ada@example.com" in sent
    assert came.startswith("< 201 Created\n< ")
    assert "ada@example.com" in came
    assert pandadoc_emulator.api_key not in caplog.text
    caplog.clear()
    caplog.set_level(logging.DEBUG, "pandadoc_client")
    with PandaDoc(api_key=pandadoc_emulator.api_key, host=pandadoc_emulator.url) as blocking:
        blocking.documents.list_documents()
    assert all(record.levelno >= logging.DEBUG for record in caplog.records)
