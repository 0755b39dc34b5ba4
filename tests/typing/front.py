"""What type checkers make of programs that use `PandaDoc`, `AsyncPandaDoc` and their iterators; see ``usage``."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import assert_type

from pandadoc_client import ApiClient, AsyncApiClient, AsyncPandaDoc, Configuration, PandaDoc, raw, streamed
from pandadoc_client.api.contacts_api import AsyncContactsApi
from pandadoc_client.api.documents_api import DocumentsApi
from pandadoc_client.models import (
    ContactDetailsResponse,
    DocumentAttachmentResponse,
    DocumentCreateResponse,
    DocumentListResponse,
    DocumentListResponseResults,
    ListUsersResponseResults,
    TemplateListResponse,
    WebhookEventItemResponse,
)
from pandadoc_client.oauth import AsyncTokenManager, OAuth2Auth, TokenManager, TokenStore
from pandadoc_client.rest import Headers, StreamedResponse


def front(pd: PandaDoc) -> None:
    assert_type(pd.documents, DocumentsApi)
    assert_type(pd.api_client, ApiClient)
    assert_type(pd.configuration, Configuration)
    assert_type(pd.documents.list_documents(count=5, q="x"), DocumentListResponse)
    assert_type(pd.documents.create_document({"name": "x"}), DocumentCreateResponse)
    assert_type(pd.templates.list_templates(tag=["a"]), TemplateListResponse)
    assert_type(pd.document_attachments.list_document_attachments("id"), list[DocumentAttachmentResponse])
    assert_type(streamed(pd.documents.list_documents)(count=5), StreamedResponse)
    assert_type(raw(pd.documents.list_documents)(status=2), tuple[DocumentListResponse, int, Headers])
    with pd as entered:
        assert_type(entered, PandaDoc)


def iterators(pd: PandaDoc) -> None:
    assert_type(pd.documents.iterate_documents(q="x", page_size=5, max_items=7), Iterator[DocumentListResponseResults])
    assert_type(pd.document_attachments.iterate_document_attachments("id"), Iterator[DocumentAttachmentResponse])
    assert_type(pd.webhook_events.iterate_webhook_event(since="2026-01-01"), Iterator[WebhookEventItemResponse])
    for user in pd.user_and_workspace_management.iterate_users(max_items=None, _request_timeout=5):
        assert_type(user, ListUsersResponseResults)
        assert_type(user.email, str | None)


async def front_with_asyncio(pd: AsyncPandaDoc) -> None:
    assert_type(pd.contacts, AsyncContactsApi)
    assert_type(pd.api_client, AsyncApiClient)
    assert_type(await pd.documents.list_documents(count=5), DocumentListResponse)
    assert_type(pd.contacts.iterate_contacts(email="a@b.c"), AsyncIterator[ContactDetailsResponse])
    async for document in pd.documents.iterate_documents(page_size=5):
        assert_type(document, DocumentListResponseResults)
    async with pd as entered:
        assert_type(entered, AsyncPandaDoc)


def credentials(manager: TokenManager, other: AsyncTokenManager, store: TokenStore) -> None:
    PandaDoc()
    PandaDoc(manager)
    AsyncPandaDoc(auth=other)
    PandaDoc(auth=OAuth2Auth(manager), region="eu")
    AsyncPandaDoc(token_store=store, key="acme", timeout=(1, 2.5), retries=2)
    PandaDoc(token_store="file:tokens.json", host="http://127.0.0.1")


def mistakes(pd: PandaDoc, other: AsyncPandaDoc) -> None:
    PandaDoc(api_key=5)  # type: ignore[arg-type]  # pyright: ignore
    PandaDoc("key")  # type: ignore[arg-type]  # pyright: ignore
    PandaDoc(token="x")  # type: ignore[call-arg]  # pyright: ignore
    pd.docments  # type: ignore[attr-defined]  # noqa: B018  # pyright: ignore
    pd.documents.list_documents(colour="red")  # type: ignore[call-arg]  # pyright: ignore
    pd.documents.iterate_documents(count=5)  # type: ignore[call-arg]  # pyright: ignore
    pd.documents.iterate_documents(page=1)  # type: ignore[call-arg]  # pyright: ignore
    pd.documents.iterate_documents(page_size="5")  # type: ignore[arg-type]  # pyright: ignore
    pd.documents.iterate_documents(async_req=True)  # type: ignore[call-arg]  # pyright: ignore
    pd.contacts.iterate_contacts(page_size=5)  # type: ignore[call-arg]  # pyright: ignore
    pd.document_attachments.iterate_document_attachments()  # type: ignore[call-arg]  # pyright: ignore
    for _ in other.documents.iterate_documents():  # type: ignore[attr-defined]  # pyright: ignore
        pass
