"""Every error that this package raises.

The tree::

    OpenApiException
    ├── ApiTypeError (TypeError)            an argument of the wrong type
    ├── ApiValueError (ValueError)          an argument of the right type that cannot be right
    │   └── FormEncodingError               a field of the token request that must not be sent as it is
    ├── ApiAttributeError (AttributeError)  a model has no such field
    │   └── MissingFieldError (KeyError)    the same, asked for as ``model["name"]``
    ├── ApiKeyError (KeyError)
    ├── TokenStoreError                     a token could not be kept, or found
    └── ApiException                        a call that failed; ``status`` is None when no response came
        ├── BadRequestException           (400)
        ├── UnauthorizedException         (401)
        ├── ForbiddenException            (403)
        ├── NotFoundException             (404)
        ├── ConflictException             (409)
        ├── ContentTooLargeException      (413)
        ├── UnprocessableContentException (422)
        ├── LockedException               (423)
        ├── TooManyRequestsException      (429)
        ├── ServiceException              (5xx)
        ├── ApiDecodeError                  the status says success, the body cannot be read
        ├── ApiConnectionError              nothing usable came over the wire
        │   └── ApiTimeoutError
        └── OAuthError                      the authorization server said no; one class a code
            ├── InvalidRequestError, InvalidClientError, UnauthorizedClientError, InvalidScopeError,
            │   UnsupportedGrantTypeError, UnsupportedResponseTypeError, AccessDeniedError,
            │   AuthorizationServerError, TemporarilyUnavailableError
            ├── InvalidGrantError
            │   └── ReauthorizationRequired
            ├── CallbackError               the callback URL is not one that the server sends
            └── StateMismatchError          the callback belongs to another request

``FormEncodingWarning`` is the warning that the vendor-style call gives where the OAuth client raises.

This module imports nothing of the package but the names of what is secret, when they are needed. No message
holds a secret, nor do ``args`` and ``repr``: an ``ApiException`` shows reason, headers and body masked, and its
attributes ``reason``, ``headers`` and ``body`` hold them as they came.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar, Protocol, cast

__all__ = [
    "AccessDeniedError",
    "ApiAttributeError",
    "ApiConnectionError",
    "ApiDecodeError",
    "ApiException",
    "ApiKeyError",
    "ApiTimeoutError",
    "ApiTypeError",
    "ApiValueError",
    "AuthorizationServerError",
    "BadRequestException",
    "CallbackError",
    "ConflictException",
    "ContentTooLargeException",
    "ForbiddenException",
    "FormEncodingError",
    "FormEncodingWarning",
    "InvalidClientError",
    "InvalidGrantError",
    "InvalidRequestError",
    "InvalidScopeError",
    "LockedException",
    "MissingFieldError",
    "NotFoundException",
    "OAuthError",
    "OpenApiException",
    "ReauthorizationRequired",
    "ServiceException",
    "StateMismatchError",
    "TemporarilyUnavailableError",
    "TokenStoreError",
    "TooManyRequestsException",
    "UnauthorizedClientError",
    "UnauthorizedException",
    "UnprocessableContentException",
    "UnsupportedGrantTypeError",
    "UnsupportedResponseTypeError",
    "error_for",
    "mask_secrets",
    "render_path",
    "shorten",
]

_SHOWN_BODY_LENGTH = 2000
# Masking takes time in proportion to the text, and a server decides how long that is: it is cut first, with enough left
# over that masking does not leave it too short.
_MASKED_LENGTH = 4 * _SHOWN_BODY_LENGTH


def mask_secrets(text: str, secrets: Iterable[str] = (), *, operation: str = "") -> str:
    """Return *text* with secrets masked, for a message or a log line.

    Masks what looks like a secret (``"access_token": …``, ``client_secret=…``, ``Bearer …``) and every literal value
    in *secrets*: the values that the request carried, which a response may repeat, as they are or encoded.

    Args:
        text: What is to be shown.
        secrets: The values.
        operation: Name of the API method that it is about, for the names that are secret there only.
    """
    from pandadoc_client._http import secrets as _secrets  # the names are needed when an error is made, and not before

    return _secrets.mask_secrets(text, secrets, operation=operation)


def shorten(text: str, limit: int, secrets: Iterable[str] = (), *, operation: str = "") -> str:
    """Return the beginning of *text* with secrets masked: *limit* characters at the most, however long *text* is.

    No more of a secret is shown for being cut in two. The arguments besides *limit* are those of `mask_secrets`.
    """
    start = text[: max(_MASKED_LENGTH, limit)]
    if len(start) == len(text):
        return mask_secrets(text, secrets, operation=operation)[:limit]
    secrets = tuple(secrets)
    cut = max((_overlap(start, secret) for secret in secrets), default=0)
    return mask_secrets(start[: len(start) - cut], secrets, operation=operation)[:limit]


def _overlap(text: str, secret: str) -> int:
    """Return with how many characters of *secret*, from its first, *text* ends."""
    return next((size for size in range(min(len(secret), len(text)), 0, -1) if text.endswith(secret[:size])), 0)


def render_path(path_to_item: Iterable[str | int]) -> str:
    """Return a path into nested data as text: ``["results", 0, "id"]`` becomes ``['results'][0]['id']``."""
    return "".join(f"[{step}]" if isinstance(step, int) else f"['{step}']" for step in path_to_item)


class HttpResponse(Protocol):
    """What ``ApiException`` reads from a response; `pandadoc_client.rest.RESTResponse` has it.

    It may also have ``text`` (its body decoded), ``secrets`` (values that no message may show) and ``operation``
    (name of the API method that it belongs to).
    """

    @property
    def status(self) -> int: ...

    @property
    def reason(self) -> str | None: ...

    @property
    def data(self) -> Any: ...

    def getheaders(self) -> Mapping[str, str]: ...


class OpenApiException(Exception):
    """The base of every error that this package raises."""


class _LocatedError(OpenApiException):
    """An error that says where in the given data it is: ``… at ['results'][0]['id']``."""

    def __init__(self, msg: str, path_to_item: Sequence[str | int] | None = None) -> None:
        self.path_to_item = path_to_item
        super().__init__(f"{msg} at {render_path(path_to_item)}" if path_to_item else msg)


class ApiTypeError(_LocatedError, TypeError):
    """An argument is of the wrong type.

    Args:
        msg: What is wrong, naming the argument.
        path_to_item: Keys and indices that lead to the item.
        valid_classes: The types that would have been right.
        key_type: True if the item is a key of a dict, False if it is a value, None if it is neither.
    """

    def __init__(
        self,
        msg: str,
        path_to_item: Sequence[str | int] | None = None,
        valid_classes: tuple[type, ...] | None = None,
        key_type: bool | None = None,
    ) -> None:
        self.valid_classes = valid_classes
        self.key_type = key_type
        super().__init__(msg, path_to_item)


class ApiValueError(_LocatedError, ValueError):
    """An argument has a value that cannot be right."""


class ApiAttributeError(_LocatedError, AttributeError):
    """A model has no field of that name."""


class ApiKeyError(_LocatedError, KeyError):
    """A mapping has no item of that name."""

    __str__ = Exception.__str__  # KeyError would show the message in quotes


class MissingFieldError(ApiAttributeError, KeyError):
    """``model["name"]`` where the model holds no such field: an `ApiAttributeError` and a `KeyError` at once."""

    __str__ = Exception.__str__


class FormEncodingError(ApiValueError):
    """A field of a token request must not be sent as it is. The message names the field and never shows its value.

    Attributes:
        field: Name of the form field, such as ``"refresh_token"``.
    """

    def __init__(self, field: str, problem: str) -> None:
        self.field = field
        self.problem = problem
        super().__init__(f"{field}: {problem}")

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.field, self.problem)


class FormEncodingWarning(UserWarning):
    """The vendor-style token call sends a form that the OAuth client would refuse; the message names the field."""


class ApiException(OpenApiException):
    """A call failed: the response was not a 2xx, or there was none.

    ``str(error)`` is one line for a log; `full` adds headers and body. Both are masked, as are ``type``, ``detail`` and
    ``errors``.

    Attributes:
        status: HTTP status code, or None when no response came.
        reason: Reason phrase of the response, or what went wrong.
        body: Body of the response as text (bytes that are not text are replaced), or None.
        headers: Headers of the response, case-insensitive, or None.
        type: The service's word for the kind of error, such as ``"validation_error"``, or None.
        detail: The service's explanation as text, or None. Errors of fields are joined: ``"email: …; name: …"``.
        errors: What is wrong by field, such as ``{"recipients[0].email": ["Enter a valid email address."]}``; an
            empty dict if the service names no field.
        request_id: Identifier of the request, for the service's support, or None.
        retry_after: Seconds that the service asks to wait, from ``Retry-After`` or the text of a 429, or None.
    """

    def __init__(
        self, status: int | None = None, reason: str | None = None, http_resp: HttpResponse | None = None
    ) -> None:
        super().__init__()
        self.status: int | None = status
        self.reason: str | None = reason
        self.body: Any = None
        self.headers: Mapping[str, str] | None = None
        self.type: str | None = None
        self.detail: str | None = None
        self.errors: dict[str, list[str]] = {}
        self.request_id: str | None = None
        self.retry_after: float | None = None
        self._shown_reason = ""
        self._shown_body = ""
        self._shown_headers = ""
        if http_resp is not None:
            self._read(http_resp)
        self._show_reason(http_resp)

    def _read(self, http_resp: HttpResponse) -> None:
        self.status = http_resp.status
        self.reason = http_resp.reason
        self.body = _as_text(getattr(http_resp, "text", http_resp.data))
        self.headers = headers = http_resp.getheaders()
        self._shown_body = _shown(self.body, http_resp)
        self._shown_headers = _masked(str(dict(headers)), http_resp)
        lower = {name.lower(): value for name, value in headers.items()}
        self.request_id = next((lower[name] for name in _REQUEST_ID_HEADERS if lower.get(name)), None)
        text = str(self.body or "")
        from pandadoc_client._http.retry_after import retry_after  # needed when an error is made, and not before

        start = text[:_MASKED_LENGTH].encode("utf-8", "replace")
        self.retry_after = retry_after(http_resp.status, lower.get("retry-after"), start)
        if len(text) <= _LARGEST_PARSED:
            self.type, self.detail, self.errors = _explanation(_masked(text, http_resp))

    def _show_reason(self, http_resp: HttpResponse | None) -> None:
        """Mask the reason where it is shown: in ``str``, ``repr`` and ``args``."""
        self._shown_reason = "" if self.reason is None else _masked(str(self.reason), http_resp)
        self.args = (self.status, None if self.reason is None else self._shown_reason)

    @property
    def shown_reason(self) -> str:
        """``reason`` as a message may have it: secrets masked, empty for none."""
        return self._shown_reason or mask_secrets(str(self.reason or ""))

    def withhold_body(self) -> None:
        """Keep the body out of the text of this error, because all of it may be secret."""
        self._shown_body = "(not shown: it may hold a token)"
        self.type, self.detail, self.errors = None, None, {}

    def __str__(self) -> str:
        parts = [] if self.status is None else [str(self.status)]
        if self.reason:
            parts.append(self.shown_reason)
        explanation = ": ".join(part for part in (self.type, self.detail) if part)
        line = " ".join(parts) + (": " if parts and explanation else "") + explanation
        if self.request_id:
            line += f" (request {mask_secrets(self.request_id)})"
        line = " ".join("".join(c if c.isprintable() else " " for c in line).split())
        return line if len(line) <= _LONGEST_LINE else f"{line[:_LONGEST_LINE]}…"

    def full(self) -> str:
        """Return several lines: status, reason, headers and body, as ``str`` of the vendor's SDK; secrets masked."""
        lines = [f"({self.status})", f"Reason: {self._shown_reason or mask_secrets(str(self.reason))}"]
        if self.headers:
            lines.append(f"HTTP response headers: {self._shown_headers or mask_secrets(str(dict(self.headers)))}")
        if self.body:
            lines.append(f"HTTP response body: {self._shown_body or _shown(self.body)}")
        return "\n".join(lines) + "\n"


