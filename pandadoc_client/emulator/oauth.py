"""The two OAuth endpoints: the authorization page and the token endpoint (RFC 6749 §3.1 and §3.2)."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from . import pages
from .context import Context
from .contract.media import URLENCODED
from .forms import FormError, parse_unique
from .options import ClientRegistration
from .redirects import append_query, check_redirect_uri, redirect_matches
from .state import DEFAULT_SCOPE, TokenPair, TokenRefused, parse_scope

__all__ = ["OAuthEndpoints", "token_body"]

_TOKEN_OPERATION = "accessToken"
_NO_STORE = {"Cache-Control": "no-store", "Pragma": "no-cache"}


class _Unredirectable(Exception):
    """An authorization request so wrong that its redirect URI must not be used (RFC 6749 §4.1.2.1)."""


@dataclass(frozen=True, slots=True)
class _AuthorizationRequest:
    client: ClientRegistration
    redirect_uri: str
    scope: str
    state: str
    auto: str | None


class OAuthEndpoints:
    """The endpoints of one emulator."""

    def __init__(self, context: Context) -> None:
        self._context = context

    # -- GET and POST /oauth2/authorize -----------------------------------------------------------------------------

    async def authorize(self, request: Request) -> Response:
        """Show the consent page, or take the decision made on it."""
        try:
            parameters = self._parameters(request)
            client, redirect_uri = self._destination(parameters)
            decision = _decision(parameters, await request.body(), request)
        except (_Unredirectable, FormError) as error:
            return pages.error_page(str(error))
        # The real server sends an empty state back when it was given none.
        state = parameters.get("state", "")
        try:
            scope = _checked_scope(parameters)
        except TokenRefused as error:
            return _redirect(redirect_uri, {"error": error.error, "state": state})
        if decision is None:
            return pages.consent_page(client.client_id, redirect_uri, scope, request.url.query)
        if decision == "deny":
            return _redirect(redirect_uri, {"error": "access_denied", "state": state})
        return _redirect(
            redirect_uri, {"code": self._context.state.issue_code(client.client_id, scope), "state": state}
        )

    @staticmethod
    def _parameters(request: Request) -> dict[str, str]:
        return parse_unique(request.scope["query_string"])

    def _destination(self, parameters: dict[str, str]) -> tuple[ClientRegistration, str]:
        client = self._context.state.find_client(parameters.get("client_id", ""))
        if client is None:
            raise _Unredirectable("The client_id is missing or unknown.")
        redirect_uri = parameters.get("redirect_uri", "")
        try:
            check_redirect_uri(redirect_uri)
        except ValueError as error:
            raise _Unredirectable(f"The redirect_uri is missing or malformed: {error}.") from None
        if not redirect_matches(client.redirect_uri, redirect_uri):
            raise _Unredirectable("The redirect_uri is not the one registered for this client.")
        return client, redirect_uri

    # -- POST /oauth2/access_token ----------------------------------------------------------------------------------

    async def token(self, request: Request) -> Response:
        """Answer a token request (RFC 6749 §5.1 and §5.2). Every error is a 400, `invalid_client` too.

        A scripted response takes the place of what would become of the code or the refresh token, which stays unspent.
        """
        state = self._context.state
        try:
            fields = _token_fields(request, await request.body())
            client = state.authenticate_client(fields.get("client_id", ""), fields.get("client_secret", ""))
            grant_type, secret = _grant_of(fields)
            scripted = self._context.responses.take(_TOKEN_OPERATION)
            if scripted is not None:
                return scripted.response(_NO_STORE)
            spend = state.exchange_code if grant_type == "authorization_code" else state.refresh
            pair = spend(client.client_id, secret, fields.get("scope"))
        except TokenRefused as error:
            body = {"error": error.error}
            if error.description:
                body["error_description"] = error.description
            return JSONResponse(body, 400, _NO_STORE)
        return JSONResponse(token_body(pair, self._context.state.expires_in(pair)), 200, _NO_STORE)


def token_body(pair: TokenPair, expires_in: int) -> dict[str, str | int]:
    """Return the JSON of a successful token response (RFC 6749 §5.1); `expires_in` in seconds."""
    return {
        "access_token": pair.access_token,
        "token_type": "Bearer",
        "expires_in": expires_in,
        "scope": pair.scope,
        "refresh_token": pair.refresh_token,
    }


def _decision(parameters: dict[str, str], body: bytes, request: Request) -> str | None:
    """Return "approve" or "deny", or None while a person has yet to decide."""
    decision = parameters.get("auto")
    if request.method == "POST":
        decision = parse_unique(body).get("decision", "")
    if decision not in (None, "approve", "deny"):
        raise _Unredirectable("The decision is neither approve nor deny.")
    return decision


def _checked_scope(parameters: dict[str, str]) -> str:
    response_type = parameters.get("response_type")
    if response_type != "code":
        raise TokenRefused("unsupported_response_type" if response_type else "invalid_request")
    return parse_scope(parameters.get("scope", DEFAULT_SCOPE))


def _redirect(uri: str, parameters: dict[str, str]) -> Response:
    # 302 and not 307: the browser must turn the POST of the consent form into a GET.
    location = append_query(uri, parameters)
    response = RedirectResponse("", 302, {**_NO_STORE, "Referrer-Policy": "no-referrer"})
    # Set here, because RedirectResponse would quote again what is quoted already.
    response.headers["location"] = location
    return response


def _token_fields(request: Request, body: bytes) -> dict[str, str]:
    """Return the fields of a token request that carry a value.

    Raises:
        TokenRefused: `invalid_request`, for all that is wrong before the fields mean anything.
    """
    content_types = [value.strip().lower() for value in request.headers.getlist("content-type")]
    if content_types != [URLENCODED]:
        raise TokenRefused("invalid_request", f"The Content-Type is exactly {URLENCODED}, without parameters.")
    if request.scope["query_string"]:
        raise TokenRefused("invalid_request", "The fields stand in the body, never in the URL.")
    try:
        fields = parse_unique(body)
    except FormError as error:
        raise TokenRefused("invalid_request", f"The body is not a form: {error}.") from None
    # RFC 6749 §3.2: a field without a value counts as left out.
    return {name: value for name, value in fields.items() if value}


def _grant_of(fields: dict[str, str]) -> tuple[str, str]:
    """Return the grant type of a token request, and the code or the refresh token.

    Raises:
        TokenRefused: The grant type is unknown, or its field is missing.
    """
    # The default is the real server's: a code sent without grant_type is taken for a refresh, and fails.
    match fields.get("grant_type", "refresh_token"):
        case "authorization_code":
            return "authorization_code", _required(fields, "code")
        case "refresh_token":
            return "refresh_token", _required(fields, "refresh_token")
        case _:
            raise TokenRefused("unsupported_grant_type")


def _required(fields: dict[str, str], name: str) -> str:
    try:
        return fields[name]
    except KeyError:
        raise TokenRefused("invalid_request", f"The field {name} is missing.") from None
