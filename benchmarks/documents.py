"""How long lists of documents take, one by one and many at once, every client in a process of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from .environment import ours, unmodified, vendor
from .processes import HERE, server
from .rounds import Command, measure
from .timing import Line, table

__all__ = ["report", "report_parallel"]

_API = "DocumentsApi.list_documents"
_HTTPX, _UNMODIFIED, _VENDORS = "httpx.Client and json.loads", "unmodified client", f"the vendor's {_API}"
_ASYNC_HTTPX, _ASYNC_API = "httpx.AsyncClient and json.loads", f"Async{_API}"
_ASYNC_UNMODIFIED = "unmodified client, asyncio"
_THREADS, _VENDORS_THREADS = f"{_API}, async_req=True", f"{_VENDORS}, async_req=True"
_LIST_LINES = (
    Line(_HTTPX, _HTTPX),
    Line(_API, _HTTPX, 1.25),
    Line(_UNMODIFIED, _HTTPX),
    Line(_VENDORS, _HTTPX),
    Line(_API, _VENDORS, 0.2),
    Line(_ASYNC_HTTPX, _ASYNC_HTTPX),
    Line(_ASYNC_API, _ASYNC_HTTPX, 1.25),
    Line(_ASYNC_UNMODIFIED, _ASYNC_HTTPX),
)
_PARALLEL_LINES = (
    Line(_ASYNC_HTTPX, _ASYNC_HTTPX),
    Line(_ASYNC_API, _ASYNC_HTTPX),
    Line(_ASYNC_UNMODIFIED, _ASYNC_HTTPX),
    Line(_THREADS, _ASYNC_HTTPX),
    Line(_VENDORS_THREADS, _ASYNC_HTTPX),
)
_AT_ONCE = 50


def _programs() -> Mapping[str, tuple[Path, str]]:
    return {
        _HTTPX: (ours(), "httpx_list"),
        _API: (ours(), "sdk_list"),
        _UNMODIFIED: (unmodified(), "unmodified_list"),
        _VENDORS: (vendor(), "sdk_list"),
        _ASYNC_HTTPX: (ours(), "async_httpx_list"),
        _ASYNC_API: (ours(), "async_sdk_list"),
        _ASYNC_UNMODIFIED: (unmodified(), "async_unmodified_list"),
        _THREADS: (ours(), "sdk_threads"),
        _VENDORS_THREADS: (vendor(), "sdk_threads"),
    }


def _commands(lines: Sequence[Line], *arguments: str) -> Mapping[str, Command]:
    """Return the peers of *lines*, with the *arguments* that follow the name of the program."""
    script, programs = str(HERE / "document_peers.py"), _programs()
    return {line.name: (programs[line.name][0], script, programs[line.name][1], *arguments) for line in lines}


def report(rounds: int, calls: int) -> Sequence[str]:
    """Return the tables of one list at a time; *rounds* of *calls* calls with each client."""
    titles = {
        "unread": "a list of 100 documents, counted",
        "read": "a list of 100 documents, four fields of each read",
    }
    with server() as url:
        return [
            table(title, ("µs", 1e3), _LIST_LINES, measure(_commands(_LIST_LINES, url, look, "100"), rounds, calls))
            for look, title in titles.items()
        ]


def report_parallel(rounds: int, calls: int) -> Sequence[str]:
    """Return the tables of 50 lists at a time; *rounds* of *calls* calls with each client."""
    tables = []
    with server() as url:
        for count in (1, 100):
            for kept in ("", str(_AT_ONCE)):
                arguments = (url, "read", str(count), str(_AT_ONCE), kept)
                measured = measure(_commands(_PARALLEL_LINES, *arguments), rounds, max(1, calls // _AT_ONCE))
                documents = "one document" if count == 1 else f"{count} documents"
                connections = f"{kept} connections kept" if kept else "defaults"
                title = f"{_AT_ONCE} lists of {documents} at once, {connections}"
                tables.append(table(title, ("ms", 1e6), _PARALLEL_LINES, measured))
    return tables
