"""FastAPI: the consent of your users, and a receiver of webhooks. The receiver serves Starlette, too."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable
from typing import Any

import anyio.to_thread
from fastapi import APIRouter, Depends, HTTPException
from fastapi.requests import Request
from fastapi.responses import PlainTextResponse, RedirectResponse, Response
from starlette.exceptions import HTTPException as StarletteHTTPException

from pandadoc_client import oauth, webhooks
from pandadoc_client.contrib._consent import NOT_SIGNED_IN, Consent, explain
from pandadoc_client.contrib._receiver import HANDLER_GONE, MOST_BYTES, TOO_LARGE, Key, Receiver
from pandadoc_client.exceptions import ApiException, ApiTypeError

__all__ = ["PandaDocOAuth", "webhook_endpoint"]


class PandaDocOAuth:
    """Connects users' PandaDoc accounts: ``app.include_router(pandadoc.router, prefix="/pandadoc")``.

    ``/pandadoc/connect?next=/documents`` sends the browser to the consent page, and ``/pandadoc/callback``, the
    client's redirect URI, saves the token and goes on to ``next``. The state is in the session of Starlette's
    ``SessionMiddleware``, which signs it; its cookie must not be ``same_site="strict"``.

    Args:
        client: Of the application, with a redirect URI. It stays yours to close.
        store: Where tokens are kept. It stays yours to close, too.
        user: A dependency that returns the key in the store of who is signed in; None if nobody is, which is answered
            401.
        scope: What to ask for.
        home: Where to go in the end if ``next`` names no place of this site.
        failed: Makes the response when there is no consent: `AccessDeniedError`, or any other `ApiException`. None for
            a line of text with 403, 400 or 502.

    Raises:
        ApiTypeError: *client* is no `AsyncOAuthClient`.
        ApiValueError: The client has no redirect URI, or *home* is no path of this site.

    Attributes:
        router: The two routes, ``pandadoc_connect`` and ``pandadoc_callback`` for ``url_for``.
        current_manager: A dependency: the `AsyncTokenManager` of who is signed in.
    """

    def __init__(
        self,
        client: oauth.AsyncOAuthClient,
        store: oauth.TokenStore,
        user: Callable[..., str | Awaitable[str | None] | None],
        *,
        scope: str = "read+write",
        home: str = "/",
        failed: Callable[[Request, ApiException], Response] | None = None,
    ) -> None:
        if not isinstance(client, oauth.AsyncOAuthClient):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise ApiTypeError(f"client must be an AsyncOAuthClient, not {type(client).__name__}")
        self._client = client
        self._store = store
        self._failed = failed or _failed
        self._consent = Consent(client, scope, home, self.manager)
        found: Any = Depends(user)

        async def signed_in(key: str | None = found) -> str:
            if key is None:
                raise HTTPException(401, NOT_SIGNED_IN)
            return key

        key: Any = Depends(signed_in)

        async def connect(request: Request, next: str | None = None, key: str = key) -> Response:
            return RedirectResponse(self._consent.start(request.session, key, next), 302)

        async def callback(request: Request, key: str = key) -> Response:
            return await self._callback(request, key)

        async def current_manager(key: str = key) -> oauth.AsyncTokenManager:
            return self.manager(key)

        self.current_manager: Callable[..., Awaitable[oauth.AsyncTokenManager]] = current_manager
        self.router = APIRouter(include_in_schema=False)
        self.router.add_api_route("/connect", connect, name="pandadoc_connect", response_model=None)
        self.router.add_api_route("/callback", callback, name="pandadoc_callback", response_model=None)

    def manager(self, key: str) -> oauth.AsyncTokenManager:
        """Return the manager of one user's token."""
        return oauth.AsyncTokenManager(self._client, self._store, key)

    async def _callback(self, request: Request, key: str) -> Response:
        try:
            code, target = self._consent.finish(request.session, key, request.url.query)
            await self.manager(key).save(await self._client.exchange_code(code))
        except ApiException as error:
            return self._failed(request, error)
        return RedirectResponse(target, 302)


def _failed(request: Request, error: ApiException) -> Response:
    status, text = explain(error)
    return PlainTextResponse(text, status)


def webhook_endpoint(
    hand_over: Callable[[webhooks.AnyEvent], object],
    shared_key: Key,
    deduplicator: webhooks.EventDeduplicator,
    *,
    max_body: int = MOST_BYTES,
) -> Callable[[Request], Awaitable[Response]]:
    """Return an endpoint for ``app.add_api_route(…, endpoint, methods=["POST"])``, or for a ``Route`` of Starlette's.

    It answers 204 when each event of the delivery was handed over, now or before; 401 for a wrong signature, 400 for
    what is no JSON, 413 for what is too large, 503 while another worker is at it. What *hand_over* raises is the
    framework's to handle, and the delivery comes again; an ``HTTPException(410)`` becomes a 503, since PandaDoc would
    send nothing more.

    Args:
        hand_over: Puts an event where your workers find it: ``async def``, or ``def``, which runs in a thread.
            PandaDoc waits for 20 seconds. A ``BackgroundTask`` is no such place: it ends with the process.
        shared_key: The key of the subscription, or several.
        deduplicator: Remembers what was handled.
        max_body: Bytes that a body may have.

    Raises:
        ApiTypeError: An argument is of the wrong type.
        ApiValueError: A key is empty or has white space at an end, or *max_body* is below 1.
    """
    receiver = Receiver(shared_key, deduplicator, max_body)

    async def give(event: webhooks.AnyEvent) -> None:
        is_async = inspect.iscoroutinefunction(hand_over)
        outcome = hand_over(event) if is_async else await anyio.to_thread.run_sync(hand_over, event)
        if inspect.isawaitable(outcome):
            await outcome

    async def pandadoc_webhook(request: Request) -> Response:
        body = bytearray()
        async for chunk in request.stream():
            body += chunk
            if len(body) > receiver.max_body:
                status, text = TOO_LARGE
                return PlainTextResponse(text, status)
        try:
            signature = request.query_params.get("signature")
            status, text = await receiver.areceive(bytes(body), signature, request.headers, give)
        except StarletteHTTPException as error:
            if error.status_code != 410:
                raise
            status, text = HANDLER_GONE
        return PlainTextResponse(text, status)

    return pandadoc_webhook
