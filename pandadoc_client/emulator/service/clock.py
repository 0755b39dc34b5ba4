"""The time of the day by a clock that only counts seconds, and how the API writes times."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import UTC, datetime

__all__ = ["WallClock", "parse_time", "stamp"]


class WallClock:
    """Tells the time of the day.

    It goes on as fast as the clock that it is made with, and never says the same time twice, so that what was made
    later is later. For one thread at a time.

    Args:
        seconds: Any clock that counts seconds.
    """

    def __init__(self, seconds: Callable[[], float]) -> None:
        self._seconds = seconds
        self._offset = time.time() - seconds()
        self._last = 0.0
        self._past: float | None = None

    @contextmanager
    def set_back(self, start: float) -> Generator[None, None, None]:
        """Let it be another time within the block, a minute later each time it is asked for."""
        self._past = start
        try:
            yield
        finally:
            self._past = None

    def now(self) -> float:
        """Return seconds since 1970, later than every time before."""
        if self._past is not None:
            self._past += 60
            return self._past
        self._last = max(self._seconds() + self._offset, self._last + 1e-6)
        return self._last

    def look(self) -> float:
        """Return seconds since 1970, not earlier than any time before."""
        return max(self._seconds() + self._offset, self._last)


def stamp(seconds: float) -> str:
    """Return a time as the API writes it: ISO 8601, microseconds, `Z`."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def parse_time(text: str) -> float:
    """Return the seconds since 1970 of a date or time in ISO 8601; UTC where it does not say.

    Raises:
        ValueError: it is none.
    """
    found = datetime.fromisoformat(text)
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()
