"""What holds for many operations: the thing in the path exists, nobody edits it, it is in a state that allows this."""

from __future__ import annotations

from collections.abc import Mapping

from ..contract.document import ContractOperation
from ..contract.requests import ValidRequest
from .backend import Backend
from .documents.models import OPEN_STATUSES, STATUSES
from .documents.serializers import lock_of
from .records import Record
from .refusal import Refusal, not_found, wrong_state

__all__ = ["check"]

_HOMES = {
    "/documents/{": ("documents", "document"),
    "/dsv/{": ("documents", "document"),
    "/templates/{": ("templates", "template"),
    "/documents/folders/{": ("document_folders", "folder"),
    "/templates/folders/{": ("template_folders", "folder"),
    "/contacts/{": ("contacts", "contact"),
    "/content-library-items/{": ("library", "item"),
    "/members/{": ("members", "member"),
    "/users/{": ("users", "user"),
    "/workspaces/{": ("workspaces", "workspace"),
    "/webhook-subscriptions/{": ("subscriptions", "subscription"),
    "/webhook-events/{": ("events", "event"),
    "/product-catalog/items/{": ("catalog", "item"),
    "/notary/notarization-requests/{": ("notarizations", "request"),
}
"""The table of the first parameter of a path, by what stands before it."""

_PROCESSED = tuple(status for status in STATUSES if status not in ("document.uploaded", "document.error"))
_DRAFT = ("document.draft",)
_DONE = ("document.completed", "document.paid")

_NEEDED: Mapping[str, tuple[str, ...]] = {
    "sendDocument": (*_DRAFT, "document.approved"),
    "downloadProtectedDocument": _DONE,
    "appendContentLibraryItemToDocument": _DRAFT,
    "createManualReminder": OPEN_STATUSES,
    "quoteUpdate": _DRAFT,
}
"""The states that an operation needs that can answer 409; any that is processed where it is not named."""

_BY_HAND: Mapping[str, frozenset[str]] = {
    "document.draft": frozenset({"document.completed", "document.paid", "document.declined"}),
    "document.sent": frozenset({"document.completed", "document.voided", "document.declined"}),
    "document.viewed": frozenset({"document.completed", "document.voided", "document.declined"}),
    "document.waiting_pay": frozenset({"document.paid", "document.declined"}),
    "document.completed": frozenset({"document.declined"}),
    "document.voided": frozenset({"document.completed", "document.paid", "document.declined"}),
    "document.declined": frozenset({"document.completed", "document.paid"}),
}
"""What a document may become by `PATCH …/status`, by what it is: PandaDoc's table; what is not here becomes nothing."""

# Documents also stand without a body of their own in these states: polling them is how one waits.
_ANY_STATE = frozenset({"listDocumentsByLinkedObject", "sectionDetails", "getDocumentAiMetadata"})


def check(backend: Backend, request: ValidRequest) -> None:
    """See that a call may be carried out.

    Raises:
        Refusal: 404, 423 or 409, in this order.
    """
    record = _subject(backend, request.operation, request)
    if record is None or "audit" not in record:  # only documents have states and locks
        return
    responses = request.operation.definition["responses"]
    lock = lock_of(backend, record)
    if "423" in responses and lock is not None:
        body = {"type": "document_locked", "detail": "Somebody is editing the document.", **lock}
        raise Refusal(423, "Somebody is editing the document.", body=body)
    name = request.operation.operation_id
    if "409" in responses and name not in _ANY_STATE and record["status"] not in _NEEDED.get(name, _PROCESSED):
        raise wrong_state(record, f"The document is {record['status']}, which does not allow this.")
    if name in ("changeDocumentStatus", "changeDocumentStatusWithUpload"):
        _check_change(record, request)


def _check_change(document: Record, request: ValidRequest) -> None:
    body = request.body or {}
    wanted = (body.get("data") or body).get("status")
    if wanted is None:  # the handler names the field
        return
    target = STATUSES[wanted]
    if target not in _BY_HAND.get(document["status"], ()):
        raise wrong_state(document, f"The document is {document['status']} and cannot become {target}.")


def _subject(backend: Backend, operation: ContractOperation, request: ValidRequest) -> Record | None:
    """Return what the first parameter of the path names; None for a path without one that is known.

    Raises:
        Refusal: there is nothing of that name.
    """
    before, brace, after = operation.path.partition("{")
    name = after.partition("}")[0]
    for ending, (kind, noun) in _HOMES.items():
        if brace and f"{before}{{".endswith(ending):
            record = backend[kind].get(request.path[name])
            if record is None or record.get("deleted"):
                raise not_found(noun)
            return record
    return None
