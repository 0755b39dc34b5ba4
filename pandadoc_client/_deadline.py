"""Keep a blocking call within its timeout, byte by byte.

httpx bounds each read from a socket: a server that sends a byte now and then may keep a call for hours, and no setting
of httpx changes that. Here the connections of a transport bound every read by what is left of the whole call. With
asyncio none of this is needed: there a call can be cancelled.
"""

from __future__ import annotations

import ssl
import threading
import time
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from typing import Any

import httpcore
import httpx

__all__ = ["DeadlineTransport", "deadline", "seconds_left"]


class _Current(threading.local):
    """When the call of this thread must be over, by the monotonic clock; None for never."""

    ends: float | None = None


_current = _Current()


@contextmanager
def deadline(seconds: float | None) -> Generator[None]:
    """Bound what this thread reads within the block to *seconds* altogether; None for no bound.

    Blocks nest: an ``httpx.Auth`` may make a call of its own within a call.
    """
    outer = _current.ends
    _current.ends = None if seconds is None else time.monotonic() + seconds
    try:
        yield
    finally:
        _current.ends = outer


def seconds_left() -> float | None:
    """Return what is left of the call of this thread, 0 or more; None if it has no bound."""
    return None if _current.ends is None else max(0.0, _current.ends - time.monotonic())


def _bounded(timeout: float | None) -> float | None:
    if _current.ends is None:
        return timeout
    left = _current.ends - time.monotonic()
    if left <= 0:
        raise httpcore.ReadTimeout("the call took too long")
    return left if timeout is None else min(left, timeout)


class _Stream(httpcore.NetworkStream):
    """A connection whose reads end with the call."""

    def __init__(self, stream: httpcore.NetworkStream) -> None:
        self._stream = stream

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, _bounded(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, timeout)

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        return _Stream(self._stream.start_tls(ssl_context, server_hostname, timeout))

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


class _Backend(httpcore.NetworkBackend):
    """Opens connections as *backend* does, and bounds their reads."""

    def __init__(self, backend: httpcore.NetworkBackend) -> None:
        self._backend = backend

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        return _Stream(self._backend.connect_tcp(host, port, timeout, local_address, socket_options))


class DeadlineTransport(httpx.HTTPTransport):
    """httpx's transport over connections that know the `deadline` of the call."""

    def __init__(self, **arguments: Any) -> None:
        super().__init__(**arguments)
        # httpx takes no backend, though the pool that it makes does: this reaches for what has no public way.
        pool: Any = self._pool
        pool._network_backend = _Backend(pool._network_backend)
