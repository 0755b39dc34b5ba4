"""The data of each event, for whoever brings it about: one shape, whether it happens or is triggered."""

from __future__ import annotations

from collections.abc import Callable, Collection

from ..backend import Backend
from ..documents import serializers as document_serializers
from ..recipients import serializers as recipient_serializers
from ..records import Record

__all__ = [
    "EventData",
    "creation_failed",
    "named",
    "of_document",
    "quote_updated",
    "recipient_completed",
    "section_added",
]

EventData = Callable[[Collection[str]], Record]
"""Makes the data, given the extra parts that a subscription asks for, such as `fields`."""


def named(item: Record) -> Record:
    """Return the data about a template, an item of the content library or a document that is deleted."""
    return {"id": item["id"], "name": item["name"]}


def creation_failed(item: Record, problem: str, **more: str) -> Record:
    """Return the data about a document or an item of the content library that could not be made."""
    return {**named(item), **more, "error": {"type": "creation_failed", "detail": problem}}


def section_added(document: Record, section: Record) -> Record:
    """Return the data about a section that a document got."""
    return {"id": section["uuid"], "name": section["name"], "document": {"id": document["id"]}}


def quote_updated(document: Record, quote: Record) -> Record:
    """Return the data about a quote of a document."""
    return {**quote, "document_id": document["id"]}


def of_document(backend: Backend, document: Record) -> EventData:
    """Return what makes the data about a document."""
    return lambda parts: document_serializers.document_data(backend, document, parts)


def recipient_completed(backend: Backend, document: Record, recipient: Record, when: str) -> EventData:
    """Return what makes the data about a recipient who has done their part."""
    return lambda parts: {
        **document_serializers.document_data(backend, document, parts),
        "action_date": when,
        "action_by": recipient_serializers.details(backend, recipient),
    }
