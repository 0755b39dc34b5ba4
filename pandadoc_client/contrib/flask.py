"""Flask: the consent of your users, and a receiver of webhooks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, current_app, redirect, request, session
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from pandadoc_client import oauth, webhooks
from pandadoc_client.contrib._consent import NOT_SIGNED_IN, Consent, explain
from pandadoc_client.contrib._receiver import HANDLER_GONE, MOST_BYTES, TOO_LARGE, Key, Receiver, check_blocking
from pandadoc_client.exceptions import ApiException

__all__ = ["PandaDocOAuth", "webhook_view"]


class PandaDocOAuth:
    """Connects users' PandaDoc accounts: ``app.register_blueprint(pandadoc.blueprint, url_prefix="/pandadoc")``.

    ``/pandadoc/connect?next=/documents`` sends the browser to the consent page, and ``/pandadoc/callback``, the
    client's redirect URI, saves the token and goes on to ``next``. The state is in Flask's session, which the
    application's ``SECRET_KEY`` signs; its cookie must not be ``SameSite=Strict``.

    Args:
        client: Of the application, with a redirect URI. It stays yours to close.
        store: Where tokens are kept. It stays yours to close, too.
        user: Returns the key in the store of who is signed in; None if nobody is, which is answered 401.
        scope: What to ask for.
        home: Where to go in the end if ``next`` names no place of this site.
        failed: Makes what a view may return when there is no consent: `AccessDeniedError`, or any other
            `ApiException`. None for a line of text with 403, 400 or 502.

    Raises:
        ApiValueError: The client has no redirect URI, or *home* is no path of this site.

    Attributes:
        blueprint: The two routes, ``pandadoc.connect`` and ``pandadoc.callback`` for ``url_for``.
    """

    def __init__(
        self,
        client: oauth.OAuthClient,
        store: oauth.TokenStore,
        user: Callable[[], str | None],
        *,
        scope: str = "read+write",
        home: str = "/",
        failed: Callable[[ApiException], Any] | None = None,
    ) -> None:
        self._client = client
        self._store = store
        self._user = user
        self._failed = failed or _failed
        self._consent = Consent(client, scope, home, self.manager)
        self.blueprint = Blueprint("pandadoc", __name__)
        self.blueprint.add_url_rule("/connect", "connect", self._connect)
        self.blueprint.add_url_rule("/callback", "callback", self._callback)

    def manager(self, key: str) -> oauth.TokenManager:
        """Return the manager of one user's token."""
        return oauth.TokenManager(self._client, self._store, key)

    def _connect(self) -> Response:
        user = self._user()
        if user is None:
            return _text(401, NOT_SIGNED_IN)
        return redirect(self._consent.start(session, user, request.args.get("next")))

    def _callback(self) -> Response:
        user = self._user()
        if user is None:
            return _text(401, NOT_SIGNED_IN)
        try:
            code, target = self._consent.finish(session, user, request.query_string.decode("latin-1"))
            self.manager(user).save(self._client.exchange_code(code))
        except ApiException as error:
            return current_app.make_response(self._failed(error))
        return redirect(target)


def _failed(error: ApiException) -> Response:
    return _text(*explain(error))


def _text(status: int, text: str) -> Response:
    return Response(text, status, mimetype="text/plain")


def webhook_view(
    hand_over: Callable[[webhooks.AnyEvent], object],
    shared_key: Key,
    deduplicator: webhooks.EventDeduplicator,
    *,
    max_body: int = MOST_BYTES,
) -> Callable[[], Response]:
    """Return a view for ``app.add_url_rule(…, view_func=view, methods=["POST"])``.

    It answers 204 when each event of the delivery was handed over, now or before; 401 for a wrong signature, 400 for
    what is no JSON, 413 for what is too large, 503 while another worker is at it. What *hand_over* raises is Flask's to
    handle, and the delivery comes again; an ``abort(410)`` becomes a 503, since PandaDoc would send nothing more.

    Args:
        hand_over: Puts an event where your workers find it. PandaDoc waits for 20 seconds.
        shared_key: The key of the subscription, or several.
        deduplicator: Remembers what was handled.
        max_body: Bytes that a body may have.

    Raises:
        ApiTypeError: An argument is of the wrong type.
        ApiValueError: A key is empty or has white space at an end, or *max_body* is below 1.
    """
    check_blocking(hand_over)
    receiver = Receiver(shared_key, deduplicator, max_body)

    def pandadoc_webhook() -> Response:
        # Flask answers 413 if that is declared. What is sent in chunks it cuts off there: so one byte more tells.
        request.max_content_length = receiver.max_body + 1
        body, signature = request.get_data(), request.args.get("signature")
        if len(body) > receiver.max_body:
            return _text(*TOO_LARGE)
        try:
            status, text = receiver.receive(body, signature, request.headers, hand_over)
        except HTTPException as error:
            if error.get_response().status_code != 410:
                raise
            status, text = HANDLER_GONE
        return _text(status, text)

    return pandadoc_webhook
