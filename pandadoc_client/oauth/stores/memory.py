"""`MemoryTokenStore`: tokens that end with the process."""

from __future__ import annotations

import threading
from contextlib import AbstractContextManager
from datetime import datetime

from pandadoc_client._http.fork import ProcessBound, renew_in_child
from pandadoc_client._http.secrets import repr_in_any_state
from pandadoc_client.oauth.stores._key_locks import KeyLocks
from pandadoc_client.oauth.stores.base import Record, RevisionConflict, TokenStore, new_revision

__all__ = ["MemoryTokenStore"]


class MemoryTokenStore(ProcessBound, TokenStore):
    """Keeps tokens in this process, for its threads and event loops: for tests, and for tokens kept elsewhere.

    A forked child begins with a copy of what its parent had.
    """

    def __init__(self) -> None:
        self._records: dict[str, tuple[Record, datetime | None]] = {}
        self._renew_in_child()
        renew_in_child(self)

    def _renew_in_child(self) -> None:
        self._guard = threading.Lock()
        self._locks = KeyLocks()

    @repr_in_any_state
    def __repr__(self) -> str:
        return f"<MemoryTokenStore with {len(self._records)} keys>"

    def to_url(self) -> str:
        return "memory:"

    def read(self, key: str) -> Record | None:
        found = self._records.get(key)
        return None if found is None else found[0]

    def write(self, key: str, document: str, *, expires_at: datetime | None, expected: str | None) -> str:
        with self._guard:
            record = self.read(key)
            if (record and record.revision) != expected:
                raise RevisionConflict.of(key)
            self._records[key] = written, _ = Record(document, new_revision()), expires_at
            return written.revision

    def discard(self, key: str) -> bool:
        with self._guard:
            return self._records.pop(key, None) is not None

    def lock(self, key: str, timeout: float) -> AbstractContextManager[None]:
        return self._locks.hold(key, timeout)

    def list_keys(self, *, after: str | None, limit: int, expiring_before: datetime | None) -> list[str]:
        with self._guard:
            found = [
                key
                for key, (_, expires_at) in self._records.items()
                if (after is None or key > after)
                and (expiring_before is None or (expires_at is not None and expires_at < expiring_before))
            ]
        return sorted(found)[:limit]


def from_url(url: str, purpose: str) -> MemoryTokenStore:
    """Return the store of a ``memory:`` URL."""
    return MemoryTokenStore()
