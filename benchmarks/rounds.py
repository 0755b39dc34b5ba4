"""Peers in processes of their own, measured in turn."""

from __future__ import annotations

import json
import random
import subprocess
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path

from .processes import process
from .timing import Samples

__all__ = ["Command", "measure"]

Command = tuple[Path | str, ...]
"""An interpreter of `environment`, a script like ``peers.py``, and what to tell it."""


class _Peer:
    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        if self._line() != "ready\n":
            raise RuntimeError("a peer did not start")

    def call(self, count: int) -> list[int]:
        assert self._process.stdin is not None
        self._process.stdin.write(f"{count}\n")
        self._process.stdin.flush()
        taken: list[int] = json.loads(self._line())
        return taken

    def _line(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline()


def measure(peers: Mapping[str, Command], rounds: int, calls: int) -> Mapping[str, Samples]:
    """Make *rounds* of *calls* calls with each peer in turn, the order shuffled, after one round to warm up."""
    order = random.Random(1)
    measured: dict[str, list[int]] = {name: [] for name in peers}
    with ExitStack() as stack:
        running = []
        for name, (python, *arguments) in peers.items():
            peer = _Peer(stack.enter_context(process(Path(python), *map(str, arguments))))
            running.append((name, peer))
        for number in range(rounds + 1):
            order.shuffle(running)
            for name, peer in running:
                taken = peer.call(calls)
                if number:
                    measured[name] += taken
    return {name: Samples(samples) for name, samples in measured.items()}
