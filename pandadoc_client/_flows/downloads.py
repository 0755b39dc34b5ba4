"""Saving what an operation returns as a file: `download`, and its twin for asyncio and trio."""

from __future__ import annotations

import functools
import os
import time
from collections.abc import Awaitable, Callable
from contextlib import aclosing, closing
from pathlib import Path
from typing import IO, Any

import anyio.to_thread
from attrs import frozen

from pandadoc_client._calls.sources import Progress
from pandadoc_client._flows.download import Transfer
from pandadoc_client._flows.handles import limits_of
from pandadoc_client._flows.receiving import check_world, receive, receive_async
from pandadoc_client._flows.saving import open_sink
from pandadoc_client._flows.steps import NotReadyError, Pace, Patience, WaitTimeoutError
from pandadoc_client._http.clock import monotonic
from pandadoc_client._http.timers import sleep as async_sleep

__all__ = ["Downloaded", "Target", "async_download", "begin", "download"]

Target = str | os.PathLike[str] | IO[bytes] | None
"""Where a download goes: a path, or a file open for bytes."""


@frozen
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
        ApiException: The response is no success, or did not come, or not all of it.
        ApiTypeError: ``operation`` is one for asyncio, or ``to`` or ``into`` is of the wrong type.
        ApiValueError: ``to`` or ``into`` cannot be written to; nothing is sent then.
    """
    patience = Patience(wait, pace, clock)
    check_world(operation, False)
    new_transfer = functools.partial(begin, operation, resume, timeout, progress, clock)
    call = functools.partial(operation, *arguments)
    sink = open_sink(to, into)
    restart = sink.restart if sink.restartable else None
    try:
        while True:
            transfer = new_transfer()
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
    new_transfer = functools.partial(begin, operation, resume, timeout, progress, clock)
    call = functools.partial(operation, *arguments)
    run = anyio.to_thread.run_sync
    sink = await run(open_sink, to, into)
    restart = functools.partial(run, sink.restart) if sink.restartable else None
    try:
        while True:
            transfer = new_transfer()
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


def begin(
    operation: Callable[..., Any],
    resume: bool,
    timeout: float | None,
    progress: Progress | None,
    clock: Callable[[], float] = monotonic,
) -> Transfer:
    """Return the account of a download that begins, with the limits of the operation's client."""
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
