"""What is known of the call that is under way: when it must be over, and whether its request went out.

httpx bounds each read from a socket: a server that sends a byte now and then may keep a call for hours, and no setting
of httpx changes that. The connections of our own (`pandadoc_client._http.streams`) bound every step of a blocking call
by what is left of the whole. With asyncio a call is cancelled at its end; there only `Limit.sent` is of use, and
`seconds_left` for what runs in a thread on behalf of the call.
"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from pandadoc_client._http.clock import monotonic

__all__ = ["Limit", "current_limit", "deadline", "seconds_left"]


class Limit:
    """The limit of a call, and how far the call came.

    Attributes:
        ends: When the call must be over, by the monotonic clock; None for never.
        sent: Whether a part of the request may have reached the server; None if nobody can tell. Before a connection
            is asked for, none has.
    """

    __slots__ = ("ends", "sent")

    def __init__(self, seconds: float | None) -> None:
        self.ends = None if seconds is None else monotonic() + seconds
        self.sent: bool | None = False

    def trace(self, event: str, info: Any) -> None:
        """Take note of what httpcore says that it does: its extension ``trace``, for connections that are not ours."""
        if event.endswith("connect_tcp.started"):
            self.sent = False
        elif event.endswith("send_request_headers.started"):
            self.sent = True

    async def trace_async(self, event: str, info: Any) -> None:
        """`trace`, for asyncio."""
        self.trace(event, info)


_current: ContextVar[Limit | None] = ContextVar("pandadoc_client_limit", default=None)
current_limit = _current.get
"""Return the limit of the call of this thread or task, None if there is none."""


@contextmanager
def deadline(seconds: float | None) -> Generator[Limit]:
    """Bound what this thread sends and reads within the block to *seconds* altogether; None for no bound.

    Blocks nest: an ``httpx.Auth`` may make a call of its own within a call.
    """
    limit = Limit(seconds)
    token = _current.set(limit)
    try:
        yield limit
    finally:
        _current.reset(token)


def seconds_left() -> float | None:
    """Return what is left of the call of this thread or task, 0 or more; None if it has no bound."""
    limit = _current.get()
    return None if limit is None or limit.ends is None else max(0.0, limit.ends - monotonic())
