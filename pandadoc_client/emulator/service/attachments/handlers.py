"""The attachments of a document: requests to replies."""

from __future__ import annotations

import mimetypes
from urllib.parse import unquote, urlsplit

from ...contract.multipart import FilePart
from ...contract.pdf import make_pdf
from ...contract.requests import ValidRequest
from ..backend import Backend
from ..records import Record
from ..refusal import found_in, invalid
from ..reply import EMPTY, Handlers, Reply, content_disposition
from . import serializers

__all__ = ["HANDLERS"]


def list_document_attachments(backend: Backend, request: ValidRequest) -> Reply:
    """All of them."""
    return Reply(
        [serializers.attachment(backend, one) for one in backend.documents.read(request.path["id"])["attachments"]]
    )


def create_document_attachment(backend: Backend, request: ValidRequest) -> Reply:
    """From a file, or from a URL, which is not fetched: the file then says where it would come from."""
    document = backend.documents.edit(request.path["id"])
    body: Record = request.body or {}
    file, source = body.get("file"), body.get("source")
    if isinstance(source, bytes):
        source = source.decode("utf-8", "replace")
    if file is None and not source:
        raise invalid("source", "This field is required.")
    given = body.get("name")
    if isinstance(given, bytes):
        given = given.decode("utf-8", "replace")
    sent = file.filename if isinstance(file, FilePart) else unquote(urlsplit(source or "").path.rpartition("/")[2])
    content = bytes(file) if file is not None else make_pdf([f"The file at {source}"])
    kind = file.content_type if isinstance(file, FilePart) else "application/pdf"
    record = {
        "uuid": backend.new_uuid(),
        "created": backend.now(),
        "owner": document["owner"],
        "name": given or sent or "attachment",
        "type": kind or mimetypes.guess_type(sent)[0] or "application/octet-stream",
    }
    backend["files"].put_bytes(record["uuid"], content)
    document["attachments"].append(record)
    document["date_modified"] = backend.stamp()
    return Reply(serializers.attachment(backend, record))


def details_document_attachment(backend: Backend, request: ValidRequest) -> Reply:
    """Without its file."""
    return Reply(serializers.attachment(backend, _attachment(backend, request)))


def delete_document_attachment(backend: Backend, request: ValidRequest) -> Reply:
    """With its file."""
    record = _attachment(backend, request)
    backend.documents.edit(request.path["id"])["attachments"].remove(record)
    backend["files"].remove(record["uuid"])
    return EMPTY


def download_document_attachment(backend: Backend, request: ValidRequest) -> Reply:
    """The bytes that were sent."""
    record = _attachment(backend, request)
    content = backend["files"].get_bytes(record["uuid"])
    kind = record["type"] if record["type"].startswith("application/") else "application/octet-stream"
    return Reply(content=content, media_type=kind, headers={"Content-Disposition": content_disposition(record["name"])})


def _attachment(backend: Backend, request: ValidRequest) -> Record:
    attachments = backend.documents.read(request.path["id"])["attachments"]
    return found_in(attachments, "uuid", request.path["attachment_id"], "attachment")


HANDLERS: Handlers = {
    "listDocumentAttachments": list_document_attachments,
    "createDocumentAttachment": create_document_attachment,
    "createDocumentAttachmentFromFileUpload": create_document_attachment,
    "detailsDocumentAttachment": details_document_attachment,
    "deleteDocumentAttachment": delete_document_attachment,
    "downloadDocumentAttachment": download_document_attachment,
}
