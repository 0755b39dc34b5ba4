"""Lost responses, dead grants, stores that fail: what a manager does, and what it says."""

from __future__ import annotations

import asyncio
import dataclasses
import logging
from datetime import timedelta
from typing import Any

import pytest

from pandadoc_client.emulator import Emulator, Fault, RotationMode
from pandadoc_client.exceptions import (
    ApiConnectionError,
    ApiException,
    InvalidClientError,
    ReauthorizationRequired,
    ServiceException,
    TokenStoreError,
)
from pandadoc_client.oauth import AsyncTokenManager, MemoryTokenStore, OAuthClient, TokenManager
from pandadoc_client.oauth.stores.entry import Attempt, Entry, encode_entry

from .support import FailingStore, is_live, issue, open_async_client, open_client, refreshes, saved, together

LOST = ("reset-after", "truncated-json")


def expired(emulator: Emulator, store: MemoryTokenStore) -> None:
    store.save("default", issue(emulator, seconds_left=-1))


def long_ago() -> Attempt:
    """Return an attempt that cannot be under way any more, though its process is alive."""
    attempt = Attempt.now(60)
    return dataclasses.replace(attempt, started_at=attempt.started_at - timedelta(minutes=2))


@pytest.mark.parametrize("kind", LOST)
@pytest.mark.parametrize("rotation", [RotationMode.GRACE, RotationMode.FORK])
def test_a_lost_answer_is_asked_for_once_more(rotation: RotationMode, kind: Any) -> None:
    store = MemoryTokenStore()
    with Emulator(rotation=rotation, faults=(Fault(kind),)) as emulator, open_client(emulator) as client:
        expired(emulator, store)
        token = TokenManager(client, store).token()
        assert is_live(emulator, token)
        assert saved(store) == token
        assert refreshes(emulator) == 2


@pytest.mark.parametrize("kind", LOST)
def test_an_answer_that_is_lost_for_good_is_reported_as_what_it_is(
    emulator: Emulator, client: OAuthClient, store: MemoryTokenStore, kind: Any
) -> None:
    emulator.faults.add(kind)
    expired(emulator, store)
    manager = TokenManager(client, store)
    for _ in range(2):
        with pytest.raises(
            ReauthorizationRequired, match=r"the response to the refresh was lost .* second try was refused"
        ):
            manager.token()
    assert refreshes(emulator) == 2, "known to be dead by then"


def test_an_answer_that_is_lost_twice_leaves_the_question_open(
    emulator: Emulator, client: OAuthClient, store: MemoryTokenStore
) -> None:
    emulator.faults.add("reset-before", times=2)
    expired(emulator, store)
    manager = TokenManager(client, store)
    with pytest.raises(ApiConnectionError, match="sent twice, and no usable answer came") as caught:
        manager.token()
    assert caught.value.request_sent
    entry, _ = store.read_entry("default")
    assert entry is not None
    assert entry.attempt is not None, "the next one shall know"
    assert is_live(emulator, manager.token())
    assert refreshes(emulator) == 3


@pytest.mark.parametrize("kind", ["server-error", "bad-gateway"])
def test_a_server_that_fails_once_is_asked_again(
    emulator: Emulator, client: OAuthClient, store: MemoryTokenStore, kind: Any
) -> None:
    emulator.faults.add(kind)
    expired(emulator, store)
    assert is_live(emulator, TokenManager(client, store).token())
    assert refreshes(emulator) == 2


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Fault("rate-limit", retry_after=3600), ApiException),
        (Fault("service-unavailable", retry_after=3600), ServiceException),
        (Fault("status", status=403, body='{"detail": "no"}'), ApiException),
        (Fault("status", status=400, body='{"error": "invalid_client"}'), InvalidClientError),
    ],
)
def test_a_refusal_that_says_nothing_of_the_grant_leaves_all_as_it_was(
    emulator: Emulator, client: OAuthClient, store: MemoryTokenStore, fault: Fault, error: type[Exception]
) -> None:
    emulator.faults.add(fault)
    expired(emulator, store)
    before, _ = store.read_entry("default")
    manager = TokenManager(client, store)
    with pytest.raises(error):
        manager.token()
    assert store.read_entry("default")[0] == before
    assert is_live(emulator, manager.token())


