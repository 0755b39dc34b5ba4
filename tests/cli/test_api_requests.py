"""``pandadoc api`` as people know it from gh: fields, ids behind the operation, all pages, any request."""

from __future__ import annotations

import json
from pathlib import Path

import httpx
import pytest

from pandadoc_client.cli.documents.drafts import NUMBERED_STATUSES, STATUSES
from pandadoc_client.cli.operations import entries, find, find_request
from pandadoc_client.emulator import Emulator, EmulatorMode, EmulatorOptions

from .conftest import Pandadoc
from .test_auth import assert_one_line


@pytest.fixture
def pandadoc_emulator_options() -> EmulatorOptions:
    return EmulatorOptions(mode=EmulatorMode.STATE, seed_data=True)


@pytest.fixture
def settings(settings: dict[str, str], pandadoc_emulator: Emulator) -> dict[str, str]:
    return {**settings, "PANDADOC_API_KEY": pandadoc_emulator.api_key}


def query_of(emulator: Emulator) -> httpx.QueryParams:
    return httpx.QueryParams(emulator.journal.entries[-1].query)


# -- names and places --------------------------------------------------------------------------------------------------


def test_an_operation_may_be_named_with_its_resource() -> None:
    wanted = find("status-document")
    assert wanted is not None
    assert {find(f"documents.{name}") for name in ("status_document", "status-document", "statusDocument")} == {wanted}
    assert find("contacts.status_document") is None


def test_the_operation_of_a_request_is_found() -> None:
    for entry in entries():
        path = entry.path.replace("{", "x").replace("}", "x")
        assert find_request(entry.method, path) == entry
    assert find_request("GET", "/public/v1/nowhere") is None
    folders = find_request("GET", "/public/v1/documents/folders")
    assert folders is not None
    assert folders.name == "list-document-folders"


def test_ids_in_the_path_may_stand_behind_the_operation(pandadoc: Pandadoc, pandadoc_emulator: Emulator) -> None:
    pandadoc_emulator.responses.add("details_document_attachment", {"uuid": "b"}, times=None)
    for places in (["a", "b"], ["b", "--id", "a"], ["a", "--attachment-id", "b"], ["--attachment-id", "b", "a"]):
        result = pandadoc("api", "document_attachments.details_document_attachment", *places)
        assert (result.returncode, result.stderr) == (0, "")
        assert pandadoc_emulator.journal.entries[-1].path == "/public/v1/documents/a/attachments/b"


def test_fields_are_parameters(pandadoc: Pandadoc, pandadoc_emulator: Emulator) -> None:
    given = ["-f", "status=completed", "--field", "status__ne=1", "-f", "count=3", "-f", "created_from=2026-01-31"]
    result = pandadoc("api", "list-documents", *given, "-f", "metadata=metadata_a=1", "-f", "metadata=metadata_b=2")
    assert (result.returncode, result.stderr) == (0, "")
    query = query_of(pandadoc_emulator)
    assert (query["status"], query["status__ne"], query["count"]) == ("2", "1", "3")
    assert query["created_from"] == "2026-01-31T00:00:00+00:00"
    assert query.get_list("metadata") == ["metadata_a=1", "metadata_b=2"]


def test_fields_are_those_of_the_body_by_the_types_of_the_contract(
    pandadoc: Pandadoc, pandadoc_emulator: Emulator
) -> None:
    fields = ["name=2026", "url=http://127.0.0.1:9/", "active=true", 'triggers=["document_state_changed"]', "news=a"]
    result = pandadoc("api", "create-webhook-subscription", *(word for field in fields for word in ("-f", field)))
    assert json.loads(pandadoc_emulator.journal.entries[-1].body) == {
        "name": "2026",
        "url": "http://127.0.0.1:9/",
        "active": True,
        "triggers": ["document_state_changed"],
        "news": "a",
    }
    assert result.returncode in (0, 1)


def test_fields_win_over_the_body_and_go_into_the_part_of_a_form(
    pandadoc: Pandadoc, pandadoc_emulator: Emulator, tmp_path: Path
) -> None:
    made = pandadoc("api", "create-contact", "--body", '{"email": "a@example.com", "phone": "1"}', "-f", "phone=2")
    assert made.returncode == 0, made.stderr
    assert json.loads(pandadoc_emulator.journal.entries[-1].body) == {"email": "a@example.com", "phone": "2"}
    (tmp_path / "contract.pdf").write_bytes(b"%PDF-1.7\n%%EOF\n")
    made = pandadoc("api", "create-document-from-upload", "-f", "file=contract.pdf", "-f", "name=Contract")
    assert made.returncode == 0, made.stderr
    assert b'{"name": "Contract"}' in pandadoc_emulator.journal.entries[-1].body.replace(b'":"', b'": "')


