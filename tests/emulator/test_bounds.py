"""What is bounded: the journal, heads of requests, memory for uploads, files' permissions; and many connections."""

from __future__ import annotations

import asyncio
import gc
import os
import resource
import socket
import stat
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from pandadoc_client.emulator import Emulator, EmulatorOptions, Journal
from pandadoc_client.emulator.service.records import Tables
from pandadoc_client.emulator.service.spool import UploadSpool

from .support import MEMBER_PATH, Caller, raw

Start = Callable[..., Caller]
posix = pytest.mark.skipif(os.name != "posix", reason="permissions and descriptors of POSIX")


# -- the journal ------------------------------------------------------------------------------------------------------


def test_the_journal_keeps_the_latest_requests(start: Start) -> None:
    caller = start(journal_entries=3)
    for number in range(5):
        caller.http.get(f"/nowhere/{number}")
    journal = caller.emulator.journal
    assert [(entry.sequence, entry.path[-1]) for entry in journal] == [(3, "2"), (4, "3"), (5, "4")]
    assert journal.dropped == 2
    journal.clear()
    assert journal.dropped == 0


def test_the_journal_keeps_so_many_bytes_and_the_latest_whatever_its_size(start: Start) -> None:
    caller = start(journal_bytes=100_000)
    for size in (40_000, 40_000, 40_000):
        caller.http.post("/nowhere", content=bytes(size))
    journal = caller.emulator.journal
    assert [entry.sequence for entry in journal] == [2, 3]
    caller.http.post("/nowhere", content=bytes(500_000))
    assert [entry.sequence for entry in journal] == [4]
    caller.http.get("/nowhere")
    assert [entry.sequence for entry in journal] == [5]
    assert sum(entry.footprint for entry in journal) < 1000


def test_a_request_that_was_dropped_while_in_progress_stays_dropped() -> None:
    journal = Journal(most_entries=1)
    first = journal.open(method="GET", path="/", query="", headers=(), body=b"", size=0)
    journal.open(method="GET", path="/", query="", headers=(), body=b"", size=0)
    journal.close(first, status=200, fault=None)
    assert [entry.sequence for entry in journal] == [2]


@pytest.mark.parametrize("name", ["journal_entries", "journal_bytes", "head_bytes", "spool_bytes"])
@pytest.mark.parametrize("value", [0, -1, 1.5, True, "1"])
def test_a_bound_is_a_whole_number(name: str, value: Any) -> None:
    with pytest.raises(ValueError, match=f"{name} is a whole number from 1"):
        EmulatorOptions(**{name: value})


# -- heads ------------------------------------------------------------------------------------------------------------


def received(emulator: Emulator, *parts: bytes) -> bytes:
    """Send parts of a request and return what comes until the emulator closes the connection."""
    with socket.create_connection(("127.0.0.1", emulator.port), timeout=20) as connection:
        for part in parts:
            connection.sendall(part)
        return b"".join(iter(lambda: connection.recv(65536), b""))


