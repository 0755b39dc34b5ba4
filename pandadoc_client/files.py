"""Files up and down: uploads that are never in memory as a whole, downloads that are whole or not there.

Every file argument of an API class takes a path, an open file, bytes, an iterator, or an `Upload`, which adds a name, a
media type and a report of progress. `download_document` and `download_attachment` save a file; `download` does so for
any operation that returns one, and `open_download` gives its bytes as they come. Those for asyncio and trio have the
same names with ``async_`` before.
"""

from __future__ import annotations

import functools
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Generator, Iterator
from contextlib import aclosing, asynccontextmanager, closing, contextmanager
from typing import Any, Unpack

import pandadoc_client
from pandadoc_client._calls.encoding import check_identifier
from pandadoc_client._calls.sources import FileArgument, Progress, Upload
from pandadoc_client._flows.download import Facts, Transfer
from pandadoc_client._flows.downloads import Downloaded, Target, async_download, begin, download
from pandadoc_client._flows.handles import HasAsyncClient, HasClient, async_client_of, client_of
from pandadoc_client._flows.options import DownloadOptions, PdfOptions
from pandadoc_client._flows.receiving import check_world, receive, receive_async
from pandadoc_client._flows.steps import NotReadyError, Pace, WaitTimeoutError
from pandadoc_client._http.filenames import safe_filename

__all__ = [
    "AsyncIncoming",
    "DownloadOptions",
    "Downloaded",
    "Facts",
    "FileArgument",
    "Incoming",
    "NotReadyError",
    "Pace",
    "PdfOptions",
    "Progress",
    "Target",
    "Upload",
    "WaitTimeoutError",
    "async_download",
    "async_download_attachment",
    "async_download_document",
    "async_open_download",
    "download",
    "download_attachment",
    "download_document",
    "open_download",
    "safe_filename",
]


def download_document(
    client: pandadoc_client.ApiClient | HasClient,
    document_id: str,
    to: Target = None,
    *,
    protected: bool = False,
    **options: Unpack[PdfOptions],
) -> Downloaded:
    """Save a document as a PDF file.

    Args:
        client: An `ApiClient`, or anything that has one, such as a ``PandaDoc``.
        document_id: The document.
        to: A path, or a file open for bytes.
        protected: True for the protected PDF of a completed document.
        options: Those of `download`, and the arguments of the operation by name, such as ``watermark_text``.

    Raises what `download` raises.
    """
    from pandadoc_client.api.documents_api import DocumentsApi

    check_identifier("document_id", document_id)
    api = DocumentsApi(client_of(client))
    operation = api.download_protected_document if protected else api.download_document
    return download(operation, document_id, to=to, **options)


async def async_download_document(
    client: pandadoc_client.AsyncApiClient | HasAsyncClient,
    document_id: str,
    to: Target = None,
    *,
    protected: bool = False,
    **options: Unpack[PdfOptions],
) -> Downloaded:
    """Save a document as a PDF file, for asyncio and trio; see `download_document`."""
    from pandadoc_client.api.documents_api import AsyncDocumentsApi

    check_identifier("document_id", document_id)
    api = AsyncDocumentsApi(async_client_of(client))
    operation = api.download_protected_document if protected else api.download_document
    return await async_download(operation, document_id, to=to, **options)


def download_attachment(
    client: pandadoc_client.ApiClient | HasClient,
    document_id: str,
    attachment_id: str,
    to: Target = None,
    **options: Unpack[DownloadOptions],
) -> Downloaded:
    """Save an attachment of a document as a file.

    Args:
        client: An `ApiClient`, or anything that has one, such as a ``PandaDoc``.
        document_id: The document.
        attachment_id: The attachment.
        to: A path, or a file open for bytes.
        options: Those of `download`.

    Raises what `download` raises.
    """
    from pandadoc_client.api.document_attachments_api import DocumentAttachmentsApi

    check_identifier("document_id", document_id)
    check_identifier("attachment_id", attachment_id)
    operation = DocumentAttachmentsApi(client_of(client)).download_document_attachment
    return download(operation, document_id, attachment_id, to=to, **options)


