"""What ``backend="aiohttp"`` brings: lists of 100 documents, read, one at a time and 50 at once, beside raw clients."""

from __future__ import annotations

from collections.abc import Sequence

from .environment import with_aiohttp, with_extra_fast, with_sniffio
from .processes import HERE, server
from .rounds import measure
from .timing import Line, table

__all__ = ["report"]

_HTTPX, _AIOHTTP, _API = "httpx.AsyncClient and json.loads", "aiohttp and json.loads", "AsyncDocumentsApi"
_OVER, _FAST = f'{_API}, backend="aiohttp"', f'{_API}, backend="aiohttp", with orjson'
_PROGRAMS = {
    _HTTPX: (with_sniffio, "async_httpx_list"),
    _AIOHTTP: (with_aiohttp, "async_aiohttp_list"),
    _API: (with_sniffio, "async_sdk_list"),
    _OVER: (with_aiohttp, "aiohttp_sdk_list"),
    _FAST: (with_extra_fast, "aiohttp_sdk_list"),
}
_AT_ONCE = 50


def report(rounds: int, calls: int) -> Sequence[str]:
    """Return the tables; *rounds* of *calls* calls with each client."""
    script, tables = str(HERE / "document_peers.py"), []
    with server() as url:
        for title, at_once, kept, of_httpx, of_aiohttp in (
            ("a list of 100 documents, read", 1, "", 0.6, None),
            (f"{_AT_ONCE} lists of 100 documents at once, defaults", _AT_ONCE, "", 0.35, 1.6),
            (f"{_AT_ONCE} lists of 100 documents at once, 50 connections kept", _AT_ONCE, str(_AT_ONCE), 0.35, 1.6),
        ):
            arguments = (url, "read", "100", str(at_once), kept)
            commands = {name: (python(), script, program, *arguments) for name, (python, program) in _PROGRAMS.items()}
            measured = measure(commands, rounds, max(1, calls // at_once))
            lines = [
                Line(_HTTPX, _HTTPX),
                Line(_AIOHTTP, _HTTPX),
                Line(_API, _HTTPX),
                Line(_OVER, _HTTPX, of_httpx),
                Line(_FAST, _HTTPX, of_httpx),
                Line(_OVER, _AIOHTTP, of_aiohttp),
                Line(_FAST, _AIOHTTP, of_aiohttp),
            ]
            tables.append(table(title, ("µs", 1e3) if at_once == 1 else ("ms", 1e6), lines, measured))
    return tables
