"""`OAuthClient` and `AsyncOAuthClient`: thin shells that send what `pandadoc_client.oauth.protocol` builds.

Every decision is taken in `_OAuthClient`; the two clients differ only in how a request travels.
"""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Generic, Self, TypeVar

import pandadoc_client
from pandadoc_client._http.backends import AsyncHttpClient, Backend, HttpClient, check_http_client
from pandadoc_client._http.fork import ProcessBound
from pandadoc_client._http.form import value_problem
from pandadoc_client._http.logging import log_by_environment
from pandadoc_client._http.messages import USER_AGENT, Request, Response
from pandadoc_client._http.network import TransportSettings, check_host
from pandadoc_client._http.retry import RetryPolicy, Timeout, check_timeout
from pandadoc_client._http.secrets import hide, repr_in_any_state, type_name
from pandadoc_client._http.transport import AsyncTransport, Transport
from pandadoc_client._http.values import Value
from pandadoc_client.exceptions import ApiTypeError, ApiValueError
from pandadoc_client.oauth import protocol
from pandadoc_client.oauth._settings import (
    check_authorize_url,
    consent_page,
    find_credentials,
    find_host,
    or_environment,
)
from pandadoc_client.oauth.protocol import AuthorizationRequest
from pandadoc_client.oauth.token import Token

__all__ = ["AsyncOAuthClient", "OAuthClient", "blocking_client"]

_DEFAULT_SCOPE = "read+write"
_REFRESH_LIMITS = Timeout(total=90.0, connect=10.0, read=90.0)
"""Limits of a refresh. Generous: to give up on one that the server goes on to process loses the grant."""
_HttpClient = TypeVar("_HttpClient", HttpClient, AsyncHttpClient)


class _Grant(Value, hidden=("scope", "refresh_token")):
    """A token request, and what its response may leave unsaid.

    Attributes:
        request: What to send.
        scope: The scope that was asked for; a response without one grants just that (RFC 6749 §5.1).
        host: URL of the API that it goes to.
        refresh_token: The refresh token in use; a response without a new one leaves it in force (§6).
    """

    request: Request
    scope: str
    host: str
    refresh_token: str | None = None

    def token(self, response: Response, received_at: datetime) -> Token:
        token = protocol.parse_token_response(response, received_at)
        return dataclasses.replace(
            token,
            scope=token.scope or self.scope,
            refresh_token=token.refresh_token or self.refresh_token,
            host=self.host,
        )


