"""Receives webhooks on this machine: verifies them, shows their events, hands them on as they came."""

from __future__ import annotations

import asyncio
import signal
import socket
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any
from urllib.parse import urlsplit

import httpx
import uvicorn
from attrs import frozen
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from pandadoc_client import webhooks
from pandadoc_client._http.clients import DirectAsyncClient
from pandadoc_client._http.network import TransportSettings
from pandadoc_client.exceptions import ApiValueError
from pandadoc_client.webhooks import Delivery, WebhookDecodeError, WebhookSignatureError

__all__ = ["Forwarded", "listen"]

_LARGEST = 16 * 1024 * 1024
_SECONDS = 20.0  # in which PandaDoc wants its response
_SOON = 2  # seconds that deliveries in flight get when this ends
# Of one connection, and not of what travels on it (RFC 9110 §7.6.1), or of this server's name and length.
_OF_A_CONNECTION = frozenset(
    b"connection keep-alive proxy-authenticate proxy-authorization proxy-connection te trailer transfer-encoding"
    b" upgrade host content-length".split()
)
_OF_A_BODY = _OF_A_CONNECTION | {b"content-encoding"}  # httpx has decoded it


@frozen
class Forwarded:
    """What became of a delivery that was handed on.

    Attributes:
        status: What the target answered; None if it did not.
        milliseconds: How long it took.
        problem: Why there is no response.
    """

    status: int | None
    milliseconds: float
    problem: str = ""


class _Receiver:
    """Takes one delivery after the other, several at a time."""

    def __init__(
        self,
        key: str,
        target: str | None,
        show: Callable[[Delivery, Forwarded | None], None],
        refuse: Callable[[str], None],
        stop: Callable[[BaseException], None],
    ) -> None:
        self._key = key
        self._target = target
        self._show = show
        self._refuse = refuse
        self._stop = stop
        self._client: httpx.AsyncClient | None = None

    @asynccontextmanager
    async def lifespan(self, _: Any) -> AsyncIterator[None]:
        """Keep the connections to the target open for as long as the server runs."""
        if self._target is None:
            yield
            return
        async with DirectAsyncClient(TransportSettings()) as client:
            self._client = client
            yield

    async def receive(self, request: Request) -> Response:
        """Answer a delivery."""
        try:
            body = await _body(request)
        except ClientDisconnect:
            return Response(status_code=400)
        if body is None:
            self._refuse(f"a delivery of more than {_LARGEST} bytes")
            return Response(status_code=413)
        signatures = request.query_params.getlist("signature")
        try:
            delivery = webhooks.parse(
                body, signatures[0] if len(signatures) == 1 else None, self._key, headers=request.headers
            )
        except WebhookSignatureError as error:
            self._refuse(str(error))
            return Response(status_code=403)
        except WebhookDecodeError as error:
            self._refuse(str(error))
            return Response(status_code=400)
        response, forwarded = Response(), None
        if self._client is not None:
            response, forwarded = await self._forward(self._client, request, body)
        try:
            self._show(delivery, forwarded)
        except OSError as error:  # nobody reads any more
            self._stop(error)
        return response

    async def _forward(self, client: httpx.AsyncClient, request: Request, body: bytes) -> tuple[Response, Forwarded]:
        """Hand on the body as it came, with the signature and the headers; return what to answer."""
        query = request.scope["query_string"].decode("latin-1")
        target = str(self._target)
        url = f"{target}{'&' if urlsplit(target).query else '?'}{query}"
        headers = [(name, value) for name, value in request.headers.raw if name not in _OF_A_CONNECTION]
        began = time.perf_counter()

        def taken() -> float:
            return (time.perf_counter() - began) * 1000

        try:
            async with asyncio.timeout(_SECONDS):
                # A response that leads elsewhere is the target's to give, not ours to follow.
                response = await client.post(
                    url, content=body, headers=headers, timeout=_SECONDS, follow_redirects=False
                )
        except (TimeoutError, httpx.TimeoutException):
            return Response(status_code=504), Forwarded(None, taken(), f"no response within {_SECONDS:g} seconds")
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            return Response(status_code=502), Forwarded(None, taken(), type(error).__name__)
        except ApiValueError as error:  # a proxy or certificates that the environment names
            return Response(status_code=502), Forwarded(None, taken(), str(error))
        relayed = Response(response.content, response.status_code)
        kept = [(name.lower(), value) for name, value in response.headers.raw if name.lower() not in _OF_A_BODY]
        relayed.raw_headers.extend(kept)
        return relayed, Forwarded(response.status_code, taken())


async def _body(request: Request) -> bytes | None:
    """Return the raw body; None if it is larger than any delivery."""
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > _LARGEST:
            return None
        parts.append(part)
    return b"".join(parts)


def listen(
    listener: socket.socket,
    *,
    key: str,
    target: str | None,
    show: Callable[[Delivery, Forwarded | None], None],
    refuse: Callable[[str], None],
) -> None:
    """Receive deliveries until Ctrl-C or SIGTERM.

    Args:
        listener: A socket that listens; it is closed.
        key: The shared key of the subscription.
        target: URL that each delivery is handed on to; None to answer 200.
        show: Called with each delivery that is PandaDoc's, and with what became of it.
        refuse: Called with the reason for each that is not.

    Raises:
        OSError: *show* could not write.
    """
    problems: list[BaseException] = []

    def stop(problem: BaseException) -> None:
        problems.append(problem)
        server.should_exit = True

    receiver = _Receiver(key, target, show, refuse, stop)
    routes = [Route("/{path:path}", receiver.receive, methods=["POST"])]
    config = uvicorn.Config(
        Starlette(routes=routes, lifespan=receiver.lifespan),
        ws="none",
        lifespan="on",
        workers=1,  # else WEB_CONCURRENCY decides
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=_SOON,
    )
    server = uvicorn.Server(config)
    with listener, _quiet_signals():
        server.run(sockets=[listener])
    if problems:
        raise problems[0]


@contextmanager
def _quiet_signals() -> Iterator[None]:
    """Let Ctrl-C and SIGTERM end the server and nothing more: it raises them once more when it is done."""
    numbers = (signal.SIGINT, signal.SIGTERM)
    previous = {number: signal.signal(number, lambda *_: None) for number in numbers}
    try:
        yield
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)
