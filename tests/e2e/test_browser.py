"""``pandadoc login`` with a real Chromium, by keyboard: what a person sees from the consent page to the last page."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from pandadoc_client.emulator import Emulator
from pandadoc_client.oauth import OAuthClient
from pandadoc_client.oauth.login import login as login_here
from pandadoc_client.oauth.stores import FileTokenStore

from ..cli.conftest import Pandadoc, pandadoc, settings
from ..cli.login_support import Login, running_login

__all__ = ["pandadoc", "settings"]  # fixtures of the command line's tests

SECONDS = 30_000.0  # in milliseconds, as playwright counts


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    found = shutil.which("chromium") or shutil.which("google-chrome")
    if found is None:
        missing = "Chromium is not on this machine; on Debian: apt-get install chromium"
        pytest.fail(missing) if "CI" in os.environ else pytest.skip(missing)
    arguments = [
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-gpu",
        "--disable-quic",
        "--disable-sync",
        "--no-first-run",
    ]
    if getattr(os, "geteuid", lambda: 1)() == 0:
        arguments.append("--no-sandbox")  # which Chromium refuses to do without, for root
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=arguments, headless=True)
        yield browser
        browser.close()


@pytest.fixture
def tab(chromium: Browser) -> Iterator[Page]:
    with chromium.new_context() as context:
        context.set_default_timeout(SECONDS)
        yield context.new_page()


@pytest.fixture
def file_store(tmp_path: Path) -> FileTokenStore:
    return FileTokenStore(tmp_path / "tokens.json")


@pytest.fixture
def login(settings: dict[str, str], file_store: FileTokenStore) -> Iterator[Login]:
    """A login that waits for consent, at a free port."""
    settings |= {
        "PANDADOC_REDIRECT_URI": "http://127.0.0.1/callback",
        "PANDADOC_TOKEN_STORE": f"file:{file_store.path}",
    }
    with running_login(settings) as running:
        yield running


def decide(tab: Page, decision: str) -> None:
    """Press a button of the consent page as somebody without a mouse does."""
    for _ in range(10):
        tab.keyboard.press("Tab")
        if tab.evaluate("document.activeElement.textContent") == decision:
            tab.keyboard.press("Enter")
            return
    raise AssertionError(f"the keyboard does not lead to {decision!r}")


def assert_shows_no_code(tab: Page) -> None:
    text = tab.content()
    for name in ("code=", "state="):
        value = tab.url.partition(name)[2].partition("&")[0]
        assert len(value) > 20
        assert value not in text


def test_consent_by_keyboard_logs_in(
    login: Login, tab: Page, pandadoc: Pandadoc, pandadoc_emulator: Emulator, file_store: FileTokenStore
) -> None:
    tab.goto(login.url)
    decide(tab, "Approve")
    expect(tab.get_by_role("heading", level=1)).to_have_text("Access was granted")
    expect(tab).to_have_title("Access was granted - PandaDoc login")
    assert tab.locator("html").get_attribute("lang") == "en"
    assert_shows_no_code(tab)
    status, output, errors = login.outcome()
    assert (status, errors) == (0, "")
    assert output.startswith("Logged in as Ada Panda")
    stored = file_store.load()
    assert stored is not None
    assert stored.access_token == pandadoc_emulator.live_pair().access_token
    result = pandadoc("status")
    assert (result.returncode, result.stderr) == (0, "")
    assert "Ada Panda" in result.stdout


def test_a_refusal_by_keyboard_is_told_on_both_sides(login: Login, tab: Page, file_store: FileTokenStore) -> None:
    tab.goto(login.url)
    decide(tab, "Deny")
    expect(tab.get_by_role("heading", level=1)).to_have_text("Access was not granted")
    status, output, errors = login.outcome()
    assert (status, output, errors) == (1, "", "pandadoc: access_denied\n")
    assert file_store.load() is None


def test_a_second_tab_is_told_so_and_does_no_harm(tab: Page, pandadoc_emulator: Emulator) -> None:
    exchanging, answered = threading.Event(), threading.Event()

    def hold(request: httpx.Request) -> None:
        exchanging.set()
        answered.wait(60)

    shown: SimpleQueue[str] = SimpleQueue()
    emulator = pandadoc_emulator
    with (
        httpx.Client(event_hooks={"request": [hold]}) as http_client,
        OAuthClient(emulator.client_id, emulator.client_secret, host=emulator.url, http_client=http_client) as client,
        ThreadPoolExecutor() as pool,
    ):
        waiting = pool.submit(login_here, client, open_browser=False, show=shown.put)
        try:
            url = next(line for line in iter(shown.get, None) if line.startswith("http"))
            second = tab.context.new_page()
            for each in (second, tab):
                each.goto(url)
            tab.bring_to_front()
            decide(tab, "Approve")
            assert exchanging.wait(60)
            second.bring_to_front()
            decide(second, "Approve")
            expect(second.get_by_role("heading", level=1)).to_have_text("This login is under way already")
            assert_shows_no_code(second)
        finally:
            answered.set()
        expect(tab.get_by_role("heading", level=1)).to_have_text("Access was granted")
        assert waiting.result(60).access_token == emulator.live_pair().access_token


def test_a_link_that_somebody_else_made_does_not_end_the_login(
    login: Login, tab: Page, pandadoc_emulator: Emulator, file_store: FileTokenStore
) -> None:
    tab.goto(f"{login.redirect_uri}?code=forged&state=forged")
    expect(tab.get_by_role("heading", level=1)).to_have_text("This response belongs to another login")
    assert file_store.load() is None
    tab.goto(login.url)
    decide(tab, "Approve")
    expect(tab.get_by_role("heading", level=1)).to_have_text("Access was granted")
    status, _, errors = login.outcome()
    assert status == 0
    assert errors.startswith("A callback that does not belong to this login was refused; still waiting")
    stored = file_store.load()
    assert stored is not None
    assert stored.access_token == pandadoc_emulator.live_pair().access_token
