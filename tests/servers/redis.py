"""A Redis of the tests' own."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from .process import ServerProcess, find_program, free_port, server_folder, unavailable

__all__ = ["RedisServer", "redis_server", "running_redis"]

_CLUSTER_BUS = 10_000
"""How far above its port a server of a Cluster listens for the others."""


class RedisServer:
    """A Redis on 127.0.0.1, and on a Unix socket, that can be stopped and started again.

    Args:
        program: Which binary.
        folder: Where its data is.
        options: More settings, by name.
    """

    def __init__(self, program: str, folder: Path, options: dict[str, str]) -> None:
        self.port = free_port()
        while "cluster-enabled" in options and self.port + _CLUSTER_BUS > 65535:
            self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.unix_url = f"unix://{folder}/redis.sock"
        settings = {
            "port": str(self.port),
            "bind": "127.0.0.1",
            "unixsocket": f"{folder}/redis.sock",
            "dir": str(folder),
            "save": "",
            **options,
        }
        command = [program]
        for name, value in settings.items():
            command += [f"--{name}", *(value.split() or [""])]
        self._process = ServerProcess(command, folder, self._answers)
        self.start, self.stop, self.kill = self._process.start, self._process.stop, self._process.kill

    @property
    def pid(self) -> int:
        return self._process.pid

    def _answers(self) -> bool:
        """Return True as soon as anything is answered: that it wants a password, or is loading, counts as well."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=5) as connection:
            connection.sendall(b"PING\r\n")
            return connection.recv(1) in (b"+", b"-")


@contextmanager
def running_redis(**options: str) -> Iterator[RedisServer]:
    """Run a Redis (or Valkey) that keeps nothing on disk, unless the *options* say so; ``_`` stands for ``-``."""
    program = find_program("redis-server") or find_program("valkey-server")
    if program is None:
        unavailable("Redis", "redis-server")
    with server_folder() as folder:
        server = RedisServer(program, folder, {name.replace("_", "-"): value for name, value in options.items()})
        server.start()
        try:
            yield server
        finally:
            server.kill()


@pytest.fixture(scope="session")
def redis_server() -> Iterator[RedisServer]:
    """A Redis for all tests, which must not stop it."""
    with running_redis() as server:
        yield server
