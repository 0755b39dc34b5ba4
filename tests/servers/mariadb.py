"""MariaDB for the tests."""

from __future__ import annotations

import itertools
import socket
import subprocess
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

import pymysql  # type: ignore[import-untyped]
import pytest

from .process import ServerProcess, account, find_program, free_port, run_as, server_folder, unavailable

__all__ = ["MariaDB", "mariadb"]

_PASSWORD = "mariadb-password-marker"


class MariaDB:
    """A server that flushes at every commit, on a free port of 127.0.0.1. Its text is compared without case.

    Attributes:
        url: Of the server, with the password of a superuser; it names no database.
        password: This password.
    """

    def __init__(self, folder: Path, programs: tuple[str, str], user: str | None) -> None:
        install, daemon = programs
        data, self._socket = folder / "data", folder / "socket"
        subprocess.run(
            [
                *(install, "--no-defaults", f"--datadir={data}", f"--tmpdir={folder}"),
                *("--auth-root-authentication-method=normal", "--skip-test-db", "--skip-name-resolve"),
            ],
            check=True,
            capture_output=True,
            cwd=folder,
            **run_as(user),
        )
        port = free_port()
        self.password = _PASSWORD
        self.url = f"mysql://pandadoc:{_PASSWORD}@127.0.0.1:{port}/"
        self._numbers = itertools.count(1)
        self._has_account = False
        self._process = ServerProcess(
            [
                *(daemon, "--no-defaults", f"--datadir={data}", f"--tmpdir={folder}", f"--socket={self._socket}"),
                *(f"--port={port}", "--bind-address=127.0.0.1", "--skip-name-resolve"),
                *(
                    "--innodb-buffer-pool-size=32M",
                    "--innodb-log-file-size=16M",
                    "--innodb-flush-log-at-trx-commit=1",
                ),
                *("--character-set-server=utf8mb4", "--collation-server=utf8mb4_general_ci", "--max-connections=300"),
                "--innodb-lock-wait-timeout=3600",  # whoever has less patience must say so
            ],
            folder,
            self._is_ready,
            user=user,
        )

    def _is_ready(self) -> bool:
        with socket.socket(socket.AF_UNIX) as probe:  # PyMySQL leaves one open if there is no server
            probe.connect(str(self._socket))
        try:
            self.execute("SELECT 1")
        except pymysql.OperationalError:
            return False
        return True

    def start(self) -> None:
        """Start the server, on the same port as before; does nothing if it runs."""
        self._process.start()
        if not self._has_account:
            self.execute(f"CREATE USER pandadoc@'%' IDENTIFIED BY '{_PASSWORD}'")
            self.execute("GRANT ALL ON *.* TO pandadoc@'%' WITH GRANT OPTION")
            self._has_account = True

    def stop(self) -> None:
        """Stop the server, which cuts all connections."""
        self._process.stop()

    def kill(self) -> None:
        """End the server as a power cut would, which takes no time."""
        self._process.kill()

    def execute(self, statement: str) -> list[tuple[Any, ...]]:
        """Return the rows of *statement*, executed by a superuser."""
        with (
            pymysql.connect(unix_socket=str(self._socket), user="root", autocommit=True) as connection,
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)
            return list(cursor.fetchall())

    @cached_property
    def shared_database(self) -> str:
        """The URL of a database for tests that keep to tables of their own, which are made much faster."""
        return self.new_database()

    def new_database(self) -> str:
        """Create an empty database, starting the server if a test has left it stopped; return its URL."""
        self.start()
        name = f"test{next(self._numbers)}"
        self.execute(f"CREATE DATABASE {name}")
        return self.url + name


@pytest.fixture(scope="session")
def mariadb() -> Iterator[MariaDB]:
    """One server for the test session. MariaDB may be missing, under CI too."""
    install = find_program("mariadb-install-db") or find_program("mysql_install_db")
    daemon = find_program("mariadbd")
    if install is None or daemon is None:
        unavailable("MariaDB", "mariadb-server", optional=True)
    user = account("mysql")
    with server_folder(user) as folder:
        server = MariaDB(folder, (install, daemon), user)
        try:
            server.start()
            yield server
        finally:
            server.kill()
