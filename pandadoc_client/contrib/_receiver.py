"""What receivers of webhooks do in any framework, between a body and a status."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextlib import AsyncExitStack, ExitStack, suppress
from typing import Any, Protocol

from pandadoc_client import webhooks
from pandadoc_client.exceptions import ApiTypeError, ApiValueError

__all__ = ["HANDLER_GONE", "MOST_BYTES", "TOO_LARGE", "Key", "Receiver", "check_blocking"]

Key = str | bytes | Sequence[str | bytes]
MOST_BYTES = 10 * 1024 * 1024
TOO_LARGE = 413, "The body of the delivery is too large"
HANDLER_GONE = 503, "The event was not handled"
"""In place of a 410 of the handler's, for which PandaDoc switches a subscription off at once."""


class _Headers(Protocol):
    def items(self) -> Iterable[tuple[Any, Any]]: ...


class Receiver:
    """Verifies, deduplicates and hands over.

    Args:
        shared_key: The key of the subscription, or several.
        deduplicator: Remembers what was handled; it stays the caller's to close.
        max_body: Bytes that a body may have.

    Raises:
        ApiTypeError: An argument is of the wrong type.
        ApiValueError: A key is empty or has white space at an end, or *max_body* is below 1.
    """

    def __init__(self, shared_key: Key, deduplicator: webhooks.EventDeduplicator, max_body: int) -> None:
        with suppress(webhooks.WebhookSignatureError):
            webhooks.verify(b"", "0" * 64, shared_key)  # refuses what can be no key
        if not isinstance(deduplicator, webhooks.EventDeduplicator):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise ApiTypeError(f"deduplicator must be an EventDeduplicator, not {type(deduplicator).__name__}")
        if max_body < 1:
            raise ApiValueError("max_body must be a number of bytes above 0")
        self._shared_key = shared_key
        self._deduplicator = deduplicator
        self.max_body = max_body

    def receive(
        self,
        body: bytes,
        signature: str | None,
        headers: _Headers,
        hand_over: Callable[[webhooks.AnyEvent], object],
    ) -> tuple[int, str]:
        """Return the status and text to answer with. What *hand_over* raises is raised, and nothing was handled."""
        with ExitStack() as stack:
            try:
                delivery = webhooks.parse(body, signature, self._shared_key, headers=headers)
                first = stack.enter_context(self._deduplicator.once(delivery.id))
            except webhooks.WebhookError as error:
                return error.answer, str(error)
            for event in delivery if first else ():
                _refuse_awaitable(hand_over(event))
        return 204, ""

    async def areceive(
        self,
        body: bytes,
        signature: str | None,
        headers: _Headers,
        hand_over: Callable[[webhooks.AnyEvent], Awaitable[object]],
    ) -> tuple[int, str]:
        """Do what `receive` does."""
        async with AsyncExitStack() as stack:
            try:
                delivery = webhooks.parse(body, signature, self._shared_key, headers=headers)
                first = await stack.enter_async_context(self._deduplicator.aonce(delivery.id))
            except webhooks.WebhookError as error:
                return error.answer, str(error)
            for event in delivery if first else ():
                await hand_over(event)
        return 204, ""


def check_blocking(hand_over: Callable[[webhooks.AnyEvent], object]) -> None:
    """Refuse a coroutine function, which nobody would await.

    Raises:
        ApiTypeError: *hand_over* is one.
    """
    if inspect.iscoroutinefunction(hand_over):
        raise ApiTypeError("hand_over must be a function, not a coroutine function (async def)")


def _refuse_awaitable(outcome: object) -> None:
    """Refuse what a function that is none of ``async def`` has made of one: nobody would await it.

    Raises:
        ApiTypeError: It is awaitable. The event counts as not handled.
    """
    if inspect.isawaitable(outcome):
        if inspect.iscoroutine(outcome):
            outcome.close()
        raise ApiTypeError("hand_over must do its work itself, and it returned something to be awaited")
