"""Every block in the hand-written pages runs, each against an emulator of its own, and every link leads somewhere."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from pandadoc_client.emulator import Emulator, EmulatorMode, EmulatorOptions

from .docs.pages import BY_HAND, PAGES, PROJECT, Block, anchors, blocks, links
from .docs.settings import settings_for

BLOCKS = [block for page in BY_HAND for block in blocks(page)]
PROGRAMS = [pytest.param(block, id=block.name) for block in BLOCKS if not block.is_test]
TESTS = [page for page in BY_HAND if any(block.is_test for block in blocks(page))]


@pytest.fixture
def pandadoc_emulator_options() -> EmulatorOptions:
    """As at PandaDoc: what is created is found, and there is something to begin with."""
    return EmulatorOptions(mode=EmulatorMode.STATE, seed_data=True)


@pytest.fixture
def environment(pandadoc_emulator: Emulator, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Emulator:
    """The settings that the documentation assumes: those of a person who has logged in, in an empty folder."""
    monkeypatch.chdir(tmp_path)
    for name, value in settings_for(pandadoc_emulator).items():
        monkeypatch.setenv(name, value)
    return pandadoc_emulator


@pytest.mark.parametrize("block", PROGRAMS)
@pytest.mark.usefixtures("environment")
def test_the_block_runs(block: Block) -> None:
    if block.is_program:
        Path("program.py").write_text(block.code, encoding="utf-8")
        search = {**os.environ, "PYTHONPATH": str(PROJECT)}
        subprocess.run([sys.executable, "program.py"], env=search, check=True, timeout=120)
        return
    namespace: dict[str, Any] = {"__name__": "example"}
    exec(block.compiled(), namespace)


@pytest.mark.parametrize("page", TESTS, ids=lambda page: page.name)
def test_the_tests_on_the_page_pass(page: Path, tmp_path: Path) -> None:
    """As in a project of somebody else: with the plugin, without any setting."""
    shown = [block for block in blocks(page) if block.is_test]
    for block in shown:
        (tmp_path / f"test_line_{block.line}.py").write_text(block.code, encoding="utf-8")
    # Without autoload, the plugin is loaded once, whether or not the package is installed with its entry point.
    settings = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTHONPATH": str(PROJECT)}
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PANDADOC_")}
    plugins = ("-p", "pandadoc_client.emulator.pytest_plugin", "-p", "no:cacheprovider")
    result = subprocess.run(
        [sys.executable, "-m", "pytest", *plugins, "-q"],
        cwd=tmp_path,
        env={**kept, **settings},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert result.returncode == 0, result.stdout + result.stderr
    count = sum(block.code.count("def test_") for block in shown)
    assert f"{count} passed" in result.stdout


def test_the_pages_have_blocks() -> None:
    assert len(PROGRAMS) >= 20
    assert {page.name for page in TESTS} >= {"README.md", "testing.md"}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_somewhere(page: Path) -> None:
    for target, fragment in links(page):
        file = page.parent / target if target else page
        assert file.exists(), f"{page.name} links to {target}"
        if fragment and file.suffix == ".md":
            assert fragment in anchors(file), f"{page.name} links to {target}#{fragment}"
