"""What the API classes for documents offer beyond single calls, so that ``pd.documents`` has it all in one place.

Each method hands the API class that it belongs to to a flow, which calls its operations. The flow is imported when it
is called: an API class must not cost the import of what most programs do not use. Annotations name what is imported
lazily, so that they resolve at run time.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Unpack

import pandadoc_client
from pandadoc_client import models
from pandadoc_client._calls.encoding import check_identifier
from pandadoc_client._calls.sources import FileArgument

__all__ = ["AsyncDocumentSteps", "DocumentSteps"]


class DocumentSteps:
    """What documents need again and again: waiting, the everyday chain, a file at the end."""

    api_client: pandadoc_client.ApiClient

    if TYPE_CHECKING:  # the operations of the API class, which the contract describes
        status_document: Any
        download_document: Any
        download_protected_document: Any

    def wait_until(
        self,
        id: str,
        status: str | Iterable[str] = "document.draft",
        *,
        timeout: float | None = 300.0,
        exact: bool = False,
        waker: pandadoc_client.waiting.Waker | None = None,
    ) -> models.DocumentStatusResponse:
        """Wait until a document has a status; see `pandadoc_client.waiting.wait_until`."""
        from pandadoc_client._flows import watching

        return watching.wait_until(self.status_document, id, status, timeout=timeout, exact=exact, waker=waker)

    def create_and_send(
        self,
        document: pandadoc_client.waiting.Document,
        send: pandadoc_client.waiting.SendRequest | None = None,
        *,
        file: FileArgument | None = None,
        **options: Unpack[pandadoc_client.waiting.WaitOptions],
    ) -> models.DocumentSendResponse:
        """Create a document, wait for its draft and send it; see `pandadoc_client.waiting.create_and_send`."""
        from pandadoc_client._flows import chain

        return chain.create_and_send(self, document, send, file=file, **options)

    def send_when_ready(
        self,
        id: str,
        send: pandadoc_client.waiting.SendRequest | None = None,
        **options: Unpack[pandadoc_client.waiting.WaitOptions],
    ) -> models.DocumentSendResponse:
        """Wait for the draft of a document and send it; see `pandadoc_client.waiting.send_when_ready`."""
        from pandadoc_client._flows import chain

        return chain.send_when_ready(self, id, send, **options)

    def save_document(
        self,
        id: str,
        to: pandadoc_client.files.Target = None,
        *,
        protected: bool = False,
        **options: Unpack[pandadoc_client.files.PdfOptions],
    ) -> pandadoc_client.files.Downloaded:
        """Save a document as a PDF file; see `pandadoc_client.files.download_document`."""
        from pandadoc_client._flows import downloads

        check_identifier("document_id", id)
        operation = self.download_protected_document if protected else self.download_document
        return downloads.download(operation, id, to=to, **options)


class AsyncDocumentSteps:
    """`DocumentSteps` for asyncio and trio."""

    api_client: pandadoc_client.AsyncApiClient

    if TYPE_CHECKING:  # the operations of the API class, which the contract describes
        status_document: Any
        download_document: Any
        download_protected_document: Any

    async def wait_until(
        self,
        id: str,
        status: str | Iterable[str] = "document.draft",
        *,
        timeout: float | None = 300.0,
        exact: bool = False,
        waker: pandadoc_client.waiting.Waker | None = None,
    ) -> models.DocumentStatusResponse:
        """Wait until a document has a status; see `pandadoc_client.waiting.wait_until`."""
        from pandadoc_client._flows import watching

        return await watching.async_wait_until(
            self.status_document, id, status, timeout=timeout, exact=exact, waker=waker
        )

    async def create_and_send(
        self,
        document: pandadoc_client.waiting.Document,
        send: pandadoc_client.waiting.SendRequest | None = None,
        *,
        file: FileArgument | None = None,
        **options: Unpack[pandadoc_client.waiting.WaitOptions],
    ) -> models.DocumentSendResponse:
        """Create a document, wait for its draft and send it; see `pandadoc_client.waiting.create_and_send`."""
        from pandadoc_client._flows import chain

        return await chain.async_create_and_send(self, document, send, file=file, **options)

    async def send_when_ready(
        self,
        id: str,
        send: pandadoc_client.waiting.SendRequest | None = None,
        **options: Unpack[pandadoc_client.waiting.WaitOptions],
    ) -> models.DocumentSendResponse:
        """Wait for the draft of a document and send it; see `pandadoc_client.waiting.send_when_ready`."""
        from pandadoc_client._flows import chain

        return await chain.async_send_when_ready(self, id, send, **options)

    async def save_document(
        self,
        id: str,
        to: pandadoc_client.files.Target = None,
        *,
        protected: bool = False,
        **options: Unpack[pandadoc_client.files.PdfOptions],
    ) -> pandadoc_client.files.Downloaded:
        """Save a document as a PDF file; see `pandadoc_client.files.download_document`."""
        from pandadoc_client._flows import downloads

        check_identifier("document_id", id)
        operation = self.download_protected_document if protected else self.download_document
        return await downloads.async_download(operation, id, to=to, **options)
