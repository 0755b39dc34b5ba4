"""What a run has to say: which of the generator's warnings are errors, how trees differ, and the summary."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from pathlib import Path

from openapi_python_client.parser.errors import GeneratorError

from .errors import GenerationError

__all__ = ["EXPECTED_WARNINGS", "check_warnings", "differences", "files_below"]

# Text that a warning contains, and why it is no error. A warning that is not here stops the run: what
# openapi-python-client cannot read it leaves out, and an operation that is gone must not go unnoticed.
EXPECTED_WARNINGS: dict[str, str] = {}


def check_warnings(warnings: Iterable[GeneratorError]) -> None:
    """Refuse a run with a warning that is not expected.

    Raises:
        GenerationError: It lists them.
    """
    texts = [" ".join(f"{warning.header} {warning.detail or ''}".split()) for warning in warnings]
    unexpected = [text for text in texts if not any(known in text for known in EXPECTED_WARNINGS)]
    if unexpected:
        listed = "\n  ".join(unexpected)
        raise GenerationError(
            f"openapi-python-client gave {len(unexpected)} warning(s) that are not expected:\n  {listed}", 1
        )


def files_below(folder: Path) -> dict[str, str]:
    """Return the text of every file below *folder* by its path, leaving out compiled ones."""
    return {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8", errors="replace")
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.suffix != ".pyc"
    }


def differences(old: dict[str, str], new: dict[str, str]) -> Iterator[str]:
    """Yield the lines of a unified diff from *old* files to *new* ones."""
    for name in sorted({*old, *new}):
        if old.get(name) != new.get(name):
            yield from difflib.unified_diff(
                old.get(name, "").splitlines(keepends=True),
                new.get(name, "").splitlines(keepends=True),
                f"committed/{name}" if name in old else "/dev/null",
                f"generated/{name}" if name in new else "/dev/null",
            )
