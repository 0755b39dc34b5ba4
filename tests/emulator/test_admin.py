"""The control surface: what it does, and who may use it."""

from __future__ import annotations

import pytest

from pandadoc_client.emulator import Emulator, Fault

from .support import Caller, pair


def test_the_journal_can_be_read_and_emptied(caller: Caller) -> None:
    caller.exchange()
    [entry] = caller.http.get("/_emulator/journal").json()
    assert (entry["path"], entry["status"], entry["form"]["scope"]) == ("/oauth2/access_token", 200, "read+write")
    assert entry["form"]["client_secret"] == "***"
    [entry] = caller.http.get("/_emulator/journal?reveal=1").json()
    assert entry["form"]["client_secret"] == caller.emulator.client_secret
    assert caller.http.delete("/_emulator/journal").json() == []
    assert len(caller.emulator.journal) == 0


def test_the_fault_script_can_be_set_shown_and_emptied(caller: Caller) -> None:
    script = [{"kind": "server-error", "times": 2}, {"kind": "slow-body", "path": "*", "delay": 1}]
    assert caller.http.put("/_emulator/faults", json=script).status_code == 200
    assert caller.exchange().status_code == 500
    assert [left for _, left in caller.emulator.faults.pending] == [1, 1]
    assert caller.http.get("/_emulator/faults").json() == [
        {"kind": "server-error", "path": "/oauth2/access_token", "times": 1},
        {"kind": "slow-body", "path": "*", "delay": 1, "times": 1},
    ]
    assert caller.http.delete("/_emulator/faults").json() == []
    pair(caller.exchange())


@pytest.mark.parametrize("body", [b"", b"{}", b"\xff", b'[{"kind": "meteor"}]', b'[{"kind": "latency"}, 5]'])
def test_a_bad_script_is_refused_and_the_old_one_stays(caller: Caller, body: bytes) -> None:
    caller.emulator.faults.add("server-error")
    response = caller.http.put("/_emulator/faults", content=body)
    assert response.status_code == 400
    assert response.json()["type"] == "bad_request"
    assert [fault for fault, _ in caller.emulator.faults.pending] == [Fault("server-error")]


def test_the_state_counts_and_shows_no_secret(caller: Caller) -> None:
    caller.emulator.issue_code()
    access, refresh = pair(caller.exchange())
    pair(caller.refresh(refresh))
    response = caller.http.get("/_emulator/state")
    assert response.json() == {
        "rotation": "strict",
        "token_lifetime": 31535999,
        "requests": 2,
        "faults": 0,
        "codes": 1,
        "grants": 1,
        "access_tokens": 1,
        "refresh_tokens": 1,
        "refreshes": 1,
    }
    assert access not in response.text


def test_access_tokens_can_be_expired_and_grants_revoked(caller: Caller) -> None:
    access, refresh = pair(caller.exchange())
    assert caller.http.post("/_emulator/expire").json() == {"expired": 1}
    assert not caller.works(access)
    access, refresh = pair(caller.refresh(refresh))
    assert caller.http.post("/_emulator/revoke").json() == {"revoked": 1}
    assert not caller.works(access)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost:80", "[::1]:8000", "LOCALHOST"])
def test_a_loopback_name_is_let_in(caller: Caller, host: str) -> None:
    assert caller.http.get("/_emulator/state", headers={"Host": host}).status_code == 200


STRANGERS = [
    {"Host": "evil.example"},
    {"Host": "127.0.0.1.evil.example"},
    {"Host": "localhost.evil.example:80"},
    {"Host": ""},
    {"Host": "[::1"},
    {"Host": "[::1]evil"},
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
]


@pytest.mark.parametrize("headers", STRANGERS)
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "journal"),
        ("DELETE", "journal"),
        ("PUT", "faults"),
        ("GET", "state"),
        ("POST", "expire"),
        ("POST", "revoke"),
    ],
)
def test_a_web_page_of_another_name_is_kept_out(
    caller: Caller, headers: dict[str, str], method: str, path: str
) -> None:
    caller.exchange()
    content = b'[{"kind": "server-error"}]'
    response = caller.http.request(method, f"/_emulator/{path}", headers=headers, content=content)
    assert response.status_code == 403
    summary = caller.emulator.state.summary()
    assert (summary.access_tokens, summary.grants) == (1, 1)
    assert len(caller.emulator.journal) == 1
    assert len(caller.emulator.faults) == 0


def test_an_emulator_open_to_other_machines_has_no_control_surface() -> None:
    emulator = Emulator(host="0.0.0.0", allow_remote=True)
    with pytest.warns(RuntimeWarning, match="other machines"):
        emulator.start()
    try:
        caller = Caller(emulator)
        try:
            assert emulator.url.startswith("http://127.0.0.1:")
            assert caller.http.get("/_emulator/state").status_code == 404
            assert caller.http.post("/_emulator/revoke").status_code == 404
            assert emulator.client_secret not in caller.http.get("/").text
            pair(caller.exchange())
        finally:
            caller.close()
    finally:
        emulator.stop()


def test_a_reset_leaves_nothing_of_the_past_and_keeps_the_connection_that_asked_for_it(caller: Caller) -> None:
    access, _ = pair(caller.exchange())
    key = {"Authorization": f"API-Key {caller.emulator.api_key}"}
    contact = {"email": "ada@example.com"}
    first = caller.http.post("/public/v1/contacts", json=contact, headers=key).json()["id"]
    caller.emulator.faults.add("server-error")
    caller.emulator.responses.add("list_contacts", {"results": []})

    assert caller.http.post("/_emulator/reset").json() == {}

    assert not caller.works(access)
    assert caller.http.get("/public/v1/contacts", headers=key).json() == {"results": []}
    assert [entry.sequence for entry in caller.emulator.journal] == [1, 2]
    assert len(caller.emulator.faults) == 0
    again = caller.http.post("/public/v1/contacts", json=contact, headers=key).json()["id"]
    assert again == first  # identifiers begin anew, too
    summary = caller.emulator.state.summary()
    assert (summary.codes, summary.grants, summary.refreshes) == (0, 0, 0)
