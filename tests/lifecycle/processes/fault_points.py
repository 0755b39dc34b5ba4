"""Steps of a refresh at which a process kills itself, stops, or waits to be told to go on.

A step is named for what is about to happen or has just happened. These are the names, in the order of a refresh::

    before lock, after lock,
    before attempt, … the steps of a write …, after attempt,
    before send, after answer,
    before save, … the steps of a write …, after save,
    before release, after release

The steps of a write depend on the store, and begin with the name of the write, ``attempt`` or ``save``::

    attempt: temporary file made / before flush / after flush / before rename / after rename / after folder flush
    attempt: before commit / after commit            (SQL)
    attempt: sent                                    (Redis: the server has the command, we have no response)

A write that fails ends with the step ``failed attempt`` or ``failed save``.
"""

from __future__ import annotations

import functools
import os
import resource
import signal
import stat
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from typing import Any

from pandadoc_client.exceptions import TokenStoreError
from pandadoc_client.oauth import OAuthClient, Token
from pandadoc_client.oauth.stores.base import Record, TokenStore
from pandadoc_client.oauth.stores.entry import decode_entry

__all__ = ["Points", "WatchedClient", "WatchedStore"]


class Points:
    """What to do at which step, the first time it is reached.

    Args:
        actions: By step: ``kill``, as ``kill -9`` does; ``stop``, as SIGSTOP does; ``hold`` to wait to be told to go
            on; ``tell`` to just tell; ``cut N`` to be killed by the next write of what is beyond N bytes in a file.
        tell: Tells the test which step was reached.
        hold: Returns when the test says so.
    """

    def __init__(self, actions: dict[str, str], tell: Callable[[str], None], hold: Callable[[], None]) -> None:
        self._actions = actions
        self._tell = tell
        self._hold = hold
        self._guard = threading.Lock()
        self._local = threading.local()  # what another thread does meanwhile is no step
        if any(action.startswith("cut ") for action in actions.values()):
            signal.signal(signal.SIGXFSZ, signal.SIG_DFL)  # Python ignores it
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))

    @property
    def writing(self) -> str:
        """What this thread is writing: ``attempt``, ``save``, ``refusal``; empty if nothing."""
        writing: str = getattr(self._local, "writing", "")
        return writing

    @writing.setter
    def writing(self, kind: str) -> None:
        self._local.writing = kind

    def reach(self, step: str) -> None:
        """Note that *step* is reached."""
        with self._guard:
            action = self._actions.pop(step, None)
        if action == "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        elif action is not None and action.startswith("cut "):
            size = int(action.removeprefix("cut "))
            resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))
        elif action is not None:
            self._tell(step)
            if action == "stop":
                # Sent to this very thread, so that it does not come to do anything before the process stops.
                signal.pthread_kill(threading.get_ident(), signal.SIGSTOP)
            elif action == "hold":
                self._hold()

    def watch_system(self) -> None:
        """Reach the steps of writes to files, SQL databases and Redis."""
        self._around(os, "open", after=lambda path, *_: "temporary file made" if str(path).endswith(".tmp") else None)
        self._around(
            os,
            "fsync",
            before=lambda descriptor: None if _is_folder(descriptor) else "before flush",
            after=lambda descriptor: "after folder flush" if _is_folder(descriptor) else "after flush",
        )
        self._around(os, "replace", before=lambda *_: "before rename", after=lambda *_: "after rename")
        from redis.connection import Connection
        from sqlalchemy.engine.default import DefaultDialect

        before, after = (lambda *_: "before commit"), (lambda *_: "after commit")
        self._around(DefaultDialect, "do_commit", before=before, after=after)
        # PostgreSQL commits a single statement by itself.
        self._around(
            DefaultDialect,
            "do_execute",
            before=lambda _, cursor, statement, *__: "before commit" if _commits_itself(cursor, statement) else None,
            after=lambda _, cursor, statement, *__: "after commit" if _commits_itself(cursor, statement) else None,
        )
        self._around(Connection, "read_response", before=lambda *_: "sent")

    def _around(
        self,
        owner: Any,
        name: str,
        before: Callable[..., str | None] = lambda *_: None,
        after: Callable[..., str | None] = lambda *_: None,
    ) -> None:
        original = getattr(owner, name)

        @functools.wraps(original)
        def watched(*args: Any, **kwargs: Any) -> Any:
            kind = self.writing
            if not kind:
                return original(*args, **kwargs)
            self.reach(f"{kind}: {before(*args)}")
            result = original(*args, **kwargs)
            self.reach(f"{kind}: {after(*args)}")
            return result

        setattr(owner, name, watched)


def _commits_itself(cursor: Any, statement: str) -> bool:
    connection = getattr(cursor, "connection", None)
    return getattr(connection, "autocommit", None) is True and statement.startswith(("INSERT", "UPDATE"))


def _is_folder(descriptor: int) -> bool:
    return stat.S_ISDIR(os.fstat(descriptor).st_mode)


class WatchedStore(TokenStore):
    """A store whose steps are fault points."""

    def __init__(self, store: TokenStore, points: Points) -> None:
        self._store = store
        self._points = points

    def read(self, key: str) -> Record | None:
        return self._store.read(key)

    def write(self, key: str, document: str, *, expires_at: datetime | None, expected: str | None) -> str:
        entry = decode_entry(document, key)
        kind = "attempt" if entry.attempt else "refusal" if entry.refused else "save"
        self._points.reach(f"before {kind}")
        self._points.writing = kind
        try:
            revision = self._store.write(key, document, expires_at=expires_at, expected=expected)
        except TokenStoreError:
            self._points.reach(f"failed {kind}")
            raise
        finally:
            self._points.writing = ""
        self._points.reach(f"after {kind}")
        return revision

    def discard(self, key: str) -> bool:
        return self._store.discard(key)

    def lock(self, key: str, timeout: float) -> AbstractContextManager[None]:
        return self._lock(key, timeout)

    @contextmanager
    def _lock(self, key: str, timeout: float) -> Iterator[None]:
        self._points.reach("before lock")
        with self._store.lock(key, timeout):
            self._points.reach("after lock")
            yield
            self._points.reach("before release")
        self._points.reach("after release")

    def list_keys(self, *, after: str | None, limit: int, expiring_before: datetime | None) -> list[str]:
        return self._store.list_keys(after=after, limit=limit, expiring_before=expiring_before)

    def close(self) -> None:
        self._store.close()


class WatchedClient(OAuthClient):
    """A client whose refreshes have fault points around them."""

    points: Points

    def refresh(self, token: Token | str, *, scope: str | None = None) -> Token:
        self.points.reach("before send")
        answer = super().refresh(token, scope=scope)
        self.points.reach("after answer")
        return answer
