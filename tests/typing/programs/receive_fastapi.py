"""Receive webhooks with FastAPI, and answer with what the API says of the document."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends, FastAPI, Request
from fastapi.responses import JSONResponse, PlainTextResponse

from pandadoc_client import AsyncPandaDoc, webhooks

app = FastAPI()
completed: list[str] = []


async def client() -> AsyncIterator[AsyncPandaDoc]:
    async with AsyncPandaDoc() as pd:
        yield pd


@app.post("/pandadoc/webhook", status_code=204)
async def receive(request: Request, signature: str = "") -> None:
    body = await request.body()
    delivery = webhooks.parse(body, signature, os.environ["PANDADOC_WEBHOOK_KEY"], headers=request.headers)
    for event in delivery:
        if event.trigger is webhooks.Trigger.DOCUMENT_STATE_CHANGED and event.status == "document.completed":
            completed.append(event.document_id or "unknown")


@app.get("/documents/{document_id}")
async def show(document_id: str, pd: Annotated[AsyncPandaDoc, Depends(client)]) -> JSONResponse:
    document = await pd.documents.status_document(document_id)
    return JSONResponse({"id": document.id, "name": document.name, "status": document.status})


@app.exception_handler(webhooks.WebhookError)
async def refuse(request: Request, error: Exception) -> PlainTextResponse:
    status = error.answer if isinstance(error, webhooks.WebhookError) else 500
    return PlainTextResponse(str(error), status)
