"""``pandadoc documents``: from a template or a file to the signed PDF, against an emulator that remembers."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest

from pandadoc_client.cli.documents.drafts import STATUSES, draft_of, recipient_of, status_number
from pandadoc_client.cli.errors import CommandError
from pandadoc_client.emulator import Emulator, EmulatorMode, EmulatorOptions

from ..contract import SCHEMAS
from .conftest import Pandadoc
from .test_auth import assert_one_line
from .test_streams import Terminal, on_a_terminal

__all__ = ["on_a_terminal"]

PDF = b"%PDF-1.7\n%%EOF\n"


@pytest.fixture
def pandadoc_emulator_options() -> EmulatorOptions:
    return EmulatorOptions(mode=EmulatorMode.STATE, seed_data=True)


@pytest.fixture
def settings(settings: dict[str, str], pandadoc_emulator: Emulator) -> dict[str, str]:
    return {**settings, "PANDADOC_API_KEY": pandadoc_emulator.api_key}


@pytest.fixture
def contract(tmp_path: Path) -> Path:
    path = tmp_path / "contract.pdf"
    path.write_bytes(PDF)
    return path


def call(emulator: Emulator, method: str, path: str, **request: Any) -> Any:
    """Call the emulator's API without the package."""
    headers = {"Authorization": f"API-Key {emulator.api_key}"}
    answer = httpx.request(method, f"{emulator.url}/public/v1{path}", headers=headers, **request)
    assert answer.is_success, answer.text
    return answer.json() if answer.content else None


def details(emulator: Emulator, document_id: str) -> Any:
    return call(emulator, "GET", f"/documents/{document_id}/details")


def requests_of(emulator: Emulator, method: str, ending: str) -> list[Any]:
    return [
        entry
        for entry in emulator.journal.entries
        if entry.method == method and entry.path.partition("?")[0].endswith(ending)
    ]


# -- the whole way ---------------------------------------------------------------------------------------------------


def test_a_file_becomes_a_document_that_is_sent_and_saved(
    pandadoc: Pandadoc, pandadoc_emulator: Emulator, contract: Path, tmp_path: Path
) -> None:
    uploaded = pandadoc(
        "documents",
        "upload",
        contract,
        "--recipient",
        "Ada Panda <ada@example.com>:Client",
        "--tag",
        "import",
        "--wait",
    )
    assert (uploaded.returncode, uploaded.stderr) == (0, "")
    document_id, status, name = uploaded.stdout.split()
    assert (status, name) == ("document.draft", "contract")
    found = details(pandadoc_emulator, document_id)
    assert found["recipients"][0]["email"] == "ada@example.com"
    assert (found["recipients"][0]["first_name"], found["recipients"][0]["last_name"]) == ("Ada", "Panda")
    assert found["tags"] == ["import"]

    sent = pandadoc("documents", "send", document_id, "--subject", "Yours", "--message", "Please sign.", "--silent")
    assert (sent.returncode, sent.stderr) == (0, "")
    assert sent.stdout.split()[:2] == [document_id, "document.sent"]
    (request,) = requests_of(pandadoc_emulator, "POST", "/send")
    assert json.loads(request.body) == {"subject": "Yours", "message": "Please sign.", "silent": True}

    shown = pandadoc("documents", "status", document_id)
    assert document_id in shown.stdout
    assert "document.sent" in shown.stdout
    assert json.loads(pandadoc("documents", "status", document_id, "--json").stdout)["status"] == "document.sent"

    saved = pandadoc("documents", "download", document_id, "-o", "signed.pdf")
    assert (saved.returncode, saved.stderr) == (0, "")
    assert (tmp_path / "signed.pdf").read_bytes().startswith(b"%PDF")
    assert saved.stdout.startswith(str(tmp_path / "signed.pdf"))


def test_a_document_is_made_from_a_template(pandadoc: Pandadoc, pandadoc_emulator: Emulator) -> None:
    template = call(pandadoc_emulator, "GET", "/templates")["results"][0]["id"]
    role = call(pandadoc_emulator, "GET", f"/templates/{template}/details")["roles"][0]["name"]
    options = ["--template", template, "--name", "Offer", "--recipient", f"ada@example.com:{role}"]
    filled = ["--token", "Client.Company=Bamboo=Sons", "--metadata", "lead=7", "--tag", "a", "--tag", "b"]
    made = pandadoc("documents", "create", *options, *filled, "--wait", "--json")
    assert (made.returncode, made.stderr) == (0, "")
    document = json.loads(made.stdout)
    assert (document["name"], document["status"]) == ("Offer", "document.draft")
    (request,) = requests_of(pandadoc_emulator, "POST", "/documents")
    assert json.loads(request.body) == {
        "name": "Offer",
        "template_uuid": template,
        "recipients": [{"email": "ada@example.com", "role": role}],
        "tokens": [{"name": "Client.Company", "value": "Bamboo=Sons"}],
        "metadata": {"lead": "7"},
        "tags": ["a", "b"],
    }


