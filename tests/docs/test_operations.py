"""The pages about operations: complete, up to date, and each example runs and is answered as the contract has it."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest

from pandadoc_client.cli import main
from pandadoc_client.emulator import Emulator

from ..contract import CONTRACT
from ..operations import CASES, OPERATIONS
from .pages import OPERATIONS as OPERATION_PAGES
from .pages import PROJECT, Block, blocks
from .settings import settings_for

ALL = [block for page in OPERATION_PAGES for block in blocks(page)]
EXAMPLES = [block for block in ALL if "asyncio" not in block.code]
TWINS = [block for block in ALL if "asyncio" in block.code]
SHELL = [block for page in OPERATION_PAGES for block in blocks(page, "sh")]
COMMANDS = [block for block in SHELL if block.code.startswith("pandadoc ") and "--as curl" not in block.code]
CURL = [block for block in SHELL if block.code.startswith("printf ")]
TOKEN_REQUEST = "oauth_2_0_authentication.md"  # its own forms: they show no secret in arguments


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
    (folder / "contract.md").write_bytes(b"# Contract\n")
    return folder


@pytest.fixture
def settings(emulator: Emulator, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The settings that the examples assume."""
    monkeypatch.chdir(folder)
    for name, value in settings_for(emulator).items():
        monkeypatch.setenv(name, value)


def each(blocks: list[Block]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("block", [pytest.param(block, id=block.name) for block in blocks])


def each_with(name: str, others: list[Block], blocks: list[Block] = EXAMPLES) -> pytest.MarkDecorator:
    """With each example another form of it."""
    pairs = [pytest.param(*pair, id=pair[0].name) for pair in zip(blocks, others, strict=True)]
    return pytest.mark.parametrize(("block", name), pairs)


def sent(emulator: Emulator, before: int) -> tuple[Any, ...]:
    """What the one request since then was; it was answered as the contract has it."""
    (entry,) = emulator.journal.entries[before:]
    assert entry.status in range(200, 300)
    kind = (entry.header("content-type") or "").partition(";")[0] if entry.body else ""
    body = json.loads(entry.body) if kind == "application/json" else b"Content-Disposition" in bytes(entry.body)
    return entry.method, entry.path, parse_qs(entry.query.replace("%2B00%3A00", "Z")), kind, body


def sent_by(block: Block, emulator: Emulator) -> tuple[Any, ...]:
    before = len(emulator.journal)
    exec(block.compiled(), {"__name__": "example"})
    return sent(emulator, before)


@each(EXAMPLES)
@pytest.mark.usefixtures("settings")
def test_the_example_runs(block: Block, emulator: Emulator) -> None:
    sent_by(block, emulator)


@each_with("twin", TWINS)
@pytest.mark.usefixtures("settings")
def test_with_asyncio_it_is_the_same_request(block: Block, twin: Block, emulator: Emulator) -> None:
    if block.page.name == TOKEN_REQUEST:  # a code is good for one use
        sent_by(twin, emulator)
    else:
        assert sent_by(twin, emulator) == sent_by(block, emulator)


@each_with("typed", COMMANDS)
@pytest.mark.usefixtures("settings")
def test_the_command_is_the_same_request(
    block: Block, typed: Block, emulator: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = len(emulator.journal)
    arguments = [os.path.expandvars(word) for word in shlex.split(typed.code.replace("\\\n", " "))]
    assert main(arguments[1:]) == 0
    found = sent(emulator, before)
    if block.page.name != TOKEN_REQUEST:
        assert found == sent_by(block, emulator)


@pytest.mark.skipif(shutil.which("curl") is None and "CI" not in os.environ, reason="curl is not on this machine")
@each_with("typed", CURL, [block for block in EXAMPLES if block.page.name != TOKEN_REQUEST])
@pytest.mark.usefixtures("settings")
def test_the_command_of_curl_is_the_same_request(
    block: Block, typed: Block, emulator: Emulator, tmp_path: Path
) -> None:
    (tmp_path / "pandadoc").write_text(f"#!/bin/sh\necho {emulator.issue_token()['access_token']}\n")
    (tmp_path / "pandadoc").chmod(0o700)
    (tmp_path / ".curlrc").write_text("silent\nshow-error\n")
    script = typed.code.replace("https://api.pandadoc.com", emulator.url)
    before = len(emulator.journal)
    path = f"{tmp_path}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, "CURL_HOME": str(tmp_path)}
    ran = subprocess.run(["sh", "-c", script], env=environment, capture_output=True, text=True, timeout=60)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert sent(emulator, before) == sent_by(block, emulator)


def test_every_operation_has_all_its_forms_on_a_page_of_its_tag() -> None:
    assert len(CASES) == len(EXAMPLES) == len(OPERATIONS) == len(TWINS) == len(COMMANDS) == len(CURL) + 1
    code = "\n".join(block.code for block in EXAMPLES)
    for name in OPERATIONS:
        assert f".{name}(" in code
    titles = [page.read_text(encoding="utf-8").splitlines()[2] for page in OPERATION_PAGES if page.stem != "index"]
    names = {f"# {tag['name']}" for tag in CONTRACT["tags"]}
    assert names <= set(titles)
    assert {title for title in titles if not title.startswith("# Documents (")} == names


def test_a_page_can_be_read() -> None:
    """Tables are folded away; what is left of a page are some screens."""
    for page in OPERATION_PAGES:
        text = page.read_text(encoding="utf-8")
        assert text.count("\n## ") <= 10 or page.stem == "index", page.name
        assert len(text.splitlines()) <= 1300, page.name


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
