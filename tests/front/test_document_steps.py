"""`pd.documents` beyond single calls: waiting, creating and sending, saving; in both worlds."""

from __future__ import annotations

from pathlib import Path

import pytest

from pandadoc_client import AsyncPandaDoc, PandaDoc
from pandadoc_client.emulator import Emulator, EmulatorMode, EmulatorOptions
from pandadoc_client.types import DocumentCreateRequestDict

DOCUMENT: DocumentCreateRequestDict = {
    "name": "Offer",
    "template_uuid": "t",
    "recipients": [{"email": "ada@example.com"}],
}


@pytest.fixture
def pandadoc_emulator_options() -> EmulatorOptions:
    """An emulator to which any identifier is good."""
    return EmulatorOptions(mode=EmulatorMode.EXAMPLES)


@pytest.fixture
def emulator(pandadoc_emulator: Emulator) -> Emulator:
    """An emulator in which a document is a draft at the first look, and sent when it is sent."""
    answers = pandadoc_emulator.responses
    answers.add("create_document", {"id": "made", "status": "document.uploaded"}, status=201)
    answers.add("status_document", {"id": "made", "status": "document.draft"}, times=2)
    answers.add("send_document", {"id": "made", "status": "document.sent"})
    return pandadoc_emulator


def asked(emulator: Emulator) -> list[str]:
    return [f"{entry.method} {entry.path}" for entry in emulator.journal]


CHAIN = [
    "GET /public/v1/documents/made",
    "POST /public/v1/documents",
    "GET /public/v1/documents/made",
    "POST /public/v1/documents/made/send",
    "GET /public/v1/documents/made/download",
]


def test_the_everyday_chain_is_a_few_lines(emulator: Emulator, tmp_path: Path) -> None:
    with PandaDoc(api_key=emulator.api_key, host=emulator.url) as pd:
        assert pd.documents.wait_until("made").status == "document.draft"
        assert pd.documents.create_and_send(DOCUMENT, {"silent": True}).status == "document.sent"
        saved = pd.documents.save_document("made", tmp_path / "offer.pdf")
    assert (tmp_path / "offer.pdf").read_bytes().startswith(b"%PDF-")
    assert saved.size == (tmp_path / "offer.pdf").stat().st_size
    assert asked(emulator) == CHAIN


async def test_the_everyday_chain_with_asyncio(emulator: Emulator, tmp_path: Path) -> None:
    async with AsyncPandaDoc(api_key=emulator.api_key, host=emulator.url) as pd:
        assert (await pd.documents.wait_until("made")).status == "document.draft"
        assert (await pd.documents.create_and_send(DOCUMENT, {"silent": True})).status == "document.sent"
        await pd.documents.save_document("made", tmp_path / "offer.pdf")
    assert (tmp_path / "offer.pdf").read_bytes().startswith(b"%PDF-")
    assert asked(emulator) == CHAIN


def test_a_draft_is_sent_when_it_is_ready(emulator: Emulator) -> None:
    with PandaDoc(api_key=emulator.api_key, host=emulator.url) as pd:
        assert pd.documents.send_when_ready("made").status == "document.sent"
    assert asked(emulator) == CHAIN[2:4]


async def test_a_draft_is_sent_when_it_is_ready_with_asyncio(emulator: Emulator) -> None:
    async with AsyncPandaDoc(api_key=emulator.api_key, host=emulator.url) as pd:
        assert (await pd.documents.send_when_ready("made")).status == "document.sent"
    assert asked(emulator) == CHAIN[2:4]
