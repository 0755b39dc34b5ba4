"""PostgreSQL for the tests."""

from __future__ import annotations

import itertools
import signal
import subprocess
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path

import psycopg
import pytest

from .process import ServerProcess, account, find_program, free_port, run_as, server_folder, unavailable

__all__ = ["PostgreSQL", "postgresql"]

_PASSWORD = "postgresql-password-marker"


class PostgreSQL:
    """A server with ``fsync`` on, on a free port of 127.0.0.1. Its text is sorted by the rules of English.

    Attributes:
        url: Of its maintenance database, with the password of a superuser.
        password: This password.
    """

    def __init__(self, folder: Path, programs: Path, user: str | None) -> None:
        data, secret = folder / "data", folder / "password"
        secret.write_text(_PASSWORD)
        subprocess.run(
            [
                *(programs / "initdb", "--no-sync", "--encoding=UTF8", "--locale=C"),
                *("--locale-provider=icu", "--icu-locale=en", "--auth=scram-sha-256"),
                *("--username=pandadoc", f"--pwfile={secret}", "--pgdata", data),
            ],
            check=True,
            capture_output=True,
            cwd=folder,
            **run_as(user),
        )
        port = free_port()
        self.password = _PASSWORD
        self._address = f"pandadoc:{_PASSWORD}@127.0.0.1:{port}"
        self.url = f"postgresql://{self._address}/postgres"
        self._numbers = itertools.count(1)
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": port,
            "unix_socket_directories": folder,
            "shared_buffers": "16MB",
            "max_connections": 300,
            "fsync": "on",
        }
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        self._process = ServerProcess(
            [programs / "postgres", "-D", data, *options],
            folder,
            self._is_ready,
            user=user,
            stop_signal=signal.SIGINT,  # the "fast" shutdown: does not wait for clients
            kill_signal=signal.SIGQUIT,  # the "immediate" one: its processes end with it
        )

    def _is_ready(self) -> bool:
        try:
            psycopg.connect(self.url, connect_timeout=5).close()
        except psycopg.OperationalError:
            return False
        return True

    def start(self) -> None:
        """Start the server, on the same port as before; does nothing if it runs."""
        self._process.start()

    def stop(self) -> None:
        """Stop the server, which cuts all connections."""
        self._process.stop()

    def kill(self) -> None:
        """End the server as a power cut would, which takes no time."""
        self._process.kill()

    def execute(self, statement: str, url: str | None = None) -> list[tuple[object, ...]]:
        """Return the rows of *statement*, executed by a superuser outside of a transaction."""
        with psycopg.connect(url or self.url, autocommit=True) as connection:
            cursor = connection.execute(statement.encode())
            return cursor.fetchall() if cursor.description else []

    @cached_property
    def shared_database(self) -> str:
        """The URL of a database for tests that keep to tables of their own, which are made much faster."""
        return self.new_database()

    def new_database(self) -> str:
        """Create an empty database, starting the server if a test has left it stopped; return its URL."""
        self.start()
        name = f"test{next(self._numbers)}"
        self.execute(f"CREATE DATABASE {name}")
        return f"postgresql://{self._address}/{name}"


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgreSQL]:
    """One server for the test session."""
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name), reverse=True)
    initdb = find_program("initdb", *installed)
    if initdb is None:
        unavailable("PostgreSQL", "postgresql")
    user = account("postgres")
    with server_folder(user) as folder:
        server = PostgreSQL(folder, Path(initdb).resolve().parent, user)
        try:
            server.start()
            yield server
        finally:
            server.kill()
