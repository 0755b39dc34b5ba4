"""Files up and down: uploads that are never in memory as a whole, downloads that are whole or not there.

Every file argument of an API class takes a path, an open file, bytes, an iterator, or an `Upload`, which adds a name, a
media type and a report of progress. `download_document` and `download_attachment` save a file; `download` does so for
any operation that returns one, and `open_download` gives its bytes as they come. Those for asyncio and trio have the
same names with ``async_`` before.
"""

from __future__ import annotations

import functools
import os
import time
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Generator, Iterator
from contextlib import aclosing, asynccontextmanager, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import anyio.to_thread

from pandadoc_client._calls.encoding import check_identifier
from pandadoc_client._calls.sources import FileArgument, Progress, Upload
from pandadoc_client._flows.download import Facts, Transfer
from pandadoc_client._flows.handles import async_client_of, client_of, limits_of
from pandadoc_client._flows.receiving import check_world, receive, receive_async
from pandadoc_client._flows.saving import open_sink, safe_filename
from pandadoc_client._flows.steps import NotReadyError, Pace, Patience, WaitTimeoutError
from pandadoc_client._http.clock import monotonic
from pandadoc_client._http.timers import sleep as async_sleep

if TYPE_CHECKING:
    from pandadoc_client._flows.handles import HasAsyncClient, HasClient
    from pandadoc_client.api_client import ApiClient, AsyncApiClient