def test_options_win_over_the_body(pandadoc: Pandadoc, pandadoc_emulator: Emulator, tmp_path: Path) -> None:
    template = call(pandadoc_emulator, "GET", "/templates")["results"][0]["id"]
    (tmp_path / "offer.json").write_text(json.dumps({"template_uuid": template, "name": "A", "recipients": []}))
    made = pandadoc("documents", "create", "--body", "@offer.json", "--name", "B", "--json")
    assert (made.returncode, made.stderr) == (0, "")
    assert json.loads(made.stdout)["name"] == "B"


# -- lists -----------------------------------------------------------------------------------------------------------


def test_the_list_is_filtered_and_ends_at_its_limit(pandadoc: Pandadoc, pandadoc_emulator: Emulator) -> None:
    everything = call(pandadoc_emulator, "GET", "/documents")["results"]
    listed = json.loads(pandadoc("documents", "list", "--json").stdout)["documents"]
    assert {document["id"] for document in listed} == {document["id"] for document in everything}
    dates = [document["date_created"] for document in listed]
    assert dates == sorted(dates, reverse=True)
    assert len(json.loads(pandadoc("documents", "list", "--limit", "2", "--json").stdout)["documents"]) == 2
    drafts = json.loads(pandadoc("documents", "list", "--status", "draft", "--json").stdout)["documents"]
    assert drafts
    assert {document["status"] for document in drafts} == {"document.draft"}
    table = pandadoc("documents", "list", "--status", "document.completed").stdout
    wanted = [document for document in everything if document["status"] == "document.completed"]
    assert all(document["id"] in table for document in wanted)
    assert all(document["id"] not in table for document in drafts)


def test_every_filter_is_sent(pandadoc: Pandadoc, pandadoc_emulator: Emulator) -> None:
    filters = {"--q": "x", "--template": "t", "--folder": "f", "--tag": "g", "--created-from": "2026-01-31"}
    options = [word for pair in filters.items() for word in pair]
    result = pandadoc("documents", "list", *options, "--created-to", "2026-02-01T10:00:00Z", "--order-by", "name")
    assert (result.returncode, result.stderr) == (0, "")
    (entry,) = pandadoc_emulator.journal.entries
    assert entry.query_parameters == {
        "q": "x",
        "template_id": "t",
        "folder_uuid": "f",
        "tag": "g",
        "created_from": "2026-01-31T00:00:00+00:00",
        "created_to": "2026-02-01T10:00:00+00:00",
        "order_by": "name",
        "page": "1",
        "count": "20",
    }


def test_the_statuses_are_those_of_the_contract_at_their_numbers() -> None:
    assert [f"document.{status}" for status in STATUSES] == SCHEMAS["DocumentStatusEnum"]["enum"]
    assert SCHEMAS["DocumentStatusRequestEnum"]["enum"] == list(range(len(STATUSES)))
    assert (
        status_number("--status", "draft")
        == status_number("--status", "document.draft")
        == status_number("--status", "0")
        == 0
    )
    assert status_number("--status", "External-Review") == 13


# -- uploads ---------------------------------------------------------------------------------------------------------


def test_several_files_are_uploaded_though_one_fails(
    pandadoc: Pandadoc, pandadoc_emulator: Emulator, contract: Path, tmp_path: Path
) -> None:
    (tmp_path / "second.pdf").write_bytes(PDF)
    pandadoc_emulator.responses.add(
        "create_document_from_upload", {"type": "validation_error", "detail": "too bad"}, status=400
    )
    result = pandadoc("documents", "upload", "contract.pdf", "second.pdf", "--json")
    assert result.returncode == 1
    assert result.stderr.startswith("pandadoc: contract.pdf: the server answered HTTP 400")
    assert "too bad" in result.stderr
    (made,) = json.loads(result.stdout)["documents"]
    assert made["name"] == "second"


