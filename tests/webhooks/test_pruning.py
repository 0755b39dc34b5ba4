"""`EventDeduplicator` removes what is over, and never what is not."""

from __future__ import annotations

from datetime import timedelta
from threading import Event
from types import SimpleNamespace

import pytest

from pandadoc_client.exceptions import TokenStoreError
from pandadoc_client.oauth import MemoryTokenStore, Token, TokenStore
from pandadoc_client.oauth.stores.base import LockTimeout
from pandadoc_client.webhooks import EventDeduplicator

from ..stores.kinds import OpenStore
from ..stores.support import in_threads
from .support import DAY, MODULE, Broken, Clock


def test_pruning_removes_what_is_over_and_nothing_else(store: TokenStore, clock: Clock) -> None:
    old, new = EventDeduplicator(store, keep=DAY), EventDeduplicator(store, keep=3 * DAY)
    for number in range(7):
        old.first_time(f"old {number}")
    new.first_time("new")
    assert old.prune() == 0
    clock.passed = 2 * DAY
    assert old.prune(limit=2) == 2
    assert old.prune(limit=0) == 0
    assert new.prune() == 5
    assert [key.removeprefix("webhook:") for key in store.keys(limit=9)] == ["new"]
    assert new.first_time("new") is False


def test_what_is_pruned_while_others_claim_it_anew_has_one_new_owner(open_store: OpenStore, clock: Clock) -> None:
    deduplicators = [EventDeduplicator(open_store(), keep=DAY) for _ in range(2)]
    ids = [str(number) for number in range(10)]
    for event_id in ids:
        deduplicators[0].first_time(event_id)
    clock.passed = DAY
    won: list[str] = []

    def work(index: int) -> None:
        if index == 0:
            deduplicators[0].prune()
        else:
            won.extend(event_id for event_id in ids if deduplicators[index % 2].first_time(event_id))

    in_threads(5, work)
    assert sorted(won) == ids


def test_pruning_removes_no_token(store: TokenStore, clock: Clock) -> None:
    token = Token("access", expires_at=clock.now())
    for key in ("default", "webhook:default"):
        store.save(key, token)
    clock.passed = DAY
    deduplicator = EventDeduplicator(store)
    assert deduplicator.prune() == 0
    assert (store.load("default"), store.load("webhook:default")) == (token, token)
    with pytest.raises(
        TokenStoreError, match=r"^The document that is stored under the key 'webhook:default' is no webh"
    ):
        deduplicator.first_time("default")


def test_claims_prune_now_and_then(clock: Clock) -> None:
    store = MemoryTokenStore()
    deduplicator = EventDeduplicator(store, keep=DAY)
    for number in range(1_000):
        deduplicator.first_time(str(number))
        clock.passed += timedelta(hours=1)
        assert len(list(store.keys())) < 24 + 1 + 50


def test_pruning_by_the_way_waits_for_nobody(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(f"{MODULE}.random", SimpleNamespace(randrange=lambda _: 0))
    store = Broken()
    assert EventDeduplicator(store, keep=DAY).first_time("a")
    clock.passed = DAY
    deduplicator = EventDeduplicator(store)
    assert deduplicator.first_time("b"), "the lock could not be had, and there was something to prune"
    with pytest.raises(LockTimeout):
        deduplicator.prune()


def test_pruning_by_the_way_ends_after_its_time(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    store = MemoryTokenStore()
    deduplicator = EventDeduplicator(store, keep=DAY)
    for number in range(10):
        deduplicator.first_time(str(number))
    clock.passed = DAY
    monkeypatch.setattr(f"{MODULE}._PRUNE_SECONDS", -1)
    monkeypatch.setattr(f"{MODULE}.random", SimpleNamespace(randrange=lambda _: 0))
    EventDeduplicator(store).first_time("new")
    assert len(list(store.keys())) == 11
    monkeypatch.setattr(f"{MODULE}._PRUNE_SECONDS", 60)
    EventDeduplicator(store).first_time("newer")
    assert len(list(store.keys())) == 2


class Paused(MemoryTokenStore):
    """A store that waits before it removes a document."""

    def __init__(self) -> None:
        super().__init__()
        self.removes, self.goes_on = Event(), Event()

    def discard(self, key: str) -> bool:
        self.removes.set()
        assert self.goes_on.wait(30)
        return super().discard(key)


def test_a_claim_that_is_renewed_while_it_is_pruned_stays(clock: Clock) -> None:
    store = Paused()
    deduplicator = EventDeduplicator(store, keep=DAY)
    deduplicator.first_time("a")
    clock.passed = DAY
    renewed: list[bool] = []

    def run(index: int) -> None:
        if index == 0:
            assert deduplicator.prune() == 1
        elif index == 1:
            assert store.removes.wait(30)
            renewed.append(EventDeduplicator(store).first_time("a"))
        else:
            assert store.removes.wait(30)
            # Without the lock the claim would be renewed by now, and then removed.
            with pytest.raises(LockTimeout), store.lock("webhook claims", 0.05):
                pass
            store.goes_on.set()

    in_threads(3, run)
    assert renewed == [True]
    assert deduplicator.first_time("a") is False
