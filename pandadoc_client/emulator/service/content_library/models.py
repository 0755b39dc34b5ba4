"""Content library items: what they are and how they change."""

from __future__ import annotations

from typing import Any

from ..backend import MEMBERSHIP_ID, Backend
from ..records import Record

__all__ = ["make_item"]


def make_item(backend: Backend, name: str, **content: Any) -> Record:
    """Add a content library item, which is not processed yet.

    Args:
        backend: The backend.
        name: Its name.
        **content: Whatever else differs from an empty item.
    """
    now = backend.stamp()
    return backend["library"].add(
        {
            "id": backend.new_id(),
            "name": name,
            "status": "cli.UPLOADED",
            "date_created": now,
            "date_modified": now,
            "content_date_modified": now,
            "version": "2",
            "owner": MEMBERSHIP_ID,
            "folder_uuid": None,
            "metadata": {},
            "tokens": [],
            "tags": [],
            "fields": [],
            "roles": [],
            "pricing_tables": [],
            "quotes": [],
            "tables": [],
            "images": [],
            "texts": [],
            "deleted": False,
            **content,
        }
    )
