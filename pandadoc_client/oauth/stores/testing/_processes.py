"""Other processes that use a store, and talk with the test by lines of text."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import pickle
import signal
import socket
import sys
import threading
import traceback
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pandadoc_client.oauth.stores.base import LockTimeout, RevisionConflict, TokenStore

if TYPE_CHECKING:
    from multiprocessing.context import ForkServerContext, SpawnContext

__all__ = [
    "OpenStore",
    "OtherProcess",
    "add",
    "count_up",
    "fork_and_use",
    "fork_in_lock",
    "fork_while_locked",
    "hold_lock",
    "other_process",
    "try_lock",
    "use_nothing_but_exit",
]

OpenStore = Callable[[], TokenStore]
"""Opens a new store object, on the same data each time. Other processes get it pickled."""

_TIMEOUT = 120
_CONTEXT: SpawnContext | ForkServerContext
if sys.platform == "win32":
    _CONTEXT = multiprocessing.get_context("spawn")
else:
    _CONTEXT = multiprocessing.get_context("forkserver")
"""How processes start. `multiprocessing.set_forkserver_preload` makes it quick: name what the store imports."""


class OtherProcess:
    """Another process. Whatever waits for it gives up after two minutes."""

    def __init__(self, process: BaseProcess, connection: socket.socket) -> None:
        self._process = process
        self._connection = connection
        self._lines = connection.makefile("r", encoding="utf-8")
        self._watchdog = threading.Timer(_TIMEOUT, self._kill_all)
        self._watchdog.start()

    def _kill_all(self) -> None:
        """Kill it and all that it has forked, which hold its output open."""
        if sys.platform == "win32" or self._process.pid is None:
            self._process.kill()
        else:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)

    def line(self) -> str:
        """Return the next line that it prints; empty when it has ended."""
        return self._lines.readline().strip()

    def go_on(self) -> None:
        """Let it return from reading a line."""
        self._connection.sendall(b"\n")

    def kill(self) -> None:
        """Kill it with SIGKILL, and wait until it is gone."""
        self._process.kill()
        self._process.join()

    def result(self) -> str:
        """Wait until it has ended well, and return what else it printed."""
        self._connection.shutdown(socket.SHUT_WR)
        output = self._lines.read()
        self._process.join()
        assert self._process.exitcode == 0, output
        return output.strip()

    def end(self) -> None:
        """Kill it, and those that it has forked, if they wait for a line."""
        self._watchdog.cancel()
        self._watchdog.join()
        self._kill_all()
        self._process.join()
        self._process.close()
        self._lines.close()
        self._connection.close()


@contextmanager
def other_process(run: Callable[..., None], *arguments: Any) -> Iterator[OtherProcess]:
    """Call *run*, a function of a module, in a process that is killed at the end at the latest.

    It prints to the test and reads lines from it.
    """
    roots = [root for each in (run, *arguments) for root in _roots(each)]
    call = pickle.dumps((run, arguments))
    ours, theirs = socket.socketpair()
    with theirs:
        process = _CONTEXT.Process(target=_begin, args=([*sys.path, *roots], call, theirs))
        process.start()
    other = OtherProcess(process, ours)
    try:
        assert other.line() == _STARTED
        yield other
    finally:
        other.end()


_STARTED = "started"


def _begin(path: list[str], call: bytes, connection: socket.socket) -> None:
    """Make a call in the new process, with the connection for standard input and output."""
    if sys.platform != "win32":
        os.setsid()  # so that it can be killed with those that it forks
        for descriptor in (0, 1):
            os.dup2(connection.fileno(), descriptor)
    sys.stdin, sys.stdout = connection.makefile("r", encoding="utf-8"), connection.makefile("w", encoding="utf-8")
    connection.close()
    print(_STARTED, flush=True)
    sys.path[:] = path
    warnings.simplefilter("ignore")
    try:
        run, arguments = pickle.loads(call)  # noqa: S301 (from the test)
        run(*arguments)
    except Exception:
        traceback.print_exc(file=sys.stdout)
        sys.exit(1)


def _roots(thing: object) -> Iterator[str]:
    """Yield the folders from which the modules of *thing* can be imported: pytest may have loaded them by path."""
    if isinstance(thing, partial):
        for part in (thing.func, *thing.args, *thing.keywords.values()):
            yield from _roots(part)
    name = getattr(thing, "__module__", None)
    file = getattr(sys.modules.get(name or ""), "__file__", None)
    if name and file:
        parents = Path(file).resolve().parents
        depth = name.count(".") + (Path(file).stem == "__init__")
        if depth < len(parents):
            yield str(parents[depth])


def hold_lock(open_store: OpenStore, key: str) -> None:
    """Take the lock, say so, and keep it until told to go on."""
    with open_store() as store, store.lock(key, 10):
        print("locked", flush=True)
        sys.stdin.readline()


def try_lock(open_store: OpenStore, key: str) -> None:
    """Say whether the lock is free."""
    with open_store() as store:
        try:
            with store.lock(key, 0):
                print("free")
        except LockTimeout:
            print("taken")


def count_up(open_store: OpenStore, key: str, times: int) -> None:
    """Once told to go on, add 1 to the number under *key* so many times, by compare and set."""
    with open_store() as store:
        print("ready", flush=True)
        sys.stdin.readline()
        add(store, key, times)


def add(store: TokenStore, key: str, times: int) -> None:
    """Add 1 to the number under *key* so many times, by compare and set."""
    while times:
        record = store.read(key)
        number, revision = (0, None) if record is None else (int(record.document), record.revision)
        try:
            store.write(key, str(number + 1), expires_at=None, expected=revision)
        except RevisionConflict:
            continue
        times -= 1


def use_nothing_but_exit(open_store: OpenStore) -> None:
    """Use a store and forget to close it."""
    store = open_store()
    store.write("default", "document", expires_at=None, expected=None)
    with store.lock("default", 1):
        pass
    print("end")


def fork_and_use(open_store: OpenStore) -> None:
    """Use a store in a parent, in its forked child, and in the parent again, which holds a lock meanwhile."""
    store = open_store()
    store.write("of the parent", "1", expires_at=None, expected=None)
    with store.lock("of the parent", 1):
        child = os.fork()
        if child == 0:
            status = 1
            try:
                store.write("of the child", "2", expires_at=None, expected=None)
                with store.lock("of the child", 1):
                    record = store.read("of the child")
                    status = 0 if record is not None and record.document == "2" else 2
                store.close()
            finally:
                os._exit(status)
        print("child:", os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
        try:
            with open_store() as another, another.lock("of the parent", 0):
                print("the lock was lost")
        except LockTimeout:
            print("the lock is still held")
    record = store.read("of the parent")
    assert record is not None
    store.write("of the parent", "3", expires_at=None, expected=record.revision)
    print("keys:", *store.keys())
    store.close()


def fork_in_lock(open_store: OpenStore) -> None:
    """Let a forked child leave the context in which its parent holds a lock."""
    with open_store() as store:
        lock = store.lock("key", 5)
        lock.__enter__()
        child = os.fork()
        if child == 0:
            lock.__exit__(None, None, None)
            os._exit(0)
        os.waitpid(child, 0)
        print("ready", flush=True)
        sys.stdin.readline()
        lock.__exit__(None, None, None)


def fork_while_locked(open_store: OpenStore, times: int) -> None:
    """Take the lock and fork; the children live on, idle, until nobody holds the other end of standard input."""
    with open_store() as store:
        store.write("key", "1", expires_at=None, expected=None)
        with store.lock("key", 5):
            for _ in range(times):
                if os.fork() == 0:
                    while os.read(0, 1):
                        pass
                    os._exit(0)
            print("forked", flush=True)
            sys.stdin.readline()
