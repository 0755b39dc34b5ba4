"""Documents linked to objects of a CRM: requests to replies."""

from __future__ import annotations

from ...contract.requests import ValidRequest
from ..backend import Backend
from ..listing import ordered
from ..records import Record
from ..refusal import found_in, invalid
from ..reply import EMPTY, Handlers, Reply

__all__ = ["HANDLERS"]


def list_linked_objects(backend: Backend, request: ValidRequest) -> Reply:
    """Of one document."""
    return Reply({"linked_objects": backend.documents.read(request.path["id"])["linked_objects"]})


def create_linked_object(backend: Backend, request: ValidRequest) -> Reply:
    """One of each CRM; the same object again changes nothing."""
    document = backend.documents.edit(request.path["id"])
    names = ("provider", "entity_type", "entity_id")
    for linked in document["linked_objects"]:
        if all(linked[name] == request.body[name] for name in names):
            return Reply(linked)
        if linked["provider"] == request.body["provider"]:
            raise invalid("provider", "The document is linked to an object of this provider.")
    linked = {"id": backend.new_uuid(), **{name: request.body[name] for name in names}, "children": []}
    document["linked_objects"].append(linked)
    return Reply(linked)


def delete_linked_object(backend: Backend, request: ValidRequest) -> Reply:
    """By the id of the link."""
    document = backend.documents.edit(request.path["id"])
    linked = found_in(document["linked_objects"], "id", request.path["linked_object_id"], "linked object")
    document["linked_objects"].remove(linked)
    return EMPTY


def list_documents_by_linked_object(backend: Backend, request: ValidRequest) -> Reply:
    """In all documents."""
    owners = [owner for owner in request.query.get("owner_ids") or () if owner != "[]"]
    found = [
        document
        for document in backend.documents
        if not document["deleted"]
        and (not owners or document["owner"] in owners)
        and any(_is_same(linked, request) for linked in document["linked_objects"])
    ]
    key = request.query.get("order_by") or "-date_created"
    return Reply(
        [
            {
                "id": document["id"],
                "status": document["status"],
                "date_created": document["date_created"],
                **({"template_id": document["template"]["id"]} if document["template"] else {}),
            }
            for document in ordered(found, key)
        ]
    )


def _is_same(linked: Record, request: ValidRequest) -> bool:
    return all(linked[name] == request.query.get(name, "") for name in ("provider", "entity_type", "entity_id"))


HANDLERS: Handlers = {
    "listLinkedObjects": list_linked_objects,
    "createLinkedObject": create_linked_object,
    "deleteLinkedObject": delete_linked_object,
    "listDocumentsByLinkedObject": list_documents_by_linked_object,
}
