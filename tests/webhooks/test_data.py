"""The data of events: each trigger has a class, whose attributes read what comes, and whatever comes is kept."""

from __future__ import annotations

import copy
import json
import pickle
from typing import Any

import pytest
from hypothesis import given

from pandadoc_client import webhooks
from pandadoc_client.emulator.service.webhooks.trigger import PARTS, event_data, example_backend
from pandadoc_client.webhooks import (
    AnyEvent,
    CreationFailedData,
    DocumentData,
    DocumentStateChanged,
    EventData,
    QuoteData,
    RecipientCompletedData,
    SectionData,
    Trigger,
    UnknownEvent,
    WebhookEvent,
)

from .test_events import JSON, KEY

DATA: dict[Trigger, type[EventData]] = {
    Trigger.RECIPIENT_COMPLETED: RecipientCompletedData,
    Trigger.DOCUMENT_UPDATED: DocumentData,
    Trigger.DOCUMENT_DELETED: EventData,
    Trigger.DOCUMENT_STATE_CHANGED: DocumentData,
    Trigger.DOCUMENT_CREATION_FAILED: CreationFailedData,
    Trigger.DOCUMENT_COMPLETED_PDF_READY: DocumentData,
    Trigger.DOCUMENT_SECTION_ADDED: SectionData,
    Trigger.QUOTE_UPDATED: QuoteData,
    Trigger.TEMPLATE_CREATED: EventData,
    Trigger.TEMPLATE_UPDATED: EventData,
    Trigger.TEMPLATE_DELETED: EventData,
    Trigger.CONTENT_LIBRARY_ITEM_CREATED: EventData,
    Trigger.CONTENT_LIBRARY_ITEM_CREATION_FAILED: CreationFailedData,
}

# What a class has for the sake of its base, or of another trigger.
NOT_SENT = {(Trigger.QUOTE_UPDATED, "name"), (Trigger.CONTENT_LIBRARY_ITEM_CREATION_FAILED, "status")}


def sent(trigger: str) -> dict[str, Any]:
    """Return what the emulator sends."""
    data: dict[str, Any] = event_data(example_backend(lambda: "http://emulator"), trigger)(PARTS)
    return data


def received(trigger: str, data: Any) -> AnyEvent:
    body = json.dumps([{"event": trigger, "data": data}])
    (event,) = webhooks.parse(body, webhooks.sign(body, KEY), KEY)
    return event


def attributes(data: dict[str, Any]) -> dict[str, Any]:
    names = {
        name for kind in type(data).__mro__ if kind.__module__.startswith("pandadoc_client") for name in vars(kind)
    }
    return {name: getattr(data, name) for name in names if not name.startswith("_")}


def test_every_trigger_has_a_class_of_its_own() -> None:
    events = [WebhookEvent(str(trigger)) for trigger in Trigger]
    assert [event.trigger for event in events] == list(Trigger)
    assert len({type(event) for event in events}) == len(DATA) == len(Trigger)
    assert {event.trigger: type(event.data) for event in events} == DATA


@pytest.mark.parametrize("trigger", Trigger)
def test_each_attribute_is_what_the_emulator_sends(trigger: Trigger) -> None:
    """And it is a member that is sent: an attribute that reads as None everywhere is misspelt, or not sent."""
    data = sent(trigger)
    event = received(trigger, data)
    assert type(event.data) is DATA[trigger]
    assert event.data == data
    assert json.loads(json.dumps(event.data)) == data
    for name, value in attributes(event.data).items():
        if (trigger, name) not in NOT_SENT:
            assert value == data[name], name


@pytest.mark.parametrize("trigger", ["document_state_changed", "recipient_completed"])
def test_what_is_nested_has_attributes_too(trigger: str) -> None:
    event = received(trigger, sent(trigger))
    assert isinstance(event.data, DocumentData)
    assert event.data.created_by is not None
    assert event.data.created_by.email == "ada.panda@example.com"
    assert event.data.template is not None
    assert event.data.template.name
    assert event.data.grand_total is not None
    assert event.data.grand_total.currency == "USD"
    (recipient,) = event.data.recipients
    assert (recipient.email, recipient.type) == ("mei.lin@example.com", "recipient")
    assert recipient["roles"] == recipient.roles
    assert {field.assignee for field in event.data.fields} == {"mei.lin@example.com"}
    if isinstance(event.data, RecipientCompletedData):
        assert event.data.action_by is not None
        assert event.data.action_by.has_completed is True


def test_programs_that_read_a_dict_go_on_working() -> None:
    data = {"id": "D", "status": "document.draft", "new": {"deep": [1]}, "recipients": [{"email": "a@b.example"}]}
    event = received("document_state_changed", data)
    assert isinstance(event.data, dict)
    assert event.data["id"] == event.data.get("id") == "D"
    assert event.data["new"]["deep"] == [1]
    assert event.data["recipients"][0]["email"] == "a@b.example"
    assert (dict(event.data), {**event.data}, list(event.data)) == (data, data, list(data))
    assert event.raw == {"event": "document_state_changed", "data": data}


def test_an_unknown_trigger_has_plain_data() -> None:
    event = received("document_folded", {"id": "D"})
    assert type(event) is UnknownEvent
    assert type(event.data) is dict
    assert (event.event, event.trigger, event.data["id"], event.id) == ("document_folded", None, "D", "D")


def test_an_event_that_is_made_by_hand_is_the_one_that_is_received() -> None:
    data = {"id": "D", "status": "document.draft"}
    made = WebhookEvent("document_state_changed", data, {"event": "document_state_changed", "data": data})
    assert type(made) is DocumentStateChanged
    assert made == received("document_state_changed", data)
    assert WebhookEvent(event="document_state_changed", data=data).id == "D"
    assert type(WebhookEvent(None)) is UnknownEvent


def test_copies_are_equal_and_have_the_same_classes() -> None:
    event = received("recipient_completed", sent("recipient_completed"))
    for other in (copy.copy(event), copy.deepcopy(event), pickle.loads(pickle.dumps(event))):
        assert other == event
        assert (type(other), type(other.data)) == (type(event), type(event.data))


def test_an_attribute_cannot_be_set() -> None:
    event = received("document_state_changed", {"id": "D"})
    with pytest.raises(AttributeError):
        event.data.id = "E"  # pyright: ignore[reportAttributeAccessIssue]


@given(JSON)
def test_whatever_comes_can_be_read(content: Any) -> None:
    for trigger in Trigger:
        for data in (content, dict.fromkeys(attributes(DATA[trigger]()), content)):
            event = received(trigger, data)
            assert event.data == (data if isinstance(data, dict) else {})
            for value in attributes(event.data).values():
                for one in value if isinstance(value, list) else [value]:
                    if isinstance(one, dict):
                        attributes(one)
