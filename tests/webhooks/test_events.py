"""`parse`: what is read from a delivery, and that whatever JSON can be read."""

from __future__ import annotations

import json
import subprocess
import sys
import traceback
from collections.abc import Iterable
from dataclasses import FrozenInstanceError
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from starlette.datastructures import Headers
from werkzeug.datastructures import Headers as WerkzeugHeaders
from werkzeug.test import create_environ

from pandadoc_client import webhooks
from pandadoc_client.exceptions import ApiDecodeError, ApiTypeError
from pandadoc_client.webhooks import Delivery, Trigger, WebhookDecodeError, WebhookEvent, WebhookSignatureError

KEY = "key-marker-5f1c9a"
ID = "f1b9d7a2-3c41-4b7e-8a53-0d6f1c2e9b10"
DOCUMENT = {"id": "msFYActMfJHqNTKH", "name": "Offer", "status": "document.completed", "extra": {"new": [1, None]}}

FIELDS = st.sampled_from(["event", "data", "id", "name", "status", "document", "document_id"])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(FIELDS | st.text(), inner, max_size=5),
    max_leaves=20,
)


def parse(content: Any, **options: Any) -> Delivery:
    return parse_text(json.dumps(content).encode(), **options)


def parse_text(body: bytes, **options: Any) -> Delivery:
    return webhooks.parse(body, webhooks.sign(body, KEY), KEY, **options)


def only(content: Any) -> WebhookEvent:
    (event,) = parse(content)
    return event


# --- What is there


def test_an_event_has_what_came() -> None:
    item = {"event": "document_state_changed", "data": DOCUMENT, "more": 1}
    event = only([item])
    assert (event.event, event.trigger) == ("document_state_changed", Trigger.DOCUMENT_STATE_CHANGED)
    assert event.event == Trigger.DOCUMENT_STATE_CHANGED
    assert (event.data, event.raw) == (DOCUMENT, item)
    assert (event.id, event.document_id) == ("msFYActMfJHqNTKH", "msFYActMfJHqNTKH")
    assert (event.name, event.status) == ("Offer", "document.completed")


def test_a_delivery_has_its_events_in_their_order() -> None:
    delivery = parse([{"event": trigger.value, "data": {"id": str(trigger)}} for trigger in Trigger])
    assert [event.trigger for event in delivery] == list(Trigger)
    assert [event.id for event in delivery.events] == list(Trigger)
    assert parse([]).events == ()


def test_the_triggers_are_those_of_the_contract() -> None:
    contract = yaml.safe_load((Path(__file__).parents[2] / "openapi.yaml").read_text(encoding="utf-8"))
    for name in ("WebhookEventTriggerEnum", "WebhookSubscriptionTriggerEnum"):
        assert [trigger.value for trigger in Trigger] == contract["components"]["schemas"][name]["enum"]


def test_an_unknown_trigger_and_an_unknown_status_pass_through() -> None:
    event = only([{"event": "document_folded", "data": {"id": "d", "status": "document.folded"}}])
    assert (event.event, event.trigger) == ("document_folded", None)
    assert (event.document_id, event.status) == ("d", "document.folded")


@pytest.mark.parametrize(
    ("event", "data", "expected"),
    [
        ("document_deleted", {"id": "d"}, "d"),
        ("recipient_completed", {"id": "d"}, "d"),
        ("document_section_added", {"id": "s", "document": {"id": "d"}}, "d"),
        ("quote_updated", {"id": "q", "document_id": "d"}, "d"),
        ("quote_updated", {"id": "q"}, None),
        ("template_updated", {"id": "t"}, None),
        ("content_library_item_created", {"id": "c"}, None),
        ("something_else", {"id": "x"}, None),
        (None, {"id": "x"}, None),
        ("document_updated", {"id": "d", "document": "text", "document_id": 5}, "d"),
        ("document_updated", {"document_id": ""}, None),
    ],
)
def test_the_id_of_the_document_is_found(event: Any, data: Any, expected: str | None) -> None:
    assert only([{"event": event, "data": data}]).document_id == expected


# --- What is not


WRONG = [None, True, 7, 1.5, "", "text", [], ["text"], {}, {"id": 1}]


