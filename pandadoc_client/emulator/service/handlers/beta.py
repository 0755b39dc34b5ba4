"""What is beta: exports to DOCX, and reading documents with AI, of which only the answers are here."""

from __future__ import annotations

from ...contract.requests import ValidRequest
from .. import documents
from ..listing import matches_text
from ..records import Record
from ..refusal import Refusal, not_found
from ..reply import Handlers, Reply
from ..world import World

__all__ = ["HANDLERS"]

_RETRY = {"Retry-After": "1"}


def create_export_docx_task(world: World, call: ValidRequest) -> Reply:
    """Done after `processing_delay` seconds."""
    task = {"id": world.new_id(), "document_id": call.path["document_id"], "status": "created"}
    world["exports"].add(task)
    world.schedule(world.options.processing_delay, "export.ready", task["id"])
    return Reply(dict(task))


def get_docx_export_task(world: World, call: ValidRequest) -> Reply:
    """With the files once it is done."""
    task = world["exports"].get(call.path["task_id"])
    if task is None or task["document_id"] != call.path["document_id"]:
        raise not_found("task")
    items: list[Record] = []
    if task["status"] == "done":
        sections = world.documents.read(task["document_id"])["sections"]
        url = f"{world.base_url()}/exports/{task['id']}"
        items = [{"section_title": one["name"], "url": f"{url}/{one['uuid']}.docx"} for one in sections]
    return Reply({**task, "docx_items": items})


def get_document_summary(world: World, call: ValidRequest) -> Reply:
    """One sentence; 202 until the document is processed."""
    document = world.documents.read(call.path["document_id"])
    if document["status"] == "document.uploaded":
        return Reply(status=202, headers=_RETRY)
    people = len(document["recipients"])
    summary = f"{document['name']}, {document['status'].removeprefix('document.')}, with {people} recipients."
    return Reply({"type": call.query["type"], "summary": summary}, headers=_tag(document))


def get_document_content(world: World, call: ValidRequest) -> Reply:
    """Name, fields and tokens; 202 until the document is processed."""
    document = world.documents.read(call.path["document_id"])
    if document["status"] == "document.uploaded":
        return Reply(status=202, headers=_RETRY)
    markdown = call.query["format"] == "markdown"
    lines = [f"# {document['name']}" if markdown else document["name"], ""]
    for item in document["tokens"]:
        lines.append(f"{'- ' if markdown else ''}{item['name']}: {item['value']}")
    for field in document["fields"]:
        lines.append(f"{'- ' if markdown else ''}{field['field_id']}: {field['value'] or ''}")
    return Reply({"format": call.query["format"], "content": "\n".join(lines)}, headers=_tag(document))


def _tag(document: Record) -> dict[str, str]:
    return {"ETag": f'"{document["id"]}-{document["date_modified"]}"', "Vary": "Authorization"}


def get_document_ai_metadata(world: World, call: ValidRequest) -> Reply:
    """The tokens of the document, as if they had been read from it."""
    document = world.documents.read(call.path["document_id"])
    if document["status"] == "document.uploaded":
        body = {"code": "extraction_pending", "description": "The extraction is running."}
        return Reply(body, status=202, headers=_RETRY)
    if document["status"] == "document.error":
        body = {"code": "not_started", "description": "The extraction was not started."}
        raise Refusal(409, body["description"], body=body)
    found = _metadata(document)
    start = call.query.get("offset", 0)
    return Reply({"count": len(found), "results": found[start : start + call.query.get("limit", 100)]})


def batch_get_document_ai_metadata(world: World, call: ValidRequest) -> Reply:
    """A status for each document."""
    keys: set[str] = set(call.body.get("field_keys") or ())
    results = [_batch_result(world, document_id, keys) for document_id in call.body["document_ids"]]
    return Reply({"count": len(results), "results": results})


def _batch_result(world: World, document_id: str, keys: set[str]) -> Record:
    document = world.documents.get(document_id)
    result: Record = {"document_id": document_id}
    if document is None or document["deleted"]:
        return {**result, "status": "not_found", "description": "There is no such document."}
    if document["status"] == "document.uploaded":
        pending = {"retry_after": 1, "description": "The extraction is running."}
        return {**result, "status": "extraction_pending", **pending}
    if document["status"] == "document.error":
        return {**result, "status": "extraction_not_started", "description": "The extraction was not started."}
    found = [one for one in _metadata(document) if not keys or one["key"] in keys]
    return {**result, "status": "ok", "ai_metadata": {"count": len(found), "results": found}}


def _metadata(document: Record) -> list[Record]:
    return [
        {
            "id": f"{number:022}",
            "key": token["name"],
            "field_type": "single_line",
            "settings": {},
            "value": {"value": token["value"], "acceptance_status": "pending"},
        }
        for number, token in enumerate(document["tokens"], 1)
    ]


def search_documents_ai(world: World, call: ValidRequest) -> Reply:
    """Whatever has a word of the question in its name, its status or among its recipients."""
    words = [word for word in call.query["q"].casefold().split() if len(word) > 2]
    intent: list[Record] = []
    for status in documents.STATUSES:
        if status.removeprefix("document.") in words:
            intent.append({"field": "status", "value": status})
            words.remove(status.removeprefix("document."))
    wanted = {item["value"] for item in intent}
    found = [
        document
        for document in world.documents
        if not document["deleted"]
        and (not wanted or document["status"] in wanted)
        and (not words or any(matches_text(word, document["name"], *_addresses(document)) for word in words))
    ]
    if wanted and not found:
        found = [one for one in world.documents if not one["deleted"] and one["status"] in wanted]
    return Reply(
        {
            "results": [_hit(world, document) for document in found[:20]],
            "count": len(found),
            "suggestions": [],
            "message": f"{len(found)} documents were found.",
            "intent": intent,
        }
    )


def _addresses(document: Record) -> list[str]:
    return [recipient["email"] for recipient in document["recipients"] if recipient["email"]]


def _hit(world: World, document: Record) -> Record:
    owner = world.person(document["owner"])
    folder = world["document_folders"].get(document["folder_uuid"] or "")
    people = document["recipients"]
    return {
        "document_id": document["id"],
        "name": document["name"],
        "status": document["status"],
        "date_created": document["date_created"],
        "owner": {
            "id": owner["id"],
            "name": f"{owner['first_name']} {owner['last_name']}",
            "email": owner["email"],
            "avatar": None,
        },
        "folder": {"id": folder["id"] if folder else "", "name": folder["name"] if folder else ""},
        "extra_fields": {
            "title": document["name"],
            "date_modified": document["date_modified"],
            "date_sent": document["date_sent"],
            "date_completed": document["date_completed"],
            "date_expiration": document["expiration_date"],
            "removed": False,
            "type": "regular document",
            "recipient_count": len(people),
            "signed_count": sum(1 for one in people if one["has_completed"]),
            "tags": document["tags"],
        },
    }


HANDLERS: Handlers = {
    "createExportDocxTask": create_export_docx_task,
    "getDocxExportTask": get_docx_export_task,
    "getDocumentSummary": get_document_summary,
    "getDocumentContent": get_document_content,
    "getDocumentAiMetadata": get_document_ai_metadata,
    "batchGetDocumentAiMetadata": batch_get_document_ai_metadata,
    "searchDocumentsAi": search_documents_ai,
}
"""Handlers by `operationId`."""
