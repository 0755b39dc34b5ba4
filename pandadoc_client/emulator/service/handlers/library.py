"""The content library."""

from __future__ import annotations

from ...contract.multipart import FilePart
from ...contract.requests import ValidRequest
from .. import pricing, stock
from ..listing import matches_text, page
from ..records import Record
from ..reply import Handlers, Reply
from ..world import World

__all__ = ["HANDLERS"]


def list_content_library_items(world: World, call: ValidRequest) -> Reply:
    """By whatever the query says."""
    query = call.query
    found = [
        item
        for item in world["library"]
        if item["deleted"] == query.get("deleted", False)
        and query.get("id", item["id"]) == item["id"]
        and query.get("folder_uuid", item["folder_uuid"]) == item["folder_uuid"]
        and ("tag" not in query or query["tag"] in item["tags"])
        and matches_text(query.get("q"), item["name"])
    ]
    return Reply({"results": [_short(item) for item in page(found, query)]})


def create_content_library_item(world: World, call: ValidRequest) -> Reply:
    """Ready after `processing_delay` seconds."""
    body: Record = call.body or {}
    file = body.get("file")
    data: Record = (body.get("data") or {}) if "file" in body or "data" in body else body
    name = data.get("name") or (file.filename if isinstance(file, FilePart) else "Content library item")
    item = stock.make_item(world, name)
    world.schedule(world.options.processing_delay, "item.ready", item["id"])
    return Reply({**_short(item), "status": item["status"]})


def status_content_library_item(world: World, call: ValidRequest) -> Reply:
    """In short form."""
    item = world["library"].read(call.path["id"])
    return Reply({**_short(item), "status": item["status"]})


def details_content_library_item(world: World, call: ValidRequest) -> Reply:
    """All of it."""
    item = world["library"].read(call.path["id"])
    names = ("content_date_modified", "metadata", "tokens", "fields", "tags", "roles", "images")
    return Reply(
        {
            **_short(item),
            **{name: item[name] for name in names},
            "created_by": world.person(item["owner"]),
            "pricing": pricing.pricing(item),
            "content_placeholders": [],
            "tables": item["tables"],
        }
    )


def _short(item: Record) -> Record:
    return {name: item[name] for name in ("id", "name", "date_created", "date_modified", "version")}


HANDLERS: Handlers = {
    "listContentLibraryItems": list_content_library_items,
    "createContentLibraryItem": create_content_library_item,
    "createContentLibraryItemFromUpload": create_content_library_item,
    "statusContentLibraryItem": status_content_library_item,
    "detailsContentLibraryItem": details_content_library_item,
}
"""Handlers by `operationId`."""
