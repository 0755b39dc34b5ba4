"""Processes that need a new token at the same moment: one of them gets it for all."""

from __future__ import annotations

import pytest

from pandadoc_client.emulator import RotationMode
from pandadoc_client.oauth import Token

from .conftest import OpenScene
from .scene import STORES, Answer, Scene, call_at_once, spawn


def have_all_succeeded(outcomes: list[Answer], count: int) -> bool:
    return outcomes == [{"status": 200}] * count


@pytest.fixture(params=["expired by the clock", "killed on the server"])
def need(request: pytest.FixtureRequest) -> str:
    need: str = request.param
    return need


def seed(scene: Scene, need: str) -> Token:
    # The others have time to come along while one refreshes.
    scene.emulator.faults.add("latency", times=None, delay=0.1)
    if need == "expired by the clock":
        return scene.seed(seconds_left=-1)
    token = scene.seed(seconds_left=None)
    assert scene.emulator.expire_access_tokens() == 1
    return token


@pytest.mark.parametrize("mode", RotationMode)
@pytest.mark.parametrize("kind", STORES)
def test_four_processes_with_five_calls_each_send_one_refresh(
    open_scene: OpenScene, kind: str, mode: RotationMode, need: str
) -> None:
    scene = open_scene(kind, rotation=mode)
    old = seed(scene, need)
    outcomes = call_at_once(scene.processes(4), "calls", threads=1, calls=5)
    assert have_all_succeeded(outcomes, 20)
    assert scene.refreshes == 1
    assert scene.stored() != old
    assert scene.has_live_token()


@pytest.mark.parametrize("kind", STORES)
def test_eight_processes_with_sixteen_threads_each_send_one_refresh(
    open_scene: OpenScene, kind: str, need: str
) -> None:
    scene = open_scene(kind, rotation=RotationMode.REUSE_REVOKES_ALL)
    old = seed(scene, need)
    outcomes = call_at_once(scene.processes(8), "calls", threads=16, calls=1)
    assert have_all_succeeded(outcomes, 128)
    assert scene.refreshes == 1
    assert scene.stored() != old
    assert scene.has_live_token()


@pytest.mark.parametrize("kind", STORES)
def test_four_processes_with_fifty_tasks_each_send_one_refresh(open_scene: OpenScene, kind: str, need: str) -> None:
    scene = open_scene(kind, rotation=RotationMode.REUSE_REVOKES_ALL)
    old = seed(scene, need)
    outcomes = call_at_once(scene.processes(4), "tasks", tasks=50)
    assert have_all_succeeded(outcomes, 200)
    assert scene.refreshes == 1
    assert scene.stored() != old
    assert scene.has_live_token()


@pytest.mark.parametrize("kind", STORES)
def test_interpreters_that_share_nothing_but_the_store_send_one_refresh(open_scene: OpenScene, kind: str) -> None:
    # Elsewhere processes are forked from one that has imported all, to save time.
    scene = open_scene(kind, rotation=RotationMode.REUSE_REVOKES_ALL, start=spawn)
    old = scene.seed()
    outcomes = call_at_once(scene.processes(4), "calls", threads=4, calls=5)
    assert have_all_succeeded(outcomes, 80)
    assert scene.refreshes == 1
    assert scene.stored() != old
    assert scene.has_live_token()


@pytest.mark.parametrize("kind", STORES)
def test_a_dead_grant_costs_one_request_however_many_processes_ask(open_scene: OpenScene, kind: str) -> None:
    scene = open_scene(kind)
    dead = scene.seed()
    scene.emulator.revoke_all()
    processes = scene.processes(4)
    for process in processes:
        process.begin("token")
    answers = [process.answer() for process in processes]
    assert all("ReauthorizationRequired" in answer["kinds"] for answer in answers)
    assert scene.refreshes == 1
    assert scene.stored() == dead
