"""The pages about operations: complete, up to date, and each example runs and is answered as the contract has it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from pandadoc_client.emulator import Emulator

from ..contract import CONTRACT
from ..operations import CASES, OPERATIONS
from .pages import OPERATIONS as OPERATION_PAGES
from .pages import PROJECT, Block, blocks
from .settings import settings_for

EXAMPLES = [block for page in OPERATION_PAGES for block in blocks(page)]


@pytest.fixture(scope="module")
def emulator() -> Iterator[Emulator]:
    """One for all: it answers from examples, so that no block can be in another one's way."""
    with Emulator(mode="examples") as running:
        yield running


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the file that the examples send."""
    folder = tmp_path_factory.mktemp("examples")
    (folder / "contract.pdf").write_bytes(b"%PDF-1.7 made up")
    return folder


@pytest.mark.parametrize("block", [pytest.param(block, id=block.name) for block in EXAMPLES])
def test_the_example_runs(block: Block, emulator: Emulator, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    for name, value in settings_for(emulator).items():
        monkeypatch.setenv(name, value)
    before = len(emulator.journal)
    exec(block.compiled(), {"__name__": "example"})
    answered = [entry.status for entry in emulator.journal.entries[before:]]
    assert len(answered) == 1
    assert answered[0] in range(200, 300)


def test_every_operation_has_an_example_on_the_page_of_its_tag() -> None:
    assert len(CASES) == len(EXAMPLES) == len(OPERATIONS)
    code = "\n".join(block.code for block in EXAMPLES)
    for name in OPERATIONS:
        assert f".{name}(" in code
    titles = [page.read_text(encoding="utf-8").splitlines()[2] for page in OPERATION_PAGES if page.stem != "index"]
    assert sorted(titles) == sorted(f"# {tag['name']}" for tag in CONTRACT["tags"])


def test_every_iterator_is_mentioned() -> None:
    text = "\n".join(page.read_text(encoding="utf-8") for page in OPERATION_PAGES)
    for blocking, _, _ in OPERATIONS.values():
        for name in vars(blocking):
            if name.startswith("iterate_"):
                assert f".{name}(" in text


def test_every_page_says_first_that_it_is_machine_written() -> None:
    for page in OPERATION_PAGES:
        assert page.read_text(encoding="utf-8").startswith("<!-- Written by `python scripts/reference.py`"), page


def run(*arguments: str, project: Path = PROJECT) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(project / "scripts" / "reference.py"), *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=120)


def test_the_committed_pages_are_what_the_command_writes() -> None:
    result = run("--check")
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")
