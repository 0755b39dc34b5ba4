"""Documents: lists, details, changes, and the steps of their life."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ...contract.requests import ValidRequest
from .. import documents, fields, pricing, views
from ..clock import stamp
from ..listing import between, matches_text, ordered, page
from ..recipients import find_recipient, merge_recipients
from ..records import Record
from ..refusal import Refusal, invalid, not_found
from ..reply import EMPTY, Handlers, Reply
from ..world import World

__all__ = ["HANDLERS"]

_SORT_KEYS = {"date_expiration": "expiration_date", "date_of_last_action": "date_modified"}


def list_documents(world: World, call: ValidRequest) -> Reply:
    """By whatever the query says."""
    tests = _filters(call.query)
    found = [document for document in world.documents if all(test(document) for test in tests)]
    order: str = call.query.get("order_by", "date_status_changed")
    name = order.removeprefix("-")
    key = _SORT_KEYS.get(name, name)
    found = ordered(found, f"-{key}" if order.startswith("-") else key)
    return Reply({"results": [views.list_item(document) for document in page(found, call.query)]})


def _filters(query: Mapping[str, Any]) -> list[Callable[[Record], bool]]:
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
        "status": lambda document: documents.STATUSES.index(document["status"]),
    }
    for name, read in same.items():
        if name in query:
            tests.append(lambda document, name=name, read=read: read(document) == query[name])  # type: ignore[misc]
    if "status__ne" in query:
        tests.append(lambda document: documents.STATUSES.index(document["status"]) != query["status__ne"])
    if "tag" in query:
        tests.append(lambda document: query["tag"] in document["tags"])
    if "contact_id" in query:
        tests.append(lambda document: query["contact_id"] in {one.get("contact_id") for one in document["recipients"]})
    for pair in query.get("metadata") or ():
        name, _, value = str(pair).removeprefix("metadata_").partition("=")
        tests.append(lambda document, name=name, value=value: str(document["metadata"].get(name)) == value)  # type: ignore[misc]
    return tests


def status_document(world: World, call: ValidRequest) -> Reply:
    """In short form."""
    return Reply(views.status(_document(world, call)))


def details_document(world: World, call: ValidRequest) -> Reply:
    """All of it."""
    return Reply(views.details(world, _document(world, call)))


def update_document(world: World, call: ValidRequest) -> Reply:
    """Only a draft; what the body does not name stays as it is."""
    document = _document(world, call)
    if document["status"] != "document.draft":
        raise Refusal(400, f"Only a draft can be changed; the document is {document['status']}.")
    document = world.documents.edit(document["id"])
    body: Record = call.body
    for name in ("name", "tags"):
        if name in body:
            document[name] = body[name]
    if "recipients" in body:
        document["recipients"] = merge_recipients(world, document["recipients"], body["recipients"])
    if "metadata" in body:
        document["metadata"] = {**document["metadata"], **body["metadata"]}
    if "tokens" in body:
        tokens = {token["name"]: token["value"] for token in (*document["tokens"], *body["tokens"])}
        document["tokens"] = [{"name": name, "value": value} for name, value in tokens.items()]
    if "pricing_tables" in body:
        new = pricing.make_tables(world, body["pricing_tables"])
        names = {table["name"] for table in new}
        document["pricing_tables"] = [one for one in document["pricing_tables"] if one["name"] not in names] + new
    for name in ("tables", "images", "texts"):
        for item in body.get(name) or ():
            if item["name"] not in {one["name"] for one in document[name]}:
                document[name].append({"name": item["name"]})
    fields.fill(document["fields"], body.get("fields") or {})
    documents.updated(world, document["id"])
    return EMPTY


def delete_document(world: World, call: ValidRequest) -> Reply:
    """In any state."""
    documents.delete(world, _document(world, call)["id"])
    return EMPTY


def bulk_delete_documents(world: World, call: ValidRequest) -> Reply:
    """All of them, or none if one is unknown."""
    ids = [item["id"] for item in call.body]
    for document_id in ids:
        document = world.documents.get(document_id)
        if document is None or document["deleted"]:
            raise not_found("document")
    for document_id in ids:
        documents.delete(world, document_id)
    return Reply({"id": ids})


def send_document(world: World, call: ValidRequest) -> Reply:
    """A draft, or one that was approved."""
    document = _document(world, call)
    return Reply(views.sent(world, documents.send(world, document["id"])))


def change_document_status(world: World, call: ValidRequest) -> Reply:
    """By hand: completed, paid, voided, declined."""
    body: Record = call.body or {}
    if "data" in body or "file" in body:
        body = body.get("data") or {}
    if "status" not in body:
        raise invalid("status", "This field is required.")
    documents.set_status(world, _document(world, call)["id"], documents.STATUSES[body["status"]], body.get("note"))
    return EMPTY


def document_revert_to_draft(world: World, call: ValidRequest) -> Reply:
    """From whatever it is after sending, but for what is over."""
    document = _document(world, call)
    if document["status"] not in (*documents.OPEN_STATUSES, *_WAITING):
        raise Refusal(400, f"A document in the status {document['status']} cannot become a draft.")
    document = documents.set_status(world, document["id"], "document.draft")
    document.update(expiration_date=None, date_sent=None, sent_by=None)
    for recipient in document["recipients"]:
        recipient.update(has_completed=False, viewed=False, signature_date=None)
    return Reply(views.brief(document))


_WAITING = (
    "document.waiting_approval",
    "document.approved",
    "document.rejected",
    "document.external_review",
    "document.scheduled",
)


def create_document_editing_session(world: World, call: ValidRequest) -> Reply:
    """Locks the document for as long as the session lasts."""
    document = _document(world, call)
    body: Record = call.body
    if not any(member["email"] == body["email"] for member in world["members"]):
        raise invalid("email", "There is no member of this e-mail address.")
    lifetime = body.get("lifetime", 3600)
    locked = documents.lock(world, document["id"], lifetime)
    key = world.new_key()
    session = {
        "id": world.new_uuid(),
        "email": body["email"],
        "expires_at": locked["lock"]["expires_at"],
        "key": key,
        "token": key,
        "document_id": document["id"],
    }
    return Reply(session)


def create_document_link(world: World, call: ValidRequest) -> Reply:
    """For a recipient, by e-mail address or id."""
    document = _document(world, call)
    if document["status"] not in (*documents.OPEN_STATUSES, "document.completed", "document.paid"):
        raise Refusal(400, f"A document in the status {document['status']} has no sessions.")
    recipient = _recipient(document, call.body["recipient"])
    lifetime = float(call.body.get("lifetime", 3600))
    now = world.now()
    session = {
        "id": world.new_id(),
        "document": document["id"],
        "recipient": recipient["id"],
        "expires": now + lifetime,
    }
    world["sessions"].add(session)
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


def list_document_audit_trail(world: World, call: ValidRequest) -> Reply:
    """From the first entry to the last."""
    entries = _document(world, call)["audit"]
    offset = call.query.get("offset", 0)
    limit = call.query.get("limit", 20)
    return Reply({"count": len(entries), "results": entries[offset : offset + limit]})


def document_settings_get(world: World, call: ValidRequest) -> Reply:
    """As they are."""
    return Reply(_document(world, call)["settings"])


def document_settings_update(world: World, call: ValidRequest) -> Reply:
    """What the body does not name stays as it is."""
    document = world.documents.edit(_document(world, call)["id"])
    document["settings"].update(call.body)
    return Reply(document["settings"])


def transfer_document_ownership(world: World, call: ValidRequest) -> Reply:
    """To a member."""
    _member(world, "membership_id", call.body.get("membership_id"))
    document = world.documents.edit(_document(world, call)["id"])
    document["owner"] = call.body["membership_id"]
    return EMPTY


def transfer_all_documents_ownership(world: World, call: ValidRequest) -> Reply:
    """From one member to another."""
    old = _member(world, "from_membership_id", call.body.get("from_membership_id"))
    new = _member(world, "to_membership_id", call.body.get("to_membership_id"))
    for document in world.documents:
        if document["owner"] == old:
            world.documents.edit(document["id"])["owner"] = new
    return EMPTY


def _member(world: World, field: str, membership_id: str | None) -> str:
    if membership_id is None or membership_id not in world["members"]:
        raise not_found("member")
    return membership_id


def document_move_to_folder(world: World, call: ValidRequest) -> Reply:
    """Into a folder for documents."""
    if call.path["folder_id"] not in world["document_folders"]:
        raise not_found("folder")
    world.documents.edit(_document(world, call)["id"])["folder_uuid"] = call.path["folder_id"]
    return EMPTY


def _document(world: World, call: ValidRequest) -> Record:
    """Return the document that a path names; `guards` has seen that it is there."""
    found = world.documents.get(call.path.get("id") or call.path["document_id"])
    assert found is not None
    return found


HANDLERS: Handlers = {
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
}
"""Handlers by `operationId`."""
