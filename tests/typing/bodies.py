"""What type checkers make of the bodies of requests: dicts, models, and both within each other; see ``usage``."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

from pandadoc_client import PandaDoc
from pandadoc_client.models import (
    CreateDocumentRecipient,
    DocumentCreateRequest,
    DocumentSendRequest,
    PricingTableRequest,
    WebhookSubscriptionCreateRequest,
)
from pandadoc_client.types import CreateDocumentRecipientDict, DocumentCreateRequestDict


def right(pd: PandaDoc) -> None:
    ada = CreateDocumentRecipient(email="ada@example.com", role="Client")
    mei: CreateDocumentRecipientDict = {"email": "mei@example.com", "role": "Client"}
    body: DocumentCreateRequestDict = {"name": "n", "template_uuid": "t", "recipients": [ada, mei]}
    pd.documents.create_document(body)
    pd.documents.create_document({**body, "tags": ("a", "b"), "metadata": {"total": Decimal(1)}})
    pd.documents.create_document(DocumentCreateRequest(name="n", recipients=[{"email": "a@example.com"}, ada]))
    pd.documents.create_document(DocumentCreateRequest(name="n", recipients=(ada,)))
    models: list[CreateDocumentRecipient] = [ada]
    dicts: list[CreateDocumentRecipientDict] = [mei]
    pd.documents.create_document({"name": "n", "recipients": models})
    pd.documents.create_document({"name": "n", "recipients": dicts})
    pd.documents.send_document("id", {"subject": "s", "silent": True})
    pd.documents.list_documents(created_from=datetime(2026, 1, 1, tzinfo=UTC), metadata=("a=b",))
    pd.webhook_subscriptions.create_webhook_subscription(
        WebhookSubscriptionCreateRequest("n", "https://example.com", ["document_state_changed"])
    )


def misspelt(pd: PandaDoc) -> None:
    pd.documents.create_document({"template_uid": "t"})  # type: ignore[arg-type]  # pyright: ignore
    pd.documents.send_document("id", {"subjekt": "s"})  # type: ignore[arg-type]  # pyright: ignore
    DocumentSendRequest(subjekt="s")  # type: ignore[call-arg]  # pyright: ignore
    DocumentCreateRequest(recipients=[{"emial": "a"}])  # type: ignore[list-item]  # pyright: ignore
    PricingTableRequest(nam="n")  # type: ignore[call-arg]  # pyright: ignore
    pd.documents.create_and_send({"template_uid": "t"})  # type: ignore[arg-type]  # pyright: ignore
    pd.documents.send_when_ready("id", {"subjekt": "s"})  # type: ignore[arg-type]  # pyright: ignore
    pd.documents.send_when_ready("id", timeot=5)  # type: ignore[call-arg]  # pyright: ignore
    pd.documents.save_document("id", "a.pdf", watermark="x")  # type: ignore[call-arg]  # pyright: ignore


def wrongly_typed(pd: PandaDoc) -> None:
    pd.documents.create_document({"recipients": "nobody"})  # type: ignore[arg-type]  # pyright: ignore
    pd.documents.create_document({"name": 5})  # type: ignore[arg-type]  # pyright: ignore
    pd.documents.send_document("id", {"silent": "yes"})  # type: ignore[arg-type]  # pyright: ignore
    pd.documents.list_documents(order_by="colour")  # type: ignore[arg-type]  # pyright: ignore
    DocumentSendRequest(silent="yes")  # type: ignore[arg-type]  # pyright: ignore