_LARGEST_PARSED = 65_536  # characters of an error's body; what is longer is no explanation
_LONGEST_LINE = 1000
_REQUEST_ID_HEADERS = ("x-request-id", "request-id", "x-correlation-id", "x-amzn-requestid", "x-amz-cf-id")
# Where the service writes its explanation (`detail`), and where it and others do so (OAuth, gateways).
_DETAILS = ("detail", "details", "error_description", "info_message", "message", "errors")
_NO_FIELD = ("non_field_errors", "detail", "message")


def _explanation(text: str) -> tuple[str | None, str | None, dict[str, list[str]]]:
    """Return type, detail and errors by field of the body of an error."""
    body = _json(text)
    if body is None or isinstance(body, str):  # a sentence, or a page of something in between, which says nothing
        sentence = (body or text).strip()
        return None, None if not sentence or sentence.startswith("<") else sentence[:_SHOWN_BODY_LENGTH], {}
    if not isinstance(body, dict):
        return None, None, {}
    fields = cast("dict[str, Any]", body)
    kind = next((str(fields[name]) for name in ("type", "error", "code") if isinstance(fields.get(name), str)), None)
    detail = next((fields[name] for name in _DETAILS if fields.get(name)), None)
    errors: dict[str, list[str]] = {}
    try:
        _collect(detail, "", errors)
    except RecursionError:
        return kind, None, {}
    general = errors.pop("", [])
    texts = [*general, *(f"{field}: {' '.join(messages)}" for field, messages in errors.items())]
    return kind, "; ".join(texts) or None, errors