@pytest.mark.parametrize("wrong", WRONG, ids=json.dumps)
def test_a_field_of_another_type_is_none_and_still_in_the_data(wrong: Any) -> None:
    for name in ("id", "name", "status", "document", "document_id"):
        event = only([{"event": "document_updated", "data": {"id": "d", name: wrong}}])
        assert event.data == {"id": "d", name: wrong}
        if name in ("id", "name", "status"):
            assert getattr(event, name) == (wrong if isinstance(wrong, str) else None)
        assert isinstance(event.document_id, str | None)


@pytest.mark.parametrize("wrong", WRONG, ids=json.dumps)
def test_an_event_of_another_shape_is_still_an_event(wrong: Any) -> None:
    text = wrong if isinstance(wrong, str) else None
    found = wrong if isinstance(wrong, dict) else {}
    assert only([{"event": wrong, "data": DOCUMENT}]).event == text
    assert only([{"event": "document_updated", "data": wrong}]).data == found
    assert only([{"event": "document_updated", "data": wrong}]).raw["data"] == wrong
    event = only([wrong])
    assert (event.event, event.trigger, event.data, event.raw) == (None, None, {}, wrong)


def test_missing_fields_are_none() -> None:
    items: list[dict[str, Any]] = [{}, {"event": "document_updated"}, {"data": {}}, {"data": None}]
    for item in items:
        event = only([item])
        assert event.data == {}
        assert (event.id, event.document_id, event.name, event.status) == (None, None, None, None)


def test_an_object_in_place_of_the_array_is_one_event() -> None:
    item = {"event": "document_updated", "data": DOCUMENT}
    assert parse(item).events == parse([item]).events


def test_an_integer_of_thousands_of_digits_is_no_reason_to_refuse_a_delivery() -> None:
    body = b'[{"event": "document_updated", "data": {"id": "D", "total": ' + b"9" * 5000 + b"}}]"
    (event,) = webhooks.parse(body, webhooks.sign(body, "key"), "key")
    assert event.data["total"] == "9" * 5000


@given(JSON)
def test_no_json_is_refused(content: Any) -> None:
    delivery = parse(content)
    assert [event.raw for event in delivery] == (content if isinstance(content, list) else [content])
    for event in delivery:
        for value in (event.event, event.id, event.document_id, event.name, event.status):
            assert isinstance(value, str | None)
        assert isinstance(event.data, dict)
        assert isinstance(repr(event), str)
        hash(event)
    hash(delivery)


@pytest.mark.parametrize("text", ["[]", '[{"event": "ü"}]'], ids=ascii)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_json_in_any_encoding_of_json_is_read(text: str, encoding: str) -> None:
    assert [event.raw for event in parse_text(text.encode(encoding))] == json.loads(text)


@pytest.mark.parametrize(
    "body",
    [b"", b" ", b"[", b'[{"event": "person-marker"', b"person-marker", b"\xff\xfe\xfd", b"[" * 200_000, b"[1] [2]"],
    ids=lambda body: ascii(body[:20]),
)
def test_a_body_that_is_no_json_raises_an_error_that_shows_nothing_of_it(body: bytes) -> None:
    with pytest.raises(WebhookDecodeError, match=r"^The body of the delivery is no JSON") as caught:
        parse_text(body)
    error = caught.value
    assert isinstance(error, ApiDecodeError)
    assert (error.answer, error.status) == (400, None)
    assert error.body == body.decode("utf-8", "replace")
    assert error.__context__ is None
    assert "person-marker" not in "".join(traceback.format_exception(error)) + repr(error)


def test_nothing_is_read_before_it_is_verified() -> None:
    with pytest.raises(WebhookSignatureError):
        webhooks.parse(b"no json", webhooks.sign(b"[]", KEY), KEY)


# --- The id


