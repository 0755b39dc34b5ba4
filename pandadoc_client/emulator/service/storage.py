"""The state in a file: one SQLite database, held by one emulator at a time."""

from __future__ import annotations

import contextlib
import json
import os
import sqlite3
from collections.abc import Iterable
from os import PathLike
from pathlib import Path
from typing import cast

from .records import Change, Record

__all__ = ["StateFile", "StateFileError"]

_APPLICATION = 0x50444D55  # "PDMU", so that another program's database is not mistaken for ours
_VERSION = 1
_TABLE = """
CREATE TABLE records (
    position INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    content BLOB NOT NULL,
    UNIQUE (kind, id)
)
"""
_UPSERT = """
INSERT INTO records (kind, id, content) VALUES (?, ?, ?)
ON CONFLICT (kind, id) DO UPDATE SET content = excluded.content
"""


class StateFileError(OSError):
    """The state file cannot be used; the message says why, with its name."""


class StateFile:
    """A file with the records of an emulator (a `RecordSink`).

    Each change is one transaction in a write-ahead log: an emulator that is killed leaves all of it or nothing. JSON is
    stored as text, files as blobs. Only the owner can read the file, and what SQLite puts beside it.

    Args:
        path: The file; made if it is not there.

    Raises:
        StateFileError: it cannot be opened, is in use by another emulator, or is something else.
    """

    def __init__(self, path: str | PathLike[str]) -> None:
        self._path = Path(path)
        self._make_private()
        try:
            # Used by one thread at a time: `Tables` has the lock.
            self._database = sqlite3.connect(
                self._path, timeout=0.2, isolation_level=None, check_same_thread=False, cached_statements=16
            )
        except sqlite3.Error as error:
            raise self._problem(error) from None
        try:
            self._open()
        except sqlite3.Error as error:
            self._database.close()
            raise self._problem(error) from None
        except StateFileError:
            self._database.close()
            raise
        for sibling in ("", "-wal", "-shm", "-journal"):  # of a file that an earlier version made
            with contextlib.suppress(FileNotFoundError, PermissionError):
                os.chmod(f"{self._path}{sibling}", 0o600)

    def _make_private(self) -> None:
        """Make the file if it is not there, for its owner alone; SQLite gives its other files the same mode."""
        try:
            os.close(os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
        except FileExistsError:
            pass
        except OSError as error:
            raise StateFileError(f"the state file {self._path} cannot be used: {error.strerror}") from None

    def _open(self) -> None:
        run = self._database.execute
        run("PRAGMA locking_mode = EXCLUSIVE")
        run("BEGIN EXCLUSIVE")  # takes the lock and keeps it: two emulators would overwrite each other's records
        (application,) = run("PRAGMA application_id").fetchone()
        (version,) = run("PRAGMA user_version").fetchone()
        (tables,) = run("SELECT count(*) FROM sqlite_master").fetchone()
        if (application, version) != (_APPLICATION, _VERSION):
            if application or version or tables:
                raise StateFileError(f"{self._path} holds no state of this version of the emulator")
            run(_TABLE)
            run(f"PRAGMA application_id = {_APPLICATION}")
            run(f"PRAGMA user_version = {_VERSION}")
        run("COMMIT")
        run("PRAGMA journal_mode = WAL")
        run("PRAGMA synchronous = NORMAL")

    def load(self) -> Iterable[tuple[str, str, Record | bytes]]:
        """Return all records, in the order in which they were made."""
        rows = self._database.execute("SELECT kind, id, content FROM records ORDER BY position")
        for kind, record_id, content in rows:
            yield kind, record_id, content if isinstance(content, bytes) else cast("Record", json.loads(content))

    def write(self, changes: Iterable[Change]) -> None:
        """Keep changes, all of them or none.

        Raises:
            StateFileError: they could not be kept.
        """
        run = self._database.execute
        try:
            run("BEGIN")
            for kind, record_id, content in changes:
                if content is None:
                    run("DELETE FROM records WHERE kind = ? AND id = ?", (kind, record_id))
                else:
                    text = content if isinstance(content, bytes) else json.dumps(content, separators=(",", ":"))
                    run(_UPSERT, (kind, record_id, text))
            run("COMMIT")
        except sqlite3.Error as error:
            with contextlib.suppress(sqlite3.Error):  # it may have been rolled back, or be closed
                run("ROLLBACK")
            raise self._problem(error) from None

    def close(self) -> None:
        """Close the file; another emulator may open it then."""
        self._database.close()

    def _problem(self, error: sqlite3.Error) -> StateFileError:
        if "locked" in str(error):
            return StateFileError(f"{self._path} is in use by another emulator")
        if "not a database" in str(error):
            return StateFileError(f"{self._path} holds no state of this version of the emulator")
        return StateFileError(f"the state file {self._path} cannot be used: {error}")
