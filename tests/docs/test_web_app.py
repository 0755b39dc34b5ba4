"""The web application of the documentation, over real HTTP: a user agrees, refuses, comes with a foreign link."""

from __future__ import annotations

import gc
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
import uvicorn

from pandadoc_client.emulator import Emulator, EmulatorOptions

from .pages import PROJECT, blocks

(APPLICATION,) = (block for block in blocks(PROJECT / "docs" / "web-app.md") if "app = Starlette" in block.code)


@pytest.fixture
def pandadoc_emulator_options() -> EmulatorOptions:
    return EmulatorOptions(seed_data=True)


@pytest.fixture
def url(pandadoc_emulator: Emulator, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[str]:
    """The application, in an empty folder, with the settings that the page names."""
    monkeypatch.chdir(tmp_path)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        monkeypatch.setenv("PANDADOC_HOST", pandadoc_emulator.url)
        monkeypatch.setenv("PANDADOC_CLIENT_ID", pandadoc_emulator.client_id)
        monkeypatch.setenv("PANDADOC_CLIENT_SECRET", pandadoc_emulator.client_secret)
        monkeypatch.setenv("PANDADOC_REDIRECT_URI", f"{url}/pandadoc/callback")
        monkeypatch.delenv("PANDADOC_API_KEY", raising=False)
        namespace: dict[str, Any] = {"__name__": "app"}
        exec(APPLICATION.compiled(), namespace)
        server = uvicorn.Server(uvicorn.Config(namespace["app"], log_level="error"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            yield url
        finally:
            server.should_exit = True
            thread.join()
            del namespace, server
            gc.collect()  # a connection that the application has left open is an error here, not in some later test


@pytest.fixture
def user() -> Iterator[httpx.Client]:
    """A browser: it keeps cookies and follows redirects."""
    with httpx.Client(follow_redirects=True, timeout=30) as client:
        yield client


def consent_page(user: httpx.Client, url: str) -> str:
    page = user.get(f"{url}/pandadoc/connect")
    assert "Approve" in page.text
    return str(page.url)


def test_a_user_who_agrees_sees_their_documents(url: str, user: httpx.Client, pandadoc_emulator: Emulator) -> None:
    answer = user.get(f"{consent_page(user, url)}&auto=approve")
    assert str(answer.url) == f"{url}/documents"
    assert "Offer to Mei Lin" in answer.json()
    pandadoc_emulator.expire_access_tokens()
    assert user.get(f"{url}/documents").json() == answer.json()  # refreshed in between
    assert [entry.status for entry in pandadoc_emulator.journal.token_requests()] == [200, 200]


def test_a_user_who_refuses_is_told_so(url: str, user: httpx.Client) -> None:
    answer = user.get(f"{consent_page(user, url)}&auto=deny")
    assert (answer.status_code, answer.text) == (403, "You have not connected PandaDoc.")


def test_a_link_of_somebody_else_connects_nothing(url: str, user: httpx.Client, pandadoc_emulator: Emulator) -> None:
    forged = {"code": pandadoc_emulator.issue_code(), "state": "forged"}
    assert user.get(f"{url}/pandadoc/callback", params=forged).status_code == 400, "nobody has begun"
    consent_page(user, url)
    assert user.get(f"{url}/pandadoc/callback", params=forged).status_code == 400
    assert pandadoc_emulator.journal.token_requests() == []


def test_a_forged_link_does_not_end_the_wait_for_the_right_one(url: str, user: httpx.Client) -> None:
    page = consent_page(user, url)
    assert user.get(f"{url}/pandadoc/callback", params={"code": "c", "state": "forged"}).status_code == 400
    assert str(user.get(f"{page}&auto=approve").url) == f"{url}/documents"


@pytest.mark.parametrize("returned", ["code=of-yesterday", "error=server_error", "error=invalid_scope"])
def test_trouble_of_the_server_is_told(url: str, user: httpx.Client, returned: str) -> None:
    (state,) = parse_qs(urlsplit(consent_page(user, url)).query)["state"]
    answer = user.get(f"{url}/pandadoc/callback?state={state}&{returned}")
    assert (answer.status_code, answer.text) == (502, "PandaDoc could not be connected; please begin again.")


def test_who_has_not_connected_is_sent_to_the_consent_page(url: str, user: httpx.Client) -> None:
    assert "Approve" in user.get(f"{url}/documents").text
