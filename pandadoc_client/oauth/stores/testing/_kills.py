"""Processes that are killed while they change a store, at chosen points and at random ones.

Both run in a process of their own, which forks the victims and whoever looks at what they left. It never opens a store
itself: a driver may have threads, and a fork beside another thread may inherit a lock that nobody will release. It only
imports what its children needed, once.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import random
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from types import FrameType
from typing import Any

from pandadoc_client.oauth.stores.base import TokenStore
from pandadoc_client.oauth.stores.testing._processes import OpenStore

__all__ = ["ACTIONS", "kill_at_random", "kill_step_by_step"]

ACTIONS = ("insert", "replace", "discard")

_MOST_POINTS = 12
_ROUNDS = 10
_OLD, _NEW, _NEXT = "old" * 50, "new" * 500, "next"
_LOCK_SECONDS = 20
_SURVIVED = 3
_LONGEST = 60  # seconds

# C functions that only compute. All others may change something outside of the process.
_HARMLESS = frozenset(
    {"_abc", "_asyncio", "_collections", "_contextvars", "_datetime", "_functools", "_hashlib", "_json", "_operator"}
    | {"_random", "_sre", "_struct", "_thread", "_weakref", "builtins", "itertools", "math", "sys", "time"}
)


class _Steps:
    """Counts the steps of a change: the lines of the store's own modules, and calls into C. Kills at one of them."""

    def __init__(self, kill_at: int | None) -> None:
        self.count = 0
        self._kill_at = kill_at
        self._files: frozenset[str] = frozenset()

    def watch(self, store: TokenStore, change: Callable[[], object]) -> None:
        """Make *change*, and count; or end."""
        modules = {kind.__module__ for kind in type(store).__mro__ if kind not in TokenStore.__mro__}
        files = (getattr(sys.modules.get(name), "__file__", None) for name in modules)
        self._files = frozenset(file for file in files if file)
        # In every thread: a driver may do its work in one of its own.
        if sys.version_info >= (3, 12):
            threading.settrace_all_threads(self._on_line)
            threading.setprofile_all_threads(self._on_call)
        else:
            sys.settrace(self._on_line)
            sys.setprofile(self._on_call)
        try:
            change()
        finally:
            sys.setprofile(None)
            sys.settrace(None)

    def prepare(self) -> None:
        """Have the threads that a store begins from here on counted too."""
        threading.settrace(self._on_line)
        threading.setprofile(self._on_call)

    def _step(self) -> None:
        self.count += 1
        if self.count == self._kill_at:
            os.kill(os.getpid(), signal.SIGKILL)

    def _on_line(self, frame: FrameType, event: str, argument: object) -> Any:
        if not self._files:
            return self._on_line  # not yet: `prepare`
        if frame.f_code.co_filename not in self._files:
            return None
        if event == "line":
            self._step()
        return self._on_line

    def _on_call(self, frame: FrameType, event: str, argument: Any) -> None:
        if self._files and event in ("c_call", "c_return"):
            module = getattr(argument, "__module__", None) or type(getattr(argument, "__self__", None)).__module__
            if module not in _HARMLESS:
                self._step()


