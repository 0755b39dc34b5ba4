"""A script: entries that are consumed one after another, each by the first requests that it is for."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping
from types import UnionType
from typing import Any, Generic, Protocol, TypeVar, cast

__all__ = ["Script", "ScriptEntry", "check_fields", "parse_script"]


class ScriptEntry(Protocol):
    """What a script consists of."""

    @property
    def times(self) -> int | None:
        """How many requests it is for; None for all to come."""


EntryT = TypeVar("EntryT", bound=ScriptEntry)


class Script(Generic[EntryT]):
    """The entries still to come, in order; safe across threads."""

    def __init__(self, entries: Iterable[EntryT] = ()) -> None:
        self._lock = threading.Lock()
        # Each entry with the requests it has left; None for ever.
        self._entries = [(entry, entry.times) for entry in entries]

    def append(self, entry: EntryT) -> None:
        """Put an entry behind those that are there."""
        with self._lock:
            self._entries.append((entry, entry.times))

    def replace(self, entries: Iterable[EntryT]) -> None:
        """Put new entries in the place of the old ones."""
        fresh = [(entry, entry.times) for entry in entries]
        with self._lock:
            self._entries = fresh

    def clear(self) -> None:
        """Forget every entry to come."""
        self.replace(())

    def take_first(self, wanted: Callable[[EntryT], bool]) -> EntryT | None:
        """Consume the first entry that is `wanted` once, and return it; None if there is none."""
        with self._lock:
            for index, (entry, left) in enumerate(self._entries):
                if wanted(entry):
                    if left == 1:
                        del self._entries[index]
                    elif left is not None:
                        self._entries[index] = (entry, left - 1)
                    return entry
        return None

    @property
    def pending(self) -> list[tuple[EntryT, int | None]]:
        """The entries to come, each with the number of requests it will still serve (None for ever)."""
        with self._lock:
            return list(self._entries)

    def __len__(self) -> int:
        return len(self.pending)


ReadT = TypeVar("ReadT")


def parse_script(data: object, noun: str, read: Callable[[Mapping[str, Any]], ReadT]) -> list[ReadT]:
    """Read the entries of a script from decoded JSON, each by `read`.

    Raises:
        ValueError: not a list, or an entry that `read` refuses; the message tells which one.
    """
    if not isinstance(data, list):
        raise ValueError(f"{noun} script: a list of objects is wanted")
    entries: list[ReadT] = []
    for number, item in enumerate(cast("list[object]", data), 1):
        try:
            if not isinstance(item, dict):
                raise ValueError("an object is wanted")
            entries.append(read(cast("dict[str, Any]", item)))
        except ValueError as error:
            raise ValueError(f"{noun} {number}: {error}") from None
    return entries


def check_fields(data: Mapping[str, Any], types: Mapping[str, type | UnionType], required: str) -> None:
    """Check the keys of an entry and the types of their values.

    Raises:
        ValueError: without the key `required`, with an unknown one, with a value of the wrong type.
    """
    if required not in data:
        raise ValueError(f"{required} is missing")
    for name, value in data.items():
        if name not in types:
            raise ValueError(f"unknown key {name!r}")
        # JSON keeps true and 1 apart, Python does not.
        if not isinstance(value, types[name]) or (isinstance(value, bool) and types[name] is not object):
            raise ValueError(f"{name} is of the wrong type")
    if not all(isinstance(value, str) for value in data.get("headers", {}).values()):
        raise ValueError("headers is an object of texts")