def test_a_server_that_is_not_there_leaves_all_as_it_was(store: MemoryTokenStore) -> None:
    with Emulator() as emulator:
        expired(emulator, store)
    before, _ = store.read_entry("default")
    client = OAuthClient("id", "secret", host=emulator.url, retries=0)
    with client, pytest.raises(ApiConnectionError) as caught:
        TokenManager(client, store).token()
    assert not caught.value.request_sent
    assert store.read_entry("default")[0] == before


@pytest.mark.parametrize("asks", ["token", "refresh"])
def test_a_dead_grant_costs_one_request_whoever_asks(
    emulator: Emulator, client: OAuthClient, store: MemoryTokenStore, asks: str
) -> None:
    emulator.faults.add("latency", delay=0.1)
    expired(emulator, store)
    emulator.revoke_all()
    manager = TokenManager(client, store)
    outcomes = together(16, getattr(manager, asks))
    with open_client(emulator) as another:
        outcomes += together(4, getattr(TokenManager(another, store), asks))
    assert {type(outcome) for outcome in outcomes} == {ReauthorizationRequired}
    assert "the server refuses the refresh token" in str(outcomes[0])
    assert refreshes(emulator) == 1


async def test_a_dead_grant_costs_50_tasks_one_request(emulator: Emulator, store: MemoryTokenStore) -> None:
    emulator.faults.add("latency", delay=0.1)
    expired(emulator, store)
    emulator.revoke_all()
    async with open_async_client(emulator) as client:
        manager = AsyncTokenManager(client, store)
        outcomes = await asyncio.gather(*(manager.token() for _ in range(50)), return_exceptions=True)
    assert {type(outcome) for outcome in outcomes} == {ReauthorizationRequired}
    assert refreshes(emulator) == 1


def test_an_access_token_that_the_server_refused_is_not_handed_out_elsewhere(
    emulator: Emulator, client: OAuthClient, store: MemoryTokenStore
) -> None:
    store.save("default", issue(emulator))
    manager = TokenManager(client, store)
    manager.invalidate(manager.token().access_token)
    emulator.revoke_all()
    for asked in (manager, TokenManager(client, store)):
        with pytest.raises(ReauthorizationRequired):
            asked.token()
    assert refreshes(emulator) == 1


def test_an_access_token_is_used_to_its_end_though_its_refresh_was_refused(
    emulator: Emulator, client: OAuthClient, store: MemoryTokenStore
) -> None:
    token = issue(emulator)
    store.save("default", token)
    emulator.faults.add("status", status=400, body='{"error": "invalid_grant"}')
    with pytest.raises(ReauthorizationRequired):
        TokenManager(client, store).refresh()
    assert TokenManager(client, store).token() == token


def test_a_dead_grant_is_revived_by_a_login_elsewhere(
    emulator: Emulator, client: OAuthClient, store: MemoryTokenStore
) -> None:
    expired(emulator, store)
    emulator.revoke_all()
    manager = TokenManager(client, store)
    with pytest.raises(ReauthorizationRequired):
        manager.token()
    login = issue(emulator)
    store.save("default", login)
    assert manager.token() == login


def test_a_dead_grant_is_asked_about_again_by_force(
    emulator: Emulator, client: OAuthClient, store: MemoryTokenStore
) -> None:
    expired(emulator, store)
    emulator.faults.add("status", status=400, body='{"error": "invalid_grant"}')  # the server was wrong
    manager = TokenManager(client, store)
    with pytest.raises(ReauthorizationRequired):
        manager.token()
    with pytest.raises(ReauthorizationRequired):
        manager.refresh()
    assert is_live(emulator, manager.refresh(force=True))
    assert is_live(emulator, manager.token())


def test_invalid_grant_is_not_believed_when_the_store_has_another_token_by_then(
    emulator: Emulator, client: OAuthClient, store: MemoryTokenStore
) -> None:
    expired(emulator, store)
    other = issue(emulator)
    emulator.faults.add("status", status=400, body='{"error": "invalid_grant"}')

    class Late(MemoryTokenStore):
        """Somebody who has lost the lock saves a token while the refused request is under way."""

        reads = 0

        def read_entry(self, key: str) -> tuple[Entry | None, str | None]:
            self.reads += 1
            if self.reads == 3:  # the look before the lock, the look within, and the one after the refusal
                self.save(key, other)
            return super().read_entry(key)

    late = Late()
    late._records = store._records
    assert TokenManager(client, late).token() == other
    assert refreshes(emulator) == 1


