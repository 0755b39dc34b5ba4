"""Lists: what is asked for of what there is, in which order, page by page."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

from .clock import parse_time
from .records import Record, Table

__all__ = ["between", "matches_text", "newest_first", "of_page", "ordered", "page"]

ItemT = TypeVar("ItemT")


def page(items: Sequence[ItemT], query: Mapping[str, Any], *, size: int = 50, most: int = 100) -> list[ItemT]:
    """Return one page by `count` and `page`, which counts from 1.

    Args:
        items: All of them.
        query: The query of the request.
        size: Items on a page if it does not say.
        most: Items on a page at most; more are asked for in vain.
    """
    return of_page(items, query.get("page", 1), query.get("count", size), most)


def newest_first(table: Table) -> list[Record]:
    """Return all of a table, what was added last first: the order of every list that names no other."""
    return list(table)[::-1]


def of_page(items: Sequence[ItemT], number: float, size: float, most: int = 100) -> list[ItemT]:
    """Return the page of that number; a number below 1 is the first page."""
    count = min(max(int(size), 0), most)
    start = (max(int(number), 1) - 1) * count
    return list(items[start : start + count])


def ordered(items: Iterable[Record], key: str) -> list[Record]:
    """Return items sorted by a field, downwards if its name begins with a minus; those without it come last."""
    name = key.removeprefix("-")
    known: list[Record] = []
    unknown: list[Record] = []
    for item in items:
        (unknown if item.get(name) is None else known).append(item)
    found = sorted(known, key=lambda item: _comparable(item[name]))
    return [*(reversed(found) if key.startswith("-") else found), *unknown]


def _comparable(value: Any) -> Any:
    return value.casefold() if isinstance(value, str) else value


def matches_text(wanted: str | None, *texts: str | None) -> bool:
    """Tell whether one of the texts contains what is wanted, in any case; everything does if nothing is."""
    return not wanted or any(wanted.casefold() in text.casefold() for text in texts if text)


def between(query: Mapping[str, Any], name: str, field: str) -> Callable[[Record], bool]:
    """Return a test for `<name>_from` and `<name>_to` of a query, both included, on a time in a record."""
    first, last = query.get(f"{name}_from"), query.get(f"{name}_to")
    low = parse_time(str(first)) if first else None
    high = parse_time(str(last)) if last else None

    def fits(record: Record) -> bool:
        if low is None and high is None:
            return True
        if not record[field]:
            return False
        time = parse_time(record[field])
        return (low is None or low <= time) and (high is None or time <= high)

    return fits
