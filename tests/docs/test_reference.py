"""``scripts/reference.py`` in a copy of the project: what it says of pages that are not as it would write them."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from .pages import PROJECT


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of what the command reads and writes."""
    ignored = shutil.ignore_patterns("__pycache__")
    for name in ("scripts", "docs/operations"):
        shutil.copytree(PROJECT / name, tmp_path / name, ignore=ignored)
    shutil.copy(PROJECT / "openapi.yaml", tmp_path)
    (tmp_path / "pandadoc_client").symlink_to(PROJECT / "pandadoc_client")
    return tmp_path


def reference(project: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(project / "scripts" / "reference.py"), *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=120)


def test_what_is_edited_missing_or_too_many_is_named_and_put_right(project: Path) -> None:
    folder = project / "docs" / "operations"
    edited, missing, old = folder / "quotes.md", folder / "forms.md", folder / "gone.md"
    whole = {path.name: path.read_text(encoding="utf-8") for path in folder.glob("*.md")}
    edited.write_text(whole["quotes.md"] + "More.\n", encoding="utf-8")
    old.write_text(whole["quotes.md"], encoding="utf-8")
    missing.unlink()

    checked = reference(project, "--check")
    assert (checked.returncode, checked.stdout) == (1, "")
    assert [line.split()[1] for line in checked.stderr.splitlines()] == [
        f"docs/operations/{name}" for name in ("forms.md", "gone.md", "quotes.md")
    ]

    assert reference(project).returncode == 0
    assert {path.name: path.read_text(encoding="utf-8") for path in folder.glob("*.md")} == whole


def test_a_page_that_somebody_wrote_stays(project: Path) -> None:
    own = project / "docs" / "operations" / "notes.md"
    own.write_text("# Notes\n", encoding="utf-8")
    result = reference(project)
    assert result.returncode == 1
    assert "docs/operations/notes.md is not machine-written" in result.stderr
    assert own.exists()


def test_an_argument_that_there_is_not_is_an_error(project: Path) -> None:
    arguments = project / "scripts" / "pages" / "arguments.py"
    text = arguments.read_text(encoding="utf-8")
    arguments.write_text(text.replace('"listForm": {"count"', '"listForm": {"how_many"'), encoding="utf-8")
    result = reference(project, "--check")
    assert (result.returncode, result.stderr) == (1, "reference: listForm has no argument how_many\n")


def test_an_operation_that_is_not_in_the_package_is_an_error(project: Path) -> None:
    document = project / "openapi.yaml"
    text = document.read_text(encoding="utf-8")
    document.write_text(text.replace("operationId: listForm\n", "operationId: listNewForms\n"), encoding="utf-8")
    result = reference(project, "--check")
    assert result.returncode == 1
    assert "no method list_new_forms; run `python scripts/generate.py` first" in result.stderr
