"""How long a response asks to wait. Imports nothing of the package: errors read it, too."""

from __future__ import annotations

import re
from datetime import UTC, datetime

__all__ = ["retry_after"]

_LONGEST_ASKED = 366 * 86400.0  # seconds; what asks for more is a mistake, and says nothing
_SECONDS_IN_TEXT = rb"(?i)available in (\d{1,6}(?:\.\d+)?) seconds?"  # compiled at the first 429
_SEARCHED = 4096  # bytes of a body


def retry_after(status: int, header: str | None, body: bytes) -> float | None:
    """Return the seconds that a response asks to wait: Retry-After (RFC 9110 §10.2.3), else those in the text of a 429.

    A Retry-After that is neither a number nor a date, or lies more than a year ahead, counts as absent.

    Args:
        status: The status code.
        header: The value of ``Retry-After``, or None.
        body: The body, or its beginning.
    """
    value = (header or "").strip()
    seconds = _seconds(value) if value else None
    if seconds is not None and seconds <= _LONGEST_ASKED:
        return seconds
    found = re.search(_SECONDS_IN_TEXT, body[:_SEARCHED]) if status == 429 else None
    return float(found.group(1)) if found else None


def _seconds(value: str) -> float | None:
    if value.isascii() and value.isdigit():
        return float(value)  # infinite if it has more digits than a float can hold
    from email.utils import parsedate_to_datetime  # a sixth of an API module's import, for few responses

    try:
        moment = parsedate_to_datetime(value)
        aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return max(0.0, (aware - datetime.now(UTC)).total_seconds())
    except (ArithmeticError, LookupError, TypeError, ValueError):  # email.utils lets all of these through
        return None
