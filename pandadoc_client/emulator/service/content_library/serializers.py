"""Content library items: records to the JSON of the contract."""

from __future__ import annotations

from ..records import Record

__all__ = ["list_item"]


def list_item(item: Record) -> Record:
    return {name: item[name] for name in ("id", "name", "date_created", "date_modified", "version")}
