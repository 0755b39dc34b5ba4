"""What happens by itself when its time has come."""

from __future__ import annotations

from collections.abc import Callable

from .backend import Backend
from .clock import parse_time
from .documents.models import OPEN_STATUSES, set_status
from .records import Record
from .webhooks import events
from .webhooks.models import emit, tell

__all__ = ["ACTIONS", "run_due"]


def _document_ready(backend: Backend, document_id: str) -> None:
    if _status(backend, document_id) == "document.uploaded":
        set_status(backend, document_id, "document.draft")


def _document_failed(backend: Backend, document_id: str) -> None:
    if _status(backend, document_id) != "document.uploaded":
        return
    # One event, not two: its trigger says more than a change of the status would.
    document = backend.documents.edit(document_id)
    now = backend.stamp()
    document.update(status="document.error", date_modified=now, date_status_changed=now)
    failed = events.creation_failed(document, document["info_message"], status="document.error")
    tell(backend, "document_creation_failed", failed)


def _document_rendered(backend: Backend, document_id: str) -> None:
    if _status(backend, document_id) not in ("document.completed", "document.paid"):
        return
    document = backend.documents.edit(document_id)
    if not document["rendered"]:
        document["rendered"] = True
        emit(backend, "document_completed_pdf_ready", events.of_document(backend, document))


def _document_expired(backend: Backend, document_id: str) -> None:
    document = backend.documents.get(document_id)
    if document is None or document["deleted"] or document["status"] not in OPEN_STATUSES:
        return
    # It may have been taken back and sent again since this was planned.
    if document["expiration_date"] and parse_time(document["expiration_date"]) <= backend.now():
        set_status(backend, document_id, "document.voided", "The document has expired.")


def _section_ready(backend: Backend, target: str) -> None:
    document_id, _, upload_id = target.partition("/")
    if document_id not in backend.documents:
        return
    document = backend.documents.edit(document_id)
    for upload in document["uploads"]:
        if upload["uuid"] == upload_id and upload["status"] == "document_sections_upload.UPLOADED":
            now = backend.stamp()
            section = {"uuid": backend.new_id(), "name": upload["name"]}
            document["sections"].append(section)
            upload.update(status="document_sections_upload.PROCESSED", date_modified=now, date_completed=now)
            upload["sections_uuids"].append(section["uuid"])
            tell(backend, "document_section_added", events.section_added(document, section))


def _template_ready(backend: Backend, template_id: str) -> None:
    template = backend.templates.get(template_id)
    if template is not None and template["status"] == "template.UPLOADED":
        template = backend.templates.edit(template_id)
        template["status"] = "template.PROCESSED"
        tell(backend, "template_created", events.named(template))


def _item_ready(backend: Backend, item_id: str) -> None:
    item = backend["library"].get(item_id)
    if item is not None and item["status"] == "cli.UPLOADED":
        item = backend["library"].edit(item_id)
        item["status"] = "cli.PROCESSED"
        tell(backend, "content_library_item_created", events.named(item))


def _export_ready(backend: Backend, task_id: str) -> None:
    if task_id in backend["exports"]:
        backend["exports"].edit(task_id)["status"] = "done"


ACTIONS: dict[str, Callable[[Backend, str], None]] = {
    "document.ready": _document_ready,
    "document.failed": _document_failed,
    "document.rendered": _document_rendered,
    "document.expired": _document_expired,
    "section.ready": _section_ready,
    "template.ready": _template_ready,
    "item.ready": _item_ready,
    "export.ready": _export_ready,
}
"""What `Backend.schedule` can be told to have done."""


def run_due(backend: Backend) -> bool:
    """Do whatever is due, the earliest first; return whether anything was."""
    done = False
    while (due := backend.next_due()) is not None and due["at"] <= backend.clock.look():
        backend["due"].remove(due["id"])
        ACTIONS[due["what"]](backend, due["target"])
        done = True
    return done


def _status(backend: Backend, document_id: str) -> str | None:
    document: Record | None = backend.documents.get(document_id)
    return None if document is None or document["deleted"] else document["status"]
