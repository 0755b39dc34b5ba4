"""Webhooks that are really delivered: signed, in order, again and again until they are taken."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ..support import Clock
from .receiver import Receiver, settled, subscribe, until
from .support import Api, person

TRIGGERS = [
    "recipient_completed",
    "document_updated",
    "document_deleted",
    "document_state_changed",
    "document_creation_failed",
    "document_completed_pdf_ready",
    "document_section_added",
    "quote_updated",
    "template_created",
    "template_updated",
    "template_deleted",
    "content_library_item_created",
]


def test_a_delivery_is_a_signed_array_with_an_id(api: Api, receiver: Receiver) -> None:
    subscription = subscribe(api, f"{receiver.url}?tenant=7&x=%20#part")
    document = api.new("Grüße")
    [received] = receiver.wait_for(1)
    assert received.path.startswith("/hook?tenant=7&x=%20&signature=")
    assert received.is_signed_by(subscription["shared_key"])
    assert received.headers["content-type"] == "application/json"
    assert received.item["event"] == "document_state_changed"
    data = received.item["data"]
    assert (data["id"], data["name"], data["status"]) == (document, "Grüße", "document.draft")
    assert [one["email"] for one in data["recipients"]] == ["mei.lin@example.com"]
    assert not {"fields", "tokens", "metadata", "pricing", "products"} & set(data)
    [shown] = until(lambda: api.call("listWebhookEvent", None, count=10, page=1)["items"])
    assert (shown["uuid"], shown["http_status_code"], shown["type"]) == (
        received.event_id,
        200,
        "document_state_changed",
    )
    details = api.call("detailsWebhookEvent", None, received.event_id)
    assert details["request_body"].encode() == received.body
    assert f"signature={details['signature']}" in received.path
    assert (details["response_body"], details["url"]) == ("thanks", subscription["url"])


def test_the_parts_that_a_subscription_asks_for_are_there(seeded: Api, receiver: Receiver) -> None:
    parts = ["fields", "tokens", "metadata", "pricing", "products"]
    subscribe(seeded, receiver.url, payload=parts)
    template = seeded.call("listTemplates", None, q="sales")["results"][0]["id"]
    seeded.call("createDocument", {"template_uuid": template, "recipients": [person()], "metadata": {"a": "b"}})
    data = receiver.wait_for(1)[0].item["data"]
    assert set(parts) <= set(data)
    assert data["metadata"]["a"] == "b"
    assert [one["name"] for one in data["products"]] == ["Bamboo, 1 t", "Delivery"]


def test_events_arrive_in_the_order_in_which_they_happened(seeded: Api, receiver: Receiver) -> None:
    subscribe(seeded, receiver.url, *TRIGGERS)
    document = seeded.new()
    seeded.call("updateDocument", {"name": "New name"}, document)
    seeded.call("uploadSection", {"url": "https://example.com/b.pdf", "recipients": []}, document)
    seeded.call("sendDocument", {}, document)
    seeded.service.complete(document)
    seeded.call("deleteDocument", None, document)
    received = receiver.wait_for(8)
    assert [(one.item["event"], one.item["data"].get("status", "").removeprefix("document.")) for one in received] == [
        ("document_state_changed", "draft"),
        ("document_section_added", ""),
        ("document_state_changed", "sent"),
        ("document_state_changed", "viewed"),
        ("recipient_completed", "viewed"),
        ("document_state_changed", "completed"),
        ("document_completed_pdf_ready", "completed"),
        ("document_deleted", ""),
    ]


@pytest.mark.parametrize(
    ("trigger", "act"),
    [
        ("template_created", lambda api: api.call("createTemplate", {"url": "https://example.com/t.pdf"})),
        ("template_updated", lambda api: api.call("updateTemplate", {"tokens": []}, first(api, "listTemplates"))),
        ("template_deleted", lambda api: api.call("deleteTemplate", None, first(api, "listTemplates"))),
        (
            "content_library_item_created",
            lambda api: api.call("createContentLibraryItem", {"url": "https://example.com/i.pdf"}),
        ),
        ("document_creation_failed", lambda api: (api.service.fail_next(), api.new())),
    ],
)
def test_other_triggers_have_their_events(seeded: Api, receiver: Receiver, trigger: str, act: Any) -> None:
    subscribe(seeded, receiver.url, *TRIGGERS)
    act(seeded)
    [received] = receiver.wait_for(1)
    assert received.item["event"] == trigger
    assert received.item["data"]["id"]


def first(api: Api, operation: str) -> str:
    found: str = api.call(operation, None)["results"][0]["id"]
    return found


def test_a_quote_that_changes_has_its_event(seeded: Api, receiver: Receiver) -> None:
    subscribe(seeded, receiver.url, "quote_updated")
    document = seeded.call("listDocuments", None, q="Proposal for Meadow")["results"][0]["id"]
    quote = seeded.call("detailsDocument", None, document)["pricing"]["quotes"][0]["id"]
    seeded.call("quoteUpdate", {"currency": "EUR"}, document, quote)
    [received] = receiver.wait_for(1)
    assert (received.item["data"]["id"], received.item["data"]["document_id"]) == (quote, document)


def test_a_failed_delivery_is_repeated_with_the_same_id(begin: Callable[..., Api]) -> None:
    api = begin(webhook_delays=[0.01, 0.02, 0.03])
    with Receiver(500, 404, 301) as receiver:
        subscribe(api, receiver.url)
        api.new()
        received = receiver.wait_for(4)
        assert len({(one.event_id, one.body, one.path) for one in received}) == 1
        [delivery] = until(lambda: [one for one in api.service.deliveries() if one["state"] == "delivered"])
    assert [item["status"] for item in delivery["attempts"]] == [500, 404, 301, 200]


def test_the_delays_before_the_next_attempts_grow_as_they_are_set(begin: Callable[..., Api]) -> None:
    clock = Clock()
    api = begin(clock=clock, webhook_delays=[10, 100])
    with Receiver(500, 500, 500) as receiver:
        subscribe(api, receiver.url)
        api.new()
        for count, delay in ((1, 10), (2, 100)):
            receiver.wait_for(count)
            [before] = settled(api, count)
            clock.advance(delay - 1)
            api.call("listMembers")
            assert [one["next_attempt"] for one in api.service.deliveries()] == [before["next_attempt"]]
            clock.advance(2)
            api.call("createDocumentFolder", {"name": "wakes the dispatcher"})
        receiver.wait_for(3)
        [last] = settled(api, 3)
    assert (last["state"], last["next_attempt"]) == ("failed", None)


def test_a_receiver_that_is_not_there_or_does_not_answer_is_an_error(begin: Callable[..., Api]) -> None:
    api = begin(webhook_delays=[], webhook_timeout=0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent, socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        for url, error in (
            (f"http://127.0.0.1:{silent.getsockname()[1]}/", "TIMEOUT_ERROR"),
            (f"http://localhost:{closed.getsockname()[1]}/", "CONNECT_ERROR"),
            ("ftp://127.0.0.1/", "NOT_VALID_URL"),
            ("https://192.0.2.7/", "NOT_VALID_URL"),
            ("http://127.0.0.1:99999/", "NOT_VALID_URL"),
        ):
            subscription = subscribe(api, url)
            api.new()
            [delivery] = until(lambda url=url: [one for one in failed(api) if one["url"] == url])  # type: ignore[misc]
            assert [(item["status"], item["error"]) for item in delivery["attempts"]] == [(None, error)]
            found = api.call("listWebhookEvent", None, count=9, page=1, error=error)["items"]
            assert delivery["id"] in [one["uuid"] for one in found]
            api.call("deleteWebhookSubscription", None, subscription["uuid"])


def failed(api: Api) -> list[dict[str, Any]]:
    return [one for one in api.service.deliveries() if one["state"] == "failed"]


def test_a_key_that_was_replaced_signs_what_follows(api: Api, receiver: Receiver) -> None:
    subscription = subscribe(api, receiver.url)
    key = api.call("updateWebhookSubscriptionSharedKey", None, subscription["uuid"])["shared_key"]
    assert key != subscription["shared_key"]
    api.new()
    assert receiver.wait_for(1)[0].is_signed_by(key)


def test_a_subscription_that_is_switched_off_gets_nothing(api: Api, receiver: Receiver) -> None:
    off = subscribe(api, f"{receiver.url}/off", active=False)
    on = subscribe(api, f"{receiver.url}/on")
    gone = subscribe(api, f"{receiver.url}/gone")
    api.call("deleteWebhookSubscription", None, gone["uuid"])
    assert api.call("detailsWebhookSubscription", None, off["uuid"])["status"] == "INACTIVE"
    api.new()
    api.call("updateWebhookSubscription", {"active": False}, on["uuid"])
    api.call("updateWebhookSubscription", {"active": True, "triggers": ["document_deleted"]}, off["uuid"])
    document = api.new()
    api.call("deleteDocument", None, document)
    until(lambda: [one for one in receiver.received if one.path.startswith("/hook/off")])
    assert {(one.path.partition("?")[0], one.item["event"]) for one in receiver.received} <= {
        ("/hook/on", "document_state_changed"),
        ("/hook/off", "document_deleted"),
    }


def test_events_are_delivered_while_nobody_asks(begin: Callable[..., Api], receiver: Receiver) -> None:
    api = begin(processing_delay=0.05)
    subscribe(api, receiver.url)
    api.new()
    assert receiver.wait_for(1)[0].item["data"]["status"] == "document.draft"


def test_a_slow_receiver_keeps_nobody_waiting_and_does_not_keep_the_emulator_from_stopping(
    begin: Callable[..., Api], receiver: Receiver
) -> None:
    api = begin()
    with Receiver() as slow:
        slow.held.clear()
        subscribe(api, slow.url)
        subscribe(api, receiver.url)
        api.new()
        slow.wait_for(1)
        receiver.wait_for(1)
        api.emulator.stop()  # raises after ten seconds, and the receiver takes twenty
        assert [one["state"] for one in api.service.deliveries() if one["url"] == slow.url] == ["pending"]
        slow.held.set()
        api.emulator.start()
        again = slow.wait_for(2)
        assert again[0].event_id == again[1].event_id


def test_what_was_not_delivered_survives_the_emulator(tmp_path: Path, begin: Callable[..., Api]) -> None:
    path = tmp_path / "state.db"
    api = begin(state_file=path, webhook_delays=[0.05] * 100)
    with Receiver(*[503] * 3) as receiver:
        subscribe(api, receiver.url)
        api.new()
        first_attempt = receiver.wait_for(1)[0]
        api.emulator.stop()
        begin(state_file=path, webhook_delays=[0.05] * 100)
        received = receiver.wait_for(4)
    assert {one.event_id for one in received} == {first_attempt.event_id}


def test_the_body_is_what_was_signed_byte_for_byte(api: Api, receiver: Receiver) -> None:
    subscribe(api, receiver.url)
    api.new('ü 熊猫 \\ "')
    body = receiver.wait_for(1)[0].body
    assert "熊猫".encode() in body
    assert json.loads(body)[0]["data"]["name"] == 'ü 熊猫 \\ "'
