"""Reads responses by aiohttp's protocol and parser, and knows where each ends; and the errors of aiohttp as httpx's."""

from __future__ import annotations

import asyncio
import select
from typing import Any

import aiohttp
import httpx
from aiohttp.client_proto import ResponseHandler
from aiohttp.http_exceptions import HttpProcessingError

from pandadoc_client._http.clock import is_replaced
from pandadoc_client._http.deadline import current_limit
from pandadoc_client._http.streams import in_time

__all__ = ["ERRORS", "Head", "Protocol", "as_httpx"]

_HEADER_BYTES = 100 * 1024  # as h11 has it
_HEADER_FIELDS = 1000
_END_OF_HEAD = b"\r\n\r\n"
_LAST_CHUNK = b"0\r\n\r\n"

ERRORS = (aiohttp.ClientError, HttpProcessingError, OSError)
"""What aiohttp and the system raise, which `as_httpx` turns into httpx's."""

Head = tuple[Any, Any]  # aiohttp's message and its payload, whose types have no public names


class Protocol(ResponseHandler):
    """One connection: aiohttp's protocol, which is told where a response ends.

    aiohttp's parser loses a response if what is no HTTP follows it in the same read, skips line ends that follow it,
    and takes what comes on an idle connection for the next response. So the parser is given a head by itself and a body
    to its end; a connection on which more has come is not used again (RFC 9112 §9.2).
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(loop)
        self._in_head = False
        self._in_body = False
        self._recent = b""
        self._left: int | None = None
        self._latest: Head | None = None

    def expect(self, method: str) -> None:
        """Make ready for the response to a request."""
        self._in_head, self._in_body = True, False
        self._recent = b""
        self._latest = None
        self.set_response_params(
            skip_payload=method == "HEAD",
            read_until_eof=True,
            auto_decompress=False,  # httpx unpacks it, a little at a time
            max_line_size=_HEADER_BYTES,
            max_field_size=_HEADER_BYTES,
            max_headers=_HEADER_FIELDS,
        )

    def send(self, data: bytes) -> None:
        """Begin to send *data*; `writing_paused` says whether it is more than the system takes."""
        if self.transport is None:
            raise httpx.WriteError("the connection was closed")
        limit = current_limit()
        if limit is not None:
            limit.sent = True
        self.transport.write(data)

    async def drain(self) -> None:
        """Wait until the system takes more."""
        await self._drain_helper()

    async def head(self) -> Head:
        """Return the beginning of the response; what comes before it (1xx) is skipped."""
        while True:
            message, payload = await self.read()
            if message.code >= 200 or message.code == 101:
                return message, payload

    async def receive(self, limit: float | None) -> Head:
        """Return the beginning of the response to what was sent, each read within *limit* seconds.

        Raises:
            httpx.TransportError: It does not come.
        """
        self.start_clock(limit)
        try:
            if is_replaced():  # aiohttp's clock stands still
                return await in_time(self.head(), limit, httpx.ReadTimeout)
            return await self.head()
        except ERRORS as error:
            raise as_httpx(error, httpx.ReadError) from error

    def start_clock(self, limit: float | None) -> None:
        """From here on, wait for the server at most *limit* seconds at a time."""
        self.read_timeout = limit
        self.start_timeout()

    def check_end(self, message: Any) -> None:
        """Refuse the end of a body that ends with the connection, if that did not end well.

        Raises:
            aiohttp.ClientOSError: It did not.
        """
        failure = self.exception()
        if (
            isinstance(failure, aiohttp.ClientOSError)
            and not message.chunked
            and "Content-Length" not in message.headers
        ):
            raise failure

    def is_reusable(self) -> bool:
        """Whether the response was read, and neither more nor the end of the connection followed it."""
        return not (self._in_head or self.should_close) and self.is_connected() and not self._is_readable()

    def _is_readable(self) -> bool:
        """Whether something has come that the event loop has not looked at yet."""
        number = self.transport.get_extra_info("socket").fileno() if self.transport is not None else -1
        if number < 0:
            return True
        if hasattr(select, "poll"):
            poll = select.poll()
            poll.register(number, select.POLLIN)
            return bool(poll.poll(0))
        return bool(select.select([number], [], [], 0)[0])

    def feed_data(self, data: Head, size: int = 0) -> None:
        """Take a head from the parser."""
        self._latest = data
        super().feed_data(data, size)

    def data_received(self, data: bytes) -> None:
        """Take what the server has sent."""
        while data and self._in_head:
            data = self._take_head(data)
        if self._in_body:
            self._take_body(data)
        elif data:
            self.force_close()

    def _take_head(self, data: bytes) -> bytes:
        """Give the parser *data* to the end of a head, and return the rest."""
        kept = len(self._recent)
        known = self._recent + data
        end = known.find(_END_OF_HEAD)
        if end < 0:
            self._recent = known[-3:]
            rest = b""
        else:
            end += len(_END_OF_HEAD) - kept
            self._recent = b""
            data, rest = data[:end], data[end:]
        self._feed(data, is_awaiting=not rest)
        if self._latest is not None:
            message, _ = self._latest
            self._latest = None
            if message.code >= 200 or message.code == 101:
                self._begin_body(message, by_parser=end < 0)
        return rest

    def _feed(self, data: bytes, is_awaiting: bool) -> None:
        """Give the parser *data*. Where nothing more is waited for no clock is started, which takes its time."""
        if is_awaiting:
            super().data_received(data)
            return
        limit, self.read_timeout = self.read_timeout, None
        super().data_received(data)
        self.read_timeout = limit

    def _begin_body(self, message: Any, by_parser: bool) -> None:
        self._in_head = False
        if self._skip_payload or message.code in (204, 304):
            self._left = 0
        elif message.chunked:
            self._left = None
        else:
            length = message.headers.get("Content-Length")
            self._left = None if length is None else int(length)
        if by_parser:  # it has seen the end of a head where there was none for us, and may have a part of the body
            self._left = None
            self.force_close()
        self._in_body = self._left != 0

    def _take_body(self, data: bytes) -> None:
        left = self._left
        if left is None:
            super().data_received(data)
            self._recent = (self._recent + data)[-len(_LAST_CHUNK) :]
            if self._payload is not None and self._payload.is_eof():
                self._in_body = False
                if self._recent != _LAST_CHUNK:
                    self.force_close()
            return
        if len(data) > left:
            self.force_close()
            data = data[:left]
        self._left = left - len(data)
        # Without data, too: to go on with what the parser holds back.
        self._feed(data, is_awaiting=self._left > 0)


def as_httpx(error: Exception, usual: type[httpx.TransportError]) -> httpx.TransportError:
    """Return one of httpx's errors for one of `ERRORS`; *usual* stands for those of the network."""
    match error:
        case aiohttp.ServerDisconnectedError():
            return httpx.RemoteProtocolError("Server disconnected without sending a response.")
        case aiohttp.ClientPayloadError():
            return httpx.RemoteProtocolError("peer closed connection without sending complete message body")
        case HttpProcessingError():
            return httpx.RemoteProtocolError(error.message)
        case TimeoutError():
            return httpx.ReadTimeout(str(error))
        case aiohttp.ClientConnectorError():
            return usual(str(error.os_error))
        case _:
            return usual(str(error))
