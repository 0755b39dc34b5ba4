"""The fields of a document: records to the JSON of the contract."""

from __future__ import annotations

from typing import Any

from ..records import Record, pick

__all__ = ["details", "list_item"]


def details(document: Record, field: Record) -> Record:
    """Return a field as in the details of a document."""
    shown = {
        **pick(field, "uuid", "field_id", "name", "type", "value"),
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


def list_item(document: Record, field: Record) -> Record:
    """Return a field with its place on the page."""
    shown = {
        **pick(field, "uuid", "field_id", "name", "type", "value", "layout"),
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