class _OAuthClient(ProcessBound, Generic[_HttpClient]):
    """What both clients share: settings, checks, requests, answers."""

    _is_async = False

    def __init__(
        self,
        client_id: str | None = None,
        client_secret: str | None = None,
        redirect_uri: str | None = None,
        *,
        host: str | None = None,
        authorize_url: str | None = None,
        timeout: float | tuple[float | None, float | None] | Timeout | None = 30.0,
        http_client: _HttpClient | None = None,
        send_redirect_uri: bool = False,
        region: str | None = None,
        allow_insecure: bool = False,
        retries: int | RetryPolicy | None = None,
        refresh_timeout: float | tuple[float | None, float | None] | Timeout | None = None,
        configuration: pandadoc_client.Configuration | None = None,
        backend: Backend | None = None,
    ) -> None:
        client_secret = hide(client_secret)  # what is refused here is reported with this frame's local variables
        self._client_id, self._client_secret = find_credentials(client_id, client_secret)
        self._redirect_uri = or_environment(redirect_uri, "PANDADOC_REDIRECT_URI")
        if self._redirect_uri is not None:
            protocol.check_redirect_uri(self._redirect_uri)
        if send_redirect_uri and self._redirect_uri is None:
            raise ApiValueError("send_redirect_uri needs a redirect_uri (or PANDADOC_REDIRECT_URI)")
        self._send_redirect_uri = send_redirect_uri
        self._host, of_region = find_host(host, region)
        check_host(self._host, allow_insecure)
        self._authorize_url = consent_page(self._host, of_region) if authorize_url is None else authorize_url
        check_authorize_url(self._authorize_url, allow_insecure)
        check_http_client(http_client, backend, is_async=self._is_async)
        settings = TransportSettings(
            timeout=check_timeout(timeout, Timeout()),
            retries=RetryPolicy.of(retries),
            allow_insecure=allow_insecure,
            backend=backend,
        )
        self._settings = settings
        self._refresh_timeout = _refresh_limits(refresh_timeout)
        if configuration is not None and http_client is not None:
            raise ApiValueError("configuration and http_client cannot both be given: either says how to connect")
        self._configuration = configuration
        self._http_client: _HttpClient | None = http_client
        self._closed = False
        log_by_environment()
        self._guard = threading.Lock()
        self._prepare()

    def _prepare(self) -> None:
        """Set up what only one of the clients has."""
        raise NotImplementedError

    def _transport_settings(self) -> TransportSettings:
        """Return how to connect; asked for once, when the first request is sent."""
        if self._configuration is None:
            return self._settings
        own = self._settings
        return self._configuration.transport_settings().replace(
            timeout=own.timeout,
            retries=own.retries,
            allow_insecure=own.allow_insecure,
            rate_limiter=None,
            backend=own.backend or self._configuration.backend,
        )

    @repr_in_any_state
    def __repr__(self) -> str:
        return (
            f"{type(self).__name__}(client_id={self._client_id!r}, client_secret='***',"
            f" redirect_uri={self._redirect_uri!r}, host={self._host!r}, authorize_url={self._authorize_url!r})"
        )

    @property
    def client_id(self) -> str:
        """The application's id."""
        return self._client_id

    @property
    def refresh_timeout(self) -> Timeout:
        """The limits of a refresh, in seconds. Its ``total`` is always a number."""
        return self._refresh_timeout

    @property
    def redirect_uri(self) -> str | None:
        """Where the consent page sends people back to, or None."""
        return self._redirect_uri

    @property
    def host(self) -> str:
        """URL of the API, without a slash at its end."""
        return self._host

    @property
    def authorize_url(self) -> str:
        """Address of the consent page, without its parameters."""
        return self._authorize_url

    def authorization_url(
        self, scope: str = _DEFAULT_SCOPE, state: str | None = None, *, redirect_uri: str | None = None
    ) -> AuthorizationRequest:
        """Return where to send a person for consent (RFC 6749 §4.1.1). Nothing is sent.

        Args:
            scope: What to ask for.
            state: A value of your own that the callback must repeat; it must be unguessable. None for a fresh one.
            redirect_uri: Another one for this request, such as one with a free port on loopback (RFC 8252 §7.3).

        Raises:
            ApiValueError: There is no redirect URI, or an argument is empty or has a control character.
            ApiTypeError: An argument is no text.
        """
        redirect_uri = self._redirect_uri if redirect_uri is None else redirect_uri
        if redirect_uri is None:
            raise ApiValueError("redirect_uri is missing: give it to the client, or set PANDADOC_REDIRECT_URI")
        state = protocol.new_state() if state is None else state
        url = protocol.build_authorization_url(self._authorize_url, self._client_id, redirect_uri, scope, state)
        return AuthorizationRequest(url, state)

    def parse_callback(self, url: str, state: str | None) -> str:
        """Return the authorization code of a callback; `pandadoc_client.oauth.protocol.parse_callback` has the rules.

        Args:
            url: The callback's URL, or its path and query, or its query.
            state: The ``state`` of the `AuthorizationRequest`; None if the session has none.

        Raises:
            StateMismatchError: The callback belongs to another authorization request.
            OAuthError: The server reports an error, such as `AccessDeniedError`.
            CallbackError: It is no callback, or one that the server does not send.
            ApiTypeError: An argument is no text.
            ApiValueError: *state* is empty.
        """
        url, state = hide(url), hide(state)
        return protocol.parse_callback(url, state)

    def _code_grant(self, code: str, scope: str, redirect_uri: str | None) -> _Grant:
        fields = {"grant_type": "authorization_code", "code": hide(code), "scope": scope}
        if self._send_redirect_uri:
            fields["redirect_uri"] = redirect_uri or self._redirect_uri or ""
        return _Grant(self._request(fields), scope, self._host)

    def _refresh_grant(self, token: Token | str, scope: str | None) -> _Grant:
        refresh_token: object = hide(token)
        granted: str | None = None
        if isinstance(token, Token):
            if not token.is_for(self._host):
                raise ApiValueError(f"The token is for {token.host}, and this client for {self._host}", ["token"])
            refresh_token, granted = hide(token.refresh_token), token.scope
            if refresh_token is None:
                raise ApiValueError("The token has no refresh_token: a person has to give consent again")
        if not isinstance(refresh_token, str):
            raise ApiTypeError(f"token must be a Token or a refresh token (str), not {type_name(token)}")
        if scope is None:
            # The server may refuse a refresh without a scope, so one is always sent; what it wrote itself and cannot
            # be sent back is no reason to lose the grant.
            scope = _DEFAULT_SCOPE if granted is None or value_problem(granted) else granted
        fields = {"grant_type": "refresh_token", "refresh_token": refresh_token, "scope": scope}
        return _Grant(self._request(fields), scope, self._host, str(refresh_token))

    def _request(self, fields: Mapping[str, object]) -> Request:
        if self._closed:
            raise RuntimeError(f"This {type(self).__name__} is closed")
        credentials = {"client_id": self._client_id, "client_secret": self._client_secret}
        return protocol.token_request(self._host, {**credentials, **fields}, USER_AGENT)


