"""What a type checker says of a mistake."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path


def test_a_checker_says_one_short_line_of_a_misspelt_argument(tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(
        "from pandadoc_client import PandaDoc\n\nwith PandaDoc() as pd:\n    pd.documents.list_documents(statuss=2)\n"
    )
    command = [sys.executable, "-m", "mypy", "--strict", "--hide-error-context", "--no-error-summary"]
    result = subprocess.run([*command, program], capture_output=True, text=True, timeout=300, cwd=tmp_path, check=False)
    (message, *notes) = result.stdout.splitlines()
    assert 'Unexpected keyword argument "statuss" for "list_documents" of "DocumentsApi"' in message
    assert len(message) < 200
    assert all(" note: " in note for note in notes)
