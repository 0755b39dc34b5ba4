"""Read pipes, terminals and sockets within the limit of the call that sends what is read.

Opening a named pipe waits for a writer, and reading any pipe waits for its writer to write: for ever, if it does
neither. Here the system is asked whether there is something to read, for no longer than the call has left.
"""

from __future__ import annotations

import io
import os
import select
import stat
from collections.abc import Callable, Iterator
from typing import Any

from pandadoc_client.exceptions import ApiTimeoutError

__all__ = ["pipe_parts", "reader_in_time"]

_NON_BLOCKING = getattr(os, "O_NONBLOCK", 0)


def pipe_parts(path: str | os.PathLike[str], size: int) -> Iterator[bytes]:
    """Yield what comes from a named pipe or a device, in parts of *size* bytes at the most.

    Raises:
        ApiTimeoutError: Nobody wrote in time.
    """
    number = os.open(path, os.O_RDONLY | _NON_BLOCKING)  # a pipe without a writer is opened at once
    with open(number, "rb", buffering=0) as file:
        while True:
            _wait(number)  # without a writer a pipe is at its end, but not readable before the first one has come
            part = file.read(size)
            if part == b"":
                return
            if part:
                yield part


def reader_in_time(file: Any) -> Callable[[int], Any]:
    """Return a ``read`` of an open file that waits no longer than the call has left, where the system can tell.

    It can of files of the system without a size, and of pipes; a ``read`` that somebody wrote is returned as it is.
    """
    raw = file.raw if isinstance(file, io.BufferedReader) else file
    read: Callable[[int], Any] = file.read
    if not isinstance(raw, io.FileIO) or not hasattr(select, "poll"):
        return read
    number = raw.fileno()
    if stat.S_ISREG(os.fstat(number).st_mode):
        return read
    buffered = isinstance(file, io.BufferedReader) and _holds_data(file, number)

    def read_in_time(size: int) -> Any:
        nonlocal buffered
        while True:
            if not buffered:
                _wait(number)
            buffered = False
            part = raw.read(size) if raw is file else file.read1(size)
            if part is not None:
                return part

    return read_in_time


def _holds_data(file: io.BufferedReader, number: int) -> bool:
    """Whether a file has read more than it was asked for, which the system knows nothing of."""
    blocks = os.get_blocking(number)
    os.set_blocking(number, False)
    try:
        return bool(file.peek(1))
    finally:
        os.set_blocking(number, blocks)


def _wait(number: int) -> None:
    from pandadoc_client._http.deadline import seconds_left  # with httpx, which the call has imported

    left = seconds_left()
    poll = select.poll()
    poll.register(number, select.POLLIN)
    if not poll.poll(None if left is None else left * 1000):
        raise ApiTimeoutError(reason="The file to upload gave nothing to send in time", request_sent=True)