class OAuthClient(_OAuthClient[HttpClient]):
    """Gets and refreshes tokens, blocking. Safe for use by many threads; close it, or use it in a ``with``.

    A token request has no Authorization header, follows no redirect, and is sent again only if the server cannot have
    processed the first (429, 503, no connection).

    Args:
        client_id: The application's id; else ``PANDADOC_CLIENT_ID``.
        client_secret: The application's secret; else ``PANDADOC_CLIENT_SECRET``.
        redirect_uri: Where the consent page sends people back to, as registered; else ``PANDADOC_REDIRECT_URI``.
            Needed for `authorization_url` only.
        host: URL of the API; else ``PANDADOC_HOST``, else that of the region.
        authorize_url: Address of the consent page. By default it goes with the host: PandaDoc's for PandaDoc's, and
            ``/oauth2/authorize`` on a host on this machine (the emulator); for any other host, that of the region.
        timeout: Seconds that a call may take, retries included, or a pair (connect, read). None for 30 seconds. It
            does not bound a refresh.
        http_client: A client of httpx or httpx2 to send with. It is not closed, and its authentication, default headers
            and cookies are not used.
        send_redirect_uri: True to send ``redirect_uri`` along with a code; the API's contract has no such field.
        region: ``"us"`` or ``"eu"``; else ``PANDADOC_REGION``, else ``"us"``.
        allow_insecure: True to permit plain ``http`` to a host other than this machine.
        retries: How often to try again at the most, or a ``RetryPolicy``.
        refresh_timeout: Seconds that a refresh may take, retries included; or a pair (connect, read), or a ``Timeout``.
            None for 90 seconds on the whole, of which 10 to connect. A refresh that is cut off while the server
            processes it costs the account its consent, so be generous: to wait less yourself, give a timeout to
            ``TokenManager.token`` or to the call.
        configuration: Whose settings of the network to use: certificates, proxies, socket options. They are read when
            the first request is sent. Its host and credentials are not used.
        backend: For `AsyncOAuthClient`: ``"httpx"`` or ``"aiohttp"``, in place of the configuration's. Refreshes of a
            token manager run in a thread, over httpx.

    An argument wins over the environment; an environment variable that is empty counts as unset.

    Raises:
        ApiValueError: An argument is missing or cannot be right; the message names it.
        ApiTypeError: An argument is of the wrong type.
        ImportError: The library that the backend needs is missing.
    """

    def _prepare(self) -> None:
        self._made: Transport | None = None
        self._sending = 0

    @property
    def _transport(self) -> Transport:
        with self._guard:
            if self._made is None:
                self._made = Transport(self._transport_settings(), self._http_client)
            return self._made

    def exchange_code(self, code: str, scope: str = _DEFAULT_SCOPE, *, redirect_uri: str | None = None) -> Token:
        """Return the token for an authorization code (RFC 6749 §4.1.3). A code works once, for some ten minutes.

        Args:
            code: What `parse_callback` returned.
            scope: The scope that was asked for. A response that names none grants this one.
            redirect_uri: The one of the authorization request if that was another than the client's. It is sent only by
                a client with ``send_redirect_uri=True``.

        Raises:
            FormEncodingError: *code* or *scope* must not be sent as it is; nothing was sent.
            InvalidGrantError: The code is unknown, used or expired. Likewise the class of any other code of §5.2.
            OAuthError: The server reports an error whose code the standard does not have.
            ApiDecodeError: The response says success and brings no token.
            ApiException: Any other response that is not a 2xx, by its status.
            ApiTimeoutError: It took too long.
            ApiConnectionError: No response came.
            RuntimeError: The client is closed.
        """
        code = hide(code)
        return self._send(self._code_grant(code, scope, redirect_uri))

    def refresh(self, token: Token | str, *, scope: str | None = None) -> Token:
        """Return a new token for a refresh token (RFC 6749 §6). Save it at once: the old one may be dead by now.

        The new token keeps the old refresh token if the response brings no new one.

        Args:
            token: A `Token` that has a refresh token, or a refresh token.
            scope: What to ask for; by default the token's scope, or ``read+write`` if that is not known.

        Raises:
            ApiValueError: The token has no refresh token, or another host gave it; nothing was sent.
            ApiTypeError: *token* is neither a token nor text.
            FormEncodingError: The refresh token or the scope must not be sent as it is; nothing was sent.
            InvalidGrantError: The refresh token is unknown, used or revoked; else as for `exchange_code`.
        """
        token = hide(token)
        return self._send(self._refresh_grant(token, scope), self._refresh_timeout)

    def _send(self, grant: _Grant, timeout: Timeout | None = None) -> Token:
        # The clock is read before the request leaves: the token then seems to end a little early, never late.
        started = datetime.now(UTC)
        with self._guard:
            self._sending += 1
        try:
            return grant.token(self._transport.send(grant.request, timeout), started)
        finally:
            with self._guard:
                self._sending -= 1
                is_last = self._closed and not self._sending
            if is_last:
                self._close_connections()

    def close(self) -> None:
        """Close the connections, unless the HTTP client was given. Calling it again does nothing.

        A request that is under way in another thread is still answered: to cut it off could lose the grant.
        """
        with self._guard:
            self._closed = True
            is_idle = not self._sending
        if is_idle:
            self._close_connections()

    def _close_connections(self) -> None:
        if self._made is not None:
            self._made.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class AsyncOAuthClient(_OAuthClient[AsyncHttpClient]):
    """Gets and refreshes tokens for asyncio or trio; `OAuthClient` describes arguments, methods and errors.

    ``http_client`` is an ``AsyncClient`` of httpx or httpx2. Use it in an ``async with``, or close it with `aclose`.
    """

    _is_async = True

    def _prepare(self) -> None:
        self._made: AsyncTransport | None = None
        self._twin: OAuthClient | None = None

    @property
    def _transport(self) -> AsyncTransport:
        with self._guard:
            if self._made is None:
                self._made = AsyncTransport(self._transport_settings(), self._http_client)
            return self._made

    def _blocking_twin(self) -> OAuthClient | None:
        """Return an `OAuthClient` with these settings, closed with this client; None if an HTTP client was given."""
        if self._twin is None and self._http_client is None:
            self._twin = OAuthClient(
                self._client_id,
                self._client_secret,
                self._redirect_uri,
                host=self._host,
                authorize_url=self._authorize_url,
                send_redirect_uri=self._send_redirect_uri,
                allow_insecure=self._settings.allow_insecure,
                timeout=self._settings.timeout,
                retries=self._settings.retries,
                refresh_timeout=self._refresh_timeout,
                configuration=self._configuration,
            )
        return self._twin

    async def exchange_code(self, code: str, scope: str = _DEFAULT_SCOPE, *, redirect_uri: str | None = None) -> Token:
        """Return the token for an authorization code; see `OAuthClient.exchange_code`."""
        code = hide(code)
        return await self._send(self._code_grant(code, scope, redirect_uri))

    async def refresh(self, token: Token | str, *, scope: str | None = None) -> Token:
        """Return a new token for a refresh token; see `OAuthClient.refresh`."""
        token = hide(token)
        return await self._send(self._refresh_grant(token, scope), self._refresh_timeout)

    async def _send(self, grant: _Grant, timeout: Timeout | None = None) -> Token:
        started = datetime.now(UTC)
        return grant.token(await self._transport.send(grant.request, timeout), started)

    async def aclose(self) -> None:
        """Close the connections, unless the HTTP client was given. Calling it again does nothing."""
        self._closed = True
        if self._twin is not None:
            self._twin.close()
        if self._made is not None:
            await self._made.aclose()

    async def close(self) -> None:
        """Do what `aclose` does, under the name that `OAuthClient` has for it."""
        await self.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()


def _refresh_limits(value: float | tuple[float | None, float | None] | Timeout | None) -> Timeout:
    """Return the limits of a refresh; its total is always a number, so that others know when it is over.

    Raises:
        ApiValueError: *value* is none.
    """
    try:
        limits = check_timeout(value, _REFRESH_LIMITS)
    except ApiValueError as error:
        raise ApiValueError(f"refresh_timeout: {error}") from None
    if limits.total is not None:
        return limits
    usual = _REFRESH_LIMITS.total or 0.0
    return limits.replace(total=max(usual, limits.connect + limits.read))


def blocking_client(client: OAuthClient | AsyncOAuthClient) -> OAuthClient:
    """Return how to refresh by *client* from a thread, where no event loop that ends can take the response along.

    Raises:
        ApiValueError: It sends over connections that were given to it, and that belong to an event loop.
    """
    if isinstance(client, OAuthClient):
        return client
    twin = client._blocking_twin()
    if twin is None:
        raise ApiValueError(
            "client: an AsyncOAuthClient with an http_client cannot keep tokens, because a refresh would be lost when"
            " its event loop ends; give an OAuthClient, with an httpx.Client as its http_client if need be"
        )
    return twin
