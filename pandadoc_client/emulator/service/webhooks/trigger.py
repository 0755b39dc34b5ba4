"""Webhook events on demand: what they hold, without anything having happened.

The data is of what the backend has; where it has nothing of the kind, of seeded examples.
"""

from __future__ import annotations

from collections.abc import Callable
from difflib import get_close_matches

from ...contract.document import load_contract
from ...options import EmulatorOptions
from ..backend import Backend
from ..members import models as members
from ..records import Record
from ..refusal import Refusal
from ..seeds import add_seed_data
from . import events

__all__ = ["PARTS", "TRIGGERS", "check_trigger", "event_data", "example_backend"]

_SCHEMAS = load_contract().document["components"]["schemas"]
TRIGGERS: tuple[str, ...] = tuple(_SCHEMAS["WebhookSubscriptionTriggerEnum"]["enum"])
"""The events that a subscription can be for."""
PARTS: tuple[str, ...] = tuple(_SCHEMAS["WebhookSubscriptionPayloadEnum"]["enum"])
"""The extra parts of the data that it can ask for."""
_FITTING = {
    "recipient_completed": ("document.completed",),
    "document_completed_pdf_ready": ("document.completed", "document.paid"),
}
"""Which statuses a document has when it brings an event about; any for other events."""

_PROBLEM = "The file could not be processed."


def check_trigger(name: str) -> str:
    """Return the name of an event.

    Raises:
        ValueError: there is none of that name; the message has those that are near, or all.
    """
    if name in TRIGGERS:
        return name
    near = get_close_matches(name.lower().replace("-", "_"), TRIGGERS, cutoff=0.5)
    hint = f"near: {', '.join(near)}" if near else f"it is one of {', '.join(TRIGGERS)}"
    raise ValueError(f"unknown event {name!r}; {hint}")


def event_data(backend: Backend, trigger: str, document_id: str | None = None) -> events.EventData:
    """Return what makes the data of an event, given the extra parts that a subscription asks for.

    Args:
        backend: Whose records it is about; example records stand in for what it lacks.
        trigger: One of `TRIGGERS`.
        document_id: The document that it is about; None for the latest that fits.

    Raises:
        Refusal: 404, there is no such document; 409, the event is not about documents, or the document has no
            recipients or quotes.
    """
    if trigger.startswith(("template_", "content_library_")):
        if document_id is not None:
            raise Refusal(409, f"{trigger} is not about a document.")
        return _of_other(backend, trigger)
    return _of_document(backend, trigger, document_id)


def example_backend(base_url: Callable[[], str]) -> Backend:
    """Return a backend with the seeded data, of which nothing is kept."""
    backend = Backend(EmulatorOptions(seed_data=True), None, base_url)
    with backend.tables.change():
        members.found(backend)
        add_seed_data(backend)
    return backend


def _of_document(backend: Backend, trigger: str, document_id: str | None) -> events.EventData:
    if document_id is not None:
        document = backend.documents.get(document_id)
        if document is None or document["deleted"]:
            raise Refusal(404, "There is no such document.")
    else:
        found = _latest(backend, trigger)
        if found is None:
            backend = example_backend(backend.base_url)
            found = _latest(backend, trigger)
        assert found is not None, "the examples have one for each event"
        document = found
    match trigger:
        case "document_deleted":
            return lambda parts: events.named(document)
        case "document_creation_failed":
            return lambda parts: events.creation_failed(document, _PROBLEM, status="document.error")
        case "document_section_added":
            section = (
                document["sections"][-1] if document["sections"] else {"uuid": backend.new_id(), "name": "Section"}
            )
            return lambda parts: events.section_added(document, section)
        case "quote_updated":
            if not document["quotes"]:
                raise Refusal(409, "The document has no quote.")
            return lambda parts: events.quote_updated(document, document["quotes"][0])
        case "recipient_completed":
            return _of_recipient(backend, document)
        case _:
            return events.of_document(backend, document)


def _of_recipient(backend: Backend, document: Record) -> events.EventData:
    if not document["recipients"]:
        raise Refusal(409, "The document has no recipients.")
    signed = [one for one in document["recipients"] if one["has_completed"]]
    recipient = {**(signed or document["recipients"])[-1], "has_completed": True}
    when = recipient.get("signature_date") or backend.stamp()
    return events.recipient_completed(backend, document, recipient, when)


def _latest(backend: Backend, trigger: str) -> Record | None:
    """Return the latest document that may have brought an event about."""
    for document in reversed(list(backend.documents)):
        fits = trigger not in _FITTING or document["status"] in _FITTING[trigger]
        if fits and not document["deleted"] and (trigger != "quote_updated" or document["quotes"]):
            return document
    return None


def _of_other(backend: Backend, trigger: str) -> events.EventData:
    kind = "templates" if trigger.startswith("template_") else "library"
    items = [one for one in backend[kind] if not one["deleted"]]
    if not items:
        backend = example_backend(backend.base_url)
        items = [one for one in backend[kind] if not one["deleted"]]
    if items:
        item = items[-1]
    else:
        with backend.tables.change():
            item = {"id": backend.new_id(), "name": "Terms and conditions"}
    if trigger == "content_library_item_creation_failed":
        return lambda parts: events.creation_failed(item, _PROBLEM)
    return lambda parts: events.named(item)
