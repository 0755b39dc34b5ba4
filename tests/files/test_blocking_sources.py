"""Uploads from what may never give anything: pipes without a writer, writers that stall, reads that hang."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from pandadoc_client import AsyncApiClient
from pandadoc_client.api.document_attachments_api import AsyncDocumentAttachmentsApi
from pandadoc_client.exceptions import ApiTimeoutError
from pandadoc_client.files import Upload

from .support import FileServer, Reply, World, configuration, serving
from .test_uploads import part_of

pytestmark = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes here")
LIMIT = {"_request_timeout": 0.4}


@pytest.fixture
def server() -> Iterator[FileServer]:
    with serving(Reply(201, b'{"uuid": "a"}')) as running:
        yield running


@pytest.fixture
def pipe(tmp_path: Path) -> Path:
    path = tmp_path / "pipe.bin"
    os.mkfifo(path)
    return path


def in_time(function: Callable[[], Any]) -> Any:
    """Return what *function* returns, or what it raises; a test that hangs is a failure and no more than that."""
    found: list[Any] = []

    def work() -> None:
        try:
            found.append(function())
        except BaseException as error:
            found.append(error)

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    thread.join(20)
    assert found, "the call has not ended"
    return found[0]


@pytest.mark.parametrize("given", [lambda path: path, lambda path: str(path), Upload], ids=["path", "text", "upload"])
def test_a_named_pipe_without_a_writer_ends_with_the_call(
    world: World, server: FileServer, pipe: Path, given: Any
) -> None:
    error = in_time(lambda: world.upload(configuration(server.url), given(pipe), options=LIMIT))
    assert isinstance(error, ApiTimeoutError)
    assert server.requests == []


def test_a_named_pipe_whose_writer_stalls_ends_with_the_call(world: World, server: FileServer, pipe: Path) -> None:
    writer = os.open(pipe, os.O_RDWR)
    try:
        os.write(writer, b"begun")
        error = in_time(lambda: world.upload(configuration(server.url), pipe, options=LIMIT))
    finally:
        os.close(writer)
    assert isinstance(error, ApiTimeoutError)


def test_a_named_pipe_is_sent_whole_when_its_writer_comes_later(world: World, server: FileServer, pipe: Path) -> None:
    content = bytes(range(256)) * 2000

    def write() -> None:
        with open(pipe, "wb") as file:
            file.write(content)

    writer = threading.Thread(target=write, daemon=True)
    threading.Timer(0.1, writer.start).start()
    world.upload(configuration(server.url), pipe)
    writer.join(20)
    assert part_of(server.requests[0]).content == content


def test_a_device_is_read_as_a_file(world: World, server: FileServer) -> None:
    world.upload(configuration(server.url), Path("/dev/null"))
    assert part_of(server.requests[0]).content == b""


@pytest.mark.parametrize("buffering", [0, -1])
@pytest.mark.parametrize("wrapped", [False, True])
def test_an_open_pipe_that_gives_nothing_ends_with_the_call(
    world: World, server: FileServer, buffering: int, wrapped: bool
) -> None:
    read, write = os.pipe()
    with open(read, "rb", buffering=buffering) as file, open(write, "wb", buffering=0) as writer:
        writer.write(b"begun")
        source: Any = Upload(file) if wrapped else file
        error = in_time(lambda: world.upload(configuration(server.url), source, options=LIMIT))
    assert isinstance(error, ApiTimeoutError)


def test_an_open_pipe_is_sent_with_what_its_buffer_holds(world: World, server: FileServer) -> None:
    read, write = os.pipe()
    with open(read, "rb") as file, open(write, "wb", buffering=0) as writer:
        writer.write(b"first line\nsecond line\n")
        assert file.readline() == b"first line\n"
        # Now the second line is in the file's buffer, and the pipe is empty.

        def finish() -> None:
            writer.write(b"third line\n")
            writer.close()

        sender = threading.Timer(0.2, finish)
        sender.start()
        world.upload(configuration(server.url), Upload(file))
        sender.join(20)
    assert part_of(server.requests[0]).content == b"second line\nthird line\n"


def test_the_output_of_a_program_is_sent_whole(world: World, server: FileServer) -> None:
    program = "import sys; sys.stdout.buffer.write(bytes(300_000))"
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE) as process:
        world.upload(configuration(server.url), Upload(process.stdout))  # type: ignore[arg-type]
    assert part_of(server.requests[0]).content == bytes(300_000)


def test_a_file_of_a_socket_is_sent(world: World, server: FileServer) -> None:
    near, far = socket.socketpair()
    with near, far.makefile("rb") as file, far:
        near.sendall(b"content")
        near.shutdown(socket.SHUT_WR)
        world.upload(configuration(server.url), Upload(file))
    assert part_of(server.requests[0]).content == b"content"


class Hanging:
    """A file of somebody's own whose ``read`` waits for an event."""

    def __init__(self) -> None:
        self.begun, self.over = threading.Event(), threading.Event()

    def read(self, size: int) -> bytes:
        self.begun.set()
        self.over.wait(30)
        return b""

    def close(self) -> None:
        """Nothing is to be closed."""


def test_with_asyncio_a_read_that_hangs_does_not_hold_the_call(server: FileServer) -> None:
    file = Hanging()
    try:
        error = in_time(lambda: World("asyncio").upload(configuration(server.url), file, options=LIMIT))
    finally:
        file.over.set()
    assert isinstance(error, ApiTimeoutError)


def test_with_asyncio_a_call_whose_read_hangs_can_be_cancelled(server: FileServer) -> None:
    file = Hanging()

    async def main() -> bool:
        async with AsyncApiClient(configuration(server.url)) as client:
            upload: Any = AsyncDocumentAttachmentsApi(client).create_document_attachment_from_file_upload
            task = asyncio.ensure_future(upload("doc", file=file, name="n"))
            await asyncio.to_thread(file.begun.wait, 20)
            task.cancel()
            await asyncio.wait([task], timeout=20)
            return bool(task.cancelled())

    try:
        assert in_time(lambda: asyncio.run(main())) is True
    finally:
        file.over.set()


def test_a_blocking_call_ends_when_a_read_that_took_too_long_returns(server: FileServer) -> None:
    file = Hanging()
    timer = threading.Timer(0.6, file.over.set)  # nobody can interrupt a read of somebody's own
    timer.start()
    error = in_time(lambda: World("blocking").upload(configuration(server.url), file, options=LIMIT))
    timer.join()
    assert isinstance(error, ApiTimeoutError)