def _json(text: str | bytes) -> Any:
    import json  # needed when an error is made, and not before

    try:
        return json.loads(text)
    except (TypeError, ValueError, RecursionError):
        return None


def _collect(found: Any, place: str, errors: dict[str, list[str]]) -> None:
    """Add the messages in *found*, by the place that they are about."""
    if isinstance(found, str):
        errors.setdefault(place, []).append(found)
    elif isinstance(found, list):
        for index, item in enumerate(found):
            _collect(item, f"{place}[{index}]" if place and not isinstance(item, str) else place, errors)
    elif isinstance(found, dict):
        for name, item in cast("dict[str, Any]", found).items():
            inner = place if name in _NO_FIELD else f"{place}.{name}" if place else str(name)
            _collect(item, inner, errors)
    elif found is not None:
        errors.setdefault(place, []).append(str(found))


def _as_text(body: Any) -> Any:
    return body.decode("utf-8", "replace") if isinstance(body, bytes) else body


def _masked(text: str, http_resp: HttpResponse | None) -> str:
    """Return *text* of a response without secrets."""
    return mask_secrets(text, getattr(http_resp, "secrets", ()), operation=getattr(http_resp, "operation", ""))


def _shown(body: Any, http_resp: HttpResponse | None = None) -> str:
    """Return *body* as it may stand in a message: text, masked, of bounded length."""
    text = str(_as_text(body) or "")
    secrets, operation = getattr(http_resp, "secrets", ()), getattr(http_resp, "operation", "")
    shown = shorten(text, _SHOWN_BODY_LENGTH + 1, secrets, operation=operation)
    if len(shown) <= _SHOWN_BODY_LENGTH and len(text) <= _MASKED_LENGTH:
        return shown
    return f"{shown[:_SHOWN_BODY_LENGTH]}… ({len(text)} characters)"


