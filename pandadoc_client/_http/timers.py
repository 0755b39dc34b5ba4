"""Timers of event loops that fire even while a test tool has stopped the clock of the loop."""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from typing import Any

import anyio

from pandadoc_client._http.clock import is_replaced

__all__ = ["in_this_loop", "move_on_after", "sleep"]


@contextmanager
def move_on_after(seconds: float | None) -> Generator[anyio.CancelScope]:
    """Cancel the block after *seconds*, as ``anyio.move_on_after`` does; None for never.

    Where the clock is replaced, a thread tells the loop when the time is over.
    """
    if seconds is None or not is_replaced():
        with anyio.move_on_after(seconds) as scope:
            yield scope
        return
    ended = threading.Event()
    with anyio.CancelScope() as scope:
        cancel = in_this_loop(scope.cancel)
        threading.Thread(target=lambda: ended.wait(seconds) or cancel(), daemon=True).start()
        try:
            yield scope
        finally:
            ended.set()


async def sleep(seconds: float) -> None:
    """Wait for *seconds*."""
    if is_replaced():
        with move_on_after(seconds):
            await anyio.sleep_forever()
    else:
        await anyio.sleep(seconds)


def in_this_loop(function: Callable[[], Any]) -> Callable[[], None]:
    """Return a function that any thread may call, and that runs *function* in the event loop that runs now."""
    import asyncio

    try:
        later: Callable[..., Any] = asyncio.get_running_loop().call_soon_threadsafe
    except RuntimeError:  # it is trio's
        import trio.lowlevel

        later = trio.lowlevel.current_trio_token().run_sync_soon

    def run_there() -> None:
        with suppress(RuntimeError):  # the loop has ended
            later(function)

    return run_there
