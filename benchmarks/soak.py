"""How much memory a client takes after 10,000 calls and after 100,000: a list of 10 documents, read, each time."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from .environment import with_aiohttp, with_sniffio
from .processes import HERE, process, server
from .timing import grid

__all__ = ["report"]

_PROGRAMS = {
    "httpx.Client and json.loads": (with_sniffio, "httpx_list"),
    "DocumentsApi": (with_sniffio, "sdk_list"),
    "AsyncDocumentsApi": (with_sniffio, "async_sdk_list"),
    'AsyncDocumentsApi, backend="aiohttp"': (with_aiohttp, "aiohttp_sdk_list"),
}
_PART, _PARTS = 10_000, 10


def report() -> Sequence[str]:
    """Return the table; a process for each client."""
    rows = []
    with server() as url:
        for name, (python, program) in _PROGRAMS.items():
            with process(python(), str(HERE / "document_peers.py"), program, url, "read", "10") as running:
                assert running.stdin is not None
                assert running.stdout is not None
                running.stdout.readline()  # it is ready
                taken = []
                for _ in range(_PARTS):
                    print(_PART, file=running.stdin, flush=True)
                    running.stdout.readline()
                    taken.append(_resident(running.pid))
            rows.append((name, *(f"{kibibytes / 1024:.1f}" for kibibytes in (taken[0], taken[-1], max(taken)))))
    return (grid(("memory of the process, MiB", "10,000 calls", "100,000 calls", "the most"), rows),)


def _resident(pid: int) -> int:
    """Return the KiB that a process has in memory, as Linux tells them."""
    return int(Path(f"/proc/{pid}/status").read_text(encoding="ascii").partition("VmRSS:")[2].split()[0])
