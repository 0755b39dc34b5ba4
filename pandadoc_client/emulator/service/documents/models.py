"""The life of a document: uploaded, draft, sent, viewed, completed, and the other ends it may come to."""

from __future__ import annotations

from typing import Any

from ..backend import MEMBERSHIP_ID, Backend
from ..clock import stamp
from ..fields import models as fields
from ..recipients.models import is_signer
from ..records import Record
from ..refusal import Refusal
from ..webhooks import events
from ..webhooks.models import emit, tell

__all__ = [
    "AUDIT_ACTIONS",
    "OPEN_STATUSES",
    "STATUSES",
    "approve",
    "audit",
    "complete",
    "complete_recipient",
    "create",
    "decline",
    "delete",
    "edit_open",
    "lock",
    "reject",
    "revert_to_draft",
    "send",
    "set_status",
    "unlock",
    "updated",
    "view",
    "waits_for",
]


STATUSES = (
    "document.draft",
    "document.sent",
    "document.completed",
    "document.uploaded",
    "document.error",
    "document.viewed",
    "document.waiting_approval",
    "document.approved",
    "document.rejected",
    "document.waiting_pay",
    "document.paid",
    "document.voided",
    "document.declined",
    "document.external_review",
    "document.scheduled",
)
"""Every status, at the place that is its number in filters."""

OPEN_STATUSES = ("document.sent", "document.viewed")
"""In which recipients can sign."""

AUDIT_ACTIONS = {
    "created": 1,
    "updated": 2,
    "sent": 3,
    "viewed": 4,
    "recipient completed": 5,
    "status changed": 6,
    "downloaded": 7,
    "deleted": 8,
    "reminded": 9,
}
"""The numbers in the audit trail; the emulator's own, as those of the API are not published."""

_DATES = {
    "document.sent": "date_sent",
    "document.completed": "date_completed",
    "document.declined": "date_declined",
}

_EXPIRES_IN_DAYS = 60


def create(backend: Backend, content: Record, problem: str | None = None) -> Record:
    """Add a document, which is ready after `processing_delay` seconds, or fails if that was asked for.

    Args:
        backend: The backend.
        content: Whatever differs from an empty document; at least `name` and `recipients`.
        problem: Why its file cannot be processed.
    """
    now = backend.stamp()
    document: Record = {
        "id": backend.new_id(),
        "status": "document.uploaded",
        "date_created": now,
        "date_modified": now,
        "content_date_modified": now,
        "date_status_changed": now,
        "date_completed": None,
        "date_sent": None,
        "date_declined": None,
        "expiration_date": None,
        "version": "2",
        "ref_number": backend.new_reference(),
        "owner": MEMBERSHIP_ID,
        "created_by": MEMBERSHIP_ID,
        "sent_by": None,
        "folder_uuid": None,
        "template": None,
        "form_id": None,
        "tags": [],
        "metadata": {},
        "tokens": [],
        "fields": [],
        "pricing_tables": [],
        "quotes": [],
        "tables": [],
        "images": [],
        "texts": [],
        "linked_objects": [],
        "attachments": [],
        "sections": [],
        "uploads": [],
        "audit": [],
        "settings": {
            "language": "en-US",
            "qualified_electronic_signature": False,
            "expires_in": _EXPIRES_IN_DAYS,
            "suggest_edits": False,
        },
        "auto_reminders": {"enabled": False},
        "needs_approval": False,
        "lock": None,
        "upload": None,
        "rendered": True,
        "info_message": None,
        "deleted": False,
        **content,
    }
    backend.documents.add(document)
    audit(backend, document, "created")
    if problem or backend.failures:
        document["info_message"] = problem or backend.failures.pop(0)
        backend.schedule(backend.options.processing_delay, "document.failed", document["id"])
    else:
        backend.schedule(backend.options.processing_delay, "document.ready", document["id"])
    return document


