"""The bytes of a download, in both worlds: two shells around the decisions of `pandadoc_client._transfer`."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator
from contextlib import aclosing, closing
from typing import Any

import anyio

from pandadoc_client._deadline import deadline
from pandadoc_client._sources import CHUNK
from pandadoc_client._transfer import Next, Transfer
from pandadoc_client.exceptions import ApiConnectionError, ApiException
from pandadoc_client.rest import AsyncStreamedResponse, StreamedResponse

__all__ = ["receive", "receive_async"]


def receive(
    transfer: Transfer,
    call: Callable[..., Any],
    options: dict[str, Any],
    restart: Callable[[], None] | None,
    sleep: Callable[[float], Any] = time.sleep,
) -> Generator[bytes]:
    """Yield the bytes of a download; after a break it goes on, or anew if *restart* can take back what was yielded.

    Args:
        transfer: Its account.
        call: Makes the call with the options it is given, and returns the open answer.
        options: Options of the call.
        restart: Forgets what was yielded; None if that cannot be.
        sleep: Waits for so many seconds.
    """
    buffer = bytearray(CHUNK)
    while True:
        try:
            answer: StreamedResponse = call(**transfer.options(options))
        except ApiException as error:
            if transfer.refused(error, restart is not None) is Next.DONE:
                return
            continue
        with closing(answer):
            follows = transfer.opened(answer.status, answer.headers, restart is not None)
            if follows is Next.REOPEN:
                continue
            if follows is Next.RESTART and restart is not None:
                restart()
            try:
                while True:
                    with deadline(transfer.remaining()):
                        size = answer.readinto(buffer)  # what is there, so that nothing of it is lost in a break
                    if not size:
                        return transfer.finished()
                    yield bytes(buffer[:size])
                    transfer.count(size)
            except ApiConnectionError as error:
                pause = transfer.broke(error, restart is not None)
        sleep(pause)


async def receive_async(
    transfer: Transfer,
    call: Callable[..., Awaitable[Any]],
    options: dict[str, Any],
    restart: Callable[[], Awaitable[None]] | None,
    sleep: Callable[[float], Awaitable[Any]] = anyio.sleep,
) -> AsyncGenerator[bytes]:
    """Yield the bytes of a download; see `receive`."""
    while True:
        try:
            answer: AsyncStreamedResponse = await call(**transfer.options(options))
        except ApiException as error:
            if transfer.refused(error, restart is not None) is Next.DONE:
                return
            continue
        async with answer:
            follows = transfer.opened(answer.status, answer.headers, restart is not None)
            if follows is Next.REOPEN:
                continue
            if follows is Next.RESTART and restart is not None:
                await restart()
            try:
                stream: Any = answer.stream()
                async with aclosing(stream) as parts:
                    while True:
                        try:
                            with anyio.fail_after(transfer.remaining()):
                                part = await anext(parts, b"")
                        except TimeoutError as error:
                            raise transfer.timed_out() from error
                        if not part:
                            transfer.finished()
                            return
                        yield part
                        transfer.count(len(part))
            except ApiConnectionError as error:
                pause = transfer.broke(error, restart is not None)
        await sleep(pause)
