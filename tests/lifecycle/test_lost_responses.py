"""What follows a refresh that brought no token: each edge of the diagram in docs/oauth.md.

The server rotates at once, late, or not at all; it answers or does not; it kills a grant whose spent token it sees
again, or just refuses it.
"""

from __future__ import annotations

import dataclasses
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

import pytest

from pandadoc_client.exceptions import (
    ApiConnectionError,
    ApiException,
    ApiTimeoutError,
    ReauthorizationRequired,
    ServiceException,
    TokenStoreError,
)
from pandadoc_client.oauth import FileTokenStore, MemoryTokenStore, OAuthClient, Token, TokenManager, TokenStore
from pandadoc_client.oauth.stores.entry import Attempt, Entry, encode_entry

from .support import FailingStore
from .token_server import Step, TokenServer

_SOON = 0.3
"""Seconds after which a refresh is given up, where that is to happen."""
Lost = Literal["breaks", "garbage"] | int
LOST: tuple[Lost, ...] = ("breaks", "garbage", 500, 502)


@pytest.fixture(params=[False, True], ids=["spent tokens are refused", "reuse revokes the grant"])
def server(request: pytest.FixtureRequest) -> Iterator[TokenServer]:
    with TokenServer(reuse_revokes=request.param) as server:
        yield server


@pytest.fixture
def store(server: TokenServer) -> MemoryTokenStore:
    store = MemoryTokenStore()
    store.save("default", server.token())
    return store


@pytest.fixture
def open_manager(server: TokenServer) -> Iterator[Callable[..., TokenManager]]:
    clients: list[OAuthClient] = []

    def open_one(store: TokenStore, refresh_timeout: float | None = None) -> TokenManager:
        clients.append(OAuthClient("id", "secret", host=server.url, retries=0, refresh_timeout=refresh_timeout))
        return TokenManager(clients[-1], store)

    yield open_one
    for client in clients:
        client.close()


def seed_attempt(store: TokenStore, server: TokenServer, attempt: Attempt) -> str:
    """Put an attempt that somebody has begun into *store*, and return its revision."""
    store.delete("default")
    token = server.token()
    document = encode_entry(Entry(token, attempt))
    return store.write("default", document, expires_at=token.expires_at, expected=None)


def attempt_in(store: TokenStore) -> Attempt | None:
    entry, _ = store.read_entry("default")
    assert entry is not None
    return entry.attempt


# -- not processed: all is as it was, and the next call sends again --------------------------------------------------


@pytest.mark.parametrize("status", [429, 503, 400, 401, 403])
def test_what_was_not_processed_leaves_no_trace(
    server: TokenServer, store: MemoryTokenStore, open_manager: Callable[..., TokenManager], status: int
) -> None:
    server.steps.append(Step("never", status))
    manager = open_manager(store)
    with pytest.raises(ApiException) as caught:
        manager.token()
    assert caught.value.status == status
    assert attempt_in(store) is None
    assert server.is_good(manager.token())
    assert server.received == ["refresh-0"] * 2


# -- over without a token: once more, at once ------------------------------------------------------------------------


@pytest.mark.parametrize("how", LOST)
def test_a_lost_response_to_what_was_not_processed_is_made_up_for(
    server: TokenServer, store: MemoryTokenStore, open_manager: Callable[..., TokenManager], how: Lost
) -> None:
    server.steps.append(Step("never", how))
    assert server.is_good(open_manager(store).token())
    assert server.received == ["refresh-0"] * 2


@pytest.mark.parametrize("how", LOST)
def test_a_lost_response_to_what_was_processed_is_said_to_be_lost(
    server: TokenServer, store: MemoryTokenStore, open_manager: Callable[..., TokenManager], how: Lost
) -> None:
    server.steps.append(Step("at once", how))
    with pytest.raises(ReauthorizationRequired, match="the response to the refresh was lost"):
        open_manager(store).token()
    assert server.received == ["refresh-0"] * 2


@pytest.mark.parametrize("how", LOST)
def test_two_lost_responses_are_not_waited_for(
    server: TokenServer, store: MemoryTokenStore, open_manager: Callable[..., TokenManager], how: Lost
) -> None:
    server.steps += [Step("never", how), Step("never", how)]
    manager = open_manager(store)
    with pytest.raises(ApiConnectionError, match="sent twice"):
        manager.token()
    attempt = attempt_in(store)
    assert attempt is not None, "it explains a refusal"
    assert attempt.seconds_left(3600) == 0, "nothing is under way"
    assert server.is_good(manager.token())
    assert server.received == ["refresh-0"] * 3


