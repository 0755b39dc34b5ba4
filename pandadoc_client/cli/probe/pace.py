"""How fast a probe asks: below the limits of a sandbox, and no longer than it was told."""

from __future__ import annotations

import time
from collections import defaultdict, deque
from collections.abc import Callable

__all__ = ["OutOfTime", "Pace"]

_WINDOW = 60.0


class OutOfTime(Exception):
    """The probe took as long as it may."""


class Pace:
    """Spaces requests.

    Args:
        a_minute: Requests that each operation may get in a minute; None for any number.
        within: Seconds for the whole probe; what cleans up has as long again.
        clock: Seconds, monotonic.
        sleep: Waits so many seconds.
    """

    def __init__(
        self,
        a_minute: int | None,
        within: float,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._a_minute = a_minute
        self._clock = clock
        self._sleep = sleep
        self._within = within
        self._deadline = clock() + within
        self.poll_seconds = 0.2 if a_minute is None else _WINDOW / a_minute
        """Seconds between two looks at what is being processed."""
        self._sent: dict[str, deque[float]] = defaultdict(deque)

    def begin_cleanup(self) -> None:
        """Give what cleans up a time of its own."""
        self._deadline = self._clock() + self._within

    def before(self, operation: str) -> None:
        """Wait until a request may be sent.

        Raises:
            OutOfTime: that would be too late.
        """
        sent = self._sent[operation]
        now = self._clock()
        while sent and sent[0] <= now - _WINDOW:
            sent.popleft()
        if self._a_minute is not None and len(sent) >= self._a_minute:
            self.wait(sent[-self._a_minute] + _WINDOW - now)
        elif now > self._deadline:
            raise OutOfTime
        sent.append(self._clock())

    def wait(self, seconds: float) -> None:
        """Wait.

        Raises:
            OutOfTime: the wait would end too late; it does not begin then.
        """
        if self._clock() + seconds > self._deadline:
            raise OutOfTime
        self._sleep(seconds)
