"""From records to the JSON of the contract: documents and what is in them."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from . import pricing
from .clock import parse_time, stamp
from .records import Record
from .world import World

__all__ = [
    "attachment",
    "brief",
    "created",
    "details",
    "document_data",
    "field_in_details",
    "field_in_list",
    "list_item",
    "lock_of",
    "recipient_in_details",
    "sent",
    "shared_link",
    "status",
]

# What webhook events leave out unless a subscription asks for it.
_PARTS = {"metadata": "metadata", "fields": "fields", "tokens": "tokens", "pricing": "pricing"}


def _taken(record: Record, *names: str) -> Record:
    return {name: record[name] for name in names}


def list_item(document: Record) -> Record:
    """Return a document as in a list."""
    dates = ("date_created", "date_modified", "date_completed", "expiration_date")
    return _taken(document, "id", "name", "status", *dates, "version")


def status(document: Record) -> Record:
    """Return a document in short form."""
    return {**list_item(document), "uuid": document["id"]}


def brief(document: Record) -> Record:
    """Return a document that went back to draft."""
    names = ("id", "name", "status", "date_created", "date_modified", "expiration_date", "version")
    return _taken(document, *names)


def created(world: World, document: Record) -> Record:
    """Return a document that was just created."""
    link = {"rel": "status", "href": f"{world.base_url()}/public/v1/documents/{document['id']}", "type": "GET"}
    return {
        **brief(document),
        "uuid": document["id"],
        "links": [link],
        "info_message": "The document is being processed; ask for its status until it is document.draft.",
    }


def sent(world: World, document: Record) -> Record:
    """Return a document that was just sent."""
    people = [_sent_recipient(world, recipient) for recipient in document["recipients"]]
    return {**status(document), "recipients": people}


def _sent_recipient(world: World, recipient: Record) -> Record:
    return {
        "id": recipient["id"],
        "first_name": recipient.get("first_name") or recipient.get("name") or "",
        "last_name": recipient.get("last_name") or "",
        "recipient_type": recipient["recipient_type"],
        "email": recipient["email"],
        "phone": recipient.get("phone"),
        "delivery_methods": recipient.get("delivery_methods"),
        "signing_order": recipient["signing_order"],
        "shared_link": shared_link(world, recipient),
        "type": recipient["type"],
    }


def shared_link(world: World, recipient: Record) -> str:
    """Return where a recipient finds the document."""
    return f"{world.base_url()}/document/{recipient['shared_key']}"


def recipient_in_details(world: World, recipient: Record) -> Record:
    """Return a recipient with everything known."""
    common = {
        **_taken(recipient, "id", "recipient_type", "role", "signing_order", "email", "has_completed", "type"),
        "roles": [recipient["role"]] if recipient["role"] else [],
    }
    if recipient["type"] == "recipient_group":
        members = [
            {
                "id": member["id"],
                "first_name": member["first_name"] or "",
                "last_name": member["last_name"] or "",
                "email": member["email"],
                "shared_link": shared_link(world, recipient),
                "avatar": None,
                "signature_date": recipient["signature_date"],
            }
            for member in recipient["members"]
        ]
        return {**common, "name": recipient["name"], "members": members}
    # The contract allows no null for these settings, though its `nullable` reads as if it meant to.
    settings = recipient["verification_settings"]
    return {
        **common,
        **({"verification_settings": settings} if settings else {}),
        "first_name": recipient["first_name"] or "",
        "last_name": recipient["last_name"] or "",
        "contact_id": recipient["contact_id"],
        "phone": recipient["phone"],
        "delivery_methods": recipient["delivery_methods"],
        "shared_link": shared_link(world, recipient),
        "signature_date": recipient["signature_date"],
        "redirect": recipient["redirect"],
        "avatar": None,
    }


def details(world: World, document: Record) -> Record:
    """Return everything known about a document."""
    author = world.person(document["created_by"])
    lock = lock_of(world, document)
    return {
        **list_item(document),
        **_taken(document, "content_date_modified", "date_sent", "ref_number", "folder_uuid", "metadata", "tags"),
        "autonumbering_sequence_name_prefix": None,
        "created_by": {**author, "membership_id": document["created_by"]},
        "template": document["template"],
        "tokens": document["tokens"],
        "fields": [field_in_details(document, field) for field in document["fields"]],
        "pricing": pricing.pricing(document),
        "tables": _names(document["tables"]),
        "images": _names(document["images"]),
        "texts": _names(document["texts"]),
        "sent_by": world.person(document["sent_by"]) if document["sent_by"] else None,
        "recipients": [recipient_in_details(world, recipient) for recipient in document["recipients"]],
        "grand_total": pricing.grand_total(document),
        "linked_objects": document["linked_objects"],
        "approval_execution": None,
        **({"lock": lock} if lock else {}),  # null would break the contract
    }


def _names(items: list[Record]) -> list[Record]:
    return [{"name": item["name"]} for item in items]


def lock_of(world: World, document: Record) -> Record | None:
    """Return who edits a document now, and until when; None if nobody does."""
    found: Record | None = document["lock"]
    return found if found and parse_time(found["expires_at"]) > world.clock.look() else None


def document_data(world: World, document: Record, parts: Collection[str]) -> Record:
    """Return the data of a webhook event about a document.

    Args:
        world: The world.
        document: The document.
        parts: The extra parts that a subscription asks for.
    """
    data = details(world, document)
    for name, part in _PARTS.items():
        if part not in parts:
            del data[name]
    data.pop("lock", None)
    for name in ("autonumbering_sequence_name_prefix", "tables", "images", "texts", "approval_execution"):
        del data[name]
    if "products" in parts:
        items = (item for table in document["pricing_tables"] for item in table["items"])
        data["products"] = [{name: item[name] for name in ("id", "sku", "name", "qty", "price")} for item in items]
    return data


def field_in_details(document: Record, field: Record) -> Record:
    """Return a field as in the details of a document."""
    shown = {
        **_taken(field, "uuid", "field_id", "name", "type", "value"),
        "title": "",
        "placeholder": "",
        "is_filled": field["filled"],
    }
    if field["type"] in ("text", "checkbox", "date", "dropdown", "radio_buttons"):
        shown["merge_field"] = field["merge_field"]
    if field["type"] == "date" and not field["filled"]:
        del shown["value"]  # an empty text is no date
    if field["type"] == "collect_file":
        shown["value"] = {"name": "", "url": ""}
    owner = next((one for one in document["recipients"] if one["id"] == field["assigned_to"]), None)
    if owner is not None:
        shown["assigned_to"] = _owner(owner)
    return shown


def _owner(recipient: Record) -> Record:
    """Return the recipient of a field; what is not known is left out, as no part of it may be null."""
    redirect = recipient.get("redirect")
    shown: dict[str, Any] = {
        "id": recipient["id"],
        "email": recipient["email"],
        "recipient_type": recipient["recipient_type"],
        "role": recipient["role"],
        "roles": [recipient["role"]] if recipient["role"] else [],
        "signing_order": recipient["signing_order"],
        "has_completed": recipient["has_completed"],
        "type": recipient["type"],
        "first_name": recipient.get("first_name"),
        "last_name": recipient.get("last_name"),
        "phone": recipient.get("phone"),
        "name": recipient.get("name"),
        "delivery_methods": recipient.get("delivery_methods"),
        "redirect": redirect if redirect and redirect.get("url") else None,
    }
    return {name: value for name, value in shown.items() if value is not None}


def field_in_list(document: Record, field: Record) -> Record:
    """Return a field with its place on the page."""
    shown = {
        **_taken(field, "uuid", "field_id", "name", "type", "value", "layout"),
        "title": "",
        "placeholder": "",
        "is_filled": field["filled"],
    }
    owner = next((one for one in document["recipients"] if one["id"] == field["assigned_to"]), None)
    if owner is not None:
        names = ("id", "first_name", "last_name", "email", "phone", "recipient_type", "has_completed", "type")
        known = _owner(owner)
        shown["assigned_to"] = {name: known.get(name, "") for name in names}
    return shown


def attachment(world: World, record: Record) -> Record:
    """Return an attachment without its file."""
    return {
        "uuid": record["uuid"],
        "date_created": stamp(record["created"]),
        "created_by": world.person(record["owner"]),
        "name": record["name"],
    }
