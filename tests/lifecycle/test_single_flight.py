"""One refresh, however many ask: threads, tasks, event loops, managers."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
import trio

from pandadoc_client.emulator import Emulator, EmulatorOptions, RotationMode
from pandadoc_client.exceptions import ReauthorizationRequired
from pandadoc_client.oauth import AsyncTokenManager, MemoryTokenStore, OAuthClient, Token, TokenManager
from pandadoc_client.oauth.stores.base import Record
from pandadoc_client.oauth.stores.entry import Entry, encode_entry

from .support import is_live, issue, open_async_client, open_client, refreshes, saved, together


@pytest.fixture(params=list(RotationMode), ids=lambda mode: mode.value)
def pandadoc_emulator_options(request: pytest.FixtureRequest) -> EmulatorOptions:
    return EmulatorOptions(rotation=request.param)


def slow(emulator: Emulator) -> None:
    """Give everybody time to ask before the response is here."""
    emulator.faults.add("latency", delay=0.1)


@pytest.mark.parametrize("how", ["expired", "killed", "refresh"])
def test_16_threads_send_one_refresh(
    emulator: Emulator, client: OAuthClient, store: MemoryTokenStore, how: str
) -> None:
    slow(emulator)
    store.save("default", issue(emulator, seconds_left=-1 if how == "expired" else None))
    manager = TokenManager(client, store)
    ask: Callable[[], Token] = manager.token
    if how == "refresh":
        ask = manager.refresh
        manager.token()
    elif how == "killed":
        old = manager.token()
        emulator.expire_access_tokens()

        def ask() -> Token:
            manager.invalidate(old.access_token)
            return manager.token()

    outcomes = together(16, ask)
    assert outcomes == [saved(store)] * 16
    assert refreshes(emulator) == 1
    assert is_live(emulator, saved(store))


def test_two_clients_on_one_store_send_one_refresh(emulator: Emulator, store: MemoryTokenStore) -> None:
    slow(emulator)
    store.save("default", issue(emulator, seconds_left=-1))
    with open_client(emulator) as one, open_client(emulator) as other:
        managers = iter([TokenManager(one, store), TokenManager(other, store)] * 8)
        guard = threading.Lock()

        def ask() -> Token:
            with guard:
                manager = next(managers)
            return manager.token()

        assert together(16, ask) == [saved(store)] * 16
    assert refreshes(emulator) == 1
    assert is_live(emulator, saved(store))


async def test_50_tasks_send_one_refresh(emulator: Emulator, store: MemoryTokenStore) -> None:
    slow(emulator)
    store.save("default", issue(emulator, seconds_left=-1))
    async with open_async_client(emulator) as client:
        manager = AsyncTokenManager(client, store)
        tokens = await asyncio.gather(*(manager.token() for _ in range(50)))
    assert tokens == [saved(store)] * 50
    assert refreshes(emulator) == 1
    assert is_live(emulator, saved(store))


def test_four_event_loops_and_a_thread_share_one_refresh(emulator: Emulator, store: MemoryTokenStore) -> None:
    slow(emulator)
    store.save("default", issue(emulator, seconds_left=-1))
    client = open_async_client(emulator)
    manager = AsyncTokenManager(client, store)
    blocking = TokenManager(client, store)
    loops = iter([True] * 4 + [False] * 4)
    guard = threading.Lock()

    def ask() -> Token:
        with guard:
            in_loop = next(loops)
        return asyncio.run(manager.token()) if in_loop else blocking.token()

    assert together(8, ask) == [saved(store)] * 8
    asyncio.run(client.aclose())
    assert refreshes(emulator) == 1


class SlowToRead(MemoryTokenStore):
    """Memory in which a thread that reads can be held up."""

    def __init__(self) -> None:
        super().__init__()
        self.reading, self.go_on = threading.Event(), threading.Event()

    def read(self, key: str) -> Record | None:
        record = super().read(key)
        if threading.current_thread() is not threading.main_thread():
            self.reading.set()
            self.go_on.wait(20)
        return record


def test_a_caller_who_comes_while_the_store_is_read_gets_no_token_that_it_has_rejected(
    emulator: Emulator, client: OAuthClient
) -> None:
    store = SlowToRead()
    old = issue(emulator)
    store.save("default", old)
    manager = TokenManager(client, store)
    with ThreadPoolExecutor() as threads:
        first = threads.submit(manager.token)
        store.reading.wait(20)
        manager.invalidate(old.access_token)
        second = threads.submit(manager.token)
        store.go_on.set()
        assert first.result() == old
        assert second.result() == saved(store) != old
    assert refreshes(emulator) == 1


def test_a_caller_who_insists_is_not_put_off_with_the_answer_of_another(
    emulator: Emulator, client: OAuthClient
) -> None:
    store = SlowToRead()
    token = issue(emulator, seconds_left=-1)
    refused = encode_entry(Entry(token, refused="because"))
    store.write("default", refused, expires_at=token.expires_at, expected=None)
    manager = TokenManager(client, store)
    with ThreadPoolExecutor() as threads:
        first = threads.submit(manager.token)
        store.reading.wait(20)
        second = manager._lifecycle.request(force=True)
        store.go_on.set()
        with pytest.raises(ReauthorizationRequired, match="because"):
            first.result()
        assert is_live(emulator, second.result(20))


def test_trio_tasks_share_one_refresh(emulator: Emulator, store: MemoryTokenStore) -> None:
    slow(emulator)
    store.save("default", issue(emulator, seconds_left=-1))
    tokens: list[Token] = []

    async def main() -> None:
        async with open_async_client(emulator) as client:
            manager = AsyncTokenManager(client, store)

            async def ask() -> None:
                tokens.append(await manager.token())

            async with trio.open_nursery() as nursery:
                for _ in range(10):
                    nursery.start_soon(ask)

    trio.run(main)
    assert tokens == [saved(store)] * 10
    assert refreshes(emulator) == 1
