"""How much is generated, and that nothing is generated that could be written by hand."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest

from .conftest import PROJECT

PACKAGE = PROJECT / "pandadoc_client"
GENERATED = ("api", "apis", "model", "models")
TEMPLATES = sorted((PROJECT / "scripts" / "templates").rglob("*"))
MOST = 45_000


def test_the_generated_lines_are_few_enough_to_read() -> None:
    lines = {name: sum(path.read_bytes().count(b"\n") for path in (PACKAGE / name).rglob("*.py")) for name in GENERATED}
    print(f"generated lines: {sum(lines.values())}, {lines}")
    assert sum(lines.values()) <= MOST


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_a_template_holds_facts_of_the_document(template: Path) -> None:
    """Python that is the same for every document belongs into a module, where tools see it."""
    text = template.read_text(encoding="utf-8")
    assert re.search(r"\{\{.+?\}\}", text), f"{template} renders nothing of the document"
    # No template has functions of its own but the methods of operations and the constructors of models.
    functions = re.findall(r"^\s*(?:async )?def (.+?)\(", re.sub(r"\{\{.*?\}\}", "{}", text), re.MULTILINE)
    assert [name for name in functions if name not in ("__init__", "{}")] == []


def test_the_contract_has_an_operation_a_line() -> None:
    text = (PACKAGE / "emulator" / "contract" / "contract.json").read_text(encoding="utf-8")
    operations = [line for line in text.splitlines() if '"operationId":' in line]
    assert len(operations) == text.count('"operationId":') == 127
    for line in operations:
        method, _, operation = line.rstrip(",").partition(":")
        assert json.loads(method) in ("get", "put", "post", "delete", "patch")
        assert "operationId" in json.loads(operation)


@pytest.mark.parametrize(
    ("path", "generated"),
    [
        ("pandadoc_client/api/documents_api.py", True),
        ("pandadoc_client/apis/__init__.py", True),
        ("pandadoc_client/model/error_response.py", True),
        ("pandadoc_client/models/__init__.py", True),
        ("pandadoc_client/emulator/contract/contract.json", True),
        ("docs/operations/documents.md", True),
        ("pandadoc_client/api_client.py", False),
        ("pandadoc_client/_calls/model.py", False),
        ("docs/errors.md", False),
    ],
)
def test_generated_files_are_marked_for_reviews(path: str, generated: bool) -> None:
    command = ["git", "-C", str(PROJECT), "check-attr", "linguist-generated", "--", path]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    if result.returncode:
        pytest.skip("this is no checkout of the repository")
    assert result.stdout.strip().endswith(": set" if generated else ": unspecified")
