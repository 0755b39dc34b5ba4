"""Locks between the threads of one process, one a key: for the stores that no other process can see."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager

from pandadoc_client.oauth.stores.base import LockTimeout

__all__ = ["KeyLocks"]


class KeyLocks:
    """One lock for each key, made when it is first needed."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._locks: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)

    @contextmanager
    def hold(self, key: str, timeout: float) -> Iterator[None]:
        """Hold the lock of *key*, for which to wait *timeout* seconds at the most.

        Raises:
            LockTimeout: It was not free in time.
        """
        with self._guard:
            lock = self._locks[key]
        if not lock.acquire(timeout=min(timeout, threading.TIMEOUT_MAX)):
            raise LockTimeout.of(key, timeout)
        try:
            yield
        finally:
            lock.release()
