"""Servers that respond before they have the whole request: an upload that is refused is told so, in every world."""

from __future__ import annotations

import array
import asyncio
import fcntl
import select
import socket
import ssl
import termios
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any, cast

import httpcore
import pytest
import trio

from pandadoc_client import ApiClient, AsyncApiClient
from pandadoc_client._http.streams import Stream
from pandadoc_client.api.document_attachments_api import AsyncDocumentAttachmentsApi, DocumentAttachmentsApi
from pandadoc_client.exceptions import ApiConnectionError, ApiException

from .faults import WORLDS, Peer, configured, scripted
from .test_connections import authority, tls

__all__ = ["authority"]

LARGE = 20_000_000
EACH_WORLD = pytest.mark.parametrize("world", WORLDS)


def refusal(status: int, *headers: str) -> bytes:
    body = b'{"detail": "not wanted"}'
    fields = ("Content-Type: application/json", f"Content-Length: {len(body)}", *headers)
    return (
        f"HTTP/1.1 {status} Refused\r\n{''.join(f'{field}{chr(13)}{chr(10)}' for field in fields)}\r\n".encode() + body
    )


def upload(world: str, settings: Any, content: Any = None, **options: Any) -> Any:
    """Attach a file of LARGE bytes, or *content*; return the error, or the attachment."""
    file = bytes(LARGE) if content is None else content

    def call() -> Any:
        with ApiClient(settings) as client:
            try:
                return DocumentAttachmentsApi(client).create_document_attachment_from_file_upload(
                    "doc", file=file, name="n", **options
                )
            except ApiException as error:
                return error

    async def work() -> Any:
        async with AsyncApiClient(settings) as client:
            try:
                return await AsyncDocumentAttachmentsApi(client).create_document_attachment_from_file_upload(
                    "doc", file=file, name="n", **options
                )
            except ApiException as error:
                return error

    if world == "asyncio":
        return asyncio.run(work())
    if world == "trio":
        return trio.run(work)
    if world == "blocking":
        return call()
    found: list[Any] = []
    thread = threading.Thread(target=lambda: found.append(call()))
    thread.start()
    thread.join(30)
    return found[0]


@EACH_WORLD
@pytest.mark.parametrize("status", [401, 413, 429])
@pytest.mark.parametrize("ending", ["closes", "resets", "waits"])
def test_a_large_upload_that_is_refused_early_gets_the_status(world: str, status: int, ending: str) -> None:
    def script(peer: Peer) -> None:
        peer.head()
        peer.send(refusal(status, "Connection: close"))
        if ending == "closes":
            peer.socket.close()  # with the upload unread, so that the client's next bytes are answered by a reset
        elif ending == "waits":
            peer.server.stopped.wait(30)

    def resetting(peer: Peer) -> None:
        peer.head()
        for _ in range(10):
            peer.socket.recv(65536)
        peer.send(refusal(status, "Connection: close"))
        peer.socket.close()

    with scripted(resetting if ending == "resets" else script) as server:
        error = upload(world, configured(server.url, retries=0))
    assert isinstance(error, ApiException)
    assert error.status == status
    assert "not wanted" in str(error.body)


@EACH_WORLD
def test_over_tls_an_upload_that_is_refused_early_gets_the_status(world: str, authority: Any) -> None:
    def script(peer: Peer) -> None:
        peer.head()
        peer.send(refusal(413, "Connection: close"))
        peer.server.stopped.wait(30)

    context: ssl.SSLContext = tls(authority)
    with scripted(script, context) as server:
        settings = configured(server.url, retries=0)
        settings.ssl_ca_cert = str(authority)
        error = upload(world, settings)
    assert error.status == 413


def _unread(connection: socket.socket) -> int:
    """Return how many bytes lie in the system's buffer for a connection."""
    found = array.array("i", [0])
    fcntl.ioctl(connection.fileno(), termios.FIONREAD, found)
    return found[0]


def _until(condition: Callable[[], bool]) -> None:
    """Wait for what no event tells: what lies in the buffers of a socket."""
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.001)