def test_a_file_that_is_not_there_is_found_before_any_is_sent(
    pandadoc: Pandadoc, pandadoc_emulator: Emulator, contract: Path
) -> None:
    assert_one_line(pandadoc("documents", "upload", contract, "nowhere.pdf"), 2, "nowhere.pdf")
    assert len(pandadoc_emulator.journal) == 0


def test_progress_is_shown_on_a_terminal(on_a_terminal: Terminal, contract: Path) -> None:
    status, shown = on_a_terminal(["documents", "upload", str(contract), "--wait"], b"")
    assert status == 0
    assert "Sending contract.pdf" in shown
    assert "Waiting for document.draft" in shown
    assert f"{len(PDF)}/{len(PDF)} bytes" in shown


# -- waits -----------------------------------------------------------------------------------------------------------


def in_status(emulator: Emulator, status: str) -> str:
    """Return a document of the seed data that is in a status."""
    found = call(emulator, "GET", "/documents")["results"]
    return str(next(document["id"] for document in found if document["status"] == f"document.{status}"))


def test_a_wait_ends_when_the_document_is_there(pandadoc: Pandadoc, pandadoc_emulator: Emulator) -> None:
    document_id = in_status(pandadoc_emulator, "sent")
    result = pandadoc("documents", "wait", document_id, "--status", "sent")
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout.split()[:2] == [document_id, "document.sent"]
    further = pandadoc("documents", "wait", document_id, "--status", "draft", "--json")
    assert json.loads(further.stdout)["status"] == "document.sent"


def test_what_does_not_come_in_time_or_not_at_all_is_one_line(pandadoc: Pandadoc, pandadoc_emulator: Emulator) -> None:
    sent, voided = (in_status(pandadoc_emulator, status) for status in ("sent", "voided"))
    late = pandadoc("documents", "wait", sent, "--status", "completed", "--within", "0.1")
    assert_one_line(late, 1, "document.completed", "0.1 seconds", "document.sent")
    assert_one_line(pandadoc("documents", "wait", voided, "--status", "sent"), 1, "document.voided")
    assert_one_line(pandadoc("documents", "wait", sent, "--status", "draft", "--exact"), 1, "document.sent")
    assert_one_line(pandadoc("documents", "wait", "nothing"), 1, "HTTP 404")


def test_what_cannot_be_sent_is_one_line_with_its_id(pandadoc: Pandadoc, pandadoc_emulator: Emulator) -> None:
    sent = in_status(pandadoc_emulator, "sent")
    assert_one_line(pandadoc("documents", "send", sent), 1, sent, "document.sent")
    assert_one_line(pandadoc("documents", "send", sent, "--within", "0"), 1, "HTTP 409")


def test_a_failure_after_the_creation_names_the_document(
    pandadoc: Pandadoc, pandadoc_emulator: Emulator, contract: Path
) -> None:
    pandadoc_emulator.responses.add("status_document", {"detail": "go away"}, status=403)
    result = pandadoc("documents", "upload", contract, "--wait")
    (made,) = [d for d in call(pandadoc_emulator, "GET", "/documents")["results"] if d["name"] == "contract"]
    assert_one_line(result, 1, made["id"], "exists", "HTTP 403", "go away")


def test_ctrl_c_ends_a_wait(settings: dict[str, str], pandadoc_emulator: Emulator) -> None:
    document_id = in_status(pandadoc_emulator, "sent")
    seen = len(pandadoc_emulator.journal)
    process = subprocess.Popen(
        [sys.executable, "-m", "pandadoc_client.cli", "documents", "wait", document_id, "--status", "completed"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, **settings},
    )
    pandadoc_emulator.journal.wait_for(seen + 1, 30)
    process.send_signal(signal.SIGINT)
    output, errors = process.communicate(timeout=20)
    assert (process.returncode, output, errors.lstrip()) == (130, "", "pandadoc: interrupted\n")


# -- downloads -------------------------------------------------------------------------------------------------------


def test_without_a_name_the_file_gets_the_servers_and_replaces_nothing(
    pandadoc: Pandadoc, pandadoc_emulator: Emulator, tmp_path: Path
) -> None:
    document_id = in_status(pandadoc_emulator, "completed")
    for _ in range(2):
        assert pandadoc("documents", "download", document_id).returncode == 0
    files = sorted(path.name for path in tmp_path.glob("*.pdf"))
    assert len(files) == 2
    assert files[0].endswith(" (2).pdf")


