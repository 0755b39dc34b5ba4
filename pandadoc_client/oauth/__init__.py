"""OAuth 2.0 for PandaDoc: consent page, token exchange, refresh, and the errors of RFC 6749.

    client = OAuthClient(client_id, client_secret, redirect_uri)
    request = client.authorization_url()            # send the person to request.url, keep request.state
    code = client.parse_callback(callback_url, request.state)
    token = client.exchange_code(code)
    manager = TokenManager(client, token_store())   # keeps it, and keeps it valid
    manager.save(token)
    ApiClient(Configuration(auth=OAuth2Auth(manager)))

The names here are imported when they are first used: a program that only reads saved tokens needs no HTTP library.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from pandadoc_client.oauth._store_kinds import KINDS

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
    from pandadoc_client.exceptions import TokenStoreError as TokenStoreError
    from pandadoc_client.exceptions import UnauthorizedClientError as UnauthorizedClientError
    from pandadoc_client.exceptions import UnsupportedGrantTypeError as UnsupportedGrantTypeError
    from pandadoc_client.exceptions import UnsupportedResponseTypeError as UnsupportedResponseTypeError
    from pandadoc_client.oauth.auth import OAuth2Auth as OAuth2Auth
    from pandadoc_client.oauth.bulk import RefreshReport as RefreshReport
    from pandadoc_client.oauth.bulk import refresh_due as refresh_due
    from pandadoc_client.oauth.client import AsyncOAuthClient as AsyncOAuthClient
    from pandadoc_client.oauth.client import OAuthClient as OAuthClient
    from pandadoc_client.oauth.manager import AsyncTokenManager as AsyncTokenManager
    from pandadoc_client.oauth.manager import TokenManager as TokenManager
    from pandadoc_client.oauth.protocol import AuthorizationRequest as AuthorizationRequest
    from pandadoc_client.oauth.stores import EncryptedTokenStore as EncryptedTokenStore
    from pandadoc_client.oauth.stores import FileTokenStore as FileTokenStore
    from pandadoc_client.oauth.stores import KeyringTokenStore as KeyringTokenStore
    from pandadoc_client.oauth.stores import MemoryTokenStore as MemoryTokenStore
    from pandadoc_client.oauth.stores import RedisTokenStore as RedisTokenStore
    from pandadoc_client.oauth.stores import SQLTokenStore as SQLTokenStore
    from pandadoc_client.oauth.stores import TokenStore as TokenStore
    from pandadoc_client.oauth.stores import token_store as token_store
    from pandadoc_client.oauth.token import Token as Token

# These need a library of their own: to be asked for by name, and left out of `import *`, which would ask for all.
_OPTIONAL = tuple(kind.name for kind in KINDS if kind.extra)

__all__ = [
    "AccessDeniedError",
    "AsyncOAuthClient",
    "AsyncTokenManager",
    "AuthorizationRequest",
    "AuthorizationServerError",
    "CallbackError",
    "FormEncodingError",
    "FormEncodingWarning",
    "InvalidClientError",
    "InvalidGrantError",
    "InvalidRequestError",
    "InvalidScopeError",
    "MemoryTokenStore",
    "OAuth2Auth",
    "OAuthClient",
    "OAuthError",
    "ReauthorizationRequired",
    "RefreshReport",
    "StateMismatchError",
    "TemporarilyUnavailableError",
    "Token",
    "TokenManager",
    "TokenStore",
    "TokenStoreError",
    "UnauthorizedClientError",
    "UnsupportedGrantTypeError",
    "UnsupportedResponseTypeError",
    "refresh_due",
    "token_store",
]

_MODULES = {
    "AsyncOAuthClient": "oauth.client",
    "AsyncTokenManager": "oauth.manager",
    "AuthorizationRequest": "oauth.protocol",
    "OAuth2Auth": "oauth.auth",
    "OAuthClient": "oauth.client",
    "RefreshReport": "oauth.bulk",
    "Token": "oauth.token",
    "TokenManager": "oauth.manager",
    "refresh_due": "oauth.bulk",
} | dict.fromkeys((*(kind.name for kind in KINDS), "TokenStore", "token_store"), "oauth.stores")
_SUBMODULES = frozenset({"auth", "bulk", "client", "form", "login", "manager", "protocol", "stores", "token"})


if not TYPE_CHECKING:  # a type checker that saw this would take any misspelt name for Any

    def __getattr__(name: str) -> Any:
        if name in _SUBMODULES:
            return import_module(f"{__name__}.{name}")
        if name not in __all__ and name not in _OPTIONAL:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        module = import_module(f"pandadoc_client.{_MODULES.get(name, 'exceptions')}")
        value = globals()[name] = getattr(module, name)
        return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__, *_OPTIONAL, *_SUBMODULES})
