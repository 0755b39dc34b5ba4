"""What other libraries under our client would bring: a list of 100 documents, blocking, with asyncio, and 50 at once.

An extra that installs them is worth its trouble if the list comes 1.5 times as fast. Prototypes, in ``fast_peers.py``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from .environment import fast, ours, with_sniffio
from .processes import HERE, server
from .rounds import Command, measure
from .timing import Line, table

__all__ = ["report"]

_BLOCKING, _ASYNCIO = "DocumentsApi", "AsyncDocumentsApi"
_SNIFFIO = f"{_ASYNCIO}, sniffio"
_WORTH = 0.667


def _commands(blocking: bool, *arguments: str) -> Mapping[str, Command]:
    name, program = (_BLOCKING, "sdk_list") if blocking else (_ASYNCIO, "async_sdk_list")
    swaps = ["orjson", "pyreqwest", "pyreqwest+orjson"]
    swaps += [] if blocking else ["aiohttp", "aiohttp+orjson"]
    plain = (str(HERE / "document_peers.py"), program, *arguments)
    commands: dict[str, tuple[Path | str, ...]] = {name: (ours(), *plain)}
    if not blocking:
        commands[_SNIFFIO] = (with_sniffio(), *plain)
    for parts in swaps:
        label = f"{name}, {parts.replace('+', ' and ')}"
        commands[label] = (fast(), str(HERE / "fast_peers.py"), parts, program, *arguments)
    return commands


def report(rounds: int, calls: int) -> Sequence[str]:
    """Return the tables; *rounds* of *calls* calls with each client."""
    tables = []
    with server() as url:
        for title, blocking, at_once in (
            ("a list of 100 documents", True, 1),
            ("a list of 100 documents", False, 1),
            ("50 lists of 100 documents at once", False, 50),
        ):
            commands = _commands(blocking, url, "read", "100", str(at_once))
            first = next(iter(commands))
            lines = [Line(name, first, None if name == first else _WORTH) for name in commands]
            lines += [Line(name, _SNIFFIO, _WORTH) for name in list(commands)[2:] if not blocking]
            measured = measure(commands, rounds, max(1, calls // at_once))
            tables.append(table(title, ("µs", 1e3) if at_once == 1 else ("ms", 1e6), lines, measured))
    return tables
