"""What type checkers know of webhook events; the lines with a comment for checkers are mistakes that they must find."""

from __future__ import annotations

from typing import Any, assert_type

from pandadoc_client import webhooks
from pandadoc_client.webhooks import Trigger


def by_class(event: webhooks.AnyEvent) -> None:
    match event:
        case webhooks.RecipientCompleted(data=data):
            assert_type(data.action_by, webhooks.EventRecipient | None)
            assert_type(data.recipients, list[webhooks.EventRecipient])
            assert_type(data.status, str | None)
        case webhooks.DocumentCreationFailed() | webhooks.ContentLibraryItemCreationFailed():
            assert_type(event.data, webhooks.CreationFailedData)
        case webhooks.UnknownEvent():
            assert_type(event.event, str | None)
        case _:
            assert_type(event.data["id"], Any)


def by_trigger(event: webhooks.AnyEvent) -> None:
    match event.trigger:
        case Trigger.DOCUMENT_STATE_CHANGED:
            assert_type(event, webhooks.DocumentStateChanged)
            assert_type(event.data.grand_total, webhooks.Money | None)
            event.data.recipient  # type: ignore[attr-defined]  # noqa: B018  # pyright: ignore
        case Trigger.QUOTE_UPDATED:
            assert_type(event.data, webhooks.QuoteData)
            event.data.status  # type: ignore[attr-defined]  # noqa: B018  # pyright: ignore
        case _:
            pass
    if event.trigger is Trigger.DOCUMENT_SECTION_ADDED:
        assert_type(event.data.document, webhooks.EventData | None)


def by_text(event: webhooks.AnyEvent) -> None:
    match event.event:
        case "document_completed_pdf_ready":
            assert_type(event, webhooks.DocumentCompletedPdfReady | webhooks.UnknownEvent)
            assert_type(event.data.folder_uuid, str | Any | None)
            event.data.folder  # type: ignore[union-attr]  # noqa: B018  # pyright: ignore
        case _:
            pass


def as_before(event: webhooks.WebhookEvent, delivery: webhooks.Delivery) -> None:
    assert_type(event.data, dict[str, Any])
    assert_type(event.trigger, Trigger | None)
    assert_type(event.event, str | None)
    handled: list[webhooks.WebhookEvent] = list(delivery)
    assert_type(handled[0].data["id"], Any)
    event.data = {}  # type: ignore[misc]  # pyright: ignore
