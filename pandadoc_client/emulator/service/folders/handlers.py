"""Folders of documents and of templates: requests to replies."""

from __future__ import annotations

from ...contract.requests import ValidRequest
from ..backend import Backend
from ..listing import newest_first, page
from ..refusal import invalid
from ..reply import Handler, Handlers, Reply
from . import serializers

__all__ = ["HANDLERS"]


def _lister(folders: str, contents: str) -> Handler:
    def list_folders(backend: Backend, request: ValidRequest) -> Reply:
        parent = request.query.get("parent_uuid") or None
        found = [folder for folder in newest_first(backend[folders]) if folder["parent"] == parent]
        parents = {folder["parent"] for folder in backend[folders]}
        filled = {record["folder_uuid"] for record in backend[contents] if not record["deleted"]}
        shown = [
            {**serializers.folder(folder), "has_folders": folder["id"] in parents, "has_items": folder["id"] in filled}
            for folder in page(found, request.query)
        ]
        return Reply({"results": shown})

    return list_folders


def _creator(folders: str) -> Handler:
    def create_folder(backend: Backend, request: ValidRequest) -> Reply:
        parent = request.body.get("parent_uuid") or None
        if parent and parent not in backend[folders]:
            raise invalid("parent_uuid", "There is no such folder.")
        folder = {
            "id": backend.new_id(),
            "name": request.body["name"],
            "date_created": backend.stamp(),
            "parent": parent,
        }
        return Reply(serializers.folder(backend[folders].add(folder)))

    return create_folder


def _renamer(folders: str) -> Handler:
    def rename_folder(backend: Backend, request: ValidRequest) -> Reply:
        folder = backend[folders].edit(request.path["id"])
        folder["name"] = request.body["name"]
        return Reply(serializers.folder(folder))

    return rename_folder


HANDLERS: Handlers = {
    "listDocumentFolders": _lister("document_folders", "documents"),
    "createDocumentFolder": _creator("document_folders"),
    "renameDocumentFolder": _renamer("document_folders"),
    "listTemplateFolders": _lister("template_folders", "templates"),
    "createTemplateFolder": _creator("template_folders"),
    "renameTemplateFolder": _renamer("template_folders"),
}
