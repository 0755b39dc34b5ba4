"""The clock that timeouts and waits go by: one that test tools do not stop.

Tools such as freezegun replace ``time.monotonic`` in every module that they find, and a wait that reads a stopped clock
never ends. So the function is bound here, in a default that nobody replaces, when ``import pandadoc_client`` runs:
before a test stops the time, in all but odd programs. In those, waits end as well, as they count what they have slept.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from types import BuiltinFunctionType

__all__ = ["is_replaced", "monotonic"]


def monotonic(*, _read: Callable[[], float] = time.monotonic) -> float:
    """Return seconds that only grow, as ``time.monotonic`` does."""
    return _read()


def is_replaced() -> bool:
    """Return whether a tool has replaced the clock now: event loops read it, and their timers do not fire then."""
    return not isinstance(time.monotonic, BuiltinFunctionType)
