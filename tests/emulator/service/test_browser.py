"""The page in a real Chromium, by keyboard: it shows what happens while it happens."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from ...e2e.test_browser import SECONDS, chromium, tab
from .support import Api

__all__ = ["chromium", "tab"]  # fixtures


def press(tab: Page, label: str) -> None:
    """Go to a button or link and press it as somebody without a mouse does."""
    for _ in range(40):
        tab.keyboard.press("Tab")
        name = "document.activeElement.getAttribute('aria-label') || document.activeElement.textContent"
        if tab.evaluate(name) == label:
            with tab.expect_navigation():  # the next key must not fall into the page that goes
                tab.keyboard.press("Enter")
            return
    pytest.fail(f"{label} cannot be reached")


@pytest.fixture
def complaints(tab: Page) -> list[str]:
    """What the browser complains of, such as the content security policy."""
    found: list[str] = []
    tab.on("console", lambda message: found.append(message.text) if message.type in ("error", "warning") else None)
    tab.on("pageerror", lambda error: found.append(str(error)))
    return found


def test_a_document_that_is_created_meanwhile_appears_and_is_completed(
    tab: Page, complaints: list[str], begin: Callable[..., Api]
) -> None:
    api = begin(processing_delay=600)
    tab.goto(api.emulator.url)
    expect(tab.get_by_role("heading", name="Documents")).to_be_visible()
    document = api.new("Live & well")
    row = tab.get_by_role("row").filter(has_text="Live & well")
    expect(row).to_contain_text("uploaded", timeout=SECONDS)
    for label, status in (("Make it ready", "draft"), ("Send", "sent"), ("View", "viewed"), ("Complete", "completed")):
        press(tab, f"{label}: Live & well")
        expect(row).to_contain_text(status, timeout=SECONDS)
    assert api.status(document) == "document.completed"
    expect(tab.get_by_role("row").filter(has_text="POST /public/v1/documents").first).to_contain_text("201")
    assert complaints == []


def test_the_focus_stays_when_the_tables_change(tab: Page, complaints: list[str], api: Api) -> None:
    first = api.new("First")
    tab.goto(api.emulator.url)
    tab.locator(f"#send-{first}").focus()
    api.new("Second")
    expect(tab.get_by_role("row").filter(has_text="Second")).to_be_visible(timeout=SECONDS)
    assert tab.evaluate("document.activeElement.id") == f"send-{first}"
    assert complaints == []


def test_a_recipient_signs_by_keyboard(tab: Page, complaints: list[str], api: Api) -> None:
    document = api.sent("To sign")
    tab.goto(api.emulator.url)
    press(tab, "To sign")
    press(tab, "Open as Mei Lin")
    press(tab, "Sign")
    expect(tab.get_by_text("You have signed it.")).to_be_visible()
    assert api.status(document) == "document.completed"
    assert complaints == []