def test_a_file_that_is_being_made_is_waited_for(
    pandadoc: Pandadoc, pandadoc_emulator: Emulator, tmp_path: Path
) -> None:
    document_id = in_status(pandadoc_emulator, "completed")
    command = ["documents", "download", document_id, "-o", "a.pdf"]
    pandadoc_emulator.responses.add("download_document", status=202, headers={"Retry-After": "1"}, times=2)
    assert_one_line(pandadoc(*command, "--within", "0"), 1, "not ready yet")
    assert not (tmp_path / "a.pdf").exists()
    assert pandadoc(*command).returncode == 0
    assert (tmp_path / "a.pdf").read_bytes().startswith(b"%PDF")


def test_a_download_goes_into_a_pipe(settings: dict[str, str], pandadoc_emulator: Emulator) -> None:
    document_id = in_status(pandadoc_emulator, "completed")
    command = [sys.executable, "-m", "pandadoc_client.cli", "documents", "download", document_id, "-o", "-"]
    piped = subprocess.run(command, capture_output=True, check=True, env={**os.environ, **settings})
    assert piped.stdout.startswith(b"%PDF")
    assert piped.stderr == b""


def test_a_download_is_never_written_to_a_terminal(on_a_terminal: Terminal) -> None:
    status, shown = on_a_terminal(["documents", "download", "x", "-o", "-"], b"")
    assert status == 2
    assert "give --output FILE" in shown


# -- what is typed ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "recipient"),
    [
        ("ada@example.com", {"email": "ada@example.com"}),
        ("ada@example.com:Client", {"email": "ada@example.com", "role": "Client"}),
        ("<ada@example.com>", {"email": "ada@example.com"}),
        ("Ada <ada@example.com>", {"first_name": "Ada", "email": "ada@example.com"}),
        (
            ' "Ada B. Panda" < ada@example.com > : Second signer ',
            {"first_name": "Ada B.", "last_name": "Panda", "email": "ada@example.com", "role": "Second signer"},
        ),
    ],
)
def test_a_recipient_is_written_as_in_a_mail(text: str, recipient: dict[str, str]) -> None:
    assert recipient_of(text) == recipient


@pytest.mark.parametrize("text", ["", "Ada", "Ada <ada>", "ada@example.com:", "Ada ada@example.com", "a@b, c@d"])
def test_what_is_no_recipient_is_refused(text: str) -> None:
    with pytest.raises(CommandError, match="--recipient"):
        recipient_of(text)


def test_fields_are_values_by_name_and_what_is_left_out_is_not_sent() -> None:
    assert draft_of(field=["A=1", "B="]) == {"fields": {"A": {"value": "1"}, "B": {"value": ""}}}
    assert draft_of('{"name": "A", "tags": ["x"]}', folder="F") == {"name": "A", "tags": ["x"], "folder_uuid": "F"}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["list", "--status", "nonsense"], ["--status", "draft"]),
        (["list", "--created-from", "soon"], ["--created-from"]),
        (["list", "--limit", "0"], ["--limit"]),
        (["create"], ["--template", "--body"]),
        (["create", "--template", "x", "--recipient", "nobody"], ["--recipient"]),
        (["create", "--template", "x", "--token", "novalue"], ["--token", "NAME=VALUE"]),
        (["create", "--template", "x", "--metadata", "a=1", "--metadata", "a=2"], ["--metadata", "twice"]),
        (["create", "--body", "[]"], ["--body", "object"]),
        (["upload"], ["FILE"]),
        (["upload", "a.pdf", "b.pdf", "--name", "x"], ["--name"]),
        (["wait", "x", "--status", "nonsense"], ["--status"]),
        (["send", "x", "--body", "nonsense"], ["--body"]),
        (["download", "x", "-o", "nowhere/a.pdf"], ["nowhere"]),
        (["nonsense"], ["nonsense"]),
    ],
)
def test_a_wrong_call_is_one_line_and_sends_nothing(
    pandadoc: Pandadoc, pandadoc_emulator: Emulator, arguments: list[str], words: list[str]
) -> None:
    assert_one_line(pandadoc("documents", *arguments), 2, *words)
    assert len(pandadoc_emulator.journal) == 0


def test_every_command_has_help(pandadoc: Pandadoc) -> None:
    for command in ([], ["list"], ["create"], ["upload"], ["wait"], ["send"], ["download"], ["status"]):
        result = pandadoc("documents", *command, "--help", COLUMNS="40")
        assert (result.returncode, result.stderr) == (0, "")
        assert result.stdout.startswith("Usage: pandadoc documents")
