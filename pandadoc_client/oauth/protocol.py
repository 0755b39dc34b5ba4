"""OAuth 2.0's authorization code and refresh grants (RFC 6749 §4.1 and §6) as data. Pure: nothing is sent.

What goes out is built here (the address of the consent page, the token request), and what comes back is read here (the
callback, the token response). `pandadoc_client.oauth.client` moves the bytes.
"""

from __future__ import annotations

import hmac
import re
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import SplitResult, quote, unquote_plus, unquote_to_bytes, urlsplit

from pandadoc_client._http.form import check_token_request, encode_form, value_problem
from pandadoc_client._http.messages import Request, Response
from pandadoc_client._http.secrets import echoes, hide, repr_in_any_state, type_name
from pandadoc_client.exceptions import (
    ApiDecodeError,
    ApiException,
    ApiTypeError,
    ApiValueError,
    CallbackError,
    StateMismatchError,
    error_for,
    oauth_error,
    oauth_error_in,
)
from pandadoc_client.oauth._json_object import read_object
from pandadoc_client.oauth.token import Token

__all__ = [
    "AUTHORIZE_PATH",
    "TOKEN_PATH",
    "AuthorizationRequest",
    "build_authorization_url",
    "check_redirect_uri",
    "has_state",
    "new_state",
    "parse_callback",
    "parse_token_response",
    "token_request",
]

AUTHORIZE_PATH = "/oauth2/authorize"
TOKEN_PATH = "/oauth2/access_token"

_LARGEST_ANSWER = 1024 * 1024  # bytes of the token endpoint's, which has some hundreds
_STATE_IN_URL = re.compile(r"([?&]state=)[^&#]*")
_BAD_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")
_URL_START = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|/")
_ANSWER = ("code", "state", "error")
_EXPLANATION = ("error_description", "error_uri")


@dataclass(frozen=True, slots=True, repr=False)
class AuthorizationRequest:
    """Where to send a person for consent, and what to remember until the callback comes.

    Unpacks as ``url, state = request``. Its ``repr`` masks the state.

    Attributes:
        url: Address of the consent page, for the person's browser.
        state: The value that the callback must repeat; keep it with the person's session (RFC 6749 §10.12). Secret.
    """

    url: str
    state: str

    def __iter__(self) -> Iterator[str]:
        return iter((self.url, self.state))

    @repr_in_any_state
    def __repr__(self) -> str:
        url = _STATE_IN_URL.sub(r"\1***", self.url)
        return f"AuthorizationRequest(url={url!r}, state='***')"


def new_state() -> str:
    """Return a fresh unguessable ``state``: 256 random bits as 43 characters that need no encoding."""
    return secrets.token_urlsafe(32)


