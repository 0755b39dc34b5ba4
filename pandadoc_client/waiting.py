"""Waiting for what takes PandaDoc a while: documents, downloads, exports, what is answered 202.

`wait_until` waits for the status of a document, `wait_for` for any operation that answers 202 until it is ready, or
whose response says how far it is, `wait_for_docx_export` for an export. `create_and_send` does the everyday chain: it
creates a document, waits for the draft, and sends it. Those for asyncio and trio have the same names with ``async_``
before.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Iterable
from typing import Any, Unpack

import pandadoc_client
from pandadoc_client import models
from pandadoc_client._calls.sources import FileArgument
from pandadoc_client._flows import chain, watching
from pandadoc_client._flows.handles import HasAsyncClient, HasClient, async_client_of, client_of
from pandadoc_client._flows.notifier import Waker
from pandadoc_client._flows.options import Document, SendRequest, WaitOptions
from pandadoc_client._flows.plans import run, run_async
from pandadoc_client._flows.steps import (
    DocumentFailedError,
    DocumentStatusError,
    DocumentStepError,
    NotReadyError,
    Pace,
    Patience,
    TaskFailedError,
    WaitTimeoutError,
    export_is_done,
    naming_document,
)
from pandadoc_client._http.clock import monotonic
from pandadoc_client._http.timers import sleep as async_sleep

__all__ = [
    "Document",
    "DocumentFailedError",
    "DocumentStatusError",
    "DocumentStepError",
    "NotReadyError",
    "Pace",
    "SendRequest",
    "TaskFailedError",
    "WaitOptions",
    "WaitTimeoutError",
    "Waker",
    "async_create_and_send",
    "async_send_when_ready",
    "async_wait_for",
    "async_wait_for_docx_export",
    "async_wait_until",
    "create_and_send",
    "send_when_ready",
    "wait_for",
    "wait_for_docx_export",
    "wait_until",
]

_PACE = Pace()


def wait_until(
    client: pandadoc_client.ApiClient | HasClient,
    document_id: str,
    status: str | Iterable[str] = "document.draft",
    *,
    timeout: float | None = 300.0,
    exact: bool = False,
    waker: Waker | None = None,
    pace: Pace = _PACE,
    clock: Callable[[], float] = monotonic,
    sleep: Callable[[float], Any] = time.sleep,
) -> models.DocumentStatusResponse:
    """Wait until a document has a status, and return what is known of it then.

    A document that is further on than what was waited for has reached it: who waits for ``document.sent`` gets one that
    was ``document.viewed`` meanwhile. The result says what it is. A look that fails on the network, or because the
    server has too much to do, does not end the wait, unless it is the first.

    Args:
        client: An `ApiClient`, or anything that has one, such as a ``PandaDoc`` or an API class.
        document_id: The document.
        status: The status, or several; ``"draft"`` stands for ``"document.draft"``. One that nobody knows may be new;
            one that looks like a known one that is misspelt is refused.
        timeout: Seconds to wait; None for any number.
        exact: True if a status further on will not do.
        waker: Tells of news, so that the wait ends at once.
        pace: How often to look.
        clock: Returns the time in seconds.
        sleep: Waits for so many seconds; not used with a waker.

    Raises:
        DocumentFailedError: The document is ``document.error``.
        DocumentStatusError: It is declined, rejected or voided (or, with ``exact``, further on).
        WaitTimeoutError: The time is over; it names the last status.
        DocumentStepError: A response about the document is none: null, a list, text. The document may be in order.
        ApiException: The first look failed, or a later one in a way that looking again does not mend.
        ApiTypeError: An argument is of the wrong type.
        ApiValueError: It cannot be right; nothing is sent then.
    """
    from pandadoc_client.api.documents_api import DocumentsApi

    look = DocumentsApi(client_of(client)).status_document
    return watching.wait_until(
        look, document_id, status, timeout=timeout, exact=exact, waker=waker, pace=pace, clock=clock, sleep=sleep
    )


async def async_wait_until(
    client: pandadoc_client.AsyncApiClient | HasAsyncClient,
    document_id: str,
    status: str | Iterable[str] = "document.draft",
    *,
    timeout: float | None = 300.0,
    exact: bool = False,
    waker: Waker | None = None,
    pace: Pace = _PACE,
    clock: Callable[[], float] = monotonic,
    sleep: Callable[[float], Awaitable[Any]] = async_sleep,
) -> models.DocumentStatusResponse:
    """Wait until a document has a status, for asyncio and trio; see `wait_until`."""
    from pandadoc_client.api.documents_api import AsyncDocumentsApi

    look = AsyncDocumentsApi(async_client_of(client)).status_document
    return await watching.async_wait_until(
        look, document_id, status, timeout=timeout, exact=exact, waker=waker, pace=pace, clock=clock, sleep=sleep
    )


def wait_for(
    operation: Callable[..., Any],
    *arguments: Any,
    until: Callable[[Any], bool] | None = None,
    timeout: float | None = 300.0,
    pace: Pace = _PACE,
    clock: Callable[[], float] = monotonic,
    sleep: Callable[[float], Any] = time.sleep,
    **options: Any,
) -> Any:
    """Call an operation until its response is ready, and return that.

    A response with status 202 is not ready; ``Retry-After`` says when to ask again, of at least a second, else the pace
    does. For the beta readings and the like; `pandadoc_client.files.download` waits for files by itself.

    Args:
        operation: The method of an API class: ``documents.get_document_summary``.
        arguments: Its arguments.
        until: Says of a result whether it is what is waited for; it may raise to end the wait. None if any will do.
        timeout: Seconds to wait; None for any number.
        pace: How often to ask, where the server does not say.
        clock: Returns the time in seconds.
        sleep: Waits for so many seconds.
        options: More arguments of the operation, by name.

    Raises:
        WaitTimeoutError: The time is over; it names the last status.
        ApiDecodeError: ``until`` looks for a field in a response that has none: null, a list, text.
        ApiException: A call failed.
    """
    return run(watching.result(operation, arguments, options, until, Patience(timeout, pace, clock), sleep))


async def async_wait_for(
    operation: Callable[..., Awaitable[Any]],
    *arguments: Any,
    until: Callable[[Any], bool] | None = None,
    timeout: float | None = 300.0,
    pace: Pace = _PACE,
    clock: Callable[[], float] = monotonic,
    sleep: Callable[[float], Awaitable[Any]] = async_sleep,
    **options: Any,
) -> Any:
    """Call an operation until its response is ready, for asyncio and trio; see `wait_for`."""
    plan = watching.result(operation, arguments, options, until, Patience(timeout, pace, clock), sleep)
    return await run_async(plan)


def wait_for_docx_export(
    client: pandadoc_client.ApiClient | HasClient, document_id: str, task_id: str, **options: Unpack[WaitOptions]
) -> models.DocxExportTaskResponse:
    """Wait until the export of a document as DOCX is done.

    Args:
        client: An `ApiClient`, or anything that has one.
        document_id: The document.
        task_id: The task: the ``id`` in the response of ``create_export_docx_task``.
        options: Those of `wait_for`.

    Raises:
        TaskFailedError: The export ended with an error.
        WaitTimeoutError: The time is over; it names the last status.
        DocumentStepError: A response is no JSON object.
        ApiException: A call failed.
    """
    from pandadoc_client.api.documents_api import DocumentsApi

    look = DocumentsApi(client_of(client)).get_docx_export_task
    with naming_document(document_id):
        result: models.DocxExportTaskResponse = wait_for(look, document_id, task_id, until=export_is_done, **options)
    return result


async def async_wait_for_docx_export(
    client: pandadoc_client.AsyncApiClient | HasAsyncClient,
    document_id: str,
    task_id: str,
    **options: Unpack[WaitOptions],
) -> models.DocxExportTaskResponse:
    """Wait until the export of a document as DOCX is done, for asyncio and trio; see `wait_for_docx_export`."""
    from pandadoc_client.api.documents_api import AsyncDocumentsApi

    look = AsyncDocumentsApi(async_client_of(client)).get_docx_export_task
    result: models.DocxExportTaskResponse
    with naming_document(document_id):
        result = await async_wait_for(look, document_id, task_id, until=export_is_done, **options)
    return result


def create_and_send(
    client: pandadoc_client.ApiClient | HasClient,
    document: Document,
    send: SendRequest | None = None,
    *,
    file: FileArgument | None = None,
    **options: Unpack[WaitOptions],
) -> models.DocumentSendResponse:
    """Create a document, wait until it is a draft, and send it.

    It is created once: what fails later raises an error with the id of the document, with which `send_when_ready` goes
    on. If the response to the creation itself is lost, an `ApiConnectionError` is raised: look whether it is there.

    Args:
        client: An `ApiClient`, or anything that has one.
        document: What to create: a ``DocumentCreateRequest`` or its like, or a dict.
        send: How to send it: a ``DocumentSendRequest`` or a dict; None for the defaults.
        file: A file to make the document from; anything that an upload takes.
        options: ``timeout``, ``waker``, ``pace``, ``clock`` and ``sleep``, as for `wait_until`.

    Raises:
        DocumentStepError: The document was created and is not sent; the cause says why.
        ApiException: It could not be created.
        ApiTypeError: An argument is of the wrong type.
        ApiValueError: It cannot be right. Neither leaves a document behind.
    """
    from pandadoc_client.api.documents_api import DocumentsApi

    api = DocumentsApi(client_of(client))
    return chain.create_and_send(api, document, send, file=file, **options)


async def async_create_and_send(
    client: pandadoc_client.AsyncApiClient | HasAsyncClient,
    document: Document,
    send: SendRequest | None = None,
    *,
    file: FileArgument | None = None,
    **options: Unpack[WaitOptions],
) -> models.DocumentSendResponse:
    """Create a document, wait until it is a draft, and send it, for asyncio and trio; see `create_and_send`."""
    from pandadoc_client.api.documents_api import AsyncDocumentsApi

    api = AsyncDocumentsApi(async_client_of(client))
    return await chain.async_create_and_send(api, document, send, file=file, **options)


def send_when_ready(
    client: pandadoc_client.ApiClient | HasClient,
    document_id: str,
    send: SendRequest | None = None,
    **options: Unpack[WaitOptions],
) -> models.DocumentSendResponse:
    """Wait until a document is a draft, and send it.

    Args:
        client: An `ApiClient`, or anything that has one.
        document_id: The document.
        send: How to send it: a ``DocumentSendRequest`` or a dict; None for the defaults.
        options: ``timeout``, ``waker``, ``pace``, ``clock`` and ``sleep``, as for `wait_until`.

    Raises:
        DocumentStepError: It is not sent; the cause says why.
        ApiTypeError: An argument is of the wrong type.
        ApiValueError: It cannot be right; nothing is sent then.
    """
    from pandadoc_client.api.documents_api import DocumentsApi

    return chain.send_when_ready(DocumentsApi(client_of(client)), document_id, send, **options)


async def async_send_when_ready(
    client: pandadoc_client.AsyncApiClient | HasAsyncClient,
    document_id: str,
    send: SendRequest | None = None,
    **options: Unpack[WaitOptions],
) -> models.DocumentSendResponse:
    """Wait until a document is a draft, and send it, for asyncio and trio; see `send_when_ready`."""
    from pandadoc_client.api.documents_api import AsyncDocumentsApi

    return await chain.async_send_when_ready(AsyncDocumentsApi(async_client_of(client)), document_id, send, **options)
