"""``pandadoc webhooks trigger``: a signed delivery of any event, to subscriptions or to a URL."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from pandadoc_client import webhooks
from pandadoc_client.emulator import Emulator, EmulatorOptions
from pandadoc_client.emulator.service.webhooks.trigger import TRIGGERS

from ..emulator.service.receiver import Receiver
from .conftest import Pandadoc
from .test_auth import assert_one_line

KEY = "MARKER-shared-key"


@pytest.fixture
def pandadoc_emulator_options() -> EmulatorOptions:
    return EmulatorOptions(seed_data=True, webhook_delays=())


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as running:
        yield running


def subscribe(emulator: Emulator, url: str, *events: str, **more: Any) -> dict[str, Any]:
    response = httpx.post(
        f"{emulator.url}/public/v1/webhook-subscriptions",
        json={"name": "mine", "url": url, "active": True, "triggers": list(events), **more},
        headers={"Authorization": f"API-Key {emulator.api_key}"},
    )
    assert response.status_code == 201, response.text
    found: dict[str, Any] = response.json()
    return found


def test_every_event_goes_straight_to_a_url_without_an_emulator(receiver: Receiver) -> None:
    """In this process, as there are many: what is sent is what the command sends."""
    from pandadoc_client.cli.webhooks.triggering import to_url

    for event in TRIGGERS:
        assert to_url("http://127.0.0.1:1", event, None, receiver.url, KEY, 10).status == 200
    received = receiver.wait_for(len(TRIGGERS))
    assert [one.item["event"] for one in received] == list(TRIGGERS)
    assert all(one.is_signed_by(KEY) for one in received)
    assert all(one.item["data"]["id"] for one in received)
    assert len({one.event_id for one in received}) == len(TRIGGERS)
    changed = received[TRIGGERS.index("document_state_changed")].item["data"]
    assert changed["recipients"][0]["email"]
    assert {"metadata", "fields", "tokens", "pricing"} <= set(changed)
    signed = received[TRIGGERS.index("recipient_completed")].item["data"]
    assert (signed["status"], signed["action_by"]["has_completed"]) == ("document.completed", True)


def test_the_command_says_what_the_receiver_answered(pandadoc: Pandadoc, receiver: Receiver) -> None:
    receiver.statuses = [202, 500]
    arguments = ["webhooks", "trigger", "quote_updated", "--to", receiver.url]
    taken = pandadoc(*arguments, PANDADOC_WEBHOOK_KEY=KEY)
    assert (taken.returncode, taken.stderr) == (0, "")
    assert taken.stdout.startswith(f"quote_updated -> {receiver.url}: 202 in ")
    refused = pandadoc(*arguments, "--json", PANDADOC_WEBHOOK_KEY=KEY)
    assert (refused.returncode, refused.stderr) == (1, "")
    shown = json.loads(refused.stdout)
    assert shown["event"] == "quote_updated"
    [delivery] = shown["deliveries"]
    assert (delivery["status"], delivery["error"], delivery["url"]) == (500, None, receiver.url)
    assert KEY not in taken.stdout + refused.stdout
    [first, second] = receiver.wait_for(2)
    assert first.is_signed_by(KEY)
    assert [one["event"] for one in webhooks_of(second.body)] == ["quote_updated"]


def webhooks_of(body: bytes) -> list[dict[str, Any]]:
    delivery = webhooks.parse(body, webhooks.sign(body, KEY), KEY)
    return [{"event": event.event, "data": event.data} for event in delivery]


def test_the_key_may_be_in_a_file_or_on_standard_input(pandadoc: Pandadoc, receiver: Receiver, tmp_path: Path) -> None:
    path = tmp_path / "key.txt"
    path.write_text(f"{KEY}\n")
    arguments = ["webhooks", "trigger", "document_deleted", "--to", f"{receiver.url}?mine=1", "--shared-key"]
    assert pandadoc(*arguments, f"@{path}").returncode == 0
    assert pandadoc(*arguments, "-", stdin=KEY).returncode == 0
    received = receiver.wait_for(2)
    assert all(one.is_signed_by(KEY) and "mine=1&signature=" in one.path for one in received)


def test_a_receiver_that_is_not_there_is_a_failure(pandadoc: Pandadoc) -> None:
    result = pandadoc(
        "webhooks", "trigger", "document_updated", "--to", "http://127.0.0.1:9/", PANDADOC_WEBHOOK_KEY=KEY
    )
    assert result.returncode == 1
    assert "CONNECT_ERROR" in result.stdout


def test_the_subscriptions_of_an_emulator_get_it(
    pandadoc: Pandadoc, receiver: Receiver, pandadoc_emulator: Emulator
) -> None:
    wanted = subscribe(pandadoc_emulator, receiver.url, "document_state_changed", "template_updated")
    with Receiver(503) as other:
        second = subscribe(pandadoc_emulator, other.url, "document_state_changed", payload=["metadata"])
        subscribe(pandadoc_emulator, "http://127.0.0.1:9/", "quote_updated")
        document = pandadoc_emulator.service.documents()[-1]["id"]
        result = pandadoc("webhooks", "trigger", "document_state_changed", "--document", document, "--json")
        assert (result.returncode, result.stderr) == (1, ""), "one of them did not take it"
        statuses = {one["url"]: one["status"] for one in json.loads(result.stdout)["deliveries"]}
        assert statuses == {receiver.url: 200, other.url: 503}
        [got], [refused] = receiver.wait_for(1), other.wait_for(1)
    assert got.is_signed_by(wanted["shared_key"])
    assert refused.is_signed_by(second["shared_key"])
    assert got.item["data"]["id"] == document
    assert "metadata" in refused.item["data"]
    assert "metadata" not in got.item["data"]
    [mine] = [
        one for one in pandadoc_emulator.service.deliveries() if one["name"] == "mine" and one["url"] == receiver.url
    ]
    assert mine["state"] == "delivered"
    assert pandadoc("webhooks", "trigger", "template_updated").returncode == 0
    assert receiver.wait_for(2)[1].item["event"] == "template_updated"


def test_a_document_of_the_emulator_goes_to_a_url(
    pandadoc: Pandadoc, receiver: Receiver, pandadoc_emulator: Emulator
) -> None:
    document = pandadoc_emulator.service.documents()[-1]
    arguments = ["webhooks", "trigger", "document_updated", "--to", receiver.url, "--document", document["id"]]
    result = pandadoc(*arguments, PANDADOC_WEBHOOK_KEY=KEY)
    assert (result.returncode, result.stderr) == (0, "")
    [got] = receiver.wait_for(1)
    assert (got.item["data"]["id"], got.item["data"]["name"]) == (document["id"], document["name"])


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (["document_state_change"], 2, ["unknown event 'document_state_change'", "near: document_state_changed"]),
        (["zzz"], 2, ["unknown event 'zzz'", "recipient_completed", "quote_updated"]),
        (["document_updated"], 1, ["no active subscription", "document_updated"]),
        (["document_updated", "--document", "nothing"], 1, ["no such document"]),
        (["template_created", "--document", "nothing"], 1, ["template_created is not about a document"]),
        (["document_updated", "--shared-key", "x"], 2, ["--shared-key goes with --to"]),
        (["document_updated", "--to", "http://127.0.0.1:9/"], 2, ["no shared key", "PANDADOC_WEBHOOK_KEY"]),
        (["document_updated", "--to", "ftp://x/", "--key", "k"], 2, ["--to must be a URL"]),
        (["document_updated", "--to", "http://app.example.com/", "--key", "k"], 2, ["--to", "--allow-insecure"]),
        (["document_updated", "--host", "https://api.pandadoc.com"], 2, ["--host must be", "on this machine"]),
        (["document_updated", "--host", "http://127.0.0.1:9"], 1, ["no emulator at http://127.0.0.1:9"]),
        (["document_updated", "--timeout", "0"], 2, ["--timeout"]),
    ],
)
def test_what_cannot_be_is_one_line(pandadoc: Pandadoc, arguments: list[str], status: int, words: list[str]) -> None:
    result = pandadoc("webhooks", "trigger", *arguments)
    assert_one_line(result, status, *words)


def test_an_emulator_of_examples_has_no_subscriptions(pandadoc: Pandadoc) -> None:
    with Emulator(mode="examples") as emulator:
        result = pandadoc("webhooks", "trigger", "document_updated", "--host", emulator.url)
    assert result.returncode == 1
    assert "is no emulator that remembers" in result.stderr


def test_an_empty_emulator_makes_the_data_up(receiver: Receiver) -> None:
    with Emulator() as emulator:
        subscribe(emulator, receiver.url, *TRIGGERS)
        for event in TRIGGERS:
            assert len(emulator.service.trigger(event)) == 1
        received = receiver.wait_for(len(TRIGGERS))
        assert {one.item["event"] for one in received} == set(TRIGGERS)
        assert emulator.service.documents() == []
        with pytest.raises(ValueError, match="unknown event"):
            emulator.service.trigger("nothing")
