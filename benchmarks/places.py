"""Where tokens are kept during a benchmark: folders on a disk, and servers of the benchmark's own."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.servers.postgresql import PostgreSQL
from tests.servers.process import account, find_program, server_folder
from tests.servers.redis import running_redis

from .environment import ROOT

__all__ = ["folder", "postgresql", "redis_url"]


@contextmanager
def folder() -> Iterator[Path]:
    """Make a folder on the disk that the project is on: the one for temporary files may be in memory."""
    (ROOT / ".cache").mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="bench-", dir=ROOT / ".cache") as path:
        yield Path(path)


@contextmanager
def postgresql() -> Iterator[PostgreSQL | None]:
    """Run a PostgreSQL that flushes at each commit; None if there is no program for it."""
    newest_first = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: -int(path.parent.name))
    initdb = find_program("initdb", *newest_first)
    if initdb is None:
        _say("PostgreSQL", "postgresql")
        yield None
        return
    user = account("postgres")
    with server_folder(user) as place:
        server = PostgreSQL(place, Path(initdb).resolve().parent, user)
        try:
            server.start()
            yield server
        finally:
            server.stop()


@contextmanager
def redis_url() -> Iterator[str | None]:
    """Run a Redis that flushes after each command, and yield its URL; None if there is no program for it."""
    if find_program("redis-server") is None and find_program("valkey-server") is None:
        _say("Redis", "redis-server")
        yield None
        return
    with running_redis(appendonly="yes", appendfsync="always") as server:
        yield server.url


def _say(what: str, package: str) -> None:
    print(f"{what} is not measured: install the Debian package {package}", file=sys.stderr)
