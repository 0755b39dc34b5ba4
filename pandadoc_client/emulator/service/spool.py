"""Large files in a temporary file, which has no name and ends with the process."""

from __future__ import annotations

import os
import tempfile
import threading
import weakref
from typing import Any, Self

__all__ = ["SpooledBytes", "UploadSpool"]


class SpooledBytes:
    """Bytes that are on disk. Once nobody refers to them their place is given back."""

    def __init__(self, spool: UploadSpool, offset: int, size: int) -> None:
        self._spool = spool
        self._offset = offset
        self.size = size

    def read(self) -> bytes:
        """Return them.

        Raises:
            OSError: the temporary file cannot be read.
        """
        return self._spool.read(self._offset, self.size)

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        return self  # they never change


class UploadSpool:
    """Keeps what is large on disk; safe across threads.

    On POSIX systems the file is unlinked as soon as it is made, so that not even a kill leaves it behind; on Windows it
    is deleted when it is closed. One file for all, so that many uploads do not use up the descriptors of the process.

    Args:
        threshold: Size in bytes from which on content goes to disk.
    """

    def __init__(self, threshold: int) -> None:
        self._threshold = threshold
        self._lock = threading.RLock()  # a finalizer may run within a block that holds it
        self._descriptor = -1
        self._end = 0
        self._live = 0

    @property
    def size(self) -> int:
        """Bytes on disk."""
        return self._end

    def keep(self, content: bytes) -> bytes | SpooledBytes:
        """Return what stands for `content`: itself, or its place on disk.

        Raises:
            OSError: the disk is full, say.
        """
        if len(content) < self._threshold:
            return content
        with self._lock:
            self._live += 1  # first: a finalizer that runs meanwhile must not empty the file
            try:
                offset = self._end
                self._write(content)
                self._end += len(content)
            except BaseException:
                self.give_back()
                raise
            kept = SpooledBytes(self, offset, len(content))
            weakref.finalize(kept, _given_back, weakref.ref(self)).atexit = False
            return kept

    def read(self, offset: int, size: int) -> bytes:
        """Return bytes of the file."""
        with self._lock:
            os.lseek(self._descriptor, offset, os.SEEK_SET)
            parts = bytearray()
            while len(parts) < size and (part := os.read(self._descriptor, size - len(parts))):
                parts += part
            return bytes(parts)

    def give_back(self) -> None:
        """Note that one place is not needed any more; the file is emptied when none is."""
        with self._lock:
            self._live -= 1
            if not self._live and self._descriptor >= 0:
                os.ftruncate(self._descriptor, 0)
                self._end = 0

    def _write(self, content: bytes) -> None:
        if self._descriptor < 0:
            self._descriptor = _open_unnamed()
            weakref.finalize(self, os.close, self._descriptor)
        os.lseek(self._descriptor, self._end, os.SEEK_SET)
        left = memoryview(content)
        while left:
            left = left[os.write(self._descriptor, left) :]


def _given_back(spool: weakref.ref[UploadSpool]) -> None:
    found = spool()
    if found is not None:
        found.give_back()


def _open_unnamed() -> int:
    """Return the descriptor of a new file of the user's alone that nobody else can open."""
    descriptor, name = tempfile.mkstemp(prefix="pandadoc-emulator-")
    if os.name == "posix":
        os.unlink(name)
    else:
        os.close(descriptor)
        flags = os.O_RDWR | getattr(os, "O_TEMPORARY", 0) | getattr(os, "O_BINARY", 0)
        descriptor = os.open(name, flags)
    return descriptor
