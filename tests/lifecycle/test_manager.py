"""What a token manager returns, from where, and what it refuses."""

from __future__ import annotations

import os
from typing import Any

import pytest

from pandadoc_client.emulator import Emulator
from pandadoc_client.exceptions import (
    ApiTimeoutError,
    ApiTypeError,
    ApiValueError,
    ReauthorizationRequired,
    TokenStoreError,
)
from pandadoc_client.oauth import AsyncTokenManager, MemoryTokenStore, OAuthClient, Token, TokenManager

from ..forks import in_a_fork
from .support import ending, is_live, issue, open_async_client, refreshes, saved


def test_a_valid_token_comes_from_the_store_and_then_from_memory(
    emulator: Emulator, client: OAuthClient, store: MemoryTokenStore
) -> None:
    token = issue(emulator)
    store.save("default", token)
    manager = TokenManager(client, store)
    assert manager.token() == token
    store.delete("default")
    assert manager.token() is manager.token()
    assert refreshes(emulator) == 0


def test_a_valid_token_is_read_without_the_lock(
    emulator: Emulator, client: OAuthClient, store: MemoryTokenStore
) -> None:
    store.save("default", issue(emulator))
    with store.lock("default", 1):
        assert TokenManager(client, store, lock_timeout=0.1).token()


def test_an_expired_token_is_refreshed_and_saved(
    emulator: Emulator, client: OAuthClient, store: MemoryTokenStore
) -> None:
    old = issue(emulator, seconds_left=-1)
    store.save("default", old)
    new = TokenManager(client, store).token()
    assert new.access_token != old.access_token
    assert saved(store) == new
    assert is_live(emulator, new)
    assert refreshes(emulator) == 1


@pytest.mark.parametrize(("seconds_left", "leeway", "expected"), [(30, 60, 1), (90, 60, 0), (30, 0, 0), (-1, 0, 1)])
def test_the_leeway_says_how_early_a_token_is_renewed(
    emulator: Emulator, client: OAuthClient, store: MemoryTokenStore, seconds_left: int, leeway: int, expected: int
) -> None:
    store.save("default", issue(emulator, seconds_left=seconds_left))
    TokenManager(client, store, leeway=leeway).token()
    assert refreshes(emulator) == expected


def test_a_token_of_unknown_end_is_used_until_the_server_refuses_it(
    emulator: Emulator, client: OAuthClient, store: MemoryTokenStore
) -> None:
    pair = emulator.issue_token()
    manager = TokenManager(client, store)
    manager.save(Token(str(pair["access_token"]), str(pair["refresh_token"])))
    assert manager.token().access_token == pair["access_token"]
    manager.invalidate(manager.token().access_token)
    assert manager.token().access_token != pair["access_token"]
    assert refreshes(emulator) == 1


def test_an_invalidated_token_is_replaced_once(
    emulator: Emulator, client: OAuthClient, store: MemoryTokenStore
) -> None:
    manager = TokenManager(client, store)
    manager.save(issue(emulator))
    old = manager.token()
    manager.invalidate(old.access_token)
    new = manager.token()
    manager.invalidate(old.access_token)  # somebody who was slow to notice
    assert manager.token() is new
    assert refreshes(emulator) == 1


def test_an_invalidated_token_is_replaced_by_what_the_store_has_meanwhile(
    emulator: Emulator, client: OAuthClient, store: MemoryTokenStore
) -> None:
    manager = TokenManager(client, store)
    manager.save(issue(emulator))
    old = manager.token()
    other = issue(emulator)
    store.save("default", other)
    assert manager.token() == old, "nothing said that it is over"
    manager.invalidate(old.access_token)
    assert manager.token() == other
    assert refreshes(emulator) == 0


def test_refresh_brings_another_token_though_the_old_one_is_valid(
    emulator: Emulator, client: OAuthClient, store: MemoryTokenStore
) -> None:
    token = issue(emulator)
    store.save("default", token)
    manager = TokenManager(client, store)
    new = manager.refresh()
    assert new.access_token != token.access_token
    assert manager.token() == new == saved(store)
    assert refreshes(emulator) == 1


