"""The fields of a document: requests to replies."""

from __future__ import annotations

from ...contract.requests import ValidRequest
from ..backend import Backend
from ..documents import models as documents
from ..records import Record
from ..refusal import Refusal, invalid
from ..reply import EMPTY, Handlers, Reply
from . import models, serializers

__all__ = ["HANDLERS"]


def list_document_fields(backend: Backend, request: ValidRequest) -> Reply:
    """All of them."""
    document = backend.documents.read(request.path["id"])
    return Reply({"fields": [serializers.list_item(document, field) for field in document["fields"]]})


def create_document_fields(backend: Backend, request: ValidRequest) -> Reply:
    """In a draft."""
    document = _draft(backend, request)
    new: list[Record] = []
    for place, wanted in enumerate(request.body.get("fields") or ()):
        _check_recipient(document, wanted.get("assigned_to"), f"fields[{place}].assigned_to")
        number = len(document["fields"]) + 1
        field = models.make_field(
            backend,
            wanted.get("field_id") or f"{wanted['type']}{number}",
            wanted["type"],
            assigned_to=wanted.get("assigned_to") or None,
            layout=wanted["layout"],
            merge_field=wanted.get("merge_field"),
        )
        document["fields"].append(field)
        new.append(field)
    documents.updated(backend, document["id"])
    return Reply({"fields": [serializers.list_item(document, field) for field in new]})


def update_document_fields_assignment(backend: Backend, request: ValidRequest) -> Reply:
    """Fields are named by UUID."""
    document = _draft(backend, request)
    known = {field["uuid"]: field for field in document["fields"]}
    for place, wanted in enumerate(request.body["fields"]):
        if wanted["field_id"] not in known:
            raise invalid(f"fields[{place}].field_id", "The document has no such field.")
        _check_recipient(document, wanted["assigned_to"], f"fields[{place}].assigned_to")
        known[wanted["field_id"]]["assigned_to"] = wanted["assigned_to"]
    documents.updated(backend, document["id"])
    return EMPTY


def _draft(backend: Backend, request: ValidRequest) -> Record:
    document = backend.documents.edit(request.path["id"])
    if document["status"] != "document.draft":
        raise Refusal(400, f"Only the fields of a draft can be changed; the document is {document['status']}.")
    return document


def _check_recipient(document: Record, recipient_id: str | None, place: str) -> None:
    if recipient_id and recipient_id not in {recipient["id"] for recipient in document["recipients"]}:
        raise invalid(place, "The document has no such recipient.")


def add_dsv_named_items(backend: Backend, request: ValidRequest) -> Reply:
    """Each with new ids; items of one page share that of the page."""
    pages: dict[str, str] = {}
    results = [
        {
            **{name: item[name] for name in ("name", "level", "page_name")},
            "id": backend.new_uuid(),
            "page_uuid": pages.setdefault(item["page_name"], backend.new_uuid()),
        }
        for item in request.body["items"]
    ]
    return Reply({"results": results, "count": len(results)})


HANDLERS: Handlers = {
    "listDocumentFields": list_document_fields,
    "createDocumentFields": create_document_fields,
    "updateDocumentFieldsAssignment": update_document_fields_assignment,
    "addDsvNamedItems": add_dsv_named_items,
}
