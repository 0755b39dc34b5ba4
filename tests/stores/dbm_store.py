"""A store that somebody might write in an hour, over `dbm`: all is right but that its writes are not atomic."""

from __future__ import annotations

import dbm.dumb
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import cast

import filelock

from pandadoc_client.oauth.stores.base import LockTimeout, Record, RevisionConflict, TokenStore, new_revision

__all__ = ["DbmStore"]


class DbmStore(TokenStore):
    def __init__(self, path: Path) -> None:
        self._path = path

    @contextmanager
    def _open(self) -> Iterator[dict[str, dict[str, str | None]]]:
        # Its index is written at the end, in place of the one that was there.
        with filelock.FileLock(f"{self._path}.guard"), dbm.dumb.open(str(self._path), "c") as file:
            found = {cast("bytes", key).decode(): json.loads(file[key]) for key in list(file)}
            before = dict(found)
            yield found
            for name in before.keys() - found.keys():
                del file[name.encode()]
            for name, fields in found.items():
                if before.get(name) != fields:
                    file[name.encode()] = json.dumps(fields).encode()

    def read(self, key: str) -> Record | None:
        with self._open() as found:
            fields = found.get(key)
        return None if fields is None else Record(str(fields["document"]), str(fields["revision"]))

    def write(self, key: str, document: str, *, expires_at: datetime | None, expected: str | None) -> str:
        with self._open() as found:
            if (found[key]["revision"] if key in found else None) != expected:
                raise RevisionConflict.of(key)
            revision = new_revision()
            ends = None if expires_at is None else expires_at.isoformat()
            found[key] = {"document": document, "revision": revision, "ends": ends}
        return revision

    def discard(self, key: str) -> bool:
        with self._open() as found:
            return found.pop(key, None) is not None

    def list_keys(self, *, after: str | None, limit: int, expiring_before: datetime | None) -> list[str]:
        with self._open() as found:
            keys = [
                key
                for key, fields in found.items()
                if (after is None or key > after)
                and (
                    expiring_before is None
                    or (fields["ends"] is not None and datetime.fromisoformat(fields["ends"]) < expiring_before)
                )
            ]
        return sorted(keys)[:limit]

    @contextmanager
    def lock(self, key: str, timeout: float) -> Iterator[None]:
        lock = filelock.FileLock(f"{self._path}.{key.encode().hex()[:100]}.lock", thread_local=False)
        try:
            lock.acquire(timeout=timeout, poll_interval=0.01)
        except filelock.Timeout:
            raise LockTimeout.of(key, timeout) from None
        try:
            yield
        finally:
            lock.release()