def set_status(backend: Backend, document_id: str, status: str, reason: str | None = None) -> Record:
    """Move a document on, and tell whoever subscribed."""
    document = backend.documents.edit(document_id)
    now = backend.stamp()
    document.update(status=status, date_modified=now, date_status_changed=now)
    if status in _DATES:
        document[_DATES[status]] = now
    audit(backend, document, "status changed", reason)
    if status in ("document.completed", "document.paid"):
        document["rendered"] = False
        document["date_completed"] = document["date_completed"] or now
        for recipient in document["recipients"]:
            if is_signer(recipient) and not recipient["has_completed"]:
                recipient.update(has_completed=True, signature_date=now)
                fields.sign(document["fields"], recipient, now)
        backend.schedule(backend.options.render_delay, "document.rendered", document_id)
    emit(backend, "document_state_changed", events.of_document(backend, document))
    return document


def updated(backend: Backend, document_id: str) -> Record:
    """Note that the content of a document was changed, of which no event tells."""
    document = backend.documents.edit(document_id)
    document["date_modified"] = document["content_date_modified"] = backend.stamp()
    audit(backend, document, "updated")
    return document


def revert_to_draft(backend: Backend, document_id: str) -> Record:
    """Make a document a draft again, whatever it is: nobody has signed, and other fields keep their values."""
    document = backend.documents.edit(document_id)
    now = backend.stamp()
    document.update(status="document.draft", date_modified=now, date_status_changed=now, rendered=True)
    document.update(dict.fromkeys(("expiration_date", "sent_by", *_DATES.values())))
    for recipient in document["recipients"]:
        recipient.update(has_completed=False, viewed=False, signature_date=None)
    fields.clear_signatures(document["fields"])
    audit(backend, document, "status changed")
    emit(backend, "document_updated", events.of_document(backend, document))
    return document


def send(backend: Backend, document_id: str) -> Record:
    """Send a draft to its recipients, or to its approvers first; it expires when its settings say."""
    document = backend.documents.edit(document_id)
    if document["needs_approval"] and document["status"] == "document.draft":
        return set_status(backend, document_id, "document.waiting_approval")
    expires = backend.now() + document["settings"]["expires_in"] * 86400
    document.update(sent_by=MEMBERSHIP_ID, expiration_date=stamp(expires))
    backend.schedule(expires - backend.now(), "document.expired", document_id)
    audit(backend, document, "sent")
    return set_status(backend, document_id, "document.sent")


def view(backend: Backend, document_id: str, recipient_id: str | None = None) -> Record:
    """Let a recipient, or the first one, open a sent document.

    Raises:
        Refusal: it was not sent.
    """
    document = edit_open(backend, document_id, "be viewed")
    for recipient in document["recipients"]:
        if recipient_id in (None, recipient["id"]):
            recipient["viewed"] = True
            break
    audit(backend, document, "viewed")
    if document["status"] == "document.sent":
        set_status(backend, document_id, "document.viewed")
    return document


def complete_recipient(backend: Backend, document_id: str, recipient_id: str, *, fill: bool = True) -> Record:
    """Let a recipient sign; the last signature completes the document.

    Args:
        backend: The backend.
        document_id: The document.
        recipient_id: Who signs.
        fill: Fill in the fields that the recipient left empty.

    Raises:
        Refusal: it was not sent, or there is no such recipient, or they have signed.
    """
    document = edit_open(backend, document_id, "be signed")
    recipient = next((one for one in document["recipients"] if one["id"] == recipient_id), None)
    if recipient is None:
        raise Refusal(404, "The document has no such recipient.")
    if recipient["has_completed"]:
        raise Refusal(400, "This recipient has signed.")
    if (earlier := waits_for(backend, document, recipient)) is not None:
        raise Refusal(409, f"It is the turn of the recipient {earlier['id']}.")
    if document["status"] == "document.sent":
        view(backend, document_id, recipient_id)
    now = backend.stamp()
    recipient.update(has_completed=True, viewed=True, signature_date=now)
    if fill:
        fields.sign(document["fields"], recipient, now)
    document["date_modified"] = now
    audit(backend, document, "recipient completed")
    emit(backend, "recipient_completed", events.recipient_completed(backend, document, recipient, now))
    if all(one["has_completed"] for one in document["recipients"] if is_signer(one)):
        set_status(backend, document_id, "document.completed")
    return document


