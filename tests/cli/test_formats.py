"""What a program gets on standard output: lines with tabs, CSV, and what a program of jq makes of the JSON."""

from __future__ import annotations

import csv
import io
import json

import pytest

from pandadoc_client.emulator import Emulator, EmulatorMode, EmulatorOptions

from .conftest import Pandadoc
from .test_auth import assert_one_line
from .test_streams import Terminal, on_a_terminal

__all__ = ["on_a_terminal"]

ROWS = [
    {
        "id": "AAA",
        "name": 'Bam\tboo,\n"Ltd"',
        "status": "document.draft",
        "date_created": "2026-01-02T03:04:05.6Z",
        "deleted": False,
        "owner": {"email": "ada@example.com", "tags": ["a", 1]},
    },
    {"id": "BBB", "name": None, "status": "document.sent", "size": 1.5},
]


@pytest.fixture
def pandadoc_emulator_options() -> EmulatorOptions:
    return EmulatorOptions(mode=EmulatorMode.EXAMPLES)


@pytest.fixture
def settings(settings: dict[str, str], pandadoc_emulator: Emulator) -> dict[str, str]:
    pandadoc_emulator.responses.add("list_documents", {"results": ROWS}, times=None)
    return {**settings, "PANDADOC_API_KEY": pandadoc_emulator.api_key}


def test_in_a_pipe_a_list_has_a_line_for_each_item(pandadoc: Pandadoc) -> None:
    result = pandadoc("api", "list-documents")
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout.splitlines() == [
        'AAA\tBam boo, "Ltd"\tdocument.draft\t2026-01-02T03:04:05.6Z\tfalse\t',
        "BBB\t\tdocument.sent\t\t\t1.5",
    ]
    assert pandadoc("documents", "list", "--limit", 1).stdout == 'AAA\tBam boo, "Ltd"\tdraft\t2026-01-02T03:04:05.6Z\n'


def test_in_a_pipe_an_object_has_a_line_for_each_field(pandadoc: Pandadoc, pandadoc_emulator: Emulator) -> None:
    pandadoc_emulator.responses.add("details_document", ROWS[0])
    lines = pandadoc("api", "details-document", "--id", "AAA").stdout.splitlines()
    assert lines[0] == "id\tAAA"
    assert lines[-2:] == ["owner.email\tada@example.com", 'owner.tags\t["a", 1]']


def test_nothing_is_no_line(pandadoc: Pandadoc, pandadoc_emulator: Emulator) -> None:
    pandadoc_emulator.responses.add("list_contacts", {"results": []}, times=None)
    for options in ((), ("--csv",)):
        result = pandadoc("api", "list-contacts", *options)
        assert (result.returncode, result.stdout, result.stderr) == (0, "", "")


@pytest.mark.parametrize("command", [("api", "list-documents"), ("documents", "list", "--limit", "2")], ids=" ".join)
def test_csv_has_all_fields(pandadoc: Pandadoc, command: tuple[str, ...]) -> None:
    result = pandadoc(*command, "--csv")
    assert (result.returncode, result.stderr) == (0, "")
    first, second = csv.DictReader(io.StringIO(result.stdout, newline=""))
    assert first == {
        "id": "AAA",
        "name": 'Bam\tboo,\n"Ltd"',
        "status": "document.draft",
        "date_created": "2026-01-02T03:04:05.6Z",
        "deleted": "false",
        "owner.email": "ada@example.com",
        "owner.tags": '["a", 1]',
        "size": "",
    }
    assert (second["id"], second["name"], second["size"]) == ("BBB", "", "1.5")


def test_csv_masks_secrets(pandadoc: Pandadoc, pandadoc_emulator: Emulator) -> None:
    pandadoc_emulator.responses.add("details_document", {"id": "x", "shared_link": "https://example.com/MARKER"})
    result = pandadoc("api", "details-document", "--id", "x", "--csv")
    assert result.stdout == "id,shared_link\nx,***\n"


def test_jq_prints_texts_as_they_are_and_all_else_as_json(pandadoc: Pandadoc) -> None:
    def made(program: str) -> str:
        result = pandadoc("api", "list-documents", "--jq", program)
        assert (result.returncode, result.stderr) == (0, "")
        return result.stdout

    assert made(".results[].id") == "AAA\nBBB\n"
    assert made(".results[0].name") == 'Bam\tboo,\n"Ltd"\n'
    assert made('.results[] | select(.status == "document.sent") | {id, size}') == '{"id":"BBB","size":1.5}\n'
    assert made("empty") == ""
    with_json = pandadoc("documents", "list", "--jq", ".documents | length", "--json", "--limit", 2)
    assert with_json.stdout == "2\n"


def test_on_a_terminal_jq_prints_nothing_that_could_steer_it(
    on_a_terminal: Terminal, pandadoc_emulator: Emulator
) -> None:
    pandadoc_emulator.responses.add("details_document", {"id": "x", "name": "\x1b[31m \x9b31m"})
    _, shown = on_a_terminal(["api", "details-document", "--id", "x", "--jq", ".name"], b"")
    assert json.loads(shown) == "\x1b[31m \x9b31m"
    assert shown.strip().isprintable()


def test_a_program_that_is_none_is_found_before_anything_is_sent(
    pandadoc: Pandadoc, pandadoc_emulator: Emulator
) -> None:
    assert_one_line(pandadoc("api", "list-documents", "--jq", ".["), 2, "--jq", "syntax error")
    assert_one_line(pandadoc("api", "list-documents", "--csv", "--jq", "."), 2, "--csv", "--jq")
    assert_one_line(pandadoc("documents", "list", "--csv", "--jq", "."), 2, "--csv", "--jq")
    assert len(pandadoc_emulator.journal) == 0


def test_a_program_that_does_not_fit_is_one_line(pandadoc: Pandadoc) -> None:
    assert_one_line(pandadoc("api", "list-documents", "--jq", ".results.id"), 1, "--jq", "Cannot index array")
    # Whoever gave a program expects what it makes, and not the document of an error.
    assert_one_line(pandadoc("documents", "nonsense", "--json", "--jq=."), 2)
