"""Django: the consent of your users, and a receiver of webhooks."""

from __future__ import annotations

from collections.abc import Callable

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from pandadoc_client import oauth, webhooks
from pandadoc_client.contrib._consent import NOT_SIGNED_IN, Consent, explain
from pandadoc_client.contrib._receiver import MOST_BYTES, TOO_LARGE, Key, Receiver, check_blocking
from pandadoc_client.exceptions import ApiException

__all__ = ["PandaDocOAuth", "webhook_view"]


class PandaDocOAuth:
    """Connects users' PandaDoc accounts: ``path("pandadoc/", include(pandadoc.urls))``.

    ``/pandadoc/connect?next=/documents`` sends the browser to the consent page, and ``/pandadoc/callback``, the
    client's redirect URI, saves the token and goes on to ``next``. The state is in Django's session, which needs
    ``SessionMiddleware``; its cookie must not be ``SameSite=Strict``.

    Args:
        client: Of the application, with a redirect URI. It stays yours to close.
        store: Where tokens are kept. It stays yours to close, too.
        user: Returns the key in the store of who is signed in; None if nobody is, which is answered 401.
        scope: What to ask for.
        home: Where to go in the end if ``next`` names no place of this site.
        failed: Makes the response when there is no consent: `AccessDeniedError`, or any other `ApiException`. None for
            a line of text with 403, 400 or 502.

    Raises:
        ApiValueError: The client has no redirect URI, or *home* is no path of this site.

    Attributes:
        urls: The two routes, ``pandadoc_connect`` and ``pandadoc_callback`` for ``reverse``.
    """

    def __init__(
        self,
        client: oauth.OAuthClient,
        store: oauth.TokenStore,
        user: Callable[[HttpRequest], str | None],
        *,
        scope: str = "read+write",
        home: str = "/",
        failed: Callable[[HttpRequest, ApiException], HttpResponse] | None = None,
    ) -> None:
        self._client = client
        self._store = store
        self._user = user
        self._failed = failed or _failed
        self._consent = Consent(client, scope, home, self.manager)
        self.urls: list[URLPattern] = [
            path("connect", require_GET(self._connect), name="pandadoc_connect"),
            path("callback", require_GET(self._callback), name="pandadoc_callback"),
        ]

    def manager(self, key: str) -> oauth.TokenManager:
        """Return the manager of one user's token."""
        return oauth.TokenManager(self._client, self._store, key)

    def _connect(self, request: HttpRequest) -> HttpResponse:
        user = self._user(request)
        if user is None:
            return _text(401, NOT_SIGNED_IN)
        return HttpResponseRedirect(self._consent.start(request.session, user, request.GET.get("next")))

    def _callback(self, request: HttpRequest) -> HttpResponse:
        user = self._user(request)
        if user is None:
            return _text(401, NOT_SIGNED_IN)
        try:
            code, target = self._consent.finish(request.session, user, request.META.get("QUERY_STRING", ""))
            self.manager(user).save(self._client.exchange_code(code))
        except ApiException as error:
            return self._failed(request, error)
        return HttpResponseRedirect(target)


def _failed(request: HttpRequest, error: ApiException) -> HttpResponse:
    return _text(*explain(error))


def _text(status: int, text: str) -> HttpResponse:
    return HttpResponse(text, status=status, content_type="text/plain")


def webhook_view(
    hand_over: Callable[[webhooks.AnyEvent], object],
    shared_key: Key,
    deduplicator: webhooks.EventDeduplicator,
    *,
    max_body: int = MOST_BYTES,
) -> Callable[[HttpRequest], HttpResponse]:
    """Return a view for ``path("pandadoc/webhook", view)``, which needs no CSRF token.

    It answers 204 when each event of the delivery was handed over, now or before; 401 for a wrong signature, 400 for
    what is no JSON, 413 for what is too large, 503 while another worker is at it. What *hand_over* raises is Django's
    to handle, and the delivery comes again.

    Args:
        hand_over: Puts an event where your workers find it. PandaDoc waits for 20 seconds.
        shared_key: The key of the subscription, or several.
        deduplicator: Remembers what was handled.
        max_body: Bytes that a body may have; Django's ``DATA_UPLOAD_MAX_MEMORY_SIZE`` holds as well.

    Raises:
        ApiTypeError: An argument is of the wrong type.
        ApiValueError: A key is empty or has white space at an end, or *max_body* is below 1.
    """
    check_blocking(hand_over)
    receiver = Receiver(shared_key, deduplicator, max_body)

    def pandadoc_webhook(request: HttpRequest) -> HttpResponse:
        try:
            too_large = _declared(request) > receiver.max_body or len(request.body) > receiver.max_body
        except RequestDataTooBig:
            too_large = True
        if too_large:
            return _text(*TOO_LARGE)
        return _text(*receiver.receive(request.body, request.GET.get("signature"), request.headers, hand_over))

    return csrf_exempt(require_POST(pandadoc_webhook))


def _declared(request: HttpRequest) -> int:
    length = request.META.get("CONTENT_LENGTH") or ""
    return int(length) if length.isdecimal() else 0
