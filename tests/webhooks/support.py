"""What the tests of the deduplicator share."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from pandadoc_client.oauth import MemoryTokenStore
from pandadoc_client.oauth.stores.base import LockTimeout
from pandadoc_client.webhooks import EventDeduplicator

__all__ = ["DAY", "MODULE", "Broken", "Clock", "Failure", "handle"]

MODULE = "pandadoc_client.webhooks._deduplication"
DAY = timedelta(days=1)


class Clock:
    """The wall clock of the deduplicators."""

    def __init__(self) -> None:
        self.passed = timedelta()

    def now(self) -> datetime:
        return datetime.now(UTC) + self.passed


class Failure(Exception):
    """What a handler raises."""


def handle(deduplicator: EventDeduplicator, event_id: str, error: BaseException | None = None) -> bool:
    with deduplicator.once(event_id) as first:
        if error is not None:
            raise error
        return first


class Broken(MemoryTokenStore):
    """A store whose lock cannot be had."""

    def lock(self, key: str, timeout: float) -> Any:
        raise LockTimeout.of(key, timeout)
