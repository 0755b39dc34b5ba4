"""Content library items: requests to replies."""

from __future__ import annotations

from ...contract.multipart import FilePart
from ...contract.requests import ValidRequest
from ..backend import Backend
from ..listing import matches_text, newest_first, page
from ..quotes import models as quotes
from ..records import Record
from ..reply import Handlers, Reply
from . import models, serializers

__all__ = ["HANDLERS"]


def list_content_library_items(backend: Backend, request: ValidRequest) -> Reply:
    """By whatever the query says."""
    query = request.query
    found = [
        item
        for item in newest_first(backend["library"])
        if item["deleted"] == query.get("deleted", False)
        and query.get("id", item["id"]) == item["id"]
        and query.get("folder_uuid", item["folder_uuid"]) == item["folder_uuid"]
        and ("tag" not in query or query["tag"] in item["tags"])
        and matches_text(query.get("q"), item["name"])
    ]
    return Reply({"results": [serializers.list_item(item) for item in page(found, query)]})


def create_content_library_item(backend: Backend, request: ValidRequest) -> Reply:
    """Ready after `processing_delay` seconds."""
    body: Record = request.body or {}
    file = body.get("file")
    data: Record = (body.get("data") or {}) if "file" in body or "data" in body else body
    name = data.get("name") or (file.filename if isinstance(file, FilePart) else "Content library item")
    item = models.make_item(backend, name)
    backend.schedule(backend.options.processing_delay, "item.ready", item["id"])
    return Reply({**serializers.list_item(item), "status": item["status"]})


def status_content_library_item(backend: Backend, request: ValidRequest) -> Reply:
    """In short form."""
    item = backend["library"].read(request.path["id"])
    return Reply({**serializers.list_item(item), "status": item["status"]})


def details_content_library_item(backend: Backend, request: ValidRequest) -> Reply:
    """All of it."""
    item = backend["library"].read(request.path["id"])
    names = ("content_date_modified", "metadata", "tokens", "fields", "tags", "roles", "images")
    return Reply(
        {
            **serializers.list_item(item),
            **{name: item[name] for name in names},
            "created_by": backend.person(item["owner"]),
            "pricing": quotes.pricing(item),
            "content_placeholders": [],
            "tables": item["tables"],
        }
    )


HANDLERS: Handlers = {
    "listContentLibraryItems": list_content_library_items,
    "createContentLibraryItem": create_content_library_item,
    "createContentLibraryItemFromUpload": create_content_library_item,
    "statusContentLibraryItem": status_content_library_item,
    "detailsContentLibraryItem": details_content_library_item,
}
