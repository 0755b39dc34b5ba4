"""Processes that end with the benchmark, the server among them."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .environment import environment, ours

__all__ = ["HERE", "process", "server"]

HERE = Path(__file__).parent


@contextmanager
def process(python: Path, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """Run a program that ends when its standard input does."""
    with subprocess.Popen(
        [str(python), "-P", *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=environment(python),
    ) as running:
        try:
            yield running
        finally:
            assert running.stdin is not None
            running.stdin.close()
            running.wait(10)


@contextmanager
def server() -> Iterator[str]:
    """Run the server and yield its URL."""
    with process(ours(), str(HERE / "server.py")) as running:
        assert running.stdout is not None
        yield f"http://127.0.0.1:{running.stdout.readline().strip()}"
