"""The journal: complete, in order, thread-safe, and discreet."""

from __future__ import annotations

import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import httpx
import pytest

from pandadoc_client.emulator import Journal

from .support import MEMBER_PATH, Caller, raw


def test_a_request_is_recorded_as_it_was_sent(caller: Caller) -> None:
    before = datetime.now(UTC)
    body = b"client_id=a%20b&x=1&x=2&empty="
    headers = [("Content-Type", "application/x-www-form-urlencoded"), ("X-Twice", "1"), ("X-Twice", "2")]
    caller.http.post("/oauth2/access_token?q=%41&r", content=body, headers=headers)
    [entry] = caller.emulator.journal.entries
    assert (entry.method, entry.path, entry.query) == ("POST", "/oauth2/access_token", "q=%41&r")
    assert entry.body == body
    assert entry.form_pairs == [("client_id", "a b"), ("x", "1"), ("x", "2"), ("empty", "")]
    assert entry.form == {"client_id": "a b", "x": "2", "empty": ""}
    assert entry.query_parameters == {"q": "A", "r": ""}
    assert [value for name, value in entry.headers if name == "x-twice"] == ["1", "2"]
    assert entry.header("X-TWICE") == "1"
    assert entry.header("X-None") is None
    assert (entry.status, entry.fault, entry.finished) == (400, None, True)
    assert before <= entry.received_at <= datetime.now(UTC)


def test_an_answered_client_finds_its_entry_finished(caller: Caller) -> None:
    for number in range(1, 51):
        caller.exchange()
        entry = caller.emulator.journal.entries[-1]
        assert (entry.sequence, entry.status, entry.finished) == (number, 200, True)


def test_everything_is_recorded_but_the_control_surface(caller: Caller) -> None:
    for path in ("/", "/nowhere", MEMBER_PATH, "/oauth2/authorize", "/callback", "/_emulator/state", "/_emulator/x"):
        caller.http.get(path)
    caller.http.delete("/oauth2/access_token")
    statuses = [(entry.path, entry.status) for entry in caller.emulator.journal]
    assert statuses == [
        ("/", 200),
        ("/nowhere", 404),
        (MEMBER_PATH, 401),
        ("/oauth2/authorize", 400),
        ("/callback", 200),
        ("/oauth2/access_token", 405),
    ]
    assert [entry.path for entry in caller.emulator.journal.token_requests()] == ["/oauth2/access_token"]
    assert [entry.status for entry in caller.emulator.journal.requests(MEMBER_PATH)] == [401]


def test_a_fault_is_recorded_with_what_was_answered(caller: Caller) -> None:
    caller.emulator.faults.add("rate-limit")
    caller.emulator.faults.add("reset-after")
    caller.exchange()
    with pytest.raises(httpx.ReadError):
        caller.exchange()
    recorded = [(entry.status, entry.fault, entry.finished) for entry in caller.emulator.journal]
    assert recorded == [(429, "rate-limit", True), (None, "reset-after", True)]


def test_sequence_numbers_go_on_after_clear(caller: Caller) -> None:
    caller.exchange()
    caller.emulator.journal.clear()
    assert len(caller.emulator.journal) == 0
    caller.exchange()
    assert [entry.sequence for entry in caller.emulator.journal] == [2]


def test_concurrent_requests_are_all_recorded(caller: Caller) -> None:
    with ThreadPoolExecutor(16) as pool:
        list(pool.map(caller.http.get, [MEMBER_PATH] * 100))
    assert [entry.sequence for entry in caller.emulator.journal] == list(range(1, 101))


def test_waiting_wakes_up_when_enough_has_come(caller: Caller) -> None:
    sender = threading.Thread(target=lambda: [caller.http.get(path) for path in ("/", MEMBER_PATH, "/")])
    sender.start()
    try:
        assert [entry.path for entry in caller.emulator.journal.wait_for(2, path="/")] == ["/", "/"]
        assert len(caller.emulator.journal.wait_for(3)) == 3
    finally:
        sender.join()


def test_waiting_for_arrival_sees_a_request_in_flight(caller: Caller) -> None:
    caller.emulator.faults.add("latency", path="/", delay=3600)
    with socket.create_connection(("127.0.0.1", caller.emulator.port)) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        [entry] = caller.emulator.journal.wait_for(1, arrived=True)
        assert not entry.finished
        caller.emulator.stop()
        [entry] = caller.emulator.journal.wait_for(1)
        assert (entry.status, entry.finished) == (None, True)


def test_waiting_in_vain_times_out_and_says_how_many_came(caller: Caller) -> None:
    caller.http.get("/")
    with pytest.raises(TimeoutError, match="1 of 2 requests seen"):
        caller.emulator.journal.wait_for(2, timeout=0.01)


def test_a_request_cleared_while_in_flight_stays_cleared() -> None:
    journal = Journal()
    entry = journal.open(method="GET", path="/", query="", headers=(), body=b"", size=0)
    journal.clear()
    journal.close(entry, status=200, fault=None)
    assert journal.entries == []


def test_no_secret_shows_in_a_repr_or_in_masked_json(caller: Caller) -> None:
    secrets = {"client_secret": "hush-1", "code": "hush-2", "refresh_token": "hush-3", "scope": "read"}
    caller.http.post("/oauth2/access_token", data=secrets)
    caller.http.post("/oauth2/access_token", params=secrets, json={"client_secret": "hush-4"})
    caller.http.get("/callback?code=hush-5&state=shown", headers={"Referer": "http://x/?code=hush-6"})
    caller.http.get(MEMBER_PATH, headers={"Authorization": "Bearer hush-7", "Cookie": "hush-8"})
    caller.http.post("/oauth2/access_token", content=b"client_secret=hush-9", headers={"Content-Type": "text/plain"})
    for entry in caller.emulator.journal:
        assert "hush" not in repr(entry)
        assert "hush" not in repr(entry.to_dict())
    assert "state=shown" in repr(caller.emulator.journal.entries[2])
    assert "scope=read" in repr(caller.emulator.journal.entries[0])
    revealed = [repr(entry.to_dict(reveal=True)) for entry in caller.emulator.journal]
    assert all(any(f"hush-{number}" in text for text in revealed) for number in range(1, 10))


def test_bytes_of_any_kind_are_recorded(caller: Caller) -> None:
    raw(caller.emulator, b"POST /\xff HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
    body = bytes(range(256))
    caller.http.post("/nowhere?%FF", content=body, headers={b"X-Raw": b"\xff"})
    [entry] = caller.emulator.journal.requests("/nowhere")
    assert entry.body == body
    assert entry.header("x-raw") == "\xff"
    assert entry.to_dict(reveal=True)["body"]
    assert repr(entry)