def waits_for(backend: Backend, document: Record, recipient: Record) -> Record | None:
    """Return a signer who has to sign before a recipient may, where the order is kept; None if it is their turn."""
    if not backend.options.behaviour.signing_order:
        return None
    own = recipient["signing_order"] or 0
    earlier = (one for one in document["recipients"] if (one["signing_order"] or 0) < own)
    return next((one for one in earlier if is_signer(one) and not one["has_completed"]), None)


def approve(backend: Backend, document_id: str) -> Record:
    """Let the approvers of a document that waits for them say yes; it can be sent then.

    Raises:
        Refusal: it does not wait for an approval.
    """
    return _approval(backend, document_id, "document.approved")


def reject(backend: Backend, document_id: str, reason: str | None = None) -> Record:
    """Let the approvers of a document that waits for them say no.

    Raises:
        Refusal: it does not wait for an approval.
    """
    return _approval(backend, document_id, "document.rejected", reason)


def _approval(backend: Backend, document_id: str, status: str, reason: str | None = None) -> Record:
    document = backend.documents.read(document_id)
    if document["status"] != "document.waiting_approval":
        raise Refusal(409, f"A document in the status {document['status']} does not wait for an approval.")
    return set_status(backend, document_id, status, reason)


def complete(backend: Backend, document_id: str) -> Record:
    """Let all who have not signed do so, or complete a sent document that nobody signs.

    Raises:
        Refusal: it was not sent.
    """
    document = edit_open(backend, document_id, "be completed")
    for recipient in sorted(document["recipients"], key=lambda one: one["signing_order"] or 0):
        if is_signer(recipient) and not recipient["has_completed"]:
            complete_recipient(backend, document_id, recipient["id"])
    if document["status"] in OPEN_STATUSES:
        view(backend, document_id)
        set_status(backend, document_id, "document.completed")
    return document


def decline(backend: Backend, document_id: str, reason: str | None = None) -> Record:
    """Let a recipient say no.

    Raises:
        Refusal: it was not sent.
    """
    edit_open(backend, document_id, "be declined")
    return set_status(backend, document_id, "document.declined", reason)


def delete(backend: Backend, document_id: str) -> None:
    """Put a document into the trash: only a list of the deleted ones still shows it."""
    document = backend.documents.edit(document_id)
    tell(backend, "document_deleted", events.named(document))
    document.update(deleted=True, date_modified=backend.stamp())
    audit(backend, document, "deleted")


def lock(backend: Backend, document_id: str, seconds: float = 3600) -> Record:
    """Let somebody begin to edit a document, for so many seconds at most."""
    document = backend.documents.edit(document_id)
    member = backend.member(document["owner"]) or {"user_id": document["owner"]}
    expires = stamp(backend.now() + seconds)
    document["lock"] = {"locked_by_user_id": member["user_id"], "lock_type": "wopi_editing", "expires_at": expires}
    return document


def unlock(backend: Backend, document_id: str) -> Record:
    """End the editing of a document."""
    document = backend.documents.edit(document_id)
    document["lock"] = None
    return document


def audit(backend: Backend, document: Record, action: str, reason: str | None = None) -> None:
    """Enter an action into the audit trail of a document that is being changed."""
    entries: list[dict[str, Any]] = document["audit"]
    member = backend.person(MEMBERSHIP_ID)
    entries.append(
        {
            "id": backend.new_id(),
            "user": {"id": member["id"], "email": member["email"]},
            "action": AUDIT_ACTIONS[action],
            "reason": reason,
            "date_created": backend.stamp(),
            "ip_address": "127.0.0.1",
        }
    )


def edit_open(backend: Backend, document_id: str, what: str) -> Record:
    """Return a sent document to change.

    Args:
        backend: The backend.
        document_id: The document.
        what: What is wanted, for the message: `be signed`.

    Raises:
        Refusal: 404, there is none; 409, it was not sent.
    """
    if document_id not in backend.documents or backend.documents.edit(document_id)["deleted"]:
        raise Refusal(404, "There is no such document.")
    document = backend.documents.edit(document_id)
    if document["status"] not in OPEN_STATUSES:
        raise Refusal(409, f"A document in the status {document['status']} cannot {what}.")
    return document
