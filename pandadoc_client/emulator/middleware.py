"""The outermost layer: reads each request, journals it, applies latency and faults, and sends the response.

Everything behind it is an ordinary ASGI application that knows nothing of faults. Answers are small, so each is taken
whole before anything leaves; that is what lets a fault happen *after* a request was processed.
"""

from __future__ import annotations

import asyncio
import json
import socket
import struct
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from email.utils import formatdate
from typing import Any

import h11
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from .context import Context
from .faults import Fault
from .recording import RecordedResponse, is_recorded

__all__ = ["CONTROL_PREFIX", "JOURNALED", "EmulatorMiddleware", "ServerConnections", "max_body", "tracked_protocol"]

CONTROL_PREFIX = "/_emulator/"
"""Paths below it steer the emulator; they are neither journaled nor hit by faults."""
_KIB = 1024
JOURNALED = 2048 * _KIB
"""Bytes of a request body that the journal keeps."""
# SO_LINGER switched on with zero seconds: closing sends RST instead of FIN. Windows has two shorts, POSIX two ints.
_RESET_ON_CLOSE = struct.pack("hh" if sys.platform == "win32" else "ii", 1, 0)


def _problem_of_head(status: str, kind: str, detail: str) -> bytes:
    """Return a response for a request that never became one."""
    body = json.dumps({"type": kind, "detail": detail}).encode()
    fields = f"content-type: application/json\r\ncontent-length: {len(body)}\r\nconnection: close"
    return f"HTTP/1.1 {status}\r\n{fields}\r\n\r\n".encode() + body


_HEAD_TOO_LONG_TEXT = "The request line and the headers are too long."
_HEAD_TOO_LARGE = _problem_of_head("431 Request Header Fields Too Large", "request_error", _HEAD_TOO_LONG_TEXT)
_HEAD_TOO_LATE = _problem_of_head("408 Request Timeout", "request_error", "The head of the request took too long.")


def max_body(scope: Scope) -> int:
    """Return how many bytes of a request's body are read; a longer one is answered with 413.

    The API takes 2 MB, and up to 100 MB with files; the token endpoint needs far less.
    """
    if scope["path"].startswith("/oauth2/"):
        return 64 * _KIB
    kinds = [value for name, value in scope["headers"] if name == b"content-type"]
    return (100 if any(kind.lower().startswith(b"multipart/") for kind in kinds) else 2) * 1024 * _KIB


class ServerConnections:
    """The open connections of one start of a server, by the address of the client. For the event loop's thread only."""

    def __init__(self) -> None:
        self._transports: dict[tuple[str, int], asyncio.Transport] = {}
        self._closed = False
        self._gone = asyncio.Event()

    def add(self, client: tuple[str, int], transport: asyncio.Transport) -> None:
        """Remember a connection."""
        self._transports[client] = transport
        if self._closed:  # it was being accepted while the server stopped
            transport.abort()

    def discard(self, client: tuple[str, int]) -> None:
        """Forget a connection that is gone."""
        self._transports.pop(client, None)
        if not self._transports:
            self._gone.set()

    def reset(self, client: tuple[str, int]) -> None:
        """Close a connection with a TCP RST: the peer sees `ECONNRESET`, not an end of file."""
        transport = self._transports.get(client)
        if transport is not None and not transport.is_closing():
            transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
            transport.abort()

    def abort(self, but: tuple[str, int] | None = None) -> None:
        """End every connection except that of the client *but*, without waiting for what is still to be written."""
        for client, transport in list(self._transports.items()):
            if client != but:
                transport.abort()

    async def close(self) -> None:
        """End every connection, those to come too, and wait until they are gone."""
        self._closed = True
        if self._transports:
            self._gone.clear()
            self.abort()
            await self._gone.wait()


