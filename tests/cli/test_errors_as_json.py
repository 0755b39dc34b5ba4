"""Errors with ``--json``: a line of JSON on standard output, and all else as without it."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from pandadoc_client.emulator import Emulator, EmulatorMode, EmulatorOptions

from .conftest import Pandadoc

FIELDS = {"status", "type", "detail", "request_id", "retry_after", "message"}


@pytest.fixture
def pandadoc_emulator_options() -> EmulatorOptions:
    return EmulatorOptions(mode=EmulatorMode.STATE)


@pytest.fixture
def settings(settings: dict[str, str], pandadoc_emulator: Emulator) -> dict[str, str]:
    return {**settings, "PANDADOC_API_KEY": pandadoc_emulator.api_key}


def error_of(result: subprocess.CompletedProcess[str], status: int) -> dict[str, Any]:
    """Return the error on standard output, having checked that nothing else is there and what a person reads."""
    assert result.returncode == status, result.stderr
    document = json.loads(result.stdout)
    assert set(document) == {"error"}
    error: dict[str, Any] = document["error"]
    assert set(error) >= FIELDS
    assert result.stderr == f"pandadoc: {error['message']}\n"
    return error


@pytest.mark.parametrize(
    "command", [("documents", "status", "nowhere"), ("api", "status-document", "--id", "nowhere")], ids=" ".join
)
def test_a_refusal_has_what_the_server_said(
    pandadoc: Pandadoc, pandadoc_emulator: Emulator, command: tuple[str, ...]
) -> None:
    error = error_of(pandadoc(*command, "--json"), 1)
    assert (error["status"], error["type"]) == (404, "request_error")
    assert error["detail"] in error["message"]


def test_too_many_requests_say_when_to_ask_again(pandadoc: Pandadoc, pandadoc_emulator: Emulator) -> None:
    headers = {"Retry-After": "77", "X-Request-Id": "abc-123"}
    pandadoc_emulator.responses.add("list_documents", {"type": "throttled"}, status=429, headers=headers)
    error = error_of(pandadoc("documents", "list", "--json"), 1)  # longer than a call may take: not tried again
    assert (error["status"], error["type"], error["retry_after"]) == (429, "throttled", 77)
    assert error["request_id"] == "abc-123"


@pytest.mark.parametrize(
    ("command", "environment", "status", "kind"),
    [
        (("documents", "list", "--status", "nonsense"), {}, 2, "usage"),
        (("documents", "nonsense"), {}, 2, "usage"),
        (("documents", "list", "--nonsense"), {}, 2, "usage"),
        (("documents", "download", "x", "-o", "-"), {}, 2, "usage"),
        (("documents", "list"), {"PANDADOC_HOST": "http://127.0.0.1:9"}, 1, "connection"),
        (("documents", "list"), {"PANDADOC_API_KEY": ""}, 1, "failed"),
    ],
)
def test_without_a_response_the_type_says_what_went_wrong(
    pandadoc: Pandadoc, command: tuple[str, ...], environment: dict[str, str], status: int, kind: str
) -> None:
    environment = {"PANDADOC_TOKEN_STORE": "file:none.json", **environment}
    error = error_of(pandadoc(*command, "--json", **environment), status)
    assert (error["status"], error["type"], error["detail"]) == (None, kind, error["message"])


def test_what_was_created_is_named(pandadoc: Pandadoc, pandadoc_emulator: Emulator, tmp_path: Path) -> None:
    (tmp_path / "contract.pdf").write_bytes(b"%PDF-1.7\n%%EOF\n")
    pandadoc_emulator.responses.add("status_document", {}, status=403)
    error = error_of(pandadoc("documents", "upload", "contract.pdf", "--wait", "--json"), 1)
    assert error["status"] == 403
    assert error["document_id"] in error["message"]


def test_one_of_several_that_fails_is_listed(pandadoc: Pandadoc, pandadoc_emulator: Emulator, tmp_path: Path) -> None:
    for name in ("good.pdf", "bad.pdf"):
        (tmp_path / name).write_bytes(b"%PDF-1.7\n%%EOF\n")
    pandadoc_emulator.responses.add("create_document_from_upload", {}, status=403)
    result = pandadoc("documents", "upload", "bad.pdf", "good.pdf", "--json")
    assert result.returncode == 1
    document = json.loads(result.stdout)
    assert [made["name"] for made in document["documents"]] == ["good"]
    assert [(failure["file"], failure["error"]["status"]) for failure in document["failures"]] == [("bad.pdf", 403)]


def test_an_error_of_oauth_has_its_code_and_no_secret(pandadoc: Pandadoc, pandadoc_emulator: Emulator) -> None:
    result = pandadoc("auth", "exchange", "a-code-that-is-none", "--json")
    error = error_of(result, 1)
    assert (error["status"], error["type"]) == (400, "invalid_grant")
    assert "a-code-that-is-none" not in result.stdout + result.stderr
    assert pandadoc_emulator.client_secret not in result.stdout + result.stderr


def test_without_json_standard_output_stays_empty(pandadoc: Pandadoc) -> None:
    assert pandadoc("documents", "status", "nowhere").stdout == ""
    assert pandadoc("documents", "list", "--nonsense", "--", "--json").stdout == ""
