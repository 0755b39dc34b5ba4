"""The receiving end of a login: a listener on loopback that takes one callback (RFC 8252 §7.3).

It runs on an event loop in one thread of its own, which is gone, with every connection, when the listener is closed.
What a callback means is not its business: it asks whether one belongs to this login, hands the first that does on, and
shows in the browser what it is told to.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import socket
import sys
import threading
from collections.abc import Callable
from concurrent.futures import Future
from html import escape
from http import HTTPStatus
from typing import Self
from urllib.parse import SplitResult, parse_qsl, quote, urlsplit

from attrs import frozen

from pandadoc_client.exceptions import ApiValueError, OpenApiException

__all__ = ["ListenError", "LoopbackListener", "Page"]

_ADDRESSES = {"127.0.0.1": ("127.0.0.1",), "::1": ("::1",), "localhost": ("127.0.0.1", "::1")}
_DEFAULT_URI = "http://127.0.0.1/callback"
_ANSWER = frozenset({"code", "error", "state"})
_PATH_CHARACTERS = "/%:@!$&'()*+,;=~"

_BACKLOG = 16
_HEAD_BYTES = 64 * 1024  # cookies know no ports: those of every web server on this machine come along
_HEAD_SECONDS = 30.0
_LAST_WORDS_SECONDS = 2.0
_FREE_PORT_TRIES = 10

_STYLE = (
    "body{font:1rem/1.5 system-ui,sans-serif;margin:0 auto;max-width:40rem;padding:2rem}:root{color-scheme:light dark}"
)
_HEADERS = {
    "Content-Type": "text/html; charset=utf-8",
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",  # the address of the page holds a code
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Connection": "close",
}


class ListenError(OpenApiException):
    """The callback cannot be received, because the port of the redirect URI cannot be had.

    Attributes:
        port: The port; 0 if any would have done.
    """

    def __init__(self, problem: str, port: int) -> None:
        super().__init__(problem)
        self.port = port


@frozen
class Page:
    """What the browser shows: a heading and a sentence or two.

    Attributes:
        status: HTTP status code.
        title: The heading.
        text: The rest.
    """

    status: int
    title: str
    text: str

    def encode(self) -> bytes:
        """Return the whole response."""
        title = escape(self.title)
        body = (
            '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
            '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
            f"<title>{title} - PandaDoc login</title>\n<style>{_STYLE}</style>\n</head>\n"
            f'<body>\n<main>\n<h1>{title}</h1>\n<p role="status">{escape(self.text)}</p>\n</main>\n</body>\n</html>\n'
        ).encode()
        headers = {**_HEADERS, "Content-Length": str(len(body))}
        if self.status == 405:
            headers["Allow"] = "GET"
        head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        return f"HTTP/1.1 {self.status} {HTTPStatus(self.status).phrase}\r\n{head}\r\n".encode("ascii") + body


_ALREADY = Page(
    200, "This login is under way already", "An earlier tab has brought the response. You can close this one."
)
_ENDED = Page(200, "The login has ended", "It was not completed. Go back to the program, and log in again.")
_NOTHING_HERE = Page(404, "Nothing here", "This address waits for the response of PandaDoc's consent page.")
_GET_ONLY = Page(405, "Only GET", "This address waits for the response of PandaDoc's consent page.")
_NO_REQUEST = Page(400, "This is no request", "This address waits for the response of PandaDoc's consent page.")
_TOO_LONG = Page(431, "This request is too long", "The cookies of this browser may be too many.")
_OTHER_HOST = Page(421, "Wrong name", "This machine was reached under a name that is not the one of the redirect URI.")


class LoopbackListener:
    """Receives the callback of one login. Use it in a ``with``; it listens from there on.

    Args:
        redirect_uri: Where the callback goes: ``http`` to ``127.0.0.1``, ``localhost`` or ``[::1]``. Without a port, a
            free one is taken; None for ``/callback`` on a free port of ``127.0.0.1``.
        on_callback: Called with path and query of the first callback, from another thread; it must not block.
        refuse: Called before it with path and query of each callback, likewise; returns the page to show for one that
            belongs to something else. The listener then goes on waiting. None to take the first, whatever it is.

    Raises:
        ApiValueError: The redirect URI leads elsewhere.
    """

    def __init__(
        self,
        redirect_uri: str | None,
        on_callback: Callable[[str], object],
        refuse: Callable[[str], Page | None] | None = None,
    ) -> None:
        self._uri = _parse(redirect_uri or _DEFAULT_URI)
        self._refuse = refuse
        self._on_callback = on_callback
        self._server: _CallbackServer | None = None

    @property
    def redirect_uri(self) -> str:
        """The redirect URI, with the port that is listened on."""
        return self._uri.geturl()

    def __enter__(self) -> Self:
        """Take the port, and listen.

        Raises:
            ListenError: The port cannot be had.
        """
        host, port = self._uri.hostname or "", self._uri.port or 0
        listeners = _bind(host, port)
        if not port:
            name = f"[{host}]" if ":" in host else host
            self._uri = self._uri._replace(netloc=f"{name}:{listeners[0].getsockname()[1]}")
        ready: Future[_CallbackServer] = Future()
        self._thread = threading.Thread(
            target=self._run, args=(listeners, ready), name="pandadoc-login-listener", daemon=True
        )
        try:
            self._thread.start()
            self._server = ready.result()
        except BaseException:
            if self._thread.ident is None:  # Ctrl-C came before it began
                for listener in listeners:
                    listener.close()
            else:
                with contextlib.suppress(Exception):
                    self._server = ready.result(_LAST_WORDS_SECONDS)
                self.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def respond(self, page: Page) -> None:
        """Show *page* in the browser that brought the callback. Only the first call counts."""
        if self._server is not None:
            self._server.respond(page)

    def close(self) -> None:
        """Give up the port and every connection. Who still waits for a response is told that the login has ended."""
        server, self._server = self._server, None
        if server is not None:
            server.respond(_ENDED)
            server.stop()
            self._thread.join()

    def _run(self, listeners: list[socket.socket], ready: Future[_CallbackServer]) -> None:
        try:
            asyncio.run(_serve(listeners, _CallbackServer(self._uri, self._on_callback, self._refuse), ready))
        except BaseException as error:
            if not ready.done():
                ready.set_exception(error)
        finally:
            for listener in listeners:
                listener.close()


async def _serve(listeners: list[socket.socket], server: _CallbackServer, ready: Future[_CallbackServer]) -> None:
    server.start()
    accepting: list[asyncio.Server] = []
    try:
        for listener in listeners:
            accepting.append(await asyncio.start_server(server.connected, sock=listener, limit=_HEAD_BYTES))
        ready.set_result(server)
        await server.stopped()
    finally:
        for each in accepting:
            each.close()


class _CallbackServer:
    """What happens on the event loop."""

    def __init__(
        self,
        uri: SplitResult,
        on_callback: Callable[[str], object],
        refuse: Callable[[str], Page | None] | None,
    ) -> None:
        self._path = _path_of(uri.path)
        default_port = {uri.netloc.removesuffix(":80")} if uri.port == 80 else set[str]()
        self._hosts = {uri.netloc.lower()} | default_port
        self._on_callback = on_callback
        self._refuse = refuse
        self._taken = False
        self._reading: set[asyncio.Task[None]] = set()
        self._answering: set[asyncio.Task[None]] = set()

    def start(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._page: asyncio.Future[Page] = self._loop.create_future()
        self._stop = asyncio.Event()

    # -- called from another thread ----------------------------------------------------------------------------------

    def respond(self, page: Page) -> None:
        def settle() -> None:
            if not self._page.done():
                self._page.set_result(page)

        self._loop.call_soon_threadsafe(settle)

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)

    # -- on the loop -------------------------------------------------------------------------------------------------

    async def stopped(self) -> None:
        """Wait for `stop`; then drop who has not asked anything yet, and answer those who have."""
        await self._stop.wait()
        for task in self._reading:
            task.cancel()
        if self._reading or self._answering:
            _, late = await asyncio.wait(self._reading | self._answering, timeout=_LAST_WORDS_SECONDS)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    async def connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Read one request, and answer it."""
        task = asyncio.current_task()
        assert task is not None
        self._reading.add(task)
        try:
            async with asyncio.timeout(_HEAD_SECONDS):
                request = await _read_head(reader)
            self._reading.discard(task)
            self._answering.add(task)
            page = _TOO_LONG if request is None else await self._decide(request)
            writer.write(page.encode())
            await writer.drain()
        except (OSError, EOFError, TimeoutError, asyncio.CancelledError):
            pass  # the browser has gone, never asked, or the login is over: nobody to tell
        finally:
            self._reading.discard(task)
            self._answering.discard(task)
            writer.close()
            with contextlib.suppress(OSError, asyncio.CancelledError):
                await writer.wait_closed()

    async def _decide(self, request: str) -> Page:
        first, *lines = request.split("\r\n")
        method, _, rest = first.partition(" ")
        target, _, version = rest.partition(" ")
        if not version.startswith("HTTP/1.") or not target.startswith("/"):
            return _NO_REQUEST
        hosts = [
            value.strip().lower()
            for name, _, value in (line.partition(":") for line in lines)
            if name.lower() == "host"
        ]
        if len(hosts) != 1:
            return _NO_REQUEST
        # A page elsewhere can let its own name lead to this machine (DNS rebinding); the name gives it away.
        if hosts[0] not in self._hosts:
            return _OTHER_HOST
        path, _, query = target.partition("?")
        names = {name for name, _ in parse_qsl(query, keep_blank_values=True)}
        if path != self._path or _ANSWER.isdisjoint(names):
            return _NOTHING_HERE
        if method != "GET":
            return _GET_ONLY
        refusal = self._refuse(target) if self._refuse is not None else None
        if refusal is not None:
            return refusal
        if self._taken:
            return _ALREADY
        self._taken = True
        self._on_callback(target)
        return await self._page


