"""Runs ``fresh_peers.py``: one process for each measurement, since memory that was once taken is not given back."""

from __future__ import annotations

import random
import statistics
import subprocess
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from .answers import LARGE_LIST, PDF
from .environment import environment, ours, unmodified, vendor
from .processes import HERE

__all__ = ["BARE", "HTTPX", "OURS", "UNMODIFIED", "VENDORS", "Figures", "measure", "warm"]

BARE, HTTPX, OURS, UNMODIFIED, VENDORS = "nothing", "raw httpx", "this package", "unmodified client", "the vendor's SDK"


@dataclass(frozen=True)
class Figures:
    """Medians of one step over the rounds."""

    nanoseconds: float
    now: float
    """What is in memory afterwards: KiB of the process, or bytes of Python objects if the task is traced."""
    most: float
    """The most that ever was."""


def measure(url: str, names: Sequence[str], tasks: Sequence[str], rounds: int) -> Mapping[str, Sequence[Figures]]:
    """Run the *tasks* in *rounds* new processes of each of *names*, in shuffled order.

    Returns:
        By name, what the imports and then each task took.
    """
    order = random.Random(1)
    measured: dict[str, list[list[tuple[int, ...]]]] = {name: [] for name in names}
    for _ in range(rounds):
        for name in order.sample(names, len(names)):
            measured[name].append(_once(name, url, () if name == BARE else tasks))
    return {name: [_median(step) for step in zip(*taken, strict=True)] for name, taken in measured.items()}


def warm(url: str) -> None:
    """Let the server make its large responses before somebody waits for them."""
    for path in (f"/public/v1/documents?count={LARGE_LIST}", PDF):
        with urllib.request.urlopen(url + path) as answer:
            answer.read()


def _once(name: str, url: str, tasks: Sequence[str]) -> list[tuple[int, ...]]:
    python, program = {
        BARE: (ours(), "nothing"),
        HTTPX: (ours(), "httpx"),
        OURS: (ours(), "sdk"),
        UNMODIFIED: (unmodified(), "unmodified"),
        VENDORS: (vendor(), "sdk"),
    }[name]
    command = [str(python), "-P", str(HERE / "fresh_peers.py"), program, url, *tasks]
    done = subprocess.run(command, capture_output=True, check=True, text=True, env=environment(python))
    return [tuple(map(int, line.split())) for line in done.stdout.splitlines()]


def _median(step: Sequence[tuple[int, ...]]) -> Figures:
    return Figures(*(statistics.median(values) for values in zip(*step, strict=True)))
