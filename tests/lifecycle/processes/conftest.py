"""Fixtures for the tests with several processes."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from pandadoc_client.emulator import Emulator

from ...servers.postgresql import PostgreSQL
from ...servers.redis import RedisServer, running_redis
from .scene import Answer, Process, Scene, fork

if not hasattr(os, "fork"):  # signals, file modes and limits of POSIX are what these tests are about
    collect_ignore_glob = ["test_*.py"]

OpenScene = Callable[..., Scene]


@pytest.fixture(scope="session")
def lasting_redis() -> Iterator[RedisServer]:
    """A Redis that still has its tokens after a restart."""
    with running_redis(appendonly="yes", appendfsync="always") as server:
        yield server


@pytest.fixture(scope="session")
def database(postgresql: PostgreSQL) -> str:
    """URL of a database in PostgreSQL that nobody else uses."""
    return postgresql.new_database()


@pytest.fixture
def open_scene(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[OpenScene]:
    """Open a `Scene` with this kind of store; other arguments are options of the emulator."""
    with ExitStack() as stack:

        def url_of(kind: str) -> str:
            if kind in ("file", "sqlite"):
                return f"{kind}:{tmp_path / 'tokens'}"
            # Not before a test needs them: a machine may have one and not the other.
            server = request.getfixturevalue({"redis": "lasting_redis", "postgresql": "postgresql"}[kind])
            server.start()
            url: str = server.url if kind == "redis" else request.getfixturevalue("database")
            return url

        def open_one(
            kind: str,
            *,
            start: Callable[[Answer], Process] = fork,
            lease: float | None = None,
            bound_by_modes: bool = False,
            refresh_timeout: float | None = None,
            **options: Any,
        ) -> Scene:
            emulator = stack.enter_context(Emulator(**options))
            scene = Scene(
                emulator,
                url_of(kind),
                start,
                lease=lease,
                bound_by_modes=bound_by_modes,
                refresh_timeout=refresh_timeout,
            )
            stack.callback(scene.close)
            return scene

        yield open_one
