"""The people of a document, and the contacts that they are."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ...contract.requests import is_email
from ..backend import Backend
from ..contacts.models import known_contact
from ..records import Record
from ..refusal import invalid

__all__ = [
    "DETAILS",
    "add_recipients",
    "contact_for",
    "find_recipient",
    "from_contact",
    "is_signer",
    "merge_recipients",
    "replace_recipient",
]

DETAILS = ("email", "phone", "first_name", "last_name")
"""What a recipient and their contact have in common."""


def add_recipients(backend: Backend, wanted: Iterable[Record]) -> list[Record]:
    """Return new recipients for the bodies in a request.

    Raises:
        Refusal: a recipient without an e-mail address and a phone number.
    """
    return [_made(backend, item, f"recipients[{place}]") for place, item in enumerate(wanted)]


def merge_recipients(backend: Backend, old: list[Record], wanted: Iterable[Record]) -> list[Record]:
    """Return the recipients after an update: those named by id are changed, the others are new, the rest is gone.

    Raises:
        Refusal: an id that no recipient has, or as `add_recipients`.
    """
    known = {recipient["id"]: recipient for recipient in old}
    result: list[Record] = []
    for place, item in enumerate(wanted):
        same = known.get(item.get("id", "")) or next(
            (one for one in old if one["email"] and one["email"] == item.get("email")), None
        )
        if "id" in item and item["id"] not in known:
            raise invalid(f"recipients[{place}].id", "The document has no such recipient.")
        if same is None:
            result.append(_made(backend, item, f"recipients[{place}]"))
        else:
            result.append(
                {**same, **{name: value for name, value in item.items() if name in same and name != "members"}}
            )
    return result


def _made(backend: Backend, wanted: Record, place: str) -> Record:
    group = wanted.get("type") == "recipient_group"
    role = wanted.get("role") or None
    recipient: Record = {
        "id": backend.new_id(),
        "type": "recipient_group" if group else "recipient",
        "recipient_type": "signer" if role or group else "CC",
        "role": role,
        "signing_order": wanted.get("signing_order"),
        "email": wanted.get("email"),
        "has_completed": False,
        "viewed": False,
        "signature_date": None,
        "shared_key": backend.new_key(),
    }
    if group:
        members = wanted.get("members") or []
        return {
            **recipient,
            "name": wanted["name"],
            "members": [{"id": backend.new_uuid(), **_identity(member)} for member in members],
        }
    email = wanted.get("email")
    if email and not is_email(email):
        raise invalid(f"{place}.email", "This is no e-mail address.")
    if not email and not wanted.get("phone"):
        raise invalid(f"{place}.email", "A recipient has an e-mail address or a phone number.")
    return {
        **recipient,
        **_identity(wanted),
        "contact_id": contact_for(backend, wanted)["id"],
        "delivery_methods": wanted.get("delivery_methods") or {"email": True, "sms": False},
        "redirect": wanted.get("redirect") or {"is_enabled": False, "url": ""},
        "verification_settings": wanted.get("verification_settings"),
    }


def _identity(wanted: Record) -> Record:
    return {name: wanted.get(name) for name in DETAILS}


def contact_for(backend: Backend, person: Record) -> Record:
    """Return the contact of that e-mail address or phone number; a new one if there is none."""
    for name in ("email", "phone"):
        if (known := known_contact(backend, person.get(name), by=name)) is not None:
            return known
    blank = dict.fromkeys(("company", "job_title", "country", "state", "street_address", "city", "postal_code"))
    return backend["contacts"].add({"id": backend.new_id(), **_identity(person), **blank})


def from_contact(backend: Backend, wanted: Record) -> Record:
    """Return a new recipient for a contact in a request, who gets a copy.

    Raises:
        Refusal: there is no such contact.
    """
    contact = backend["contacts"].get(wanted["id"])
    if contact is None or wanted["kind"] != "contact":
        raise invalid("id", f"There is no such {wanted['kind'].replace('_', ' ')}.")
    return _made(backend, contact, "contact")


def replace_recipient(document: Record, old: Record, new: Record) -> None:
    """Put another recipient in the place of one: role, order and fields are theirs."""
    new.update({name: old[name] for name in ("role", "recipient_type", "signing_order")})
    document["recipients"][document["recipients"].index(old)] = new
    for field in document["fields"]:
        if field["assigned_to"] == old["id"]:
            field["assigned_to"] = new["id"]


def find_recipient(document: Record, name: str) -> Record | None:
    """Return the recipient of that id or e-mail address, or None."""
    for recipient in document["recipients"]:
        emails = {recipient["email"], *(member["email"] for member in recipient.get("members", ()))} - {None}
        if name == recipient["id"] or name.lower() in {email.lower() for email in emails}:
            found: Record = recipient
            return found
    return None


def is_signer(recipient: dict[str, Any]) -> bool:
    """Tell whether a document waits for this recipient."""
    return bool(recipient["recipient_type"] == "signer")
