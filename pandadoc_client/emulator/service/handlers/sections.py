"""The sections of a document, and items of the content library in it."""

from __future__ import annotations

from copy import deepcopy

from ...contract.requests import ValidRequest
from ..recipients import add_recipients
from ..records import Record
from ..refusal import Refusal, invalid, not_found
from ..reply import EMPTY, Handlers, Reply
from ..world import World

__all__ = ["HANDLERS"]


def list_sections(world: World, call: ValidRequest) -> Reply:
    """All of them."""
    sections = world.documents.read(call.path["document_id"])["sections"]
    return Reply({"results": [{"uuid": one["uuid"], "name": one["name"]} for one in sections]})


def upload_section(world: World, call: ValidRequest) -> Reply:
    """There after `processing_delay` seconds."""
    document = world.documents.edit(call.path["document_id"])
    body: Record = call.body or {}
    data: Record = (body.get("data") or {}) if "file" in body or "data" in body else body
    if document["status"] != "document.draft":
        raise Refusal(400, f"Only a draft gets sections; the document is {document['status']}.")
    template = None
    if "template_uuid" in data:
        template = world.templates.get(data["template_uuid"])
        if template is None or template["deleted"]:
            raise invalid("template_uuid", "There is no such template.")
    known = {recipient["email"] for recipient in document["recipients"]}
    wanted = [one for one in data.get("recipients") or () if one.get("email") not in known]
    document["recipients"].extend(add_recipients(world, wanted))
    now = world.stamp()
    upload = {
        "uuid": world.new_id(),
        "name": data.get("name") or (template["name"] if template else "Section"),
        "document_uuid": document["id"],
        "status": "document_sections_upload.UPLOADED",
        "date_created": now,
        "date_modified": now,
        "date_completed": None,
        "sections_uuids": [],
    }
    document["uploads"].append(upload)
    world.schedule(world.options.processing_delay, "section.ready", f"{document['id']}/{upload['uuid']}")
    shown = {name: value for name, value in upload.items() if name != "sections_uuids"}
    return Reply({**shown, "info_message": "The section is being processed."})


def section_details(world: World, call: ValidRequest) -> Reply:
    """How far an upload is."""
    for upload in world.documents.read(call.path["document_id"])["uploads"]:
        if upload["uuid"] == call.path["upload_id"]:
            return Reply({name: value for name, value in upload.items() if name != "date_completed"})
    raise not_found("upload")


def section_info(world: World, call: ValidRequest) -> Reply:
    """One of them."""
    section = _section(world, call)
    return Reply({"uuid": section["uuid"], "name": section["name"], "document_uuid": call.path["document_id"]})


def delete_section(world: World, call: ValidRequest) -> Reply:
    """One of them."""
    section = _section(world, call)
    world.documents.edit(call.path["document_id"])["sections"].remove(section)
    return EMPTY


def _section(world: World, call: ValidRequest) -> Record:
    for section in world.documents.read(call.path["document_id"])["sections"]:
        if section["uuid"] == call.path["section_id"]:
            found: Record = section
            return found
    raise not_found("section")


def append_content_library_item_to_document(world: World, call: ValidRequest) -> Reply:
    """Its blocks are renamed where the document has blocks of their names."""
    document = world.documents.edit(call.path["id"])
    wanted: Record = call.body.get("cli") or {}
    item = world["library"].get(wanted.get("id", ""))
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
    document["date_modified"] = document["content_date_modified"] = world.stamp()
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
"""Handlers by `operationId`."""
