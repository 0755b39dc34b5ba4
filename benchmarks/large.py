"""How long responses of 20 MB take and how much memory: a list, a file as bytes, and a file into a file."""

from __future__ import annotations

from collections.abc import Sequence

from .answers import LARGE_LIST
from .fresh import HTTPX, OURS, UNMODIFIED, VENDORS, measure, warm
from .processes import server
from .timing import grid

__all__ = ["report"]

_NAMES = (HTTPX, OURS, UNMODIFIED, VENDORS)
_TASKS = {
    f"count:{LARGE_LIST}": f"a list of {LARGE_LIST:,} documents, counted",
    f"list:{LARGE_LIST}": f"a list of {LARGE_LIST:,} documents, four fields of each read",
    "bytes": "a PDF as bytes",
    "save": "a PDF into a file",
}
_HEAD = ("ms", "ratio", "most memory, MiB", "above before, MiB", "ratio", "kept after it, MiB")


def report(rounds: int) -> Sequence[str]:
    """Return the tables; *rounds* processes for each, which have made a small call before."""
    tables = []
    with server() as url:
        warm(url)
        for task, title in _TASKS.items():
            measured = measure(url, _NAMES, ("count:1", task), rounds)
            raw, rows = measured[HTTPX], []
            for name in _NAMES:
                _, before, after = measured[name]
                rise, least = after.most - before.now, raw[2].most - raw[1].now
                cells = (
                    f"{after.nanoseconds / 1e6:.0f}",
                    f"{after.nanoseconds / raw[2].nanoseconds:.2f}",
                    f"{after.most / 1024:.0f}",
                    f"{rise / 1024:.1f}",
                    f"{rise / least:.2f}",
                    f"{(after.now - before.now) / 1024:.1f}",
                )
                rows.append((name, *cells))
            tables.append(grid((f"20 MB: {title}", *_HEAD), rows))
    return tables
