"""Clocks that jump. The system's clock cannot be set in a test, so the package is given another one."""

from __future__ import annotations

import time
from datetime import datetime, timedelta, tzinfo
from queue import SimpleQueue
from types import SimpleNamespace
from typing import Any

import pytest

from pandadoc_client.emulator import Emulator, Fault
from pandadoc_client.oauth import MemoryTokenStore, OAuthClient, TokenManager

from .support import is_live, issue, open_client, refreshes, saved, together

HOUR = 3600.0
DAY = 24 * HOUR


class Clock:
    """The wall clock and the monotonic one of the client."""

    def __init__(self) -> None:
        self.jumped = 0.0
        self.passed = 0.0

    def time(self) -> float:
        return time.time() + self.jumped + self.passed

    def monotonic(self) -> float:
        return time.monotonic() + self.passed


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()

    class LikeDatetime(type):
        def __instancecheck__(cls, instance: object) -> bool:
            return isinstance(instance, datetime)

    class Jumping(datetime, metaclass=LikeDatetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Any:
            return datetime.now(tz) + timedelta(seconds=clock.jumped + clock.passed)

    for module in ("token", "client"):
        monkeypatch.setattr(f"pandadoc_client.oauth.{module}.datetime", Jumping)
    monkeypatch.setattr(
        "pandadoc_client.oauth._lifecycle.time", SimpleNamespace(time=clock.time, monotonic=clock.monotonic)
    )
    return clock


@pytest.fixture
def manager(emulator: Emulator, client: OAuthClient, store: MemoryTokenStore, clock: Clock) -> TokenManager:
    """A manager that holds a token for an hour."""
    store.save("default", issue(emulator, seconds_left=HOUR))
    manager = TokenManager(client, store)
    manager.token()
    return manager


def test_a_token_is_renewed_when_its_time_has_passed(emulator: Emulator, manager: TokenManager, clock: Clock) -> None:
    clock.passed = HOUR
    assert manager.token() is manager.token()
    assert refreshes(emulator) == 1


def test_a_jump_forward_costs_one_refresh(emulator: Emulator, manager: TokenManager, clock: Clock) -> None:
    clock.jumped = DAY
    for _ in range(20):
        manager.token()
    assert refreshes(emulator) == 1
    clock.jumped = 0
    for _ in range(20):
        assert is_live(emulator, manager.token())
    assert refreshes(emulator) == 1


def test_a_jump_backward_does_not_prolong_a_token(emulator: Emulator, manager: TokenManager, clock: Clock) -> None:
    clock.jumped = -DAY
    manager.token()
    assert refreshes(emulator) == 0
    clock.passed = HOUR  # a day ahead of the wall clock's idea of its end
    new = manager.token()
    for _ in range(20):
        assert manager.token() is new
    assert refreshes(emulator) == 1


def test_a_clock_that_jumps_to_and_fro_causes_no_storm(emulator: Emulator, manager: TokenManager, clock: Clock) -> None:
    for jump in (DAY, -DAY, 2 * DAY, 0, -2 * DAY, DAY):
        clock.jumped = jump
        for _ in range(5):
            manager.token()
    assert refreshes(emulator) <= 1


def test_a_machine_whose_clock_is_ahead_shares_its_token(
    emulator: Emulator, client: OAuthClient, store: MemoryTokenStore, clock: Clock
) -> None:
    store.save("default", issue(emulator, seconds_left=-1))
    clock.jumped = DAY
    new = TokenManager(client, store).token()
    clock.jumped = 0
    assert TokenManager(client, store).token() == new
    assert refreshes(emulator) == 1


def test_a_life_shorter_than_the_leeway_is_renewed_once_by_all_who_wait(store: MemoryTokenStore) -> None:
    with Emulator(token_lifetime=30, faults=(Fault("latency", delay=0.1),)) as emulator:
        with open_client(emulator) as client:
            store.save("default", issue(emulator, seconds_left=-1))
            managers = SimpleQueue[TokenManager]()
            for _ in range(8):
                managers.put(TokenManager(client, store))
            assert together(8, lambda: managers.get().token()) == [saved(store)] * 8
        assert refreshes(emulator) == 1


def test_a_life_shorter_than_the_leeway_is_not_renewed_at_every_call(store: MemoryTokenStore) -> None:
    with Emulator(token_lifetime=30) as emulator:
        with open_client(emulator) as client:
            store.save("default", issue(emulator, seconds_left=-1))
            manager = TokenManager(client, store)
            for _ in range(20):
                assert manager.token() == saved(store)
        assert refreshes(emulator) == 1
