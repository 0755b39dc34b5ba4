"""Each repair pass: what comes out of a small document that needs it, and that it does not come out without."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from .conftest import FIXTURES

DOCUMENTS = sorted((FIXTURES / "repair").glob("*.yaml"))


def missing(document: Path, output: Path) -> list[str]:
    """Return what *document* expects of generated files and is not there; how code is wrapped does not count."""

    def plain(text: str) -> str:
        return "".join(text.split()).replace(",)", ")").replace(",]", "]")

    def read(path: str) -> str:
        return plain((output / path).read_text()) if (output / path).exists() else ""

    return [text for path, text in yaml.safe_load(document.read_text())["x-expected"] if plain(text) not in read(path)]


def test_every_pass_has_a_document(command: Any) -> None:
    passes = {step.__name__ for step in (*command.MENDING, *command.ADAPTING)}
    assert passes == {path.stem for path in DOCUMENTS}
    assert all(sys.modules[step.__module__].__doc__ for step in (*command.MENDING, *command.ADAPTING))


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.stem)
def test_a_pass_makes_the_document_come_out_whole(
    command: Any, document: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status = command.main(["--spec", str(document), "--output", str(tmp_path / "out")])
    shown = capsys.readouterr()
    assert status == 0, shown.err
    assert missing(document, tmp_path / "out") == []
    assert f"{document.stem}: 0 " not in shown.out


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.stem)
def test_without_the_pass_something_is_lost(
    command: Any, document: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def without(passes: Any) -> Any:
        return [step for step in passes if step.__name__ != document.stem]

    monkeypatch.setattr(command, "MENDING", without(command.MENDING))
    monkeypatch.setattr(command, "ADAPTING", without(command.ADAPTING))
    try:
        status = command.main(["--spec", str(document), "--output", str(tmp_path / "out")])
    except Exception:  # later passes build on what this one does
        return
    assert status != 0 or missing(document, tmp_path / "out")
