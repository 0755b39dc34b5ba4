"""The everyday chain: create a document, wait for its draft, send it.

*api* is an API class of documents, which the caller has: a flow calls operations, and imports no API class.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from pandadoc_client._calls.encoding import check_identifier
from pandadoc_client._flows import watching
from pandadoc_client._flows.notifier import AsyncEar, Ear
from pandadoc_client._flows.plans import Plan, run, run_async
from pandadoc_client._flows.sending import Sending, step

if TYPE_CHECKING:
    from pandadoc_client.model.document_send_response import DocumentSendResponse

__all__ = ["async_create_and_send", "async_send_when_ready", "create_and_send", "send_when_ready"]


def create_and_send(
    api: Any, document: Any, send: Any = None, *, file: Any = None, **options: Any
) -> DocumentSendResponse:
    """Create a document and send its draft; see `pandadoc_client.waiting.create_and_send`."""
    return run(_creation(api, Ear, document, file, Sending(send, **options)))


async def async_create_and_send(
    api: Any, document: Any, send: Any = None, *, file: Any = None, **options: Any
) -> DocumentSendResponse:
    """Create a document and send its draft, for asyncio and trio; see `create_and_send`."""
    return await run_async(_creation(api, AsyncEar, document, file, Sending(send, **options)))


def send_when_ready(api: Any, document_id: str, send: Any = None, **options: Any) -> DocumentSendResponse:
    """Send a document when it is a draft; see `pandadoc_client.waiting.send_when_ready`."""
    check_identifier("document_id", document_id)
    return run(_sending(api, Ear, document_id, Sending(send, **options)))


async def async_send_when_ready(api: Any, document_id: str, send: Any = None, **options: Any) -> DocumentSendResponse:
    """Send a document when it is a draft, for asyncio and trio; see `send_when_ready`."""
    check_identifier("document_id", document_id)
    return await run_async(_sending(api, AsyncEar, document_id, Sending(send, **options)))


def _creation(
    api: Any, ears: type[Ear | AsyncEar], document: Any, file: Any, sending: Sending
) -> Plan[DocumentSendResponse]:
    operation, arguments = sending.creation(api, document, file)
    created = yield partial(operation, **arguments)
    return (yield from _sending(api, ears, sending.created(created), sending))


def _sending(api: Any, ears: type[Ear | AsyncEar], document_id: str, sending: Sending) -> Plan[DocumentSendResponse]:
    options = {name: value for name, value in sending.options.items() if name != "sleep"}
    with step(document_id, "wait"):
        ear = ears(sending.options.get("sleep"))
        yield from watching.status(api.status_document, ear, document_id, exact=True, **options)
    with step(document_id, "send"):
        sent: DocumentSendResponse = yield partial(api.send_document, document_id, sending.body)
    return sent
