"""What a run has to say: which of the generator's warnings are errors, how trees differ, and the summary."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from openapi_python_client.parser.errors import GeneratorError

from .errors import GenerationError

__all__ = ["EXPECTED_WARNINGS", "check_warnings", "differences", "files_below", "lines_below", "summary"]

_SHOWN = 5  # places of a pass: enough to see what it was about

# Text that a warning contains, and why it is no error. A warning that is not here stops the run: what
# openapi-python-client cannot read it leaves out, and an operation that is gone must not go unnoticed.
_OBJECT = re.compile(r"<\S+ object at 0x[0-9a-f]+>")  # where a warning forgot to unwrap a text
EXPECTED_WARNINGS: dict[str, str] = {}


def check_warnings(warnings: Iterable[GeneratorError]) -> None:
    """Refuse a run with a warning that is not expected.

    Raises:
        GenerationError: It lists them.
    """
    texts = [" ".join(_OBJECT.sub("…", f"{warning.header} {warning.detail or ''}").split()) for warning in warnings]
    unexpected = [text for text in texts if not any(known in text for known in EXPECTED_WARNINGS)]
    if unexpected:
        listed = "\n  ".join(unexpected)
        raise GenerationError(
            f"openapi-python-client gave {len(unexpected)} warning(s) that are not expected:\n  {listed}", 1
        )


def summary(
    changes: Mapping[str, Sequence[str]], made: Sequence[str], answers: Sequence[str], places: Sequence[str]
) -> list[str]:
    """Return the lines that a run ends with: what each pass changed, what came out, and what has no type."""
    lines = []
    for name, changed in changes.items():
        lines += _listed(f"{name}: {len(changed)} change(s)", changed)
    lines += [*made, *_listed(f"answers without a type: {len(answers)}", answers)]
    return [*lines, *_listed(f"places without a type: {len(places)}", places)]


def _listed(title: str, lines: Sequence[str]) -> list[str]:
    more = [f"  and {len(lines) - _SHOWN} more"] if len(lines) > _SHOWN else []
    return [title, *(f"  {line[:160]}" for line in lines[:_SHOWN]), *more]


def files_below(folder: Path) -> dict[str, bytes]:
    """Return the content of every file below *folder* by its path, leaving out compiled ones."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.suffix != ".pyc"
    }


def lines_below(folder: Path) -> int:
    """Return the number of lines of all modules below *folder*."""
    return sum(content.count(b"\n") for path, content in files_below(folder).items() if path.endswith(".py"))


def differences(old: dict[str, bytes], new: dict[str, bytes]) -> Iterator[str]:
    """Yield the lines of a unified diff from *old* files to *new* ones, at least one for each that differs."""
    for name in sorted({*old, *new}):
        if old.get(name) == new.get(name):
            continue
        before, after = (
            f"{side}/{name}" if name in files else "/dev/null"
            for side, files in (("committed", old), ("generated", new))
        )
        lines = list(difflib.unified_diff(_lines(old.get(name)), _lines(new.get(name)), before, after))
        yield from lines or [f"--- {before}\n", f"+++ {after}\n"]  # an empty file has no lines to show


def _lines(content: bytes | None) -> list[str]:
    """Return a file's lines as a diff shows them: a carriage return visible, a missing end of line said."""
    lines = (content or b"").decode("utf-8", "replace").replace("\r", "\\r").split("\n")
    ended = [f"{line}\n" for line in lines[:-1]]
    return ended if not lines[-1] else [*ended, f"{lines[-1]}\n\\ No newline at end of file\n"]
