"""Files of web frameworks and of libraries for asyncio, and objects that can do little more than be read."""

from __future__ import annotations

import asyncio
import gc
import io
import logging
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import aiofiles
import anyio
import pytest
from starlette.datastructures import Headers, UploadFile
from werkzeug.datastructures import FileStorage

from pandadoc_client.exceptions import ApiTypeError, ApiValueError
from pandadoc_client.files import Upload

from .forms import READERS, Part
from .support import FileServer, Got, Reply, World, configuration, serving

PDF = b"%PDF-1.7 " + bytes(range(256)) * 300


@pytest.fixture
def server() -> Iterator[FileServer]:
    with serving(Reply()) as running:
        yield running


def file_part(got: Got) -> Part:
    parts = READERS["werkzeug"](got.body, got.headers["content-type"])
    return next(part for part in parts if part.name == "file")


# --- Files that are closed badly, or not at all


class OnlyRead:
    """As ``wsgi.input`` is (PEP 3333): it can be read, and not closed."""

    def __init__(self, content: bytes) -> None:
        self._content = io.BytesIO(content)

    def read(self, size: int = -1) -> bytes:
        return self._content.read(size)


class ClosesBadly(OnlyRead):
    def close(self) -> None:
        raise OSError("disk full: SECRET")


class CloseIsNoFunction(OnlyRead):
    close = True


class TextThatClosesBadly(io.StringIO):
    def close(self) -> None:
        super().close()  # what is not closed, Python closes as it forgets it, and 3.14 complains if that fails
        raise OSError("disk full: SECRET")


@pytest.mark.parametrize("kind", [OnlyRead, ClosesBadly, CloseIsNoFunction])
def test_what_goes_wrong_in_closing_a_file_does_not_replace_the_response(
    world: World, server: FileServer, kind: type[OnlyRead], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING, "pandadoc_client")
    assert world.upload(configuration(server.url), kind(PDF)) is not None
    assert file_part(server.requests[0]).content == PDF
    logged = [record.getMessage() for record in caplog.records if record.name == "pandadoc_client"]
    assert logged == (["Closing the file of an upload failed: OSError"] if kind is ClosesBadly else [])


def test_a_text_file_that_closes_badly_is_sent_too(world: World, server: FileServer) -> None:
    assert world.upload(configuration(server.url), TextThatClosesBadly("é")) is not None
    assert file_part(server.requests[0]).content == "é".encode()


def test_a_file_that_closes_badly_does_not_replace_an_error(world: World) -> None:
    from pandadoc_client.exceptions import ApiException

    with serving(Reply(400, b'{"detail": "no"}')) as server, pytest.raises(ApiException) as caught:
        world.upload(configuration(server.url), ClosesBadly(PDF))
    assert caught.value.status == 400


def test_a_file_that_is_too_large_and_closes_badly_is_refused_for_its_size(world: World, server: FileServer) -> None:
    class Sized(io.BytesIO):
        def close(self) -> None:
            super().close()
            raise OSError("disk full")

    with pytest.raises(ApiValueError, match="the API takes at most 5"):
        world.upload(configuration(server.url), Sized(PDF), upload_limits={}, max_upload_size=5)


# --- Web frameworks


def test_an_upload_of_flask_goes_with_its_name_and_type(world: World, server: FileServer) -> None:
    given = FileStorage(io.BytesIO(PDF), filename="in/contract.bin", name="upload", content_type="application/pdf")
    world.upload(configuration(server.url), given)
    assert file_part(server.requests[0]) == Part("file", "contract.bin", "application/pdf", PDF)
    assert server.requests[0].headers["content-length"] == str(len(server.requests[0].body))


def test_an_upload_of_flask_without_a_name_is_named_after_the_field(world: World, server: FileServer) -> None:
    world.upload(configuration(server.url), FileStorage(io.BytesIO(b"x"), filename="", content_type=""))
    assert file_part(server.requests[0]) == Part("file", "file", "application/octet-stream", b"x")


def test_a_name_and_a_type_that_are_given_win_over_those_of_a_framework(world: World, server: FileServer) -> None:
    given = FileStorage(io.BytesIO(PDF), filename="contract.bin", content_type="application/pdf")
    world.upload(configuration(server.url), Upload(given, "b.txt", "text/plain"))
    assert file_part(server.requests[0]) == Part("file", "b.txt", "text/plain", PDF)


def starlette_upload(content: bytes = PDF, **settings: Any) -> UploadFile:
    headers = Headers({"content-type": "application/pdf"})
    return UploadFile(io.BytesIO(content), filename="contract.bin", headers=headers, **settings)


def run(server: FileServer, call: Callable[[Any], Any], **settings: Any) -> None:
    """Run *call* with the upload method of an asynchronous client."""
    World("asyncio").run(
        configuration(server.url, **settings),
        lambda client: call(World("asyncio").attachments(client).create_document_attachment_from_file_upload),
    )


