"""Thousands of calls: connections as many as calls at once, none lost, none left open, and nothing left in memory."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pandadoc_client import ApiClient, AsyncApiClient
from pandadoc_client.api.members_api import AsyncMembersApi, MembersApi

from .faults import calls, configured

pytestmark = pytest.mark.slow
ALL = 5_000


@contextlib.contextmanager
def counting() -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the URL of a server, and what it counted, which is there when the block has ended."""
    counts: dict[str, Any] = {}
    command = [sys.executable, str(Path(__file__).with_name("counting_server.py"))]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield f"http://127.0.0.1:{process.stdout.readline().strip()}", counts
        counts |= json.loads(process.communicate(timeout=30)[0])


@pytest.mark.parametrize("world", ["threads", "asyncio"])
@pytest.mark.parametrize("at_once", [20, 200])
def test_many_calls_at_once_use_as_many_connections_and_leave_none(world: str, at_once: int) -> None:
    with counting() as (url, counts):
        outcomes = calls(world, configured(url, retries=0), ALL, at_once=at_once)
    assert outcomes == ["right"] * ALL
    assert counts["requests"] == ALL
    assert counts["connections"] <= at_once
    assert counts["open"] == 0


def test_many_cancelled_calls_leave_no_connection() -> None:
    async def main(url: str) -> int:
        async with AsyncApiClient(configured(url, retries=0)) as client:
            api = AsyncMembersApi(client)
            cancelled = 0
            for turns in range(100):
                tasks = [asyncio.create_task(api.details_current_member()) for _ in range(20)]
                for _ in range(turns % 50):
                    await asyncio.sleep(0)
                for task in tasks:
                    task.cancel()
                ended = await asyncio.gather(*tasks, return_exceptions=True)
                cancelled += sum(isinstance(each, asyncio.CancelledError) for each in ended)
            http: Any = client._open_transport()._client()
            (transport,) = http._transport._lazy._made.values()
            assert not getattr(transport, "_connections", transport._pool)._in_use
            return cancelled

    with counting() as (url, counts):
        assert asyncio.run(main(url)) > 100
    assert counts["open"] == 0


def blocks() -> int:
    """Return how many blocks of memory Python's objects take, garbage aside."""
    gc.collect()
    return sys.getallocatedblocks()


@pytest.mark.parametrize("world", ["blocking", "asyncio"])
def test_calls_leave_nothing_in_memory(world: str) -> None:
    warming, counted = 300, 2_000

    def blocking(url: str) -> int:
        with ApiClient(configured(url)) as client:
            api = MembersApi(client)
            for _ in range(warming):
                api.details_current_member()
            before = blocks()
            for _ in range(counted):
                api.details_current_member()
            return blocks() - before

    async def asynchronous(url: str) -> int:
        async with AsyncApiClient(configured(url)) as client:
            api = AsyncMembersApi(client)
            for _ in range(warming):
                await api.details_current_member()
            before = blocks()
            for _ in range(counted):
                await api.details_current_member()
            return blocks() - before

    with counting() as (url, _):
        left = asyncio.run(asynchronous(url)) if world == "asyncio" else blocking(url)
    assert left < counted / 10
