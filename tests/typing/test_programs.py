"""The programs in ``programs`` do what they are for, against the emulator."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from pandadoc_client import webhooks
from pandadoc_client.emulator import Emulator, EmulatorMode, EmulatorOptions

from ..docs.settings import settings_for

KEY = "587c22285F57883db3ee"
COMPLETED = b'[{"event": "document_state_changed", "data": {"id": "msFYActMfJHqNTKH", "status": "document.completed"}}]'
SIGNED = {"signature": webhooks.sign(COMPLETED, KEY)}
PLACE = "/pandadoc/webhook"


@pytest.fixture
def pandadoc_emulator_options() -> EmulatorOptions:
    """A PandaDoc with templates in it, where a new document is not ready at once."""
    return EmulatorOptions(mode=EmulatorMode.STATE, seed_data=True, processing_delay=0.3)


@pytest.fixture(autouse=True)
def environment(pandadoc_emulator: Emulator, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The settings of a person who has logged in, in an empty folder."""
    monkeypatch.chdir(tmp_path)
    for name, value in settings_for(pandadoc_emulator).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("PANDADOC_WEBHOOK_KEY", KEY)
    monkeypatch.setenv("WEBHOOK_STORE", "sqlite:webhooks.db")
    return tmp_path


def test_documents_are_exported(capsys: pytest.CaptureFixture[str]) -> None:
    from .programs import handle_errors, list_and_export

    handle_errors.main()  # so that there is a document
    capsys.readouterr()
    list_and_export.main()
    output, errors = capsys.readouterr()
    head, *rows = output.splitlines()
    assert head == "id,name,status,created,expires"
    assert sum(",New,document.sent," in row for row in rows) == 1
    assert "sent: " in errors


def test_an_offer_is_priced(capsys: pytest.CaptureFixture[str], pandadoc_emulator: Emulator) -> None:
    from .programs import price_offer

    price_offer.main()
    assert capsys.readouterr().out == "Offer of 203.00 EUR document.draft\n"
    (created,) = [entry for entry in pandadoc_emulator.journal.entries if (entry.method, entry.status) == ("POST", 201)]
    row = json.loads(created.body)["pricing_tables"][0]["sections"][0]["rows"][0]
    assert row["data"] == {"Name": "Bamboo", "Price": 19.9, "QTY": 10, "SKU": "B-1"}


def test_a_file_is_uploaded_and_sent(capsys: pytest.CaptureFixture[str], environment: Path) -> None:
    from .programs import upload_and_send

    file = environment / "contract.pdf"
    file.write_bytes(b"%PDF-1.7 made up")
    asyncio.run(upload_and_send.main(file))
    assert capsys.readouterr().out.startswith("ada@example.com ")


def test_contacts_are_brought_over(capsys: pytest.CaptureFixture[str]) -> None:
    from .programs import sync_contacts

    sync_contacts.main()
    assert capsys.readouterr().out.splitlines() == ["created", "updated", "kept", "Dear Mei"]


def test_errors_are_told_apart(capsys: pytest.CaptureFixture[str]) -> None:
    from .programs import handle_errors

    handle_errors.main()
    unknown, early, sent = capsys.readouterr().out.splitlines()
    assert unknown == "there is no such document"
    assert early.startswith("it is not ready to be sent: ")
    assert sent == "sent to 0 recipients"


def calling(app: Any, address: str = "http://testserver") -> httpx.AsyncClient:
    """Return what calls an ASGI application as a server would."""
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=address)


async def test_fastapi_receives_and_shows() -> None:
    from pandadoc_client import AsyncPandaDoc

    from .programs import receive_fastapi

    async with AsyncPandaDoc() as pd:
        made = await pd.documents.create_document({"name": "Shown", "url": "https://example.com/a.pdf"})
    async with calling(receive_fastapi.app) as client:
        assert (await client.post(PLACE, content=COMPLETED, params=SIGNED)).status_code == 204
        assert receive_fastapi.completed.pop() == "msFYActMfJHqNTKH"
        assert (await client.post(PLACE, content=COMPLETED, params={"signature": "00"})).status_code == 401
        shown = (await client.get(f"/documents/{made.id}")).json()
    assert (shown["id"], shown["name"]) == (made.id, "Shown")
    assert shown["status"].startswith("document.")


def test_flask_receives_once() -> None:
    from .programs import receive_flask

    client = receive_flask.app.test_client()
    for _ in range(2):
        assert client.post(PLACE, data=COMPLETED, query_string=SIGNED).status_code == 204
    assert receive_flask.handled == [("document_state_changed", "msFYActMfJHqNTKH")]
    assert client.post(PLACE, data=COMPLETED + b" ", query_string=SIGNED).status_code == 401


def test_django_receives() -> None:
    from django.test import Client

    from .programs import receive_django

    receive_django.set_up()
    for body, expected in ((COMPLETED, 204), (COMPLETED + b" ", 401)):
        response = Client().generic("POST", f"{PLACE}?signature={SIGNED['signature']}", body, "application/json")
        assert response.status_code == expected
    assert receive_django.handled == ["msFYActMfJHqNTKH"]


async def test_a_web_application_logs_a_customer_in() -> None:
    from .programs import web_app

    async with calling(web_app.app, "http://127.0.0.1:8000") as browser, httpx.AsyncClient() as elsewhere:
        consent = (await browser.get("/login")).headers["location"]
        back = (await elsewhere.get(f"{consent}&auto=approve")).headers["location"]
        assert back.startswith("http://127.0.0.1:8000/callback?")
        assert (await browser.get(back)).headers["location"] == "/documents"
        assert "NDA with Bamboo & Sons" in (await browser.get("/documents")).json()
