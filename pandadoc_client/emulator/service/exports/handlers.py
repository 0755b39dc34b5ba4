"""Exports of documents as DOCX: requests to replies."""

from __future__ import annotations

from ...contract.requests import ValidRequest
from ..backend import Backend
from ..records import Record
from ..refusal import not_found
from ..reply import Handlers, Reply

__all__ = ["HANDLERS"]


_RETRY = {"Retry-After": "1"}


def create_export_docx_task(backend: Backend, request: ValidRequest) -> Reply:
    """Done after `processing_delay` seconds."""
    task = {"id": backend.new_id(), "document_id": request.path["document_id"], "status": "created"}
    backend["exports"].add(task)
    backend.schedule(backend.options.processing_delay, "export.ready", task["id"])
    return Reply(dict(task))


def get_docx_export_task(backend: Backend, request: ValidRequest) -> Reply:
    """With the files once it is done."""
    task = backend["exports"].get(request.path["task_id"])
    if task is None or task["document_id"] != request.path["document_id"]:
        raise not_found("task")
    items: list[Record] = []
    if task["status"] == "done":
        sections = backend.documents.read(task["document_id"])["sections"]
        url = f"{backend.base_url()}/exports/{task['id']}"
        items = [{"section_title": one["name"], "url": f"{url}/{one['uuid']}.docx"} for one in sections]
    return Reply({**task, "docx_items": items})


HANDLERS: Handlers = {
    "createExportDocxTask": create_export_docx_task,
    "getDocxExportTask": get_docx_export_task,
}
