"""The pages of the documentation: their blocks of Python, their links and their headings."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent
from types import CodeType

__all__ = ["BY_HAND", "OPERATIONS", "PAGES", "PROJECT", "REFERENCE", "Block", "anchors", "blocks", "links"]

PROJECT = Path(__file__).resolve().parents[2]
BY_HAND = (PROJECT / "README.md", *sorted((PROJECT / "docs").glob("*.md")))
"""The pages that people have written."""
OPERATIONS = tuple(sorted((PROJECT / "docs" / "operations").glob("*.md")))
"""The pages about operations."""
REFERENCE = tuple(sorted((PROJECT / "docs" / "reference").glob("*.md")))
"""The pages that are made of docstrings."""
PAGES = (*BY_HAND, *OPERATIONS, *REFERENCE)

_BLOCK = re.compile(r"^( *)```(python|sh)\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)
_FENCED = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\]\((?![a-z]+:)([^)#\s]*)(?:#([^)\s]+))?\)")
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


@dataclass(frozen=True)
class Block:
    """A block of code on a page.

    Attributes:
        page: The page.
        line: The line that it begins after.
        code: What is in it.
    """

    page: Path
    line: int
    code: str

    @property
    def name(self) -> str:
        """Where it is, for messages."""
        return f"{self.page.name}:{self.line}"

    @property
    def is_test(self) -> bool:
        """Whether it shows tests, which pytest is to run."""
        return "def test_" in self.code

    @property
    def is_program(self) -> bool:
        """Whether it is to be run as a program of its own: it starts processes, or changes its own for good."""
        return "__main__" in self.code

    def compiled(self) -> CodeType:
        """Return its code; a traceback names the page and the line."""
        return compile("\n" * self.line + self.code, str(self.page), "exec")


def blocks(page: Path, language: str = "python") -> Iterator[Block]:
    """Yield the blocks of *page* in a language, those in tabs, which are indented, among them."""
    text = page.read_text(encoding="utf-8")
    for match in _BLOCK.finditer(text):
        if match.group(2) == language:
            yield Block(page, text.count("\n", 0, match.start()) + 1, dedent(match.group(3)))


def links(page: Path) -> Iterator[tuple[str, str]]:
    """Yield target and fragment of each link and picture of *page* that stays in the project."""
    for match in _LINK.finditer(_FENCED.sub("", page.read_text(encoding="utf-8"))):
        yield match.group(1), match.group(2) or ""


def anchors(page: Path) -> set[str]:
    """Return what the headings of *page* can be linked to by."""
    titles = _HEADING.findall(_FENCED.sub("", page.read_text(encoding="utf-8")))
    return {re.sub(r"[^\w\- ]", "", title.lower()).strip().replace(" ", "-") for title in titles}
