"""How long the generators take and how much memory, and how that grows with the document.

Ours is ``scripts/generate.py``, into a folder for the time; the other is openapi-python-client by itself, on whose
parser ours is built.
"""

from __future__ import annotations

import random
import re
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from .environment import ROOT, environment, generate_command, generator, with_tools
from .timing import grid

__all__ = ["report"]

_SHARES = ("0.25", "0.5", "1", "2", "4")
# A process between, as small as can be: Linux counts the memory of whoever starts a program to that program's.
_RUN = """
import os, subprocess, sys, time
start = time.perf_counter()
with open(sys.argv[1], "w") as said:
    running = subprocess.Popen(sys.argv[2:], stdout=said, stderr=said)
    _, status, usage = os.wait4(running.pid, 0)
print(time.perf_counter() - start, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, int(status != 0))
"""
_LOST = re.compile(r"WARNING parsing (\S+ \S+) within \S+ Endpoint will not be generated")
_ANSWER = re.compile(r"Cannot parse response for status code")
_SCHEMA = re.compile(r"Unable to (?:parse|process) schema /components/schemas/(\w+)")
_Taken = tuple[float, float, float, float]
"""Seconds, seconds of processors, MiB at most in one process, and whether it failed."""


def report(rounds: int, document: Path) -> Sequence[str]:
    """Return the tables for *document*; *rounds* of each, of which none is thrown away."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        place = Path(folder)
        sizes = {share: _synthesize(document, share, place) for share in _SHARES}
        taken = _measure(place, rounds)
        return _tables(sizes, taken, place)


def _synthesize(document: Path, share: str, place: Path) -> tuple[int, int]:
    """Write the document of that *share*, and return its numbers of operations and of schemas."""
    command = [str(generator()), "-P", "-m", "benchmarks.synthesis", str(document.resolve()), share]
    command.append(str(_document(place, share)))
    done = subprocess.run(command, capture_output=True, check=True, text=True, env=environment(generator()))
    operations, schemas = map(int, done.stdout.split())
    return operations, schemas


def _document(place: Path, share: str) -> Path:
    return place / f"{share}.yaml"


def _said(place: Path, share: str, whose: str) -> Path:
    return place / f"{share}-{whose}.txt"


def _measure(place: Path, rounds: int) -> Mapping[tuple[str, str], _Taken]:
    order = random.Random(1)
    jobs = [(share, whose) for share in _SHARES for whose in ("ours", "unmodified")]
    measured: dict[tuple[str, str], list[_Taken]] = {job: [] for job in jobs}
    for number in range(rounds):
        for share, whose in order.sample(jobs, len(jobs)):
            output = place / f"{share}-{whose}-{number}"
            measured[share, whose].append(_once(_document(place, share), whose, output, _said(place, share, whose)))
    medians = {
        job: [statistics.median(values) for values in zip(*taken, strict=True)] for job, taken in measured.items()
    }
    return {job: (seconds, cpu, memory, failed) for job, (seconds, cpu, memory, failed) in medians.items()}


def _once(document: Path, whose: str, output: Path, said: Path) -> _Taken:
    script = str(ROOT / "scripts" / "generate.py")
    ours = (str(generator()), script, "--spec", str(document), "--output", str(output))
    command = ours if whose == "ours" else generate_command(document, output)
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", _RUN, str(said), *command],
        capture_output=True,
        check=True,
        text=True,
        env=with_tools(),
        cwd=document.parent,
    )
    seconds, cpu, memory, failed = map(float, done.stdout.split())
    if failed and whose == "ours":
        raise RuntimeError(said.read_text(encoding="utf-8"))
    return seconds, cpu, memory, failed


def _tables(
    sizes: Mapping[str, tuple[int, int]], taken: Mapping[tuple[str, str], _Taken], place: Path
) -> Sequence[str]:
    rows, losses = [], []
    for share, (operations, schemas) in sizes.items():
        ours, theirs = taken[share, "ours"], taken[share, "unmodified"]
        figures = (ours[0], ours[1], ours[1] / operations * 1000, ours[2], theirs[0], theirs[1], theirs[2])
        numbers = [f"{number:.1f}" if number < 10 else f"{number:,.0f}" for number in figures]
        rows.append((f"{share} x", f"{operations:,}", f"{schemas:,}", *numbers, f"{ours[1] / theirs[1]:.2f}"))
        said = re.sub(r"\s+", " ", _said(place, share, "unmodified").read_text(encoding="utf-8"))
        counts = (len(set(_LOST.findall(said))), len(_ANSWER.findall(said)), len(set(_SCHEMA.findall(said))))
        losses.append((f"{share} x", f"{operations:,}", *map(str, counts), "yes" if theirs[3] else "no"))
    head = ["document", "operations", "schemas", "s", "CPU s", "CPU ms an operation", "MiB"]
    head += ["unmodified: s", "CPU s", "MiB", "ratio of CPU s"]
    lost = ("unmodified", "operations", "operations lost", "answers omitted", "schemas lost", "refused")
    return grid(head, rows), grid(lost, losses)
