"""`EventDeduplicator`, over the kinds of stores in conftest.py."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any, cast

import anyio
import pytest

from pandadoc_client.exceptions import ApiTypeError, ApiValueError
from pandadoc_client.oauth import MemoryTokenStore, TokenStore
from pandadoc_client.webhooks import EventDeduplicator, WebhookInProgressError

from ..servers.postgresql import PostgreSQL
from ..servers.redis import RedisServer
from ..stores.kinds import KINDS, OpenStore
from ..stores.processes import other_process
from ..stores.support import in_threads
from .conftest import USED_KINDS
from .processes import claim_all, handle_and_hang
from .support import DAY, Broken, Clock, Failure, handle

BETWEEN_PROCESSES = pytest.mark.parametrize(
    "kind", [name for name in USED_KINDS if not KINDS[name].in_memory], indirect=True
)

# --- Claims


def test_an_event_is_new_once(deduplicator: EventDeduplicator, open_store: OpenStore) -> None:
    assert deduplicator.first_time("a") is True
    assert deduplicator.first_time("a") is False
    assert EventDeduplicator(open_store()).first_time("a") is False
    assert deduplicator.first_time("A") is True


def test_a_released_event_is_new_again(deduplicator: EventDeduplicator, open_store: OpenStore) -> None:
    deduplicator.first_time("a")
    assert EventDeduplicator(open_store()).release("a") is True
    assert deduplicator.release("a") is False
    assert deduplicator.first_time("a") is True
    assert deduplicator.first_time("a") is False


def test_an_event_is_forgotten_when_it_was_kept_long_enough(store: TokenStore, clock: Clock) -> None:
    deduplicator = EventDeduplicator(store, keep=DAY)
    deduplicator.first_time("a")
    clock.passed = DAY - timedelta(minutes=1)
    assert deduplicator.first_time("a") is False
    clock.passed = DAY
    assert deduplicator.first_time("a") is True
    assert deduplicator.first_time("a") is False


def test_any_text_is_an_id(deduplicator: EventDeduplicator) -> None:
    ids = ["a b", " a", "a\n", "x" * 150, "x" * 151, "x" * 10_000, "é", "🐼", "\ud800", "\0", "sha256:0", "'; --"]
    assert [deduplicator.first_time(event_id) for event_id in (*ids, *ids)] == [True] * len(ids) + [False] * len(ids)


def test_of_many_threads_one_has_the_event(open_store: OpenStore) -> None:
    deduplicators = [EventDeduplicator(open_store()) for _ in range(2)]
    won: list[str] = []

    def claim(index: int) -> None:
        for event_id in "abcde":
            if deduplicators[index % 2].first_time(event_id):
                won.append(event_id)

    in_threads(8, claim)
    assert sorted(won) == list("abcde")


def test_of_many_threads_one_has_the_event_that_was_forgotten(open_store: OpenStore, clock: Clock) -> None:
    deduplicators = [EventDeduplicator(open_store(), keep=DAY) for _ in range(2)]
    for event_id in "abc":
        deduplicators[0].first_time(event_id)
    clock.passed = DAY
    won: list[str] = []

    def claim(index: int) -> None:
        for event_id in "abc":
            if deduplicators[index % 2].first_time(event_id):
                won.append(event_id)

    in_threads(6, claim)
    assert sorted(won) == list("abc")


@BETWEEN_PROCESSES
def test_of_two_processes_one_has_each_event(place: OpenStore) -> None:
    number = 40
    with other_process(claim_all, place, number) as one, other_process(claim_all, place, number) as two:
        assert (one.line(), two.line()) == ("ready", "ready")
        one.go_on()
        two.go_on()
        won = [int(event) for other in (one, two) for event in other.result().split()]
    assert sorted(won) == list(range(number))


# --- Handling


def test_what_was_handled_is_not_handled_again(deduplicator: EventDeduplicator, open_store: OpenStore) -> None:
    assert handle(deduplicator, "a") is True
    assert handle(deduplicator, "a") is False
    assert EventDeduplicator(open_store()).first_time("a") is False


@pytest.mark.parametrize("error", [Failure("no"), KeyboardInterrupt(), SystemExit(1)], ids=repr)
def test_what_failed_is_handled_again(deduplicator: EventDeduplicator, error: BaseException) -> None:
    with pytest.raises(type(error)) as caught:
        handle(deduplicator, "a", error)
    assert caught.value is error
    assert handle(deduplicator, "a") is True
    assert handle(deduplicator, "a") is False


def test_an_error_after_a_repetition_does_not_make_it_new(deduplicator: EventDeduplicator) -> None:
    handle(deduplicator, "a")
    with pytest.raises(Failure):
        handle(deduplicator, "a", Failure())
    assert handle(deduplicator, "a") is False


def test_while_one_handles_it_others_are_told_to_come_again(
    deduplicator: EventDeduplicator, open_store: OpenStore
) -> None:
    other = EventDeduplicator(open_store())
    with deduplicator.once("a") as first:
        assert first is True
        with pytest.raises(WebhookInProgressError, match=r"^Another worker is handling this event") as caught:
            handle(other, "a")
        assert caught.value.answer == 503
        assert other.first_time("a") is False
    assert handle(other, "a") is False


@BETWEEN_PROCESSES
def test_an_event_is_handled_again_after_its_worker_was_killed(place: OpenStore, clock: Clock) -> None:
    with place() as store, other_process(handle_and_hang, place, "a") as other:
        deduplicator = EventDeduplicator(store, lease=timedelta(minutes=2))
        assert other.line() == "handling"
        other.kill()
        with pytest.raises(WebhookInProgressError):
            handle(deduplicator, "a")
        clock.passed = timedelta(minutes=6)
        assert handle(deduplicator, "a") is True
        assert handle(deduplicator, "a") is False


@pytest.mark.parametrize("error", [None, Failure()], ids=repr)
def test_a_worker_that_outlives_its_lease_leaves_the_claim_of_its_successor_alone(
    deduplicator: EventDeduplicator, open_store: OpenStore, clock: Clock, error: Failure | None
) -> None:
    late, successor = deduplicator.once("a"), EventDeduplicator(open_store())
    assert late.__enter__() is True
    clock.passed = timedelta(minutes=6)
    with successor.once("a") as first:
        assert first is True
        late.__exit__(None if error is None else type(error), error, None)
        with pytest.raises(WebhookInProgressError):
            handle(deduplicator, "a")
    assert handle(deduplicator, "a") is False


def test_a_worker_whose_claim_was_pruned_still_notes_that_it_is_done(
    deduplicator: EventDeduplicator, clock: Clock
) -> None:
    with deduplicator.once("a"):
        clock.passed = timedelta(minutes=6)
        assert deduplicator.prune() == 1
    assert handle(deduplicator, "a") is False


def test_the_error_of_the_handler_is_raised_even_if_the_claim_cannot_be_given_back(
    caplog: pytest.LogCaptureFixture, clock: Clock
) -> None:
    deduplicator = EventDeduplicator(Broken())
    with caplog.at_level(logging.WARNING), pytest.raises(Failure):
        handle(deduplicator, "a", Failure())
    assert "could not be given back, and ends by itself" in caplog.text


# --- asyncio and trio


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_the_twins_do_the_same(deduplicator: EventDeduplicator, clock: Clock, backend: str) -> None:
    async def ahandle(event_id: str, error: Exception | None = None) -> bool:
        async with deduplicator.aonce(event_id) as first:
            if error is not None:
                raise error
            return first

    async def run() -> None:
        assert [await deduplicator.afirst_time("a") for _ in range(2)] == [True, False]
        assert [await deduplicator.arelease("a") for _ in range(2)] == [True, False]
        with pytest.raises(Failure):
            await ahandle("a", Failure())
        assert [await ahandle("a") for _ in range(2)] == [True, False]
        async with deduplicator.aonce("b") as first:
            assert first is True
            with pytest.raises(WebhookInProgressError):
                await ahandle("b")
        clock.passed = 8 * DAY
        assert await deduplicator.aprune() == 2
        await deduplicator.aclose()

    anyio.run(run, backend=backend)


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_a_handler_that_is_cancelled_counts_as_failed(deduplicator: EventDeduplicator, backend: str) -> None:
    async def run() -> None:
        with anyio.CancelScope() as scope:
            async with deduplicator.aonce("a"):
                scope.cancel()
                await anyio.sleep_forever()
        async with deduplicator.aonce("a") as first:
            assert first is True
            # Cancelled when all is done: that is noted all the same.
            scope = anyio.CancelScope()
            scope.__enter__()
            scope.cancel()
        scope.__exit__(None, None, None)

    anyio.run(run, backend=backend)
    assert handle(deduplicator, "a") is False


async def test_a_task_that_is_cancelled_in_its_handler_counts_as_failed(deduplicator: EventDeduplicator) -> None:
    begun = asyncio.Event()

    async def work() -> None:
        async with deduplicator.aonce("a"):
            begun.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(work())
    await begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await deduplicator.afirst_time("a") is True


class _Slow(MemoryTokenStore):
    """A store that says when it writes, and waits then until it may."""

    def __init__(self) -> None:
        super().__init__()
        self.writing, self.go_on = threading.Event(), threading.Event()

    def write(self, *arguments: Any, **options: Any) -> str:
        self.writing.set()
        assert self.go_on.wait(20)
        return super().write(*arguments, **options)


@pytest.mark.parametrize("method", ["aonce", "afirst_time"])
@pytest.mark.parametrize("times", [1, 3])
async def test_a_task_that_is_cancelled_while_it_claims_leaves_no_claim(method: str, times: int) -> None:
    store = _Slow()
    deduplicator = EventDeduplicator(store)
    got_in: list[bool] = []

    async def work() -> None:
        if method == "afirst_time":
            got_in.append(await deduplicator.afirst_time("a"))
        else:
            async with deduplicator.aonce("a") as first:
                got_in.append(first)

    task = asyncio.create_task(work())
    await asyncio.to_thread(store.writing.wait, 20)
    for _ in range(times):
        task.cancel()
        await asyncio.sleep(0)
    store.go_on.set()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert got_in == []
    assert handle(deduplicator, "a") is True


async def test_a_timeout_of_asyncio_while_it_claims_leaves_no_claim() -> None:
    store = _Slow()
    deduplicator = EventDeduplicator(store)
    asyncio.get_running_loop().call_later(0.1, store.go_on.set)
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(deduplicator.afirst_time("a"), 0.01)
    assert store.writing.is_set()
    assert deduplicator.first_time("a") is True


async def test_a_task_that_is_cancelled_while_another_handles_the_event_leaves_that_claim() -> None:
    store = _Slow()
    store.go_on.set()
    deduplicator = EventDeduplicator(store)
    with deduplicator.once("a"):
        store.go_on.clear()
        store.writing.clear()
        task = asyncio.create_task(deduplicator.afirst_time("a"))
        await asyncio.to_thread(store.writing.wait, 20)
        task.cancel()
        await asyncio.sleep(0)
        store.go_on.set()
        with pytest.raises(asyncio.CancelledError):
            await task
        with pytest.raises(WebhookInProgressError):
            handle(deduplicator, "a")


# --- Stores


def test_a_url_gives_a_store_of_its_own(
    postgresql: PostgreSQL, redis_server: RedisServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    urls = {
        "memory:": "MemoryTokenStore",
        "file:~/webhooks.json": "FileTokenStore",
        "sqlite:~/relative.db": "table pandadoc_webhooks",
        f"sqlite:///{tmp_path}/webhooks.db": "table pandadoc_webhooks",
        f"sqlite+aiosqlite:{tmp_path}/webhooks.db": "table pandadoc_webhooks",
        postgresql.shared_database: "table pandadoc_webhooks",
        redis_server.url: "prefix 'pandadoc-webhooks'",
    }
    for url, expected in urls.items():
        with EventDeduplicator(url) as deduplicator:
            assert expected in repr(deduplicator)
            deduplicator.release("of this test")
            expects_new = "aiosqlite" not in url
            assert [deduplicator.first_time("a" + str(tmp_path)) for _ in range(2)] == [expects_new, False]
    assert (tmp_path / "relative.db").exists()


def test_a_password_in_a_url_is_not_shown() -> None:
    deduplicator = EventDeduplicator("postgresql://user:password-marker@127.0.0.1/name")
    assert "password-marker" not in repr(deduplicator)


def test_a_given_store_is_not_closed() -> None:
    class Closing(MemoryTokenStore):
        closed = False

        def close(self) -> None:
            self.closed = True

    store = Closing()
    with EventDeduplicator(store) as deduplicator:
        deduplicator.first_time("a")
    assert store.closed is False


# --- Wrong arguments


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (partial(EventDeduplicator, cast("Any", None)), ApiTypeError, "^store_or_url must be a TokenStore or a URL"),
        (partial(EventDeduplicator, "nothing"), ApiValueError, "^url is no URL of a token store"),
        (
            partial(EventDeduplicator, "memory:", keep=cast("Any", 7)),
            ApiTypeError,
            "^keep must be a timedelta, not int",
        ),
        (partial(EventDeduplicator, "memory:", keep=timedelta()), ApiValueError, "^keep must be above 0"),
        (partial(EventDeduplicator, "memory:", lease=-DAY), ApiValueError, "^lease must be above 0"),
        (partial(EventDeduplicator, "memory:", keep=timedelta.max), ApiValueError, "^keep .* at most 36500 days"),
    ],
)
def test_a_wrong_setting_is_named(make: Callable[[], object], error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        make()


def test_a_wrong_id_is_named() -> None:
    deduplicator = EventDeduplicator("memory:")
    for call in (deduplicator.first_time, deduplicator.release, partial(handle, deduplicator)):
        with pytest.raises(ApiTypeError, match=r"^event_id must be text \(str\), not NoneType"):
            call(cast("str", None))
        with pytest.raises(ApiValueError, match=r"^event_id is empty"):
            call("")
    with pytest.raises(ApiValueError, match=r"^limit must be 0 or more"):
        deduplicator.prune(limit=-1)
