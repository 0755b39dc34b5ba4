"""How much memory clients take: after their imports, with a list of 100 documents, and for the list itself."""

from __future__ import annotations

from collections.abc import Sequence

from .fresh import BARE, HTTPX, OURS, UNMODIFIED, VENDORS, measure
from .processes import server
from .timing import grid

__all__ = ["report"]

_NAMES = (HTTPX, OURS, UNMODIFIED, VENDORS)
_TRACED = ("count:100", "traced:count:100", "list:100", "traced:list:100")


def report(rounds: int) -> Sequence[str]:
    """Return the tables; *rounds* processes for each."""
    with server() as url:
        taken = measure(url, (BARE, *_NAMES), ("list:100",), rounds)
        traced = measure(url, _NAMES, _TRACED, rounds)
    (bare,) = taken[BARE]
    rows, answers = [], []
    for name in _NAMES:
        imported, called = taken[name]
        least = taken[HTTPX][1].now - bare.now
        above = called.now - bare.now
        cells = (imported.now - bare.now, above, called.most)
        rows.append((name, *(f"{kibibytes / 1024:.1f}" for kibibytes in cells), f"{above / least:.2f}"))
        _, _, counted, _, read = traced[name]
        kilobytes = (counted.now, read.now, counted.most, read.most)
        answers.append((name, *(f"{number / 1000:.0f}" for number in kilobytes)))
    head = (
        "memory above Python's own, MiB",
        "after the imports",
        "after a list of 100",
        "the most, with Python's",
        "ratio",
    )
    objects = ("Python objects of a list of 100, kB", "counted", "four fields read", "most, counted", "most, read")
    return grid(head, rows), grid(objects, answers)
