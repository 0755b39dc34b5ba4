"""Faults by script: each kind as a client meets it, what it leaves behind, and how a script is read."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest

from pandadoc_client.emulator import FAULT_KINDS, Emulator, Fault, FaultScript, load_faults, parse_faults

from .support import FORM_TYPE, MEMBER_PATH, Caller, pair


def spent(caller: Caller) -> bool:
    """Tell whether the one refresh token of the emulator was spent."""
    return caller.emulator.state.summary().refreshes == 1


def request_for(caller: Caller, refresh_token: str) -> bytes:
    """A refresh as it looks on the wire."""
    body = urlencode(caller.form(refresh_token=refresh_token))
    head = f"Host: localhost\r\nContent-Type: {FORM_TYPE}\r\nContent-Length: {len(body)}\r\n\r\n"
    return f"POST /oauth2/access_token HTTP/1.1\r\n{head}{body}".encode()


@pytest.fixture
def refresh_token(caller: Caller) -> str:
    return str(caller.emulator.issue_token()["refresh_token"])


@pytest.mark.parametrize(
    ("fault", "status", "retry_after", "detail"),
    [
        (Fault("rate-limit"), 429, None, "Request was throttled."),
        (Fault("rate-limit", retry_after=7), 429, "7", "Request was throttled."),
        (
            Fault("rate-limit", detail_seconds=13),
            429,
            None,
            "Request was throttled. Expected available in 13 seconds.",
        ),
        (Fault("service-unavailable"), 503, None, None),
        (Fault("service-unavailable", retry_after=2), 503, "2", None),
        (Fault("server-error"), 500, None, None),
    ],
)
def test_a_refusal_in_json_leaves_the_grant_alone(
    caller: Caller, refresh_token: str, fault: Fault, status: int, retry_after: str | None, detail: str | None
) -> None:
    caller.emulator.faults.add(fault)
    response = caller.refresh(refresh_token)
    assert response.status_code == status
    assert response.headers.get("retry-after") == retry_after
    assert response.json()["detail"] == detail or detail is None
    assert not spent(caller)
    pair(caller.refresh(refresh_token))


def test_a_bad_gateway_is_html(caller: Caller, refresh_token: str) -> None:
    caller.emulator.faults.add("bad-gateway")
    response = caller.refresh(refresh_token)
    assert (response.status_code, response.headers["content-type"]) == (502, "text/html")
    assert response.text.startswith("<html>")
    assert not spent(caller)


@pytest.mark.parametrize(
    ("details", "content_type"),
    [
        ({"status": 520, "body": "<html>unknown</html>"}, "text/html; charset=utf-8"),
        ({"status": 200, "body": '{"access_token": 5}'}, "application/json"),
        ({"status": 400, "body": "{}", "headers": {"Content-Type": "text/plain"}}, "text/plain"),
        ({"status": 204}, None),
    ],
)
def test_any_status_and_body_can_be_scripted(caller: Caller, details: dict[str, Any], content_type: str | None) -> None:
    caller.emulator.faults.add("status", **details)
    response = caller.exchange()
    assert response.status_code == details["status"]
    assert response.text == details.get("body", "")
    assert response.headers.get("content-type") == content_type


def test_a_redirect_can_be_scripted(caller: Caller) -> None:
    caller.emulator.faults.add("status", status=307, headers={"Location": "/elsewhere", "X_Odd": "b"}, retry_after=1)
    response = caller.exchange()
    assert (response.headers["location"], response.headers["retry-after"]) == ("/elsewhere", "1")
    assert response.headers["x_odd"] == "b"


@pytest.mark.parametrize(("kind", "processed"), [("reset-before", False), ("reset-after", True)])
def test_a_reset_is_a_reset_on_the_wire(caller: Caller, refresh_token: str, kind: str, processed: bool) -> None:
    caller.emulator.faults.replace([Fault.from_dict({"kind": kind})])
    with socket.create_connection(("127.0.0.1", caller.emulator.port), timeout=10) as connection:
        connection.sendall(request_for(caller, refresh_token))
        with pytest.raises(ConnectionResetError):
            connection.recv(1)
    assert spent(caller) is processed


@pytest.mark.parametrize(("kind", "processed"), [("reset-before", False), ("reset-after", True)])
def test_a_reset_costs_httpx_its_answer(
    caller: Caller, refresh_token: str, kind: str, processed: bool, caplog: pytest.LogCaptureFixture
) -> None:
    caller.emulator.faults.replace([Fault.from_dict({"kind": kind})])
    with pytest.raises(httpx.ReadError):
        caller.refresh(refresh_token)
    assert spent(caller) is processed
    assert caller.refresh(refresh_token).status_code == (400 if processed else 200)
    caller.emulator.stop()
    assert caplog.records == []  # the server takes it for what it is, not for an application that failed to answer


def test_truncated_json_is_valid_http(caller: Caller, refresh_token: str) -> None:
    caller.emulator.faults.add("truncated-json")
    response = caller.refresh(refresh_token)
    assert response.status_code == 200
    assert int(response.headers["content-length"]) == len(response.content) > 0
    with pytest.raises(json.JSONDecodeError):
        response.json()
    assert spent(caller)


def test_a_slow_body_arrives_byte_by_byte_and_whole(caller: Caller, refresh_token: str) -> None:
    caller.emulator.faults.add("slow-body", delay=0)
    url, form = caller.emulator.token_url, caller.form(refresh_token=refresh_token)
    with caller.http.stream("POST", url, data=form) as response:
        body = b"".join(response.iter_raw())
    assert json.loads(body)["refresh_token"] == caller.emulator.live_pair().refresh_token
    assert len(body) == int(response.headers["content-length"])


def test_a_slow_body_lets_a_read_timeout_strike_after_the_grant(caller: Caller, refresh_token: str) -> None:
    caller.emulator.faults.add("slow-body", delay=3600)
    caller.http.timeout = 0.2
    with pytest.raises(httpx.ReadTimeout):
        caller.refresh(refresh_token)
    caller.emulator.journal.wait_for(1)
    assert spent(caller)
    caller.http.timeout = 10
    pair(caller.exchange())


def test_latency_waits_before_it_processes(caller: Caller, refresh_token: str) -> None:
    caller.emulator.faults.add("latency", delay=3600)
    caller.http.timeout = 0.2
    with pytest.raises(httpx.ReadTimeout):
        caller.refresh(refresh_token)
    [entry] = caller.emulator.journal.wait_for(1, arrived=True)
    assert not entry.finished
    assert not spent(caller)


def test_a_client_that_gives_up_does_not_stop_the_processing(caller: Caller, refresh_token: str) -> None:
    caller.emulator.faults.add("latency", delay=0.2)
    with socket.create_connection(("127.0.0.1", caller.emulator.port)) as connection:
        connection.sendall(request_for(caller, refresh_token))
        caller.emulator.journal.wait_for(1, arrived=True)
    [entry] = caller.emulator.journal.wait_for(1)
    assert (entry.status, entry.fault) == (200, "latency")
    assert spent(caller)


def test_after_latency_all_goes_right(caller: Caller, refresh_token: str) -> None:
    caller.emulator.faults.add("latency", delay=0)
    pair(caller.refresh(refresh_token))


def test_global_latency_holds_every_request(start: Callable[..., Caller]) -> None:
    caller = start(latency=3600)
    caller.http.timeout = 0.1
    for path in ("/", MEMBER_PATH, "/oauth2/authorize"):
        with pytest.raises(httpx.ReadTimeout):
            caller.http.get(path)
    assert caller.http.get("/_emulator/state").status_code == 200


def test_the_script_runs_in_order_and_by_path(caller: Caller) -> None:
    faults = caller.emulator.faults
    faults.add("server-error", path="/public/*", times=2)
    faults.add("rate-limit")
    faults.add("bad-gateway", path="*")
    statuses = [caller.exchange().status_code, caller.http.get(MEMBER_PATH).status_code]
    statuses += [caller.exchange().status_code, caller.http.get(MEMBER_PATH).status_code]
    statuses += [caller.exchange().status_code, caller.http.get(MEMBER_PATH).status_code]
    assert statuses == [429, 500, 502, 500, 200, 401]
    assert len(faults) == 0


def test_a_fault_can_last_until_it_is_cleared(start: Callable[..., Caller]) -> None:
    caller = start(faults=[Fault("server-error", times=None)])
    assert [caller.exchange().status_code for _ in range(5)] == [500] * 5
    caller.emulator.faults.clear()
    pair(caller.exchange())


def test_one_fault_is_taken_once_whatever_the_number_of_threads() -> None:
    script = FaultScript([Fault("server-error", times=50)])
    taken: list[Fault | None] = []
    workers = [
        threading.Thread(target=lambda: taken.extend(script.take("/oauth2/access_token") for _ in range(20)))
        for _ in range(8)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sum(fault is not None for fault in taken) == 50


def test_a_reset_spares_the_other_connections(caller: Caller) -> None:
    other = Caller(caller.emulator)
    try:
        pair(other.exchange())
        caller.emulator.faults.add("reset-before")
        with pytest.raises(httpx.ReadError):
            caller.exchange()
        with socket.create_connection(("127.0.0.1", caller.emulator.port), timeout=10):
            pair(other.exchange())
    finally:
        other.close()


FAULTS = [
    Fault("rate-limit", retry_after=1, detail_seconds=2, times=3),
    Fault("slow-body", path="*", delay=0.5, times=None),
    Fault("status", status=520, body="<p>", headers={"X-A": "b"}, retry_after=0),
    *[Fault.from_dict({"kind": kind}) for kind in FAULT_KINDS if kind != "status"],
]


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_survives_json(fault: Fault) -> None:
    assert Fault.from_dict(json.loads(json.dumps(fault.to_dict()))) == fault


def test_a_script_is_loaded_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "faults.json"
    file.write_text(json.dumps([fault.to_dict() for fault in FAULTS]))
    assert load_faults(file) == FAULTS
    with Emulator(faults=load_faults(file)) as emulator:
        assert [fault for fault, _ in emulator.faults.pending] == FAULTS


@pytest.mark.parametrize(
    ("item", "message"),
    [
        ({}, "kind is missing"),
        ({"kind": "meteor"}, "kind is one of rate-limit"),
        ({"kind": None}, "kind is of the wrong type"),
        ({"kind": "latency", "delay": -1}, "delay is a number"),
        ({"kind": "latency", "delay": float("nan")}, "delay is a number"),
        ({"kind": "latency", "delay": "1"}, "delay is of the wrong type"),
        ({"kind": "server-error", "delay": 1}, "delay has no meaning for server-error"),
        ({"kind": "reset-before", "retry_after": 0}, "retry_after has no meaning"),
        ({"kind": "rate-limit", "retry_after": True}, "retry_after is of the wrong type"),
        ({"kind": "rate-limit", "retry_after": -1}, "retry_after is a number"),
        ({"kind": "rate-limit", "times": 0}, "times is a whole number"),
        ({"kind": "rate-limit", "path": ""}, "path is not empty"),
        ({"kind": "rate-limit", "paths": "*"}, "unknown key 'paths'"),
        ({"kind": "status"}, "status is a number"),
        ({"kind": "status", "status": 99}, "status is a number"),
        ({"kind": "status", "status": 204, "body": "x"}, "a response 204 has no body"),
        ({"kind": "status", "status": 200, "headers": {"a": 1}}, "headers is an object of texts"),
        ({"kind": "status", "status": 200, "headers": {"a": "b\r\nc: d"}}, "a header has a name"),
        ({"kind": "status", "status": 200, "headers": []}, "headers is of the wrong type"),
        ("rate-limit", "an object is wanted"),
    ],
)
def test_a_mistake_in_a_script_is_named_with_its_place(item: object, message: str) -> None:
    with pytest.raises(ValueError, match=f"^fault 2: {message}"):
        parse_faults([{"kind": "latency"}, item])


@pytest.mark.parametrize("text", ["", "{}", "not json", "\xff"])
def test_a_file_that_is_no_script_is_named_in_one_line(tmp_path: Path, text: str) -> None:
    file = tmp_path / "faults.json"
    file.write_bytes(text.encode("latin-1"))
    with pytest.raises(ValueError, match=r"faults\.json: ") as caught:
        load_faults(file)
    assert "\n" not in str(caught.value)


def test_a_ready_fault_takes_no_further_details() -> None:
    with pytest.raises(TypeError):
        FaultScript().add(Fault("latency"), delay=1)
