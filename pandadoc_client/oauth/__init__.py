"""OAuth 2.0 for PandaDoc: consent page, token exchange, refresh, and the errors of RFC 6749.

    client = OAuthClient(client_id, client_secret, redirect_uri)
    request = client.authorization_url()            # send the person to request.url, keep request.state
    code = client.parse_callback(callback_url, request.state)
    token = client.exchange_code(code)
    token = client.refresh(token)

The names here are imported when they are first used: a program that only reads saved tokens needs no HTTP library.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pandadoc_client.exceptions import AccessDeniedError as AccessDeniedError
    from pandadoc_client.exceptions import AuthorizationServerError as AuthorizationServerError
    from pandadoc_client.exceptions import CallbackError as CallbackError
    from pandadoc_client.exceptions import FormEncodingError as FormEncodingError
    from pandadoc_client.exceptions import FormEncodingWarning as FormEncodingWarning
    from pandadoc_client.exceptions import InvalidClientError as InvalidClientError
    from pandadoc_client.exceptions import InvalidGrantError as InvalidGrantError
    from pandadoc_client.exceptions import InvalidRequestError as InvalidRequestError
    from pandadoc_client.exceptions import InvalidScopeError as InvalidScopeError
    from pandadoc_client.exceptions import OAuthError as OAuthError
    from pandadoc_client.exceptions import ReauthorizationRequired as ReauthorizationRequired
    from pandadoc_client.exceptions import StateMismatchError as StateMismatchError
    from pandadoc_client.exceptions import TemporarilyUnavailableError as TemporarilyUnavailableError
    from pandadoc_client.exceptions import UnauthorizedClientError as UnauthorizedClientError
    from pandadoc_client.exceptions import UnsupportedGrantTypeError as UnsupportedGrantTypeError
    from pandadoc_client.exceptions import UnsupportedResponseTypeError as UnsupportedResponseTypeError
    from pandadoc_client.oauth.client import AsyncOAuthClient as AsyncOAuthClient
    from pandadoc_client.oauth.client import OAuthClient as OAuthClient
    from pandadoc_client.oauth.protocol import AuthorizationRequest as AuthorizationRequest
    from pandadoc_client.oauth.token import Token as Token

__all__ = [
    "AccessDeniedError",
    "AsyncOAuthClient",
    "AuthorizationRequest",
    "AuthorizationServerError",
    "CallbackError",
    "FormEncodingError",
    "FormEncodingWarning",
    "InvalidClientError",
    "InvalidGrantError",
    "InvalidRequestError",
    "InvalidScopeError",
    "OAuthClient",
    "OAuthError",
    "ReauthorizationRequired",
    "StateMismatchError",
    "TemporarilyUnavailableError",
    "Token",
    "UnauthorizedClientError",
    "UnsupportedGrantTypeError",
    "UnsupportedResponseTypeError",
]

_MODULES = {
    "AsyncOAuthClient": "oauth.client",
    "AuthorizationRequest": "oauth.protocol",
    "OAuthClient": "oauth.client",
    "Token": "oauth.token",
}
_SUBMODULES = frozenset({"client", "form", "protocol", "token"})


if not TYPE_CHECKING:  # a type checker that saw this would take any misspelt name for Any

    def __getattr__(name: str) -> Any:
        if name in _SUBMODULES:
            return import_module(f"{__name__}.{name}")
        if name not in __all__:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        module = import_module(f"pandadoc_client.{_MODULES.get(name, 'exceptions')}")
        value = globals()[name] = getattr(module, name)
        return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__, *_SUBMODULES})