def test_refresh_takes_the_newer_token_that_another_manager_got(
    emulator: Emulator, client: OAuthClient, store: MemoryTokenStore
) -> None:
    store.save("default", issue(emulator))
    one, other = TokenManager(client, store), TokenManager(client, store)
    assert one.token() == other.token()
    new = other.refresh()
    assert one.refresh() == new
    assert refreshes(emulator) == 1


def test_accounts_are_apart(emulator: Emulator, client: OAuthClient, store: MemoryTokenStore) -> None:
    one, other = TokenManager(client, store, "one"), TokenManager(client, store, "other")
    one.save(issue(emulator))
    other.save(issue(emulator, seconds_left=-1))
    assert one.token() != other.token()
    assert sorted(store.keys()) == ["one", "other"]
    assert refreshes(emulator) == 1


def test_an_empty_store_says_that_a_person_has_to_give_consent(
    emulator: Emulator, client: OAuthClient, store: MemoryTokenStore
) -> None:
    manager = TokenManager(client, store, "somebody")
    for ask in (manager.token, manager.refresh):
        with pytest.raises(ReauthorizationRequired, match="no token under the key 'somebody'"):
            ask()
    manager.save(issue(emulator))
    assert manager.token()
    assert emulator.journal.token_requests() == []


def test_a_token_without_a_refresh_token_cannot_be_renewed(
    emulator: Emulator, client: OAuthClient, store: MemoryTokenStore
) -> None:
    store.save("default", ending(Token("access"), -1))
    with pytest.raises(ReauthorizationRequired, match="without a refresh token"):
        TokenManager(client, store).token()
    assert emulator.journal.token_requests() == []


def test_a_token_that_is_deleted_while_it_is_refreshed_stays_deleted(emulator: Emulator, client: OAuthClient) -> None:
    class Deleting(MemoryTokenStore):
        writes = 0

        def write(self, key: str, document: str, **details: Any) -> str:
            revision = super().write(key, document, **details)
            self.writes += 1
            if self.writes == 2:  # the first is the login, the second the attempt
                self.delete(key)
            return revision

    store = Deleting()
    store.save("default", issue(emulator, seconds_left=-1))
    manager = TokenManager(client, store)
    with pytest.raises(TokenStoreError, match="'default' was deleted while its token was refreshed") as caught:
        manager.token()
    assert is_live(emulator, caught.value.token), "the store may have been emptied by mistake"
    assert store.load() is None
    with pytest.raises(ReauthorizationRequired, match="no token under the key"):
        manager.token()


def test_a_login_during_a_refresh_wins(emulator: Emulator, client: OAuthClient) -> None:
    login = issue(emulator)

    class LoggingIn(MemoryTokenStore):
        writes = 0

        def write(self, key: str, document: str, **details: Any) -> str:
            revision = super().write(key, document, **details)
            self.writes += 1
            if self.writes == 2:
                self.save(key, login)
            return revision

    store = LoggingIn()
    store.save("default", issue(emulator, seconds_left=-1))
    manager = TokenManager(client, store)
    assert manager.token() == login == saved(store)
    assert manager.token() == login


def test_patience_ends_and_the_refresh_goes_on(
    emulator: Emulator, client: OAuthClient, store: MemoryTokenStore
) -> None:
    emulator.faults.add("latency", delay=0.5)
    store.save("default", issue(emulator, seconds_left=-1))
    manager = TokenManager(client, store)
    with pytest.raises(ApiTimeoutError, match=r"No token within 0\.05 seconds"):
        manager.token(timeout=0.05)
    assert is_live(emulator, manager.token())
    assert refreshes(emulator) == 1


