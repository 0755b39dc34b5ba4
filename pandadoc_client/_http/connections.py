"""Connections that are made when a request first needs them.

A setting of the network that cannot be used is then an error of the requests that it concerns, and of no other: a
missing file of certificates does not keep a program from a server on this machine.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, Generic, TypeVar

import httpx

from pandadoc_client._http.environment import ProxySetting
from pandadoc_client._http.network import TransportSettings, transport_arguments

__all__ = ["AsyncConnections", "Connections"]

T = TypeVar("T")


class _Lazy(Generic[T]):
    """The transports of one way to the servers: one for https, one for the rest, each made when it is first needed."""

    def __init__(self, make: Callable[..., T], settings: TransportSettings, proxy: ProxySetting | None) -> None:
        self._make = make
        self._settings = settings
        self._proxy = proxy
        self._made: dict[bool, T] = {}
        self._lock = threading.Lock()

    def transport(self, url: httpx.URL) -> T:
        """Return the transport for *url*.

        Raises:
            ApiValueError: A setting that it needs cannot be used.
        """
        secure = url.scheme == "https"
        found = self._made.get(secure)
        if found is None:
            with self._lock:
                found = self._made.get(secure)
                if found is None:
                    arguments: dict[str, Any] = transport_arguments(self._settings, self._proxy, secure=secure)
                    found = self._made[secure] = self._make(**arguments)
        return found

    def taken(self) -> list[T]:
        """Return the transports that were made, and forget them."""
        with self._lock:
            made = list(self._made.values())
            self._made.clear()
        return made


class Connections(httpx.BaseTransport):
    """One way to the servers, directly or through *proxy*, by transports that *make* makes."""

    def __init__(
        self, make: Callable[..., httpx.BaseTransport], settings: TransportSettings, proxy: ProxySetting | None = None
    ) -> None:
        self._lazy = _Lazy(make, settings, proxy)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send *request*, and return the response with its body unread."""
        return self._lazy.transport(request.url).handle_request(request)

    def close(self) -> None:
        """Close what was opened."""
        for transport in self._lazy.taken():
            transport.close()


class AsyncConnections(httpx.AsyncBaseTransport):
    """`Connections` for asyncio and trio."""

    def __init__(
        self,
        make: Callable[..., httpx.AsyncBaseTransport],
        settings: TransportSettings,
        proxy: ProxySetting | None = None,
    ) -> None:
        self._lazy = _Lazy(make, settings, proxy)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send *request*, and return the response with its body unread."""
        return await self._lazy.transport(request.url).handle_async_request(request)

    async def send(self, request: Any) -> Any:
        """Send a request that is not httpx's, over transports that know how."""
        transport: Any = self._lazy.transport(request.url)
        return await transport.send(request)

    async def aclose(self) -> None:
        """Close what was opened."""
        for transport in self._lazy.taken():
            await transport.aclose()