class BadRequestException(ApiException):
    """400: the service does not accept the request as it is; ``errors`` names the fields."""


class UnauthorizedException(ApiException):
    """401: the credential is missing, unknown or no longer valid."""


class ForbiddenException(ApiException):
    """403: the credential is valid and does not allow this."""


class NotFoundException(ApiException):
    """404: no such object, or none that the credential may see."""


class ConflictException(ApiException):
    """409: the object is not in a state that allows this, such as a document that is still being made."""


class ContentTooLargeException(ApiException):
    """413: the request is larger than the service accepts."""


class UnprocessableContentException(ApiException):
    """422: the request is well-formed, and what it asks for is not possible."""


class LockedException(ApiException):
    """423: somebody else is editing the object."""


class TooManyRequestsException(ApiException):
    """429: more requests than the service accepts; ``retry_after`` says when to try again."""


class ServiceException(ApiException):
    """5xx: the service failed."""


class ApiDecodeError(ApiException):
    """The response is a success whose body is not what it claims to be, such as JSON that is cut short.

    Its ``reason`` says what is wrong with the body.
    """

    def __init__(
        self, status: int | None = None, reason: str | None = None, http_resp: HttpResponse | None = None
    ) -> None:
        super().__init__(status, reason, http_resp)
        self.type, self.detail, self.errors = None, None, {}  # the body is no explanation
        if reason is not None:
            self.reason = reason
            self._show_reason(http_resp)