async def _read_head(reader: asyncio.StreamReader) -> str | None:
    """Return a request up to the empty line behind its headers; None if it is too long."""
    try:
        return (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    except asyncio.LimitOverrunError:
        return None


def _parse(redirect_uri: str) -> SplitResult:
    uri = urlsplit(redirect_uri)
    if uri.scheme != "http" or uri.hostname not in _ADDRESSES:
        raise ApiValueError(
            "redirect_uri: only http://127.0.0.1:PORT/path, http://localhost:PORT/path and http://[::1]:PORT/path can"
            " be received on this machine; for any other, use paste_login"
        )
    return uri


def _path_of(path: str) -> str:
    """Return *path* as a browser sends it."""
    return quote(path, safe=_PATH_CHARACTERS) or "/"


def _bind(host: str, port: int) -> list[socket.socket]:
    """Return sockets that listen on every address of *host*, all on the same port.

    For ``localhost`` that is both, if this machine has both: on the one left out, another program could receive the
    callback.

    Raises:
        ListenError: The port cannot be had.
    """
    for tries_left in reversed(range(1 if port else _FREE_PORT_TRIES)):
        listeners: list[socket.socket] = []
        missing: OSError | None = None
        try:
            for address in _ADDRESSES[host]:
                try:
                    listeners.append(_listen(address, port or (listeners[0].getsockname()[1] if listeners else 0)))
                except OSError as error:
                    if error.errno not in (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT):
                        raise
                    missing = error
            if missing is not None and not listeners:
                raise missing
        except OSError as error:
            for listener in listeners:
                listener.close()
            if error.errno == errno.EADDRINUSE and tries_left:
                continue  # free on the one address and taken on the other
            raise _problem(error, host, port) from None
        return listeners
    raise AssertionError("unreachable")


def _listen(address: str, port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_STREAM)
    try:
        # The port is ours alone. On Windows SO_REUSEADDR would let another program share it; elsewhere, without it, a
        # login soon after another would find the port taken by connections that have ended.
        if sys.platform == "win32":
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        else:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if listener.family == socket.AF_INET6:
            listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        listener.bind((address, port))
        listener.listen(_BACKLOG)
    except BaseException:
        listener.close()
        raise
    return listener


def _problem(error: OSError, host: str, port: int) -> ListenError:
    if error.errno == errno.EADDRINUSE:
        return ListenError(
            f"port {port} of the redirect URI is in use, perhaps by another login: end that, or use paste_login, which"
            " needs no port",
            port,
        )
    return ListenError(f"cannot listen on {host} port {port}: {error.strerror or type(error).__name__}", port)
