"""The attachments of a document: records to the JSON of the contract."""

from __future__ import annotations

from ..backend import Backend
from ..clock import stamp
from ..records import Record

__all__ = ["attachment"]


def attachment(backend: Backend, record: Record) -> Record:
    """Return an attachment without its file."""
    return {
        "uuid": record["uuid"],
        "date_created": stamp(record["created"]),
        "created_by": backend.person(record["owner"]),
        "name": record["name"],
    }
