"""Opens connections: by aiohttp's connector, directly or through a proxy, and with TLS by the event loop."""

from __future__ import annotations

import asyncio
import base64
import re
import ssl
from collections.abc import Awaitable, Sequence
from typing import Any, NamedTuple, TypeVar

import aiohttp
import httpx
from yarl import URL

from pandadoc_client._http.aiohttp_backend.protocol import ERRORS, Protocol, as_httpx
from pandadoc_client._http.timers import move_on_after

__all__ = ["Dialer", "Line", "head_bytes"]

_T = TypeVar("_T")
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_UNSAFE = re.compile(rb"[\x00\r\n]")

_Fields = Sequence[tuple[bytes, bytes]]


class Line(NamedTuple):
    """An open connection: what aiohttp's connector knows it by, and the protocol that reads from it."""

    opened: aiohttp.connector.Connection
    protocol: Protocol

    async def aclose(self) -> None:
        """Close it at once."""
        transport = self.protocol.transport
        if transport is not None:
            transport.abort()
        self.opened.close()
        await asyncio.sleep(0)  # the loop closes the socket in its next turn


class Dialer:
    """Opens connections for requests.

    Args:
        tls: The settings of TLS.
        options: What to set for each socket.
        proxy: The proxy to go through; None to go directly.
    """

    def __init__(self, tls: ssl.SSLContext, options: Sequence[tuple[Any, ...]], proxy: httpx.Proxy | None) -> None:
        self._tls = tls
        self._options = options
        self._proxy = proxy
        self._made: aiohttp.TCPConnector | None = None
        self._proxy_fields: list[tuple[bytes, bytes]] = []
        if proxy is not None:
            self._proxy_fields = list(proxy.headers.raw)
            if proxy.raw_auth is not None:
                pair = base64.b64encode(b":".join(proxy.raw_auth))
                self._proxy_fields.insert(0, (b"Proxy-Authorization", b"Basic " + pair))

    def head(self, request: httpx.Request) -> bytes:
        """Return the head of *request* as it goes out."""
        url, fields = request.url, request.headers.raw
        if self._proxy is None or url.scheme == "https":
            return head_bytes(request.method, url.raw_path, fields)
        target = b"%b://%b%b" % (url.raw_scheme, url.netloc, url.raw_path)
        return head_bytes(request.method, target, _merged(self._proxy_fields, fields))

    async def dial(self, request: Any) -> Line:
        """Return a connection for *request*. Connecting, and each TLS, may take its limit for connecting.

        Raises:
            httpx.TransportError: There is none to be had.
        """
        limit: float | None = request.extensions["timeout"]["connect"]
        url, proxy = request.url, self._proxy
        line = await self._connect(url if proxy is None else proxy.url, limit)
        if proxy is not None:
            if proxy.url.scheme == "https":
                line = await _secured(line, proxy.ssl_context or self._tls, _host(proxy.url), limit)
            if url.scheme == "https":
                await self._tunnel(line, request)
        if url.scheme == "https":
            line = await _secured(line, self._tls, request.extensions.get("sni_hostname") or _host(url), limit)
        return line

    async def _connect(self, url: httpx.URL, limit: float | None) -> Line:
        host = _host(url)
        port = url.port or (443 if url.scheme == "https" else 80)
        place = URL(f"http://{f'[{host}]' if ':' in host else host}:{port}/", encoded=True)
        loop = asyncio.get_running_loop()
        request = aiohttp.ClientRequest("GET", place, loop=loop)  # it says where to, and is not sent
        connecting = self._connector().connect(request, [], aiohttp.ClientTimeout(total=None, sock_connect=None))
        opened = await _bounded(connecting, limit)
        line = Line(opened, Protocol(loop))
        try:
            if opened.transport is None:
                raise httpx.ConnectError("the connection was closed")
            for option in self._options:
                opened.transport.get_extra_info("socket").setsockopt(*option)
            opened.transport.set_protocol(line.protocol)
            line.protocol.connection_made(opened.transport)
        except BaseException:
            await line.aclose()
            raise
        return line

    def _connector(self) -> aiohttp.TCPConnector:
        # The pool keeps connections, so this one need not; and names are looked up as everywhere else.
        if self._made is None:
            self._made = aiohttp.TCPConnector(
                limit=0, force_close=True, use_dns_cache=False, resolver=aiohttp.ThreadedResolver()
            )
        return self._made

    async def _tunnel(self, line: Line, request: Any) -> None:
        """Have the proxy connect to the server of *request*."""
        host = _host(request.url)
        authority = b"%b:%d" % (host.encode("ascii"), request.url.port or 443)
        fields = _merged([(b"Host", authority), (b"Accept", b"*/*")], self._proxy_fields)
        try:
            line.protocol.expect("CONNECT")
            line.protocol.send(head_bytes("CONNECT", authority, fields))
            message, _ = await line.protocol.receive(request.extensions["timeout"]["read"])
            if not 200 <= message.code <= 299:
                raise httpx.ProxyError(f"{message.code} {message.reason}")
        except BaseException:
            await line.aclose()
            raise

    async def aclose(self) -> None:
        """Let go of what looks names up."""
        if self._made is not None:
            await self._made.close()


async def _secured(line: Line, context: ssl.SSLContext, name: str, limit: float | None) -> Line:
    """Return *line* with TLS around it."""
    loop = asyncio.get_running_loop()
    protocol = Protocol(loop)
    context.set_alpn_protocols(["http/1.1"])
    try:
        if line.protocol.transport is None:
            raise httpx.ConnectError("the connection was closed")
        securing = loop.start_tls(line.protocol.transport, protocol, context, server_hostname=name)
        transport = await _bounded(securing, limit)
        if transport is None:
            raise httpx.ConnectError("the connection was closed")
    except BaseException:
        await line.aclose()
        raise
    protocol.connection_made(transport)
    return Line(line.opened, protocol)


async def _bounded(step: Awaitable[_T], seconds: float | None) -> _T:
    try:
        with move_on_after(seconds):
            return await step
    except ERRORS as error:
        raise as_httpx(error, httpx.ConnectError) from error
    raise httpx.ConnectTimeout("the step took too long")


def _host(url: httpx.URL) -> str:
    return url.raw_host.decode("ascii")


def head_bytes(method: str, target: bytes, fields: _Fields) -> bytes:
    """Return the head of a request as httpx writes it.

    Raises:
        httpx.LocalProtocolError: It cannot be written so; nothing of it is shown.
    """
    if not _TOKEN.fullmatch(method):
        raise httpx.LocalProtocolError("Illegal method characters")
    if fields and fields[0][0].lower() != b"host":
        fields = sorted(fields, key=lambda field: field[0].lower() != b"host")
    lines = [b"%b %b HTTP/1.1" % (method.encode("ascii"), target)]
    for name, value in fields:
        line = b"%b: %b" % (name, value)
        if _UNSAFE.search(line):
            raise httpx.LocalProtocolError("Illegal header value")
        lines.append(line)
    return b"\r\n".join(lines) + b"\r\n\r\n"


def _merged(defaults: _Fields, fields: _Fields) -> _Fields:
    given = {name.lower() for name, _ in fields}
    return [*(field for field in defaults if field[0].lower() not in given), *fields]
