"""The side of the test: an emulator, a place for tokens, and the processes that share both."""

from __future__ import annotations

import contextlib
import json
import multiprocessing
import os
import select
import signal
import socket
import subprocess
import sys
import uuid
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import httpx

from pandadoc_client.emulator import Emulator
from pandadoc_client.oauth import Token, TokenStore

from ..support import MEMBER, is_live, issue, refreshes
from .worker import open_store, serve

__all__ = ["STORES", "Process", "Scene", "call_at_once", "fork", "spawn"]

_PROJECT = Path(__file__).resolve().parents[3]
_PATIENCE = 60.0
_CONTEXT = multiprocessing.get_context("forkserver")
STORES = ("file", "sqlite", "postgresql", "redis")
"""The stores that processes can share."""
Answer = dict[str, Any]


class Process:
    """A `worker`, as the test sees it."""

    def __init__(
        self, connection: socket.socket, settings: Answer, process: subprocess.Popen[bytes] | BaseProcess
    ) -> None:
        connection.settimeout(_PATIENCE)
        self._connection = connection
        self._process = process
        self._lines = connection.makefile("r", encoding="utf-8", newline="\n")
        self._pid = 0
        self._is_gone = False
        self._send(settings)

    @property
    def pid(self) -> int:
        """Its number. The first use waits until it is ready for commands."""
        if not self._pid:
            self._pid = self.answer()["pid"]
        return self._pid

    def begin(self, do: str, **arguments: Any) -> None:
        """Give it a command."""
        assert self.pid
        self._send({"do": do, **arguments})

    def answer(self) -> Answer:
        """Wait for the response to a command, or for a step that it tells of."""
        line = self._lines.readline()
        assert line, "the process ended where it should have answered"
        found: Answer = json.loads(line)
        return found

    def ask(self, do: str, **arguments: Any) -> Answer:
        """Give it a command and wait for the response."""
        self.begin(do, **arguments)
        return self.answer()

    def is_silent(self, seconds: float = 0.3) -> bool:
        """Return True if nothing comes from it for so long."""
        return not select.select([self._connection], [], [], seconds)[0]

    def wait_for_end(self) -> None:
        """Wait until it is gone, without having said anything more."""
        with contextlib.suppress(ConnectionResetError):
            assert self._lines.readline() == ""
        self._is_gone = True

    def kill(self) -> None:
        """Kill it as ``kill -9`` does, and wait until it is gone."""
        os.kill(self.pid, signal.SIGKILL)
        self.wait_for_end()

    def stop(self) -> None:
        """Stop it where it is."""
        os.kill(self.pid, signal.SIGSTOP)

    def resume(self) -> None:
        """Let it go on after `stop`, or after it stopped itself."""
        os.kill(self.pid, signal.SIGCONT)

    def go_on(self) -> None:
        """Let it leave the step at which it is held."""
        self._send({"do": "go on"})

    def close(self) -> None:
        """Let it end in good order, if it still runs; one that was stopped is continued, and then ends as well."""
        if self._pid and not self._is_gone:
            with contextlib.suppress(ProcessLookupError):
                self.resume()
        self._lines.close()
        self._connection.close()
        try:
            if isinstance(self._process, subprocess.Popen):
                self._process.wait(_PATIENCE)
            else:
                self._process.join(_PATIENCE)
        finally:
            self._process.kill()

    def _send(self, message: Answer) -> None:
        self._connection.sendall(json.dumps(message).encode() + b"\n")


def fork(settings: Answer) -> Process:
    """Return a new worker, forked from a process that has imported what it needs; it may not be ready yet."""
    ours, theirs = socket.socketpair()
    with theirs:
        process = _CONTEXT.Process(target=serve, args=(theirs,))
        process.start()
    return Process(ours, settings, process)