def test_nothing_is_sent_again_unless_that_can_be_written_down(
    server: TokenServer, open_manager: Callable[..., TokenManager]
) -> None:
    store = FailingStore()
    store.save("default", server.token())
    store.broken.set()
    store.writes_left = 1
    server.steps.append(Step("never", "breaks"))
    with pytest.raises(ApiConnectionError, match="was not sent again: The disk is full") as caught:
        open_manager(store).token()
    assert isinstance(caught.value.__cause__, TokenStoreError)
    assert server.received == ["refresh-0"]


# -- may be under way: not by this call ------------------------------------------------------------------------------


@pytest.mark.parametrize("rotates", ["at once", "late", "never"])
def test_a_request_that_was_given_up_is_not_sent_again(
    server: TokenServer,
    store: MemoryTokenStore,
    open_manager: Callable[..., TokenManager],
    rotates: Literal["at once", "late", "never"],
) -> None:
    server.steps.append(Step(rotates, "never"))
    with pytest.raises(ApiTimeoutError) as caught:
        open_manager(store, _SOON).token()
    assert caught.value.request_sent
    assert server.received == ["refresh-0"]
    attempt = attempt_in(store)
    assert attempt is not None
    assert attempt.seconds is not None
    assert attempt.seconds > _SOON, "longer than its own limit: the server does not stop with its client"


def test_a_request_that_a_gateway_gave_up_is_not_sent_again(
    server: TokenServer, store: MemoryTokenStore, open_manager: Callable[..., TokenManager]
) -> None:
    server.steps.append(Step("at once", 504))
    with pytest.raises(ServiceException) as caught:
        open_manager(store).token()
    assert caught.value.status == 504
    assert server.received == ["refresh-0"]
    assert attempt_in(store) is not None


@pytest.mark.parametrize("rotates", ["at once", "late"])
def test_the_call_after_one_that_was_given_up_says_what_it_found(
    server: TokenServer,
    store: MemoryTokenStore,
    open_manager: Callable[..., TokenManager],
    rotates: Literal["at once", "late"],
) -> None:
    server.steps.append(Step(rotates, "never"))
    manager = open_manager(store, _SOON)
    with pytest.raises(ApiTimeoutError):
        manager.token()
    server.release()
    with pytest.raises(ReauthorizationRequired, match=f"process {os.getpid()} on .* never came to an end"):
        open_manager(store).token()
    assert server.received == ["refresh-0"] * 2


def test_the_call_after_one_that_was_given_up_and_not_processed_brings_a_token(
    server: TokenServer, store: MemoryTokenStore, open_manager: Callable[..., TokenManager]
) -> None:
    server.steps.append(Step("never", "never"))
    with pytest.raises(ApiTimeoutError):
        open_manager(store, _SOON).token()
    assert server.is_good(open_manager(store).token())
    assert server.received == ["refresh-0"] * 2


# -- somebody else's attempt: wait, read the store, then decide ------------------------------------------------------


def test_an_attempt_that_may_be_under_way_is_waited_for(
    server: TokenServer, store: MemoryTokenStore, open_manager: Callable[..., TokenManager]
) -> None:
    revision = seed_attempt(store, server, Attempt.now(3600))
    manager = open_manager(store)
    with pytest.raises(ApiTimeoutError, match="what was begun goes on"):
        manager.token(timeout=0.1)
    assert server.received == []
    theirs = dataclasses.replace(server.token(seconds_left=3600), access_token="theirs")
    store.write("default", encode_entry(Entry(theirs)), expires_at=None, expected=revision)
    assert manager.token() == theirs
    assert server.received == []


def test_an_attempt_that_was_taken_back_is_not_waited_for(
    server: TokenServer, store: MemoryTokenStore, open_manager: Callable[..., TokenManager]
) -> None:
    revision = seed_attempt(store, server, Attempt.now(3600))
    manager = open_manager(store)
    with pytest.raises(ApiTimeoutError):
        manager.token(timeout=0.1)
    store.write("default", encode_entry(Entry(server.token())), expires_at=None, expected=revision)
    assert server.is_good(manager.token())
    assert server.received == ["refresh-0"]


