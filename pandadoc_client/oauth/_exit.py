"""What is not to be cut off when the interpreter ends.

The interpreter waits for threads that are no daemons, and a refresh runs in one. That is not enough: a second Ctrl-C
ends this wait, and work that somebody does in a daemon thread of their own was never part of it. So whatever must come
to its end is counted here, and an exit handler waits for it as well. Other threads still run then.
"""

from __future__ import annotations

import atexit
import logging
import threading
from collections.abc import Generator
from contextlib import AbstractContextManager, contextmanager

from pandadoc_client._http.fork import renew_in_child

__all__ = ["finished_before_exit", "is_ending", "may_begin"]

logger = logging.getLogger("pandadoc_client")


class _Unfinished:
    """Counts what is under way in this process."""

    def __init__(self) -> None:
        self.is_over = False
        self._renew_in_child()
        renew_in_child(self)

    def _renew_in_child(self) -> None:
        # What is under way in the parent has no thread here.
        self._changed = threading.Condition()
        self._count = 0

    @contextmanager
    def hold(self) -> Generator[None]:
        changed = self._changed
        with changed:
            self._count += 1
        try:
            yield
        finally:
            with changed:
                self._count -= 1
                changed.notify_all()

    def wait(self) -> None:
        """Wait until nothing is under way. Bounded by the limits of a refresh; an interrupt ends it."""
        with self._changed:
            if self._count:
                logger.warning("the interpreter ends as soon as a token that is being refreshed is saved")
            while self._count:
                self._changed.wait()
            self.is_over = True


_unfinished = _Unfinished()
atexit.register(_unfinished.wait)


def finished_before_exit() -> AbstractContextManager[None]:
    """Return a context that the interpreter lets come to its end, in whatever thread it is."""
    return _unfinished.hold()


def is_ending() -> bool:
    """Return True if the main thread is through, and the interpreter only waits for others."""
    return not threading.main_thread().is_alive()


def may_begin() -> bool:
    """Return False if what this thread begins would be cut off: nobody waits for a daemon thread any more."""
    return not (_unfinished.is_over and threading.current_thread().daemon)
