"""The files besides ``openapi.yaml`` that name what is in it: all are changed, or none is."""

from __future__ import annotations

import io
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from codegen.document import operations
from pages.parts import pages_of
from ruamel.yaml import YAML
from ruamel.yaml.representer import RoundTripRepresenter

__all__ = ["PROJECT", "Files", "handled", "mentions", "navigation", "read_ours", "with_counts", "written"]

PROJECT = Path(__file__).resolve().parents[2]
_FIRST_PAGE = "      - operations/index.md\n"


class Files:
    """Text files of the project that are to be written together.

    Args:
        root: The folder of the project.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self._new: dict[Path, str] = {}

    def read(self, name: str) -> str:
        """Return the text of a file, as it is to be."""
        path = self._root / name
        return self._new.get(path) or path.read_text(encoding="utf-8")

    def change(self, name: str, text: str) -> None:
        """Have a file written with another text."""
        if not (self._root / name).exists() or self.read(name) != text:
            self._new[self._root / name] = text

    @property
    def changed(self) -> list[str]:
        """The files that differ from what is there."""
        return [path.relative_to(self._root).as_posix() for path in self._new]

    def write(self, commands: list[list[str]]) -> None:
        """Write the files and run what makes the others; if one fails, everything is as it was.

        Raises:
            RuntimeError: A command failed; the text is what it said.
        """
        before = {path: path.read_bytes() if path.exists() else None for path in self._new}
        finished: list[list[str]] = []
        try:
            for path, text in self._new.items():
                path.write_text(text, encoding="utf-8")
            for command in commands:
                self._run(command)
                finished.append(command)
        except BaseException:
            for path, content in before.items():
                path.unlink() if content is None else path.write_bytes(content)
            for command in finished:  # what it made of the new files, it makes of the old ones again
                self._run(command)
            raise

    def _run(self, command: list[str]) -> None:
        result = subprocess.run(  # noqa: S603 (our own scripts)
            [sys.executable, *command], cwd=self._root, capture_output=True, text=True, check=False
        )
        if result.returncode:
            raise RuntimeError(f"{' '.join(command)}: {(result.stderr or result.stdout).strip()}")


def _yaml() -> Any:
    """Return a reader and writer that leaves what it does not change as it is written."""

    class Representer(RoundTripRepresenter):
        pass

    Representer.add_representer(type(None), lambda self, _: self.represent_scalar("tag:yaml.org,2002:null", "null"))
    Representer.add_representer(str, _represent_text)
    made: Any = YAML()
    made.Representer = Representer
    made.preserve_quotes = True
    made.width = 125
    made.indent(mapping=2, sequence=4, offset=2)
    return made


def _represent_text(representer: Any, text: str) -> Any:
    """Quote what is no text to those who read YAML 1.1, as we do: ``on``, ``no``, ``1:30``."""
    tag = _READER.resolve(yaml.ScalarNode, text, (True, False))
    style = None if tag == _TEXT else "'"
    return representer.represent_scalar(_TEXT, text, style=style)


_TEXT = "tag:yaml.org,2002:str"
_READER: Any = yaml.resolver.Resolver()


def read_ours(text: str) -> Any:
    """Return our document in a form that keeps its comments and order."""
    return _yaml().load(text)


def written(document: Any) -> str:
    """Return the text of our document."""
    stream = io.StringIO()
    _yaml().dump(document, stream)
    return stream.getvalue()


def with_counts(text: str, old: dict[str, Any], new: dict[str, Any]) -> str:
    """Return a page with the numbers of the new document in the place of those of the old."""
    before, after = (sum(1 for _ in operations(one)) for one in (old, new))
    versions = [re.escape(str(one.get("info", {}).get("version"))) for one in (old, new)]
    text = re.sub(rf"\b{before}(?= operations\b)|(?<=\ball ){before}\b", str(after), text)
    text = re.sub(rf"(?<=\blacks ){before - _SHARED}\b", str(after - _SHARED), text)
    return re.sub(rf"(?<![\d.]){versions[0]}(?![\d.]*\d)", versions[1].replace("\\", ""), text)


_SHARED = 65
"""Operations that the vendor's last SDK for Python has."""


def navigation(text: str, document: dict[str, Any]) -> str:
    """Return ``mkdocs.yml`` with a line for each page of a tag that has operations."""
    used = dict.fromkeys(str(one["tags"][0]) for _, _, one in operations(document) if one.get("tags"))
    declared = [str(tag.get("name")) for tag in document.get("tags", ())]
    tags = [tag for tag in declared if tag in used] + [tag for tag in used if tag not in declared]
    head, mark, rest = text.partition(_FIRST_PAGE)
    rest = re.sub(r"\A(?:      - .*: operations/.*\.md\n)*", "", rest)
    pages = ((title, name) for tag in tags for name, title in pages_of(tag).items())
    lines = (f"      - {_plain(title)}: operations/{name}\n" for title, name in pages)
    return head + mark + "".join(lines) + rest


def _plain(tag: str) -> str:
    """Return a tag as a key of YAML."""
    return tag if yaml.safe_load(f"{tag}: 1") == {tag: 1} else f'"{tag}"'


def handled(root: Path) -> set[str]:
    """Return the ids of the operations that the emulator has a handler for."""
    statement = "from pandadoc_client.emulator.service.resources import HANDLERS; print(*HANDLERS)"
    result = subprocess.run(  # noqa: S603 (our own package)
        [sys.executable, "-c", statement], cwd=root, capture_output=True, text=True, check=True
    )
    return set(result.stdout.split())


def mentions(root: Path, name: str) -> Iterator[str]:
    """Yield the places in the emulator's service, and in the examples of the docs, that have a name in quotes."""
    folders = (root / "pandadoc_client" / "emulator" / "service", root / "scripts" / "pages")
    for path in sorted(path for folder in folders for path in folder.rglob("*.py")):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if re.search(rf"""["']{re.escape(name)}["']""", line):
                yield f"{path.relative_to(root).as_posix()}:{number}"
