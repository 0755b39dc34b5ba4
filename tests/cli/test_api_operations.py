"""``pandadoc api``: all 127 operations, one by one; and that each costs only what it needs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from pandadoc_client.cli import app as cli_app
from pandadoc_client.cli.operations import OperationEntry, describe, entries, fields_of, find, wire_schemas
from pandadoc_client.emulator import Emulator, EmulatorMode, EmulatorOptions

from ..contract import example, resolved
from ..operations import OPERATIONS
from .conftest import Pandadoc

ALL = [pytest.param(entry, id=entry.name) for entry in entries()]


@pytest.fixture
def pandadoc_emulator_options() -> EmulatorOptions:
    return EmulatorOptions(mode=EmulatorMode.EXAMPLES)


@pytest.fixture
def settings(settings: dict[str, str], pandadoc_emulator: Emulator) -> dict[str, str]:
    return {**settings, "PANDADOC_API_KEY": pandadoc_emulator.api_key}


def arguments_for(entry: OperationEntry, folder: Path) -> list[str]:
    """Return options with which an operation can be called: those that it must have, and files."""
    described, schemas, found = describe(entry), wire_schemas(entry), list[str]()
    content = resolved(dict(entry.facts.get("requestBody", {}))).get("content", {})
    for parameter in described.operation.parameters:
        option = f"--{parameter.name.replace('__', '-').replace('_', '-')}"
        if parameter.location == "body":
            body = example(content["application/json"]["schema"], full=False)
            found += ["--body", json.dumps(body)]
        elif parameter.name == "file" and "application/json" not in content:
            file = folder / "a file.pdf"
            file.write_bytes(b"%PDF-1.7 ")
            found += [option, str(file)]
        elif parameter.name == "data":
            (form,) = content.values()
            found += [option, json.dumps(example(resolved(form["schema"])["properties"]["data"], full=False))]
        elif parameter.required:
            value = example(dict(schemas[parameter.wire]), full=False)
            found += [option, str(value)]
    return found


@pytest.mark.parametrize("entry", ALL)
def test_every_operation_can_be_called_by_its_options(
    entry: OperationEntry,
    settings: dict[str, str],
    pandadoc_emulator: Emulator,
    monkeypatch: pytest.MonkeyPatch,
    capfdbinary: pytest.CaptureFixture[bytes],
    tmp_path: Path,
) -> None:
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    arguments = arguments_for(entry, tmp_path)
    if entry.name == "access-token":
        code = pandadoc_emulator.issue_code()
        form = {"client-id": pandadoc_emulator.client_id, "client-secret": pandadoc_emulator.client_secret}
        for name, value in {**form, "grant-type": "authorization_code", "scope": "read+write", "code": code}.items():
            arguments += [f"--{name}", value]
    is_file = describe(entry).operation.response_type == OPERATIONS["download_document"][2].response_type
    target = tmp_path / "target.pdf"
    status = cli_app.run(["api", entry.name, *arguments, *(["--output", str(target)] if is_file else ["--json"])])
    output, errors = capfdbinary.readouterr()
    assert (status, errors) == (0, b"")
    (request,) = pandadoc_emulator.journal.entries
    assert request.method == entry.method
    assert (request.status or 0) < 300
    if is_file:
        assert target.read_bytes().startswith(b"%PDF")
        assert str(target).encode() in output
    elif output:
        json.loads(output)


def test_the_operations_are_those_of_the_api_classes() -> None:
    assert {entry.method_name for entry in entries()} == OPERATIONS.keys()
    for entry in entries():
        described = describe(entry)
        operation = described.operation
        assert operation.operation_id == entry.method_name
        assert (entry.method, entry.path) == (operation.method, operation.path)
        assert operation.summary
        # A body may be one of several kinds, of which each has a description of its own.
        undescribed = [one for one in operation.parameters if one.name not in operation.meanings]
        assert {one.location for one in undescribed} <= {"body"}


@pytest.mark.parametrize("name", ["list-documents", "list_documents", "listDocuments", "LISTDOCUMENTS"])
def test_an_operation_is_found_by_each_of_its_names(name: str) -> None:
    found = find(name)
    assert found is not None
    assert found.operation_id == "listDocuments"
    assert find("documents") is None


@pytest.mark.parametrize("entry", ALL)
def test_every_operation_has_help(
    entry: OperationEntry, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    assert cli_app.run(["api", entry.name, "--help"]) == 0
    shown = capsys.readouterr().out
    described = describe(entry)
    assert f"{described.operation.summary}." in shown
    assert f"{entry.method} {entry.path}" in shown
    for parameter in described.operation.parameters:
        option = "--body" if parameter.location == "body" else f"--{parameter.name.replace('__', '-')}"
        assert f"{option.replace('_', '-')} " in shown


def test_help_needs_no_docstrings() -> None:
    command = [sys.executable, "-OO", "-m", "pandadoc_client.cli", "api", "list-documents", "--help"]
    result = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    assert "List documents." in result.stdout
    assert "Documents per page, at most 100." in result.stdout


def test_the_list_has_a_line_for_each_operation_under_its_tag(pandadoc: Pandadoc) -> None:
    result = pandadoc("api", "--list")
    lines = result.stdout.splitlines()
    assert (result.returncode, result.stderr) == (0, "")
    assert lines.index("Documents") < lines.index("Templates")
    named = [line.split()[0] for line in lines if line.startswith("  ")]
    assert named == [entry.name for entry in entries()]
    assert "List documents" in next(line for line in lines if line.split()[:1] == ["list-documents"])
    document = json.loads(pandadoc("api", "--list", "--json").stdout)
    assert document[1]["operation_id"] == "listDocuments"


def test_the_fields_of_a_body_are_in_its_help(pandadoc: Pandadoc) -> None:
    shown = " ".join(pandadoc("api", "create-webhook-subscription", "--help").stdout.split())
    assert "name*, url*, active, payload, triggers* (* must be there)" in shown
    entry = find("create_document_from_upload")
    assert entry is not None
    assert "name*" in fields_of(entry, "data")


# -- how fast --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("command", "absent"),
    [
        (
            ["--help"],
            ("httpx", "starlette", "uvicorn", "pandadoc_client.api", "pandadoc_client.api_client", "sqlalchemy"),
        ),
        (["api", "--help"], ("httpx", "starlette", "pandadoc_client.api", "pandadoc_client.api_client")),
        (["documents", "list", "--help"], ("httpx", "starlette", "pandadoc_client.api", "pandadoc_client.api_client")),
        (["webhooks", "listen", "--help"], ("httpx", "starlette", "uvicorn", "pandadoc_client.api")),
        (["api", "list-contacts", "--help"], ("httpx", "starlette", "pandadoc_client.api.documents_api")),
    ],
    ids=" ".join,
)
def test_help_imports_nothing_that_it_does_not_need(command: list[str], absent: tuple[str, ...]) -> None:
    program = (
        "import sys\n"
        "from pandadoc_client.cli import main\n"
        f"status = main({command!r})\n"
        f"print(status, sorted(set({absent!r}) & sys.modules.keys()), file=sys.stderr)"
    )
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert result.stderr == "0 []\n"


def test_one_operation_imports_one_api_module(settings: dict[str, str]) -> None:
    program = (
        "import sys\n"
        "from pandadoc_client.cli import main\n"
        "main(['api', 'list-contacts', '--json'])\n"
        "found = sorted(name for name in sys.modules if name.startswith('pandadoc_client.api.'))\n"
        "print(*found, file=sys.stderr)"
    )
    result = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, env={**os.environ, **settings}
    )
    assert result.stderr == "pandadoc_client.api.contacts_api\n"
