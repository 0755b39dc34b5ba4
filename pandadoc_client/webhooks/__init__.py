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

from pandadoc_client.webhooks._deduplication import EventDeduplicator as EventDeduplicator
from pandadoc_client.webhooks._errors import WebhookDecodeError as WebhookDecodeError
from pandadoc_client.webhooks._errors import WebhookError as WebhookError
from pandadoc_client.webhooks._errors import WebhookInProgressError as WebhookInProgressError
from pandadoc_client.webhooks._errors import WebhookSignatureError as WebhookSignatureError
from pandadoc_client.webhooks._events import Delivery as Delivery
from pandadoc_client.webhooks._events import Trigger as Trigger
from pandadoc_client.webhooks._events import WebhookEvent as WebhookEvent
from pandadoc_client.webhooks._events import parse as parse
from pandadoc_client.webhooks._signature import sign as sign
from pandadoc_client.webhooks._signature import verify as verify

__all__ = [
    "Delivery",
    "EventDeduplicator",
    "Trigger",
    "WebhookDecodeError",
    "WebhookError",
    "WebhookEvent",
    "WebhookInProgressError",
    "WebhookSignatureError",
    "parse",
    "sign",
    "verify",
]
