"""Files: downloads, and attachments byte for byte."""

from __future__ import annotations

import math
import mimetypes
from urllib.parse import quote, unquote, urlsplit

from ...contract.multipart import FilePart
from ...contract.pdf import make_pdf
from ...contract.requests import ValidRequest
from .. import documents, views
from ..recipients import is_signer
from ..records import Record
from ..refusal import invalid, not_found
from ..reply import EMPTY, Handlers, Reply
from ..world import World

__all__ = ["HANDLERS"]

_RETRY = 1


def download_document(world: World, call: ValidRequest) -> Reply:
    """As a PDF that says what the document is; 202 after its completion until it is rendered."""
    document = world.documents.edit(call.path["id"])
    if not document["rendered"]:
        return Reply(status=202, headers={"Retry-After": str(_wait(world, document))})
    documents.audit(world, document, "downloaded")
    lines = [document["name"], f"Status: {document['status']}", f"Reference: {document['ref_number']}"]
    if call.query.get("watermark_text"):
        lines.append(f"Watermark: {call.query['watermark_text']}")
    for recipient in document["recipients"]:
        person = recipient.get("name") or f"{recipient.get('first_name') or ''} {recipient.get('last_name') or ''}"
        action = f"signed {recipient['signature_date']}" if recipient["signature_date"] else "has not signed"
        address = recipient["email"] or recipient.get("phone") or "group"
        lines.append(f"{person.strip()} <{address}>{f': {action}' if is_signer(recipient) else ''}")
    for field in document["fields"]:
        if isinstance(field["value"], str) and field["value"]:
            lines.append(f"{field['field_id']}: {field['value']}")
    disposition = _disposition(f"{document['name']}.pdf")
    return Reply(content=make_pdf(lines), headers={"Content-Disposition": disposition})


def _wait(world: World, document: Record) -> int:
    """Return the seconds until a document is rendered, rounded up."""
    due = [one["at"] for one in world["due"] if one["what"] == "document.rendered" and one["target"] == document["id"]]
    return max(_RETRY, math.ceil(min(due, default=0.0) - world.clock.look()))


def _disposition(name: str) -> str:
    """Return a `Content-Disposition` (RFC 6266), the name in ASCII and, where that loses something, in UTF-8."""
    plain = "".join(letter if letter.isascii() and letter.isprintable() else "_" for letter in name)
    text = f'attachment; filename="{plain.replace(chr(92), "_").replace(chr(34), "_")}"'
    return text if plain == name else f"{text}; filename*=UTF-8''{quote(name, safe='')}"


def list_document_attachments(world: World, call: ValidRequest) -> Reply:
    """All of them."""
    return Reply([views.attachment(world, one) for one in world.documents.read(call.path["id"])["attachments"]])


def create_document_attachment(world: World, call: ValidRequest) -> Reply:
    """From a file, or from a URL, which is not fetched: the file then says where it would come from."""
    document = world.documents.edit(call.path["id"])
    body: Record = call.body or {}
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
        "uuid": world.new_uuid(),
        "created": world.now(),
        "owner": document["owner"],
        "name": given or sent or "attachment",
        "type": kind or mimetypes.guess_type(sent)[0] or "application/octet-stream",
    }
    world["files"].put_bytes(record["uuid"], content)
    document["attachments"].append(record)
    document["date_modified"] = world.stamp()
    return Reply(views.attachment(world, record))


def details_document_attachment(world: World, call: ValidRequest) -> Reply:
    """Without its file."""
    return Reply(views.attachment(world, _attachment(world, call)))


def delete_document_attachment(world: World, call: ValidRequest) -> Reply:
    """With its file."""
    record = _attachment(world, call)
    world.documents.edit(call.path["id"])["attachments"].remove(record)
    world["files"].remove(record["uuid"])
    return EMPTY


def download_document_attachment(world: World, call: ValidRequest) -> Reply:
    """The bytes that were sent."""
    record = _attachment(world, call)
    content = world["files"].get_bytes(record["uuid"])
    kind = record["type"] if record["type"].startswith("application/") else "application/octet-stream"
    return Reply(content=content, media_type=kind, headers={"Content-Disposition": _disposition(record["name"])})


def _attachment(world: World, call: ValidRequest) -> Record:
    for record in world.documents.read(call.path["id"])["attachments"]:
        if record["uuid"] == call.path["attachment_id"]:
            found: Record = record
            return found
    raise not_found("attachment")


HANDLERS: Handlers = {
    "downloadDocument": download_document,
    "downloadProtectedDocument": download_document,
    "listDocumentAttachments": list_document_attachments,
    "createDocumentAttachment": create_document_attachment,
    "createDocumentAttachmentFromFileUpload": create_document_attachment,
    "detailsDocumentAttachment": details_document_attachment,
    "deleteDocumentAttachment": delete_document_attachment,
    "downloadDocumentAttachment": download_document_attachment,
}
"""Handlers by `operationId`."""
