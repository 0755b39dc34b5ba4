"""The HTTP clients of our own: httpx's, without what a call of this API does not want.

Cookies, redirects and default headers are not wanted, and a request without an ``httpx.Auth`` needs nothing else of
what a client does between a request and its connection: it goes to the connections straight, which saves a seventh of
a call.
"""

from __future__ import annotations

import httpx

from pandadoc_client._deadline import DeadlineTransport
from pandadoc_client._network import TransportSettings, proxies_of, transport_arguments

__all__ = ["DirectAsyncClient", "DirectClient"]


class DirectClient(httpx.Client):
    """A blocking client whose connections know the deadline of a call."""

    def __init__(self, settings: TransportSettings) -> None:
        arguments, proxies = transport_arguments(settings), proxies_of(settings)
        connections = DeadlineTransport(**arguments)
        mounts = {
            pattern: None if proxy is None else DeadlineTransport(proxy=proxy, **arguments)
            for pattern, proxy in proxies.items()
        }
        super().__init__(transport=connections, mounts=mounts, trust_env=False)
        self._connections = None if mounts else connections

    def open(self, request: httpx.Request, auth: httpx.Auth | None) -> httpx.Response:
        """Send *request*, and return the answer with its body unread."""
        if self._connections is None or auth is not None:
            return self.send(request, stream=True, auth=auth, follow_redirects=False)
        answer = self._connections.handle_request(request)
        answer.request = request
        return answer


class DirectAsyncClient(httpx.AsyncClient):
    """A client for asyncio and trio."""

    def __init__(self, settings: TransportSettings) -> None:
        arguments, proxies = transport_arguments(settings), proxies_of(settings)
        connections = httpx.AsyncHTTPTransport(**arguments)
        mounts = {
            pattern: None if proxy is None else httpx.AsyncHTTPTransport(proxy=proxy, **arguments)
            for pattern, proxy in proxies.items()
        }
        super().__init__(transport=connections, mounts=mounts, trust_env=False)
        self._connections = None if mounts else connections

    async def open(self, request: httpx.Request, auth: httpx.Auth | None) -> httpx.Response:
        """Send *request*, and return the answer with its body unread."""
        if self._connections is None or auth is not None:
            return await self.send(request, stream=True, auth=auth, follow_redirects=False)
        answer = await self._connections.handle_async_request(request)
        answer.request = request
        return answer