__all__ = [
    "AsyncIncoming",
    "Downloaded",
    "Facts",
    "FileArgument",
    "Incoming",
    "NotReadyError",
    "Pace",
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

Target = str | os.PathLike[str] | IO[bytes] | None
"""Where a download goes: a path, or a file open for bytes."""


@dataclass(frozen=True, slots=True)
class Downloaded:
    """A download that is complete.

    Attributes:
        path: Where the file is, as an absolute path; None if it went to an open file.
        size: Its bytes.
        content_type: Its media type, or None if the server names none.
        filename: The name that the server gives it, made safe, or None. It is a proposal, and not where the file is.
    """

    path: Path | None
    size: int
    content_type: str | None
    filename: str | None


def download(
    operation: Callable[..., Any],
    *arguments: Any,
    to: Target = None,
    into: str | os.PathLike[str] | None = None,
    progress: Progress | None = None,
    resume: bool = True,
    wait: float = 0,
    timeout: float | None = None,
    pace: Pace = Pace(),  # noqa: B008 (it cannot be changed)
    clock: Callable[[], float] = monotonic,
    sleep: Callable[[float], Any] = time.sleep,
    **options: Any,
) -> Downloaded:
    """Save what an operation returns as a file.

    A path gets the file when it is whole, in place of one that was there; a download that breaks leaves nothing.

    Args:
        operation: The method of an API class: ``documents.download_document``.
        arguments: Its arguments.
        to: A path, or a file open for bytes, which is left open.
        into: In place of ``to``, a folder for a file with the server's name, made safe. It never replaces another. The
            folder may be relative, and must be there: it is not made.
        progress: Called with the bytes so far and with all, None while that is not known. What it raises ends the
            download.
        resume: Whether to go on, at the byte that it had come to, after the connection broke; as often as the client
            retries. Where the server cannot, or the file is another by then, the download begins anew.
        wait: Seconds to wait for a file that is not ready yet.
        timeout: Seconds that the download may take once the file is ready. Without it there is a limit for each step
            and none for the whole, since a large file may take long.
        pace: How often to ask for a file that is not ready, where the server does not say.
        clock: Returns the time in seconds.
        sleep: Waits for so many seconds.
        options: More arguments of the operation, by name.

    Raises:
        NotReadyError: The file is not ready (202), and ``wait`` is 0.
        WaitTimeoutError: The file was not ready in time.
        ApiTimeoutError: The download took longer than ``timeout``.
        ApiException: The answer is no success, or did not come, or not all of it.
        ApiTypeError: ``operation`` is one for asyncio, or ``to`` or ``into`` is of the wrong type.
        ApiValueError: ``to`` or ``into`` cannot be written to; nothing is sent then.
    """
    patience = Patience(wait, pace, clock)
    check_world(operation, False)
    begin = functools.partial(_begin, operation, resume, timeout, progress, clock)
    call = functools.partial(operation, *arguments)
    sink = open_sink(to, into)
    restart = sink.restart if sink.restartable else None
    try:
        while True:
            transfer = begin()
            try:
                with closing(receive(transfer, call, options, restart, sleep)) as parts:
                    for part in parts:
                        sink.write(part)
            except NotReadyError as error:
                pause = _pause(patience, error)
                if transfer.received:  # it was ready, broke, and is not any more
                    if restart is None:
                        raise
                    restart()
            else:
                return _downloaded(sink.finish(transfer.server_name), transfer)
            sleep(pause)
    finally:
        sink.abandon()


async def async_download(
    operation: Callable[..., Awaitable[Any]],
    *arguments: Any,
    to: Target = None,
    into: str | os.PathLike[str] | None = None,
    progress: Progress | None = None,
    resume: bool = True,
    wait: float = 0,
    timeout: float | None = None,
    pace: Pace = Pace(),  # noqa: B008 (it cannot be changed)
    clock: Callable[[], float] = monotonic,
    sleep: Callable[[float], Awaitable[Any]] = async_sleep,
    **options: Any,
) -> Downloaded:
    """Save what an operation returns as a file, for asyncio and trio; see `download`. Files are written in threads."""
    patience = Patience(wait, pace, clock)
    check_world(operation, True)
    begin = functools.partial(_begin, operation, resume, timeout, progress, clock)
    call = functools.partial(operation, *arguments)
    run = anyio.to_thread.run_sync
    sink = await run(open_sink, to, into)
    restart = functools.partial(run, sink.restart) if sink.restartable else None
    try:
        while True:
            transfer = begin()
            try:
                async with aclosing(receive_async(transfer, call, options, restart, sleep)) as parts:
                    async for part in parts:
                        await run(sink.write, part)
            except NotReadyError as error:
                pause = _pause(patience, error)
                if transfer.received:
                    if restart is None:
                        raise
                    await restart()
            else:
                return _downloaded(await run(sink.finish, transfer.server_name), transfer)
            await sleep(pause)
    finally:
        sink.abandon()


def download_document(
    client: ApiClient | HasClient,
    document_id: str,
    to: Target = None,
    *,
    protected: bool = False,
    **options: Any,
) -> Downloaded:
    """Save a document as a PDF file.

    Args:
        client: An `ApiClient`, or anything that has one, such as a ``PandaDoc``.
        document_id: The document.
        to: A path, or a file open for bytes.
        protected: True for the protected PDF of a completed document.
        options: Those of `download`, and the arguments of the operation by name, such as ``watermark_text``.

    Raises:
        As `download` does.
    """
    from pandadoc_client.api.documents_api import DocumentsApi

    check_identifier("document_id", document_id)
    api = DocumentsApi(client_of(client))
    operation = api.download_protected_document if protected else api.download_document
    return download(operation, document_id, to=to, **options)


async def async_download_document(
    client: AsyncApiClient | HasAsyncClient,
    document_id: str,
    to: Target = None,
    *,
    protected: bool = False,
    **options: Any,
) -> Downloaded:
    """Save a document as a PDF file, for asyncio and trio; see `download_document`."""
    from pandadoc_client.api.documents_api import AsyncDocumentsApi

    check_identifier("document_id", document_id)
    api = AsyncDocumentsApi(async_client_of(client))
    operation = api.download_protected_document if protected else api.download_document
    return await async_download(operation, document_id, to=to, **options)


def download_attachment(
    client: ApiClient | HasClient, document_id: str, attachment_id: str, to: Target = None, **options: Any
) -> Downloaded:
    """Save an attachment of a document as a file.

    Args:
        client: An `ApiClient`, or anything that has one, such as a ``PandaDoc``.
        document_id: The document.
        attachment_id: The attachment.
        to: A path, or a file open for bytes.
        options: Those of `download`.

    Raises:
        As `download` does.
    """
    from pandadoc_client.api.document_attachments_api import DocumentAttachmentsApi

    check_identifier("document_id", document_id)
    check_identifier("attachment_id", attachment_id)
    operation = DocumentAttachmentsApi(client_of(client)).download_document_attachment
    return download(operation, document_id, attachment_id, to=to, **options)


async def async_download_attachment(
    client: AsyncApiClient | HasAsyncClient, document_id: str, attachment_id: str, to: Target = None, **options: Any
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
        ApiException: The answer is no success, or did not come, or not all of it.
    """
    check_world(operation, False)
    transfer = _begin(operation, resume, timeout, progress)
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
    transfer = _begin(operation, resume, timeout, progress)
    call = functools.partial(operation, *arguments)
    async with aclosing(receive_async(transfer, call, options, None)) as parts:
        incoming = AsyncIncoming(transfer, await anext(parts, b""), parts)
        try:
            yield incoming
        finally:
            incoming._closed = True


def _begin(
    operation: Callable[..., Any],
    resume: bool,
    timeout: float | None,
    progress: Progress | None,
    clock: Callable[[], float] = monotonic,
) -> Transfer:
    policy, usual = limits_of(operation)
    return Transfer(
        resume=resume, policy=policy, timeout=timeout, usual_timeout=usual.total, progress=progress, clock=clock
    )


def _pause(patience: Patience, error: NotReadyError) -> float:
    """Return the seconds to wait for a file that is not ready, or raise what there is to say."""
    if not patience.timeout:
        raise error
    pause = patience.pause(error.retry_after)
    if pause is None:
        raise WaitTimeoutError("The file", "202, not ready", patience.timeout) from error
    return pause


def _downloaded(path: Path | None, transfer: Transfer) -> Downloaded:
    return Downloaded(path, transfer.received, transfer.facts.content_type, transfer.facts.filename)
