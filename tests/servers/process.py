"""Run a server program for the tests: find it, start it, wait until it answers, stop it, remove what it left."""

from __future__ import annotations

import itertools
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, NoReturn, TypedDict

import pytest

__all__ = ["ServerProcess", "account", "find_program", "free_port", "run_as", "server_folder", "unavailable"]

_START_TIMEOUT = 60.0
_STOP_TIMEOUT = 30.0


def unavailable(what: str, package: str, *, optional: bool = False) -> NoReturn:
    """Skip the test that needs *what*, and say which Debian package has it; under CI fail, unless it is *optional*."""
    message = f"{what} is not there: install the Debian package {package}"
    if os.environ.get("CI") and not optional:
        pytest.fail(message, pytrace=False)
    pytest.skip(message)


def find_program(name: str, *folders: str | Path) -> str | None:
    """Return where the program *name* is: in one of *folders*, on the path, or where Debian puts servers."""
    path = os.pathsep.join([*map(str, folders), os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin"])
    return shutil.which(name, path=path)


def account(*names: str) -> str | None:
    """Return the first of these accounts that exists if we are root, since servers refuse to run as root; else None."""
    if os.geteuid() != 0:
        return None
    existing = {entry.pw_name for entry in pwd.getpwall()}
    return next((name for name in (*names, "nobody") if name in existing), None)


class Account(TypedDict, total=False):
    """Keywords of `subprocess.Popen`."""

    user: str
    group: int
    extra_groups: list[str]


def run_as(user: str | None) -> Account:
    """Return the keywords with which `subprocess.Popen` runs a program as *user*; None for our own account."""
    return {} if user is None else {"user": user, "group": pwd.getpwnam(user).pw_gid, "extra_groups": []}


_WORKERS = 16
_candidates = itertools.count(12_000 + int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")), _WORKERS)
"""Ports below those that systems give out by themselves; another process of the same run takes none of them."""


def free_port() -> int:
    """Return a TCP port of 127.0.0.1 that nobody listens on, and that this run of the tests has not used."""
    for port in itertools.takewhile(lambda port: port < 22_000, _candidates):
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:  # another run of the tests, or some other program
                continue
            return port
    raise RuntimeError("all ports were used")


@contextmanager
def server_folder(user: str | None = None) -> Iterator[Path]:
    """Make a folder of *user* with a path short enough for a Unix socket (some 100 bytes), and remove it at the end."""
    folder = Path(tempfile.mkdtemp(prefix="pd-", dir="/tmp" if os.path.isdir("/tmp") else None))
    try:
        if user is not None:
            shutil.chown(folder, user)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


class ServerProcess:
    """A server program that can be stopped and started again.

    Args:
        command: Its command line; it has to stay in the foreground.
        folder: Where it runs; what it prints goes to ``server.log`` in there.
        ready: Returns True once the server answers. It may raise OSError for "not yet".
        user: The account to run it as; None for our own.
        stop_signal: What asks it to stop at once, in good order.
        kill_signal: What ends it as a power cut would, and leaves none of its processes behind.
    """

    def __init__(
        self,
        command: Sequence[str | Path],
        folder: Path,
        ready: Callable[[], bool],
        *,
        user: str | None = None,
        stop_signal: signal.Signals = signal.SIGTERM,
        kill_signal: signal.Signals = signal.SIGKILL,
    ) -> None:
        self._command = [str(part) for part in command]
        self._folder = folder
        self._ready = ready
        self._user = user
        self._stop_signal = stop_signal
        self._kill_signal = kill_signal
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """The number of the running process."""
        assert self._process is not None, "the server does not run"
        return self._process.pid

    def start(self) -> None:
        """Start the server and return when it is ready. Does nothing if it runs."""
        if self._process is not None:
            return
        with open(self._folder / "server.log", "ab") as log:
            self._process = self._spawn(log)
        deadline = time.monotonic() + _START_TIMEOUT
        while not self._is_ready():
            died = self._process.poll() is not None
            if died or time.monotonic() > deadline:
                self.kill()
                text = (self._folder / "server.log").read_text(errors="replace")
                raise RuntimeError(f"{self._command[0]} {'ended' if died else 'is not ready'}:\n{text[-4000:]}")
            time.sleep(0.02)

    def _spawn(self, log: IO[bytes]) -> subprocess.Popen[bytes]:
        command = self._command
        setpriv = shutil.which("setpriv")
        # Where it can be had: the server ends when the tests are killed. Linux takes the end of the thread for that.
        if setpriv is not None and threading.current_thread() is threading.main_thread():
            command = [setpriv, "--pdeathsig", self._kill_signal.name.removeprefix("SIG"), *command]
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=self._folder,
            start_new_session=True,  # Ctrl-C is for the tests, which then stop the server themselves
            **run_as(self._user),
        )

    def _is_ready(self) -> bool:
        try:
            return self._ready()
        except OSError:
            return False

    def stop(self) -> None:
        """Stop the server in good order, and return when it has ended. Does nothing if it does not run."""
        self._end(self._stop_signal)

    def kill(self) -> None:
        """End the server as a power cut would. Does nothing if it does not run."""
        self._end(self._kill_signal)

    def _end(self, how: signal.Signals) -> None:
        if self._process is None:
            return
        self._process.send_signal(how)
        try:
            self._process.wait(_STOP_TIMEOUT)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None
