"""What is in a document: fields, quotes, links to objects of a CRM, named items."""

from __future__ import annotations

from ...contract.requests import ValidRequest
from .. import documents, fields, pricing, views
from ..listing import ordered
from ..records import Record
from ..refusal import Refusal, invalid, not_found
from ..reply import EMPTY, Handlers, Reply
from ..webhooks import tell
from ..world import World

__all__ = ["HANDLERS"]


def list_document_fields(world: World, call: ValidRequest) -> Reply:
    """All of them."""
    document = world.documents.read(call.path["id"])
    return Reply({"fields": [views.field_in_list(document, field) for field in document["fields"]]})


def create_document_fields(world: World, call: ValidRequest) -> Reply:
    """In a draft."""
    document = _draft(world, call)
    new: list[Record] = []
    for place, wanted in enumerate(call.body.get("fields") or ()):
        _check_recipient(document, wanted.get("assigned_to"), f"fields[{place}].assigned_to")
        number = len(document["fields"]) + 1
        field = fields.make_field(
            world,
            wanted.get("field_id") or f"{wanted['type']}{number}",
            wanted["type"],
            assigned_to=wanted.get("assigned_to") or None,
            layout=wanted["layout"],
            merge_field=wanted.get("merge_field"),
        )
        document["fields"].append(field)
        new.append(field)
    documents.updated(world, document["id"])
    return Reply({"fields": [views.field_in_list(document, field) for field in new]})


def update_document_fields_assignment(world: World, call: ValidRequest) -> Reply:
    """Fields are named by UUID."""
    document = _draft(world, call)
    known = {field["uuid"]: field for field in document["fields"]}
    for place, wanted in enumerate(call.body["fields"]):
        if wanted["field_id"] not in known:
            raise invalid(f"fields[{place}].field_id", "The document has no such field.")
        _check_recipient(document, wanted["assigned_to"], f"fields[{place}].assigned_to")
        known[wanted["field_id"]]["assigned_to"] = wanted["assigned_to"]
    documents.updated(world, document["id"])
    return EMPTY


def _draft(world: World, call: ValidRequest) -> Record:
    document = world.documents.edit(call.path["id"])
    if document["status"] != "document.draft":
        raise Refusal(400, f"Only the fields of a draft can be changed; the document is {document['status']}.")
    return document


def _check_recipient(document: Record, recipient_id: str | None, place: str) -> None:
    if recipient_id and recipient_id not in {recipient["id"] for recipient in document["recipients"]}:
        raise invalid(place, "The document has no such recipient.")


def quote_update(world: World, call: ValidRequest) -> Reply:
    """Of a draft."""
    document = world.documents.edit(call.path["document_id"])
    for quote in document["quotes"]:
        if quote["id"] == call.path["quote_id"]:
            pricing.update_quote(world, quote, call.body)
            document["date_modified"] = document["content_date_modified"] = world.stamp()
            data = {**quote, "document_id": document["id"]}
            tell(world, "quote_updated", data)
            return Reply(quote)
    raise not_found("quote")


def list_linked_objects(world: World, call: ValidRequest) -> Reply:
    """Of one document."""
    return Reply({"linked_objects": world.documents.read(call.path["id"])["linked_objects"]})


def create_linked_object(world: World, call: ValidRequest) -> Reply:
    """The same object once."""
    document = world.documents.edit(call.path["id"])
    names = ("provider", "entity_type", "entity_id")
    for linked in document["linked_objects"]:
        if all(linked[name] == call.body[name] for name in names):
            return Reply(linked)
    linked = {"id": world.new_uuid(), **{name: call.body[name] for name in names}, "children": []}
    document["linked_objects"].append(linked)
    return Reply(linked)


def delete_linked_object(world: World, call: ValidRequest) -> Reply:
    """By the id of the link."""
    document = world.documents.edit(call.path["id"])
    for linked in document["linked_objects"]:
        if linked["id"] == call.path["linked_object_id"]:
            document["linked_objects"].remove(linked)
            return EMPTY
    raise not_found("linked object")


def list_documents_by_linked_object(world: World, call: ValidRequest) -> Reply:
    """In all documents."""
    owners = [owner for owner in call.query.get("owner_ids") or () if owner != "[]"]
    found = [
        document
        for document in world.documents
        if not document["deleted"]
        and (not owners or document["owner"] in owners)
        and any(_is_same(linked, call) for linked in document["linked_objects"])
    ]
    key = call.query.get("order_by") or "-date_created"
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


def _is_same(linked: Record, call: ValidRequest) -> bool:
    return all(linked[name] == call.query.get(name, "") for name in ("provider", "entity_type", "entity_id"))


def document_esign_disclosure(world: World, call: ValidRequest) -> Reply:
    """Switched on, in a few words."""
    text = "By signing you agree to do business electronically."
    return Reply({"result": {"is_enabled": True, "company_name": "Bamboo Grove", "esign_disclosure_text": text}})


def add_dsv_named_items(world: World, call: ValidRequest) -> Reply:
    """Each with new ids; items of one page share that of the page."""
    pages: dict[str, str] = {}
    results = [
        {
            **{name: item[name] for name in ("name", "level", "page_name")},
            "id": world.new_uuid(),
            "page_uuid": pages.setdefault(item["page_name"], world.new_uuid()),
        }
        for item in call.body["items"]
    ]
    return Reply({"results": results, "count": len(results)})


HANDLERS: Handlers = {
    "listDocumentFields": list_document_fields,
    "createDocumentFields": create_document_fields,
    "updateDocumentFieldsAssignment": update_document_fields_assignment,
    "quoteUpdate": quote_update,
    "listLinkedObjects": list_linked_objects,
    "createLinkedObject": create_linked_object,
    "deleteLinkedObject": delete_linked_object,
    "listDocumentsByLinkedObject": list_documents_by_linked_object,
    "documentESignDisclosure": document_esign_disclosure,
    "addDsvNamedItems": add_dsv_named_items,
}
"""Handlers by `operationId`."""
