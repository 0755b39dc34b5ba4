"""What the documentation site has for programs that read: a Markdown twin of every page, and ``llms.txt`` to find them.

MkDocs loads this file; ``mkdocs.yml`` names it. A page ``client.md`` is at ``client/`` for people and at ``client.md``
for programs, so that links between pages and pictures lead on. The twin of a page by hand, or of one about operations,
is its source; the pages of the reference have their text from docstrings, and are turned back from HTML.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

# It is in the environment of the site alone, where type checkers do not look.
from markdownify import markdownify  # type: ignore[import-not-found]  # pyright: ignore[reportMissingImports]

__all__ = ["on_nav", "on_page_content", "on_page_markdown", "on_post_build"]

_REFERENCE = "::: "
_PERMALINK = re.compile(r'<a [^>]*class="headerlink".*?</a>', re.DOTALL)
_LABEL = re.compile(r'<span class="doc doc-labels">(?:(?!</h).)*</span>(?=\s*</h)', re.DOTALL)
_ANOTHER_PAGE = re.compile(r"(?<=\]\()\.\./([^)#\s]*[^)#\s/])/(?=[)#\s])")
_FENCED = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
_PARAGRAPH = re.compile(r"(?<=\n\n)\w.*?(?=\n\n|\Z)", re.DOTALL)
_HEADING = re.compile(r"^# (.+)$", re.MULTILINE)
_LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)")

_twins: dict[str, str] = {}
_nav: Any = None


def on_nav(nav: Any, **_: Any) -> None:
    """Keep the navigation: it is the order of ``llms.txt``."""
    global _nav
    _nav = nav


def on_page_markdown(markdown: str, page: Any, **_: Any) -> None:
    """Keep the source of a page."""
    _twins[page.file.src_uri] = markdown


def on_page_content(html: str, page: Any, files: Any, **_: Any) -> None:
    """Keep what a page of the reference says."""

    def twin(link: re.Match[str]) -> str:  # a page is a folder deeper than its twin
        name = posixpath.normpath(posixpath.join(posixpath.dirname(page.file.src_uri), f"{link[1]}.md"))
        return f"{link[1]}.md" if files.get_file_from_path(name) else f"{link[1]}/index.md"

    if _REFERENCE in _twins[page.file.src_uri]:
        plain = _LABEL.sub("", _PERMALINK.sub("", html))
        text = markdownify(
            plain, heading_style="ATX", code_language="python", escape_misc=False, escape_underscores=False
        )
        text = _ANOTHER_PAGE.sub(twin, text)
        _twins[page.file.src_uri] = re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"


def on_post_build(config: Any, **_: Any) -> None:
    """Write the twins and the list of them."""
    site = Path(config.site_dir)
    for name, text in _twins.items():
        path = site / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    (site / "llms.txt").write_text("\n".join(_listed(config)) + "\n", encoding="utf-8")


def _listed(config: Any) -> Iterator[str]:
    yield f"# {config.site_name}\n"
    yield f"> {config.site_description}\n"
    yield "Each page is Markdown. All code runs: it is tested against the emulator, which needs no account."
    yield "\n## Begin\n"
    for item in _nav.items:
        if item.is_section:
            yield f"\n## {item.title}\n"
            yield from (_line(page) for page in item.children)
        else:
            yield _line(item)


def _line(page: Any) -> str:
    """Return what the list says of a page: its title, and the first sentence of its text."""
    text = _FENCED.sub("", _twins[page.file.src_uri])
    found, heading = _PARAGRAPH.search(text), _HEADING.search(text)
    about = _LINK.sub(r"\1", " ".join(found[0].split())) if found else ""
    sentence = re.split(r"(?<=[.:;])\s", about, maxsplit=1)[0].rstrip(".:;")
    title = heading[1] if heading and page.is_index and not page.is_homepage else page.title
    return f"- [{title}]({page.file.src_uri}): {sentence}"
