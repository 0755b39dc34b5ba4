"""Folders of documents and of templates: records to the JSON of the contract."""

from __future__ import annotations

from ..records import Record

__all__ = ["folder"]


def folder(folder: Record) -> Record:
    return {"uuid": folder["id"], "name": folder["name"], "date_created": folder["date_created"]}