def test_an_attempt_that_never_ended_is_named_when_the_grant_is_dead(
    emulator: Emulator, client: OAuthClient, store: MemoryTokenStore
) -> None:
    token = issue(emulator, seconds_left=-1)
    emulator.revoke_all()
    attempt = long_ago()
    document = encode_entry(Entry(token, attempt))
    store.write("default", document, expires_at=token.expires_at, expected=None)
    with pytest.raises(ReauthorizationRequired) as caught:
        TokenManager(client, store).token()
    assert f"the refresh that {attempt.by} began at {attempt.started_at:%Y-%m-%d %H:%M:%S} UTC" in str(caught.value)
    assert "never came to an end" in str(caught.value)


def test_an_attempt_that_never_ended_is_no_reason_to_give_up(
    emulator: Emulator, client: OAuthClient, store: MemoryTokenStore
) -> None:
    token = issue(emulator, seconds_left=-1)
    document = encode_entry(Entry(token, long_ago()))
    store.write("default", document, expires_at=token.expires_at, expected=None)
    assert is_live(emulator, TokenManager(client, store).token())


def test_nothing_is_sent_while_the_store_cannot_be_written(emulator: Emulator, client: OAuthClient) -> None:
    store = FailingStore()
    expired(emulator, store)
    old = saved(store)
    store.broken.set()
    manager = TokenManager(client, store)
    with pytest.raises(TokenStoreError, match="The disk is full") as caught:
        manager.token()
    assert caught.value.token is None
    assert emulator.journal.token_requests() == []
    assert saved(store) == old
    store.broken.clear()
    assert is_live(emulator, manager.token())


def test_a_save_that_fails_once_is_tried_again(emulator: Emulator, client: OAuthClient) -> None:
    store = FailingStore()
    expired(emulator, store)
    original, failures = store.write, iter([False, True, True, False])

    def write(*arguments: Any, **details: Any) -> str:
        if next(failures):
            raise TokenStoreError("The disk is full")
        return original(*arguments, **details)

    store.write = write  # type: ignore[method-assign]
    token = TokenManager(client, store).token()
    assert saved(store) == token
    assert refreshes(emulator) == 1


def test_a_save_that_fails_for_good_hands_out_the_token_and_is_made_up_for(
    emulator: Emulator, client: OAuthClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("pandadoc_client.oauth._lifecycle._SAVE_AGAIN_AFTER", 0.0)
    store = FailingStore()
    expired(emulator, store)
    store.broken.set()
    store.writes_left = 1  # the attempt
    manager = TokenManager(client, store)
    outcomes = together(4, manager.token)
    assert {type(outcome) for outcome in outcomes} <= {type(saved(store)), *TokenStoreError.__subclasses__()}
    failure = next(outcome for outcome in outcomes if isinstance(outcome, TokenStoreError))
    assert is_live(emulator, failure.token), "the error carries what could not be saved"
    with caplog.at_level(logging.WARNING, "pandadoc_client"):
        assert manager.token() == failure.token, "it goes on from memory"
    assert "still not saved" in caplog.text
    assert saved(store) != failure.token
    store.broken.clear()
    assert manager.token() == failure.token
    assert saved(store) == failure.token
    assert refreshes(emulator) == 1


def test_a_login_that_cannot_be_saved_is_not_lost(emulator: Emulator, client: OAuthClient) -> None:
    store = FailingStore()
    store.broken.set()
    manager = TokenManager(client, store)
    token = issue(emulator)
    with pytest.raises(TokenStoreError) as caught:
        manager.save(token)
    assert caught.value.token == token
    assert manager.token() == token


def test_a_login_that_is_saved_late_is_saved_once(
    emulator: Emulator, client: OAuthClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pandadoc_client.oauth._lifecycle._SAVE_AGAIN_AFTER", 0.0)
    store = FailingStore()
    store.broken.set()
    manager = TokenManager(client, store)
    login = issue(emulator)
    with pytest.raises(TokenStoreError):
        manager.save(login)
    store.broken.clear()
    assert manager.token() == login == saved(store)
    newer = TokenManager(client, store).refresh()
    manager.invalidate(login.access_token)
    assert manager.token() == newer == saved(store)
