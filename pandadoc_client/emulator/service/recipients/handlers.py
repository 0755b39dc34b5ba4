"""The recipients of a document, and reminders to them: requests to replies."""

from __future__ import annotations

from ...contract.requests import ValidRequest
from ..backend import Backend
from ..contacts.models import known_contact
from ..documents import models as documents
from ..records import Record
from ..refusal import Refusal, found_in, invalid
from ..reply import EMPTY, Handlers, Reply
from .models import DETAILS, from_contact, is_signer, replace_recipient

__all__ = ["HANDLERS"]


_NOT_READY = ("document.uploaded", "document.error")
_NO_COPIES = (*_NOT_READY, "document.voided", "document.declined")
_CLOSED = (*_NO_COPIES, "document.completed", "document.paid")

_CONTENT = ("email", "phone", "first_name", "last_name", "delivery_methods", "verification_settings", "redirect")


def add_document_recipient(backend: Backend, request: ValidRequest) -> Reply:
    """A contact, who gets a copy; also of what is completed."""
    document = _open(backend.documents.edit(request.path["id"]), _NO_COPIES)
    recipient = from_contact(backend, request.body)
    document["recipients"].append(recipient)
    documents.updated(backend, document["id"])
    return Reply({"recipient_id": recipient["id"]})


def delete_document_recipient(backend: Backend, request: ValidRequest) -> Reply:
    """A signer of a draft, or who gets a copy; fields of theirs belong to nobody then."""
    document, recipient = _recipient(backend, request)
    if is_signer(recipient) and document["status"] != "document.draft":
        raise Refusal(400, f"A signer can be removed from a draft; the document is {document['status']}.")
    document["recipients"].remove(recipient)
    for field in document["fields"]:
        if field["assigned_to"] == recipient["id"]:
            field["assigned_to"] = None
    documents.updated(backend, document["id"])
    return EMPTY


def edit_document_recipient(backend: Backend, request: ValidRequest) -> Reply:
    """What the body does not name stays as it is; the contact changes with the recipient."""
    document, recipient = _recipient(backend, request)
    body: Record = request.body
    if recipient["type"] == "recipient_group":
        recipient["name"] = body.get("name") or recipient["name"]
        if "members" in body:
            blank = {"phone": None, "first_name": None, "last_name": None}
            recipient["members"] = [{"id": backend.new_uuid(), **blank, **member} for member in body["members"]]
    else:
        _check_address(backend, recipient, body.get("email"))
        recipient.update({name: body[name] for name in _CONTENT if name in body})
        if recipient["contact_id"] in backend["contacts"]:
            contact = backend["contacts"].edit(recipient["contact_id"])
            contact.update({name: body[name] for name in DETAILS if name in body})
    documents.updated(backend, document["id"])
    return EMPTY


def reassign_document_recipient(backend: Backend, request: ValidRequest) -> Reply:
    """The contact takes over role, place and fields."""
    document, old = _recipient(backend, request)
    new = from_contact(backend, request.body)
    replace_recipient(document, old, new)
    documents.updated(backend, document["id"])
    return Reply({"recipient_id": new["id"]})


def create_manual_reminder(backend: Backend, request: ValidRequest) -> Reply:
    """By e-mail unless a recipient is reached otherwise."""
    document = backend.documents.edit(request.path["document_id"])
    now = backend.stamp()
    result: list[Record] = []
    for place, wanted in enumerate(request.body.get("reminders") or ()):
        known = next((one for one in document["recipients"] if one["id"] == wanted.get("recipient_id")), None)
        if known is None:
            raise invalid(f"reminders[{place}].recipient_id", "The document has no such recipient.")
        methods = wanted.get("delivery_methods") or known.get("delivery_methods") or {"email": True}
        sent: Record = {"recipient_id": known["id"]}
        for method, address in (("email", known["email"]), ("sms", known.get("phone"))):
            if methods.get(method):
                sent[method] = (
                    {"status": "sent", "sent_at": now, "detail": None}
                    if address
                    else {"status": "error", "sent_at": None, "detail": "The recipient has no address for this."}
                )
        if "email_customization" in wanted:
            sent["email_customization"] = wanted["email_customization"]
        result.append(sent)
    documents.audit(backend, document, "reminded")
    return Reply({"result": result})


def get_document_auto_reminder_settings(backend: Backend, request: ValidRequest) -> Reply:
    """As they are."""
    return Reply(backend.documents.read(request.path["document_id"])["auto_reminders"])


def update_document_auto_reminder_settings(backend: Backend, request: ValidRequest) -> Reply:
    """What the body does not name stays as it is."""
    document = backend.documents.edit(request.path["document_id"])
    document["auto_reminders"].update(request.body)
    return Reply(document["auto_reminders"])


def status_document_auto_reminder(backend: Backend, request: ValidRequest) -> Reply:
    """Scheduled for whoever has not signed, if reminders are on and the document is out."""
    document = backend.documents.read(request.path["document_id"])
    on = document["auto_reminders"]["enabled"] and document["status"] in documents.OPEN_STATUSES
    waiting = [one for one in document["recipients"] if on and not one["has_completed"]]
    return Reply({"reminders": [{"recipient_id": one["id"], "status": "scheduled"} for one in waiting]})


def _open(document: Record, closed: tuple[str, ...]) -> Record:
    if document["status"] in closed:
        raise Refusal(400, f"The recipients of a document in the status {document['status']} stay as they are.")
    return document


def _recipient(backend: Backend, request: ValidRequest) -> tuple[Record, Record]:
    """Return document and recipient of a path, to change them.

    Raises:
        Refusal: there is no such recipient, they have signed, or the document is over: later for who gets a copy.
    """
    document = backend.documents.edit(request.path["id"])
    recipient = found_in(document["recipients"], "id", request.path["recipient_id"], "recipient")
    _open(document, _CLOSED if is_signer(recipient) else _NO_COPIES)
    if recipient["has_completed"]:
        raise Refusal(400, "This recipient has signed.")
    return document, recipient


def _check_address(backend: Backend, recipient: Record, email: str | None) -> None:
    """See that nobody else has an e-mail address that a recipient is to get."""
    if not email or email.lower() == (recipient["email"] or "").lower():
        return
    if known_contact(backend, email) or any(user["email"].lower() == email.lower() for user in backend["users"]):
        raise invalid("email", "A contact or a user has this e-mail address.")


HANDLERS: Handlers = {
    "addDocumentRecipient": add_document_recipient,
    "deleteDocumentRecipient": delete_document_recipient,
    "editDocumentRecipient": edit_document_recipient,
    "reassignDocumentRecipient": reassign_document_recipient,
    "createManualReminder": create_manual_reminder,
    "getDocumentAutoReminderSettings": get_document_auto_reminder_settings,
    "updateDocumentAutoReminderSettings": update_document_auto_reminder_settings,
    "statusDocumentAutoReminder": status_document_auto_reminder,
}
