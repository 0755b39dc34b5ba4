"""What becomes of a used refresh token, mode by mode, alone and under sixteen callers at once."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from pandadoc_client.emulator import EmulatorOptions, EmulatorState, RotationMode
from pandadoc_client.emulator.state import TokenRefused

from .support import Caller, Clock, error, pair

CALLERS = 16


def test_strict_kills_the_old_pair_at_once(caller: Caller) -> None:
    old_access, old_refresh = pair(caller.exchange())
    access, refresh = pair(caller.refresh(old_refresh))
    assert not caller.works(old_access)
    assert caller.works(access)
    assert refresh != old_refresh


def test_strict_leaves_the_live_pair_alone_when_a_spent_token_comes_back(caller: Caller) -> None:
    _, old_refresh = pair(caller.exchange())
    access, refresh = pair(caller.refresh(old_refresh))
    assert error(caller.refresh(old_refresh)) == "invalid_grant"
    assert caller.works(access)
    pair(caller.refresh(refresh))


def test_reuse_revokes_every_descendant_of_the_grant_and_no_other_grant(start: Callable[..., Caller]) -> None:
    caller = start(rotation="reuse-revokes-all")
    other, _ = pair(caller.exchange())
    _, first = pair(caller.exchange())
    _, second = pair(caller.refresh(first))
    access, third = pair(caller.refresh(second))
    assert caller.works(access)
    assert error(caller.refresh(first)) == "invalid_grant"
    assert not caller.works(access)
    assert error(caller.refresh(third)) == "invalid_grant"
    assert caller.works(other)


def test_fork_keeps_everything_alive(start: Callable[..., Caller], clock: Clock) -> None:
    caller = start(rotation="fork", token_lifetime=60)
    access, refresh = pair(caller.exchange())
    left_access, left = pair(caller.refresh(refresh))
    right_access, right = pair(caller.refresh(refresh))
    assert len({refresh, left, right}) == 3
    assert all(map(caller.works, (access, left_access, right_access)))
    clock.advance(60)
    assert not any(map(caller.works, (access, left_access, right_access)))
    for token in (refresh, left, right):
        pair(caller.refresh(token))


def test_grace_repeats_the_answer_for_ten_seconds(start: Callable[..., Caller], clock: Clock) -> None:
    caller = start(rotation="grace", token_lifetime=3600)
    old_access, old_refresh = pair(caller.exchange())
    answer = caller.refresh(old_refresh)
    clock.advance(9)
    again = caller.refresh(old_refresh)
    assert pair(again) == pair(answer)
    assert again.json()["expires_in"] == 3591
    assert not caller.works(old_access)
    clock.advance(1)
    assert error(caller.refresh(old_refresh)) == "invalid_grant"
    pair(caller.refresh(pair(answer)[1]))


def test_grace_ends_when_the_new_token_is_used(start: Callable[..., Caller]) -> None:
    caller = start(rotation="grace", grace_seconds=1000)
    _, first = pair(caller.exchange())
    _, second = pair(caller.refresh(first))
    pair(caller.refresh(second))
    assert error(caller.refresh(first)) == "invalid_grant"


@pytest.mark.parametrize(
    ("rotation", "successes", "pairs", "alive"),
    [
        ("strict", 1, 1, 1),
        ("reuse-revokes-all", 1, 1, 0),
        ("fork", CALLERS, CALLERS, CALLERS + 1),
        ("grace", CALLERS, 1, 1),
    ],
)
def test_sixteen_callers_refresh_the_same_token(
    start: Callable[..., Caller], rotation: str, successes: int, pairs: int, alive: int
) -> None:
    caller = start(rotation=rotation)
    _, refresh = pair(caller.exchange())
    responses = caller.refresh_at_once(refresh, CALLERS)
    good = [response for response in responses if response.status_code == 200]
    assert len(good) == successes
    assert len({pair(response) for response in good}) == pairs
    assert {error(response) for response in responses if response not in good} <= {"invalid_grant"}
    assert len(caller.emulator.live_pairs()) == alive
    assert caller.emulator.state.summary().refreshes == successes


@pytest.mark.parametrize(
    ("rotation", "successes"), [("strict", 1), ("reuse-revokes-all", 1), ("fork", CALLERS), ("grace", CALLERS)]
)
def test_the_state_itself_is_safe_across_threads(rotation: str, successes: int) -> None:
    state = EmulatorState(EmulatorOptions(rotation=RotationMode(rotation)))
    first = state.exchange_code("c", state.issue_code("c"))
    barrier = threading.Barrier(CALLERS)

    def refresh(_: int) -> str:
        barrier.wait()
        try:
            return state.refresh("c", first.refresh_token).access_token
        except TokenRefused as refused:
            return refused.error

    with ThreadPoolExecutor(CALLERS) as pool:
        outcomes = Counter(pool.map(refresh, range(CALLERS)))
    assert CALLERS - outcomes["invalid_grant"] == successes


def test_a_code_raced_by_sixteen_callers_works_once(caller: Caller) -> None:
    code = caller.emulator.issue_code()
    with ThreadPoolExecutor(CALLERS) as pool:
        responses = list(pool.map(caller.exchange, [code] * CALLERS))
    assert sorted(response.status_code for response in responses) == [200] + [400] * (CALLERS - 1)


def test_tokens_are_long_and_never_the_same(caller: Caller) -> None:
    values = [value for _ in range(50) for value in pair(caller.exchange())]
    assert len(set(values)) == 100
    assert min(map(len, values)) >= 40
