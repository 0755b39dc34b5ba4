"""Records: JSON objects by kind and id, changed all together or not at all. Safe across threads.

Large files are on disk.
"""

from __future__ import annotations

import threading
from collections.abc import Generator, Iterable, Iterator, Mapping
from contextlib import contextmanager
from copy import deepcopy
from typing import Any, Protocol

from .spool import SpooledBytes, UploadSpool

__all__ = ["Change", "Record", "RecordSink", "Table", "Tables"]

Record = dict[str, Any]
"""A JSON object with an `id`."""
Change = tuple[str, str, Record | bytes | None]
"""A kind, an id, and what stands there now; None for what is gone."""


class RecordSink(Protocol):
    """Where changes are kept."""

    def load(self) -> Iterable[tuple[str, str, Record | bytes]]:
        """Return all that was kept, in the order in which it was made."""
        ...

    def write(self, changes: Iterable[Change]) -> None:
        """Keep changes, all of them or none.

        Raises:
            OSError: they could not be kept.
        """

    def close(self) -> None:
        """Let go of the file."""


class Table:
    """The records of one kind, in the order in which they were added."""

    def __init__(self, tables: Tables, kind: str) -> None:
        self._tables = tables
        self._kind = kind
        self._rows: dict[str, Any] = {}

    def get(self, record_id: str) -> Record | None:
        """Return a record to read, or None."""
        return self._rows.get(record_id)

    def read(self, record_id: str) -> Record:
        """Return a record to read that is known to be there.

        Raises:
            KeyError: there is none.
        """
        row: Record = self._rows[record_id]
        return row

    def edit(self, record_id: str) -> Record:
        """Return a record to change; only within `Tables.change`.

        Raises:
            KeyError: there is none.
        """
        self._tables.note(self._kind, record_id, self._rows)
        row: Record = self._rows[record_id]
        return row

    def add(self, record: Record) -> Record:
        """Add a record, which has an `id`, or replace the one of that id; only within `Tables.change`."""
        self._tables.note(self._kind, record["id"], self._rows)
        self._rows[record["id"]] = record
        return record

    def put_bytes(self, record_id: str, content: bytes) -> None:
        """Keep bytes under an id; only within `Tables.change`."""
        self._tables.note(self._kind, record_id, self._rows)
        self._rows[record_id] = self._tables.spool.keep(content)

    def get_bytes(self, record_id: str) -> bytes | None:
        """Return the bytes under an id, or None."""
        content: bytes | None = _in_memory(self._rows.get(record_id))
        return content

    def remove(self, record_id: str) -> None:
        """Forget a record, if it is there; only within `Tables.change`."""
        if record_id in self._rows:
            self._tables.note(self._kind, record_id, self._rows)
            del self._rows[record_id]

    def clear(self) -> None:
        """Forget every record; only within `Tables.change`."""
        for record_id in list(self._rows):
            self.remove(record_id)

    def load(self, record_id: str, content: Record | bytes) -> None:
        """Put in what was kept before."""
        self._rows[record_id] = self._tables.spool.keep(content) if isinstance(content, bytes) else content

    def __iter__(self) -> Iterator[Record]:
        return iter(list(self._rows.values()))

    def __len__(self) -> int:
        return len(self._rows)

    def __contains__(self, record_id: object) -> bool:
        return record_id in self._rows


class Tables:
    """All records of one emulator.

    Args:
        kinds: The names of the tables.
        sink: Where changes are kept besides memory; None for nowhere.
        spool_bytes: Size from which on files are kept on disk.
    """

    def __init__(self, kinds: Iterable[str], sink: RecordSink | None = None, spool_bytes: int = 1024 * 1024) -> None:
        self.spool = UploadSpool(spool_bytes)
        self.lock = threading.RLock()
        self._tables = {kind: Table(self, kind) for kind in kinds}
        self._sink = sink
        self._depth = 0
        self.revision = 0
        """How many times something was changed."""
        # What stood where a change was announced, to go back to.
        self._before: dict[tuple[str, str], tuple[dict[str, Any], Any]] = {}
        for kind, record_id, content in sink.load() if sink else ():
            self._tables[kind].load(record_id, content)

    def __getitem__(self, kind: str) -> Table:
        return self._tables[kind]

    def clear(self) -> None:
        """Forget every record of every kind; only within `change`."""
        for table in self._tables.values():
            table.clear()

    def note(self, kind: str, record_id: str, rows: Mapping[str, Any]) -> None:
        """Remember what a change is about to replace."""
        assert self._depth, "a change outside of Tables.change"
        if (kind, record_id) not in self._before:
            old = rows.get(record_id)
            self._before[kind, record_id] = self._tables[kind]._rows, deepcopy(old)

    @contextmanager
    def change(self) -> Generator[None, None, None]:
        """Make all changes of the block, or none of them if it raises; blocks may stand in blocks.

        Raises:
            OSError: the changes could not be kept; they are undone.
        """
        with self.lock:
            self._depth += 1
            try:
                yield
                if self._depth == 1:
                    self._keep()
            except BaseException:
                if self._depth == 1:
                    self._undo()
                raise
            finally:
                self._depth -= 1

    def close(self) -> None:
        """Let go of what the sink holds."""
        if self._sink is not None:
            self._sink.close()

    def _keep(self) -> None:
        self.revision += bool(self._before)
        if self._sink is not None and self._before:
            self._sink.write(
                [(kind, key, _in_memory(rows.get(key))) for (kind, key), (rows, _) in self._before.items()]
            )
        self._before.clear()

    def _undo(self) -> None:
        for (_, key), (rows, old) in self._before.items():
            if old is None:
                rows.pop(key, None)
            else:
                rows[key] = old
        self._before.clear()


def _in_memory(content: Any) -> Any:
    return content.read() if isinstance(content, SpooledBytes) else content


def pick(record: Record, *names: str) -> Record:
    """Return some members of a record."""
    return {name: record[name] for name in names}