def test_whoever_slept_through_its_own_attempt_looks_again_before_it_sends(
    server: TokenServer, open_manager: Callable[..., TokenManager]
) -> None:
    other = MemoryTokenStore()

    class Sleepy(MemoryTokenStore):
        """Writes the first attempt, and returns when its time is over and somebody else has saved a token."""

        is_awake = False

        def write(self, key: str, document: str, *, expires_at: datetime | None, expected: str | None) -> str:
            revision = super().write(key, document, expires_at=expires_at, expected=expected)
            if not self.is_awake and json.loads(document)["attempt"]:
                self.is_awake = True
                time.sleep(2 * _SOON)  # time is what this is about
                self.save(key, open_manager(other).token())
            return revision

    store = Sleepy()
    for seeded in (store, other):
        seeded.save("default", server.token())
    assert server.is_good(open_manager(store, _SOON).token())
    assert server.received == ["refresh-0"]


def test_a_token_that_came_meanwhile_is_used_though_the_next_attempt_is_under_way(
    server: TokenServer, store: MemoryTokenStore, open_manager: Callable[..., TokenManager]
) -> None:
    revision = seed_attempt(store, server, Attempt.now(3600))
    manager = open_manager(store)
    with pytest.raises(ApiTimeoutError):
        manager.token(timeout=0.1)
    theirs = dataclasses.replace(server.token(seconds_left=3600), access_token="theirs")
    document = encode_entry(Entry(theirs, Attempt.now(3600)))
    store.write("default", document, expires_at=None, expected=revision)
    assert manager.token() == theirs
    assert server.received == []


@pytest.mark.parametrize("ahead", [timedelta(0), timedelta(days=1)], ids=["clocks agree", "their clock is ahead"])
def test_an_attempt_is_waited_for_no_longer_than_it_may_take(
    server: TokenServer, store: MemoryTokenStore, open_manager: Callable[..., TokenManager], ahead: timedelta
) -> None:
    attempt = Attempt.now(_SOON)
    seed_attempt(store, server, dataclasses.replace(attempt, started_at=attempt.started_at + ahead))
    assert server.is_good(open_manager(store).token())
    assert server.received == ["refresh-0"]


def test_an_attempt_whose_time_is_over_is_not_waited_for(
    server: TokenServer, store: MemoryTokenStore, open_manager: Callable[..., TokenManager]
) -> None:
    attempt = Attempt.now(3600)
    seed_attempt(store, server, dataclasses.replace(attempt, started_at=attempt.started_at - timedelta(hours=2)))
    assert server.is_good(open_manager(store).token())


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere nothing tells one process from another of its number")
def test_an_attempt_of_a_process_that_is_gone_is_not_waited_for(
    server: TokenServer, store: MemoryTokenStore, open_manager: Callable[..., TokenManager]
) -> None:
    program = "from pandadoc_client.oauth.stores.entry import *; print(Attempt.now().process)"
    process = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    gone = dataclasses.replace(Attempt.now(3600), process=process.stdout.strip())
    seed_attempt(store, server, gone)
    assert server.is_good(open_manager(store).token())


def test_a_token_that_is_valid_is_used_though_an_attempt_is_under_way(
    server: TokenServer, store: MemoryTokenStore, open_manager: Callable[..., TokenManager]
) -> None:
    token: Token = server.token(seconds_left=3600)
    document = encode_entry(Entry(token, Attempt.now(3600)))
    store.delete("default")
    store.write("default", document, expires_at=None, expected=None)
    assert open_manager(store).token() == token


def test_the_interpreter_does_not_wait_for_the_attempt_of_somebody_else(server: TokenServer, tmp_path: Path) -> None:
    store = FileTokenStore(tmp_path / "tokens.json")
    seed_attempt(store, server, Attempt.now(3600))
    program = (
        "import sys\n"
        "from pandadoc_client.exceptions import ApiTimeoutError\n"
        "from pandadoc_client.oauth import FileTokenStore, OAuthClient, TokenManager\n"
        "client = OAuthClient('id', 'secret', host=sys.argv[1])\n"
        "try:\n"
        "    TokenManager(client, FileTokenStore(sys.argv[2])).token(timeout=0.2)\n"
        "except ApiTimeoutError as error:\n"
        "    print(error.reason)\n"
    )
    command = [sys.executable, "-c", program, server.url, os.fspath(store.path)]
    result = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    assert "No token within" in result.stdout
    assert result.stderr == ""
    assert server.received == []
