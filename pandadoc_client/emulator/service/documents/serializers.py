"""Documents: their lifecycle, settings, sessions and downloads: records to the JSON of the contract."""

from __future__ import annotations

import zlib
from collections.abc import Collection

from ...behaviour import RecipientIds, WebhookShapes
from ..backend import Backend
from ..clock import parse_time
from ..fields import serializers as field_serializers
from ..quotes import models as quotes
from ..recipients import serializers as recipient_serializers
from ..records import Record, pick

__all__ = ["brief", "created", "details", "document_data", "list_item", "lock_of", "sent", "status"]


# What webhook events leave out unless a subscription asks for it.
_PARTS = {"metadata": "metadata", "fields": "fields", "tokens": "tokens", "pricing": "pricing"}


def list_item(document: Record) -> Record:
    """Return a document as in a list."""
    dates = ("date_created", "date_modified", "date_completed", "expiration_date")
    return pick(document, "id", "name", "status", *dates, "version")


def status(document: Record) -> Record:
    """Return a document in short form."""
    return {**list_item(document), "uuid": document["id"]}


def brief(document: Record) -> Record:
    """Return a document that went back to draft."""
    names = ("id", "name", "status", "date_created", "date_modified", "expiration_date", "version")
    return pick(document, *names)


def created(backend: Backend, document: Record) -> Record:
    """Return a document that was just created."""
    link = {"rel": "status", "href": f"{backend.base_url()}/public/v1/documents/{document['id']}", "type": "GET"}
    return {
        **brief(document),
        "uuid": document["id"],
        "links": [link],
        "info_message": "The document is being processed; ask for its status until it is document.draft.",
    }


def sent(backend: Backend, document: Record) -> Record:
    """Return a document that was just sent."""
    people = [recipient_serializers.sent_recipient(backend, recipient) for recipient in document["recipients"]]
    if backend.options.behaviour.recipient_ids is RecipientIds.INTEGER:
        people = [{**one, "id": zlib.crc32(one["id"].encode())} for one in people]
    return {**status(document), "recipients": people}


def details(backend: Backend, document: Record) -> Record:
    """Return everything known about a document."""
    author = backend.person(document["created_by"])
    return {
        **list_item(document),
        **pick(document, "content_date_modified", "date_sent", "ref_number", "folder_uuid", "metadata", "tags"),
        "autonumbering_sequence_name_prefix": None,
        "created_by": {**author, "membership_id": document["created_by"]},
        "template": document["template"],
        "tokens": document["tokens"],
        "fields": [field_serializers.details(document, field) for field in document["fields"]],
        "pricing": quotes.pricing(document),
        "tables": _names(document["tables"]),
        "images": _names(document["images"]),
        "texts": _names(document["texts"]),
        "sent_by": backend.person(document["sent_by"]) if document["sent_by"] else None,
        "recipients": [recipient_serializers.details(backend, recipient) for recipient in document["recipients"]],
        "grand_total": quotes.grand_total(document),
        "linked_objects": document["linked_objects"],
        "approval_execution": {"document_uuid": document["id"]} if document["needs_approval"] else None,
        "lock": lock_of(backend, document),
    }


def _names(items: list[Record]) -> list[Record]:
    return [{"name": item["name"]} for item in items]


def lock_of(backend: Backend, document: Record) -> Record | None:
    """Return who edits a document now, and until when; None if nobody does."""
    found: Record | None = document["lock"]
    return found if found and parse_time(found["expires_at"]) > backend.clock.look() else None


def document_data(backend: Backend, document: Record, parts: Collection[str]) -> Record:
    """Return the data of a webhook event about a document.

    Args:
        backend: The backend.
        document: The document.
        parts: The extra parts that a subscription asks for.
    """
    data = details(backend, document)
    if backend.options.behaviour.webhook_shapes is WebhookShapes.CAPTURED:
        data.update(_captured(document, data))
    for name, part in _PARTS.items():
        if part not in parts:
            del data[name]
    for name in ("lock", "autonumbering_sequence_name_prefix", "tables", "images", "texts", "approval_execution"):
        del data[name]
    if "products" in parts:
        items = (item for table in document["pricing_tables"] for item in table["items"])
        data["products"] = [{name: item[name] for name in ("id", "sku", "name", "qty", "price")} for item in items]
    return data


def _captured(document: Record, shown: Record) -> Record:
    """Return the parts of a webhook that were captured otherwise than the details read."""
    links = {} if document["status"] != "document.draft" else {"shared_link": ""}
    recipients = [{**one, "role": one["role"] or "", **links} for one in shown["recipients"]]
    emails = {one["id"]: one["email"] for one in document["recipients"]}
    fields = [
        {
            **{name: value for name, value in field.items() if name != "assigned_to"},
            "assignee": emails.get(known["assigned_to"]),
        }
        for field, known in zip(shown["fields"], document["fields"], strict=True)
    ]
    tokens = [{token["name"]: token["value"]} for token in document["tokens"]]
    return {"tokens": tokens, "fields": fields, "recipients": recipients}
