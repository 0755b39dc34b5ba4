"""`PandaDoc` and `AsyncPandaDoc`: a credential, and every call as a method of one object.

    with PandaDoc(api_key="…") as pd:
        for document in pd.documents.iterate_documents(order_by="-date_created"):
            print(document.name)

There is one attribute for each tag of the API: the API class of that tag, which is imported when it is first used.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any, Self

import pandadoc_client
from pandadoc_client._http.backends import AsyncHttpClient, Backend, HttpClient, check_http_client
from pandadoc_client._http.bearer import bearer_problem
from pandadoc_client._http.credentials import access_token_of, api_key_of
from pandadoc_client._http.fork import ProcessBound
from pandadoc_client._http.lazily import LazyModule
from pandadoc_client._http.secrets import hide, repr_in_any_state
from pandadoc_client.api_client import ApiClient, AsyncApiClient
from pandadoc_client.apis.resources import AsyncResources, Resources
from pandadoc_client.configuration import Configuration
from pandadoc_client.exceptions import ApiTypeError, ApiValueError

# What imports httpx, and what only some credentials need, is imported when it is used.
if TYPE_CHECKING:
    import httpx
else:
    httpx = LazyModule("httpx")

__all__ = ["AsyncPandaDoc", "PandaDoc"]

_DEFAULT_KEY = "default"
_VARIABLES = {"api_key": "PANDADOC_API_KEY", "access_token": "PANDADOC_ACCESS_TOKEN"}
_APPLICATION = ("PANDADOC_CLIENT_ID", "PANDADOC_CLIENT_SECRET")
_WAYS = (
    f"give auth, api_key, access_token or token_store, or set {' or '.join(_VARIABLES.values())} in the environment,"
    f" or run `pandadoc login` once and set {' and '.join(_APPLICATION)}"
)


class _Front(ProcessBound):
    """What both clients share: where the credential comes from, and what has to be closed."""

    _is_async = False

    def __init__(
        self,
        auth: httpx.Auth | pandadoc_client.oauth.TokenManager | pandadoc_client.oauth.AsyncTokenManager | None = None,
        *,
        api_key: str | None = None,
        access_token: str | None = None,
        token_store: pandadoc_client.oauth.TokenStore | str | None = None,
        key: str | None = None,
        host: str | None = None,
        region: str | None = None,
        timeout: float | tuple[float, float] | None = None,
        retries: int | pandadoc_client.RetryPolicy | None = None,
        allow_insecure: bool = False,
        rate_limiter: pandadoc_client.throttling.RateLimiter | None = None,
        http_client: HttpClient | AsyncHttpClient | None = None,
        backend: Backend | None = None,
    ) -> None:
        # Both have a repr that is masked: what is refused here is reported with the local variables of this frame.
        api_key, access_token = hide(api_key), hide(access_token)
        if isinstance(token_store, str):  # its URL may hold a password
            token_store = hide(token_store)

        from pandadoc_client._http.credentials import host_of_manager
        from pandadoc_client._http.network import check_host
        from pandadoc_client._http.retry import RetryPolicy, Timeout, check_timeout
        from pandadoc_client.oauth._settings import find_host
        from pandadoc_client.throttling import RateLimiter

        check_http_client(http_client, backend, is_async=self._is_async)
        url, _ = find_host(host_of_manager(auth) if host is None and region is None else host, region)
        given = {"auth": auth, "api_key": api_key, "access_token": access_token, "token_store": token_store}
        name, value = _credential({field: found for field, found in given.items() if found is not None}, key)
        check_host(url, allow_insecure)
        check_timeout(timeout, Timeout())
        RetryPolicy.of(retries)
        if not isinstance(rate_limiter, RateLimiter | None):  # pyright: ignore[reportUnnecessaryIsInstance]
            problem = f"rate_limiter must be a RateLimiter, not {type(rate_limiter).__name__}"
            raise ApiTypeError(problem, ["rate_limiter"])
        settings: dict[str, Any] = {"timeout": timeout, "retries": retries, "allow_insecure": allow_insecure}
        self._configuration = Configuration(
            url, **settings, rate_limiter=rate_limiter, missing_fields="none", backend=backend
        )
        self._owned = ExitStack()
        if name == "token_store":
            try:
                # A refresh runs in a thread, and so over a blocking client.
                own = None if self._is_async else http_client
                network = {"configuration": self._configuration} if own is None else {"http_client": own}
                settings |= {"host": url, **network}
                manager = _open_manager(self._owned, value, _DEFAULT_KEY if key is None else key, settings)
            except BaseException:
                self._owned.close()
                raise
            self._configuration.auth = manager
        elif name == "api_key":
            self._configuration.api_key = {"apiKey": str(value)}
            self._configuration.api_key_prefix = {"apiKey": "API-Key"}
        elif name == "access_token":
            self._configuration.access_token = str(value)
        else:
            self._configuration.auth = value
        self._connect(http_client)

    def _connect(self, http_client: Any) -> None:
        """Make the client that makes the calls; the one thing of construction in which the two differ."""
        raise NotImplementedError

    @repr_in_any_state
    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._configuration!r})"

    def with_options(
        self,
        *,
        timeout: float | tuple[float | None, float | None] | None = None,
        retries: int | pandadoc_client.RetryPolicy | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Self:
        """Return a view of this client whose calls have other limits or more headers; see `ApiClient.with_options`."""
        view: Any = object.__new__(type(self))
        own: Any = self  # which of the two clients it has is known below
        view._configuration, view._owned = self._configuration, ExitStack()
        view.api_client = own.api_client.with_options(timeout=timeout, retries=retries, headers=headers)
        found: Self = view
        return found

    @property
    def configuration(self) -> Configuration:
        """All settings. Certificates and proxies are to be set before the first call."""
        return self._configuration


class PandaDoc(_Front, Resources):
    """PandaDoc's API, blocking. Safe for use by many threads at once; close it, or use it in a ``with``.

    The resources are attributes: ``documents``, ``templates``, ``contacts`` and so on, with the methods of the API
    classes.

    Give one credential. Without any the environment decides: ``PANDADOC_API_KEY`` or ``PANDADOC_ACCESS_TOKEN``, else
    the token that ``pandadoc login`` has stored; to find that, the store is read when the client is made.

    Args:
        auth: A token manager, or an ``httpx.Auth`` such as an `OAuth2Auth`.
        api_key: An API key.
        access_token: An OAuth 2.0 access token. It is used as it is, and nothing refreshes it.
        token_store: A store of tokens, or the URL of one. Tokens are refreshed for the application that
            ``PANDADOC_CLIENT_ID`` and ``PANDADOC_CLIENT_SECRET`` name.
        key: The account in the token store; the default is ``"default"``. If it is given alone, a token store is
            meant: that of ``PANDADOC_TOKEN_STORE``, or the file of ``pandadoc login``.
        host: URL of the API; else that of the region, if one is given, else the host of the manager's client, else
            ``PANDADOC_HOST``.
        region: ``"us"`` or ``"eu"``; else ``PANDADOC_REGION``, else ``"us"``.
        timeout: Seconds that a call may take, retries included, or a pair (connect, read); the default is 30.
        retries: How often to try again at the most, or a ``RetryPolicy``.
        allow_insecure: True to permit plain ``http`` to hosts other than this machine.
        rate_limiter: A ``RateLimiter`` that every attempt waits for.
        http_client: A client of httpx or httpx2 to send with (`AsyncPandaDoc`: an ``AsyncClient``): its transport,
            proxies, certificates, mounts and event hooks are used; its authentication, default headers and cookies are
            not. Refreshes go over it, too; those of `AsyncPandaDoc` run in a thread and do not.
        backend: For `AsyncPandaDoc`: ``"aiohttp"`` to make calls over aiohttp; the default is ``"httpx"``.

    What is given stays the caller's to close; what is opened here is closed with the client.

    Raises:
        ApiValueError: There is no credential, or more than one, or an argument cannot be right. The message names it.
        ApiTypeError: An argument is of the wrong type.
        TokenStoreError: The token store cannot be read.
        ImportError: The library that the token store or the backend needs is missing.
    """

    def _connect(self, http_client: Any) -> None:
        Resources.__init__(self, ApiClient(self._configuration, http_client=http_client))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections, and the token store if it was opened here. Calling it again does nothing.

        A refresh that is under way is finished, and its token saved.
        """
        try:
            self.api_client.close()
        finally:
            self._owned.close()


