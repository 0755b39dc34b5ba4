"""The handler of each operation, by `operationId`, from the folders of the resources."""

from __future__ import annotations

from .attachments import handlers as attachments
from .catalog import handlers as catalog
from .contacts import handlers as contacts
from .content_library import handlers as content_library
from .documents import handlers as documents
from .exports import handlers as exports
from .fields import handlers as fields
from .folders import handlers as folders
from .insights import handlers as insights
from .linked_objects import handlers as linked_objects
from .members import handlers as members
from .notary import handlers as notary
from .quotes import handlers as quotes
from .recipients import handlers as recipients
from .reply import Handlers
from .sections import handlers as sections
from .templates import handlers as templates
from .webhooks import handlers as webhooks

__all__ = ["HANDLERS"]

_RESOURCES = (
    attachments,
    catalog,
    contacts,
    content_library,
    documents,
    exports,
    fields,
    folders,
    insights,
    linked_objects,
    members,
    notary,
    quotes,
    recipients,
    sections,
    templates,
    webhooks,
)

HANDLERS: Handlers = {name: handler for resource in _RESOURCES for name, handler in resource.HANDLERS.items()}
