"""Sends a request whose body is large or a stream, and looks at what comes meanwhile."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator
from typing import Any

import httpx

from pandadoc_client._http.aiohttp_backend.protocol import ERRORS, Head, Protocol, as_httpx
from pandadoc_client._http.streams import UNWATCHED, in_time, second_socket
from pandadoc_client._http.timers import move_on_after

__all__ = ["Upload"]

_MOST_RESCUED = 1024 * 1024  # bytes to read of a response whose connection broke


class Upload:
    """One request. A server may refuse it before it has all of it, and close: then the rest is not sent.

    Args:
        protocol: The connection.
        request: The request.
        content: Its body, if that is at hand; else it is the request's stream.

    Attributes:
        whole: Whether all of it was sent.
    """

    def __init__(self, protocol: Protocol, request: httpx.Request, content: bytes | None) -> None:
        self._protocol = protocol
        self._request = request
        self._content = content
        self._limits = request.extensions["timeout"]
        self.whole = False

    async def send(self, head: bytes) -> Head:
        """Send it, and return the beginning of the response.

        Raises:
            httpx.TransportError: That does not come.
        """
        transport = self._protocol.transport
        spare = None if transport is None else second_socket(transport)
        response = asyncio.ensure_future(self._protocol.head())
        try:
            self.whole = await self._send_parts(head, response)
            self._protocol.start_clock(self._limits["read"])
            try:
                return await in_time(response, self._limits["read"], httpx.ReadTimeout)
            except ERRORS as error:
                self.whole = False
                rescued = await _rescued(spare)
                if rescued is None:
                    raise as_httpx(error, httpx.ReadError) from error
                return rescued
        finally:
            if spare is not None:
                spare.close()
            await _forget(response)

    async def _send_parts(self, head: bytes, response: asyncio.Future[Head]) -> bool:
        """Return whether all was sent: not if the server has refused it, or is gone."""
        headers = self._request.headers
        chunked = "Transfer-Encoding" in headers
        left = None if chunked else int(headers.get("Content-Length", 0))
        self._protocol.send(head)
        async for part in self._parts():
            if not part:
                continue
            if left is not None:
                left -= len(part)
                if left < 0:
                    raise httpx.LocalProtocolError("Too much data for declared Content-Length")
            if not await self._went_out(b"%x\r\n%b\r\n" % (len(part), part) if chunked else part, response):
                return False
        if left:
            raise httpx.LocalProtocolError("Too little data for declared Content-Length")
        return not chunked or await self._went_out(b"0\r\n\r\n", response)

    async def _went_out(self, data: bytes, response: asyncio.Future[Head]) -> bool:
        """Send *data*, and return False if there is no use in sending more."""
        if self._protocol.transport is None or _is_over(response):
            return False
        self._protocol.send(data)
        await asyncio.sleep(0)  # the loop looks at what has come
        if self._protocol.writing_paused:
            drained = asyncio.ensure_future(self._protocol.drain())
            try:
                while not (drained.done() or _is_over(response)):
                    waiting: list[asyncio.Future[Any]] = [drained] if response.done() else [drained, response]
                    with move_on_after(self._limits["write"]) as scope:
                        await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
                    if scope.cancelled_caught:
                        raise httpx.WriteTimeout("the server took no more of the request")
            finally:
                await _forget(drained)
        return not _is_over(response)

    async def _parts(self) -> AsyncIterator[bytes]:
        if self._content is not None:
            for start in range(0, len(self._content), UNWATCHED):
                yield self._content[start : start + UNWATCHED]
            return
        stream: Any = self._request.stream
        async for part in stream:
            yield part


def _is_over(response: asyncio.Future[Head]) -> bool:
    """Whether the server has refused the request, or the connection broke."""
    return response.done() and (response.exception() is not None or 400 <= response.result()[0].code <= 599)


async def _forget(future: asyncio.Future[Any]) -> None:
    """Cancel what runs for nobody any longer; what came of it is nobody's affair."""
    if not future.done():
        future.cancel()
        await asyncio.sleep(0)
    if future.done() and not future.cancelled():
        future.exception()


async def _rescued(spare: socket.socket | None) -> Head | None:
    """Return the response that came before a connection broke, or None."""
    if spare is None:
        return None
    data = bytearray()
    with contextlib.suppress(OSError):
        spare.setblocking(False)
        while len(data) < _MOST_RESCUED and (part := spare.recv(UNWATCHED)):
            data += part
    reader = Protocol(asyncio.get_running_loop())
    reader.expect("POST")
    reader.data_received(bytes(data))
    reader.connection_lost(None)
    return await reader.head() if len(reader) else None
