"""The HTTP clients of our own: httpx's, without what a call of this API does not want.

Cookies, redirects and default headers are not wanted, and a request without an ``httpx.Auth`` needs nothing else of
what a client does between a request and its connection: it goes to the connections straight, which saves a seventh of
a call. Where somebody has put a function of their own into httpx's client, as tools for tracing and for tests do, each
request goes by way of it.
"""

from __future__ import annotations

from types import FunctionType

import httpx

from pandadoc_client._http.connections import AsyncConnections, Connections
from pandadoc_client._http.network import TransportSettings, proxies_of
from pandadoc_client._http.pool import AsyncPooledTransport, PooledTransport

__all__ = ["DirectAsyncClient", "DirectClient"]

# What a request goes through in httpx's clients: Sentry, Datadog and others replace the first, VCR.py the last.
_STEPS = ("send", "_send_handling_auth", "_send_handling_redirects", "_send_single_request")


def _is_patched(client: type[httpx.Client | httpx.AsyncClient]) -> bool:
    """Return whether a function between a request and its connection is not httpx's own.

    It is asked for each call, since a tool may come at any time, before this module or after.
    """
    for name in _STEPS:
        function = getattr(client, name, None)
        # Not the name or the module of it, which functools.wraps copies from what it replaces.
        if function is not None and (
            type(function) is not FunctionType or not function.__globals__["__name__"].startswith("httpx")
        ):
            return True
    return False


class DirectClient(httpx.Client):
    """A blocking client whose connections know the deadline of a call."""

    def __init__(self, settings: TransportSettings) -> None:
        connections = Connections(PooledTransport, settings)
        mounts = {
            pattern: None if proxy is None else Connections(PooledTransport, settings, proxy)
            for pattern, proxy in proxies_of(settings).items()
        }
        super().__init__(transport=connections, mounts=mounts, trust_env=False)
        self._connections = None if mounts else connections

    def open(self, request: httpx.Request, auth: httpx.Auth | None) -> httpx.Response:
        """Send *request*, and return the response with its body unread."""
        if self._connections is None or auth is not None or _is_patched(httpx.Client):
            return self.send(request, stream=True, auth=auth, follow_redirects=False)
        response = self._connections.handle_request(request)
        response.request = request
        return response


class DirectAsyncClient(httpx.AsyncClient):
    """A client for asyncio and trio."""

    def __init__(self, settings: TransportSettings) -> None:
        connections = AsyncConnections(AsyncPooledTransport, settings)
        mounts = {
            pattern: None if proxy is None else AsyncConnections(AsyncPooledTransport, settings, proxy)
            for pattern, proxy in proxies_of(settings).items()
        }
        super().__init__(transport=connections, mounts=mounts, trust_env=False)
        self._connections = None if mounts else connections

    async def open(self, request: httpx.Request, auth: httpx.Auth | None) -> httpx.Response:
        """Send *request*, and return the response with its body unread."""
        if self._connections is None or auth is not None or _is_patched(httpx.AsyncClient):
            return await self.send(request, stream=True, auth=auth, follow_redirects=False)
        response = await self._connections.handle_async_request(request)
        response.request = request
        return response