_TOKEN_OPERATION = "access_token"
_BY_STATUS: dict[int, type[ApiException]]
_BY_STATUS = {
    400: BadRequestException,
    401: UnauthorizedException,
    403: ForbiddenException,
    404: NotFoundException,
    409: ConflictException,
    413: ContentTooLargeException,
    422: UnprocessableContentException,
    423: LockedException,
    429: TooManyRequestsException,
}


def error_for(response: HttpResponse) -> ApiException:
    """Return the error that a non-2xx response stands for: by its status, or of the token endpoint by its code."""
    if getattr(response, "operation", "") == _TOKEN_OPERATION:
        error = oauth_error_in(_json(response.data), response)
        if error is not None:
            return error
    kind = _BY_STATUS.get(response.status, ServiceException if 500 <= response.status <= 599 else ApiException)
    return kind(http_resp=response)


class ApiConnectionError(ApiException):
    """Nothing usable came over the wire; ``status`` is None and the cause is the HTTP library's error.

    Attributes:
        request_sent: False when the request cannot have reached the server (no connection was made), True when it
            may have been processed.
    """

    def __init__(
        self,
        status: int | None = None,
        reason: str | None = None,
        http_resp: HttpResponse | None = None,
        *,
        request_sent: bool = True,
    ) -> None:
        super().__init__(status, reason, http_resp)
        self.request_sent = request_sent


class ApiTimeoutError(ApiConnectionError):
    """The call took longer than its timeout."""


class OAuthError(ApiException):
    """The authorization server refused, or its response was not one that OAuth 2.0 knows.

    Raised for an error response of the token endpoint (RFC 6749 §5.2) and for an error in the callback of the
    authorization endpoint (§4.1.2.1). Each code that the standard names has a class of its own.

    Attributes:
        error: The error code, such as ``"invalid_grant"``.
        error_description: The server's explanation, or None.
        error_uri: Address of a page about the error, or None.
    """

    def __init__(
        self,
        error: str,
        error_description: str | None = None,
        error_uri: str | None = None,
        *,
        http_resp: HttpResponse | None = None,
    ) -> None:
        super().__init__(http_resp=http_resp)
        self.error = error
        self.error_description = error_description
        self.error_uri = error_uri
        self._shown_description = _shown(error_description, http_resp)
        uri = error_uri and _masked(error_uri, http_resp)
        self.args = (error, error_description and self._shown_description, uri)

    hint: ClassVar[str] = ""
    """What the code most likely means, as a sentence; it ends the message."""

    def __str__(self) -> str:
        text = f"{self.error}: {self._shown_description}" if self._shown_description else self.error
        if self.status is not None:
            text += f" (HTTP {self.status})"
        return f"{text}. {self.hint}" if self.hint else text


class InvalidRequestError(OAuthError, BadRequestException):
    """``invalid_request``: a parameter is missing, repeated, or not understood."""


class InvalidClientError(OAuthError, UnauthorizedException):
    """``invalid_client``: the client id or the client secret is wrong. The status is 400 or 401 (RFC 6749 §5.2)."""

    hint = "The client ID or the client secret is wrong, or belongs to an application of another region"


class InvalidGrantError(OAuthError, BadRequestException):
    """``invalid_grant``: the authorization code or the refresh token is unknown, used, expired or revoked."""

    hint = (
        "An authorization code works once, for ten minutes and with the redirect URI that it was issued for; "
        "a refresh token works once, so another program that holds it may have used it"
    )


class ReauthorizationRequired(InvalidGrantError):
    """The grant is dead: a person has to give consent again."""

    hint = ""  # the message says why


