"""No secret where anybody might look: logs, reprs, errors with what led to them, files left behind."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from pandadoc_client import ApiClient, Configuration
from pandadoc_client.api.members_api import MembersApi
from pandadoc_client.emulator import ClientRegistration, Emulator
from pandadoc_client.oauth import FileTokenStore, MemoryTokenStore, OAuth2Auth, OAuthClient, Token, TokenManager

from ..secrets.frames import leaks
from .support import MEMBER, FailingStore, ending, open_client, saved

CLIENT_SECRET = "marker-client-secret"


class Secrets:
    """Every secret there is: the client's, and those of each pair that was ever issued."""

    def __init__(self, emulator: Emulator) -> None:
        self._emulator = emulator
        self._tokens: set[str] = set()

    def token(self, seconds_left: float) -> Token:
        token = Token.from_response(self._emulator.issue_token(), 0)
        self._tokens |= {token.access_token, str(token.refresh_token)}
        return ending(token, seconds_left)

    def __iter__(self) -> Any:
        live = {text for pair in self._emulator.live_pairs() for text in (pair.access_token, pair.refresh_token)}
        return iter({CLIENT_SECRET} | self._tokens | live)

    def in_text(self, text: str) -> list[str]:
        return [secret for secret in self if secret in text]


@pytest.fixture
def emulator() -> Any:
    registration = ClientRegistration(client_id="client", client_secret=CLIENT_SECRET)
    with Emulator(clients=(registration,)) as emulator:
        yield emulator


@pytest.fixture
def secrets(emulator: Emulator) -> Secrets:
    return Secrets(emulator)


@pytest.fixture
def client(emulator: Emulator) -> Any:
    with open_client(emulator) as client:
        yield client


def test_the_logs_of_a_whole_life_have_none(
    emulator: Emulator, client: OAuthClient, secrets: Secrets, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """At DEBUG, ours and httpx's: expiry, 401, a lost response, a save that fails, a dead grant."""
    caplog.set_level(logging.DEBUG)
    store = FileTokenStore(tmp_path / "tokens.json")
    store.save("default", secrets.token(-1))
    manager = TokenManager(client, store)
    with ApiClient(Configuration(host=emulator.url, auth=manager)) as api:
        MembersApi(api).details_current_member()
        emulator.expire_access_tokens()
        MembersApi(api).details_current_member()
        emulator.faults.add("server-error")
        manager.refresh()
        emulator.faults.add("reset-after")
        with pytest.raises(Exception):  # noqa: B017, PT011 (whatever it is: its text is looked at below)
            manager.refresh()
    failing = FailingStore()
    failing.save("default", secrets.token(-1))
    failing.broken.set()
    failing.writes_left = 1
    with pytest.raises(Exception):  # noqa: B017, PT011
        TokenManager(client, failing).token()
    assert "still" in caplog.text or "trying again" in caplog.text
    assert len(caplog.records) > 10
    shown = "\n".join(f"{record.getMessage()} {record.args!r} {record.exc_text}" for record in caplog.records)
    assert secrets.in_text(shown) == []


def refused(emulator: Emulator, manager: TokenManager, store: FailingStore) -> None:
    emulator.revoke_all()


def lost(emulator: Emulator, manager: TokenManager, store: FailingStore) -> None:
    emulator.faults.add("reset-after")


def cut_short(emulator: Emulator, manager: TokenManager, store: FailingStore) -> None:
    emulator.faults.add("truncated-json", times=2)


def unsaved(emulator: Emulator, manager: TokenManager, store: FailingStore) -> None:
    store.broken.set()
    store.writes_left = 1


def unwritable(emulator: Emulator, manager: TokenManager, store: FailingStore) -> None:
    store.broken.set()


def echoed(emulator: Emulator, manager: TokenManager, store: FailingStore) -> None:
    token = saved(store).refresh_token
    emulator.faults.add("status", status=400, body=f'{{"error": "invalid_grant", "error_description": "{token}"}}')


def gone(emulator: Emulator, manager: TokenManager, store: FailingStore) -> None:
    emulator.stop()


@pytest.mark.parametrize("trouble", [refused, lost, cut_short, unsaved, unwritable, echoed, gone])
def test_no_error_shows_any_nor_what_led_to_it(
    emulator: Emulator,
    client: OAuthClient,
    secrets: Secrets,
    trouble: Callable[[Emulator, TokenManager, FailingStore], None],
) -> None:
    store = FailingStore()
    store.save("default", secrets.token(-1))
    manager = TokenManager(client, store)
    trouble(emulator, manager, store)
    with (
        httpx.Client(base_url=emulator.url, auth=OAuth2Auth(manager)) as http,
        pytest.raises(Exception) as caught,  # noqa: PT011
    ):
        http.get(MEMBER)
    links: list[BaseException] = [caught.value]
    for link in links:
        links += [other for other in (link.__cause__, link.__context__) if other is not None and other not in links]
    for link in links:
        text = "\n".join([str(link), repr(link), repr(link.args), *traceback.format_exception(link)])
        assert secrets.in_text(text) == [], type(link)
    assert leaks(caught.value, *secrets) == [], "local variables, which tools that report errors show"


def test_no_repr_shows_any(emulator: Emulator, client: OAuthClient, secrets: Secrets, tmp_path: Path) -> None:
    file, memory = FileTokenStore(tmp_path / "tokens.json"), MemoryTokenStore()
    for store in (file, memory):
        store.save("default", secrets.token(3600))
    manager = TokenManager(client, memory)
    auth = OAuth2Auth(manager)
    record, (entry, _) = memory.read("default"), memory.read_entry("default")
    things = (manager, manager.token(), auth, file, memory, record, entry, client, Configuration(auth=auth))
    assert secrets.in_text(" ".join(f"{thing!r} {thing!s}" for thing in things)) == []


def test_no_file_but_the_store_itself_has_any(
    emulator: Emulator, client: OAuthClient, secrets: Secrets, tmp_path: Path
) -> None:
    store = FileTokenStore(tmp_path / "tokens.json")
    store.save("default", secrets.token(-1))
    manager = TokenManager(client, store)
    manager.token()
    manager.refresh()
    with_any = [path.name for path in tmp_path.iterdir() if secrets.in_text(path.read_text())]
    assert with_any == ["tokens.json"]
