"""How a thread asks for the next token, whichever client there is."""

from __future__ import annotations

import asyncio
import contextlib
from concurrent.futures import CancelledError

from pandadoc_client.exceptions import ApiConnectionError
from pandadoc_client.oauth.client import AsyncOAuthClient, OAuthClient
from pandadoc_client.oauth.token import Token

__all__ = ["Sender", "blocking_refresh"]

_LONGEST = 300.0
"""Seconds after which a refresh in an event loop is given up: a loop that has stopped says nothing."""


class Sender:
    """Sends refreshes from a thread, by a blocking client."""

    def __init__(self, client: OAuthClient) -> None:
        self._client = client

    def note_loop(self) -> None:
        """Remember the event loop of the caller, where that matters."""

    def send(self, token: Token) -> Token:
        """Return the token that follows *token*; raises what `OAuthClient.refresh` raises."""
        return self._client.refresh(token)


class _LoopSender(Sender):
    """Sends refreshes in the event loop of whoever asked: connections that were given belong there."""

    def __init__(self, client: AsyncOAuthClient) -> None:
        self._async_client = client
        self._loop: asyncio.AbstractEventLoop | None = None

    def note_loop(self) -> None:
        with contextlib.suppress(RuntimeError):  # trio, of which a thread cannot ask this
            self._loop = asyncio.get_running_loop()

    def send(self, token: Token) -> Token:
        loop = self._loop
        if loop is None or loop.is_closed():
            reason = (
                "An AsyncOAuthClient with an http_client refreshes in asyncio's event loops only, and there is none"
            )
            raise ApiConnectionError(reason=reason, request_sent=False)
        answer = asyncio.run_coroutine_threadsafe(self._refresh(token), loop)
        try:
            return answer.result(_LONGEST)
        except (CancelledError, TimeoutError) as error:  # its own timeout is an ApiTimeoutError
            answer.cancel()
            raise ApiConnectionError(reason="The event loop ended while a token was refreshed") from error

    async def _refresh(self, token: Token) -> Token:
        return await self._async_client.refresh(token)


def blocking_refresh(client: OAuthClient | AsyncOAuthClient) -> Sender:
    """Return how to refresh by *client* from a thread."""
    if isinstance(client, OAuthClient):
        return Sender(client)
    twin = client._blocking_twin()
    return _LoopSender(client) if twin is None else Sender(twin)
