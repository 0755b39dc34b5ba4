"""Wait no longer than a limit for a function that knows none, such as the system's resolver of names."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TypeVar

__all__ = ["within"]

_T = TypeVar("_T")


def within(seconds: float | None, function: Callable[[], _T], what: str) -> _T:
    """Return what *function* returns; a thread calls it, and is left behind when the time is up.

    Args:
        seconds: How long to wait; None for as long as it takes, without a thread.
        function: What to call.
        what: What the thread does, for its name and for the error.

    Raises:
        TimeoutError: It has not returned in time.
        Exception: What *function* raised.
    """
    if seconds is None:
        return function()
    returned: list[_T] = []
    raised: list[Exception] = []
    is_done = threading.Event()

    def call() -> None:
        try:
            returned.append(function())
        except Exception as error:
            raised.append(error)
        finally:
            is_done.set()

    thread = threading.Thread(target=call, name=f"pandadoc_client: {what}", daemon=True)
    try:
        thread.start()
    except RuntimeError:  # no more threads, or the interpreter is ending
        return function()
    if not is_done.wait(seconds):
        raise TimeoutError(f"{what}: not done in time")
    if raised:
        raise raised.pop()
    return returned.pop()
