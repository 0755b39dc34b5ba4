"""Quotes and pricing tables: requests to replies."""

from __future__ import annotations

from ...contract.requests import ValidRequest
from ..backend import Backend
from ..refusal import not_found
from ..reply import Handlers, Reply
from ..webhooks import events
from ..webhooks.models import tell
from . import models

__all__ = ["HANDLERS"]


def quote_update(backend: Backend, request: ValidRequest) -> Reply:
    """Of a draft."""
    document = backend.documents.edit(request.path["document_id"])
    for quote in document["quotes"]:
        if quote["id"] == request.path["quote_id"]:
            models.update_quote(backend, quote, request.body)
            document["date_modified"] = document["content_date_modified"] = backend.stamp()
            tell(backend, "quote_updated", events.quote_updated(document, quote))
            return Reply(quote)
    raise not_found("quote")


HANDLERS: Handlers = {
    "quoteUpdate": quote_update,
}
