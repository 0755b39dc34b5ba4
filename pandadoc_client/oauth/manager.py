"""`TokenManager` and `AsyncTokenManager`: a valid token whenever one is asked for.

    manager = TokenManager(client, FileTokenStore("tokens.json"))
    manager.save(client.exchange_code(code))     # once, after consent
    manager.token().access_token                 # from then on, in every thread and process

Both are thin shells over `pandadoc_client.oauth._lifecycle`: one waits blocking, the other by awaiting.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Generator
from concurrent.futures import Future
from typing import Any

import anyio
import anyio.to_thread

from pandadoc_client._http.fork import ProcessBound
from pandadoc_client._http.secrets import repr_in_any_state
from pandadoc_client._http.timers import move_on_after
from pandadoc_client.exceptions import ApiTimeoutError, ApiTypeError, ApiValueError
from pandadoc_client.oauth._lifecycle import Lifecycle
from pandadoc_client.oauth.auth import OAuth2Auth, TokenSource
from pandadoc_client.oauth.client import AsyncOAuthClient, OAuthClient, blocking_client
from pandadoc_client.oauth.stores.base import TokenStore, check_key, check_token
from pandadoc_client.oauth.token import Token

__all__ = ["AsyncTokenManager", "TokenManager"]


class _Manager(TokenSource, ProcessBound):
    """What both managers share; either takes either client."""

    def __init__(
        self,
        client: OAuthClient | AsyncOAuthClient,
        store: TokenStore,
        key: str = "default",
        leeway: float = 60.0,
        *,
        lock_timeout: float = 120.0,
    ) -> None:
        if not isinstance(client, OAuthClient | AsyncOAuthClient):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise ApiTypeError(f"client must be an OAuthClient or an AsyncOAuthClient, not {type(client).__name__}")
        if not isinstance(store, TokenStore):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise ApiTypeError(f"store must be a TokenStore, not {type(store).__name__}")
        self._client = client
        self._store = store
        self._key = check_key(key)
        leeway, lock_timeout = _seconds("leeway", leeway), _seconds("lock_timeout", lock_timeout)
        self._lifecycle = Lifecycle(store, key, leeway, blocking_client(client), lock_timeout)

    @repr_in_any_state
    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._client!r}, {self._store!r}, key={self._key!r})"

    @property
    def client(self) -> OAuthClient | AsyncOAuthClient:
        """The client that refreshes."""
        return self._client

    @property
    def store(self) -> TokenStore:
        """Where the tokens are."""
        return self._store

    @property
    def key(self) -> str:
        """The account."""
        return self._key

    def _wait(self, future: Future[Token], timeout: float | None) -> Token:
        try:
            return future.result(timeout)
        except TimeoutError:
            if future.done() and not future.cancelled():
                raise
            raise _out_of_patience(future, timeout) from None

    async def _await(self, future: Future[Token], timeout: float | None) -> Token:
        with move_on_after(timeout):
            return await _outcome(future)
        raise _out_of_patience(future, timeout) from None

    def wait_for_token(self, timeout: float | None = None) -> Token:
        """Return a valid token, blocking; what `TokenManager.token` does, for code that has either manager."""
        return self._lifecycle.current() or self._wait(self._lifecycle.request(), timeout)

    async def await_token(self, timeout: float | None = None) -> Token:
        """Return a valid token; what `AsyncTokenManager.token` does, for code that has either manager."""
        token = self._lifecycle.current()
        if token is None:
            token = await self._await(self._lifecycle.request(), timeout)
        return token

    def reject(self, access_token: str) -> None:
        """Note that the server does not take *access_token*; what `invalidate` does, for either manager."""
        if not isinstance(access_token, str):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise ApiTypeError(f"access_token must be text (str), not {type(access_token).__name__}")
        self._lifecycle.reject(access_token)

    def httpx_auth(self) -> OAuth2Auth:
        """Return the authentication for any httpx client that sends this manager's tokens."""
        return OAuth2Auth(self)  # type: ignore[arg-type]  # there are the two managers alone


