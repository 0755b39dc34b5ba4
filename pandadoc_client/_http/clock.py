"""The clock that timeouts and waits go by: one that test tools do not stop.

Tools such as freezegun replace ``time.monotonic`` in every module that they find, and a wait that reads a stopped clock
never ends. So the function is wrapped here, in an object that nobody looks for, when ``import pandadoc_client`` runs:
before a test stops the time, in all but odd programs. In those, waits end as well, as they count what they have slept.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from types import BuiltinFunctionType

__all__ = ["is_replaced", "monotonic"]


monotonic: Callable[[], float] = partial(time.monotonic)
"""Returns seconds that only grow, as ``time.monotonic`` does. It costs no frame: each call reads it several times."""


def is_replaced() -> bool:
    """Return whether a tool has replaced the clock now: event loops read it, and their timers do not fire then."""
    return not isinstance(time.monotonic, BuiltinFunctionType)
