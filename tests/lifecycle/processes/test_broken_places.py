"""The place where tokens are kept breaks, before a refresh or in the middle of it, and works again later."""

from __future__ import annotations

import resource
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pandadoc_client.emulator import Fault

from ...servers.postgresql import PostgreSQL
from ...servers.redis import RedisServer
from .conftest import OpenScene
from .scene import Process, Scene

_LEASE = 0.3


class Trouble:
    """A scene, and how its place is broken for a process, and put right again."""

    def __init__(self, scene: Scene, begin: Callable[[Process], object], end: Callable[[Process], object]) -> None:
        self.scene = scene
        self.begin = begin
        self.end = end

    def held_at(self, step: str, **points: str) -> Process:
        """Return a process that waits at *step* of a refresh."""
        process = self.scene.process_at({step: "hold", **points})
        process.ask("save_again_at_once")
        process.begin("token")
        assert process.answer() == {"at": step}
        return process


def limit_files(process: Process, size: int) -> None:
    """Let no file grow beyond *size* bytes: to a program it is what a full disk is."""
    resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))


def full_disk(scene: Scene) -> Trouble:
    return Trouble(
        scene, lambda process: limit_files(process, 0), lambda process: limit_files(process, resource.RLIM_INFINITY)
    )


def read_only_folder(scene: Scene, folder: Path) -> Trouble:
    return Trouble(scene, lambda _: folder.chmod(0o500), lambda _: folder.chmod(0o700))


def stopped_server(scene: Scene, server: PostgreSQL | RedisServer) -> Trouble:
    return Trouble(scene, lambda _: server.stop(), lambda _: server.start())


@pytest.fixture(
    params=["file on a full disk", "sqlite on a full disk", "file in a read-only folder", "postgresql", "redis"]
)
def trouble(request: pytest.FixtureRequest, open_scene: OpenScene, tmp_path: Path) -> Iterator[Trouble]:
    kind, _, where = request.param.partition(" ")
    if where == "on a full disk":
        yield full_disk(open_scene(kind))
    elif where == "in a read-only folder":
        yield read_only_folder(open_scene(kind, bound_by_modes=True), tmp_path)
        tmp_path.chmod(0o700)
    else:
        server = request.getfixturevalue("lasting_redis" if kind == "redis" else kind)
        yield stopped_server(open_scene(kind, lease=_LEASE), server)
        server.start()


@pytest.mark.parametrize("step", ["before lock", "before attempt"])
def test_nothing_is_sent_if_the_attempt_cannot_be_written_down(trouble: Trouble, step: str) -> None:
    scene = trouble.scene
    seed = scene.seed()
    process = trouble.held_at(step)
    trouble.begin(process)
    process.go_on()
    answer = process.answer()
    assert "TokenStoreError" in answer["kinds"]
    assert answer["kept"] is None
    assert scene.refreshes == 0
    trouble.end(process)
    assert scene.stored() == seed
    assert scene.has_live_token(process.ask("token"))
    assert scene.refreshes == 1
    assert scene.leftovers() == []


def test_a_token_that_cannot_be_saved_is_handed_over_used_and_saved_later(trouble: Trouble) -> None:
    scene = trouble.scene
    seed = scene.seed()
    process = trouble.held_at("before save")
    trouble.begin(process)
    process.go_on()
    answer = process.answer()
    assert "TokenStoreError" in answer["kinds"]
    assert answer["kept"] not in (None, seed.access_token)
    assert process.ask("token") == {"access_token": answer["kept"]}
    trouble.end(process)
    assert scene.stored() == seed
    assert process.ask("token") == {"access_token": answer["kept"]}
    assert scene.has_live_token({"access_token": answer["kept"]})
    assert scene.refreshes == 1
    assert scene.leftovers() == []


def test_a_place_that_works_again_soon_gets_the_token_by_another_try(trouble: Trouble) -> None:
    scene = trouble.scene
    scene.seed()
    process = trouble.held_at("before save", **{"failed save": "hold"})
    trouble.begin(process)
    process.go_on()
    assert process.answer() == {"at": "failed save"}
    trouble.end(process)
    process.go_on()
    assert scene.has_live_token(process.answer())
    assert scene.refreshes == 1


@pytest.mark.parametrize("kind", ["file", "sqlite"])
def test_nothing_is_sent_from_a_place_that_is_read_only_from_the_start(
    open_scene: OpenScene, tmp_path: Path, kind: str
) -> None:
    scene = open_scene(kind, bound_by_modes=True)
    seed = scene.seed()
    scene.disconnect()  # SQLite writes to what is open, whatever its mode is by now
    paths = [*tmp_path.iterdir(), tmp_path]
    modes = [stat.S_IMODE(path.stat().st_mode) for path in paths]
    for path, mode in zip(paths, modes, strict=True):
        path.chmod(mode & 0o555)
    answer = scene.process().ask("token")
    for path, mode in reversed(list(zip(paths, modes, strict=True))):
        path.chmod(mode)
    assert "TokenStoreError" in answer["kinds"]
    assert scene.refreshes == 0
    assert scene.stored() == seed
    assert scene.has_live_token(scene.process().ask("token"))


@pytest.mark.parametrize("kind", ["postgresql", "redis"])
def test_a_server_that_restarts_while_the_answer_comes_does_no_harm(
    open_scene: OpenScene, request: pytest.FixtureRequest, kind: str
) -> None:
    scene = open_scene(kind, lease=_LEASE)
    server = request.getfixturevalue("lasting_redis" if kind == "redis" else kind)
    scene.seed()
    scene.emulator.faults.add(Fault("latency", delay=0.5))
    process = scene.process()
    process.begin("token")
    scene.emulator.journal.wait_for(1, arrived=True)
    server.stop()
    server.start()
    assert scene.has_live_token(process.answer())
    assert scene.has_live_token(scene.process().ask("token"))
    assert scene.refreshes == 1


@pytest.mark.parametrize("step", ["before attempt", "before send", "before save", "before release"])
def test_connections_that_are_cut_during_a_refresh_do_no_harm(
    open_scene: OpenScene, postgresql: PostgreSQL, step: str
) -> None:
    scene = open_scene("postgresql")
    scene.seed()
    process = scene.process_at({step: "hold"})
    process.begin("token")
    assert process.answer() == {"at": step}
    cut = postgresql.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()",
        scene.url,
    )
    assert len(cut) > 1  # that of the lock, and that of the test, at least
    process.go_on()
    assert scene.has_live_token(process.answer())
    assert scene.has_live_token(scene.process().ask("token"))
    assert scene.refreshes == 1


@pytest.mark.parametrize("kind", ["postgresql", "redis"])
def test_a_valid_token_is_used_while_the_place_is_down(
    open_scene: OpenScene, request: pytest.FixtureRequest, kind: str
) -> None:
    scene = open_scene(kind, lease=_LEASE)
    server = request.getfixturevalue("lasting_redis" if kind == "redis" else kind)
    token = scene.seed(seconds_left=None)
    process = scene.process()
    assert process.ask("token") == {"access_token": token.access_token}
    server.stop()
    try:
        assert process.ask("token") == {"access_token": token.access_token}
        assert "TokenStoreError" in scene.process().ask("token")["kinds"]
    finally:
        server.start()
    assert scene.has_live_token(scene.process().ask("token"))
    assert scene.refreshes == 0
