"""``pandadoc api``: what it sends, what it prints, and what it says when it cannot."""

from __future__ import annotations

import http.server
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from pandadoc_client.cli.operations import find
from pandadoc_client.emulator import Emulator, EmulatorMode, EmulatorOptions, Fault
from pandadoc_client.oauth import Token
from pandadoc_client.oauth.stores import FileTokenStore

from .conftest import Pandadoc
from .test_api_operations import arguments_for
from .test_auth import assert_one_line
from .test_streams import Terminal, on_a_terminal, unstyled

__all__ = ["on_a_terminal"]


@pytest.fixture
def pandadoc_emulator_options() -> EmulatorOptions:
    return EmulatorOptions(mode=EmulatorMode.EXAMPLES)


@pytest.fixture
def settings(settings: dict[str, str], pandadoc_emulator: Emulator, tmp_path: Path) -> dict[str, str]:
    store = f"file:{tmp_path / 'tokens.json'}"
    return {**settings, "PANDADOC_API_KEY": pandadoc_emulator.api_key, "PANDADOC_TOKEN_STORE": store}


@contextmanager
def server(status: int, content: bytes, kind: str = "application/json", reason: str | None = None) -> Iterator[str]:
    """Run a server that gives one response to everything, and yield its address."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status, reason)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as running:
        thread = threading.Thread(target=running.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{running.server_port}"
        finally:
            running.shutdown()
            thread.join()


# -- what is sent ----------------------------------------------------------------------------------------------------


def test_options_become_the_query(pandadoc: Pandadoc, pandadoc_emulator: Emulator) -> None:
    options = ["--count", "10", "--deleted", "False", "--created-from", "2026-01-31", "--status-ne", "3"]
    lists = ["--metadata", "metadata_a=1", "--metadata", "metadata_b=2"]
    result = pandadoc("api", "list-documents", *options, *lists, "--created-to", "2026-02-01T09:30:00+02:00")
    assert (result.returncode, result.stderr) == (0, "")
    query = httpx.QueryParams(pandadoc_emulator.journal.entries[0].query)
    assert query["count"] == "10"
    assert query["deleted"] == "false"
    assert query["created_from"] == "2026-01-31T00:00:00+00:00"
    assert query["created_to"] == "2026-02-01T09:30:00+02:00"
    assert query["status__ne"] == "3"
    assert query.get_list("metadata") == ["metadata_a=1", "metadata_b=2"]


def test_a_status_is_given_by_its_name_or_its_number(pandadoc: Pandadoc, pandadoc_emulator: Emulator) -> None:
    result = pandadoc("api", "list-documents", "--status", "completed", "--status-ne", "11")
    assert (result.returncode, result.stderr) == (0, "")
    query = httpx.QueryParams(pandadoc_emulator.journal.entries[0].query)
    assert (query["status"], query["status__ne"]) == ("2", "11")
    result = pandadoc("api", "list-documents", "--status", "complete")
    assert result.returncode == 2
    assert "--status must be a whole number, or one of draft, sent, completed" in result.stderr
    assert len(pandadoc_emulator.journal.entries) == 1


@pytest.mark.parametrize("source", ["argument", "file", "standard input"])
def test_a_body_comes_from_where_one_likes(
    pandadoc: Pandadoc, pandadoc_emulator: Emulator, tmp_path: Path, source: str
) -> None:
    body = {"email": "ada@example.com", "company": "Bambus & Söhne", "job_title": None}
    (tmp_path / "body.json").write_text(json.dumps(body, ensure_ascii=False), encoding="utf-8")
    given = {"argument": json.dumps(body), "file": "@body.json", "standard input": "-"}[source]
    result = pandadoc("api", "create-contact", "--body", given, stdin=json.dumps(body))
    assert (result.returncode, result.stderr) == (0, "")
    (entry,) = pandadoc_emulator.journal.entries
    assert json.loads(entry.body) == body
    assert entry.header("content-type") == "application/json"


def test_a_file_goes_into_a_multipart_form(pandadoc: Pandadoc, pandadoc_emulator: Emulator, tmp_path: Path) -> None:
    (tmp_path / "contract.pdf").write_bytes(b"%PDF-1.7 \r\n\x00")
    result = pandadoc("api", "create-document-from-upload", "--file", "contract.pdf", "--data", '{"name": "A"}')
    assert (result.returncode, result.stderr) == (0, "")
    (entry,) = pandadoc_emulator.journal.entries
    assert b'filename="contract.pdf"' in entry.body
    assert b"%PDF-1.7 \r\n\x00" in entry.body


def test_secrets_of_a_form_may_come_from_a_file(
    pandadoc: Pandadoc, pandadoc_emulator: Emulator, tmp_path: Path
) -> None:
    (tmp_path / "secret").write_text(f"{pandadoc_emulator.client_secret}\n")
    token = str(pandadoc_emulator.issue_token()["refresh_token"])
    form = ["--grant-type", "refresh_token", "--client-id", pandadoc_emulator.client_id, "--scope", "read+write"]
    secrets = ["--client-secret", "@secret", "--refresh-token", "-"]
    result = pandadoc("api", "access-token", *form, *secrets, stdin=f"{token}\n", PANDADOC_API_KEY="")
    assert (result.returncode, result.stderr) == (0, "")
    pair = pandadoc_emulator.live_pair()
    assert pair.access_token not in result.stdout
    assert pair.refresh_token not in result.stdout
    assert "***" in result.stdout
    assert pandadoc_emulator.journal.entries[0].header("authorization") is None


# -- what is printed -------------------------------------------------------------------------------------------------


def test_json_is_exactly_what_came(pandadoc: Pandadoc) -> None:
    came = b'{"results":[ {"id":"a","n":1.10,"big":12345678901234567890123,"text":"\\u00e9 \xc3\xa9"} ],"n":1e2}'
    with server(200, came) as url:
        result = pandadoc("api", "list-documents", "--json", PANDADOC_HOST=url)
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout.encode() == came + b"\n"


def test_on_a_terminal_json_cannot_steer_it(on_a_terminal: Terminal, pandadoc_emulator: Emulator) -> None:
    pandadoc_emulator.responses.add("details_document", {"id": "x", "name": "\x9b31m \u202e"})
    _, shown = on_a_terminal(["api", "details-document", "--id", "x", "--json"], b"")
    assert json.loads(shown) == {"id": "x", "name": "\x9b31m \u202e"}
    assert shown.isascii()


def test_on_a_terminal_a_list_is_a_table_with_a_row_for_each_item(
    on_a_terminal: Terminal, pandadoc_emulator: Emulator
) -> None:
    rows = [
        {"id": "AAA", "name": "Bam\x1b[31mboo", "status": "document.draft", "date_created": "2026-01-02T03:04:05.6Z"},
        {"id": "BBB", "name": None, "status": 7, "deep": {"a": 1}},
    ]
    pandadoc_emulator.responses.add("list_documents", {"results": rows})
    lines = unstyled(on_a_terminal(["api", "list-documents"], b"")[1]).splitlines()
    assert [word.strip() for word in lines[1].split("┃")[1:-1]] == ["id", "name", "status", "date_created"]
    cells = [[word.strip() for word in line.split("│")[1:-1]] for line in lines if line.startswith("│")]
    assert cells == [
        ["AAA", "Bam [31mboo", "document.draft", "2026-01-02 03:04:05 UTC"],
        ["BBB", "-", "7", "-"],
    ]
    pandadoc_emulator.responses.add("list_documents", {"results": []})
    assert on_a_terminal(["api", "list-documents"], b"")[1].splitlines() == ["Nothing found."]


@pytest.mark.parametrize("columns", [40, 80, 200])
def test_ids_stay_in_one_piece_where_there_is_room(
    on_a_terminal: Terminal, settings: dict[str, str], pandadoc_emulator: Emulator, columns: int
) -> None:
    long = "Offer to a customer with a very long name of her company, limited"
    row = {"id": "hsZG58dJiuTLjUcjKUSZju", "name": long, "status": "document.draft", "date_created": long, "url": long}
    pandadoc_emulator.responses.add("list_documents", {"results": [row]})
    settings["COLUMNS"] = str(columns)
    shown = unstyled(on_a_terminal(["api", "list-documents"], b"")[1])
    assert max(map(len, shown.splitlines())) <= columns
    assert ("hsZG58dJiuTLjUcjKUSZju" in shown) == (columns >= 80)


def test_on_a_terminal_an_object_is_a_table_of_its_fields_and_of_the_lists_in_it(
    on_a_terminal: Terminal, pandadoc_emulator: Emulator
) -> None:
    answer = {
        "id": "AAA",
        "created_by": {"email": "ada@example.com", "is_active": True},
        "tags": ["a", "b"],
        "recipients": [{"id": "R", "role": "Client"}],
    }
    pandadoc_emulator.responses.add("details_document", answer)
    shown = on_a_terminal(["api", "details-document", "--id", "AAA"], b"")[1]
    for cells in ("created_by.email │ ada@example.com", "created_by.is_active │ yes", "tags │ a, b"):
        assert cells in " ".join(shown.split())
    assert "recipients: 1" in shown
    assert "│ R  │ Client │" in shown


def test_an_answer_without_a_body_says_so(pandadoc: Pandadoc) -> None:
    assert pandadoc("api", "delete-document", "--id", "x").stderr == "pandadoc: done (HTTP 204)\n"
    assert pandadoc("api", "delete-document", "--id", "x", "--json").stdout == ""


@pytest.mark.parametrize(
    ("operation", "answer"),
    [
        ("create-api-key", {"key": "MARKER"}),
        ("create-member-token", {"token": "MARKER", "id": "x"}),
        ("details-webhook-subscription", {"uuid": "x", "shared_key": "MARKER"}),
        ("create-api-key", {"key": "MARKER", "workspace_id": "x"}),
        ("create-document-link", {"id": "MARKER", "expires_at": "2026-01-02T03:04:05Z"}),
        ("create-document-editing-session", {"id": "x", "key": "MARKER", "token": "MARKER", "email": "a@example.com"}),
        ("details-document", {"id": "x", "recipients": [{"id": "y", "shared_link": "https://example.com/MARKER"}]}),
        ("notarization-request-details", {"id": "x", "recording": {"url": "https://example.com/MARKER"}}),
    ],
)
def test_secrets_in_answers_are_masked_in_tables_and_whole_as_json(
    pandadoc: Pandadoc, pandadoc_emulator: Emulator, tmp_path: Path, operation: str, answer: dict[str, str]
) -> None:
    entry = find(operation)
    assert entry is not None
    pandadoc_emulator.responses.add(operation.replace("-", "_"), answer, times=2)
    command = ["api", operation, *arguments_for(entry, tmp_path)]
    table = pandadoc(*command)
    assert (table.returncode, table.stderr) == (0, "")
    assert "MARKER" not in table.stdout
    assert "***" in table.stdout
    as_json = pandadoc(*command, "--json", "--debug")
    assert "MARKER" in as_json.stdout
    assert "***" in as_json.stderr
    assert "MARKER" not in as_json.stderr


def test_what_is_not_ready_yet_is_printed_and_said(pandadoc: Pandadoc, pandadoc_emulator: Emulator) -> None:
    pandadoc_emulator.responses.add("get_document_ai_metadata", {"status": "processing"}, status=202)
    result = pandadoc("api", "get-document-ai-metadata", "--document-id", "x", "--json")
    assert json.loads(result.stdout) == {"status": "processing"}
    assert (result.returncode, result.stderr) == (0, "pandadoc: not ready yet (HTTP 202); ask again in a while\n")


# -- files -----------------------------------------------------------------------------------------------------------


def test_a_file_goes_to_a_file_or_into_a_pipe(pandadoc: Pandadoc, settings: dict[str, str], tmp_path: Path) -> None:
    command = ["api", "download-document", "--id", "x"]
    result = pandadoc(*command, "--output", "document.pdf")
    assert (result.returncode, result.stderr) == (0, "")
    data = (tmp_path / "document.pdf").read_bytes()
    assert data.startswith(b"%PDF")
    assert result.stdout == f"{tmp_path / 'document.pdf'} ({len(data)} bytes)\n"
    for rest in ([], ["-o", "-"]):
        piped = subprocess.run(
            [sys.executable, "-m", "pandadoc_client.cli", *command, *rest],
            capture_output=True,
            check=True,
            env={**os.environ, **settings},
        )
        assert (piped.stdout, piped.stderr) == (data, b"")


@pytest.mark.parametrize("rest", [[], ["-o", "-"]])
def test_a_file_is_never_written_to_a_terminal(
    on_a_terminal: Terminal, pandadoc_emulator: Emulator, rest: list[str]
) -> None:
    status, shown = on_a_terminal(["api", "download-document", "--id", "x", *rest], b"")
    assert status == 2
    assert "give --output FILE" in shown
    assert len(pandadoc_emulator.journal) == 0


def test_a_file_that_is_not_ready_leaves_nothing_behind(
    pandadoc: Pandadoc, pandadoc_emulator: Emulator, tmp_path: Path
) -> None:
    pandadoc_emulator.responses.add("download_document", status=202, headers={"Retry-After": "7"})
    result = pandadoc("api", "download-document", "--id", "x", "-o", "document.pdf")
    assert_one_line(result, 1, "not ready yet", "7 s")
    assert list(tmp_path.iterdir()) == []


# -- credentials -----------------------------------------------------------------------------------------------------


def test_the_key_may_come_from_a_file_or_standard_input_and_wins(
    pandadoc: Pandadoc, pandadoc_emulator: Emulator, tmp_path: Path
) -> None:
    (tmp_path / "key").write_text(f"{pandadoc_emulator.api_key}\n")
    for given in ("@key", "-", pandadoc_emulator.api_key):
        result = pandadoc(
            "api", "list-members", "--api-key", given, stdin=f"{pandadoc_emulator.api_key}\n", PANDADOC_API_KEY="wrong"
        )
        assert (result.returncode, result.stderr) == (0, "")


def test_a_key_with_its_prefix_and_a_host_with_the_beginning_of_the_paths_are_taken(
    pandadoc: Pandadoc, pandadoc_emulator: Emulator
) -> None:
    key, host = f"API-Key {pandadoc_emulator.api_key}", f"{pandadoc_emulator.url}/public/v1/"
    result = pandadoc("api", "list-members", PANDADOC_API_KEY=key, PANDADOC_HOST=host)
    assert (result.returncode, result.stderr) == (0, "")
    result = pandadoc("api", "list-members", "--api-key", key, "--host", host)
    assert (result.returncode, result.stderr) == (0, "")


@pytest.fixture
def file_store(tmp_path: Path, pandadoc_emulator: Emulator) -> FileTokenStore:
    """The store of somebody who has logged in."""
    store = FileTokenStore(tmp_path / "tokens.json")
    store.save("default", Token.from_response(pandadoc_emulator.issue_token(), datetime.now(UTC)))
    return store


NOBODY = {"PANDADOC_API_KEY": "", "PANDADOC_CLIENT_ID": "", "PANDADOC_CLIENT_SECRET": ""}


def test_the_token_of_a_login_is_used(
    pandadoc: Pandadoc, pandadoc_emulator: Emulator, file_store: FileTokenStore
) -> None:
    for arguments, environment in (
        ([], {"PANDADOC_API_KEY": ""}),
        ([], NOBODY),
        (["--key", "default"], {"PANDADOC_API_KEY": "wrong"}),
    ):
        result = pandadoc("api", "list-members", *arguments, **environment)
        assert (result.returncode, result.stderr) == (0, "")
        token = pandadoc_emulator.live_pair().access_token
        assert pandadoc_emulator.journal.entries[-1].header("authorization") == f"Bearer {token}"


def test_a_token_that_has_ended_is_refreshed_if_the_application_is_known(
    pandadoc: Pandadoc, pandadoc_emulator: Emulator, file_store: FileTokenStore
) -> None:
    issued = pandadoc_emulator.live_pair()
    ended = Token(issued.access_token, issued.refresh_token, expires_at=datetime.now(UTC) - timedelta(days=1))
    file_store.save("default", ended)
    assert_one_line(pandadoc("api", "list-members", **NOBODY), 1, "PANDADOC_CLIENT_ID", "pandadoc login")
    result = pandadoc("api", "list-members", PANDADOC_API_KEY="")
    assert (result.returncode, result.stderr) == (0, "")
    stored = file_store.load("default")
    assert stored is not None
    assert stored.access_token == pandadoc_emulator.live_pair().access_token != issued.access_token


def test_without_a_credential_it_says_what_to_do(pandadoc: Pandadoc) -> None:
    result = pandadoc("api", "list-members", **NOBODY)
    assert_one_line(result, 1, "pandadoc login", "PANDADOC_API_KEY")


# -- what goes wrong -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["list-documents", "--count", "ten"], ["--count", "whole number"]),
        (["list-documents", "--deleted", "maybe"], ["--deleted", "true or false"]),
        (["list-documents", "--created-from", "yesterday"], ["--created-from", "2026-01-31"]),
        (["download-document", "--id", "x", "--watermark-opacity", "nan"], ["--watermark-opacity", "a number"]),
        (["list-logs", "--statuses", "200", "--statuses", "x"], ["--statuses", "whole number"]),
        (["details-document"], ["--id", "missing"]),
        (["details-document", "--id", ""], ["--id", "empty"]),
        (["details-document", "--id", "doc\n"], ["--id", "line end"]),
        (["details-document", "--id", " doc"], ["--id", "white space"]),
        (["details-document", "--id", ".."], ["--id", "dot segment"]),
        (["list-members", "--api-key", "Bearer MARKER"], ["access token"]),
        (["list-members", "--api-key", "k", "--host", "https://app.pandadoc.com"], ["is the site"]),
        (["details-document", "--id", "x", "--nonsense", "1"], ["--nonsense"]),
        (["create-contact"], ["--body"]),
        (["create-contact", "--body", "{'email'}"], ["--body", "line 1, column 2"]),
        (["create-contact", "--body", "@nowhere.json"], ["--body", "nowhere.json"]),
        (["create-contact", "--body", '{"a": NaN}'], ["--body", "NaN"]),
        (["create-contact", "--body", "[]"], ["--body", "object"]),
        (["bulk-delete-documents", "--body", "{}"], ["--body", "array"]),
        (["create-document-from-upload", "--file", "nowhere.pdf"], ["--file", "nowhere.pdf"]),
        (["list-documentz"], ["list-documentz", "list-documents"]),
        (["--list", "list-documents"], ["--list"]),
        (["list-documents", "--api-key", "x", "--key", "y"], ["--api-key", "--key"]),
        (["list-documents", "--api-key", "@nowhere"], ["--api-key", "nowhere"]),
        (["list-documents", "--timeout", "0"], ["--timeout"]),
    ],
)
def test_a_wrong_call_is_one_line_that_names_the_option_and_sends_nothing(
    pandadoc: Pandadoc, pandadoc_emulator: Emulator, arguments: list[str], words: list[str]
) -> None:
    assert_one_line(pandadoc("api", *arguments), 2, *words)
    assert len(pandadoc_emulator.journal) == 0


def test_what_the_server_says_of_a_refusal_is_shown(pandadoc: Pandadoc, pandadoc_emulator: Emulator) -> None:
    detail = {"recipients": ["This field is required."]}
    pandadoc_emulator.responses.add("create_document", {"type": "validation_error", "detail": detail}, status=400)
    result = pandadoc("api", "create-document", "--body", '{"template_uuid": "x", "recipients": []}')
    assert_one_line(result, 1, "HTTP 400", "validation_error", "recipients", "This field is required.")


def test_a_credential_that_is_refused_is_one_line_without_it(pandadoc: Pandadoc) -> None:
    result = pandadoc("api", "list-members", PANDADOC_API_KEY="MARKER-api-key")
    assert_one_line(result, 1, "HTTP 401")
    assert "MARKER" not in result.stderr


def test_a_refusal_that_repeats_the_credential_is_shown_without_it(pandadoc: Pandadoc) -> None:
    for status, content in ((403, b'{"detail": "MARKER-api-key may not"}'), (200, b"MARKER-api-key, and no JSON")):
        with server(status, content, reason="MARKER-api-key") as url:
            result = pandadoc("api", "list-members", PANDADOC_HOST=url, PANDADOC_API_KEY="MARKER-api-key")
        assert_one_line(result, 1)
        assert "MARKER" not in result.stderr
        assert "MARKER" not in result.stdout


def test_a_page_in_place_of_an_answer_is_not_shown(pandadoc: Pandadoc) -> None:
    with server(404, b"<html><body>nothing here</body></html>", "text/html") as url:
        result = pandadoc("api", "list-members", PANDADOC_HOST=url)
    assert_one_line(result, 1, "HTTP 404")
    assert "nothing here" not in result.stderr
    with server(200, b"<html>", "text/html") as url:
        assert_one_line(pandadoc("api", "list-members", PANDADOC_HOST=url), 1)


def test_a_server_that_does_not_answer_is_named(pandadoc: Pandadoc, pandadoc_emulator: Emulator) -> None:
    pandadoc_emulator.faults.add(Fault("latency", path="*", delay=30.0, times=None))
    result = pandadoc("api", "list-members", "--timeout", "0.5")
    assert_one_line(result, 1, pandadoc_emulator.url)


def test_what_an_operation_returns_without_a_shape_may_be_no_json(
    pandadoc: Pandadoc, pandadoc_emulator: Emulator
) -> None:
    pandadoc_emulator.responses.add("delete_document", b"gone", status=200)
    assert_one_line(pandadoc("api", "delete-document", "x"), 1, "the response is no JSON", "--json")