def build_authorization_url(authorize_url: str, client_id: str, redirect_uri: str, scope: str, state: str) -> str:
    """Return the address of the consent page (RFC 6749 §4.1.1). A query in *authorize_url* is kept.

    Values are percent-encoded, a space as ``%20``, which every decoder understands: the scope ``read+write`` becomes
    ``read%2Bwrite``.

    Raises:
        ApiTypeError: An argument is no text.
        ApiValueError: An argument is empty, or cannot be what it stands for; the message names it.
    """
    parameters = {
        "client_id": _checked("client_id", client_id),
        "redirect_uri": _checked("redirect_uri", redirect_uri),
        "scope": _checked("scope", scope),
        "state": _checked("state", state),
    }
    parts = _check_url("authorize_url", authorize_url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ApiValueError("authorize_url must be an absolute URL, such as https://app.pandadoc.com/oauth2/authorize")
    check_redirect_uri(redirect_uri)
    present = {unquote_plus(pair.partition("=")[0]) for pair in parts.query.split("&")}
    for name in ("response_type", *parameters):
        if name in present:
            raise ApiValueError(f"authorize_url must not have the parameter {name} already")
    query = "&".join(f"{name}={quote(value, safe='')}" for name, value in parameters.items())
    separator = "" if authorize_url.endswith(("?", "&")) else "&" if "?" in authorize_url else "?"
    return f"{authorize_url}{separator}response_type=code&{query}"


def check_redirect_uri(redirect_uri: str) -> None:
    """Refuse what cannot be a redirect URI: it is absolute and has no fragment (RFC 6749 §3.1.2).

    Raises:
        ApiTypeError: It is no text.
        ApiValueError: It is anything else that will not do.
    """
    parts = _check_url("redirect_uri", redirect_uri)
    place = parts.hostname if parts.scheme in ("http", "https") else parts.netloc or parts.path
    if not parts.scheme or not place:
        raise ApiValueError("redirect_uri must be an absolute URI, such as https://app.example.com/callback")


def parse_callback(url: str, state: str | None) -> str:
    """Return the authorization code that a callback brought (RFC 6749 §4.1.2).

    The state is looked at before anything else of the callback is believed, an error included: whoever can make a
    browser open a link could forge one. So an error that comes without a state, or with another one, is never raised as
    what it claims to be. A parameter without a value counts as absent (§3.1), and unknown ones are ignored.

    Args:
        url: The callback as it arrived: a whole URL, a path with its query, or the query alone, with or without ``?``.
        state: The ``state`` of the `AuthorizationRequest`; None if nobody has asked for consent, as far as is known.

    Raises:
        StateMismatchError: The callback has a state, and it is another, or there is none to compare it with.
        AccessDeniedError: The person refused consent. Likewise the class of any other error code of §4.1.2.1.
        OAuthError: The server reports an error whose code the standard does not have.
        CallbackError: The code or the state is missing, a parameter came twice, there are both a code and an error, a
            value is not UTF-8 in percent-encoding, the code could not be sent back, or the response stands in the
            fragment.
        ApiTypeError: An argument is no text.
        ApiValueError: *state* is empty.
    """
    url, state = hide(url), hide(state)  # what is raised is reported with the local variables of this frame
    _check_text("url", url)
    if state is None:
        problem = "The callback belongs to no authorization request that is known here"
        raise StateMismatchError("state_mismatch", problem)
    _check_text("state", state)
    if not state:
        raise ApiValueError("state must not be empty: it is the one of the authorization request")
    parameters = _callback_parameters(url)
    if isinstance(parameters, str):
        raise _callback_error(parameters)
    if "state" not in parameters:
        if "error" in parameters:
            raise _callback_error("The callback reports an error and has no state, so it may be forged")
        raise _callback_error("The callback has no state")
    if not hmac.compare_digest(_bytes(parameters["state"]), _bytes(state)):
        problem = "The callback belongs to another authorization request: its state is not the expected one"
        raise StateMismatchError("state_mismatch", problem)
    if "error" in parameters:
        if "code" in parameters:
            raise _callback_error("The callback has both a code and an error")
        raise oauth_error(parameters, (state,))
    if "code" not in parameters:
        raise _callback_error("The callback has no code")
    code = str(parameters["code"])
    unfit = value_problem(code, trimmed=True)
    if unfit is not None:
        raise _callback_error(f"The code of the callback {unfit}")
    return code


def has_state(url: str, state: str) -> bool:
    """Return whether the callback *url* repeats *state*, and so belongs to the authorization request that has it.

    Whoever makes a browser open a forged callback does not know the state. One that has it, and is malformed all the
    same, comes from the server, and is for `parse_callback` to judge.
    """
    values = (unquote_to_bytes(raw.replace("+", " ")) for name, raw in _split(url.partition("?")[2]) if name == "state")
    return any(hmac.compare_digest(value, _bytes(state)) for value in values)


def token_request(host: str, fields: Mapping[str, object], user_agent: str) -> Request:
    """Return the token request for *fields* (RFC 6749 §4.1.3 and §6), without an Authorization header.

    Args:
        host: URL of the API, such as ``https://api.pandadoc.com``.
        fields: As for `pandadoc_client._http.form.check_token_request`.
        user_agent: Value of the User-Agent header.

    Raises:
        FormEncodingError: A field must not be sent as it is.
    """
    fields = hide(fields)  # what is refused is reported with the local variables of this frame
    checked = check_token_request(fields)
    hidden = [checked[name] for name in ("client_secret", "code", "refresh_token") if name in checked]
    return Request(
        method="POST",
        url=host.rstrip("/") + TOKEN_PATH,
        headers={
            "Accept": "application/json",
            "Content-Type": "application/x-www-form-urlencoded",
            "User-Agent": user_agent,
        },
        content=encode_form(checked),
        secrets=tuple(dict.fromkeys(form for value in hidden for form in echoes(value))),
        response_limit=_LARGEST_ANSWER,
    )


def parse_token_response(response: Response, received_at: datetime | float) -> Token:
    """Return the token that a response of the token endpoint brings (RFC 6749 §5.1).

    Args:
        response: The response, whatever its status.
        received_at: As for `Token.from_response`.

    Raises:
        OAuthError: The response is an error with a code (§5.2): its class is that of the code, or `OAuthError` itself
            for a code that the standard does not have. This holds for any 4xx or 5xx, and for a 2xx that has an
            error in place of a token. What the response repeats of the request's secrets is masked.
        ApiException: Any other response that is not a 2xx: the class of its status.
        ApiDecodeError: A 2xx whose body is no JSON object with an access token.
    """
    if not response.ok:
        raise oauth_error_in(_json_or_none(response), response) or error_for(response)
    body = _json(response)
    try:
        return Token.from_response(body, received_at)
    except ApiDecodeError as error:
        reason = error.reason
    problem: ApiException | None = oauth_error_in(body, response)
    if problem is None:
        problem = ApiDecodeError(reason=reason, http_resp=response)
        problem.withhold_body()
    del body  # there may be a token in it, and what is raised is reported with this frame
    raise problem


def _json(response: Response) -> Any:
    """Return the body; of an object what can be read of it.

    Raises:
        ApiDecodeError: It is not JSON.
    """
    try:
        return read_object(response.data)
    except (ValueError, RecursionError):
        return response.json()


def _json_or_none(response: Response) -> Any:
    try:
        return _json(response)
    except ApiDecodeError:
        return None


def _callback_parameters(url: str) -> dict[str, str] | str:
    """Return the parameters of a callback that this module knows, those without a value left out; or what is wrong.

    It raises nothing: its local variables hold the code and the state in clear.
    """
    before, _, fragment = url.strip().partition("#")
    head, _, tail = before.partition("?")
    # A bare query may have a question mark in a value; a path has no "=" before its query, or shows that it is one.
    query = tail if "=" not in head or _URL_START.match(head) else before
    pairs = _split(query)
    if not any(name in _ANSWER for name, _ in pairs):
        if any(name in (*_ANSWER, "access_token") for name, _ in _split(fragment)):
            return "The response stands in the fragment of the callback, after #, and not in its query"
        return "The callback has neither a code nor an error, nor a state"
    found: dict[str, str] = {}
    for name, raw in pairs:
        if name in found:
            return f"The callback has the parameter {name} twice"
        if name in _ANSWER:
            decoded = _decoded(raw)
            if decoded is None:
                return f"The callback's {name} is not UTF-8 in percent-encoding"
            found[name] = decoded
        elif name in _EXPLANATION:
            found[name] = unquote_plus(raw, errors="replace")
    return {name: hide(value) for name, value in found.items() if value}


def _split(query: str) -> list[tuple[str, str]]:
    pairs = (pair.partition("=") for pair in query.split("&") if pair)
    return [(unquote_plus(name, errors="replace"), raw) for name, _, raw in pairs]


def _decoded(raw: str) -> str | None:
    """Return the value of a parameter; None if it is not UTF-8 in percent-encoding."""
    if _BAD_ESCAPE.search(raw):
        return None
    try:
        return unquote_to_bytes(raw.replace("+", " ")).decode("utf-8")
    except UnicodeError:
        return None


def _callback_error(problem: str) -> CallbackError:
    return CallbackError("invalid_callback", problem)


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _check_text(name: str, value: object) -> None:
    if not isinstance(value, str):
        raise ApiTypeError(f"{name} must be text (str), not {type_name(value)}")


def _checked(name: str, value: str) -> str:
    _check_text(name, value)
    if problem := value_problem(value, trimmed=name not in ("scope", "state")):
        raise ApiValueError(f"{name} {problem}")
    return value


def _check_url(name: str, value: str) -> SplitResult:
    _checked(name, value)
    try:
        parts = urlsplit(value)
        _ = parts.port
    except ValueError:
        raise ApiValueError(f"{name} is not a URL") from None
    if any(character.isspace() for character in value):
        raise ApiValueError(f"{name} must not have white space in it")
    if "#" in value:
        raise ApiValueError(f"{name} must not have a fragment (RFC 6749 §3.1)")
    if parts.username is not None or parts.password is not None:
        raise ApiValueError(f"{name} must not hold a user name or a password")
    return parts