class UnauthorizedClientError(OAuthError, BadRequestException):
    """``unauthorized_client``: this application may not use this grant."""


class UnsupportedGrantTypeError(OAuthError, BadRequestException):
    """``unsupported_grant_type``: the server does not know the grant type."""


class UnsupportedResponseTypeError(OAuthError):
    """``unsupported_response_type``: the authorization endpoint gives no such response."""


class InvalidScopeError(OAuthError, BadRequestException):
    """``invalid_scope``: the scope is unknown, malformed, or wider than what was granted."""


class AccessDeniedError(OAuthError):
    """``access_denied``: the person, or the server for them, refused consent."""


class AuthorizationServerError(OAuthError):
    """``server_error``: the authorization server failed."""


class TemporarilyUnavailableError(OAuthError):
    """``temporarily_unavailable``: the authorization server is overloaded or in maintenance."""


class CallbackError(OAuthError):
    """The callback URL is not one that the authorization server sends: a parameter is missing or repeated."""


class StateMismatchError(OAuthError):
    """The callback's ``state`` is not the one of this authorization request (RFC 6749 §10.12)."""


_OAUTH_ERRORS: dict[str, type[OAuthError]] = {
    # RFC 6749 §4.1.2.1, the callback, and §5.2, the token endpoint
    "access_denied": AccessDeniedError,
    "invalid_client": InvalidClientError,
    "invalid_grant": InvalidGrantError,
    "invalid_request": InvalidRequestError,
    "invalid_scope": InvalidScopeError,
    "server_error": AuthorizationServerError,
    "temporarily_unavailable": TemporarilyUnavailableError,
    "unauthorized_client": UnauthorizedClientError,
    "unsupported_grant_type": UnsupportedGrantTypeError,
    "unsupported_response_type": UnsupportedResponseTypeError,
}
_MAX_CODE_LENGTH = 200  # of an error code: what is longer is prose and no code
_LONGEST_DESCRIPTION = 4000  # characters


def oauth_error(
    parameters: Mapping[str, str], secrets: Iterable[str] = (), response: HttpResponse | None = None
) -> OAuthError:
    """Return the error for the parameters ``error``, ``error_description`` and ``error_uri`` of RFC 6749.

    Args:
        parameters: The parameters that came.
        secrets: Values that the request carried; where they are repeated, they are masked.
        response: The response of the token endpoint; None for a callback.
    """
    secrets = tuple(secrets)
    names = ("error", "error_description", "error_uri")
    code, description, uri = (_printable(parameters.get(name, ""), secrets) for name in names)
    known = str(parameters["error"].strip())
    if known in _OAUTH_ERRORS:  # looked up unmasked: a secret may be a word that stands in a code
        return _OAUTH_ERRORS[known](known, description or None, uri or None, http_resp=response)
    return OAuthError(code, description or None, uri or None, http_resp=response)


def oauth_error_in(body: Any, response: HttpResponse) -> OAuthError | None:
    """Return the error that a response of the token endpoint reports (RFC 6749 §5.2); None if it reports none so.

    Args:
        body: The body, parsed.
        response: The response.
    """
    if not isinstance(body, dict) or 300 <= response.status <= 399:
        return None
    fields = cast("dict[str, Any]", body)
    names = ("error", "error_description", "error_uri")
    found = {name: fields[name] for name in names if isinstance(fields.get(name), str)}
    code = found.get("error", "").strip()
    if not code or len(code) > _MAX_CODE_LENGTH:
        return None
    return oauth_error(found, getattr(response, "secrets", ()), response)


def _printable(text: str, secrets: tuple[str, ...]) -> str:
    """Return a server's text without secrets and control characters: it ends up on terminals and in logs."""
    return "".join(c if c.isprintable() else " " for c in shorten(text, _LONGEST_DESCRIPTION, secrets)).strip()


class TokenStoreError(OpenApiException):
    """A token store cannot be reached, written or understood.

    Attributes:
        key: The key in question, or None.
        token: A ``Token`` that could not be kept. Keep it, or access is lost; no message shows it.
    """

    def __init__(self, problem: str, *, key: str | None = None, token: Any = None) -> None:
        super().__init__(problem)
        self.key = key
        self.token = token
