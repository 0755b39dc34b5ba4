"""What carries calls, side by side: lists of 100 documents, read, blocking and with asyncio, one or 50 at once.

With asyncio, ``backend="aiohttp"`` stands beside raw clients, and httpx over aiohttp.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from .environment import vendor, with_aiohttp, with_extra_fast, with_sniffio
from .processes import HERE, server
from .rounds import Command, measure
from .timing import Line, table

__all__ = ["report"]

_HTTP_CLIENT, _URLLIB3, _HTTPX, _API = (
    "http.client and json.loads",
    "urllib3 and json.loads",
    "httpx.Client and json.loads",
    "DocumentsApi",
)
_VENDORS = f"the vendor's {_API}"
_ASYNC_HTTPX, _OVER_AIOHTTP, _AIOHTTP, _ASYNC_API = (
    "httpx.AsyncClient and json.loads",
    "the same over aiohttp (httpx-aiohttp)",
    "aiohttp and json.loads",
    "AsyncDocumentsApi",
)
_OURS, _FAST = f'{_ASYNC_API}, backend="aiohttp"', f'{_ASYNC_API}, backend="aiohttp", with orjson'
_AT_ONCE = 50
_Programs = Mapping[str, tuple[Path, str]]


def report(rounds: int, calls: int) -> Sequence[str]:
    """Return the tables; *rounds* of *calls* calls with each client."""
    asynchronous: _Programs = {
        _ASYNC_HTTPX: (with_sniffio(), "async_httpx_list"),
        _OVER_AIOHTTP: (with_aiohttp(), "async_httpx_aiohttp_list"),
        _AIOHTTP: (with_aiohttp(), "async_aiohttp_list"),
        _ASYNC_API: (with_sniffio(), "async_sdk_list"),
        _OURS: (with_aiohttp(), "aiohttp_sdk_list"),
        _FAST: (with_extra_fast(), "aiohttp_sdk_list"),
    }
    with server() as url:
        tables = [_blocking(url, rounds, calls)]
        for title, at_once, kept, of_httpx, of_aiohttp in (
            ("a list of 100 documents, read, asyncio", 1, "", 0.6, None),
            (f"{_AT_ONCE} lists of 100 documents at once, defaults", _AT_ONCE, "", 0.35, 1.6),
            (f"{_AT_ONCE} lists of 100 documents at once, 50 connections kept", _AT_ONCE, str(_AT_ONCE), 0.35, 1.6),
        ):
            commands = _commands(asynchronous, url, str(at_once), kept)
            lines = [
                Line(_ASYNC_HTTPX, _ASYNC_HTTPX),
                Line(_OVER_AIOHTTP, _ASYNC_HTTPX),
                Line(_AIOHTTP, _ASYNC_HTTPX),
                Line(_ASYNC_API, _ASYNC_HTTPX),
                Line(_OURS, _ASYNC_HTTPX, of_httpx),
                Line(_FAST, _ASYNC_HTTPX, of_httpx),
                Line(_OURS, _AIOHTTP, of_aiohttp),
                Line(_FAST, _AIOHTTP, of_aiohttp),
            ]
            measured = measure(commands, rounds, max(1, calls // at_once))
            tables.append(table(title, ("µs", 1e3) if at_once == 1 else ("ms", 1e6), lines, measured))
    return tables


def _blocking(url: str, rounds: int, calls: int) -> str:
    programs: _Programs = {
        _HTTP_CLIENT: (with_aiohttp(), "http_client_list"),
        _URLLIB3: (with_aiohttp(), "urllib3_list"),
        _HTTPX: (with_sniffio(), "httpx_list"),
        _API: (with_sniffio(), "sdk_list"),
        _VENDORS: (vendor(), "sdk_list"),
    }
    lines = [*(Line(name, _HTTPX, 1.05 if name == _API else None) for name in programs), Line(_API, _VENDORS)]
    measured = measure(_commands(programs, url, "1", ""), rounds, calls)
    return table("a list of 100 documents, read, blocking", ("µs", 1e3), lines, measured)


def _commands(programs: _Programs, url: str, at_once: str, kept: str) -> Mapping[str, Command]:
    script = str(HERE / "document_peers.py")
    return {
        name: (python, script, program, url, "read", "100", at_once, kept)
        for name, (python, program) in programs.items()
    }
