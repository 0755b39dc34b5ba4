"""`refresh_due`: many accounts, many workers, each account once."""

from __future__ import annotations

import asyncio
import threading
from collections import Counter
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Any

import httpx
import pytest

from pandadoc_client.emulator import Emulator
from pandadoc_client.exceptions import ApiTypeError, ApiValueError, ReauthorizationRequired
from pandadoc_client.oauth import MemoryTokenStore, OAuthClient, RefreshReport, Token, refresh_due
from pandadoc_client.oauth.stores.entry import Entry

from .support import ending, is_live, issue, open_async_client, open_client, refreshes

DAY = 86400.0
WEEK = timedelta(days=7)


def fill(emulator: Emulator, store: MemoryTokenStore, count: int, seconds_left: float) -> list[str]:
    """Save tokens for so many accounts, half a year old, and return their keys."""
    keys = [f"account {number}" for number in range(count)]
    for key in keys:
        received = datetime.now(UTC) - timedelta(days=180)
        token = Token.from_response(emulator.issue_token(), received)
        store.save(key, ending(token, seconds_left))
    return keys


async def test_each_due_account_is_renewed_once_by_four_workers(emulator: Emulator, store: MemoryTokenStore) -> None:
    keys = fill(emulator, store, 60, 3 * DAY)
    store.save("young", issue(emulator))
    store.save("endless", Token("access", "refresh"))
    async with open_async_client(emulator) as client:
        reports = await asyncio.gather(*(refresh_due(client, store, within=WEEK, rate=None) for _ in range(4)))
    assert sum(report.refreshed for report in reports) == 60
    assert [report.done for report in reports] == [report.due for report in reports] == [60] * 4
    spent = Counter(entry.form["refresh_token"] for entry in emulator.journal.token_requests())
    assert set(spent.values()) == {1}
    assert len(spent) == 60
    assert all(is_live(emulator, store.load(key)) for key in keys)


async def test_what_other_workers_have_done_is_not_looked_at_one_by_one(
    emulator: Emulator, client: OAuthClient
) -> None:
    class Counting(MemoryTokenStore):
        reads = 0

        def read_entry(self, key: str) -> tuple[Entry | None, str | None]:
            self.reads += 1
            return super().read_entry(key)

    store = Counting()
    keys = fill(emulator, store, 500, DAY)

    def others_finish(report: RefreshReport) -> None:
        if report.done == 1:
            for key in keys:
                store.save(key, issue(emulator))

    report = await refresh_due(client, store, rate=None, concurrency=1, progress=others_finish)
    assert (report.due, report.refreshed, report.skipped) == (500, 1, 499)
    assert store.reads < 50


async def test_what_is_renewed_is_not_due_any_more(
    emulator: Emulator, client: OAuthClient, store: MemoryTokenStore
) -> None:
    fill(emulator, store, 3, DAY)
    assert (await refresh_due(client, store, rate=None)).refreshed == 3
    assert await refresh_due(client, store, rate=None) == RefreshReport()


async def test_a_short_life_is_not_renewed_before_its_half_is_over(
    client: OAuthClient, store: MemoryTokenStore
) -> None:
    with Emulator(token_lifetime=3600) as emulator:
        store.save("young", issue(emulator))
        report = await refresh_due(client, store, within=WEEK)
    assert (report.due, report.skipped) == (1, 1)
    assert refreshes(emulator) == 0


async def test_one_dead_grant_does_not_stop_the_others(
    emulator: Emulator, client: OAuthClient, store: MemoryTokenStore
) -> None:
    fill(emulator, store, 4, DAY)
    store.save("dead", ending(Token("access", "unknown"), DAY))
    store.save("without", ending(Token("access"), DAY))
    report = await refresh_due(client, store, rate=None)
    assert report.refreshed == 4
    assert {key: type(error) for key, error in report.failed.items()} == dict.fromkeys(
        ("dead", "without"), ReauthorizationRequired
    )
    again = await refresh_due(client, store, rate=None)
    assert set(again.failed) == {"dead", "without"}
    assert refreshes(emulator) == 5, "a dead grant is asked about once"


async def test_progress_is_told_after_each_account(
    emulator: Emulator, client: OAuthClient, store: MemoryTokenStore
) -> None:
    fill(emulator, store, 5, DAY)
    seen: list[tuple[int, int]] = []
    await refresh_due(client, store, rate=None, progress=lambda report: seen.append((report.done, report.due)))
    assert seen == [(number, 5) for number in range(1, 6)]


async def test_the_rate_is_kept(emulator: Emulator, client: OAuthClient, store: MemoryTokenStore) -> None:
    fill(emulator, store, 11, DAY)
    began = monotonic()
    await refresh_due(client, store, rate=50.0, concurrency=11)
    assert monotonic() - began >= 10 / 50, "a busy machine takes longer, and nothing makes it shorter"


async def test_as_many_are_under_way_at_once_as_asked_for_and_no_more(
    emulator: Emulator, store: MemoryTokenStore
) -> None:
    fill(emulator, store, 9, DAY)
    lock, under_way, most = threading.Lock(), 0, 0
    three_are_here = threading.Barrier(3)

    def enter(request: httpx.Request) -> None:
        nonlocal under_way, most
        with lock:
            under_way += 1
            most = max(most, under_way)
        three_are_here.wait(60)

    def leave(response: httpx.Response) -> None:
        nonlocal under_way
        with lock:
            under_way -= 1

    with (
        httpx.Client(event_hooks={"request": [enter], "response": [leave]}) as http_client,
        open_client(emulator, http_client=http_client) as client,
    ):
        report = await refresh_due(client, store, rate=None, concurrency=3)
    assert (report.refreshed, most) == (9, 3)


async def test_throttling_is_waited_out(emulator: Emulator, client: OAuthClient, store: MemoryTokenStore) -> None:
    fill(emulator, store, 3, DAY)
    emulator.faults.add("rate-limit", retry_after=0, times=3)
    report = await refresh_due(client, store, rate=None)
    assert (report.refreshed, report.failed) == (3, {})


async def test_a_worker_that_is_cancelled_saves_what_it_has_sent(emulator: Emulator, store: MemoryTokenStore) -> None:
    emulator.faults.add("latency", delay=0.2, times=None)
    keys = fill(emulator, store, 20, DAY)
    async with open_async_client(emulator) as client:
        task = asyncio.create_task(refresh_due(client, store, rate=None, concurrency=4))
        await asyncio.to_thread(emulator.journal.wait_for, 4, arrived=True)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    assert all(is_live(emulator, store.load(key)) for key in keys)
    assert refreshes(emulator) < 20


@pytest.mark.parametrize(
    ("arguments", "error", "name"),
    [
        ({"within": timedelta(seconds=-1)}, ApiValueError, "within"),
        ({"within": 7}, ApiTypeError, "within"),
        ({"concurrency": 0}, ApiValueError, "concurrency"),
        ({"rate": 0}, ApiValueError, "rate"),
        ({"rate": float("nan")}, ApiValueError, "rate"),
    ],
)
async def test_a_wrong_number_is_named(
    client: OAuthClient, store: MemoryTokenStore, arguments: dict[str, Any], error: type[Exception], name: str
) -> None:
    with pytest.raises(error, match=f"^{name} "):
        await refresh_due(client, store, **arguments)