class TokenManager(_Manager):
    """Keeps one account's token valid, blocking. Safe for threads, and for processes and machines that share the store.

    A token that is valid by the clock is returned from memory. Otherwise exactly one refresh is sent, however many
    threads, clients, processes or machines ask; the new token is saved before anybody gets it. The refresh goes on in
    a thread of its own if the caller is interrupted or runs out of patience.

    Args:
        client: Sends the refresh; it stays the caller's to close. An `OAuthClient` or an `AsyncOAuthClient`.
        store: Where tokens are kept; it stays the caller's to close, too.
        key: The account, if the store keeps several.
        leeway: Seconds before its end from which on a token is renewed. Must cover the time that a call takes.
        lock_timeout: Seconds to wait while another process refreshes.

    Raises:
        ApiTypeError: An argument is of the wrong type.
        ApiValueError: *key*, *leeway* or *lock_timeout* cannot be right, or *client* is an `AsyncOAuthClient` with an
            ``http_client`` of its own.
    """

    def token(self, *, timeout: float | None = None) -> Token:
        """Return a valid token, refreshed if need be.

        Args:
            timeout: Seconds to wait at the most; None for as long as it takes, which the timeouts of client and store
                bound. A refresh that has begun goes on without the caller.

        Raises:
            ReauthorizationRequired: There is no token, or its grant is dead, or another host gave it: a person has to
                give consent. One request is sent for a dead grant, and none after it, until a new token is saved.
            TokenStoreError: The store fails. If a new token could not be saved the error carries it as ``token``, and
                the manager goes on with it and tries again to save it.
            ApiConnectionError: The token endpoint cannot be reached, or its response was lost twice.
            ApiTimeoutError: *timeout* is over, or the token endpoint took too long.
            ApiException: Any other error of `OAuthClient.refresh`. The stored token is as it was.
            ApiTypeError: *timeout* is no number.
            ApiValueError: *timeout* is below 0, or none that can be waited for.
        """
        return self.wait_for_token(_patience(timeout))

    def refresh(self, *, timeout: float | None = None, force: bool = False) -> Token:
        """Return another token than the latest known one: somebody else's, if there is a newer one, or a new one.

        Threads and processes that call this at the same time send one request together.

        Args:
            timeout: As for `token`.
            force: True to ask the server even if it refused this grant before.

        Raises:
            ReauthorizationRequired: As `token`, and likewise for the rest.
        """
        patience = _patience(timeout)
        latest = self._lifecycle.peek()
        return self._wait(self._lifecycle.request(_access_token(latest), force), patience)

    def save(self, token: Token) -> None:
        """Keep *token*, such as one that a code was exchanged for, in the place of the stored one.

        Raises:
            TokenStoreError: It could not be saved; the error carries it. The manager uses it nevertheless.
            ApiTypeError: It is no token.
            ApiValueError: Another host than the client's gave it.
        """
        self._lifecycle.save(check_token(token))

    def invalidate(self, access_token: str) -> None:
        """Say that the server answered 401 to *access_token*: the next `token` brings another one.

        Does nothing if the manager has another one already. Nothing is sent.
        """
        self.reject(access_token)


class AsyncTokenManager(_Manager):
    """Keeps one account's token valid, for asyncio and trio; `TokenManager` describes arguments, methods and errors.

    One manager serves any number of event loops. A task that is cancelled, or a loop that ends, does not stop a
    refresh that has begun: it runs in a thread, over blocking connections of its own. An `AsyncOAuthClient` that was
    given an ``http_client`` is refused, since such a client's connections end with its event loop, and a refresh that
    is under way would be lost with them. Give an `OAuthClient` with an ``httpx.Client`` instead.
    """

    async def token(self, *, timeout: float | None = None) -> Token:
        """Return a valid token, refreshed if need be; see `TokenManager.token`."""
        return await self.await_token(_patience(timeout))

    async def refresh(self, *, timeout: float | None = None, force: bool = False) -> Token:
        """Return another token than the latest known one; see `TokenManager.refresh`."""
        patience = _patience(timeout)
        latest = await anyio.to_thread.run_sync(self._lifecycle.peek)
        return await self._await(self._lifecycle.request(_access_token(latest), force), patience)

    async def save(self, token: Token) -> None:
        """Keep *token*; see `TokenManager.save`. It is saved even if the caller is cancelled."""
        await anyio.to_thread.run_sync(self._lifecycle.save, check_token(token))

    def invalidate(self, access_token: str) -> Done:
        """Say that the server answered 401 to *access_token*; see `TokenManager.invalidate`.

        It is done at once, and may be awaited like the other methods.
        """
        self.reject(access_token)
        return Done()


class Done:
    """What may be awaited and is done already."""

    def __await__(self) -> Generator[Any, None, None]:
        yield from ()


def _seconds(name: str, value: float) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise ApiTypeError(f"{name} must be a number of seconds, not {type(value).__name__}")
    if not 0 <= value < 1e9:
        raise ApiValueError(f"{name} must be a number of seconds, 0 or more")
    return float(value)


def _access_token(token: Token | None) -> str | None:
    return None if token is None else token.access_token


def _patience(timeout: float | None) -> float | None:
    """Return *timeout*, in seconds; None for as long as it takes."""
    return None if timeout is None else _seconds("timeout", timeout)


def _out_of_patience(future: Future[Token], timeout: float | None) -> ApiTimeoutError:
    future.cancel()
    return ApiTimeoutError(reason=f"No token within {timeout:g} seconds; what was begun goes on", request_sent=False)


async def _outcome(future: Future[Token]) -> Token:
    """Wait for *future* in whatever event loop this is."""
    try:
        loop = asyncio.get_running_loop()
    except RuntimeError:  # trio
        return await anyio.to_thread.run_sync(future.result, abandon_on_cancel=True)
    done = asyncio.Event()

    def wake(_: Future[Token]) -> None:
        with contextlib.suppress(RuntimeError):  # the loop has ended, and with it whoever waited
            loop.call_soon_threadsafe(done.set)

    future.add_done_callback(wake)
    await done.wait()
    return future.result()