def tracked_protocol(connections: ServerConnections, head_timeout: float) -> type[H11Protocol]:
    """Return uvicorn's HTTP/1.1 protocol, entering its connections in `connections`.

    A connection is closed that has not sent the head of its first request within `head_timeout` seconds, or that of a
    further one within as many from its first byte; 0 for no limit. uvicorn bounds the idle time in between.
    """

    class TrackedProtocol(H11Protocol):
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            # Switched off here: uvicorn's own option would silence the access log of the whole process.
            self.access_log = False
            self._head_timer: asyncio.TimerHandle | None = None
            self._head_begun = False

        def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
            super().connection_made(transport)
            if self.client is not None:
                connections.add(self.client, transport)
            self._await_head()

        def data_received(self, data: bytes) -> None:
            self._head_begun = True
            super().data_received(data)
            if self.conn.their_state is h11.IDLE and self.conn.our_state is h11.IDLE:
                if self._head_timer is None:
                    self._await_head()
            else:
                self._stop_timer()

        def send_400_response(self, msg: str) -> None:
            error = sys.exc_info()[1]  # uvicorn calls this where it handles the error
            if getattr(error, "error_status_hint", 400) == 431:
                self._refuse_head(_HEAD_TOO_LARGE)
            else:
                super().send_400_response(msg)

        def _await_head(self) -> None:
            if head_timeout:
                self._head_timer = self.loop.call_later(head_timeout, self._head_is_late)

        def _stop_timer(self) -> None:
            self._head_begun = False
            if self._head_timer is not None:
                self._head_timer.cancel()
                self._head_timer = None

        def _head_is_late(self) -> None:
            self._head_timer = None
            if self._head_begun:
                self._refuse_head(_HEAD_TOO_LATE)
            self.transport.close()

        def _refuse_head(self, response: bytes) -> None:
            self._stop_timer()
            if not self.transport.is_closing():
                self.transport.write(response)
                self.transport.close()

        def connection_lost(self, exc: Exception | None) -> None:
            self._stop_timer()
            if self.client is not None:
                connections.discard(self.client)
            super().connection_lost(exc)

    return TrackedProtocol


