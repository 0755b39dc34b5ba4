"""The site and its pictures: every page is in the navigation, and nothing is loaded from elsewhere."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from .pages import PROJECT

SITE: dict[str, Any] = yaml.safe_load((PROJECT / "mkdocs.yml").read_text(encoding="utf-8"))
DOCS = PROJECT / "docs"
PICTURES = sorted((DOCS / "pictures").iterdir())


def in_navigation(entry: Any) -> Iterator[str]:
    if isinstance(entry, str):
        yield entry
    else:
        for inner in entry.values() if isinstance(entry, dict) else entry:
            yield from in_navigation(inner)


def test_the_navigation_has_every_page_once() -> None:
    pages = sorted(path.relative_to(DOCS).as_posix() for path in DOCS.rglob("*.md"))
    assert sorted(in_navigation(SITE["nav"])) == pages


def test_the_site_loads_no_font_and_counts_nobody() -> None:
    assert SITE["theme"]["font"] is False
    assert "analytics" not in SITE.get("extra", {})
    assert not SITE.keys() & {"extra_css", "extra_javascript", "repo_url"}  # the last asks GitHub for numbers


@pytest.mark.parametrize("picture", PICTURES, ids=lambda path: path.name)
def test_a_picture_is_small_and_loads_nothing(picture: Path) -> None:
    assert picture.stat().st_size <= 150_000
    if picture.suffix == ".svg":
        assert_keeps_to_itself(picture.read_text(encoding="utf-8"))


def assert_keeps_to_itself(picture: str) -> None:
    assert picture.startswith("<svg ")
    assert not re.search(r"@font-face|@import|(href|src)=|url\((?!#)", picture)


def test_the_command_makes_the_pictures_of_the_terminal(tmp_path: Path) -> None:
    command = [sys.executable, str(PROJECT / "scripts" / "pictures.py"), "--no-browser", "--output", str(tmp_path)]
    result = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert (result.returncode, result.stderr) == (0, "")
    made = {path.name: path.read_text(encoding="utf-8") for path in tmp_path.iterdir()}
    assert made.keys() == {picture.name for picture in PICTURES if picture.suffix == ".svg"}
    for picture in made.values():
        assert_keeps_to_itself(picture)
    assert "Ada&#160;Panda" in made["status.svg"]
    assert "refused" in made["demo.svg"]
    assert str(tmp_path) not in "".join(made.values())
