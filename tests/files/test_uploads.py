"""What can be uploaded, what of it goes over the wire, and what is refused before anything does."""

from __future__ import annotations

import io
import os
import tempfile
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from pandadoc_client import ApiException
from pandadoc_client.exceptions import ApiTypeError, ApiValueError, UnauthorizedException
from pandadoc_client.files import Upload

from .forms import READERS, Part
from .support import FileServer, Got, Reply, World, configuration, serving

CONTENT = bytes(range(256)) * 700  # more than two pieces
PDF = "application/pdf"


def part_of(got: Got) -> Part:
    (part,) = [part for part in READERS["werkzeug"](got.body, got.headers["content-type"]) if part.name == "file"]
    return part


def pieces() -> Iterator[bytes]:
    for start in range(0, len(CONTENT), 10_001):
        yield CONTENT[start : start + 10_001]


async def async_pieces() -> AsyncIterator[bytes]:
    for piece in pieces():
        yield piece


@pytest.fixture
def server() -> Iterator[FileServer]:
    with serving(Reply()) as running:
        yield running


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "Übersicht 文件.pdf"
    path.write_bytes(CONTENT)
    return path


SOURCES: dict[str, Callable[[Path], Any]] = {
    "Path": lambda path: path,
    "path as text": str,
    "file": lambda path: path.open("rb"),
    "Upload of a path": Upload,
    "Upload of a file": lambda path: Upload(path.open("rb")),
}


@pytest.mark.parametrize("source", SOURCES)
def test_files_of_the_file_system_go_with_their_names_and_types(
    world: World, server: FileServer, path: Path, source: str
) -> None:
    opened: Any = SOURCES[source](path)
    world.upload(configuration(server.url), opened)
    given: Any = opened.source if isinstance(opened, Upload) else None
    if hasattr(given, "close"):
        given.close()  # a file in an Upload is the caller's to close
    (got,) = server.requests
    assert part_of(got) == Part("file", path.name, PDF, CONTENT)
    assert int(got.headers["content-length"]) == len(got.body)
    assert "transfer-encoding" not in got.headers


@pytest.mark.parametrize("source", [CONTENT, bytearray(CONTENT), memoryview(CONTENT), io.BytesIO(CONTENT)])
def test_bytes_in_memory_are_named_after_the_field(world: World, server: FileServer, source: Any) -> None:
    if isinstance(source, io.BytesIO):
        source = io.BytesIO(CONTENT)  # the other world has closed the one of the parameters
    world.upload(configuration(server.url), source)
    assert part_of(server.requests[0]) == Part("file", "file", "application/octet-stream", CONTENT)
    assert "content-length" in server.requests[0].headers


def test_names_and_types_can_be_given(world: World, server: FileServer) -> None:
    world.upload(configuration(server.url), ("a.bin", CONTENT, PDF))
    world.upload(configuration(server.url), Upload(CONTENT, filename="b.pdf"))
    world.upload(configuration(server.url), Upload(CONTENT, content_type="x/y"))
    found = [part_of(got) for got in server.requests]
    assert [(part.filename, part.content_type) for part in found] == [("a.bin", PDF), ("b.pdf", PDF), ("file", "x/y")]


def test_an_iterator_goes_in_chunks_unless_its_size_is_given(world: World, server: FileServer) -> None:
    world.upload(configuration(server.url), Upload(pieces(), "a.pdf"))
    world.upload(configuration(server.url), pieces())
    world.upload(configuration(server.url), Upload(pieces(), "a.pdf", size=len(CONTENT)))
    assert [part_of(got).content for got in server.requests] == [CONTENT] * 3
    framing = [got.headers.get("transfer-encoding", "length") for got in server.requests]
    assert framing == ["chunked", "chunked", "length"]


def test_an_asynchronous_iterator_is_for_the_asynchronous_client(world: World, server: FileServer) -> None:
    settings = configuration(server.url)
    if world.is_async:
        world.upload(settings, Upload(async_pieces(), "a.pdf"))
        world.upload(settings, Upload(async_pieces(), "a.pdf", size=len(CONTENT)))
        assert [part_of(got).content for got in server.requests] == [CONTENT] * 2
    else:
        with pytest.raises(ApiTypeError, match="file: an asynchronous iterator needs AsyncApiClient"):
            world.upload(settings, Upload(async_pieces(), "a.pdf"))
        assert server.requests == []


