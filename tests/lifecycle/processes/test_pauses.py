"""A process is stopped in the middle of a refresh, and continued later: by a debugger, a suspend, a full machine."""

from __future__ import annotations

import pytest

from pandadoc_client.emulator import Fault, RotationMode

from .conftest import OpenScene
from .scene import Process, Scene

_HELD_BY_THE_SYSTEM = ("file", "sqlite", "postgresql")
_LEASE = 0.3
_REFRESH_TIMEOUT = 2.0
"""Seconds that a refresh may take: others wait a little longer for one that was begun."""


def stopped_at(scene: Scene, step: str) -> Process:
    process = scene.process_at({step: "stop"})
    process.begin("token")
    assert process.answer() == {"at": step}
    return process


def asking_for_the_lock(scene: Scene) -> Process:
    process = scene.process(before_lock="tell")
    process.begin("token")
    assert process.answer() == {"at": "before lock"}
    return process


@pytest.mark.parametrize("step", ["after lock", "before send", "before save"])
@pytest.mark.parametrize("kind", _HELD_BY_THE_SYSTEM)
def test_others_wait_for_a_stopped_process_and_use_its_token(open_scene: OpenScene, kind: str, step: str) -> None:
    scene = open_scene(kind)
    scene.seed()
    stopped = stopped_at(scene, step)
    others = [asking_for_the_lock(scene) for _ in range(3)]
    assert all(other.is_silent() for other in others)
    stopped.resume()
    answers = [process.answer() for process in (stopped, *others)]
    assert all(scene.has_live_token(answer) for answer in answers)
    assert scene.refreshes == 1


def test_a_token_that_was_saved_is_used_though_whoever_saved_it_is_stopped(open_scene: OpenScene) -> None:
    scene = open_scene("file")
    scene.seed()
    stopped = stopped_at(scene, "after save")
    assert scene.has_live_token(scene.process().ask("token"))
    stopped.resume()
    assert scene.has_live_token(stopped.answer())
    assert scene.refreshes == 1


@pytest.mark.parametrize("kind", _HELD_BY_THE_SYSTEM)
def test_a_process_that_is_stopped_while_the_answer_comes_takes_it_later(open_scene: OpenScene, kind: str) -> None:
    scene = open_scene(kind)
    scene.seed()
    scene.emulator.faults.add(Fault("latency", delay=0.3))
    stopped = scene.process()
    stopped.begin("token")
    scene.emulator.journal.wait_for(1, arrived=True)
    stopped.stop()
    other = asking_for_the_lock(scene)
    scene.emulator.journal.wait_for(1)
    assert other.is_silent()
    stopped.resume()
    assert scene.has_live_token(stopped.answer())
    assert scene.has_live_token(other.answer())
    assert scene.refreshes == 1


def test_a_lease_is_kept_as_long_as_a_refresh_takes(open_scene: OpenScene) -> None:
    scene = open_scene("redis", lease=_LEASE)
    scene.seed()
    scene.emulator.faults.add(Fault("latency", delay=4 * _LEASE))
    slow = scene.process()
    slow.begin("token")
    scene.emulator.journal.wait_for(1, arrived=True)
    other = asking_for_the_lock(scene)
    assert scene.has_live_token(slow.answer())
    assert scene.has_live_token(other.answer())
    assert scene.refreshes == 1


@pytest.mark.parametrize("rotation", [RotationMode.STRICT, RotationMode.REUSE_REVOKES_ALL])
@pytest.mark.parametrize("step", ["before send", "after answer", "before save"])
def test_with_a_lease_others_wait_for_an_attempt_that_may_still_end(
    open_scene: OpenScene, rotation: RotationMode, step: str
) -> None:
    scene = open_scene("redis", rotation=rotation, lease=_LEASE)
    scene.seed()
    stopped = stopped_at(scene, step)
    other = scene.process(after_lock="tell")
    other.begin("token")
    assert other.answer() == {"at": "after lock"}  # so the lease is over
    assert other.is_silent()
    stopped.resume()
    answers = [process.answer() for process in (stopped, other)]
    assert all(scene.has_live_token(answer) for answer in answers)
    assert scene.refreshes == 1


def test_with_a_lease_others_wait_for_a_process_that_is_frozen_while_the_answer_comes(open_scene: OpenScene) -> None:
    scene = open_scene("redis", rotation=RotationMode.REUSE_REVOKES_ALL, lease=_LEASE)
    scene.seed()
    scene.emulator.faults.add(Fault("latency", delay=0.3))
    frozen = scene.process()
    frozen.begin("token")
    scene.emulator.journal.wait_for(1, arrived=True)
    frozen.stop()
    other = scene.process(after_lock="tell")
    other.begin("token")
    assert other.answer() == {"at": "after lock"}
    scene.emulator.journal.wait_for(1)
    assert other.is_silent()
    frozen.resume()
    assert scene.has_live_token(frozen.answer())
    assert scene.has_live_token(other.answer())
    assert scene.refreshes == 1


@pytest.mark.parametrize("step", ["after lock", "before send", "before save", "after save"])
@pytest.mark.parametrize("mode", [RotationMode.GRACE, RotationMode.FORK])
def test_with_a_lease_another_goes_on_and_its_token_stays(open_scene: OpenScene, mode: RotationMode, step: str) -> None:
    scene = open_scene("redis", rotation=mode, lease=_LEASE, refresh_timeout=_REFRESH_TIMEOUT)
    scene.seed()
    stopped = stopped_at(scene, step)
    answer = scene.process().ask("token")
    newest = scene.stored()
    assert scene.has_live_token(answer)
    stopped.resume()
    assert stopped.answer() == answer
    assert scene.stored() == newest
    assert scene.has_live_token()


def test_with_a_lease_a_process_that_stopped_before_sending_takes_the_token_of_another(open_scene: OpenScene) -> None:
    scene = open_scene("redis", rotation=RotationMode.STRICT, lease=_LEASE, refresh_timeout=_REFRESH_TIMEOUT)
    scene.seed()
    stopped = stopped_at(scene, "before send")
    answer = scene.process().ask("token")
    stopped.resume()
    assert stopped.answer() == answer
    assert scene.has_live_token(answer)


@pytest.mark.parametrize("step", ["after answer", "before save"])
def test_with_a_lease_a_token_that_comes_late_takes_the_place_of_the_refusal(open_scene: OpenScene, step: str) -> None:
    scene = open_scene("redis", rotation=RotationMode.STRICT, lease=_LEASE, refresh_timeout=_REFRESH_TIMEOUT)
    scene.seed()
    stopped = stopped_at(scene, step)
    other = scene.process()
    assert "ReauthorizationRequired" in other.ask("token")["kinds"]
    stopped.resume()
    answer = stopped.answer()
    assert scene.has_live_token(answer)
    assert other.ask("token") == answer
    assert scene.refreshes == 2
