"""What both type checkers say in their strict modes: nothing of the documentation, and something of each mistake."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from ..docs.pages import PAGES, PROJECT, blocks

BLOCKS = [block for page in PAGES for block in blocks(page)]
# Of what a checker says: the file that stands for a block, the line on its page, and what is wrong.
_PROBLEM = re.compile(r"block_(\d+)\.py:(\d+)(?::\d+)?(?: -|:) error: (.*)")


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a module for each block, whose lines have the numbers that they have on the page."""
    folder = tmp_path_factory.mktemp("blocks")
    for number, block in enumerate(BLOCKS):
        (folder / f"block_{number}.py").write_text("\n" * block.line + block.code, encoding="utf-8")
    settings = {"typeCheckingMode": "strict", "pythonVersion": "3.11", "include": ["."], "extraPaths": [str(PROJECT)]}
    (folder / "pyrightconfig.json").write_text(json.dumps(settings), encoding="utf-8")
    (folder / "mypy.ini").write_text("[mypy]\nstrict = true\npython_version = 3.11\n", encoding="utf-8")
    return folder


CHECKERS = {
    "mypy": ("mypy", "--config-file", "mypy.ini", "--no-error-summary", "."),
    "pyright": ("pyright", "--pythonpath", sys.executable),
}


def run(checker: str, folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", *CHECKERS[checker]]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=300)


@pytest.mark.parametrize("checker", CHECKERS)
def test_every_block_is_typed(checker: str, written: Path) -> None:
    result = subprocess.run(
        [sys.executable, "-m", *CHECKERS[checker]],
        cwd=written,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    found = [
        f"{BLOCKS[int(number)].page.relative_to(PROJECT)}:{line}: {problem}"
        for number, line, problem in _PROBLEM.findall(result.stdout)
    ]
    assert found == []
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize("checker", CHECKERS)
@pytest.mark.parametrize("program", ["bodies.py", "events.py", "front.py", "usage.py"])
def test_every_mistake_is_found_where_it_is(checker: str, program: str, written: Path, tmp_path: Path) -> None:
    """The lines with a comment for checkers, without it."""
    for settings in ("pyrightconfig.json", "mypy.ini"):
        (tmp_path / settings).write_bytes((written / settings).read_bytes())
    lines = Path(__file__).with_name(program).read_text(encoding="utf-8").splitlines()
    mistakes = {number for number, line in enumerate(lines, 1) if "# type: ignore" in line}
    bare = "\n".join(line.partition("  # type: ignore")[0] for line in lines)
    (tmp_path / "block_0.py").write_text(bare, encoding="utf-8")
    found = {int(line) for _, line, _ in _PROBLEM.findall(run(checker, tmp_path).stdout)}
    assert mistakes
    assert found == mistakes
