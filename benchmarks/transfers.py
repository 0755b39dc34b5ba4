"""How long files of 50 MB take up and down, and how much memory above that of a program that is idle."""

from __future__ import annotations

import random
import statistics
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

from .environment import environment, ours, vendor
from .processes import HERE
from .timing import grid
from .transfer_peers import SIZE

__all__ = ["report"]

_PEERS = str(HERE / "transfer_peers.py")
_CASES = (
    ("up", "raw httpx, an open file", "httpx"),
    ("up", "create_document_from_upload(file=path)", "ours"),
    ("down", "raw httpx, streamed into a file", "httpx"),
    ("down", "save_document(id, path)", "ours"),
    ("down", "the vendor's SDK, download_document(id).read()", "vendor"),
)
_HEAD = ("ms", "ratio", "above idle, MiB")


def report(rounds: int) -> Sequence[str]:
    """Return the table; *rounds* processes for each line, in turn."""
    taken: dict[str, list[tuple[float, float]]] = {title: [] for _, title, _ in _CASES}
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "upload.pdf"
        file.write_bytes(bytes(SIZE))
        with subprocess.Popen([str(ours()), "-P", _PEERS, "serve"], stdout=subprocess.PIPE, text=True) as server:
            try:
                assert server.stdout is not None
                url = f"http://127.0.0.1:{server.stdout.readline().strip()}"
                for number in range(rounds):
                    for task, title, program in random.Random(number).sample(_CASES, len(_CASES)):
                        taken[title].append(_once(program, task, url, str(file), folder))
            finally:
                server.kill()
    rows, raw = [], 1.0
    for _, title, program in _CASES:
        milliseconds = statistics.median(time for time, _ in taken[title])
        raw = milliseconds if program == "httpx" else raw
        memory = statistics.median(memory for _, memory in taken[title])
        rows.append((title, f"{milliseconds:.0f}", f"{milliseconds / raw:.2f}", f"{memory:.1f}"))
    return (grid(("a file of 50 MB", *_HEAD), rows),)


def _once(program: str, task: str, *places: str) -> tuple[float, float]:
    python = vendor() if program == "vendor" else ours()
    command = [str(python), "-P", _PEERS, program, task, *places]
    done = subprocess.run(command, capture_output=True, check=True, text=True, env=environment(python))
    milliseconds, before, most = map(float, done.stdout.split())
    return milliseconds, (most - before) / 1024
