"""The `Host` check, which stops DNS rebinding: it holds for every path."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

import pytest

from pandadoc_client.emulator import Emulator, EmulatorOptions
from pandadoc_client.emulator.hosts import host_of

from .support import MEMBER_PATH, Caller, pair, raw

Start = Callable[..., Caller]
PATHS = ("/", "/callback", "/oauth2/authorize", MEMBER_PATH, "/s/key", "/_emulator/journal", "/nowhere")
STRANGERS = (
    "evil.example",
    "127.0.0.1.evil.example",
    "localhost.evil.example:80",
    "192.0.2.1",
    "[::1",
    "[::1]evil",
    "",
)


@pytest.mark.parametrize("host", STRANGERS)
@pytest.mark.parametrize("path", PATHS)
def test_a_foreign_host_is_refused_whatever_the_path(caller: Caller, path: str, host: str) -> None:
    key = {"Authorization": f"API-Key {caller.emulator.api_key}"}
    response = caller.http.get(path, headers={"Host": host, **key})
    assert response.status_code == 403
    assert response.json()["type"] == "forbidden"
    assert "Host header" in response.json()["detail"]
    assert "allowed_hosts" in response.json()["detail"]


def test_a_foreign_host_gets_no_token_takes_no_fault_and_is_not_in_the_journal(caller: Caller) -> None:
    caller.emulator.faults.add("server-error", path="*")
    code = caller.emulator.issue_code()
    form = caller.form(grant_type="authorization_code", code=code)
    assert caller.http.post("/oauth2/access_token", data=form, headers={"Host": "evil.example"}).status_code == 403
    assert (len(caller.emulator.journal), len(caller.emulator.faults)) == (0, 1)
    caller.emulator.faults.clear()
    pair(caller.exchange(code))


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "127.5.6.7:80", "localhost:80", "LOCALHOST", "[::1]:8000", "my.localhost:1"]
)
def test_the_names_of_this_machine_are_let_in(caller: Caller, host: str) -> None:
    assert caller.http.get(MEMBER_PATH, headers={"Host": host}).status_code == 401


@pytest.mark.parametrize(
    "fields", ["", "Host: localhost\r\nHost: localhost\r\n", "Host: localhost\r\nHost: evil.example\r\n"]
)
def test_there_must_be_one_host(caller: Caller, fields: str) -> None:
    answer = raw(caller.emulator, f"GET / HTTP/1.0\r\n{fields}\r\n".encode())
    assert answer.startswith((b"HTTP/1.1 403", b"HTTP/1.1 400"))
    assert b"PandaDoc emulator" not in answer


def test_a_name_that_was_allowed_is_let_in_but_not_to_the_control_surface(start: Start) -> None:
    caller = start(allowed_hosts=["Emulator", "fd00::1"])
    for host in ("emulator:8000", "EMULATOR", "[fd00::1]:80"):
        assert caller.http.get(MEMBER_PATH, headers={"Host": host}).status_code == 401
    assert caller.http.get("/_emulator/journal", headers={"Host": "emulator"}).status_code == 403
    refused = caller.http.get(MEMBER_PATH, headers={"Host": "emulator.evil.example"})
    assert "emulator" in refused.json()["detail"]


@pytest.fixture
def remote() -> Iterator[Caller]:
    """A caller of an emulator that other machines can reach, as one in a container."""
    emulator = Emulator(host="0.0.0.0", allow_remote=True, allowed_hosts=["emulator"])
    with pytest.warns(RuntimeWarning, match="other machines"):
        emulator.start()
    try:
        caller = Caller(emulator)
        caller.http.base_url = f"http://127.0.0.1:{emulator.port}"
        yield caller
        caller.close()
    finally:
        emulator.stop()


def test_an_emulator_open_to_other_machines_accepts_addresses_and_the_names_it_was_told(remote: Caller) -> None:
    for host in ("192.0.2.1:8000", "[2001:db8::1]", "emulator:8000", "localhost", "127.0.0.1"):
        assert remote.http.get(MEMBER_PATH, headers={"Host": host}).status_code == 401, host
    for host in ("evil.example", "emulator.example", "192.0.2.1.evil.example"):
        assert remote.http.get(MEMBER_PATH, headers={"Host": host}).status_code == 403, host


def test_its_links_lead_to_the_first_name_that_it_was_told(remote: Caller) -> None:
    assert remote.emulator.url == f"http://emulator:{remote.emulator.port}"
    key = {"Authorization": f"API-Key {remote.emulator.api_key}"}
    body = {"name": "Offer", "url": "https://example.com/offer.pdf", "recipients": [{"email": "ada@example.com"}]}
    created = remote.http.post(
        "/public/v1/documents", content=json.dumps(body), headers={**key, "Content-Type": "application/json"}
    )
    assert created.json()["links"][0]["href"].startswith(f"{remote.emulator.url}/public/v1/documents/")


@pytest.mark.parametrize("name", ["http://emulator", "emulator:8000", "", "a b", "-x", 5])
def test_what_is_no_name_of_a_host_is_refused(name: object) -> None:
    with pytest.raises(ValueError, match="allowed_hosts"):
        EmulatorOptions(allowed_hosts=(name,))  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


def test_one_text_is_no_list_of_names() -> None:
    with pytest.raises(ValueError, match="allowed_hosts is a list"):
        EmulatorOptions(allowed_hosts="emulator")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize(
    ("authority", "host"),
    [
        ("A.Example:80", "a.example"),
        ("[::1]:80", "::1"),
        ("localhost:", "localhost"),
        ("localhost:80:80", None),
        ("user@localhost", None),
        ("localhost/x", None),
        ("[localhost]", None),
        ("::1", None),
    ],
)
def test_an_authority_is_read_in_one_way(authority: str, host: str | None) -> None:
    assert host_of(authority) == host
