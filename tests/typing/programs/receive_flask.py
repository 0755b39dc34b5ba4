"""Receive webhooks with Flask, each once."""

from __future__ import annotations

import os

from flask import Flask, request

from pandadoc_client import webhooks

app = Flask(__name__)
handled: list[tuple[str | None, str | None]] = []


@app.post("/pandadoc/webhook")
def receive() -> tuple[str, int]:
    key = os.environ["PANDADOC_WEBHOOK_KEY"]
    delivery = webhooks.parse(request.get_data(), request.args.get("signature"), key, headers=request.headers)
    with (
        webhooks.EventDeduplicator(os.environ["WEBHOOK_STORE"]) as deduplicator,
        deduplicator.once(delivery.id) as first,
    ):
        if first:
            handled.extend((event.event, event.document_id) for event in delivery)
    return "", 204


@app.errorhandler(webhooks.WebhookError)
def refuse(error: webhooks.WebhookError) -> tuple[str, int]:
    return str(error), error.answer
