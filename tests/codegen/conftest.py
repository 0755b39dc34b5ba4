"""Run the generator as a user does: as a program."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from ..programs import run_script

PROJECT = Path(__file__).resolve().parents[2]
FIXTURES = Path(__file__).parent / "fixtures"

Generate = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="session")
def generate() -> Generate:
    """A function that runs ``scripts/generate.py`` with its arguments, in the folder ``cwd`` if one is given."""

    def run(*arguments: object, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
        return run_script(
            PROJECT / "scripts" / "generate.py",
            *map(str, arguments),
            cwd=cwd or PROJECT,
            environment={"PATH": "/usr/bin:/bin"},
        )

    return run


@pytest.fixture(scope="session")
def everything(generate: Generate, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder above the package ``everything``, generated from a document with every kind of thing in it."""
    folder = tmp_path_factory.mktemp("generated")
    result = generate("--spec", FIXTURES / "everything.yaml", "--output", folder / "everything")
    assert result.returncode == 0, result.stderr
    return folder


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The generator's module."""
    monkeypatch.syspath_prepend(str(PROJECT / "scripts"))
    before = set(sys.modules)
    yield import_module("generate")
    for name in set(sys.modules) - before:
        if name == "generate" or name.startswith("codegen"):
            del sys.modules[name]
