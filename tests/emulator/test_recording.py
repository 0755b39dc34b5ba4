"""Recording requests with their responses, and playing them back."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pandadoc_client import PandaDoc
from pandadoc_client.emulator import Emulator, EmulatorOptions, RecordFileError
from pandadoc_client.oauth import OAuthClient

from .support import Caller

Start = Callable[..., Caller]
DOCUMENTS = "/public/v1/documents"
OFFER = {"name": "Offer", "url": "https://example.com/a.pdf", "recipients": [{"email": "ada@example.com", "role": "x"}]}


def keyed(caller: Caller) -> Caller:
    caller.http.headers["Authorization"] = f"API-Key {caller.emulator.api_key}"
    return caller


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def program(emulator: Emulator) -> list[Any]:
    """A program under test: it gets a token, creates, uploads, sends and downloads documents, and subscribes."""
    seen: list[Any] = []
    with OAuthClient(emulator.client_id, emulator.client_secret, host=emulator.url) as client:
        seen.append(client.exchange_code(emulator.issue_code()).scope)
    with PandaDoc(api_key=emulator.api_key, host=emulator.url) as pd:
        created = pd.documents.create_document(
            {
                "name": "Offer",
                "url": "https://example.com/a.pdf",
                "recipients": [{"email": "ada@example.com", "role": "x"}],
            }
        )
        uploaded = pd.documents.create_document_from_upload(
            file=("a.pdf", b"%PDF-1.4 " + bytes(range(256))), data={"name": "Uploaded"}
        )
        seen += [created.id, created.status, uploaded.id]
        pd.documents.send_document(str(created.id), {"silent": True})
        seen.append(pd.documents.status_document(str(created.id)).status)
        seen += [item.id for item in pd.documents.list_documents(count=1, q="Offer").results or []]
        download = pd.documents.download_document(str(created.id))
        assert download is not None
        with download:
            seen.append(download.read())
        subscription = pd.webhook_subscriptions.create_webhook_subscription(
            {"name": "mine", "url": f"{emulator.url}/hook", "active": True, "triggers": ["document_updated"]}
        )
        seen.append(str(subscription.url).removeprefix(emulator.url))
    return seen


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "a.jsonl"


def test_a_program_gets_the_same_responses_again(path: Path) -> None:
    with Emulator(record=path) as emulator:
        first = program(emulator)
    with Emulator(replay=path, seed="another") as emulator:
        assert program(emulator) == first
        assert emulator.replay.unused == []
        assert emulator.service.documents() == [], "nothing was processed"
        assert {entry.status for entry in emulator.journal} <= {200, 201}


def test_no_secret_is_in_the_file_and_it_is_the_owners_alone(start: Start, path: Path) -> None:
    caller = keyed(start(record=path, api_keys=["hush-api-key"]))
    tokens = caller.exchange(caller.emulator.issue_code()).json()
    document = caller.http.post(DOCUMENTS, json=OFFER).json()["id"]
    caller.http.post(f"{DOCUMENTS}/{document}/send", json={})
    details = caller.http.get(f"{DOCUMENTS}/{document}/details").json()
    hook = {"name": "hush-api-key", "url": "https://example.com/", "triggers": ["document_updated"], "active": True}
    subscription = caller.http.post("/public/v1/webhook-subscriptions", json=hook).json()
    [workspace] = {"EmulatedWorkspace00001"}
    made = caller.http.post(f"/public/v1/workspaces/{workspace}/api-keys", json={"type": "production"})
    assert made.status_code in (200, 201), made.text
    caller.emulator.responses.add("list_contacts", text="the key hush-api-key", content_type="text/html")
    caller.http.get("/public/v1/contacts")
    text = path.read_text(encoding="utf-8")
    secrets = [
        tokens["access_token"],
        tokens["refresh_token"],
        caller.emulator.client_secret,
        "hush-api-key",
        subscription["shared_key"],
        made.json()["key"],
        *(one["shared_link"] for one in details["recipients"]),
    ]
    assert all(secrets)
    for secret in secrets:
        assert secret not in text
    assert caller.emulator.url not in text
    if os.name == "posix":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_the_file_is_readable(start: Start, path: Path) -> None:
    caller = keyed(start(record=path))
    caller.http.post("/public/v1/contacts", json={"email": "zoë@example.com"})
    caller.http.post(
        f"{DOCUMENTS}?upload", files={"file": ("ö.pdf", b"%PDF-1.4", "application/pdf")}, data={"data": '{"name": "N"}'}
    )
    caller.http.get("/")  # a page for people is not recorded
    caller.http.get("/oauth2/authorize")
    header, contact, upload = lines(path)
    assert header == {"pandadoc-recording": 1}
    assert contact["request"] == {"method": "POST", "path": "/public/v1/contacts", "json": {"email": "zoë@example.com"}}
    assert contact["response"]["status"] in (200, 201)
    assert contact["response"]["json"]["email"] == "zoë@example.com"
    assert contact["response"]["headers"] == [["content-type", "application/json"]]
    file, data = upload["request"]["parts"]
    if file["name"] == "data":
        file, data = data, file
    assert (file["filename"], file["type"], file["size"], len(file["sha256"])) == ("ö.pdf", "application/pdf", 8, 64)
    assert data == {"name": "data", "json": {"name": "N"}}
    assert "zoë" in path.read_text(encoding="utf-8")


def test_equal_requests_get_their_responses_in_order(start: Start, path: Path) -> None:
    caller = keyed(start(record=path))
    for number in range(3):
        caller.emulator.responses.add(
            "list_contacts", {"results": [], "number": number}, headers={"X-Number": str(number)}
        )
        caller.http.get("/public/v1/contacts")
    caller.http.get(DOCUMENTS, params={"count": 1, "page": 1})
    caller.emulator.stop()
    again = keyed(start(replay=path))
    replay = again.emulator.replay
    assert [pair.line for pair in replay.unused] == [2, 3, 4, 5]
    assert again.http.get(DOCUMENTS, params={"page": 1, "count": 1}).status_code == 200, "in any order of the query"
    responses = [again.http.get("/public/v1/contacts") for _ in range(2)]
    assert [response.json()["number"] for response in responses] == [0, 1]
    assert [response.headers["X-Number"] for response in responses] == ["0", "1"]
    assert [str(pair) for pair in replay.unused] == ["GET /public/v1/contacts (line 4)"]
    shown = again.http.get("/_emulator/replay").json()
    assert shown == {"pairs": 4, "unused": [{"line": 4, "request": {"method": "GET", "path": "/public/v1/contacts"}}]}
    again.http.get("/public/v1/contacts")
    refused = again.http.get("/public/v1/contacts")
    assert (refused.status_code, refused.json()["type"]) == (404, "not_recorded")
    assert "recorded 3 times and used as often" in refused.json()["detail"]
    assert "All 4 recorded requests were used" in refused.json()["detail"]
    again.emulator.reset()
    assert len(replay.unused) == 4


@pytest.mark.parametrize(
    ("method", "target", "body", "expected"),
    [
        ("GET", "/public/v1/members", None, "Expected next: POST /public/v1/documents (line 2)"),
        ("GET", "/public/v1/contacts?email=b%40example.com", None, "Line 3: the query is email=a%40example.com"),
        ("POST", DOCUMENTS, {**OFFER, "name": "Hush"}, "Line 2: the body differs at name."),
        (
            "POST",
            DOCUMENTS,
            {**OFFER, "recipients": [{"email": "b@e.example", "role": "x"}]},
            "at recipients[0].email.",
        ),
        ("POST", DOCUMENTS, {**OFFER, "tags": ["a"]}, "the body differs at tags."),
        ("POST", DOCUMENTS, None, "the body differs at the whole"),
    ],
)
def test_a_request_that_was_not_recorded_is_told_what_was_expected(
    start: Start, path: Path, method: str, target: str, body: Any, expected: str
) -> None:
    caller = keyed(start(record=path))
    caller.http.post(DOCUMENTS, json=OFFER)
    caller.http.get("/public/v1/contacts?email=a%40example.com")
    caller.emulator.stop()
    again = keyed(start(replay=path))
    refused = again.http.request(method, target, json=body)
    assert refused.status_code == 404
    assert expected in refused.json()["detail"]
    assert "Hush" not in refused.json()["detail"]
    assert len(again.emulator.replay.unused) == 2
    assert again.emulator.journal.entries[0].status == 404


def test_a_masked_value_matches_any(start: Start, path: Path) -> None:
    caller = start(record=path)
    recorded = caller.exchange(caller.emulator.issue_code()).json()
    assert recorded["access_token"] != "***"
    caller.emulator.stop()
    again = start(replay=path)
    played = again.exchange("another-code", client_secret="another").json()
    assert played == {**recorded, "access_token": "***", "refresh_token": "***"}


def test_faults_go_before_what_is_played_back(start: Start, path: Path) -> None:
    caller = keyed(start(record=path))
    caller.emulator.faults.add("rate-limit", path="*")
    assert [caller.http.get("/public/v1/contacts").status_code for _ in range(2)] == [429, 200]
    caller.emulator.stop()
    assert len(lines(path)) == 2
    again = keyed(start(replay=path))
    again.emulator.faults.add("rate-limit", path="*")
    assert [again.http.get("/public/v1/contacts").status_code for _ in range(2)] == [429, 200]


def test_a_reset_begins_the_recording_anew_and_a_restart_goes_on(start: Start, path: Path) -> None:
    caller = keyed(start(record=path))
    caller.http.get("/public/v1/contacts")
    caller.emulator.reset()
    assert len(lines(path)) == 1
    caller.http.get("/public/v1/contacts")
    caller.emulator.stop()
    caller.emulator.start()
    caller.http.base_url = caller.emulator.url
    caller.http.get("/public/v1/members/current")
    assert len(lines(path)) == 3


def test_a_file_of_something_else_is_not_overwritten(path: Path) -> None:
    path.write_text("my thesis\n")
    emulator = Emulator(record=path)
    with pytest.raises(RecordFileError, match=r"a\.jsonl is there and no recording"):
        emulator.start()
    assert path.read_text() == "my thesis\n"
    path.write_text("")
    with emulator:
        assert len(lines(path)) == 1


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is no recording: its first line"),
        ("{}\n", "is no recording: its first line"),
        ('{"pandadoc-recording": 1}\n{"request": {}}\n', "line 2 is no recorded request"),
        ('{"pandadoc-recording": 1}\nnonsense\n', "line 2 is no recorded request"),
        ('{"pandadoc-recording": 1}\n\n[]\n', "line 3 is no recorded request"),
    ],
)
def test_a_file_that_is_no_recording_is_refused(path: Path, text: str, message: str) -> None:
    path.write_text(text)
    with pytest.raises(ValueError, match=message):
        Emulator(replay=path)


def test_a_line_that_a_kill_has_cut_off_is_left_out(path: Path) -> None:
    path.write_text('{"pandadoc-recording": 1}\n{"request": {"meth')
    assert Emulator(replay=path).replay.pairs == []


def test_files_that_cannot_be_used_are_named(tmp_path: Path) -> None:
    with pytest.raises(RecordFileError, match=r"replay: cannot read .*nowhere"):
        Emulator(replay=tmp_path / "nowhere")
    with pytest.raises(RecordFileError, match=r"record: cannot write .*nowhere"):
        Emulator(record=tmp_path / "nowhere" / "a").start()
    with pytest.raises(ValueError, match="record and replay cannot both be given"):
        EmulatorOptions(record=tmp_path / "a", replay=tmp_path / "b")
    with pytest.raises(RuntimeError, match="replays nothing"):
        _ = Emulator().replay
