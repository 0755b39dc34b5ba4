"""The guides of the API as people paste them: real curl, word for word but for the host."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

from .support import PDF, Api, person


def curl(api: Api, *arguments: str) -> Any:
    command = shutil.which("curl")
    assert command, "curl is needed"
    authorization = f"Authorization: API-Key {api.emulator.api_key}"
    run = [command, "--silent", "--show-error", "--fail-with-body", "--location", "--header", authorization]
    result = subprocess.run([*run, *arguments], capture_output=True, text=True, timeout=30, check=False)
    assert result.returncode == 0, result.stdout + result.stderr
    return json.loads(result.stdout)


def test_a_file_is_uploaded(api: Api, tmp_path: Path) -> None:
    (tmp_path / "sample.pdf").write_bytes(PDF)
    data = {
        "name": "A document from a PDF",
        "recipients": [person("mei@example.com", role="user")],
        "fields": {"name": {"value": "John", "role": "user"}},
        "parse_form_fields": False,
    }
    created = curl(
        api,
        "--request",
        "POST",
        f"{api.emulator.url}/public/v1/documents/",
        "--form",
        f"file=@{tmp_path / 'sample.pdf'}",
        "--form",
        f"data={json.dumps(data)}",
    )
    assert created["status"] == "document.uploaded"
    assert api.service.upload(created["id"]) == PDF
    found = curl(api, "--request", "GET", f"{api.emulator.url}/public/v1/documents/{created['id']}")
    assert (found["status"], found["name"]) == ("document.draft", data["name"])


def test_a_document_is_made_of_a_public_file_and_sent(api: Api) -> None:
    body = {
        "name": "Sample Document from PDF",
        "url": "https://example.com/public/contract.pdf",
        "recipients": [person("mei@example.com", role="user")],
        "fields": {"name": {"value": "John", "role": "user"}},
    }
    as_json = ("--header", "Content-Type: application/json", "--data")
    documents = f"{api.emulator.url}/public/v1/documents"
    created = curl(api, "--request", "POST", documents, *as_json, json.dumps(body))
    assert created["status"] == "document.uploaded"
    assert curl(api, f"{documents}/{created['id']}")["status"] == "document.draft"
    message = {"message": "Please sign.", "silent": True}
    sent = curl(api, "--request", "POST", f"{documents}/{created['id']}/send", *as_json, json.dumps(message))
    assert sent["status"] == "document.sent"
    session = {"recipient": "mei@example.com", "lifetime": 900}
    link = curl(api, "--request", "POST", f"{documents}/{created['id']}/session", *as_json, json.dumps(session))
    assert api.http.get(f"/s/{link['id']}").status_code == 200
