"""A process is killed at each step of a refresh: the next one goes on, or says what happened."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest

from pandadoc_client.emulator import Fault, RotationMode

from .conftest import OpenScene
from .scene import STORES, Answer, Process, Scene

_LEASE = 0.5
"""Seconds for which the lock of a process that was killed stays taken in Redis."""
_NEW_FILE = ("temporary file made", "before flush", "after flush", "before rename")

# Steps of a write after which the store still has the old document, and those after which it has the new one. What
# was sent to Redis is done, whether or not somebody is there to hear of it.
_NOT_WRITTEN: dict[str, tuple[str, ...]] = {
    "file": _NEW_FILE,
    "sqlite": ("before commit",),
    "postgresql": ("before commit",),
    "redis": (),
}
_WRITTEN: dict[str, tuple[str, ...]] = {
    "file": ("after rename", "after folder flush"),
    "sqlite": ("after commit",),
    "postgresql": ("after commit",),
    "redis": ("sent",),
}


def steps(make: Callable[[str], list[str]]) -> list[tuple[str, str]]:
    return [(kind, step) for kind in STORES for step in make(kind)]


def in_write(name: str, kind: str, of: dict[str, tuple[str, ...]]) -> list[str]:
    return [f"{name}: {step}" for step in of[kind]]


def before_sending(kind: str) -> list[str]:
    first = ["before lock", "after lock", "before attempt", *in_write("attempt", kind, _NOT_WRITTEN)]
    return [*first, *in_write("attempt", kind, _WRITTEN), "after attempt", "before send"]


def between_answer_and_save(kind: str) -> list[str]:
    return ["after answer", "before save", *in_write("save", kind, _NOT_WRITTEN)]


def after_save(kind: str) -> list[str]:
    return [*in_write("save", kind, _WRITTEN), "after save", "before release", "after release"]


def killed_at(scene: Scene, step: str) -> int:
    """Let a process kill itself at *step* of a refresh, and return its number."""
    process = scene.process_at({step: "kill"})
    process.begin("token")
    process.wait_for_end()
    return process.pid


def next_answer(scene: Scene) -> Answer:
    """Return what a new process has to say, and check that the place is in order then."""
    answer = scene.process().ask("token")
    assert scene.leftovers() == []
    return answer


def check_loss_is_reported(scene: Scene, killed: int, began: datetime) -> None:
    """The next process sends one request, and says what became of the one before; those after it send none."""
    before = scene.refreshes
    told = next_answer(scene)
    assert "ReauthorizationRequired" in told["kinds"]
    assert f"the refresh that process {killed} on " in told["error"]
    assert "never came to an end" in told["error"]
    moments = {f"{moment:%Y-%m-%d %H:%M:%S} UTC" for moment in seconds_since(began)}
    assert any(f"began at {moment}" in told["error"] for moment in moments)
    assert scene.refreshes == before + 1
    again = next_answer(scene)
    assert "ReauthorizationRequired" in again["kinds"]
    assert told["error"].startswith(again["error"])  # the first has a status as well
    assert scene.refreshes == before + 1


def seconds_since(began: datetime) -> Iterator[datetime]:
    for second in range(int(began.timestamp()), int(datetime.now(UTC).timestamp()) + 1):
        yield datetime.fromtimestamp(second, UTC)


@pytest.mark.parametrize(("kind", "step"), steps(before_sending))
def test_killed_before_sending_the_next_process_refreshes(open_scene: OpenScene, kind: str, step: str) -> None:
    scene = open_scene(kind, lease=_LEASE)
    seed = scene.seed()
    killed_at(scene, step)
    assert scene.refreshes == 0
    assert scene.stored() == seed
    assert scene.has_live_token(next_answer(scene))
    assert scene.refreshes == 1


@pytest.mark.parametrize(("kind", "step"), steps(between_answer_and_save))
def test_killed_before_the_save_nothing_is_lost_where_the_server_answers_again(
    open_scene: OpenScene, kind: str, step: str
) -> None:
    scene = open_scene(kind, rotation=RotationMode.GRACE, lease=_LEASE)
    scene.seed()
    killed_at(scene, step)
    assert scene.has_live_token(next_answer(scene))
    assert scene.refreshes == 2


@pytest.mark.parametrize(("kind", "step"), steps(between_answer_and_save))
def test_killed_before_the_save_the_next_process_says_what_happened(
    open_scene: OpenScene, kind: str, step: str
) -> None:
    scene = open_scene(kind, rotation=RotationMode.STRICT, lease=_LEASE)
    seed = scene.seed()
    began = datetime.now(UTC)
    killed = killed_at(scene, step)
    assert scene.stored() == seed
    check_loss_is_reported(scene, killed, began)


@pytest.mark.parametrize(("kind", "step"), steps(after_save))
def test_killed_after_the_save_the_next_process_uses_what_was_saved(
    open_scene: OpenScene, kind: str, step: str
) -> None:
    scene = open_scene(kind, lease=_LEASE)
    scene.seed()
    killed_at(scene, step)
    assert scene.has_live_token(next_answer(scene))
    assert scene.refreshes == 1


def killed_while_sending(scene: Scene, fault: Fault, *, arrived: bool) -> Process:
    """Kill a process when its request has *arrived*, or, if not so, when it has been processed."""
    scene.emulator.faults.add(fault)
    process = scene.process()
    process.begin("token")
    scene.emulator.journal.wait_for(1, arrived=arrived)
    process.kill()
    return process


_UNREAD = (Fault("slow-body", delay=30), False)
_UNPROCESSED = (Fault("latency", delay=0.3), True)


@pytest.mark.parametrize("sending", [_UNREAD, _UNPROCESSED], ids=["answer not read", "request not processed"])
@pytest.mark.parametrize("kind", STORES)
def test_killed_while_it_waits_for_the_answer_the_next_process_says_what_happened(
    open_scene: OpenScene, kind: str, sending: tuple[Fault, bool]
) -> None:
    fault, arrived = sending
    scene = open_scene(kind, rotation=RotationMode.STRICT, lease=_LEASE)
    scene.seed()
    began = datetime.now(UTC)
    process = killed_while_sending(scene, fault, arrived=arrived)
    scene.emulator.journal.wait_for(1)
    check_loss_is_reported(scene, process.pid, began)


@pytest.mark.parametrize("kind", STORES)
def test_killed_while_it_waits_for_the_answer_nothing_is_lost_where_the_server_answers_again(
    open_scene: OpenScene, kind: str
) -> None:
    fault, arrived = _UNREAD
    scene = open_scene(kind, rotation=RotationMode.GRACE, lease=_LEASE)
    scene.seed()
    killed_while_sending(scene, fault, arrived=arrived)
    assert scene.has_live_token(next_answer(scene))
    assert scene.refreshes == 2


@pytest.mark.parametrize("kind", STORES)
def test_those_who_wait_go_on_when_the_holder_of_the_lock_is_killed(open_scene: OpenScene, kind: str) -> None:
    scene = open_scene(kind, lease=_LEASE)
    scene.seed()
    holder = scene.process(before_send="hold")
    waiting = [scene.process(before_lock="tell") for _ in range(3)]
    for process, step in [(holder, "before send"), *((process, "before lock") for process in waiting)]:
        process.begin("token")
        assert process.answer() == {"at": step}
    holder.kill()
    assert all(scene.has_live_token(process.answer()) for process in waiting)
    assert scene.refreshes == 1


@pytest.mark.parametrize(("step", "requests"), [("before refusal", 2), ("after refusal", 1)])
@pytest.mark.parametrize("kind", STORES)
def test_killed_while_it_learns_that_the_grant_is_dead_the_next_process_learns_it_too(
    open_scene: OpenScene, kind: str, step: str, requests: int
) -> None:
    scene = open_scene(kind, lease=_LEASE)
    seed = scene.seed()
    scene.emulator.revoke_all()
    killed_at(scene, step)
    assert scene.stored() == seed
    for _ in range(2):
        assert "ReauthorizationRequired" in next_answer(scene)["kinds"]
        assert scene.refreshes == requests


# SQLite writes a page of 4096 bytes after another, first to its log: the sizes cut off the first, and later ones.
@pytest.mark.parametrize(("kind", "size"), [("file", 100), ("sqlite", 100), ("sqlite", 5000)])
@pytest.mark.parametrize("write", ["attempt", "save"])
def test_killed_with_half_of_it_written_the_place_is_in_order(
    open_scene: OpenScene, kind: str, size: int, write: str
) -> None:
    scene = open_scene(kind, rotation=RotationMode.GRACE)
    seed = scene.seed()
    process = scene.process_at({f"before {write}": f"cut {size}"})
    process.begin("token")
    process.wait_for_end()
    assert scene.stored() == seed
    assert scene.has_live_token(next_answer(scene))
    assert scene.refreshes == (1 if write == "attempt" else 2)
