"""The statuses of a document: their order, and the names that a caller may give."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import Any

from pandadoc_client.exceptions import ApiTypeError, ApiValueError

__all__ = ["ENDS", "ERROR", "KNOWN", "ROAD", "status_names"]

ERROR = "document.error"
ENDS = frozenset({ERROR, "document.declined", "document.rejected", "document.voided"})
# The road of a document. Who waits for a place on it has what was waited for when the document is further on: a look
# now and then may miss a status that lasts for seconds. Statuses that are not here are beside the road.
ROAD = (
    "document.uploaded",
    "document.draft",
    "document.waiting_approval",
    "document.approved",
    "document.scheduled",
    "document.sent",
    "document.viewed",
    "document.completed",
    "document.waiting_pay",
    "document.paid",
)
_BESIDE = frozenset({"document.external_review"})
KNOWN = ENDS | _BESIDE | frozenset(ROAD)


def status_names(wanted: Any) -> tuple[str, ...]:
    """Return the full names of the statuses that are waited for.

    Raises:
        ApiTypeError: One is no text.
        ApiValueError: There is none, or one looks like a known one that is misspelt.
    """
    names = [wanted] if isinstance(wanted, str) or not isinstance(wanted, Iterable) else list(wanted)
    for name in names:
        if not isinstance(name, str):
            raise ApiTypeError(
                f"status must be the name of a status, or several, not {type(name).__name__}", ["status"]
            )
    if not all(names) or not names:
        raise ApiValueError("status must be the name of a status, or several: it is empty", ["status"])
    return tuple(_status(str.__str__(name)) for name in names)


def _status(text: str) -> str:
    """Return the full name of a status. One that nobody knows may be new; one that is nearly known is a mistake."""
    name = text if "." in text else f"document.{text}"
    if name in KNOWN:
        return name
    short = {known.removeprefix("document."): known for known in KNOWN}
    close = difflib.get_close_matches(text.lower().rpartition(".")[2], sorted(short), 1, 0.75)
    meant = [short[found] for found in close] or difflib.get_close_matches(text.lower(), sorted(KNOWN), 1, 0.9)
    if meant:
        raise ApiValueError(f"status {text[:60]!r} is not known; is it {meant[0]!r} that you mean?", ["status"])
    return name