async def test_either_manager_takes_either_client(
    emulator: Emulator, client: OAuthClient, store: MemoryTokenStore
) -> None:
    store.save("default", issue(emulator, seconds_left=-1))
    first = await AsyncTokenManager(client, store).token()
    async with open_async_client(emulator) as other:
        assert TokenManager(other, store).refresh() != first
        assert await AsyncTokenManager(other, store).refresh() != first
    assert refreshes(emulator) == 3


async def test_the_async_manager_has_the_same_methods(emulator: Emulator, store: MemoryTokenStore) -> None:
    def names(kind: type) -> set[str]:
        return {name for name in dir(kind) if not name.startswith("_")}

    assert names(TokenManager) == names(AsyncTokenManager)
    async with open_async_client(emulator) as client:
        manager = AsyncTokenManager(client, store)
        await manager.save(issue(emulator))
        token = await manager.token()
        await manager.invalidate(token.access_token)
        assert await manager.token() != token
        assert await manager.refresh() == saved(store)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_a_forked_child_refreshes_by_itself_while_its_parent_does(
    emulator: Emulator, client: OAuthClient, store: MemoryTokenStore
) -> None:
    emulator.faults.add("latency", delay=0.3)
    store.save("default", issue(emulator, seconds_left=-1))
    manager = TokenManager(client, store)
    with pytest.raises(ApiTimeoutError):
        manager.token(timeout=0.01)
    emulator.journal.wait_for(1, arrived=True)
    other = issue(emulator)  # not in the child, which has the emulator's memory but not the emulator

    def refresh() -> bool:
        manager.save(other)
        manager.invalidate(manager.token().access_token)
        return bool(manager.token(timeout=20))

    assert in_a_fork(refresh)  # the thread that refreshes is not in the child, nor what it holds
    assert is_live(emulator, manager.token())


@pytest.mark.parametrize(
    ("arguments", "error", "name"),
    [
        ({"key": ""}, ApiValueError, "key"),
        ({"key": " x"}, ApiValueError, "key"),
        ({"key": "x" * 201}, ApiValueError, "key"),
        ({"key": 1}, ApiTypeError, "key"),
        ({"leeway": -1}, ApiValueError, "leeway"),
        ({"leeway": float("nan")}, ApiValueError, "leeway"),
        ({"leeway": "60"}, ApiTypeError, "leeway"),
        ({"lock_timeout": -1}, ApiValueError, "lock_timeout"),
        ({"client": None}, ApiTypeError, "client"),
        ({"store": "file:x"}, ApiTypeError, "store"),
    ],
)
def test_a_wrong_argument_is_named(
    client: OAuthClient, store: MemoryTokenStore, arguments: dict[str, Any], error: type[Exception], name: str
) -> None:
    settings: dict[str, Any] = {"client": client, "store": store} | arguments
    for kind in (TokenManager, AsyncTokenManager):
        with pytest.raises(error, match=f"^{name} "):
            kind(**settings)


@pytest.mark.parametrize(
    ("timeout", "error"),
    [(-1, ApiValueError), (float("nan"), ApiValueError), ("x", ApiTypeError), (True, ApiTypeError)],
)
async def test_a_wrong_timeout_is_named_before_anything_is_done(
    client: OAuthClient, store: MemoryTokenStore, timeout: Any, error: type[Exception]
) -> None:
    manager, other = TokenManager(client, store), AsyncTokenManager(client, store)
    for call in (manager.token, manager.refresh):
        with pytest.raises(error, match=r"^timeout "):
            call(timeout=timeout)
    for async_call in (other.token, other.refresh):
        with pytest.raises(error, match=r"^timeout "):
            await async_call(timeout=timeout)


def test_only_tokens_are_saved(client: OAuthClient, store: MemoryTokenStore) -> None:
    manager: Any = TokenManager(client, store)
    with pytest.raises(ApiTypeError, match=r"^token must be a Token, not dict"):
        manager.save({"access_token": "x"})
    with pytest.raises(ApiTypeError, match=r"^access_token must be text"):
        manager.invalidate(Token("x"))
