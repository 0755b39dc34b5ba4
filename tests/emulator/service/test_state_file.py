"""The state in a file: what it survives, what it refuses."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from pandadoc_client.emulator import Emulator, EmulatorMode, EmulatorOptions, Service
from pandadoc_client.emulator.service.records import Tables
from pandadoc_client.emulator.service.storage import StateFileError

from .support import PDF, Api


def test_what_was_created_is_there_after_a_restart(tmp_path: Path, begin: Callable[..., Api]) -> None:
    path = tmp_path / "state.db"
    api = begin(state_file=path, seed_data=True)
    document = api.sent("Kept")
    api.call("createDocumentAttachmentFromFileUpload", None, document, files={"file": ("a.zip", PDF)})
    before = api.call("listDocuments", None, order_by="name")
    gone = before["results"][-1]["id"]
    api.call("deleteDocument", None, gone)
    api.emulator.stop()

    again = begin(state_file=str(path), seed_data=True)
    after = again.call("listDocuments", None, order_by="name")["results"]
    assert after == [one for one in before["results"] if one["id"] != gone]
    [attachment] = again.call("listDocumentAttachments", None, document)
    assert again.call("downloadDocumentAttachment", None, document, attachment["uuid"]) == PDF
    assert again.new() not in {one["id"] for one in before["results"]}


def test_an_emulator_that_is_started_again_goes_on(tmp_path: Path, begin: Callable[..., Api]) -> None:
    api = begin(state_file=tmp_path / "state.db")
    first = api.new()
    api.emulator.stop()
    other = begin(state_file=tmp_path / "state.db")
    second = other.new()
    other.emulator.stop()
    api.emulator.start()
    api.http.base_url = httpx.URL(api.emulator.url)
    assert [one["id"] for one in api.call("listDocuments", None)["results"]] == [second, first]


def test_without_a_file_a_stopped_emulator_still_remembers(api: Api) -> None:
    document = api.new()
    api.emulator.stop()
    api.emulator.start()
    api.http.base_url = httpx.URL(api.emulator.url)
    assert api.status(document) == "document.draft"


def test_two_emulators_do_not_share_a_file(tmp_path: Path, begin: Callable[..., Api]) -> None:
    begin(state_file=tmp_path / "state.db")
    with pytest.raises(StateFileError, match=r"state\.db is in use by another emulator"):
        Emulator(mode="state", state_file=tmp_path / "state.db")


@pytest.mark.parametrize("kind", ["text", "database", "version", "folder"])
def test_a_file_of_something_else_is_left_alone(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "other.db"
    if kind == "text":
        path.write_text("not a database, but long enough to have a header" * 50)
    elif kind == "folder":
        path.mkdir()
    else:
        with sqlite3.connect(path) as database:
            database.execute("PRAGMA user_version = 7" if kind == "version" else "CREATE TABLE t (x)")
        database.close()
    before = None if kind == "folder" else path.read_bytes()
    with pytest.raises(StateFileError, match=r"other\.db"):
        Emulator(mode="state", state_file=path)
    assert before is None or path.read_bytes() == before


def test_a_state_file_needs_the_memory() -> None:
    with pytest.raises(ValueError, match="state_file"):
        Emulator(mode="examples", state_file=Path("x.db"))


PROGRAM = """
import sys, threading
from pandadoc_client.emulator import Emulator, EmulatorMode, EmulatorOptions, Service
with Emulator(mode="state", state_file=sys.argv[1], webhook_delays=[]) as emulator:
    print(emulator.url, emulator.api_key, flush=True)
    threading.Event().wait()
"""


def test_a_kill_leaves_whole_changes(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    command = [sys.executable, "-c", PROGRAM, str(path)]
    seen: set[str] = set()
    for _ in range(3):
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            url, key = process.stdout.readline().split()
            created = list(create_until_killed(url, key, process))
        seen.update(created)
        assert created
    with Emulator(mode="state", state_file=path) as emulator:
        found = {one["id"]: one for one in emulator.service.documents()}
        assert seen <= set(found)
        contacts = {one["id"] for one in emulator.service.backend["contacts"]}
        for one in found.values():
            assert {recipient["contact_id"] for recipient in one["recipients"]} <= contacts
            assert one["status"] in ("document.draft", "document.sent")


def create_until_killed(url: str, key: str, process: subprocess.Popen[str]) -> Any:
    """Create and send documents, and kill the emulator in the middle; yield what was answered."""
    with httpx.Client(base_url=url, headers={"Authorization": f"API-Key {key}"}, timeout=10) as client:
        for number in range(1000):
            people = [{"email": f"{process.pid}-{number}@example.com", "role": "x"}]
            body = {"name": str(number), "url": "https://example.com/a.pdf", "recipients": people}
            try:
                document = client.post("/public/v1/documents", json=body).json()["id"]
                yield document
                if number == 12:
                    process.send_signal(signal.SIGKILL if os.name == "posix" else signal.SIGTERM)
                client.post(f"/public/v1/documents/{document}/send", json={})
            except (httpx.TransportError, json.JSONDecodeError):
                return


def test_a_change_that_cannot_be_kept_is_undone(tmp_path: Path) -> None:
    service = Service(EmulatorOptions(mode=EmulatorMode.STATE, state_file=tmp_path / "state.db", seed_data=True))
    document = service.documents()[0]["id"]
    service.close()
    with pytest.raises(StateFileError, match=r"state\.db"):
        service.lock(document)
    assert service.document(document)["lock"] is None


def test_a_change_that_fails_leaves_no_trace() -> None:
    tables = Tables(["things"])
    things = tables["things"]
    with tables.change():
        things.add({"id": "a", "parts": [1]})
        things.add({"id": "b"})

    def fail() -> None:
        with tables.change():
            things.edit("a")["parts"].append(2)
            with tables.change():
                things.remove("b")
                things.add({"id": "c"})
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert {record["id"]: record.get("parts") for record in things} == {"a": [1], "b": None}
    assert tables.revision == 1