def spawn(settings: Answer) -> Process:
    """Return a new worker in an interpreter of its own."""
    ours, theirs = socket.socketpair()
    with theirs:
        command = [sys.executable, "-m", f"{__package__}.worker", str(theirs.fileno())]
        interpreter = subprocess.Popen(command, cwd=_PROJECT, pass_fds=[theirs.fileno()])
    return Process(ours, settings, interpreter)


class Scene:
    """An account in a store, an emulator that issued its token, and processes.

    Args:
        emulator: The server.
        url: The store.
        start: Starts a worker.
        lease: The lease of the lock, for Redis.
        bound_by_modes: Whether processes obey the modes of files even if they run as root.
        refresh_timeout: Seconds that a refresh may take; None for the default.
    """

    def __init__(
        self,
        emulator: Emulator,
        url: str,
        start: Callable[[Answer], Process],
        *,
        lease: float | None = None,
        bound_by_modes: bool = False,
        refresh_timeout: float | None = None,
    ) -> None:
        self.emulator = emulator
        self.url = url
        self.key = f"account {uuid.uuid4()}"  # places are shared by tests
        self.lease = lease
        self._bound_by_modes = bound_by_modes
        self._refresh_timeout = refresh_timeout
        self._start = start
        self._stack = ExitStack()
        self._store: TokenStore = self._stack.enter_context(open_store(url, lease))

    def close(self) -> None:
        self._stack.close()

    def process(self, **points: str) -> Process:
        """Start a process. *points* are the actions of `fault_points.Points`, with ``_`` for a space."""
        return self.process_at({step.replace("_", " "): action for step, action in points.items()})

    def process_at(self, points: dict[str, str]) -> Process:
        """Start a process with these actions."""
        process = self._start(
            {
                "url": self.url,
                "key": self.key,
                "lease": self.lease,
                "host": self.emulator.url,
                "client_id": self.emulator.client_id,
                "client_secret": self.emulator.client_secret,
                "points": points,
                "bound_by_modes": self._bound_by_modes,
                "refresh_timeout": self._refresh_timeout,
            }
        )
        self._stack.callback(process.close)
        return process

    def processes(self, count: int) -> list[Process]:
        """Start so many, and return them when all are ready."""
        processes = [self.process() for _ in range(count)]
        assert len({process.pid for process in processes}) == count
        return processes

    def seed(self, *, seconds_left: float | None = -3600) -> Token:
        """Save the token of a new grant; None for one that is valid as long as the server says."""
        token = issue(self.emulator, seconds_left=seconds_left)
        self._store.save(self.key, token)
        return token

    def stored(self) -> Token:
        """Return the token in the store."""
        token = self._store.load(self.key)
        assert token is not None
        return token

    def disconnect(self) -> None:
        """Let the test itself hold nothing of the store, such as files that are open."""
        self._store.close()

    @property
    def refreshes(self) -> int:
        """How many refreshes were sent."""
        return refreshes(self.emulator)

    def has_live_token(self, answer: Answer | None = None) -> bool:
        """Return True if the server takes both halves of the stored token, and *answer* has the same one."""
        stored = self.stored()
        if answer is not None and answer.get("access_token") != stored.access_token:
            return False
        headers = {"Authorization": f"Bearer {stored.access_token}"}
        status = httpx.get(f"{self.emulator.url}{MEMBER}", headers=headers, verify=False).status_code
        return status == 200 and is_live(self.emulator, stored)

    def leftovers(self) -> list[str]:
        """Return the names of temporary files beside a file store."""
        if not self.url.startswith("file:"):
            return []
        return [path.name for path in Path(self.url.removeprefix("file:")).parent.glob(".*.tmp")]


def call_at_once(processes: Sequence[Process], do: str, **arguments: Any) -> list[Answer]:
    """Give all of them the same command at the same moment, and return what comes of the calls they make."""
    for process in processes:
        process.begin(do, **arguments)
    return [outcome for process in processes for outcome in process.answer()["outcomes"]]
