"""`Emulator.reset`: what becomes of what is there, and of what is under way."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from pandadoc_client.emulator import Emulator, Fault, RateLimits

from .service.receiver import Receiver
from .support import MEMBER_PATH, Caller, pair


def api_key(emulator: Emulator) -> dict[str, str]:
    return {"Authorization": f"API-Key {emulator.api_key}"}


def test_the_faults_of_the_options_are_back(start: Callable[..., Caller]) -> None:
    caller = start(faults=(Fault("server-error"),))
    assert caller.exchange().status_code == 500
    caller.emulator.faults.add("rate-limit", times=None)
    caller.emulator.reset()
    assert [fault.kind for fault, _ in caller.emulator.faults.pending] == ["server-error"]


def test_the_count_of_rate_limits_begins_anew(start: Callable[..., Caller]) -> None:
    caller = start(rate_limits=RateLimits.SANDBOX)
    headers = api_key(caller.emulator)
    statuses = [caller.http.get(MEMBER_PATH, headers=headers).status_code for _ in range(11)]
    assert statuses == [200] * 10 + [429]
    caller.emulator.reset()
    assert caller.http.get(MEMBER_PATH, headers=headers).status_code == 200


def test_seeded_data_is_sown_again_and_the_address_stays(start: Callable[..., Caller]) -> None:
    emulator = start(seed_data=True).emulator
    url, before = emulator.url, emulator.service.documents()
    with httpx.Client(base_url=url, headers=api_key(emulator)) as client:
        client.delete(f"/public/v1/documents/{before[0]['id']}").raise_for_status()
        emulator.reset()
        assert emulator.url == url
        # The connection was closed by the reset; httpx notices and opens another.
        assert len(client.get("/public/v1/documents").json()["results"]) == len(before)


def test_the_state_file_is_emptied(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    with Emulator(state_file=path) as emulator:
        with httpx.Client(base_url=emulator.url, headers=api_key(emulator)) as client:
            client.post("/public/v1/contacts", json={"email": "ada@example.com"}).raise_for_status()
        emulator.reset()
    with sqlite3.connect(path) as database:
        assert database.execute("SELECT count(*) FROM records WHERE kind = 'contacts'").fetchone() == (0,)
    database.close()


@pytest.mark.parametrize("running", [True, False])
def test_it_works_while_stopped_as_well(tmp_path: Path, running: bool) -> None:
    emulator = Emulator(state_file=tmp_path / "state.db").start()
    emulator.service.fail_next()
    emulator.issue_token()
    if not running:
        emulator.stop()
    emulator.reset()
    assert emulator.is_running is running
    assert emulator.live_pairs() == []
    if not running:
        emulator.start()
    caller = Caller(emulator)
    pair(caller.exchange())
    caller.close()
    emulator.stop()


def test_a_request_that_is_being_processed_gets_no_response(start: Callable[..., Caller]) -> None:
    emulator = start(faults=(Fault("latency", path="*", delay=60),)).emulator
    outcome: list[object] = []

    def ask() -> None:
        try:
            outcome.append(httpx.get(f"{emulator.url}{MEMBER_PATH}"))
        except httpx.TransportError as error:
            outcome.append(error)

    asking = threading.Thread(target=ask)
    asking.start()
    emulator.journal.wait_for(1, arrived=True)
    emulator.reset()
    asking.join()
    assert isinstance(outcome[0], httpx.TransportError)
    assert len(emulator.journal) == 0


def test_a_webhook_that_is_being_delivered_is_broken_off(start: Callable[..., Caller]) -> None:
    emulator = start().emulator
    with Receiver() as receiver, httpx.Client(base_url=emulator.url, headers=api_key(emulator)) as client:
        receiver.held.clear()
        subscription = {"name": "all", "url": receiver.url, "triggers": ["document_state_changed"], "active": True}
        client.post("/public/v1/webhook-subscriptions", json=subscription).raise_for_status()
        body = {"name": "Offer", "url": "https://example.com/a.pdf", "recipients": [{"email": "ada@example.com"}]}
        client.post("/public/v1/documents", json=body).raise_for_status()
        receiver.wait_for(1)
        emulator.reset()
        receiver.held.set()
        assert emulator.service.deliveries() == []
        assert client.get("/public/v1/webhook-subscriptions").json()["items"] == []
