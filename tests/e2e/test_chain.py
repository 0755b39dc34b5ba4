"""The everyday chain, from consent to the signed PDF: every part of it real, in one test for each world."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect

from pandadoc_client import AsyncPandaDoc, PandaDoc, webhooks
from pandadoc_client.emulator import Emulator, EmulatorMode, EmulatorOptions
from pandadoc_client.models import WebhookSubscriptionTriggerEnum
from pandadoc_client.types import CreateDocumentRecipientDict, DocumentCreateRequestDict

from ..cli.conftest import Pandadoc, pandadoc, settings
from ..cli.login_support import running_login
from ..emulator.service.browser import press
from ..emulator.service.receiver import Received, Receiver
from .test_browser import chromium, decide, tab

__all__ = ["chromium", "pandadoc", "settings", "tab"]  # fixtures

NAME = "Offer for bamboo"
RECIPIENT: CreateDocumentRecipientDict = {
    "email": "mei.lin@example.com",
    "first_name": "Mei",
    "last_name": "Lin",
    "role": "Client",
}
TRIGGERS: list[WebhookSubscriptionTriggerEnum.Value] = ["document_state_changed", "recipient_completed"]
Sign = Callable[[], None]


@pytest.fixture
def pandadoc_emulator_options() -> EmulatorOptions:
    """A PandaDoc with templates in it, where each step takes its time."""
    return EmulatorOptions(mode=EmulatorMode.STATE, seed_data=True, processing_delay=0.3, render_delay=0.3)


def blocking(hook: str, file: Path, sign: Sign) -> str:
    """Go through the chain with `PandaDoc`; return the key of the webhooks."""
    with PandaDoc() as pd:
        subscription = pd.webhook_subscriptions.create_webhook_subscription(
            {"name": "Chain", "url": hook, "active": True, "triggers": TRIGGERS}
        )
        template = next(pd.templates.iterate_templates(max_items=1))
        document: DocumentCreateRequestDict = {"name": NAME, "template_uuid": template.id, "recipients": [RECIPIENT]}
        sent = pd.documents.create_and_send(document, {"subject": "Please sign"})
        assert sent.status == "document.sent"
        sign()
        pd.documents.wait_until(str(sent.id), "document.completed", timeout=30)
        pd.documents.save_document(str(sent.id), file, wait=30)
        assert [item.name for item in pd.documents.iterate_documents(q=NAME)] == [NAME]
        return str(subscription.shared_key)


async def with_asyncio(hook: str, file: Path, sign: Sign) -> str:
    """Go through the chain with `AsyncPandaDoc`; return the key of the webhooks."""
    async with AsyncPandaDoc() as pd:
        subscription = await pd.webhook_subscriptions.create_webhook_subscription(
            {"name": "Chain", "url": hook, "active": True, "triggers": TRIGGERS}
        )
        template = await anext(pd.templates.iterate_templates(max_items=1))
        document: DocumentCreateRequestDict = {"name": NAME, "template_uuid": template.id, "recipients": [RECIPIENT]}
        sent = await pd.documents.create_and_send(document, {"subject": "Please sign"})
        assert sent.status == "document.sent"
        await asyncio.to_thread(sign)
        await pd.documents.wait_until(str(sent.id), "document.completed", timeout=30)
        await pd.documents.save_document(str(sent.id), file, wait=30)
        assert [item.name async for item in pd.documents.iterate_documents(q=NAME)] == [NAME]
        return str(subscription.shared_key)


def events(received: list[Received], key: str) -> list[str]:
    """Verify what came, and return what it tells."""
    found = []
    for request in received:
        [signature] = parse_qs(urlsplit(request.path).query)["signature"]
        delivery = webhooks.parse(request.body, signature, key, headers=request.headers)
        found += [f"{event.event} {event.status}" for event in delivery.events]
    return found


@pytest.mark.parametrize("world", ["blocking", "asyncio"])
def test_from_consent_to_the_signed_pdf(
    world: str,
    tab: Page,
    settings: dict[str, str],
    pandadoc: Pandadoc,
    pandadoc_emulator: Emulator,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    settings |= {
        "PANDADOC_REDIRECT_URI": "http://127.0.0.1/callback",
        "PANDADOC_TOKEN_STORE": f"file:{tmp_path / 'tokens.json'}",
    }
    settings.pop("PANDADOC_API_KEY", None)
    with running_login(settings) as login:
        tab.goto(login.url)
        decide(tab, "Approve")
        assert login.outcome()[0] == 0
    for name, value in settings.items():
        monkeypatch.setenv(name, value)

    # The browser belongs to this thread, so the program gets another one.
    sent, signed = threading.Event(), threading.Event()

    def sign() -> None:
        sent.set()
        assert signed.wait(60)

    with Receiver() as receiver, ThreadPoolExecutor(1) as pool:
        arguments = receiver.url, tmp_path / "offer.pdf", sign
        program = (
            pool.submit(blocking, *arguments)
            if world == "blocking"
            else pool.submit(lambda: asyncio.run(with_asyncio(*arguments)))
        )
        program.add_done_callback(lambda _: sent.set())
        assert sent.wait(60)
        if not program.done():
            tab.goto(pandadoc_emulator.url)
            press(tab, NAME)
            tab.wait_for_url("**/documents/*")
            press(tab, "Open as Mei Lin")
            tab.wait_for_url("**/document/*")
            for label, value in (("Company", "Bamboo"), ("Date", "2026-02-03"), ("Signature", "Mei Lin")):
                tab.get_by_label(label).fill(value)
            press(tab, "Sign")
            expect(tab.get_by_text("You have signed it.")).to_be_visible()
        signed.set()
        key = program.result(90)
        told = events(receiver.wait_for(5), key)

    assert (tmp_path / "offer.pdf").read_bytes().startswith(b"%PDF-")
    assert "document_state_changed document.sent" in told
    assert "document_state_changed document.completed" in told
    assert pandadoc("status").returncode == 0
    assert all(entry.header("authorization") != "" for entry in pandadoc_emulator.journal)