class AsyncPandaDoc(_Front, AsyncResources):
    """PandaDoc's API for asyncio and trio; `PandaDoc` describes arguments and errors."""

    _is_async = True

    def _connect(self, http_client: Any) -> None:
        AsyncResources.__init__(self, AsyncApiClient(self._configuration, http_client=http_client))

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exception: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Close the connections of this event loop, and the token store if it was opened here; see `PandaDoc.close`."""
        try:
            await self.api_client.close()
        finally:
            self._owned.close()

    aclose = close


def _credential(given: Mapping[str, Any], key: str | None) -> tuple[str, Any]:
    """Return the name of the argument whose credential is to be used, and its value; None for the usual store.

    Raises:
        ApiValueError: There is more than one, or one cannot be right.
        ApiTypeError: One is no text.
    """
    if len(given) > 1:
        raise ApiValueError(f"Give one credential, and not {len(given)}: {', '.join(given)}")
    name, value = next(iter(given.items()), ("", None))
    if key is not None and name not in ("", "token_store"):
        raise ApiValueError(f"key names an account of a token store; it does not go with {name}")
    if name:
        return name, _bare(name, name, value) if name in _VARIABLES else value
    found = {} if key is not None else {field: hide(os.environ.get(name)) for field, name in _VARIABLES.items()}
    found = {field: text for field, text in found.items() if text}  # an empty variable counts as unset
    if len(found) > 1:
        raise ApiValueError(f"The environment has two credentials, {' and '.join(_VARIABLES.values())}: unset one")
    for field, text in found.items():
        return field, _bare(field, _VARIABLES[field], text)
    return "token_store", None


def _bare(field: str, setting: str, value: object) -> str:
    """Return an API key or an access token without the name of its scheme."""
    if field == "api_key":
        return api_key_of(setting, _usable(setting, value))
    token: str = hide(access_token_of(setting, _usable(setting, value)))  # a refusal is reported with this frame
    if problem := bearer_problem(token):
        raise ApiValueError(f"{setting} {problem}", [setting])
    return token


def _usable(name: str, value: object) -> str:
    """Return a credential that may stand in a header."""
    from pandadoc_client._http.form import value_problem

    problem = value_problem(value, trimmed=True)
    if not isinstance(value, str):
        hint = "; a token manager is given as auth" if name == "access_token" else ""
        raise ApiTypeError(f"{name} {problem}{hint}")
    if problem:
        raise ApiValueError(f"{name} {problem}")
    return value


def _open_manager(
    owned: ExitStack, store: Any, key: str, settings: Mapping[str, Any]
) -> pandadoc_client.oauth.TokenManager:
    """Return the manager of an account in a token store; what is opened for it is put in *owned*.

    Raises:
        ApiValueError: There is no token in the usual store, or no application to refresh it for.
    """
    from pandadoc_client.oauth import OAuthClient, TokenManager, TokenStore
    from pandadoc_client.oauth.stores.base import check_key

    check_key(key)
    if store is None or isinstance(store, str):
        store = _open_store(owned, store, key)
    if not isinstance(store, TokenStore):
        raise ApiTypeError(f"token_store must be a TokenStore or the URL of one, not {type(store).__name__}")
    if missing := [name for name in _APPLICATION if not os.environ.get(name)]:
        raise ApiValueError(
            f"{' and '.join(missing)} must be set in the environment: to refresh the tokens in {store!r};"
            " or give auth=TokenManager(…)"
        )
    client = owned.enter_context(OAuthClient(**settings))
    return TokenManager(client, store, key)


def _open_store(owned: ExitStack, url: str | None, key: str) -> pandadoc_client.oauth.TokenStore:
    """Open a store: one with a token in it, if nobody has asked for this one.

    Raises:
        ApiValueError: The URL stands for no store, or the usual one has no token.
    """
    from pandadoc_client.oauth.stores import token_store

    try:
        store = owned.enter_context(token_store(url))
    except ImportError as error:
        if url is not None or os.environ.get("PANDADOC_TOKEN_STORE"):
            raise
        raise ApiValueError(f"There is no credential: {_WAYS} ({error})") from error
    except ApiValueError as error:
        raise ApiValueError(f"token_store: {error}") from None
    if url is None and store.read(key) is None:
        raise ApiValueError(f"There is no credential: {_WAYS} (no token under the key {key!r} in {store!r})")
    return store
