"""Delivers webhooks and does what is due, on the event loop of the server."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
import ssl
from ipaddress import ip_address
from typing import Protocol
from urllib.parse import urlsplit

import h11

from ..._http.environment import usual_context
from .webhooks.models import DeliveryOutcome, WebhookDelivery

__all__ = ["WebhookDispatcher", "Workload", "post"]

logger = logging.getLogger("pandadoc_client.emulator")

_LONGEST_WAIT = 600.0
_KEPT_BYTES = 4096  # of a response's body


class _TLSError(Exception):
    """The environment's settings for TLS cannot be used."""


class Workload(Protocol):
    """What a dispatcher works for."""

    def work(self, busy: set[str]) -> tuple[list[tuple[str, WebhookDelivery]], float | None]:
        """Do what is due; return what to deliver now, with its subscription, and the seconds until there is more."""
        ...

    def settle(self, delivery: WebhookDelivery, outcome: DeliveryOutcome) -> None:
        """Enter what became of an attempt."""


class WebhookDispatcher:
    """Delivers for one start of a server.

    Args:
        workload: Where the work comes from.
        timeout: Seconds in which a receiver must have answered.
        allow_remote: Whether to deliver to other machines.
    """

    def __init__(self, workload: Workload, timeout: float, *, allow_remote: bool) -> None:
        self._workload = workload
        self._timeout = timeout
        self._allow_remote = allow_remote
        self._loop: asyncio.AbstractEventLoop | None = None
        self._more = asyncio.Event()
        self._busy: dict[str, asyncio.Task[None]] = {}
        self._error: BaseException | None = None
        self._stopped = False

    def wake(self) -> None:
        """Say that there may be work; from any thread."""
        if self._loop is not None:
            with contextlib.suppress(RuntimeError):  # the loop has ended
                self._loop.call_soon_threadsafe(self._more.set)

    async def abandon(self) -> None:
        """Break off every delivery that is under way and forget it; on the event loop."""
        tasks = list(self._busy.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def stop(self) -> None:
        """Let `run` end; on its event loop. What is under way is broken off and tried again by the next dispatcher."""
        self._stopped = True
        self._more.set()

    async def run(self) -> None:
        """Work until `stop`.

        Raises:
            OSError: the state file could not be written.
        """
        self._loop = asyncio.get_running_loop()
        try:
            while not self._stopped and self._error is None:
                self._more.clear()
                work, wait = self._workload.work(set(self._busy))
                for subscription, delivery in work:
                    self._busy[subscription] = asyncio.create_task(self._deliver(subscription, delivery))
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(_LONGEST_WAIT if wait is None else wait):
                        await self._more.wait()
            if self._error is not None:
                raise self._error
        finally:
            await self.abandon()

    async def _deliver(self, subscription: str, delivery: WebhookDelivery) -> None:
        try:
            outcome = await post(delivery, self._timeout, allow_remote=self._allow_remote)
            self._workload.settle(delivery, outcome)
        except Exception as error:
            self._error = error
        finally:
            del self._busy[subscription]
            self._more.set()


async def post(delivery: WebhookDelivery, timeout: float, *, allow_remote: bool) -> DeliveryOutcome:
    """Send one event, and return what became of it.

    No redirect is followed. Whatever the name in the URL stands for, only addresses of this machine are connected to,
    unless `allow_remote`.
    """
    try:
        async with asyncio.timeout(timeout):
            return await _exchange(delivery, allow_remote=allow_remote)
    except TimeoutError:
        return DeliveryOutcome(error="TIMEOUT_ERROR")
    except _TLSError as error:
        logger.warning("a webhook was not delivered: %s", error)
        return DeliveryOutcome(error="INTERNAL_ERROR")
    except (OSError, h11.RemoteProtocolError, EOFError):
        return DeliveryOutcome(error="CONNECT_ERROR")
    except (ValueError, h11.LocalProtocolError):
        return DeliveryOutcome(error="NOT_VALID_URL")


async def _exchange(delivery: WebhookDelivery, *, allow_remote: bool) -> DeliveryOutcome:
    parts = urlsplit(delivery.url)
    host = parts.hostname
    if parts.scheme not in ("http", "https") or not host:
        raise ValueError("no URL of HTTP")
    port = parts.port or (443 if parts.scheme == "https" else 80)
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = [str(item[4][0]) for item in found]
    if not allow_remote:
        addresses = [address for address in addresses if ip_address(address).is_loopback]
        if not addresses:
            raise ValueError("an address of another machine")
    secure = _tls() if parts.scheme == "https" else None
    reader, writer = await _connect(addresses, port, host if secure else None, secure)
    try:
        return await _talk(reader, writer, delivery, parts.netloc.rpartition("@")[2])
    finally:
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()


def _tls() -> ssl.SSLContext:
    try:
        return usual_context()
    except ValueError as error:
        raise _TLSError(str(error)) from error


async def _connect(
    addresses: list[str], port: int, name: str | None, secure: ssl.SSLContext | None
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    for address in addresses[:-1]:  # `localhost` has two, and a receiver often listens on one of them only
        with contextlib.suppress(OSError):
            return await asyncio.open_connection(address, port, ssl=secure, server_hostname=name)
    return await asyncio.open_connection(addresses[-1], port, ssl=secure, server_hostname=name)


async def _talk(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, delivery: WebhookDelivery, authority: str
) -> DeliveryOutcome:
    parts = urlsplit(delivery.url)
    connection = h11.Connection(h11.CLIENT)
    request = h11.Request(
        method="POST",
        target=f"{parts.path or '/'}?{parts.query}",
        headers=[
            ("Host", authority),
            ("User-Agent", "PandaDoc Webhooks"),
            ("Content-Type", "application/json"),
            ("Content-Length", str(len(delivery.body))),
            ("X-PandaDoc-Webhook-Event-Id", delivery.event_id),
            ("Connection", "close"),
        ],
    )
    writer.write(connection.send(request) or b"")
    writer.write(connection.send(h11.Data(data=delivery.body)) or b"")
    connection.send(h11.EndOfMessage())
    await writer.drain()
    response: h11.Response | None = None
    body = b""
    while True:
        event = await _next(connection, reader)
        if isinstance(event, h11.Response):
            response = event
        elif isinstance(event, h11.Data):
            body = (body + event.data)[:_KEPT_BYTES]
        elif isinstance(event, h11.EndOfMessage) and response is not None:
            headers = "\n".join(f"{name.decode()}: {value.decode('latin-1')}" for name, value in response.headers)
            return DeliveryOutcome(response.status_code, None, headers, body.decode("utf-8", "replace"))
        elif not isinstance(event, h11.InformationalResponse):
            raise EOFError


async def _next(connection: h11.Connection, reader: asyncio.StreamReader) -> object:
    event = connection.next_event()
    while event is h11.NEED_DATA:
        connection.receive_data(await reader.read(65536))
        event = connection.next_event()
    return event
