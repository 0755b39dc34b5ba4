"""Sections (bundles) of a document: requests to replies."""

from __future__ import annotations

from copy import deepcopy

from ...contract.requests import ValidRequest
from ..backend import Backend
from ..recipients.models import add_recipients
from ..records import Record
from ..refusal import Refusal, found_in, invalid, not_found
from ..reply import EMPTY, Handlers, Reply

__all__ = ["HANDLERS"]


def list_sections(backend: Backend, request: ValidRequest) -> Reply:
    """All of them."""
    sections = backend.documents.read(request.path["document_id"])["sections"]
    return Reply({"results": [{"uuid": one["uuid"], "name": one["name"]} for one in sections]})


def upload_section(backend: Backend, request: ValidRequest) -> Reply:
    """There after `processing_delay` seconds."""
    document = backend.documents.edit(request.path["document_id"])
    body: Record = request.body or {}
    data: Record = (body.get("data") or {}) if "file" in body or "data" in body else body
    if document["status"] != "document.draft":
        raise Refusal(400, f"Only a draft gets sections; the document is {document['status']}.")
    template = None
    if "template_uuid" in data:
        template = backend.templates.get(data["template_uuid"])
        if template is None or template["deleted"]:
            raise invalid("template_uuid", "There is no such template.")
    known = {recipient["email"] for recipient in document["recipients"]}
    wanted = [one for one in data.get("recipients") or () if one.get("email") not in known]
    document["recipients"].extend(add_recipients(backend, wanted))
    now = backend.stamp()
    upload = {
        "uuid": backend.new_id(),
        "name": data.get("name") or (template["name"] if template else "Section"),
        "document_uuid": document["id"],
        "status": "document_sections_upload.UPLOADED",
        "date_created": now,
        "date_modified": now,
        "date_completed": None,
        "sections_uuids": [],
    }
    document["uploads"].append(upload)
    backend.schedule(backend.options.processing_delay, "section.ready", f"{document['id']}/{upload['uuid']}")
    shown = {name: value for name, value in upload.items() if name != "sections_uuids"}
    return Reply({**shown, "info_message": "The section is being processed."})


def section_details(backend: Backend, request: ValidRequest) -> Reply:
    """How far an upload is."""
    uploads = backend.documents.read(request.path["document_id"])["uploads"]
    upload = found_in(uploads, "uuid", request.path["upload_id"], "upload")
    return Reply({name: value for name, value in upload.items() if name != "date_completed"})


def section_info(backend: Backend, request: ValidRequest) -> Reply:
    """One of them."""
    section = _section(backend, request)
    return Reply({"uuid": section["uuid"], "name": section["name"], "document_uuid": request.path["document_id"]})


def delete_section(backend: Backend, request: ValidRequest) -> Reply:
    """One of them."""
    section = _section(backend, request)
    backend.documents.edit(request.path["document_id"])["sections"].remove(section)
    return EMPTY


def _section(backend: Backend, request: ValidRequest) -> Record:
    sections = backend.documents.read(request.path["document_id"])["sections"]
    return found_in(sections, "uuid", request.path["section_id"], "section")


def append_content_library_item_to_document(backend: Backend, request: ValidRequest) -> Reply:
    """Its blocks are renamed where the document has blocks of their names."""
    document = backend.documents.edit(request.path["id"])
    wanted: Record = request.body.get("cli") or {}
    item = backend["library"].get(wanted.get("id", ""))
    if item is None or item["deleted"]:
        raise not_found("content library item")
    mapping: Record = {"tables": [], "pricing_tables": [], "images": [], "texts": []}
    for kind, places in mapping.items():
        taken = {one["name"] for one in document[kind]}
        for block in item[kind]:
            name = block["name"]
            new = next(one for one in _names(name) if one not in taken)
            taken.add(new)
            document[kind].append({**deepcopy(block), "name": new})
            places.append({"original_name": name, "new_name": new})
    document["date_modified"] = document["content_date_modified"] = backend.stamp()
    shown = {"id": item["id"], "pages": wanted.get("pages") or [{"index": 0, "name": item["name"]}]}
    return Reply({"cli": shown, "block_mapping": mapping})


def _names(name: str) -> list[str]:
    return [name, *(f"{name}_{number}" for number in range(1, 1000))]


HANDLERS: Handlers = {
    "listSections": list_sections,
    "uploadSection": upload_section,
    "uploadSectionWithUpload": upload_section,
    "sectionDetails": section_details,
    "sectionInfo": section_info,
    "deleteSection": delete_section,
    "appendContentLibraryItemToDocument": append_content_library_item_to_document,
}
