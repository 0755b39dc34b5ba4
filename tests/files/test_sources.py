"""What a user's own file or report of progress raises stays what it is; what cannot be sent is refused by name."""

from __future__ import annotations

import gc
import socket
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from pandadoc_client.exceptions import ApiException, ApiTypeError, ApiValueError
from pandadoc_client.files import Upload

from .support import FileServer, Reply, World, configuration, serving


@pytest.fixture
def server() -> Iterator[FileServer]:
    with serving(Reply()) as running:
        yield running


ERRORS = [TimeoutError("mine"), httpx.ConnectError("mine"), httpx.ReadTimeout("mine"), OSError("mine")]


@pytest.mark.parametrize("error", ERRORS, ids=repr)
def test_what_a_source_or_progress_raises_is_raised_as_it_is(
    world: World, server: FileServer, error: Exception
) -> None:
    begun = []

    def source() -> Iterator[bytes]:
        begun.append(1)
        yield b"x"
        raise error

    async def async_source() -> AsyncIterator[bytes]:
        for part in source():
            yield part

    def progress(sent: int, total: int | None) -> None:
        begun.append(1)
        raise error

    uploads: list[Any] = [source(), Upload(b"x", progress=progress)]
    for upload in [*uploads, async_source()] if world.is_async else uploads:
        begun.clear()
        with pytest.raises(type(error)) as caught:
            world.upload(configuration(server.url, retries=3), upload, options={"_request_timeout": 30})
        assert caught.value is error
        assert begun == [1]  # nothing is sent again
    assert server.requests == []


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ({"size": "5"}, "size"),
        ({"size": True}, "size"),
        ({"size": 1.0}, "size"),
        ({"filename": 5}, "filename"),
        ({"filename": ""}, "filename"),
        ({"content_type": 5}, "content_type"),
        ({"progress": 5}, "progress"),
    ],
)
def test_a_wrong_argument_of_an_upload_is_named(options: dict[str, Any], problem: str) -> None:
    with pytest.raises((ApiTypeError, ApiValueError), match=f"The {problem} of an upload must"):
        Upload(b"x", **options)


def test_a_wrong_item_of_a_tuple_is_named_with_the_field(world: World, server: FileServer) -> None:
    with pytest.raises(ApiTypeError, match="file: The content_type of an upload must be text"):
        world.upload(configuration(server.url), ("a", b"x", 5))
    assert server.requests == []


def test_what_cannot_be_read_is_refused_unsent(world: World, server: FileServer, tmp_path: Path) -> None:
    place = tmp_path / "s"
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(place))
        with pytest.raises(ApiValueError, match="file: cannot read the file"):
            world.upload(configuration(server.url), place)
    with (tmp_path / "a").open("wb") as binary, (tmp_path / "b").open("w") as text:
        for file in (binary, text):
            with pytest.raises(ApiValueError, match="file: the file is not open for reading"):
                world.upload(configuration(server.url), file)
    assert server.requests == []


def test_a_file_refused_for_its_size_is_closed_but_not_one_in_an_upload(
    world: World, server: FileServer, tmp_path: Path
) -> None:
    (tmp_path / "a").write_bytes(b"x" * 100)
    with (tmp_path / "a").open("rb") as plain, (tmp_path / "a").open("rb") as kept:
        for file in (plain, Upload(kept)):
            with pytest.raises(ApiValueError, match="file: the file has 100 bytes"):
                world.upload(configuration(server.url), file, max_upload_size=10, upload_limits={})
        assert plain.closed
        assert not kept.closed


class Pages:
    """Gives its bytes to everybody who asks."""

    def __iter__(self) -> Iterator[bytes]:
        return iter([b"one", b"two"])


def test_what_can_be_iterated_over_is_taken_and_sent_again(world: World) -> None:
    with serving([Reply(503, headers={"Retry-After": "0"}), Reply()]) as server:
        world.upload(configuration(server.url), Pages())
    assert [b"onetwo" in got.body.replace(b"\r\n3\r\n", b"") for got in server.requests] == [True, True]


@pytest.mark.parametrize("case", ["progress raises", "the server refuses early"])
def test_no_asynchronous_source_is_left_to_the_collector(case: str) -> None:
    closed = []

    async def source() -> AsyncIterator[bytes]:
        try:
            while True:
                yield b"x" * 60_000
        finally:
            closed.append(case)

    def progress(sent: int, total: int | None) -> None:
        if case == "progress raises":
            raise ZeroDivisionError

    world = World("asyncio")
    with EarlyServer(Reply(413, b"")).running() as server:

        async def call(client: Any) -> None:
            upload = world.attachments(client).create_document_attachment_from_file_upload
            file = Upload(source(), progress=progress)
            gc.disable()
            try:
                with pytest.raises((ApiException, ZeroDivisionError)):
                    await upload("doc", file=file, name="n")
                assert closed == [case]  # `file` still refers to it: nobody but the call has closed it
                assert file.source is not None
            finally:
                gc.enable()

        world.run(configuration(server.url, retries=0), call, max_upload_size=None, upload_limits={})


class EarlyServer(FileServer):
    """Answers when it has read some of the body, and hangs up: a body that was not begun has nothing to close."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(lambda got: Reply(reply.status, reply.body, reply.headers, cut=len(reply.body)))
        self._server.RequestHandlerClass.content = lambda handler, headers: handler.rfile.read(100_000)[:0]  # type: ignore[attr-defined]
