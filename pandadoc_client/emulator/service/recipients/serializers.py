"""The recipients of a document, and reminders to them: records to the JSON of the contract."""

from __future__ import annotations

from ..backend import Backend
from ..records import Record, pick

__all__ = ["details", "sent_recipient", "shared_link"]


def sent_recipient(backend: Backend, recipient: Record) -> Record:
    return {
        "id": recipient["id"],
        "first_name": recipient.get("first_name") or recipient.get("name") or "",
        "last_name": recipient.get("last_name") or "",
        "recipient_type": recipient["recipient_type"],
        "email": recipient["email"],
        "phone": recipient.get("phone"),
        "delivery_methods": recipient.get("delivery_methods"),
        "signing_order": recipient["signing_order"],
        "shared_link": shared_link(backend, recipient),
        "type": recipient["type"],
    }


def shared_link(backend: Backend, recipient: Record) -> str:
    """Return where a recipient finds the document."""
    return f"{backend.base_url()}/document/{recipient['shared_key']}"


def details(backend: Backend, recipient: Record) -> Record:
    """Return a recipient with everything known."""
    common = {
        **pick(recipient, "id", "recipient_type", "role", "signing_order", "email", "has_completed", "type"),
        "roles": [recipient["role"]] if recipient["role"] else [],
    }
    if recipient["type"] == "recipient_group":
        members = [
            {
                "id": member["id"],
                "first_name": member["first_name"] or "",
                "last_name": member["last_name"] or "",
                "email": member["email"],
                "shared_link": shared_link(backend, recipient),
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
        "shared_link": shared_link(backend, recipient),
        "signature_date": recipient["signature_date"],
        "redirect": recipient["redirect"],
        "avatar": None,
    }
