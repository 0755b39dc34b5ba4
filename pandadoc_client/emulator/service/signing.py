"""Signing by a person: what one recipient sees of a document, and may do to it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from ..contract.requests import is_email
from .backend import Backend
from .documents import models as documents
from .documents import serializers as document_serializers
from .recipients.models import contact_for, find_recipient, from_contact, is_signer, replace_recipient
from .records import Record
from .refusal import Refusal, found_in

__all__ = ["FieldProblems", "decline", "delegate", "is_required", "sign", "view"]

_TYPED = ("text", "date", "dropdown", "radio_buttons", "signature", "initials")
"""Kinds of fields that a person fills in by typing or choosing; a checkbox is ticked, others need nothing."""


class FieldProblems(Refusal):
    """What was entered is not enough.

    Attributes:
        problems: A message for each field, by its `uuid` or its name in the form.
    """

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__(400, "Some entries need your attention.")
        self.problems = dict(problems)


def view(backend: Backend, document_id: str, recipient_id: str) -> Record:
    """Return what a recipient sees.

    Raises:
        Refusal: 404, the document is gone, or they are no recipient of it any more.
    """
    document, recipient = _found(backend, document_id, recipient_id)
    return {
        "document": document_serializers.details(backend, document),
        "recipient": recipient,
        "fields": _own_fields(document, recipient),
        "open": document["status"] in documents.OPEN_STATUSES,
        "may_sign": is_signer(recipient) and not recipient["has_completed"],
        "waiting_for": documents.waits_for(backend, document, recipient),
    }


def is_required(field: Record) -> bool:
    """Tell whether a field must be filled in: unless it says otherwise, all but checkboxes must."""
    return bool(field.get("required", field["type"] != "checkbox"))


def sign(backend: Backend, document_id: str, recipient_id: str, values: Mapping[str, str]) -> None:
    """Fill in a recipient's fields and sign.

    Args:
        backend: The backend.
        document_id: The document.
        recipient_id: Who signs.
        values: Text by the `uuid` of a field; a checkbox that is ticked has any.

    Raises:
        FieldProblems: a required field is empty, a date is none, a choice is not among the options.
        Refusal: 404, as `view`; 400, they have signed; 409, it was not sent, or is not their turn.
    """
    _, recipient = _in_turn(backend, document_id, recipient_id)
    if recipient["has_completed"]:
        raise Refusal(400, "This recipient has signed.")
    fields = _own_fields(documents.edit_open(backend, document_id, "be signed"), recipient)
    texts = {field["uuid"]: values.get(field["uuid"], "").strip() for field in fields}
    problems = {field["uuid"]: found for field in fields if (found := _problem(field, texts[field["uuid"]]))}
    if problems:
        raise FieldProblems(problems)
    for field in fields:
        _enter(field, texts[field["uuid"]])
    documents.complete_recipient(backend, document_id, recipient_id, fill=False)


def decline(backend: Backend, document_id: str, recipient_id: str, reason: str) -> None:
    """Let a recipient say no.

    Raises:
        Refusal: 404, as `view`; 409, the document was not sent, or is not their turn.
    """
    _in_turn(backend, document_id, recipient_id)
    documents.decline(backend, document_id, reason or "Declined on the page.")


def delegate(backend: Backend, document_id: str, recipient_id: str, email: str, name: str) -> Record:
    """Let somebody else sign in the place of a recipient; return them.

    Raises:
        FieldProblems: no e-mail address, or one that another recipient has.
        Refusal: 404, as `view`; 400, they have signed; 409, the document was not sent.
    """
    document = documents.edit_open(backend, document_id, "be passed on")
    old = found_in(document["recipients"], "id", recipient_id, "recipient")
    if old["has_completed"]:
        raise Refusal(400, "This recipient has signed.")
    if not is_email(email):
        raise FieldProblems({"email": "Enter an e-mail address, such as name@example.com."})
    if find_recipient(document, email) is not None:
        raise FieldProblems({"email": "This person is a recipient of the document already."})
    first, _, last = name.partition(" ")
    contact = contact_for(backend, {"email": email, "first_name": first or None, "last_name": last or None})
    new = from_contact(backend, {"id": contact["id"], "kind": "contact"})
    replace_recipient(document, old, new)
    documents.updated(backend, document_id)
    return new


def _found(backend: Backend, document_id: str, recipient_id: str) -> tuple[Record, Record]:
    document = backend.documents.get(document_id)
    if document is None or document["deleted"]:
        raise Refusal(404, "There is no such document.")
    return document, found_in(document["recipients"], "id", recipient_id, "recipient")


def _in_turn(backend: Backend, document_id: str, recipient_id: str) -> tuple[Record, Record]:
    document, recipient = _found(backend, document_id, recipient_id)
    if documents.waits_for(backend, document, recipient) is not None:
        raise Refusal(409, "It is not this recipient's turn.")
    return document, recipient


def _own_fields(document: Record, recipient: Record) -> list[Record]:
    return [field for field in document["fields"] if field["assigned_to"] == recipient["id"]]


def _problem(field: Record, text: str) -> str | None:
    """Return what is wrong with an entry, or None."""
    kind = field["type"]
    if not text:
        messages = {"checkbox": "Tick this box.", "date": "Choose a date.", "signature": "Type your name to sign."}
        needed = is_required(field) and kind in (*_TYPED, "checkbox")
        return messages.get(kind, "Fill in this field.") if needed else None
    if kind == "date":
        try:
            date.fromisoformat(text)
        except ValueError:
            return "Enter a date, such as 2026-01-31."
    options = field.get("options")
    return "Choose one of the options." if kind == "dropdown" and options and text not in options else None


def _enter(field: Record, text: str) -> None:
    kind = field["type"]
    value: Any = text
    if kind == "checkbox":
        value = bool(text)
    elif kind == "date":
        value = f"{text}T00:00:00.000000Z" if text else ""
    elif kind not in ("text", "dropdown", "radio_buttons"):
        value = {}  # the contract has no value for a signature, or for what needs a payment or a file
        field["signed_as"] = text
    field.update(value=value, filled=bool(text) or kind not in (*_TYPED, "checkbox"))