@pytest.mark.parametrize("first", ["tickets", "a part of a record"])
def test_what_belongs_to_tls_alone_does_not_hide_a_refusal_that_comes_after_it(first: str, authority: Any) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        near = socket.create_connection(listener.getsockname())
        far, _ = listener.accept()
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    server = tls(authority).wrap_bio(incoming, outgoing, server_side=True)
    client = ssl.create_default_context(cafile=str(authority))
    made: list[Stream] = []
    failures: list[Exception] = []

    def sends() -> None:
        made.append(cast("Stream", Stream(near).start_tls(client, "127.0.0.1", 20)))
        try:
            made[0].write(bytes(LARGE), 20)
        except httpcore.WriteError as error:
            failures.append(error)

    thread = threading.Thread(target=sends)
    thread.start()
    with far:
        while True:
            try:
                server.do_handshake()
                break
            except ssl.SSLWantReadError:
                far.sendall(outgoing.read())
                incoming.write(far.recv(65536))
        _until(lambda: bool(made))
        connection = made[0].get_extra_info("socket")
        _until(lambda: not select.select([], [connection], [], 0.1)[1])  # nobody reads: the request fills the buffers
        begins = outgoing.read()  # with TLS 1.3, tickets
        assert begins
        server.write(refusal(413))
        response = outgoing.read()
        if first == "a part of a record":
            begins, response = begins + response[:9], response[9:]
        far.sendall(begins)
        _until(lambda: not _unread(connection))
        far.sendall(response)
        thread.join(5)
        response = made[0].read(65536, 1)
        made[0].close()
    thread.join(20)
    assert [str(failure) for failure in failures] == ["the server responded before it had the whole request"]
    assert response.startswith(b"HTTP/1.1 413")


@EACH_WORLD
def test_an_early_interim_response_does_not_end_an_upload(world: str) -> None:
    def script(peer: Peer) -> None:
        head = peer.head()
        peer.send(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: <x>\r\n\r\n")
        length = int(head.lower().split(b"content-length: ")[1].split()[0])
        received = len(peer._unread)
        while received < length:
            received += len(peer.socket.recv(1 << 20))
        peer.send(b'HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nContent-Length: 13\r\n\r\n{"uuid": "a"}')

    with scripted(script) as server:
        found = upload(world, configured(server.url, retries=0))
    assert found.to_dict() == {"uuid": "a"}


@EACH_WORLD
def test_an_early_success_does_not_end_an_upload(world: str) -> None:
    whole = threading.Event()

    def script(peer: Peer) -> None:
        head = peer.head()
        peer.send(b'HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nContent-Length: 13\r\n\r\n{"uuid": "a"}')
        length = int(head.lower().split(b"content-length: ")[1].split()[0])
        received = len(peer._unread)
        while received < length:
            received += len(peer.socket.recv(1 << 20))
        whole.set()

    with scripted(script) as server:
        found = upload(world, configured(server.url, retries=0))
        assert whole.wait(20)
    assert found.to_dict() == {"uuid": "a"}


@EACH_WORLD
def test_a_refused_connection_is_not_used_again(world: str) -> None:
    def script(peer: Peer) -> None:
        peer.head()
        peer.send(refusal(413))  # which does not say that it closes
        peer.until_closed()

    with scripted(script) as server:
        for _ in range(2):
            assert upload(world, configured(server.url, retries=0)).status == 413
    assert server.connections == 2


@EACH_WORLD
def test_an_upload_in_small_parts_that_is_refused_early_gets_the_status(world: str) -> None:
    answered = threading.Event()

    def parts() -> Iterator[bytes]:
        yield b"x" * 100
        assert answered.wait(20)
        for _ in range(1000):
            yield b"x" * 100

    def script(peer: Peer) -> None:
        peer.head()
        peer.send(refusal(401, "Connection: close"))
        peer.socket.close()
        answered.set()

    with scripted(script) as server:
        error = upload(world, configured(server.url, retries=0), parts())
    assert error.status == 401


@EACH_WORLD
def test_an_upload_whose_connection_is_reset_without_a_response_is_a_connection_error(world: str) -> None:
    def script(peer: Peer) -> None:
        peer.head()
        peer.reset()

    with scripted(script) as server:
        error = upload(world, configured(server.url, retries=0))
    assert isinstance(error, ApiConnectionError)
    assert error.request_sent
