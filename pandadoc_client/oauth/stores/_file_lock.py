"""Locks between processes, by files: for the stores whose place has no locks of its own."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pandadoc_client.exceptions import TokenStoreError
from pandadoc_client.oauth.stores.base import LockTimeout

try:
    import filelock
except ImportError:
    raise ImportError("This token store needs filelock: pip install 'pandadoc-client[file]'") from None

__all__ = ["hold_file_lock", "lock_path"]

_POLL = 0.01
"""Seconds between two looks at a lock that is taken: the operating system does not tell."""


def lock_path(base: Path, key: str) -> Path:
    """Return the lock file of *key*, beside *base*. A key may hold what a file name may not."""
    return base.with_name(f"{base.name}.{hashlib.sha256(key.encode()).hexdigest()[:16]}.lock")


@contextmanager
def hold_file_lock(path: Path, key: str, timeout: float) -> Iterator[None]:
    """Hold the lock that the file *path* stands for; the operating system frees it when the holder dies.

    The file stays: to remove one that another process is about to lock would give two processes the lock.

    Args:
        path: The lock file; it is made if it is missing, its folder is not.
        key: For messages.
        timeout: Seconds to wait for it at the most.

    Raises:
        LockTimeout: It was not free in time.
        TokenStoreError: The file cannot be used.
    """
    # An object of its own for each holder: only so the threads of one process exclude each other.
    lock = filelock.FileLock(path, mode=0o600, thread_local=False)
    try:
        lock.acquire(timeout=timeout, poll_interval=_POLL)
    except filelock.Timeout:
        raise LockTimeout.of(key, timeout) from None
    except OSError as error:
        problem = error.strerror or type(error).__name__
        raise TokenStoreError(f"The lock file {os.fspath(path)} cannot be used: {problem}", key=key) from error
    try:
        yield
    finally:
        lock.release()