@pytest.mark.parametrize(
    "headers",
    [
        {"X-PandaDoc-Webhook-Event-Id": ID},
        {"x-pandadoc-webhook-event-id": f" {ID} "},
        {"Other": "1", "X-PANDADOC-WEBHOOK-EVENT-ID": ID},
        [("Other", "1"), ("X-PandaDoc-Webhook-Event-Id", ID)],
        [(b"x-pandadoc-webhook-event-id", ID.encode())],
        Headers({"X-PandaDoc-Webhook-Event-Id": ID}),
        WerkzeugHeaders({"X-PandaDoc-Webhook-Event-Id": ID}),
        create_environ(headers={"X-PandaDoc-Webhook-Event-Id": ID}),
    ],
    ids=lambda headers: type(headers).__name__,
)
def test_the_id_is_taken_from_the_headers_of_any_framework(headers: Iterable[tuple[str, str]]) -> None:
    delivery = parse([], headers=headers)
    assert (delivery.event_id, delivery.id) == (ID, ID)


def test_text_and_bytes_of_one_body_have_the_same_id() -> None:
    body = json.dumps([{"event": "a", "data": {"name": "Vertr\u00e4ge"}}], ensure_ascii=False)
    signature = webhooks.sign(body, KEY)
    assert webhooks.parse(body, signature, KEY) == webhooks.parse(body.encode(), signature, KEY)


def test_the_id_may_be_given_itself() -> None:
    delivery = parse([], event_id=ID, headers={"X-PandaDoc-Webhook-Event-Id": "another"})
    assert (delivery.event_id, delivery.id) == (ID, ID)


@pytest.mark.parametrize(
    "headers", [None, {}, [], {"X-PandaDoc-Webhook-Event-Id": "  "}, {"X-PandaDoc-Webhook-Event-Id": ["1"]}]
)
def test_without_an_id_equal_bodies_have_the_same_one(headers: Any) -> None:
    delivery = parse([{"event": "a"}], headers=headers)
    assert delivery.event_id is None
    assert delivery.id.startswith("sha256:")
    assert delivery.id == parse([{"event": "a"}]).id
    assert delivery.id != parse([{"event": "b"}]).id


@pytest.mark.parametrize("headers", [7, "text", [1], [("a",)]])
def test_headers_that_are_none_are_refused(headers: Any) -> None:
    with pytest.raises(ApiTypeError, match=r"^headers must be a mapping, or pairs of name and value, not "):
        parse([], headers=headers)


def test_an_id_must_be_text() -> None:
    with pytest.raises(ApiTypeError, match=r"^event_id must be text \(str\), not int$"):
        parse([], event_id=7)


# --- The objects


def test_events_cannot_be_changed_and_compare_by_content() -> None:
    first, second = (parse([{"event": "quote_updated", "data": DOCUMENT}], event_id=ID) for _ in range(2))
    assert first == second
    assert len({first, second}) == 1
    with pytest.raises(FrozenInstanceError):
        first.events[0].event = "other"  # type: ignore[misc]  # pyright: ignore[reportAttributeAccessIssue]
    with pytest.raises(FrozenInstanceError):
        first.id = "other"  # type: ignore[misc]  # pyright: ignore[reportAttributeAccessIssue]


def test_a_repr_shows_nothing_personal() -> None:
    data = {"id": "d", "name": "person-marker", "recipients": [{"email": "person-marker"}], "status": "document.draft"}
    shown = repr(parse([{"event": "document_updated", "data": data}], event_id=ID))
    assert "document_updated" in shown
    assert "document.draft" in shown
    assert ID in shown
    assert "person-marker" not in shown


# --- Imports


def test_importing_needs_the_standard_library_only() -> None:
    program = (
        "import sys, pandadoc_client; before = set(sys.modules); import pandadoc_client.webhooks\n"
        "roots = {name.partition('.')[0] for name in set(sys.modules) - before}\n"
        "standard = sys.stdlib_module_names | {'_missing_stdlib_info'}\n"  # which Python 3.15 has and does not list
        "print(sorted(roots - standard - {'pandadoc_client'}))\n"
        "own = ['_http', '_http.clock', '_conflict']\n"  # which the package itself binds
        "own = {f'pandadoc_client.{name}' for name in own}\n"
        "print([name for name in sys.modules if name.startswith(('pandadoc_client.oauth', 'pandadoc_client._'))"
        " and name not in own])"
    )
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    assert result.stdout.split("\n")[:2] == ["[]", "[]"]
