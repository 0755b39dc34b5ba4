"""Callers who go away: the refresh that they began comes to its end, and so does its save."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
import threading

import httpx
import pytest

from pandadoc_client.emulator import Emulator
from pandadoc_client.exceptions import ApiTimeoutError, ApiValueError
from pandadoc_client.oauth import (
    AsyncOAuthClient,
    AsyncTokenManager,
    MemoryTokenStore,
    OAuth2Auth,
    OAuthClient,
    TokenManager,
    refresh_due,
)

from .support import MEMBER, is_live, issue, open_async_client, refreshes, saved


class Watched(MemoryTokenStore):
    """Memory that says when a token was saved: the third write, after the login and the attempt."""

    def __init__(self) -> None:
        super().__init__()
        self.writes = 0
        self.done = threading.Event()

    def write(self, key: str, document: str, **details: object) -> str:
        revision = super().write(key, document, **details)  # type: ignore[arg-type]
        self.writes += 1
        if self.writes == 3:
            self.done.set()
        return revision


@pytest.fixture
def store(emulator: Emulator) -> Watched:
    store = Watched()
    store.save("default", issue(emulator, seconds_left=-1))
    emulator.faults.add("latency", delay=0.3)
    return store


def assert_nothing_is_lost(emulator: Emulator, store: Watched) -> None:
    assert store.done.wait(20)
    assert is_live(emulator, saved(store))
    assert refreshes(emulator) == 1


async def arrival(emulator: Emulator) -> None:
    """Wait until the server has the refresh."""
    await asyncio.to_thread(emulator.journal.wait_for, 1, 20, arrived=True)


async def test_a_cancelled_task_loses_nothing(emulator: Emulator, store: Watched) -> None:
    async with open_async_client(emulator) as client:
        task = asyncio.create_task(AsyncTokenManager(client, store).token())
        await arrival(emulator)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert_nothing_is_lost(emulator, store)


async def test_the_others_get_their_token_when_the_first_is_cancelled(emulator: Emulator, store: Watched) -> None:
    async with open_async_client(emulator) as client:
        manager = AsyncTokenManager(client, store)
        first = asyncio.create_task(manager.token())
        await arrival(emulator)
        others = [asyncio.create_task(manager.token()) for _ in range(5)]
        first.cancel()
        assert await asyncio.gather(*others) == [saved(store)] * 5
    assert_nothing_is_lost(emulator, store)


async def test_a_timeout_of_the_caller_loses_nothing(emulator: Emulator, store: Watched) -> None:
    async with open_async_client(emulator) as client:
        manager = AsyncTokenManager(client, store)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await manager.token()
        with pytest.raises(ApiTimeoutError, match="No token within"):
            await manager.token(timeout=0.05)
        assert_nothing_is_lost(emulator, store)


def test_an_event_loop_that_ends_loses_nothing(emulator: Emulator, store: Watched) -> None:
    async def main() -> None:
        async with open_async_client(emulator) as client:  # closed at once, with the refresh under way
            task = asyncio.create_task(AsyncTokenManager(client, store).token())
            await arrival(emulator)
            assert not task.done()

    asyncio.run(main())
    assert_nothing_is_lost(emulator, store)


def test_a_client_that_is_closed_meanwhile_loses_nothing(emulator: Emulator, store: Watched) -> None:
    with OAuthClient(emulator.client_id, emulator.client_secret, host=emulator.url) as client:
        with pytest.raises(ApiTimeoutError):
            TokenManager(client, store).token(timeout=0.05)
        emulator.journal.wait_for(1, arrived=True)
    assert_nothing_is_lost(emulator, store)


@pytest.mark.parametrize("manager", [TokenManager, AsyncTokenManager])
async def test_connections_that_end_with_their_event_loop_are_refused(
    emulator: Emulator, store: Watched, manager: type[TokenManager | AsyncTokenManager]
) -> None:
    async with httpx.AsyncClient() as http_client:
        client = AsyncOAuthClient("id", "secret", host=emulator.url, http_client=http_client)
        with pytest.raises(ApiValueError, match="give an OAuthClient, with an httpx"):
            manager(client, store)
        with pytest.raises(ApiValueError, match="give an OAuthClient"):
            await refresh_due(client, store)
    assert refreshes(emulator) == 0


def test_a_given_http_client_outlives_the_event_loop_that_asked(emulator: Emulator, store: Watched) -> None:
    async def main() -> None:
        asyncio.get_running_loop().create_task(AsyncTokenManager(client, store).token())
        await arrival(emulator)

    with httpx.Client() as http_client:
        client = OAuthClient(emulator.client_id, emulator.client_secret, host=emulator.url, http_client=http_client)
        asyncio.run(main())
        assert_nothing_is_lost(emulator, store)


async def test_a_request_that_is_given_up_under_asyncio_timeout_loses_nothing(
    emulator: Emulator, store: Watched
) -> None:
    async with open_async_client(emulator) as client:
        auth = OAuth2Auth(AsyncTokenManager(client, store))
        async with httpx.AsyncClient(auth=auth, base_url=emulator.url) as http:
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.1):
                    await http.get(MEMBER)
            assert (await http.get(MEMBER)).status_code == 200
        assert_nothing_is_lost(emulator, store)


def test_ctrl_c_loses_nothing(emulator: Emulator, tmp_path: object) -> None:
    """In a process of its own: the interrupt comes while the main thread waits for the refresh."""
    from pandadoc_client.oauth import FileTokenStore

    emulator.faults.add("latency", delay=0.5)
    store = FileTokenStore(f"{tmp_path}/tokens.json")
    old = issue(emulator, seconds_left=-1)
    store.save("default", old)
    program = (
        "import sys\n"
        "from pandadoc_client.oauth import FileTokenStore, OAuthClient, TokenManager\n"
        "url, client_id, client_secret, path = sys.argv[1:]\n"
        "client = OAuthClient(client_id, client_secret, host=url)\n"
        "TokenManager(client, FileTokenStore(path)).token()\n"
    )
    arguments = [emulator.url, emulator.client_id, emulator.client_secret, str(store.path)]
    process = subprocess.Popen([sys.executable, "-c", program, *arguments], stderr=subprocess.PIPE)
    emulator.journal.wait_for(1, 20, arrived=True)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=20)
    emulator.journal.wait_for(1, 20)
    assert b"KeyboardInterrupt" in errors
    assert saved(store) != old
    assert is_live(emulator, saved(store))
    assert refreshes(emulator) == 1
