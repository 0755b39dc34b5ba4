"""The everyday chain: create a document, wait for its draft, send it.

*api* is an API class of documents, which the caller has: a flow calls operations, and imports no API class.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pandadoc_client._calls.encoding import check_identifier
from pandadoc_client._flows.sending import Sending, step
from pandadoc_client._flows.watching import async_wait_until, wait_until

if TYPE_CHECKING:
    from pandadoc_client.model.document_send_response import DocumentSendResponse

__all__ = ["async_create_and_send", "async_send_when_ready", "create_and_send", "send_when_ready"]


def create_and_send(
    api: Any, document: Any, send: Any = None, *, file: Any = None, **options: Any
) -> DocumentSendResponse:
    """Create a document and send its draft; see `pandadoc_client.waiting.create_and_send`."""
    sending = Sending(send, **options)
    operation, arguments = sending.creation(api, document, file)
    return _send(api, sending.created(operation(**arguments)), sending)


async def async_create_and_send(
    api: Any, document: Any, send: Any = None, *, file: Any = None, **options: Any
) -> DocumentSendResponse:
    """Create a document and send its draft, for asyncio and trio; see `create_and_send`."""
    sending = Sending(send, **options)
    operation, arguments = sending.creation(api, document, file)
    return await _send_async(api, sending.created(await operation(**arguments)), sending)


def send_when_ready(api: Any, document_id: str, send: Any = None, **options: Any) -> DocumentSendResponse:
    """Send a document when it is a draft; see `pandadoc_client.waiting.send_when_ready`."""
    check_identifier("document_id", document_id)
    return _send(api, document_id, Sending(send, **options))


async def async_send_when_ready(api: Any, document_id: str, send: Any = None, **options: Any) -> DocumentSendResponse:
    """Send a document when it is a draft, for asyncio and trio; see `send_when_ready`."""
    check_identifier("document_id", document_id)
    return await _send_async(api, document_id, Sending(send, **options))


def _send(api: Any, document_id: str, sending: Sending) -> DocumentSendResponse:
    with step(document_id, "wait"):
        wait_until(api.status_document, document_id, exact=True, **sending.options)
    with step(document_id, "send"):
        sent: DocumentSendResponse = api.send_document(document_id, sending.body)
    return sent


async def _send_async(api: Any, document_id: str, sending: Sending) -> DocumentSendResponse:
    with step(document_id, "wait"):
        await async_wait_until(api.status_document, document_id, exact=True, **sending.options)
    with step(document_id, "send"):
        sent: DocumentSendResponse = await api.send_document(document_id, sending.body)
    return sent
