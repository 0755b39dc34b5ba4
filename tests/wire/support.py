"""A way to call the API in either world, and a server that answers as a test says, over real sockets."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import socketserver
import ssl
import threading
from collections.abc import Callable, Iterator
from typing import Any

from pandadoc_client import ApiClient, AsyncApiClient, Configuration
from pandadoc_client.api.members_api import AsyncMembersApi, MembersApi

MEMBERS = "/public/v1/members/current"
Call = Callable[..., Any]


def configuration(host: str, **settings: Any) -> Configuration:
    made = Configuration(host=host, api_key={"apiKey": "emulator-api-key"}, **settings)
    made.api_key_prefix["apiKey"] = "API-Key"
    return made


def call_sync(settings: Configuration, **options: Any) -> Any:
    with ApiClient(settings) as client:
        return MembersApi(client).details_current_member(**options)


def call_async(settings: Configuration, **options: Any) -> Any:
    async def run() -> Any:
        async with AsyncApiClient(settings) as client:
            return await AsyncMembersApi(client).details_current_member(**options)

    return asyncio.run(run())


class Server(socketserver.ThreadingTCPServer):
    """Answers each connection as a function of the socket says; counts the connections."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, answer: Callable[[socket.socket], None], tls: ssl.SSLContext | None) -> None:
        self.answer = answer
        self.connections = 0
        self.stopped = threading.Event()
        self._scheme = "http" if tls is None else "https"
        super().__init__(("127.0.0.1", 0), socketserver.BaseRequestHandler)
        if tls is not None:
            self.socket = tls.wrap_socket(self.socket, server_side=True)

    @property
    def url(self) -> str:
        return f"{self._scheme}://127.0.0.1:{self.server_address[1]}"

    def finish_request(self, request: Any, client_address: Any) -> None:
        self.connections += 1
        with contextlib.suppress(OSError):
            read_request(request)
            self.answer(request)


def read_request(connection: socket.socket) -> bytes:
    data = b""
    while b"\r\n\r\n" not in data:
        data += connection.recv(65536)
    return data


@contextlib.contextmanager
def serving(answer: Callable[[Server, socket.socket], None], tls: ssl.SSLContext | None = None) -> Iterator[Server]:
    server = Server(lambda connection: answer(server, connection), tls)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        server.stopped.set()
        server.shutdown()
        thread.join()
        server.server_close()


def dripping(server: Server, connection: socket.socket, head: bytes) -> None:
    """Send *head*, then one byte every 50 ms until the client has gone."""
    connection.sendall(head)
    while not server.stopped.wait(0.05):
        connection.sendall(b" ")


def silent(server: Server, connection: socket.socket) -> None:
    server.stopped.wait(30)