def test_statuses_have_names(pandadoc: Pandadoc, pandadoc_emulator: Emulator) -> None:
    for status in ("waiting_pay", "document.waiting_pay", "9"):
        assert pandadoc("api", "list-documents", "--status", status).returncode == 0
        assert query_of(pandadoc_emulator)["status"] == "9"
    for command in (("api", "list-documents"), ("documents", "list")):
        shown = " ".join(pandadoc(*command, "--help").stdout.split())
        assert NUMBERED_STATUSES in shown
    assert len(STATUSES) == 15


# -- all pages ---------------------------------------------------------------------------------------------------------


def test_all_pages_are_one_response(pandadoc: Pandadoc, pandadoc_emulator: Emulator) -> None:
    everything = json.loads(pandadoc("api", "list-documents", "-f", "count=100", "--json").stdout)["results"]
    pandadoc_emulator.journal.clear()
    paged = pandadoc("api", "list-documents", "--count", 2, "--paginate", "--json")
    assert (paged.returncode, paged.stderr) == (0, "")
    assert json.loads(paged.stdout) == {"results": everything}
    assert len(pandadoc_emulator.journal) > len(everything) / 2
    assert pandadoc("api", "list-documents", "--paginate", "--jq", ".results | length").stdout == f"{len(everything)}\n"
    assert len(pandadoc("api", "list-documents", "--paginate").stdout.splitlines()) == len(everything)


def test_all_pages_of_a_request_are_those_of_its_operation(pandadoc: Pandadoc, pandadoc_emulator: Emulator) -> None:
    everything = json.loads(pandadoc("api", "list-documents", "-f", "count=100", "--json").stdout)
    pandadoc_emulator.journal.clear()
    paged = pandadoc("api", "GET", "/public/v1/documents?count=2", "--paginate", "-f", "status__ne=0", "--json")
    assert (paged.returncode, paged.stderr) == (0, "")
    wanted = [document for document in everything["results"] if document["status"] != "document.draft"]
    assert json.loads(paged.stdout) == {"results": wanted}
    assert len(pandadoc_emulator.journal) > len(wanted) / 2
    folder = "/public/v1/documents/x/fields"
    pandadoc_emulator.responses.add("list_document_fields", {"fields": [{"uuid": "a"}]})
    assert pandadoc("api", "GET", folder, "--paginate", "--jq", ".fields[].uuid").stdout == "a\n"


def test_lists_have_it_and_nothing_else(pandadoc: Pandadoc) -> None:
    assert_one_line(pandadoc("api", "status-document", "x", "--paginate"), 2, "--paginate")
    assert_one_line(pandadoc("api", "list-documents", "--page", "2", "--paginate"), 2, "--page", "--paginate")
    whole = pandadoc("api", "list-members", "--paginate", "--json")
    assert json.loads(whole.stdout) == json.loads(pandadoc("api", "list-members", "--json").stdout)


# -- any request -------------------------------------------------------------------------------------------------------


def test_a_get_has_its_query_from_the_path_and_from_fields(pandadoc: Pandadoc, pandadoc_emulator: Emulator) -> None:
    came = pandadoc("api", "GET", "/public/v1/documents?count=2&q=%C3%A9", "-f", "status=draft", "--json")
    assert (came.returncode, came.stderr) == (0, "")
    assert set(json.loads(came.stdout)) == {"results"}
    (entry,) = pandadoc_emulator.journal.entries
    assert (entry.method, entry.path.partition("?")[0]) == ("GET", "/public/v1/documents")
    assert entry.query == "count=2&q=%C3%A9&status=0"
    assert entry.header("authorization") == f"API-Key {pandadoc_emulator.api_key}"
    assert pandadoc("api", "get", "public/v1/members", "--jq", ".results[0].email").stdout == "ada.panda@example.com\n"
    url = f"{pandadoc_emulator.url}/public/v1/members"
    assert "ada.panda@example.com" in pandadoc("api", "GET", url).stdout


@pytest.mark.parametrize("source", ["--input", "-d", "standard input", "fields"])
def test_a_post_has_its_body_from_where_one_likes(
    pandadoc: Pandadoc, pandadoc_emulator: Emulator, tmp_path: Path, source: str
) -> None:
    body = {"email": "ada@example.com", "phone": "7"}
    (tmp_path / "body.json").write_text(json.dumps(body))
    given = {
        "--input": ["--input", "body.json"],
        "-d": ["-d", "@body.json"],
        "standard input": ["--input", "-"],
        "fields": ["-f", "email=ada@example.com", "-f", "phone=7"],
    }[source]
    made = pandadoc("api", "POST", "/public/v1/contacts", *given, "--jq", ".email", stdin=json.dumps(body))
    assert (made.returncode, made.stdout, made.stderr) == (0, "ada@example.com\n", "")
    (entry,) = pandadoc_emulator.journal.entries
    assert json.loads(entry.body) == body
    assert entry.header("content-type") == "application/json"


def test_a_response_without_a_body_and_a_refusal_are_those_of_operations(pandadoc: Pandadoc) -> None:
    contact = pandadoc("api", "POST", "/public/v1/contacts", "-f", "email=a@example.com", "--jq", ".id").stdout.strip()
    assert pandadoc("api", "DELETE", f"/public/v1/contacts/{contact}").stderr == "pandadoc: done (HTTP 204)\n"
    assert_one_line(pandadoc("api", "DELETE", f"/public/v1/contacts/{contact}"), 1, "404")


