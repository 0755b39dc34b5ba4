"""Programs in processes of their own that start quickly: forked from one that has imported what they need."""

from __future__ import annotations

import io
import multiprocessing
import os
import runpy
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

__all__ = ["run_module", "run_script"]

_CONTEXT = multiprocessing.get_context("forkserver")
_SECONDS = 60


def run_module(
    name: str, *arguments: str, stdin: str, cwd: Path, environment: Mapping[str, str]
) -> subprocess.CompletedProcess[str]:
    """Do what ``python -m NAME ARGUMENT...`` does, and return what it wrote and its exit status.

    What an interpreter reads of its environment as it starts (``PYTHON...``) has no effect.
    """
    return _run(_be_module, name, arguments, stdin, cwd, environment)


def run_script(
    path: Path, *arguments: str, cwd: Path, environment: Mapping[str, str]
) -> subprocess.CompletedProcess[str]:
    """Do what ``python PATH ARGUMENT...`` does, and return what it wrote and its exit status."""
    return _run(_be_script, str(path), arguments, "", cwd, environment)


def _run(
    be: Callable[[str], None],
    name: str,
    arguments: tuple[str, ...],
    stdin: str,
    cwd: Path,
    environment: Mapping[str, str],
) -> subprocess.CompletedProcess[str]:
    with tempfile.TemporaryDirectory() as folder:
        streams = [Path(folder, each) for each in ("stdin", "stdout", "stderr")]
        streams[0].write_text(stdin, encoding="utf-8")
        process = _CONTEXT.Process(target=_be_program, args=(be, name, arguments, streams, cwd, dict(environment)))
        process.start()
        process.join(_SECONDS)
        if process.exitcode is None:
            process.kill()
            raise TimeoutError(f"{name} {' '.join(arguments)} has not ended after {_SECONDS} seconds")
        output, errors = (each.read_text(encoding="utf-8") for each in streams[1:])
        return subprocess.CompletedProcess([name, *arguments], process.exitcode, output, errors)


def _be_program(
    be: Callable[[str], None],
    name: str,
    arguments: tuple[str, ...],
    streams: list[Path],
    cwd: Path,
    environment: dict[str, str],
) -> None:
    for descriptor, path in enumerate(streams):
        opened = os.open(path, os.O_RDONLY if descriptor == 0 else os.O_WRONLY | os.O_CREAT)
        os.dup2(opened, descriptor)
        os.close(opened)
    sys.stdin, sys.stdout, sys.stderr = (
        io.TextIOWrapper(io.FileIO(descriptor, mode, closefd=False), encoding="utf-8", errors=errors)
        for descriptor, (mode, errors) in enumerate([("r", "strict"), ("w", "strict"), ("w", "backslashreplace")])
    )
    os.chdir(cwd)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = [name, *arguments]
    be(name)


def _be_module(name: str) -> None:
    runpy.run_module(name, run_name="__main__", alter_sys=True)


def _be_script(path: str) -> None:
    sys.path.insert(0, os.path.dirname(path))
    runpy.run_path(path, run_name="__main__")
