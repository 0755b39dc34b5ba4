"""Folders for documents and folders for templates."""

from __future__ import annotations

from ...contract.requests import ValidRequest
from ..listing import page
from ..records import Record
from ..refusal import invalid
from ..reply import Handler, Handlers, Reply
from ..world import World

__all__ = ["HANDLERS"]


def _lister(folders: str, contents: str) -> Handler:
    def list_folders(world: World, call: ValidRequest) -> Reply:
        parent = call.query.get("parent_uuid") or None
        found = [folder for folder in world[folders] if folder["parent"] == parent]
        parents = {folder["parent"] for folder in world[folders]}
        filled = {record["folder_uuid"] for record in world[contents] if not record["deleted"]}
        shown = [
            {**_shown(folder), "has_folders": folder["id"] in parents, "has_items": folder["id"] in filled}
            for folder in page(found, call.query)
        ]
        return Reply({"results": shown})

    return list_folders


def _creator(folders: str) -> Handler:
    def create_folder(world: World, call: ValidRequest) -> Reply:
        parent = call.body.get("parent_uuid") or None
        if parent and parent not in world[folders]:
            raise invalid("parent_uuid", "There is no such folder.")
        folder = {"id": world.new_id(), "name": call.body["name"], "date_created": world.stamp(), "parent": parent}
        return Reply(_shown(world[folders].add(folder)))

    return create_folder


def _renamer(folders: str) -> Handler:
    def rename_folder(world: World, call: ValidRequest) -> Reply:
        folder = world[folders].edit(call.path["id"])
        folder["name"] = call.body["name"]
        return Reply(_shown(folder))

    return rename_folder


def _shown(folder: Record) -> Record:
    return {"uuid": folder["id"], "name": folder["name"], "date_created": folder["date_created"]}


HANDLERS: Handlers = {
    "listDocumentFolders": _lister("document_folders", "documents"),
    "createDocumentFolder": _creator("document_folders"),
    "renameDocumentFolder": _renamer("document_folders"),
    "listTemplateFolders": _lister("template_folders", "templates"),
    "createTemplateFolder": _creator("template_folders"),
    "renameTemplateFolder": _renamer("template_folders"),
}
"""Handlers by `operationId`."""
