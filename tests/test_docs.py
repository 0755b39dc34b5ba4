"""Every Python block in the documentation runs, each against an emulator of its own."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from pandadoc_client.emulator import Emulator
from pandadoc_client.oauth import Token, token_store

PROJECT = Path(__file__).resolve().parents[1]
PAGES = (PROJECT / "README.md", *sorted((PROJECT / "docs").glob("*.md")))
_BLOCK = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks() -> Iterator[Any]:
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        for match in _BLOCK.finditer(text):
            line = text.count("\n", 0, match.start()) + 1
            yield pytest.param(page, line, match.group(1), id=f"{page.name}:{line}")


@pytest.fixture
def environment(pandadoc_emulator: Emulator, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Emulator:
    """The settings that the documentation assumes: those of a person who has logged in, in an empty folder."""
    emulator = pandadoc_emulator
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PANDADOC_TOKEN_STORE", "file:default.json")
    token_store().save("default", Token.from_response(emulator.issue_token(), datetime.now(UTC)))
    monkeypatch.setenv("PANDADOC_HOST", emulator.url)
    monkeypatch.setenv("PANDADOC_CLIENT_ID", emulator.client_id)
    monkeypatch.setenv("PANDADOC_CLIENT_SECRET", emulator.client_secret)
    monkeypatch.setenv("PANDADOC_API_KEY", emulator.api_key)
    monkeypatch.setenv("PANDADOC_CODE", emulator.issue_code())
    return emulator


@pytest.mark.parametrize(("page", "line", "code"), list(blocks()))
def test_the_block_runs(page: Path, line: int, code: str, environment: Emulator) -> None:
    namespace: dict[str, Any] = {"__name__": "example"}
    # Compiled so that a traceback names the page and the line.
    exec(compile("\n" * line + code, str(page), "exec"), namespace)
    for name, value in list(namespace.items()):
        if name.startswith("test_") and inspect.isfunction(value):
            value(environment)


def test_the_pages_have_blocks_and_links_that_lead_somewhere() -> None:
    assert len(list(blocks())) >= 5
    for page in PAGES:
        for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.name} links to {target}"
