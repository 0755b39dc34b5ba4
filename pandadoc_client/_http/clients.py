"""The HTTP clients of our own: httpx's, without what a call of this API does not want.

Cookies, redirects and default headers are not wanted, and a request without an ``httpx.Auth`` needs nothing else of
what a client does between a request and its connection: it goes to the connections straight, which saves a seventh of
a call. Where somebody has put a function of their own into httpx's client, as tools for tracing and for tests do, each
request goes by way of it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpcore
import httpx

from pandadoc_client._http.backends import Backend
from pandadoc_client._http.connections import AsyncConnections, Connections
from pandadoc_client._http.messages import Request
from pandadoc_client._http.network import TransportSettings, proxies_of
from pandadoc_client._http.patching import TRANSPORT_STEPS, is_patched
from pandadoc_client._http.pool import AsyncPooledTransport, PooledTransport

__all__ = ["DEFAULT_BACKEND", "DirectAsyncClient", "DirectClient"]

DEFAULT_BACKEND: Backend = "httpx"
"""What carries the calls of asyncio where nobody has said so."""

# What a request goes through in httpx's clients: Sentry, Datadog and others replace the first, VCR.py the last.
_STEPS = ("send", "_send_handling_auth", "_send_handling_redirects", "_send_single_request")
# All of it, for what would pass by every one of them.
_ASYNC_STEPS: tuple[tuple[type, tuple[str, ...]], ...] = (
    (httpx.AsyncClient, _STEPS),
    (httpx.AsyncHTTPTransport, TRANSPORT_STEPS),
    (httpcore.AsyncHTTPConnection, TRANSPORT_STEPS),
)


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
        if self._connections is None or auth is not None or is_patched(httpx.Client, _STEPS):
            return self.send(request, stream=True, auth=auth, follow_redirects=False)
        response = self._connections.handle_request(request)
        response.request = request
        return response


class DirectAsyncClient(httpx.AsyncClient):
    """A client for asyncio and trio."""

    def __init__(self, settings: TransportSettings) -> None:
        make: Callable[..., httpx.AsyncBaseTransport] = AsyncPooledTransport
        self._direct_request: Callable[[Request], Any] | None = None
        if (settings.backend or DEFAULT_BACKEND) == "aiohttp":
            from pandadoc_client._http.aiohttp_backend import aiohttp_transport, direct_request

            make, self._direct_request = aiohttp_transport, direct_request
        connections = AsyncConnections(make, settings)
        mounts = {
            pattern: None if proxy is None else AsyncConnections(make, settings, proxy)
            for pattern, proxy in proxies_of(settings).items()
        }
        super().__init__(transport=connections, mounts=mounts, trust_env=False)
        self._connections = None if mounts else connections

    def direct_request(self, request: Request) -> Any:
        """Return what makes of *request*, with header fields and limits, one of the backend; None if nothing does."""
        if self._direct_request is None or self._connections is None:
            return None
        if any(is_patched(kind, names) for kind, names in _ASYNC_STEPS):
            return None
        return self._direct_request(request)

    async def open_directly(self, request: Any) -> Any:
        """Send a request of the backend, and return its response with the body unread."""
        assert self._connections is not None  # no other client makes such a request
        return await self._connections.send(request)

    async def open(self, request: httpx.Request, auth: httpx.Auth | None) -> httpx.Response:
        """Send *request*, and return the response with its body unread."""
        if self._connections is None or auth is not None or is_patched(httpx.AsyncClient, _STEPS):
            return await self.send(request, stream=True, auth=auth, follow_redirects=False)
        response = await self._connections.handle_async_request(request)
        response.request = request
        return response