@pytest.mark.parametrize(
    ("sent", "answer"),
    [
        (b"", b""),
        (b"GET / HT", b"HTTP/1.1 408 "),
        (b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: ", b"HTTP/1.1 408 "),
    ],
)
def test_a_head_that_is_not_finished_in_time_closes_the_connection(start: Start, sent: bytes, answer: bytes) -> None:
    caller = start(head_timeout=0.2)
    found = received(caller.emulator, sent)
    assert found.startswith(answer)
    assert bool(found) == bool(answer)
    assert len(caller.emulator.journal) == 0


def test_a_second_head_must_come_in_time_too(start: Start) -> None:
    caller = start(head_timeout=0.2)
    whole = b"GET /nowhere HTTP/1.1\r\nHost: localhost\r\n\r\n"
    with socket.create_connection(("127.0.0.1", caller.emulator.port), timeout=20) as connection:
        connection.sendall(whole)
        assert connection.recv(65536).startswith(b"HTTP/1.1 404")
        connection.sendall(whole[:10])
        assert b"HTTP/1.1 408 " in b"".join(iter(lambda: connection.recv(65536), b""))


def test_who_has_sent_a_head_may_take_time_for_the_rest(start: Start) -> None:
    caller = start(head_timeout=0.2)
    caller.emulator.faults.add("latency", path="/nowhere", delay=0.5)  # longer than a head may take

    def slow_body() -> Any:
        yield b"a"
        httpx.get(f"{caller.emulator.url}/nowhere")
        yield b"b"

    assert caller.http.post("/oauth2/access_token", content=slow_body()).status_code == 400
    assert caller.emulator.journal.requests("/oauth2/access_token")[0].body == b"ab"


def test_no_limit_is_zero(start: Start) -> None:
    caller = start(head_timeout=0)
    with socket.create_connection(("127.0.0.1", caller.emulator.port), timeout=20) as connection:
        connection.sendall(b"GET /nowhere HT")
        caller.http.get("/")
        connection.sendall(b"TP/1.0\r\nHost: localhost\r\n\r\n")
        assert connection.recv(65536).startswith(b"HTTP/1.1 404")


@pytest.mark.parametrize("size", [5_000, 100_000])
@pytest.mark.parametrize("whole", [True, False])
def test_a_head_that_is_too_long_is_refused(start: Start, size: int, whole: bool) -> None:
    caller = start(head_bytes=4096)
    head = b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nX-Long: " + b"x" * size
    answer = raw(caller.emulator, head + (b"\r\n\r\n" if whole else b""))
    assert answer.startswith(b"HTTP/1.1 431 ")
    assert len(caller.emulator.journal) == 0


def test_a_head_within_the_limit_is_read(start: Start) -> None:
    assert start().http.get("/", headers={"X-Long": "x" * 50_000}).status_code == 200


# -- uploads ----------------------------------------------------------------------------------------------------------


def upload(caller: Caller, content: bytes) -> str:
    key = {"Authorization": f"API-Key {caller.emulator.api_key}"}
    response = caller.http.post(
        "/public/v1/documents?upload",
        files={"file": ("a.pdf", content, "application/pdf")},
        data={"data": '{"name": "Large", "recipients": [{"email": "ada@example.com", "role": "x"}]}'},
        headers=key,
    )
    assert response.status_code == 201, response.text
    found: str = response.json()["id"]
    return found


PDF = b"%PDF-1.4\n" + b"x" * 50_000


def test_a_large_upload_is_on_disk_and_comes_back_byte_for_byte(start: Start) -> None:
    caller = start(spool_bytes=10_000)
    documents = [upload(caller, PDF + bytes([number])) for number in range(3)]
    spool = caller.emulator.service.backend.tables.spool
    assert spool.size == 3 * (len(PDF) + 1)
    assert [caller.emulator.service.upload(one) for one in documents] == [PDF + bytes([number]) for number in range(3)]
    small = upload(caller, b"%PDF-1.4\nsmall")
    assert caller.emulator.service.upload(small) == b"%PDF-1.4\nsmall"
    assert spool.size == 3 * (len(PDF) + 1)


def test_it_survives_a_stop_and_ends_with_a_reset(start: Start) -> None:
    caller = start(spool_bytes=10_000)
    document = upload(caller, PDF)
    caller.emulator.stop()
    assert caller.emulator.service.upload(document) == PDF
    caller.emulator.start()
    caller.emulator.reset()
    assert caller.emulator.service.backend.tables.spool.size == 0


def test_the_state_file_has_it_as_before(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    with Emulator(state_file=path, spool_bytes=10_000) as emulator:
        caller = Caller(emulator)
        document = upload(caller, PDF)
        caller.close()
    with Emulator(state_file=path, spool_bytes=10_000) as emulator:
        assert emulator.service.upload(document) == PDF
        assert emulator.service.backend.tables.spool.size == len(PDF)


@posix
def test_the_temporary_file_has_no_name(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    spool = UploadSpool(10)
    kept = spool.keep(b"x" * 100)
    assert not isinstance(kept, bytes)
    assert kept.read() == b"x" * 100
    assert list(tmp_path.iterdir()) == []


@posix
def test_the_place_of_what_is_gone_is_given_back_and_the_descriptor_closed() -> None:
    gc.collect()
    before = len(os.listdir("/proc/self/fd")) if sys.platform == "linux" else 0
    tables = Tables(["files"], spool_bytes=10)
    files = tables["files"]

    with tables.change():
        files.put_bytes("a", b"a" * 100)
    with pytest.raises(ZeroDivisionError):
        _fail_to_change(tables)
    gc.collect()
    assert (files.get_bytes("a"), files.get_bytes("b")) == (b"a" * 100, None)
    with tables.change():
        files.remove("a")
    gc.collect()
    assert tables.spool.size == 0
    del tables, files
    gc.collect()
    if sys.platform == "linux":
        assert len(os.listdir("/proc/self/fd")) == before


def _fail_to_change(tables: Tables) -> None:
    with tables.change():
        tables["files"].remove("a")
        tables["files"].put_bytes("b", b"b" * 50)
        raise ZeroDivisionError


# -- files ------------------------------------------------------------------------------------------------------------


@posix
def test_the_state_file_and_what_sqlite_puts_beside_it_are_the_owners_alone(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        with Emulator(state_file=tmp_path / "state.db", seed_data=True):
            made = {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()}
    finally:
        os.umask(before)
    assert set(made) >= {"state.db", "state.db-wal"}
    assert set(made.values()) == {0o600}


@posix
def test_a_state_file_of_before_becomes_private(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    with Emulator(state_file=path):
        pass
    path.chmod(0o644)
    with Emulator(state_file=path):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


@posix
def test_a_file_of_something_else_keeps_its_mode(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("not a database" * 100)
    path.chmod(0o644)
    with pytest.raises(OSError, match=r"notes\.txt"):
        Emulator(state_file=path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o644


# -- many -------------------------------------------------------------------------------------------------------------


@posix
async def test_a_thousand_connections_at_once_are_answered(start: Start) -> None:
    count = 1000
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < 3 * count:
        problem = f"a process may have {hard} descriptors, and this test needs {3 * count}: see ulimit -Hn"
        pytest.fail(problem) if "CI" in os.environ else pytest.skip(problem)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, 3 * count), hard))
    emulator = start().emulator
    request = (
        f"GET {MEMBER_PATH} HTTP/1.1\r\nHost: localhost\r\nAuthorization: API-Key {emulator.api_key}\r\n"
        "Connection: close\r\n\r\n"
    ).encode()
    try:
        opened = await asyncio.gather(*(asyncio.open_connection("127.0.0.1", emulator.port) for _ in range(count)))
        for _, writer in opened:
            writer.write(request)
        answers = await asyncio.gather(*(reader.read() for reader, _ in opened))
        for _, writer in opened:
            writer.close()
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert {answer.split(b"\r\n")[0] for answer in answers} == {b"HTTP/1.1 200 OK"}
    assert len(emulator.journal) == count