@dataclass(slots=True)
class _CannedResponse:
    status: int
    headers: list[tuple[bytes, bytes]]
    body: bytes

    def truncated(self) -> _CannedResponse:
        """The same with the body cut in half, and a Content-Length that says so: only a JSON parser notices."""
        return _CannedResponse(self.status, self.headers, self.body[: len(self.body) // 2])

    def start(self) -> Message:
        """The ASGI message that opens the response."""
        own = (b"content-length", b"date")
        headers = [(name, value) for name, value in self.headers if name not in own]
        headers.append((b"date", formatdate(usegmt=True).encode()))
        if self.status not in (204, 304):  # RFC 9110 §8.6
            headers.append((b"content-length", str(len(self.body)).encode()))
        return {"type": "http.response.start", "status": self.status, "headers": headers}

    def chunks(self, size: int) -> Iterator[bytes]:
        """The body in pieces of `size` bytes, one empty piece if there is none."""
        return (self.body[start : start + size] for start in range(0, max(1, len(self.body)), size))


def _json_response(status: int, data: dict[str, Any], headers: dict[str, str] | None = None) -> _CannedResponse:
    fields = {"content-type": "application/json", **(headers or {})}
    return _CannedResponse(status, _encoded(fields), json.dumps(data).encode())


def _encoded(headers: dict[str, str]) -> list[tuple[bytes, bytes]]:
    return [(name.lower().encode(), value.encode()) for name, value in headers.items()]


def _canned(fault: Fault) -> _CannedResponse | None:
    """The response of a fault that answers by itself; None for the kinds that let the request through."""
    retry = {} if fault.retry_after is None else {"retry-after": str(fault.retry_after)}
    match fault.kind:
        case "rate-limit":
            wait = "" if fault.detail_seconds is None else f" Expected available in {fault.detail_seconds} seconds."
            return _json_response(429, {"type": "throttled", "detail": f"Request was throttled.{wait}"}, retry)
        case "server-error":
            return _json_response(500, {"type": "server_error", "detail": "A scripted fault of the emulator."})
        case "service-unavailable":
            return _json_response(503, {"type": "unavailable", "detail": "A scripted fault of the emulator."}, retry)
        case "bad-gateway":
            return _CannedResponse(
                502, _encoded({"content-type": "text/html"}), b"<html><h1>502 Bad Gateway</h1></html>\n"
            )
        case "status":
            body = fault.body or ""
            headers = {"content-type": _guess_type(body)} if body else {}
            headers.update(retry)
            headers.update({name.lower(): value for name, value in fault.headers.items()})
            return _CannedResponse(fault.status or 500, _encoded(headers), body.encode())
        case _:
            return None


def _played(found: RecordedResponse | str) -> _CannedResponse:
    """Return a recorded response; or, in the place of one, what was expected."""
    if isinstance(found, str):
        return _json_response(404, {"type": "not_recorded", "detail": found})
    headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in found.headers]
    return _CannedResponse(found.status, headers, found.body)


def _guess_type(body: str) -> str:
    try:
        json.loads(body)
    except ValueError:
        return "text/html; charset=utf-8"
    return "application/json"


class EmulatorMiddleware:
    """The ASGI application in front of `app`; one for each start of a server."""

    def __init__(self, app: ASGIApp, context: Context, connections: ServerConnections) -> None:
        self._app = app
        self._context = context
        self._connections = connections
        self.stopping = asyncio.Event()
        """Set when the server stops."""
        self._dropped = asyncio.Event()
        """Set when the requests at hand are dropped: whoever waits gives up."""

    def drop(self, but: tuple[str, int] | None = None) -> None:
        """End every connection except that of the client *but*, and what is being done for its requests."""
        dropped, self._dropped = self._dropped, asyncio.Event()
        dropped.set()
        self._connections.abort(but)

    def stop(self) -> None:
        """Let the server stop, and whoever waits give up."""
        self.stopping.set()
        self._dropped.set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        refusal = self._refusal(scope)
        if refusal is not None:
            await _deliver(refusal, send)
            return
        body = await _read_body(receive, max_body(scope))
        if body is None:
            return  # the client hung up in the middle of its request
        if scope["path"].startswith(CONTROL_PREFIX):
            await _deliver(await self._process(scope, body), send)
            return

        entry = self._context.journal.open(
            method=scope["method"],
            path=scope["path"],
            query=scope["query_string"].decode("latin-1"),
            headers=_decoded(scope["headers"]),
            body=body[: min(JOURNALED, max_body(scope))],
            size=len(body),
        )
        fault = self._context.faults.take(scope["path"])
        kind = fault.kind if fault else None
        response: _CannedResponse | None = None
        try:
            response = await self._response(scope, body, fault)
        finally:
            self._context.journal.close(
                entry,
                status=response.status if response else None,
                fault=kind,
                headers=_decoded(response.headers) if response else (),
                body=response.body if response else b"",
            )

        if response is None:
            await self._hang_up(scope, receive)
        elif fault and kind == "slow-body":
            await self._drip(response, fault.pause, receive, send)
        else:
            await _deliver(response, send)

    def _refusal(self, scope: Scope) -> _CannedResponse | None:
        """Return what is answered to a request that is refused for its head alone, and neither journaled nor processed.

        So a web page of a stranger can push nothing out of the journal, and take no fault.
        """
        size = len(scope["raw_path"]) + len(scope["query_string"])
        if size + sum(len(name) + len(value) for name, value in scope["headers"]) > self._context.options.head_bytes:
            return _json_response(431, {"type": "request_error", "detail": _HEAD_TOO_LONG_TEXT})
        problem = self._context.host_problem(scope["headers"])
        return None if problem is None else _json_response(403, {"type": "forbidden", "detail": problem})

    async def _response(self, scope: Scope, body: bytes, fault: Fault | None) -> _CannedResponse | None:
        """Decide the response; None to hang up."""
        kind = fault.kind if fault else None
        wait = self._context.options.latency + (fault.pause if fault and kind == "latency" else 0)
        # A client that loses patience does not stop the processing: a real server would not notice either.
        if wait and await self._is_dropped_within(wait):
            return None
        if kind == "reset-before":
            return None
        response = _canned(fault) if fault else None
        response = response or await self._process(scope, body)
        if kind == "reset-after":
            return None
        return response.truncated() if kind == "truncated-json" else response

    async def _process(self, scope: Scope, body: bytes) -> _CannedResponse:
        most = max_body(scope)
        if len(body) > most:
            return _json_response(413, {"type": "request_error", "detail": f"A body has {most} bytes at most."})
        if not is_recorded(scope["path"]):
            return await self._answered(scope, body)
        if self._context.replay is not None:
            return _played(self._context.replay.take(self._masked(scope, body)))
        response = await self._answered(scope, body)
        if self._context.recorder is not None:
            request = self._masked(scope, body)
            headers = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in response.headers]
            masked = self._context.masking.response(request, response.status, headers, response.body)
            self._context.recorder.write(request, masked)
        return response

    def _masked(self, scope: Scope, body: bytes) -> dict[str, Any]:
        content_type = next((value for name, value in scope["headers"] if name == b"content-type"), b"")
        return self._context.masking.request(
            scope["method"],
            scope["raw_path"].decode("latin-1"),
            scope["query_string"].decode("latin-1"),
            content_type.decode("latin-1"),
            body,
        )

    async def _answered(self, scope: Scope, body: bytes) -> _CannedResponse:
        """Return what the application behind this answers."""
        messages: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]
        response = _CannedResponse(500, [], b"")

        async def receive() -> Message:
            return messages.pop() if messages else {"type": "http.disconnect"}

        async def send(message: Message) -> None:
            if message["type"] == "http.response.start":
                response.status = message["status"]
                response.headers = list(message.get("headers", []))
            elif message["type"] == "http.response.body":
                response.body += message.get("body", b"")

        await self._app(scope, receive, send)
        return response

    async def _is_dropped_within(self, seconds: float) -> bool:
        try:
            await asyncio.wait_for(self._dropped.wait(), seconds)
        except TimeoutError:
            return False
        return True

    async def _hang_up(self, scope: Scope, receive: Receive) -> None:
        if scope["client"] is not None:
            self._connections.reset(tuple(scope["client"]))
        # uvicorn complains about an application that ends without a response, unless it knows the client is gone.
        await _wait_until_gone(receive)

    async def _drip(self, response: _CannedResponse, delay: float, receive: Receive, send: Send) -> None:
        """Send the body byte by byte, until the client is gone; stopping the server makes it so."""
        await send(response.start())
        gone = asyncio.ensure_future(_wait_until_gone(receive))
        try:
            for chunk in response.chunks(1):
                await send({"type": "http.response.body", "body": chunk, "more_body": True})
                await asyncio.wait({gone}, timeout=delay)
                if gone.done():
                    return
            await send({"type": "http.response.body", "body": b"", "more_body": False})
        finally:
            gone.cancel()


def _decoded(headers: Iterable[tuple[bytes, bytes]]) -> tuple[tuple[str, str], ...]:
    return tuple((name.decode("latin-1").lower(), value.decode("latin-1")) for name, value in headers)


async def _deliver(response: _CannedResponse, send: Send) -> None:
    await send(response.start())
    await send({"type": "http.response.body", "body": response.body, "more_body": False})


async def _wait_until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _read_body(receive: Receive, most: int) -> bytes | None:
    """Read a request body; one byte more than `most` means too long. None if the client hung up."""
    body = bytearray()
    more = True
    while more and len(body) <= most:  # uvicorn swallows the rest, so that the client gets to read the 413
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        body += message.get("body", b"")
        more = message.get("more_body", False)
    return bytes(body[: most + 1])
