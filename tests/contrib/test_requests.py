"""`OAuth2Auth` in the sessions of requests."""

from __future__ import annotations

import asyncio
import io
import logging
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
import requests

from pandadoc_client.contrib.requests import OAuth2Auth
from pandadoc_client.emulator import Emulator
from pandadoc_client.exceptions import ApiTypeError, ReauthorizationRequired
from pandadoc_client.oauth import AsyncTokenManager, MemoryTokenStore, OAuthClient, TokenManager

from ..lifecycle.support import MEMBER, issue, open_async_client, open_client, refreshes, together


@pytest.fixture
def client(pandadoc_emulator: Emulator) -> Iterator[OAuthClient]:
    with open_client(pandadoc_emulator) as client:
        yield client


@pytest.fixture
def manager(pandadoc_emulator: Emulator, client: OAuthClient) -> TokenManager:
    manager = TokenManager(client, MemoryTokenStore())
    manager.save(issue(pandadoc_emulator))
    return manager


@pytest.fixture
def session(manager: TokenManager) -> Iterator[requests.Session]:
    with requests.Session() as session:
        session.auth = OAuth2Auth(manager)
        yield session


@pytest.fixture
def url(pandadoc_emulator: Emulator) -> str:
    return f"{pandadoc_emulator.url}{MEMBER}"


def sent(emulator: Emulator) -> list[str | None]:
    return [entry.header("authorization") for entry in emulator.journal.requests(MEMBER)]


def test_each_request_has_the_token(
    pandadoc_emulator: Emulator, session: requests.Session, manager: TokenManager, url: str
) -> None:
    assert [session.get(url).status_code for _ in range(2)] == [200, 200]
    assert sent(pandadoc_emulator) == [f"Bearer {manager.token().access_token}"] * 2
    assert requests.get(url, auth=OAuth2Auth(manager), timeout=30).status_code == 200


def test_a_401_is_answered_with_a_new_token_once(
    pandadoc_emulator: Emulator, session: requests.Session, manager: TokenManager, url: str
) -> None:
    old = manager.token()
    pandadoc_emulator.expire_access_tokens()
    response = session.get(url)
    assert (response.status_code, [one.status_code for one in response.history]) == (200, [401])
    assert sent(pandadoc_emulator) == [f"Bearer {old.access_token}", f"Bearer {manager.token().access_token}"]
    assert response.request.headers["Authorization"] == f"Bearer {manager.token().access_token}"
    assert session.get(url).status_code == 200
    assert refreshes(pandadoc_emulator) == 1


def test_a_401_that_stays_is_returned(pandadoc_emulator: Emulator, session: requests.Session, url: str) -> None:
    pandadoc_emulator.faults.add("status", path=MEMBER, status=401, body="{}", times=2)
    assert session.get(url).status_code == 401
    assert len(sent(pandadoc_emulator)) == 2
    assert refreshes(pandadoc_emulator) == 1


def test_threads_that_all_get_a_401_share_one_refresh(
    pandadoc_emulator: Emulator, manager: TokenManager, url: str
) -> None:
    manager.token()
    pandadoc_emulator.expire_access_tokens()
    auth = OAuth2Auth(manager)
    assert together(16, lambda: requests.get(url, auth=auth, timeout=60).status_code) == [200] * 16
    assert refreshes(pandadoc_emulator) == 1


BODIES: dict[str, Any] = {
    "bytes": lambda: {"data": b'{"a":1}'},
    "JSON": lambda: {"json": {"a": 1}},
    "multipart": lambda: {"files": {"file": io.BytesIO(b"x")}},  # which requests reads at once
    "generator": lambda: {"data": iter([b"{}"])},
    "file": lambda: {"data": io.BytesIO(b"{}")},
}


@pytest.mark.parametrize("body", BODIES)
def test_a_body_in_memory_is_sent_again_and_no_other(
    pandadoc_emulator: Emulator,
    session: requests.Session,
    manager: TokenManager,
    url: str,
    caplog: pytest.LogCaptureFixture,
    body: str,
) -> None:
    old = manager.token()
    pandadoc_emulator.faults.add("status", path=MEMBER, status=401, body="{}")
    with caplog.at_level(logging.WARNING, "pandadoc_client"):
        status = session.post(f"{url}?secret=marker", **BODIES[body]()).status_code
    if body in ("generator", "file"):
        assert status == 401
        assert "is not sent again: its body cannot be read twice" in caplog.text
        assert "marker" not in caplog.text
        assert len(sent(pandadoc_emulator)) == 1
        assert session.get(url).status_code == 200, "the next one has a new token"
    else:
        first, second = pandadoc_emulator.journal.requests(MEMBER)
        assert first.body == second.body
        assert first.body
    assert manager.token() != old


def test_a_dead_grant_comes_out_of_the_request(
    pandadoc_emulator: Emulator, session: requests.Session, url: str
) -> None:
    pandadoc_emulator.revoke_all()
    for _ in range(3):
        with pytest.raises(ReauthorizationRequired):
            session.get(url)
    assert refreshes(pandadoc_emulator) == 1


class _Elsewhere(BaseHTTPRequestHandler):
    """Another host, which asks whoever is redirected to it for a token."""

    def do_GET(self) -> None:
        self.send_response(401)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None: ...


def test_another_host_gets_no_token(
    pandadoc_emulator: Emulator, session: requests.Session, manager: TokenManager, url: str
) -> None:
    seen: list[str | None] = []

    class Handler(_Elsewhere):
        def do_GET(self) -> None:
            seen.append(self.headers["Authorization"])
            super().do_GET()

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            # Another name of this machine: to requests, another port of the same name is another host as well.
            target = f"http://localhost:{server.server_address[1]}/"
            pandadoc_emulator.faults.add("status", path=MEMBER, status=302, body="", headers={"Location": target})
            before = manager.token()
            assert session.get(url).status_code == 401
        finally:
            server.shutdown()
            thread.join()
    assert seen == [None]
    assert manager.token() == before
    assert refreshes(pandadoc_emulator) == 0


async def test_either_manager_serves(pandadoc_emulator: Emulator, url: str) -> None:
    store = MemoryTokenStore()
    store.save("default", issue(pandadoc_emulator))
    pandadoc_emulator.expire_access_tokens()
    async with open_async_client(pandadoc_emulator) as client:
        auth = OAuth2Auth(AsyncTokenManager(client, store))
        assert (await asyncio.to_thread(requests.get, url, auth=auth, timeout=30)).status_code == 200


def test_what_is_no_manager_is_refused() -> None:
    wrong: Any = "token"
    with pytest.raises(ApiTypeError, match=r"^manager must be a TokenManager or an AsyncTokenManager, not str$"):
        OAuth2Auth(wrong)
