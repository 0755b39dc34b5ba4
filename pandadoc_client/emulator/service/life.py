"""What happens by itself when its time has come."""

from __future__ import annotations

from collections.abc import Callable

from . import views
from .clock import parse_time
from .documents import OPEN_STATUSES, set_status
from .records import Record
from .webhooks import emit, tell
from .world import World

__all__ = ["ACTIONS", "catch_up"]


def _document_ready(world: World, document_id: str) -> None:
    if _status(world, document_id) == "document.uploaded":
        set_status(world, document_id, "document.draft")


def _document_failed(world: World, document_id: str) -> None:
    if _status(world, document_id) != "document.uploaded":
        return
    # One event, not two: its trigger says more than a change of the status would.
    document = world.documents.edit(document_id)
    now = world.stamp()
    document.update(status="document.error", date_modified=now, date_status_changed=now)
    error = {"type": "creation_failed", "detail": document["info_message"]}
    data = {"id": document_id, "name": document["name"], "status": "document.error", "error": error}
    tell(world, "document_creation_failed", data)


def _document_rendered(world: World, document_id: str) -> None:
    if _status(world, document_id) not in ("document.completed", "document.paid"):
        return
    document = world.documents.edit(document_id)
    if not document["rendered"]:
        document["rendered"] = True
        emit(world, "document_completed_pdf_ready", lambda parts: views.document_data(world, document, parts))


def _document_expired(world: World, document_id: str) -> None:
    document = world.documents.get(document_id)
    if document is None or document["deleted"] or document["status"] not in OPEN_STATUSES:
        return
    # It may have been taken back and sent again since this was planned.
    if document["expiration_date"] and parse_time(document["expiration_date"]) <= world.now():
        set_status(world, document_id, "document.voided", "The document has expired.")


def _section_ready(world: World, target: str) -> None:
    document_id, _, upload_id = target.partition("/")
    if document_id not in world.documents:
        return
    document = world.documents.edit(document_id)
    for upload in document["uploads"]:
        if upload["uuid"] == upload_id and upload["status"] == "document_sections_upload.UPLOADED":
            now = world.stamp()
            section = {"uuid": world.new_id(), "name": upload["name"]}
            document["sections"].append(section)
            upload.update(status="document_sections_upload.PROCESSED", date_modified=now, date_completed=now)
            upload["sections_uuids"].append(section["uuid"])
            data = {"id": section["uuid"], "name": section["name"], "document": {"id": document_id}}
            tell(world, "document_section_added", data)


def _template_ready(world: World, template_id: str) -> None:
    template = world.templates.get(template_id)
    if template is not None and template["status"] == "template.UPLOADED":
        template = world.templates.edit(template_id)
        template["status"] = "template.PROCESSED"
        data = {"id": template_id, "name": template["name"]}
        tell(world, "template_created", data)


def _item_ready(world: World, item_id: str) -> None:
    item = world["library"].get(item_id)
    if item is not None and item["status"] == "cli.UPLOADED":
        item = world["library"].edit(item_id)
        item["status"] = "cli.PROCESSED"
        data = {"id": item_id, "name": item["name"]}
        tell(world, "content_library_item_created", data)


def _export_ready(world: World, task_id: str) -> None:
    if task_id in world["exports"]:
        world["exports"].edit(task_id)["status"] = "done"


ACTIONS: dict[str, Callable[[World, str], None]] = {
    "document.ready": _document_ready,
    "document.failed": _document_failed,
    "document.rendered": _document_rendered,
    "document.expired": _document_expired,
    "section.ready": _section_ready,
    "template.ready": _template_ready,
    "item.ready": _item_ready,
    "export.ready": _export_ready,
}
"""What `World.schedule` can be told to have done."""


def catch_up(world: World) -> bool:
    """Do whatever is due, the earliest first; return whether anything was."""
    done = False
    while (due := world.next_due()) is not None and due["at"] <= world.clock.look():
        world["due"].remove(due["id"])
        ACTIONS[due["what"]](world, due["target"])
        done = True
    return done


def _status(world: World, document_id: str) -> str | None:
    document: Record | None = world.documents.get(document_id)
    return None if document is None or document["deleted"] else document["status"]
