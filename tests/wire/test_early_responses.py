"""Servers that respond before they have the whole request: an upload that is refused is told so, in every world."""

from __future__ import annotations

import asyncio
import ssl
import threading
from collections.abc import Iterator
from typing import Any

import pytest
import trio

from pandadoc_client import ApiClient, AsyncApiClient
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