async def async_download_attachment(
    client: pandadoc_client.AsyncApiClient | HasAsyncClient,
    document_id: str,
    attachment_id: str,
    to: Target = None,
    **options: Unpack[DownloadOptions],
) -> Downloaded:
    """Save an attachment of a document as a file, for asyncio and trio; see `download_attachment`."""
    from pandadoc_client.api.document_attachments_api import AsyncDocumentAttachmentsApi

    check_identifier("document_id", document_id)
    check_identifier("attachment_id", attachment_id)
    operation = AsyncDocumentAttachmentsApi(async_client_of(client)).download_document_attachment
    return await async_download(operation, document_id, attachment_id, to=to, **options)


class _Opened:
    """What both kinds of open downloads know."""

    def __init__(self, transfer: Transfer, first: bytes) -> None:
        self._transfer = transfer
        self._first = first
        self._given = 0
        self._closed = False

    @property
    def facts(self) -> Facts:
        """Media type, name and size, as far as the server says them."""
        return self._transfer.facts

    @property
    def received(self) -> int:
        """Bytes that were given out so far."""
        return self._given

    def _check_open(self) -> None:
        if self._closed:
            raise ValueError("The download was closed at the end of its with block")


class Incoming(_Opened, Iterator[bytes]):
    """A download as it comes: an iterator of its bytes, in parts of at most 64 KiB."""

    def __init__(self, transfer: Transfer, first: bytes, parts: Iterator[bytes]) -> None:
        super().__init__(transfer, first)
        self._parts = parts

    def __next__(self) -> bytes:
        self._check_open()
        part, self._first = self._first or next(self._parts), b""
        self._given += len(part)
        return part


class AsyncIncoming(_Opened, AsyncIterator[bytes]):
    """A download as it comes, for ``async for``."""

    def __init__(self, transfer: Transfer, first: bytes, parts: AsyncIterator[bytes]) -> None:
        super().__init__(transfer, first)
        self._parts = parts

    async def __anext__(self) -> bytes:
        self._check_open()
        part, self._first = self._first or await anext(self._parts), b""
        self._given += len(part)
        return part


@contextmanager
def open_download(
    operation: Callable[..., Any],
    *arguments: Any,
    progress: Progress | None = None,
    resume: bool = True,
    timeout: float | None = None,
    **options: Any,
) -> Generator[Incoming]:
    """Open what an operation returns, for a ``with``: the bytes come as they are asked for.

    After a break it goes on where the server allows that. It cannot begin anew, as bytes that were given out cannot be
    taken back.

    Args:
        operation: The method of an API class: ``documents.download_document``.
        arguments: Its arguments.
        progress: As for `download`.
        resume: Whether to go on after the connection broke.
        timeout: Seconds that the download may take, from here to its last byte.
        options: More arguments of the operation, by name.

    Raises:
        NotReadyError: The file is not ready (202).
        ApiException: The response is no success, or did not come, or not all of it.
    """
    check_world(operation, False)
    transfer = begin(operation, resume, timeout, progress)
    call = functools.partial(operation, *arguments)
    with closing(receive(transfer, call, options, None)) as parts:
        incoming = Incoming(transfer, next(parts, b""), parts)
        try:
            yield incoming
        finally:
            incoming._closed = True


@asynccontextmanager
async def async_open_download(
    operation: Callable[..., Awaitable[Any]],
    *arguments: Any,
    progress: Progress | None = None,
    resume: bool = True,
    timeout: float | None = None,
    **options: Any,
) -> AsyncGenerator[AsyncIncoming]:
    """Open what an operation returns, for an ``async with``; see `open_download`."""
    check_world(operation, True)
    transfer = begin(operation, resume, timeout, progress)
    call = functools.partial(operation, *arguments)
    async with aclosing(receive_async(transfer, call, options, None)) as parts:
        incoming = AsyncIncoming(transfer, await anext(parts, b""), parts)
        try:
            yield incoming
        finally:
            incoming._closed = True
