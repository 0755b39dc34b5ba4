"""`OAuth2Auth`: a token manager as the authentication of any httpx client, and what it asks of a manager."""

from __future__ import annotations

import functools
import logging
from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator, Generator, MutableMapping
from typing import Any, Protocol, TypeVar

import httpx

import pandadoc_client
from pandadoc_client._http.backends import classes_of_libraries
from pandadoc_client._http.deadline import seconds_left
from pandadoc_client._http.secrets import repr_in_any_state
from pandadoc_client.exceptions import ApiTypeError
from pandadoc_client.oauth.token import Token

__all__ = ["OAuth2Auth", "TokenSource"]

logger = logging.getLogger("pandadoc_client")


class _HasHeaders(Protocol):
    @property
    def headers(self) -> MutableMapping[str, str]: ...


_Request = TypeVar("_Request", bound=_HasHeaders)


class TokenSource(ABC):
    """What both managers are to an `OAuth2Auth`."""

    @property
    @abstractmethod
    def client(self) -> pandadoc_client.oauth.OAuthClient | pandadoc_client.oauth.AsyncOAuthClient:
        """What refreshes tokens."""

    @abstractmethod
    def wait_for_token(self, timeout: float | None = None) -> Token:
        """Return a valid token, blocking; None for as long as it takes."""

    @abstractmethod
    async def await_token(self, timeout: float | None = None) -> Token:
        """Return a valid token; None for as long as it takes."""

    @abstractmethod
    def reject(self, access_token: str) -> None:
        """Note that the server does not take *access_token*."""


class OAuth2Auth(httpx.Auth):
    """Sends the manager's token with each request (RFC 6750 §2.1), and once more with a new one after a 401.

    For ``Client(auth=…)`` and ``AsyncClient(auth=…)`` of httpx and httpx2, and for ``Configuration(auth=…)``. No lock
    is held while a request travels. A request whose body was a generator or a file that cannot be read again is not
    sent twice: its 401 is returned, a warning in the log says why, and the next request has a new token. If the new
    token is answered 401 as well the API refuses for another reason: then there is no further refresh for half a
    minute.

    The token goes to wherever the client sends the request: use a client of its own for other hosts.

    Args:
        manager: A `TokenManager` or an `AsyncTokenManager`; either serves blocking and asynchronous clients.

    Raises:
        ApiTypeError: *manager* is neither.

    What the manager raises, such as `ReauthorizationRequired`, comes out of the request.
    """

    def __init__(self, manager: pandadoc_client.oauth.TokenManager | pandadoc_client.oauth.AsyncTokenManager) -> None:
        if not isinstance(manager, TokenSource):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise ApiTypeError(f"manager must be a TokenManager or an AsyncTokenManager, not {type(manager).__name__}")
        self._manager = manager

    @repr_in_any_state
    def __repr__(self) -> str:
        return f"OAuth2Auth({self._manager!r})"

    @property
    def manager(self) -> pandadoc_client.oauth.TokenManager | pandadoc_client.oauth.AsyncTokenManager:
        """Where the tokens come from."""
        return self._manager

    def access_token(self) -> str:
        """Return a valid access token, blocking until there is one."""
        return self._manager.wait_for_token(seconds_left()).access_token

    @property  # type: ignore[misc]  # nobody sets it
    def __class__(self) -> type[OAuth2Auth]:  # pyright: ignore[reportIncompatibleMethodOverride]
        """What `isinstance` goes by: an ``httpx2.Auth`` as well, as soon as the program has httpx2.

        Its clients ask for just that. Importing it here would double the time that importing httpx takes.
        """
        return _of_all(classes_of_libraries("Auth"))

    def __reduce__(self) -> tuple[Any, ...]:
        return OAuth2Auth, (self._manager,)

    def __call__(self, request: _Request) -> _Request:
        """Return *request* with the token in its header, blocking until there is one; what is answered is not seen.

        By this a type checker lets httpx2's clients have it. They run the flows below, as httpx's do.
        """
        return _authorized(request, self.access_token())

    def sync_auth_flow(self, request: Any) -> Generator[Any, Any, None]:
        """Run a request through; called by httpx."""
        access_token = self.access_token()
        response = yield _authorized(request, access_token)
        if self._may_repeat(request, response, access_token) and (other := self.access_token()) != access_token:
            yield _authorized(request, other)

    async def async_auth_flow(self, request: Any) -> AsyncGenerator[Any, Any]:
        """Run a request through; called by httpx."""
        access_token = (await self._manager.await_token()).access_token
        response = yield _authorized(request, access_token)
        if self._may_repeat(request, response, access_token):
            other = (await self._manager.await_token()).access_token
            if other != access_token:
                yield _authorized(request, other)

    def _may_repeat(self, request: Any, response: Any, access_token: str) -> bool:
        """Take note of a 401, and return True if *request* is to be sent again."""
        if response.status_code != 401:
            return False
        self._manager.reject(access_token)
        replayable = isinstance(request.stream, classes_of_libraries("ByteStream"))
        if not replayable:
            logger.warning(
                "%s %s was answered 401 and is not sent again: its body cannot be read twice",
                request.method,
                request.url.copy_with(query=None),
            )
        return replayable


def _authorized(request: _Request, access_token: str) -> _Request:
    request.headers["Authorization"] = f"Bearer {access_token}"
    return request


@functools.cache
def _of_all(kinds: tuple[type, ...]) -> type[OAuth2Auth]:
    """Return an `OAuth2Auth` that is of each of *kinds* as well."""
    further = [kind for kind in kinds if not issubclass(OAuth2Auth, kind)]
    return type("OAuth2Auth", (OAuth2Auth, *further), {}) if further else OAuth2Auth
