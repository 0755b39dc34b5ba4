"""From calls to replies, one module for each part of the API; `HANDLERS` has them all by `operationId`."""

from __future__ import annotations

from ..reply import Handlers
from . import (
    beta,
    catalog,
    contacts,
    content,
    creation,
    documents,
    files,
    folders,
    library,
    people,
    recipients,
    sections,
    subscriptions,
    templates,
)

__all__ = ["HANDLERS"]

HANDLERS: Handlers = {
    **beta.HANDLERS,
    **catalog.HANDLERS,
    **contacts.HANDLERS,
    **content.HANDLERS,
    **creation.HANDLERS,
    **documents.HANDLERS,
    **files.HANDLERS,
    **folders.HANDLERS,
    **library.HANDLERS,
    **people.HANDLERS,
    **recipients.HANDLERS,
    **sections.HANDLERS,
    **subscriptions.HANDLERS,
    **templates.HANDLERS,
}
"""Every handler, by `operationId`."""
