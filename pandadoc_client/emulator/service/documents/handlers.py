"""Documents: their lifecycle, settings, sessions and downloads: requests to replies."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from ...contract.pdf import make_pdf
from ...contract.requests import ValidRequest
from ..backend import MEMBERSHIP_ID, Backend
from ..clock import stamp
from ..editing import editing_session
from ..fields import models as fields
from ..listing import between, matches_text, ordered, page
from ..quotes import models as quotes
from ..recipients.models import find_recipient, is_signer, merge_recipients
from ..records import Record
from ..refusal import Refusal, invalid, not_found, refused_request
from ..reply import EMPTY, Handlers, Reply, content_disposition
from . import creation, models, serializers

__all__ = ["HANDLERS", "render"]


_SORT_KEYS = {"date_expiration": "expiration_date", "date_of_last_action": "date_modified"}


def list_documents(backend: Backend, request: ValidRequest) -> Reply:
    """By whatever the query says, the newest first unless it names an order."""
    tests = [*_filters(request.query), *_metadata(request)]
    found = [document for document in backend.documents if all(test(document) for test in tests)]
    # The contract has a default that its examples do not keep to.
    order: str = request.query["order_by"] if "order_by" in dict(request.sent) else "-date_created"
    name = order.removeprefix("-")
    key = _SORT_KEYS.get(name, name)
    found = ordered(found, f"-{key}" if order.startswith("-") else key)
    return Reply({"results": [serializers.list_item(document) for document in page(found, request.query)]})


def _filters(query: Mapping[str, Any]) -> list[Callable[[Record], bool]]:
    if "template_id" in query and "form_id" in query:
        raise refused_request("A list is filtered by template_id or by form_id, not by both.")
    deleted = query.get("deleted", False)
    tests: list[Callable[[Record], bool]] = [
        lambda document: document["deleted"] == deleted,
        lambda document: matches_text(query.get("q"), document["name"], document["ref_number"]),
        between(query, "created", "date_created"),
        between(query, "modified", "date_modified"),
        between(query, "completed", "date_completed"),
    ]
    same: Mapping[str, Callable[[Record], Any]] = {
        "id": lambda document: document["id"],
        "folder_uuid": lambda document: document["folder_uuid"],
        "form_id": lambda document: document["form_id"],
        "membership_id": lambda document: document["owner"],
        "template_id": lambda document: (document["template"] or {}).get("id"),
        "status": lambda document: models.STATUSES.index(document["status"]),
    }
    for name, read in same.items():
        if name in query:
            tests.append(lambda document, name=name, read=read: read(document) == query[name])  # type: ignore[misc]
    if "status__ne" in query:
        tests.append(lambda document: models.STATUSES.index(document["status"]) != query["status__ne"])
    if "tag" in query:
        tests.append(lambda document: query["tag"] in document["tags"])
    if "contact_id" in query:
        tests.append(lambda document: query["contact_id"] in {one.get("contact_id") for one in document["recipients"]})
    return tests


_METADATA = "metadata_"


def _metadata(request: ValidRequest) -> Iterator[Callable[[Record], bool]]:
    """Return tests for `metadata_KEY=value`, and for `metadata=metadata_KEY=value` as PandaDoc's own SDKs write it.

    Raises:
        Refusal: a key without the prefix, or a parameter that the list does not have.
    """
    unknown: list[str] = []
    for parameter, text in request.sent:
        name, value = (text.partition("=")[::2]) if parameter == "metadata" else (parameter, text)
        if name.startswith(_METADATA):
            key = name.removeprefix(_METADATA)
            yield lambda document, key=key, value=value: str(document["metadata"].get(key)) == value  # type: ignore[misc]
        elif parameter not in request.operation.query or parameter == "metadata":
            unknown.append(parameter)
    if unknown:
        names = ", ".join(map(repr, dict.fromkeys(unknown)))
        raise refused_request(f"Unsupported parameters passed: {names}.")


def status_document(backend: Backend, request: ValidRequest) -> Reply:
    """In short form."""
    return Reply(serializers.status(_document(backend, request)))


def details_document(backend: Backend, request: ValidRequest) -> Reply:
    """All of it."""
    return Reply(serializers.details(backend, _document(backend, request)))


def update_document(backend: Backend, request: ValidRequest) -> Reply:
    """Only a draft; what the body does not name stays as it is."""
    document = _document(backend, request)
    if document["status"] != "document.draft":
        raise Refusal(400, f"Only a draft can be changed; the document is {document['status']}.")
    document = backend.documents.edit(document["id"])
    body: Record = request.body
    for name in ("name", "tags"):
        if name in body:
            document[name] = body[name]
    if "recipients" in body:
        document["recipients"] = merge_recipients(backend, document["recipients"], body["recipients"])
    if "metadata" in body:
        document["metadata"] = {**document["metadata"], **body["metadata"]}
    if "tokens" in body:
        tokens = {token["name"]: token["value"] for token in (*document["tokens"], *body["tokens"])}
        document["tokens"] = [{"name": name, "value": value} for name, value in tokens.items()]
    if "pricing_tables" in body:
        tables = quotes.fill_tables(backend, document["pricing_tables"], body["pricing_tables"])
        document["pricing_tables"] = tables
    for name in ("tables", "images", "texts"):
        for item in body.get(name) or ():
            if item["name"] not in {one["name"] for one in document[name]}:
                document[name].append({"name": item["name"]})
    fields.fill(document["fields"], body.get("fields") or {})
    models.updated(backend, document["id"])
    return EMPTY


def delete_document(backend: Backend, request: ValidRequest) -> Reply:
    """In any state."""
    models.delete(backend, _document(backend, request)["id"])
    return EMPTY


def bulk_delete_documents(backend: Backend, request: ValidRequest) -> Reply:
    """All of them, or none if one is unknown."""
    ids = [item["id"] for item in request.body]
    for document_id in ids:
        document = backend.documents.get(document_id)
        if document is None or document["deleted"]:
            raise not_found("document")
    for document_id in ids:
        models.delete(backend, document_id)
    return Reply({"id": ids})


def send_document(backend: Backend, request: ValidRequest) -> Reply:
    """A draft, or one that was approved; with a key of the sandbox only within the own domain."""
    document = _document(backend, request)
    if request.sandbox:
        _check_domain(backend, document)
    return Reply(serializers.sent(backend, models.send(backend, document["id"])))


def _check_domain(backend: Backend, document: Record) -> None:
    domain = backend.person(MEMBERSHIP_ID)["email"].rpartition("@")[2].lower()
    emails = (one for recipient in document["recipients"] for one in (recipient, *recipient.get("members", ())))
    if any(one["email"] and one["email"].rpartition("@")[2].lower() != domain for one in emails):
        detail = "A key of the sandbox sends to the domain of its account only."
        raise Refusal(403, detail, body={"type": "permissions_error", "detail": detail})


def change_document_status(backend: Backend, request: ValidRequest) -> Reply:
    """By hand: completed, paid, voided, declined."""
    body: Record = request.body or {}
    if "data" in body or "file" in body:
        body = body.get("data") or {}
    if "status" not in body:
        raise invalid("status", "This field is required.")
    models.set_status(backend, _document(backend, request)["id"], models.STATUSES[body["status"]], body.get("note"))
    return EMPTY


def document_revert_to_draft(backend: Backend, request: ValidRequest) -> Reply:
    """From every status."""
    return Reply(serializers.brief(models.revert_to_draft(backend, _document(backend, request)["id"])))


def create_document_editing_session(backend: Backend, request: ValidRequest) -> Reply:
    """For a member and a draft, which it does not lock."""
    document = _document(backend, request)
    if document["status"] != "document.draft":
        raise Refusal(400, f"Only a draft can be edited; the document is {document['status']}.")
    session = editing_session(backend, document["id"], request.body)
    if backend.options.behaviour.editing_lock:
        models.lock(backend, document["id"])["lock"]["expires_at"] = session["expires_at"]
    return Reply({**session, "document_id": document["id"]})


_SESSION_STATUSES = (*models.OPEN_STATUSES, "document.waiting_pay", "document.paid", "document.completed")


def create_document_link(backend: Backend, request: ValidRequest) -> Reply:
    """For a recipient, by e-mail address or id."""
    document = _document(backend, request)
    if document["status"] not in _SESSION_STATUSES:
        detail = f"Cannot create session ID for a document in {document['status']} status"
        raise Refusal(400, detail, body={"type": "validation_error", "detail": detail})
    recipient = _recipient(document, request.body["recipient"])
    lifetime = float(request.body.get("lifetime", 3600))
    now = backend.now()
    session = {
        "id": backend.new_id(),
        "document": document["id"],
        "recipient": recipient["id"],
        "expires": now + lifetime,
    }
    backend["sessions"].add(session)
    return Reply({"id": session["id"], "expires_at": stamp(now + lifetime)})


def _recipient(document: Record, name: str) -> Record:
    """Return a recipient of a document.

    Raises:
        Refusal: there is none of that e-mail address or id.
    """
    found = find_recipient(document, name)
    if found is None:
        raise invalid("recipient", "The document has no such recipient.")
    return found


def list_document_audit_trail(backend: Backend, request: ValidRequest) -> Reply:
    """From the first entry to the last."""
    entries = _document(backend, request)["audit"]
    offset = request.query.get("offset", 0)
    limit = request.query.get("limit", 20)
    return Reply({"count": len(entries), "results": entries[offset : offset + limit]})


def document_settings_get(backend: Backend, request: ValidRequest) -> Reply:
    """As they are."""
    return Reply(_document(backend, request)["settings"])


def document_settings_update(backend: Backend, request: ValidRequest) -> Reply:
    """What the body does not name stays as it is."""
    document = backend.documents.edit(_document(backend, request)["id"])
    document["settings"].update(request.body)
    return Reply(document["settings"])


def transfer_document_ownership(backend: Backend, request: ValidRequest) -> Reply:
    """To a member."""
    _member(backend, "membership_id", request.body.get("membership_id"))
    document = backend.documents.edit(_document(backend, request)["id"])
    document["owner"] = request.body["membership_id"]
    return EMPTY


def transfer_all_documents_ownership(backend: Backend, request: ValidRequest) -> Reply:
    """From one member to another."""
    old = _member(backend, "from_membership_id", request.body.get("from_membership_id"))
    new = _member(backend, "to_membership_id", request.body.get("to_membership_id"))
    for document in backend.documents:
        if document["owner"] == old:
            backend.documents.edit(document["id"])["owner"] = new
    return EMPTY


def _member(backend: Backend, field: str, membership_id: str | None) -> str:
    if membership_id is None or membership_id not in backend["members"]:
        raise not_found("member")
    return membership_id


def document_move_to_folder(backend: Backend, request: ValidRequest) -> Reply:
    """Into a folder for documents."""
    if request.path["folder_id"] not in backend["document_folders"]:
        raise not_found("folder")
    backend.documents.edit(_document(backend, request)["id"])["folder_uuid"] = request.path["folder_id"]
    return EMPTY


def _document(backend: Backend, request: ValidRequest) -> Record:
    """Return the document that a path names; `preconditions` has seen that it is there."""
    found = backend.documents.get(request.path.get("id") or request.path["document_id"])
    assert found is not None
    return found


_RETRY = 1


def download_protected_document(backend: Backend, request: ValidRequest) -> Reply:
    """As `download_document`; not with a key of the sandbox."""
    if request.sandbox:
        raise Refusal(401, "A key of the sandbox downloads no protected documents.")
    return download_document(backend, request)


def download_document(backend: Backend, request: ValidRequest) -> Reply:
    """As a PDF that says what the document is; 202 after its completion until it is rendered."""
    document = backend.documents.edit(request.path["id"])
    if not document["rendered"]:
        return Reply(status=202, headers={"Retry-After": str(_seconds_to_render(backend, document))})
    models.audit(backend, document, "downloaded")
    content = render(document, request.query.get("watermark_text"))
    disposition = content_disposition(f"{document['name']}.pdf")
    return Reply(content=content, headers={"Content-Disposition": disposition})


def render(document: Record, watermark: str | None = None) -> bytes:
    """Return the PDF of a document: a page that says what it is, who signed, and what the fields hold."""
    lines = [document["name"], f"Status: {document['status']}", f"Reference: {document['ref_number']}"]
    if watermark:
        lines.append(f"Watermark: {watermark}")
    for recipient in document["recipients"]:
        person = recipient.get("name") or f"{recipient.get('first_name') or ''} {recipient.get('last_name') or ''}"
        action = f"signed {recipient['signature_date']}" if recipient["signature_date"] else "has not signed"
        address = recipient["email"] or recipient.get("phone") or "group"
        lines.append(f"{person.strip()} <{address}>{f': {action}' if is_signer(recipient) else ''}")
    for field in document["fields"]:
        if isinstance(field["value"], str) and field["value"]:
            lines.append(f"{field['field_id']}: {field['value']}")
    return make_pdf(lines)


def _seconds_to_render(backend: Backend, document: Record) -> int:
    """Return the seconds until a document is rendered, rounded up."""
    due = [
        one["at"] for one in backend["due"] if one["what"] == "document.rendered" and one["target"] == document["id"]
    ]
    return max(_RETRY, math.ceil(min(due, default=0.0) - backend.clock.look()))


def document_esign_disclosure(backend: Backend, request: ValidRequest) -> Reply:
    """Switched on, in a few words."""
    text = "By signing you agree to do business electronically."
    return Reply({"result": {"is_enabled": True, "company_name": "Bamboo Grove", "esign_disclosure_text": text}})


HANDLERS: Handlers = {
    **creation.HANDLERS,
    "listDocuments": list_documents,
    "statusDocument": status_document,
    "detailsDocument": details_document,
    "updateDocument": update_document,
    "deleteDocument": delete_document,
    "bulkDeleteDocuments": bulk_delete_documents,
    "sendDocument": send_document,
    "changeDocumentStatus": change_document_status,
    "changeDocumentStatusWithUpload": change_document_status,
    "documentRevertToDraft": document_revert_to_draft,
    "createDocumentEditingSession": create_document_editing_session,
    "createDocumentLink": create_document_link,
    "listDocumentAuditTrail": list_document_audit_trail,
    "documentSettingsGet": document_settings_get,
    "documentSettingsUpdate": document_settings_update,
    "transferDocumentOwnership": transfer_document_ownership,
    "transferAllDocumentsOwnership": transfer_all_documents_ownership,
    "documentMoveToFolder": document_move_to_folder,
    "downloadDocument": download_document,
    "downloadProtectedDocument": download_protected_document,
    "documentESignDisclosure": document_esign_disclosure,
}
