"""The bytes of a download, in both worlds: two shells around the decisions of `pandadoc_client._flows.download`."""

from __future__ import annotations

import inspect
import time
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Generator
from contextlib import aclosing, closing
from typing import Any

from pandadoc_client._calls.sources import CHUNK
from pandadoc_client._flows.download import Next, Transfer
from pandadoc_client._flows.handles import client_behind
from pandadoc_client._http.deadline import deadline
from pandadoc_client._http.timers import move_on_after
from pandadoc_client._http.timers import sleep as async_sleep
from pandadoc_client.exceptions import ApiConnectionError, ApiException, ApiTypeError
from pandadoc_client.rest import AsyncStreamedResponse, StreamedResponse

__all__ = ["check_world", "receive", "receive_async"]


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
            response: StreamedResponse = call(**transfer.options(options))
        except ApiException as error:
            if transfer.refused(error, restart is not None) is Next.DONE:
                return
            continue
        with closing(response):
            follows = transfer.opened(response.status, response.headers, restart is not None)
            if follows is Next.REOPEN:
                continue
            if follows is Next.RESTART and restart is not None:
                restart()
            while True:
                try:
                    with deadline(transfer.remaining()):
                        size = response.readinto(buffer)  # what is there, so that nothing of it is lost in a break
                    whole = not size and transfer.ended()
                except ApiConnectionError as error:
                    pause = transfer.broke(error, restart is not None)
                    break
                if not size:
                    if whole:
                        return transfer.finished()
                    pause = 0.0
                    break
                transfer.check(size)
                yield bytes(buffer[:size])
                transfer.count(size)  # out of the try: what the user's progress raises is no break
        if pause:
            sleep(pause)


async def receive_async(
    transfer: Transfer,
    call: Callable[..., Awaitable[Any]],
    options: dict[str, Any],
    restart: Callable[[], Awaitable[None]] | None,
    sleep: Callable[[float], Awaitable[Any]] = async_sleep,
) -> AsyncGenerator[bytes]:
    """Yield the bytes of a download; see `receive`."""
    while True:
        try:
            response: AsyncStreamedResponse = await call(**transfer.options(options))
        except ApiException as error:
            if transfer.refused(error, restart is not None) is Next.DONE:
                return
            continue
        async with response:
            follows = transfer.opened(response.status, response.headers, restart is not None)
            if follows is Next.REOPEN:
                continue
            if follows is Next.RESTART and restart is not None:
                await restart()
            stream: Any = response.stream()
            async with aclosing(stream) as parts:
                while True:
                    try:
                        part = await _next(transfer, parts)
                        whole = not part and transfer.ended()
                    except ApiConnectionError as error:
                        pause = transfer.broke(error, restart is not None)
                        break
                    if not part:
                        if whole:
                            transfer.finished()
                            return
                        pause = 0.0
                        break
                    transfer.check(len(part))
                    yield part
                    transfer.count(len(part))
        if pause:
            await sleep(pause)


async def _next(transfer: Transfer, parts: AsyncIterator[bytes]) -> bytes:
    try:
        with move_on_after(transfer.remaining()):
            return await anext(parts, b"")
    except TimeoutError as error:
        raise transfer.timed_out() from error
    raise transfer.timed_out()


def check_world(operation: Any, is_async: bool) -> None:
    """Refuse what is not callable, and a method of the other world.

    Raises:
        ApiTypeError: It is such.
    """
    from pandadoc_client.api_client import ApiClient, AsyncApiClient

    if not callable(operation):
        problem = f"operation must be a method of an API class, not {type(operation).__name__}"
        raise ApiTypeError(problem, ["operation"])
    client = client_behind(operation)
    if is_async and isinstance(client, ApiClient):
        problem = "operation: a blocking method is for the function without async_ before its name"
        raise ApiTypeError(problem, ["operation"])
    if not is_async and (isinstance(client, AsyncApiClient) or inspect.iscoroutinefunction(operation)):
        problem = "operation: an asynchronous method is for the function with async_ before its name"
        raise ApiTypeError(problem, ["operation"])