def test_secrets_of_the_operation_that_a_path_is_of_are_masked(pandadoc: Pandadoc, pandadoc_emulator: Emulator) -> None:
    pandadoc_emulator.responses.add("create_document_link", {"id": "MARKER-0123456789"})
    path = "/public/v1/documents/x/session"
    result = pandadoc("api", "POST", path, "-f", "recipient=ada@example.com", "--debug")
    assert "***" in result.stdout
    assert "***" in result.stderr
    assert "MARKER" not in result.stdout + result.stderr


def test_a_file_goes_into_a_folder_under_its_name(
    pandadoc: Pandadoc, pandadoc_emulator: Emulator, tmp_path: Path
) -> None:
    document = json.loads(pandadoc("api", "list-documents", "--json").stdout)["results"][0]["id"]
    (tmp_path / "one").mkdir()
    for command in (
        ("documents", "download", document),
        ("api", "download-document", document),
        ("api", "GET", f"/public/v1/documents/{document}/download"),
    ):
        saved = pandadoc(*command, "-o", "one")
        assert (saved.returncode, saved.stderr) == (0, "")
    names = sorted(path.name for path in (tmp_path / "one").iterdir())
    stem = names[0].removesuffix(" (2).pdf")
    assert names == [f"{stem} (2).pdf", f"{stem} (3).pdf", f"{stem}.pdf"]
    assert pandadoc("documents", "download", document, "-o", ".").returncode == 0
    assert (tmp_path / f"{stem}.pdf").read_bytes().startswith(b"%PDF")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["api", "/public/v1/documents"], ["pandadoc api GET /public/v1/documents"]),
        (["api", "GET", "/public/v1/documents/{id}"], ["PATH", "braces"]),
        (["api", "GET", "https://example.com/public/v1/documents"], ["PATH", "another host"]),
        (["api", "GET", "/public/v1/documents?q=a b"], ["PATH", "percent-encoded"]),
        (["api", "GET", "/public/v1/documents", "-f", "status=odd"], ["status", "draft"]),
        (["api", "GET", "/public/v1/documents", "-f", "status"], ["-f", "NAME=VALUE"]),
        (["api", "GET", "/public/v1/documents", "-d", "{}"], ["-d"]),
        (["api", "POST", "/public/v1/documents", "--paginate"], ["--paginate"]),
        (["api", "GET", "/public/v1/documents/x", "--paginate"], ["--paginate", "PATH"]),
        (["api", "POST", "/public/v1/contacts", "--input", "nowhere.json"], ["--input", "nowhere.json"]),
        (["api", "POST", "/public/v1/contacts", "--input", "-", "--body", "{}"], ["--input", "--body"]),
        (["api", "POST", "/public/v1/contacts", "-d", "[]", "-f", "a=b"], ["-f", "object"]),
        (["api", "status-document", "a", "b"], ["too many", "ID"]),
        (["api", "status-document", "a", "-f", "id=b"], ["--id", "-f", "twice"]),
        (["api", "list-documents", "-f", "nonsense=1"], ["-f", "nonsense", "count"]),
        (["api", "list-documents", "-f", "count=1", "-f", "count=2"], ["count", "twice"]),
        (["api", "create-webhook-subscription", "-f", "active=maybe"], ["active", "JSON"]),
        (["documents", "download", "x", "-o", "no/such/x.pdf"], ["-o/--output", "no folder", "no/such"]),
        (["documents", "download", "x", "-o", f"{'x' * 300}.pdf"], ["-o/--output", "cannot write", "too long"]),
        (["api", "download-document", "x", "-o", "no/such/"], ["-o/--output", "no folder", "no/such"]),
    ],
    ids=" ".join,
)
def test_a_wrong_call_is_one_line_and_sends_nothing(
    pandadoc: Pandadoc, pandadoc_emulator: Emulator, arguments: list[str], words: list[str]
) -> None:
    assert_one_line(pandadoc(*arguments), 2, *words)
    assert len(pandadoc_emulator.journal) == 0


def test_a_response_that_only_says_it_is_json_is_no_fault_of_the_program(
    pandadoc: Pandadoc, pandadoc_emulator: Emulator
) -> None:
    headers = {"Content-Type": "application/json"}
    pandadoc_emulator.responses.add("list_contacts", b'{"results": [', headers=headers)
    assert_one_line(pandadoc("api", "GET", "/public/v1/contacts"), 1, "the response is no JSON", "--output")


def test_a_path_that_only_begins_like_the_host_is_of_another(pandadoc: Pandadoc, pandadoc_emulator: Emulator) -> None:
    for path in (f"{pandadoc_emulator.url}1/x", f"{pandadoc_emulator.url}.example.com/x"):
        assert_one_line(pandadoc("api", "DELETE", path), 2, "PATH is of another host")
    assert pandadoc_emulator.journal.entries == []
