"""What the helpers take for a client, and what they find out of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

import pandadoc_client
from pandadoc_client._http.retry import RetryPolicy, Timeout
from pandadoc_client.exceptions import ApiTypeError

__all__ = ["HasAsyncClient", "HasClient", "async_client_of", "client_behind", "client_of", "limits_of"]


class HasClient(Protocol):
    """Anything with an `ApiClient`: a ``PandaDoc``, an API class."""

    @property
    def api_client(self) -> pandadoc_client.ApiClient: ...


class HasAsyncClient(Protocol):
    """Anything with an `AsyncApiClient`: an ``AsyncPandaDoc``, an API class for asyncio."""

    @property
    def api_client(self) -> pandadoc_client.AsyncApiClient: ...


def client_of(given: Any) -> pandadoc_client.ApiClient:
    """Return the blocking client that *given* is or has.

    Raises:
        ApiTypeError: It has none.
    """
    from pandadoc_client.api_client import ApiClient

    found = given if isinstance(given, ApiClient) else getattr(given, "api_client", None)
    if not isinstance(found, ApiClient):
        raise ApiTypeError(f"client must be or have an ApiClient, not {type(given).__name__}", ["client"])
    return found


def async_client_of(given: Any) -> pandadoc_client.AsyncApiClient:
    """Return the asynchronous client that *given* is or has.

    Raises:
        ApiTypeError: It has none.
    """
    from pandadoc_client.api_client import AsyncApiClient

    found = given if isinstance(given, AsyncApiClient) else getattr(given, "api_client", None)
    if not isinstance(found, AsyncApiClient):
        raise ApiTypeError(f"client must be or have an AsyncApiClient, not {type(given).__name__}", ["client"])
    return found


def client_behind(operation: Any) -> Any:
    """Return the client that a method of an API class calls, None for any other callable."""
    return getattr(getattr(operation, "__self__", None), "api_client", None)


def limits_of(operation: Callable[..., Any]) -> tuple[RetryPolicy, Timeout]:
    """Return how often the client of an operation tries, and how long its calls may take.

    An operation is a method of an API class; for any other callable the package's defaults are returned.
    """
    client = client_behind(operation)
    if client is None:
        return RetryPolicy(), Timeout()
    limits: tuple[RetryPolicy, Timeout] = client.usual_limits()
    return limits
