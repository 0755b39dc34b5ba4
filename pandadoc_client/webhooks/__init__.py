"""Webhooks: is a delivery PandaDoc's, what does it say, and was it here before.

    delivery = webhooks.parse(raw_body, query["signature"], shared_key, headers=request.headers)
    with deduplicator.once(delivery.id) as first:
        if first:
            for event in delivery:
                print(event.trigger, event.document_id, event.status)

PandaDoc sends a POST with a JSON array of ``{"event": …, "data": …}``. The query parameter ``signature`` is the
hexadecimal HMAC-SHA256 (RFC 2104) of the raw body with the shared key of the subscription. A response is due within
20 seconds; otherwise the delivery comes again, with the same ``X-PandaDoc-Webhook-Event-Id``.

Importing this needs nothing but the standard library.
"""

from __future__ import annotations

from pandadoc_client.webhooks._data import CreationFailedData as CreationFailedData
from pandadoc_client.webhooks._data import DocumentData as DocumentData
from pandadoc_client.webhooks._data import EventData as EventData
from pandadoc_client.webhooks._data import EventError as EventError
from pandadoc_client.webhooks._data import EventField as EventField
from pandadoc_client.webhooks._data import EventPerson as EventPerson
from pandadoc_client.webhooks._data import EventRecipient as EventRecipient
from pandadoc_client.webhooks._data import Money as Money
from pandadoc_client.webhooks._data import QuoteData as QuoteData
from pandadoc_client.webhooks._data import RecipientCompletedData as RecipientCompletedData
from pandadoc_client.webhooks._data import SectionData as SectionData
from pandadoc_client.webhooks._deduplication import EventDeduplicator as EventDeduplicator
from pandadoc_client.webhooks._errors import WebhookDecodeError as WebhookDecodeError
from pandadoc_client.webhooks._errors import WebhookError as WebhookError
from pandadoc_client.webhooks._errors import WebhookInProgressError as WebhookInProgressError
from pandadoc_client.webhooks._errors import WebhookSignatureError as WebhookSignatureError
from pandadoc_client.webhooks._events import AnyEvent as AnyEvent
from pandadoc_client.webhooks._events import ContentLibraryItemCreated as ContentLibraryItemCreated
from pandadoc_client.webhooks._events import ContentLibraryItemCreationFailed as ContentLibraryItemCreationFailed
from pandadoc_client.webhooks._events import Delivery as Delivery
from pandadoc_client.webhooks._events import DocumentCompletedPdfReady as DocumentCompletedPdfReady
from pandadoc_client.webhooks._events import DocumentCreationFailed as DocumentCreationFailed
from pandadoc_client.webhooks._events import DocumentDeleted as DocumentDeleted
from pandadoc_client.webhooks._events import DocumentSectionAdded as DocumentSectionAdded
from pandadoc_client.webhooks._events import DocumentStateChanged as DocumentStateChanged
from pandadoc_client.webhooks._events import DocumentUpdated as DocumentUpdated
from pandadoc_client.webhooks._events import QuoteUpdated as QuoteUpdated
from pandadoc_client.webhooks._events import RecipientCompleted as RecipientCompleted
from pandadoc_client.webhooks._events import TemplateCreated as TemplateCreated
from pandadoc_client.webhooks._events import TemplateDeleted as TemplateDeleted
from pandadoc_client.webhooks._events import TemplateUpdated as TemplateUpdated
from pandadoc_client.webhooks._events import Trigger as Trigger
from pandadoc_client.webhooks._events import UnknownEvent as UnknownEvent
from pandadoc_client.webhooks._events import WebhookEvent as WebhookEvent
from pandadoc_client.webhooks._events import parse as parse
from pandadoc_client.webhooks._signature import sign as sign
from pandadoc_client.webhooks._signature import verify as verify

__all__ = [
    "AnyEvent",
    "ContentLibraryItemCreated",
    "ContentLibraryItemCreationFailed",
    "CreationFailedData",
    "Delivery",
    "DocumentCompletedPdfReady",
    "DocumentCreationFailed",
    "DocumentData",
    "DocumentDeleted",
    "DocumentSectionAdded",
    "DocumentStateChanged",
    "DocumentUpdated",
    "EventData",
    "EventDeduplicator",
    "EventError",
    "EventField",
    "EventPerson",
    "EventRecipient",
    "Money",
    "QuoteData",
    "QuoteUpdated",
    "RecipientCompleted",
    "RecipientCompletedData",
    "SectionData",
    "TemplateCreated",
    "TemplateDeleted",
    "TemplateUpdated",
    "Trigger",
    "UnknownEvent",
    "WebhookDecodeError",
    "WebhookError",
    "WebhookEvent",
    "WebhookInProgressError",
    "WebhookSignatureError",
    "parse",
    "sign",
    "verify",
]