@pytest.mark.parametrize("size", [None, len(PDF)])
def test_an_upload_of_starlette_goes_with_its_name_type_and_size(server: FileServer, size: int | None) -> None:
    given = starlette_upload(size=size)
    run(server, lambda upload: upload("doc", file=given, name="n"))
    assert file_part(server.requests[0]) == Part("file", "contract.bin", "application/pdf", PDF)
    assert server.requests[0].headers["content-length"] == str(len(server.requests[0].body))
    assert not given.file.closed  # the framework closes it


async def test_an_upload_of_starlette_is_sent_from_where_it_stands(server: FileServer) -> None:
    given = starlette_upload()
    await given.read(9)
    from pandadoc_client import AsyncApiClient

    async with AsyncApiClient(configuration(server.url)) as client:
        await World("asyncio").attachments(client).create_document_attachment_from_file_upload("doc", file=given)
    assert file_part(server.requests[0]).content == PDF[9:]


def test_an_upload_of_starlette_is_sent_again_after_a_503() -> None:
    with serving([Reply(503, headers={"Retry-After": "0"}), Reply()]) as server:
        run(server, lambda upload: upload("doc", file=starlette_upload(), name="n"), retries=2)
        assert [file_part(got).content for got in server.requests] == [PDF, PDF]


def test_an_asynchronous_file_that_is_too_large_is_refused_unsent(server: FileServer) -> None:
    with pytest.raises(ApiValueError, match=f"file: the file has {len(PDF)} bytes, and the API takes at most 5"):
        World("asyncio").run(
            configuration(server.url),
            lambda client: (
                World("asyncio")
                .attachments(client)
                .create_document_attachment_from_file_upload("doc", file=starlette_upload())
            ),
            upload_limits={},
            max_upload_size=5,
        )
    assert server.requests == []


@pytest.mark.filterwarnings("error")
def test_a_blocking_client_refuses_an_asynchronous_file_and_says_what_to_give(server: FileServer) -> None:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        for wrapped in (starlette_upload(), Upload(starlette_upload()), ("a.pdf", starlette_upload())):
            with pytest.raises(ApiTypeError, match=r"file: an asynchronous file \(its `file` is a blocking one\)"):
                World("blocking").upload(configuration(server.url), wrapped)
        gc.collect()
    assert [str(warning.message) for warning in caught] == []
    World("blocking").upload(configuration(server.url), starlette_upload().file)
    assert len(server.requests) == 1


@pytest.mark.filterwarnings("error")
def test_a_read_that_turns_out_to_be_asynchronous_is_refused_without_a_warning(
    world: World, server: FileServer
) -> None:
    class Late:
        def read(self, size: int = -1) -> Any:
            async def later() -> bytes:
                return b""

            return later()

    with pytest.raises(ApiTypeError, match="file: the file must be read as bytes, not as coroutine"):
        world.upload(configuration(server.url), Late())
    gc.collect()
    assert server.requests == []


# --- Libraries for asyncio


async def test_files_of_aiofiles_and_anyio_are_read_by_the_asynchronous_client(
    server: FileServer, tmp_path: Path
) -> None:
    path = tmp_path / "contract.pdf"
    path.write_bytes(PDF)
    from pandadoc_client import AsyncApiClient

    async with AsyncApiClient(configuration(server.url)) as client:
        upload = World("asyncio").attachments(client).create_document_attachment_from_file_upload
        async with aiofiles.open(path, "rb") as file:
            await upload("doc", file=file)
            assert not file.closed
        async with await anyio.open_file(path, "rb") as opened:
            await upload("doc", file=opened)
    for got in server.requests:
        assert file_part(got) == Part("file", "contract.pdf", "application/pdf", PDF)
        assert got.headers["content-length"] == str(len(got.body))


async def test_an_asynchronous_text_file_is_refused(server: FileServer, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("notes")
    from pandadoc_client import AsyncApiClient

    async with AsyncApiClient(configuration(server.url)) as client:
        upload = World("asyncio").attachments(client).create_document_attachment_from_file_upload
        async with await anyio.open_file(tmp_path / "notes.txt") as file:
            with pytest.raises(ApiTypeError, match="file: the file must be read as bytes, not as str"):
                await upload("doc", file=file)
    assert server.requests == []


async def test_a_stream_of_asyncio_goes_in_chunks(server: FileServer) -> None:
    from pandadoc_client import AsyncApiClient

    reader = asyncio.StreamReader()
    reader.feed_data(PDF)
    reader.feed_eof()
    async with AsyncApiClient(configuration(server.url)) as client:
        await World("asyncio").attachments(client).create_document_attachment_from_file_upload("doc", file=reader)
    assert file_part(server.requests[0]).content == PDF
    assert server.requests[0].headers["transfer-encoding"] == "chunked"
