"""Calls and refreshes keep to their limits while a test tool has stopped the clock."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from freezegun import freeze_time

from pandadoc_client._http.dialing import dial

from ..lifecycle.token_server import Step, TokenServer
from ..wire.dead import NAME, dead_addresses
from ..wire.faults import Peer, scripted
from .support import Reply, serving
from .test_stopped_clock import ASYNCIO, BLOCKING, TRIO, run

WORLDS = pytest.mark.parametrize("world", [BLOCKING, ASYNCIO, TRIO], ids=["blocking", "asyncio", "trio"])
LIST = "pd.members.list_members"


def drop_by_drop(peer: Peer) -> None:
    """Send a response that does not end, a byte at a time: each read brings something."""
    peer.head()
    peer.send(b"HTTP/1.1 200 OK\r\nX: ")
    while not peer.server.stopped.wait(0.05):
        peer.send(b"x")


def silence(peer: Peer) -> None:
    peer.head()
    peer.server.stopped.wait(60)


@WORLDS
@pytest.mark.parametrize("script", [drop_by_drop, silence])
def test_a_call_ends_at_its_limit_while_the_clock_stands_still(world: str, script: Callable[[Peer], None]) -> None:
    with scripted(script) as server:
        assert run("the package", world, server.url, f"{LIST}(_request_timeout=0.3)") == ["ApiTimeoutError"]


def stall(peer: Peer) -> None:
    peer.head()
    peer.send(b"HTTP/1.1 200 OK\r\nContent-Type: application/pdf\r\nContent-Length: 1000\r\n\r\n%PDF-1.7 ")
    peer.server.stopped.wait(60)


@WORLDS
def test_a_download_ends_at_the_limit_of_a_read_while_the_clock_stands_still(world: str) -> None:
    function = "files.download_document" if world is BLOCKING else "files.async_download_document"
    with scripted(stall) as server:
        call = f"{function}(pd, 'doc', into='.', _request_timeout=(0.3, 0.3))"
        assert run("the package", world, server.url, call) == ["ApiTimeoutError"]


@WORLDS
def test_a_call_is_repeated_after_its_pause_while_the_clock_stands_still(world: str) -> None:
    with serving(Reply(503, b"", {"Retry-After": "1"})) as server:
        found = run("the package", world, server.url, f"{LIST}()", retries=1)
        assert (found, len(server.requests)) == (["ServiceException"], 2)


@contextmanager
def token_server(*steps: Step) -> Iterator[TokenServer]:
    with TokenServer() as server:
        server.steps.extend(steps)
        yield server


REFRESH = """
import os
from datetime import UTC, datetime, timedelta
from pandadoc_client.oauth import (
    AsyncOAuthClient, AsyncTokenManager, FileTokenStore, MemoryTokenStore, OAuthClient, Token, TokenManager, refresh_due
)
ended = datetime.now(UTC) - timedelta(seconds=5)
store = MemoryTokenStore()
for key in ("default", "second", "third"):
    store.save(key, Token("access-0", "refresh-0", expires_at=ended))
def tried(call):
    try:
        return type(call()).__name__
    except Exception as error:
        return type(error).__name__
"""
AWAITING = f"""{REFRESH}
async def main():
    async with AsyncOAuthClient("id", "secret", host=sys.argv[1]) as client:
        manager = AsyncTokenManager(client, store)
        try:
            await manager.token(timeout=0.5)
        except Exception as error:
            print(type(error).__name__)
    os._exit(0)  # the refresh goes on, and the interpreter would wait for it
asyncio.run(main())
"""
AGAIN = f"""{REFRESH}
with OAuthClient("id", "secret", host=sys.argv[1], refresh_timeout=1) as client:
    manager = TokenManager(client, store)
    print(tried(manager.token), tried(manager.token))
"""
MANY = f"""{REFRESH}
async def main():
    with OAuthClient("id", "secret", host=sys.argv[1]) as client:
        report = await refresh_due(client, store, within=timedelta(0), rate=20)
        print(report.due)
asyncio.run(main())
"""


def test_a_task_waits_for_a_token_within_its_limit_while_the_clock_stands_still() -> None:
    with token_server(Step(answers="never")) as server:
        assert run("the package", AWAITING, server.url) == ["ApiTimeoutError"]


def test_a_wait_for_the_end_of_another_refresh_ends_while_the_clock_stands_still() -> None:
    with token_server(Step(rotates="never", answers="never")) as server:
        assert run("the package", AGAIN, server.url) == ["ApiTimeoutError", "Token"]
        assert len(server.received) == 2


def test_the_accounts_of_a_run_are_spaced_while_the_clock_stands_still() -> None:
    with token_server() as server:
        assert run("the package", MANY, server.url) == ["3"]


def test_a_second_address_is_tried_while_the_clock_stands_still(monkeypatch: pytest.MonkeyPatch) -> None:
    with dead_addresses(monkeypatch, 2) as dead, freeze_time("2026-01-01"), pytest.raises(TimeoutError):
        dial(NAME, dead.port, 0.6)
