"""What became of a request that did not bring what it was sent for: the one definition, used by every retry.

Three places send or ask again: `pandadoc_client._http.retry` (calls), `pandadoc_client._flows.steps` (polls) and
`pandadoc_client.oauth._refresh` (refreshes of tokens). What each of them does about an outcome is its own affair; which
failure has which outcome is said here.
"""

from __future__ import annotations

from enum import Enum

from pandadoc_client.exceptions import ApiConnectionError, ApiDecodeError, ApiException, ApiTimeoutError

__all__ = ["Outcome", "outcome_of", "outcome_of_status"]


class Outcome(Enum):
    """What became of a request."""

    NOT_PROCESSED = "not processed"
    """No connection was made, or the server says that it is too busy (429, 503): nothing has happened."""
    UNDER_WAY = "under way"
    """Somebody gave up waiting, we or a gateway (504): the server may still be processing it."""
    LOST = "lost"
    """The connection broke, or a gateway lost the server (502): it may have been processed, no response will come."""
    FAILED = "failed"
    """The server failed (any other 5xx): it may have been processed, and the server is done with it."""
    UNREADABLE = "unreadable"
    """The response says success and cannot be read: it was processed."""
    DECIDED = "decided"
    """The server has decided. The same request would get the same response."""

    @property
    def is_transient(self) -> bool:
        """Whether a request that changes nothing may do better in a while."""
        return self not in (Outcome.UNREADABLE, Outcome.DECIDED)

    @property
    def may_have_been_processed(self) -> bool:
        """Whether sending the request again may do its work twice."""
        return self not in (Outcome.NOT_PROCESSED, Outcome.DECIDED)


_BY_STATUS = {
    429: Outcome.NOT_PROCESSED,
    502: Outcome.LOST,
    503: Outcome.NOT_PROCESSED,
    504: Outcome.UNDER_WAY,
}


def outcome_of_status(status: int) -> Outcome:
    """Return the outcome that a response's status stands for."""
    return _BY_STATUS.get(status, Outcome.FAILED if 500 <= status <= 599 else Outcome.DECIDED)


def outcome_of(error: ApiException) -> Outcome:
    """Return the outcome that *error* stands for."""
    if isinstance(error, ApiConnectionError):
        if not error.request_sent:
            return Outcome.NOT_PROCESSED
        return Outcome.UNDER_WAY if isinstance(error, ApiTimeoutError) else Outcome.LOST
    if isinstance(error, ApiDecodeError):
        return Outcome.UNREADABLE
    return Outcome.DECIDED if error.status is None else outcome_of_status(error.status)