def kill_step_by_step(open_store: OpenStore, action: str) -> None:
    """Kill a process at each of some steps of one *action*, and print as JSON what was not right afterwards.

    The steps are spread evenly at first. Then the two between which the old document becomes the new one are narrowed
    down: if there is a step between them at which it is neither, that leads there, however many steps there are.
    """
    _prepare(open_store)
    steps = _count_steps(open_store, action)
    problems: list[str] = []
    kills = 0
    # The last step at which the old document stayed, and the first at which the new one was there.
    before, after = 0, 10 * steps

    def kill_at(step: int) -> None:
        nonlocal kills, before, after
        kills += 1
        found, wrong = _kill(open_store, action, f"{action} {kills}", step)
        problems.extend(f"{action}, killed at step {step} of {steps}: {problem}" for problem in wrong)
        if found:
            after = min(after, step)
        else:
            before = max(before, step)

    for step in _spread(steps):
        kill_at(step)
    while after - before > 1 and not problems:
        kill_at((before + after) // 2)
    print(json.dumps({"kills": kills, "problems": problems}))


def _kill(open_store: OpenStore, action: str, key: str, step: int) -> tuple[bool, list[str]]:
    """Kill a process at one step; return whether the change is there all the same, and what is wrong."""
    old = None if action == "insert" else _OLD
    new = None if action == "discard" else _NEW
    status = _in_child(lambda: _change(open_store, action, key, step))
    if status not in (-signal.SIGKILL, _SURVIVED):
        return True, [f"the change failed by itself, with exit status {status}"]
    # A change may take fewer steps than the one that was counted.
    allowed = {new} if status == _SURVIVED else {old, new}
    found, problems = _look_in_child(open_store, key, allowed)
    return found == new, problems


def kill_at_random(open_store: OpenStore) -> None:
    """Kill processes that write again and again, at moments that nobody chose; print as `kill_step_by_step` does."""
    _prepare(open_store)
    problems: list[str] = []
    chance = random.Random()  # noqa: S311 (another moment in each run is what is wanted)
    for number in range(_ROUNDS):
        key = f"key {number}"
        reader, writer = os.pipe()
        child = os.fork()
        if child == 0:
            _write_for_ever(open_store, key, writer)
        os.close(writer)
        acknowledged = 0
        with open(reader, encoding="ascii") as lines:
            started = time.monotonic()
            for line in lines:
                acknowledged = int(line)
                if acknowledged == 4:
                    took = (time.monotonic() - started) / 4
                    time.sleep(chance.uniform(0, 3 * took))
                    os.kill(child, signal.SIGKILL)
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        if status != -signal.SIGKILL:
            problems.append(f"a write failed by itself after write {acknowledged}, with exit status {status}")
            break
        allowed: set[str | None] = {_numbered(acknowledged), _numbered(acknowledged + 1)}
        _, wrong = _look_in_child(open_store, key, allowed)
        problems += [f"killed after write {acknowledged}: {problem}" for problem in wrong]
    print(json.dumps({"kills": _ROUNDS, "problems": problems}))


def _numbered(number: int) -> str:
    return f"{number} " * 2000


def _write_for_ever(open_store: OpenStore, key: str, writer: int) -> None:
    try:
        store, revision = open_store(), None
        for number in range(1, 10_000):
            revision = store.write(key, _numbered(number), expires_at=None, expected=revision)
            os.write(writer, b"%d\n" % number)
    finally:
        os._exit(1)


def _prepare(open_store: OpenStore) -> None:
    """Write the document that no change may touch, and import what that took."""

    def write() -> list[str]:
        before = set(sys.modules)
        with open_store() as store:
            store.write("bystander", _OLD, expires_at=None, expected=None)
        return sorted(set(sys.modules) - before)

    for name in _told_by_child(write):
        with contextlib.suppress(ImportError):  # a name that another module has put there
            importlib.import_module(name)


def _count_steps(open_store: OpenStore, action: str) -> int:
    steps: int = _told_by_child(lambda: _change(open_store, action, "counted", None))
    return steps


def _look_in_child(open_store: OpenStore, key: str, allowed: set[str | None]) -> tuple[str | None, list[str]]:
    found, problems = _told_by_child(lambda: _look(open_store, key, allowed))
    return found, problems


def _told_by_child(work: Callable[[], Any]) -> Any:
    """Do *work* in a forked child, and return its result, which JSON can carry."""
    with tempfile.TemporaryFile(buffering=0) as file:
        status = _in_child(lambda: file.write(json.dumps(work()).encode()))
        assert status == _SURVIVED, f"a process that nobody killed ended with exit status {status}"
        file.seek(0)
        return json.loads(file.read())


def _change(open_store: OpenStore, action: str, key: str, kill_at: int | None) -> int:
    """In a child: prepare a document under *key*, change it, and die on the way or return how many steps it took."""
    steps = _Steps(kill_at)
    steps.prepare()
    store = open_store()
    store.read(key)
    revision = None if action == "insert" else store.write(key, _OLD, expires_at=None, expected=None)
    if action == "discard":
        steps.watch(store, lambda: store.discard(key))
    else:
        steps.watch(store, lambda: store.write(key, _NEW, expires_at=None, expected=revision))
    return steps.count


def _in_child(work: Callable[[], object]) -> int:
    """Do *work* in a forked child, and return its exit status; below 0 the signal that killed it.

    A child that hangs ends by the alarm clock: SIGALRM.
    """
    child = os.fork()
    if child == 0:
        status = 1
        try:
            signal.alarm(_LONGEST)
            work()
            status = _SURVIVED
        except BaseException as error:
            print(f"{type(error).__name__}: {error}", file=sys.stderr)
        finally:
            os._exit(status)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def _look(open_store: OpenStore, key: str, allowed: set[str | None]) -> tuple[str | None, list[str]]:
    """Return what is under *key* after a process that changed it has died, and what is wrong; *allowed* is right."""
    problems: list[str] = []
    found: str | None = None
    try:
        with open_store() as store:
            record = store.read(key)
            found = None if record is None else record.document
            if found not in allowed:
                shown = "nothing" if found is None else f"{found[:20]!r}… ({len(found)} characters)"
                problems.append(f"there is {shown}, neither what was there before nor what was written")
            bystander = store.read("bystander")
            if bystander is None or bystander.document != _OLD:
                problems.append("the document of another key is damaged or gone")
            keys = list(store.keys())
            if (key in keys) != (found is not None) or "bystander" not in keys:
                problems.append("what is listed is not what is there")
            with store.lock(key, _LOCK_SECONDS):
                store.write(key, _NEXT, expires_at=None, expected=None if record is None else record.revision)
            after = store.read(key)
            if after is None or after.document != _NEXT:
                problems.append("the next write was lost")
            store.discard(key)  # a store that is larger each time would take more steps each time
    except Exception as error:
        problems.append(f"the next one to use the store gets {type(error).__name__}: {error}")
    return found, problems


def _spread(steps: int) -> Sequence[int]:
    """Return at most `_MOST_POINTS` steps, evenly spread, the first and the last among them."""
    if steps <= _MOST_POINTS:
        return range(1, steps + 1)
    return sorted({1 + round(index * (steps - 1) / (_MOST_POINTS - 1)) for index in range(_MOST_POINTS)})
