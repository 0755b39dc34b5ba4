"""Summaries, content, AI metadata and search: requests to replies."""

from __future__ import annotations

from ...contract.requests import ValidRequest
from ..backend import Backend
from ..documents import models as documents
from ..listing import matches_text
from ..records import Record
from ..refusal import Refusal
from ..reply import Handlers, Reply
from . import serializers

__all__ = ["HANDLERS"]


_RETRY = {"Retry-After": "1"}


def get_document_summary(backend: Backend, request: ValidRequest) -> Reply:
    """One sentence; 202 until the document is processed."""
    document = backend.documents.read(request.path["document_id"])
    if document["status"] == "document.uploaded":
        return Reply(status=202, headers=_RETRY)
    people = len(document["recipients"])
    summary = f"{document['name']}, {document['status'].removeprefix('document.')}, with {people} recipients."
    return Reply({"type": request.query["type"], "summary": summary}, headers=serializers.tag(document))


def get_document_content(backend: Backend, request: ValidRequest) -> Reply:
    """Name, fields and tokens; 202 until the document is processed."""
    document = backend.documents.read(request.path["document_id"])
    if document["status"] == "document.uploaded":
        return Reply(status=202, headers=_RETRY)
    markdown = request.query["format"] == "markdown"
    lines = [f"# {document['name']}" if markdown else document["name"], ""]
    for item in document["tokens"]:
        lines.append(f"{'- ' if markdown else ''}{item['name']}: {item['value']}")
    for field in document["fields"]:
        lines.append(f"{'- ' if markdown else ''}{field['field_id']}: {field['value'] or ''}")
    return Reply({"format": request.query["format"], "content": "\n".join(lines)}, headers=serializers.tag(document))


def get_document_ai_metadata(backend: Backend, request: ValidRequest) -> Reply:
    """The tokens of the document, as if they had been read from it."""
    document = backend.documents.read(request.path["document_id"])
    if document["status"] == "document.uploaded":
        body = {"code": "extraction_pending", "description": "The extraction is running."}
        return Reply(body, status=202, headers=_RETRY)
    if document["status"] == "document.error":
        body = {"code": "not_started", "description": "The extraction was not started."}
        raise Refusal(409, body["description"], body=body)
    found = serializers.metadata(document)
    start = request.query.get("offset", 0)
    return Reply({"count": len(found), "results": found[start : start + request.query.get("limit", 100)]})


def batch_get_document_ai_metadata(backend: Backend, request: ValidRequest) -> Reply:
    """A status for each document."""
    keys: set[str] = set(request.body.get("field_keys") or ())
    results = [_batch_result(backend, document_id, keys) for document_id in request.body["document_ids"]]
    return Reply({"count": len(results), "results": results})


def _batch_result(backend: Backend, document_id: str, keys: set[str]) -> Record:
    document = backend.documents.get(document_id)
    result: Record = {"document_id": document_id}
    if document is None or document["deleted"]:
        return {**result, "status": "not_found", "description": "There is no such document."}
    if document["status"] == "document.uploaded":
        pending = {"retry_after": 1, "description": "The extraction is running."}
        return {**result, "status": "extraction_pending", **pending}
    if document["status"] == "document.error":
        return {**result, "status": "extraction_not_started", "description": "The extraction was not started."}
    found = [one for one in serializers.metadata(document) if not keys or one["key"] in keys]
    return {**result, "status": "ok", "ai_metadata": {"count": len(found), "results": found}}


def search_documents_ai(backend: Backend, request: ValidRequest) -> Reply:
    """Whatever has a word of the question in its name, its status or among its recipients."""
    words = [word for word in request.query["q"].casefold().split() if len(word) > 2]
    intent: list[Record] = []
    for status in documents.STATUSES:
        if status.removeprefix("document.") in words:
            intent.append({"field": "status", "value": status})
            words.remove(status.removeprefix("document."))
    wanted = {item["value"] for item in intent}
    found = [
        document
        for document in backend.documents
        if not document["deleted"]
        and (not wanted or document["status"] in wanted)
        and (not words or any(matches_text(word, document["name"], *serializers.addresses(document)) for word in words))
    ]
    if wanted and not found:
        found = [one for one in backend.documents if not one["deleted"] and one["status"] in wanted]
    return Reply(
        {
            "results": [serializers.search_hit(backend, document) for document in found[:20]],
            "count": len(found),
            "suggestions": [],
            "message": f"{len(found)} documents were found.",
            "intent": intent,
        }
    )


HANDLERS: Handlers = {
    "getDocumentSummary": get_document_summary,
    "getDocumentContent": get_document_content,
    "getDocumentAiMetadata": get_document_ai_metadata,
    "batchGetDocumentAiMetadata": batch_get_document_ai_metadata,
    "searchDocumentsAi": search_documents_ai,
}