def test_a_file_is_sent_from_where_it_stands_and_closed_but_one_in_an_upload_is_not(
    world: World, server: FileServer, path: Path
) -> None:
    with path.open("rb") as plain, path.open("rb") as kept:
        plain.seek(5)
        kept.seek(7)
        world.upload(configuration(server.url), plain)
        world.upload(configuration(server.url), Upload(kept))
        assert (plain.closed, kept.closed) == (True, False)
    assert [part_of(got).content for got in server.requests] == [CONTENT[5:], CONTENT[7:]]


def test_a_file_is_closed_when_the_call_fails(world: World, path: Path) -> None:
    with serving(Reply(status=400)) as server, path.open("rb") as file:
        with pytest.raises(ApiException):
            world.upload(configuration(server.url), file)
        assert file.closed


def test_files_that_are_no_io_objects_are_taken(world: World, server: FileServer) -> None:
    with tempfile.NamedTemporaryFile(suffix=".pdf") as file:  # a wrapper
        file.write(CONTENT)
        file.seek(0)
        world.upload(configuration(server.url), Upload(file))  # pyright: ignore[reportArgumentType]
        assert part_of(server.requests[0]) == Part("file", os.path.basename(file.name), PDF, CONTENT)


def test_text_files_are_sent_as_utf_8(world: World, server: FileServer, tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("# Ünïcode", encoding="utf-8")
    world.upload(configuration(server.url), (tmp_path / "a.md").open(encoding="utf-8"))
    assert part_of(server.requests[0]).content == "# Ünïcode".encode()


def test_a_pipe_goes_in_chunks(world: World, server: FileServer) -> None:
    reading, writing = os.pipe()

    def fill() -> None:
        with open(writing, "wb") as out:
            out.write(CONTENT)

    thread = threading.Thread(target=fill)
    thread.start()
    world.upload(configuration(server.url), open(reading, "rb"))  # noqa: SIM115 (the call closes it)
    thread.join()
    assert part_of(server.requests[0]).content == CONTENT
    assert server.requests[0].headers["transfer-encoding"] == "chunked"


@pytest.mark.parametrize("size", [0, 1, 65536, len(CONTENT)])
def test_progress_ends_at_the_size_of_the_file(world: World, server: FileServer, tmp_path: Path, size: int) -> None:
    seen: list[tuple[int, int | None]] = []
    (tmp_path / "a.pdf").write_bytes(CONTENT[:size])
    upload = Upload(tmp_path / "a.pdf", progress=lambda sent, total: seen.append((sent, total)))
    world.upload(configuration(server.url), upload)
    assert seen[-1] == (size, size)
    assert [sent for sent, _ in seen] == sorted({sent for sent, _ in seen})
    assert len(seen) == max(1, -(-size // 65536))


def test_progress_of_an_iterator_has_no_total(world: World, server: FileServer) -> None:
    seen: list[tuple[int, int | None]] = []
    upload = Upload(pieces(), progress=lambda sent, total: seen.append((sent, total)))
    world.upload(configuration(server.url), upload)
    assert seen[-1] == (len(CONTENT), None)


def test_what_progress_raises_ends_the_call(world: World, server: FileServer) -> None:
    class Stop(Exception):
        pass

    def stop(sent: int, total: int | None) -> None:
        raise Stop

    with pytest.raises(Stop):
        world.upload(configuration(server.url), Upload(CONTENT, progress=stop))


def test_a_busy_server_gets_the_file_again_from_its_start(world: World, path: Path) -> None:
    for source in (path, CONTENT, path.open("rb"), Upload(list(pieces()))):
        with serving([Reply(status=503, headers={"Retry-After": "0"}), Reply()]) as server:
            world.upload(configuration(server.url), source)
        assert [part_of(got).content for got in server.requests] == [CONTENT, CONTENT]


def test_an_iterator_is_not_sent_twice(world: World) -> None:
    with serving([Reply(status=503, headers={"Retry-After": "0"}), Reply()]) as server:
        with pytest.raises(ApiException) as caught:
            world.upload(configuration(server.url), Upload(pieces(), "a.pdf"))
        assert caught.value.status == 503
    assert len(server.requests) == 1


def test_an_iterator_that_was_not_begun_is_sent_when_there_is_a_connection(world: World) -> None:
    taken: list[bytes] = []

    def source() -> Iterator[bytes]:
        taken.append(b"")
        yield CONTENT

    with pytest.raises(ApiException):  # nobody listens there
        world.upload(configuration("http://127.0.0.1:9", retries=1), Upload(source()))
    assert taken == []


class NewToken(httpx.Auth):
    """Repeats after a 401, as the package's own authentication does, what can be sent again."""

    def auth_flow(self, request: httpx.Request) -> Any:
        response = yield request
        if response.status_code == 401 and isinstance(request.stream, httpx.ByteStream):
            yield request


def test_after_a_new_token_a_file_is_sent_again_and_an_iterator_is_not(world: World, path: Path) -> None:
    with serving([Reply(status=401), Reply()]) as server:
        world.upload(configuration(server.url, auth=NewToken()), path)
        assert [part_of(got).content for got in server.requests] == [CONTENT, CONTENT]
    with serving([Reply(status=401), Reply()]) as server:
        with pytest.raises(UnauthorizedException):
            world.upload(configuration(server.url, auth=NewToken()), Upload(pieces()))
        assert len(server.requests) == 1


@pytest.mark.parametrize("source", [b"x" * 101, "path", Upload(iter([b"x" * 101]), size=101)])
def test_a_file_that_is_too_large_is_refused_unsent(
    world: World, server: FileServer, source: Any, tmp_path: Path
) -> None:
    if source == "path":
        source = tmp_path / "a"
        source.write_bytes(b"x" * 101)
    with pytest.raises(ApiValueError, match="file: the file has 101 bytes, and the API takes at most 100"):
        world.upload(configuration(server.url), source, upload_limits={}, max_upload_size=100)
    assert server.requests == []
    world.upload(configuration(server.url), b"x" * 100, upload_limits={}, max_upload_size=100)


def test_an_iterator_that_turns_out_too_large_is_cut_off(world: World, server: FileServer) -> None:
    with pytest.raises(ApiValueError, match="file: the file has 102 bytes or more"):
        world.upload(configuration(server.url), iter([b"x" * 51] * 4), upload_limits={}, max_upload_size=100)


def test_attachments_have_a_limit_of_their_own(world: World, server: FileServer, tmp_path: Path) -> None:
    with (tmp_path / "large").open("wb") as file:
        file.truncate(50 * 1024 * 1024 + 1)  # no bytes are written
    with pytest.raises(ApiValueError, match="at most 52428800"):
        world.upload(configuration(server.url), tmp_path / "large")
    assert server.requests == []


def test_a_large_json_body_is_refused_unsent(world: World, server: FileServer) -> None:
    def create(client: Any) -> Any:
        return world.documents(client).create_document({"name": "x" * 3_000_000})

    with pytest.raises(ApiValueError, match=r"document_create_request: has 30000.. bytes as JSON"):
        world.run(configuration(server.url), create)
    assert server.requests == []
    world.run(configuration(server.url), create, max_body_size=None)
    assert len(server.requests) == 1


def closed_file() -> Any:
    file = io.BytesIO(b"")
    file.close()
    return file


@pytest.mark.parametrize(
    ("source", "problem"),
    [
        ("/nowhere/a.pdf", "file: cannot read the file '/nowhere/a.pdf': No such file"),
        (Path("/"), "file: '/' is a folder"),
        ("a\x00b", "file: cannot read the file"),
        ("x" * 5000, "file: cannot read the file"),
        (closed_file(), "The file for file must be open"),
        (7, "Invalid type for variable 'file'"),
        (None, "Invalid type for variable 'file'"),
        ({"a": b"b"}, "Invalid type for variable 'file'"),
        (["a.pdf"], "Invalid type for variable 'file'"),
        (iter([1]), "file: the file must be read as bytes, not as int"),
        (iter(["a"]), "file: the file must be read as bytes, not as str"),
        (Upload(iter([b"abc"]), size=2), "file: has more than the 2 bytes"),
        (Upload(iter([b"abc"]), size=4), "file: ended after 3 of the 4 bytes"),
        (Upload(b"abc", size=4), "file: has 3 bytes, and its size was given as 4"),
    ],
)
def test_what_cannot_be_sent_is_refused_with_the_name_of_the_argument(
    world: World, server: FileServer, source: Any, problem: str
) -> None:
    if isinstance(source, Upload) and isinstance(source.source, Iterator):
        source = Upload(iter([b"abc"]), size=source.size)  # each world needs one of its own
    elif type(source) is type(iter([])):
        source = iter(["a"] if "str" in problem else [1])
    with pytest.raises((ApiTypeError, ApiValueError)) as caught:
        world.upload(configuration(server.url), source)
    assert problem in str(caught.value)
    assert len(str(caught.value)) < 500
    assert server.requests == []


@pytest.mark.parametrize("change", ["shorter", "longer"])
def test_a_file_that_changes_while_it_is_sent_is_not_sent_as_a_whole_one(
    world: World, server: FileServer, path: Path, change: str
) -> None:
    def meddle(sent: int, total: int | None) -> None:
        if change == "shorter":
            os.truncate(path, 70_000)
        else:
            with path.open("ab") as file:
                file.write(b"more")

    with pytest.raises(ApiValueError, match=r"file: (ended after|has more)"):
        world.upload(configuration(server.url), Upload(path, progress=meddle))
    assert server.requests == []


@pytest.mark.parametrize("arguments", [(7,), (None,), ({},), (Upload(b""),)])
def test_an_upload_of_nothing_that_can_be_uploaded_is_refused(arguments: Any) -> None:
    with pytest.raises(ApiTypeError):
        Upload(*arguments)
    with pytest.raises(ApiValueError):
        Upload(b"", size=-1)


def test_a_slow_upload_outlasts_the_usual_timeout_but_not_its_own(world: World, server: FileServer) -> None:
    rest = threading.Event()

    def slow() -> Iterator[bytes]:
        for _ in range(4):
            rest.wait(0.1)
            yield b"x"

    world.upload(configuration(server.url, timeout=0.3), Upload(slow()))
    with pytest.raises(ApiException, match=r"No response from http://127\.0\.0\.1:\d+ within 0\.2 seconds"):
        world.upload(configuration(server.url), Upload(slow()), options={"_request_timeout": 0.2})


def test_an_upload_that_never_ends_ends_with_its_timeout(world: World, server: FileServer) -> None:
    rest = threading.Event()
    given: list[bytes] = []

    def endless() -> Iterator[bytes]:
        while len(given) < 200:
            rest.wait(0.02)
            given.append(b"x")
            yield b"x"

    with pytest.raises(ApiException, match=r"No response from http://127\.0\.0\.1:\d+ within 0\.2 seconds"):
        world.upload(configuration(server.url), Upload(endless()), options={"_request_timeout": 0.2})
    assert len(given) < 50


def test_call_api_takes_what_api_classes_take(server: FileServer, path: Path) -> None:
    def call(client: Any) -> Any:
        for files in ({"file": path}, {"file": [path, b"x"]}, {"file": ("n", b"y")}, {"file": (io.BytesIO(b"z"),)}):
            header = {"Content-Type": "multipart/form-data"}
            client.call_api("/f", "POST", header_params=header, files=files)

    World("blocking").run(configuration(server.url), call)
    found = [READERS["werkzeug"](got.body, got.headers["content-type"]) for got in server.requests]
    assert [[part.content for part in parts] for parts in found] == [[CONTENT], [CONTENT, b"x"], [b"y"], [b"z"]]


def test_a_form_of_json_and_a_file_makes_a_document(world: World, server: FileServer, path: Path) -> None:
    def create(client: Any) -> Any:
        return world.documents(client).create_document_from_upload(file=path, data={"name": "é", "tags": ["t"]})

    world.run(configuration(server.url), create)
    (got,) = server.requests
    assert got.target == "/public/v1/documents?upload"
    for reader in READERS.values():
        data, file = reader(got.body, got.headers["content-type"])
        assert (data.name, data.content) == ("data", '{"name": "é", "tags": ["t"]}'.encode())
        assert (file.filename, file.content) == (path.name, CONTENT)
