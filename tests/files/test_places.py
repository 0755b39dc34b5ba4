"""Where downloads may go, and operations of the wrong kind: one clear error, before anything is sent."""

from __future__ import annotations

import io
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pandadoc_client import ApiClient, AsyncApiClient, files
from pandadoc_client._flows.saving import WholeFile
from pandadoc_client.api.documents_api import AsyncDocumentsApi
from pandadoc_client.exceptions import ApiTypeError, ApiValueError

from .breaking import PDF, WHOLE, save
from .support import World, configuration, serving


def closed() -> io.BytesIO:
    file = io.BytesIO()
    file.close()
    return file


@pytest.mark.parametrize(
    ("place", "problem"),
    [
        ({"to": "a\x00b"}, "to: cannot write to"),
        ({"to": "x" * 5000}, "to: cannot write to"),
        ({"to": "/tmp/" + "x" * 300}, "to: cannot write to"),
        ({"to": "/proc/a.pdf"}, "to: cannot write to '/proc/a.pdf'"),
        ({"into": "/proc"}, "into: cannot write to '/proc'"),
        ({"into": "a\x00b"}, "into: "),
        ({"into": "x" * 5000}, "into: "),
        ({"into": 7}, "into must be the path of a folder, not int"),
        ({"into": b"/tmp"}, "into must be the path of a folder, not bytes"),
        ({"to": b"/tmp/a"}, "to must be a path or a file open for bytes, not bytes"),
        pytest.param({"to": closed()}, "to: the file is closed", id="closed"),
    ],
    ids=repr,
)
def test_a_place_that_cannot_be_is_refused_unsent(world: World, place: dict[str, Any], problem: str) -> None:
    with serving(WHOLE) as server:
        with pytest.raises((ApiValueError, ApiTypeError)) as caught:
            save(world, server, **place)
        assert server.requests == []
    assert problem in str(caught.value)
    assert ".part" not in str(caught.value)
    assert len(str(caught.value)) < 500


def test_a_file_open_for_reading_is_refused_unsent(world: World, tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"old")
    with serving(WHOLE) as server, (tmp_path / "a").open("rb") as file:
        with pytest.raises(ApiValueError, match="to: the file is not open for writing"):
            save(world, server, file)
        assert server.requests == []


def test_a_name_that_became_a_folder_is_what_the_error_tells_of(world: World, tmp_path: Path) -> None:
    target = tmp_path / "a"
    with serving(WHOLE) as server, pytest.raises(OSError, match="Is a directory") as caught:
        save(world, server, target, progress=lambda *_: target.mkdir(exist_ok=True))
    assert caught.value.filename == str(target)
    assert os.listdir(tmp_path) == ["a"]


def test_a_method_of_the_other_world_is_refused(world: World, tmp_path: Path) -> None:
    settings = configuration("http://127.0.0.1:9")
    other = World("blocking" if world.is_async else "asyncio")

    def call(client: Any) -> Any:
        strange = ApiClient(settings) if world.is_async else AsyncApiClient(settings)
        return world.pick(files, "download")(other.documents(strange).download_document, "doc", to=tmp_path / "a")

    with pytest.raises(ApiTypeError, match=r"operation: an? .* method is for the function with"):
        world.run(settings, call)
    with pytest.raises(ApiTypeError, match="operation must be a method of an API class, not str"):
        world.run(settings, lambda client: world.pick(files, "download")("doc", to=tmp_path / "a"))
    assert os.listdir(tmp_path) == []


def test_opening_a_method_of_the_other_world_is_refused() -> None:
    operation = AsyncDocumentsApi(AsyncApiClient(configuration("http://127.0.0.1:9"))).download_document
    with pytest.raises(ApiTypeError, match="operation"), files.open_download(operation, "doc"):
        pass


def test_giving_up_never_closes_the_number_of_another_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*arguments: Any, **options: Any) -> Any:
        raise OSError(28, "No space left on device")

    sink = WholeFile(tmp_path, "a")
    sink.write(b"x")
    monkeypatch.setattr(os, "link", refuse)
    monkeypatch.setattr(WholeFile, "_open_part", refuse)
    with pytest.raises(OSError, match="No space"):
        sink.finish(None)
    with (tmp_path / "other").open("wb") as other:  # takes the number that is free now
        sink.abandon()
        other.write(b"y")
    assert (tmp_path / "other").read_bytes() == b"y"


def test_received_counts_what_was_given_out_and_ends_with_the_block(world: World) -> None:
    def blocking(client: Any) -> Any:
        with files.open_download(world.documents(client).download_document, "doc") as parts:
            assert parts.received == 0
            first = next(parts)
            assert parts.received == len(first)
            total = len(first) + sum(map(len, parts))
            assert parts.received == total == len(PDF)
        with pytest.raises(ValueError, match="closed"):
            next(parts)

    async def other(client: Any) -> Any:
        async with files.async_open_download(world.documents(client).download_document, "doc") as parts:
            assert parts.received == 0
            first = await anext(parts)
            assert parts.received == len(first)
            total = len(first) + sum([len(part) async for part in parts])
            assert parts.received == total == len(PDF)
        with pytest.raises(ValueError, match="closed"):
            await anext(parts)

    with serving(WHOLE) as server:
        world.run(configuration(server.url), other if world.is_async else blocking)


def test_the_names_of_the_signatures_are_public() -> None:
    assert {"Facts", "Pace", "Target", "WaitTimeoutError"} <= set(files.__all__)


# --- Folders

NAMED = replace(WHOLE, headers={**WHOLE.headers, "Content-Disposition": 'attachment; filename="a.pdf"'})


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder ``files`` in the current one."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "files").mkdir()
    return tmp_path / "files"


SPELLINGS = ["files", "files/", "./files", Path("files"), "files/../files", "."]


@pytest.mark.parametrize("unnamed", [True, False], ids=["unnamed", "part"])
@pytest.mark.parametrize("into", SPELLINGS, ids=repr)
def test_a_folder_may_be_given_relatively(
    world: World, folder: Path, into: Any, unnamed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not unnamed:  # as on a system that has no files without a name
        monkeypatch.delattr(os, "O_TMPFILE", raising=False)
    for name in ("a.pdf", "a (2).pdf"):
        with serving(NAMED) as server:
            done = save(world, server, into=into)
        assert done.path is not None
        assert done.path.is_absolute()
        assert done.path.read_bytes() == PDF
        assert done.path.name == name
    found = folder.parent if into == "." else folder
    assert sorted(entry.name for entry in found.iterdir() if entry.is_file()) == ["a (2).pdf", "a.pdf"]


def test_an_absolute_folder_with_a_slash_at_its_end_is_the_same(world: World, folder: Path) -> None:
    with serving(NAMED) as server:
        done = save(world, server, into=f"{folder}/")
    assert done.path == folder / "a.pdf"


def test_a_relative_path_gets_the_file(world: World, folder: Path) -> None:
    for place in ("files/a.pdf", Path("b.pdf"), "./files/../c.pdf"):
        with serving(NAMED) as server:
            done = save(world, server, place)
        assert done.path is not None
        assert done.path == Path(place).resolve()
        assert done.path.read_bytes() == PDF


def test_a_program_that_goes_elsewhere_meanwhile_gets_its_file_where_it_was(
    world: World, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = folder.parent / "other"
    other.mkdir()
    with serving(NAMED) as server:
        done = save(world, server, into="files", progress=lambda *_: os.chdir(other))
    assert done.path == folder / "a.pdf"
    assert os.listdir(other) == []


@pytest.mark.parametrize(
    ("place", "problem"),
    [
        ({"into": "nowhere"}, "into: there is no folder 'nowhere'"),
        ({"into": "nowhere/"}, "into: there is no folder 'nowhere'"),
        ({"to": "nowhere/a.pdf"}, "to: there is no folder"),
        ({"to": "files"}, "to: 'files' is a folder"),
        ({"to": "files/"}, "to: 'files/' is a folder"),
        ({"to": "nowhere/"}, "to: 'nowhere/' names a folder"),
    ],
    ids=repr,
)
def test_a_folder_that_is_not_there_is_refused_and_not_made(
    world: World, folder: Path, place: dict[str, Any], problem: str
) -> None:
    with serving(NAMED) as server:
        with pytest.raises(ApiValueError, match=problem):
            save(world, server, **place)
        assert server.requests == []
    assert os.listdir(folder.parent) == ["files"]


def test_a_name_that_cannot_be_given_leaves_no_empty_file(
    world: World, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", refuse)  # a disk that is full at this very moment cannot be had
    with serving(NAMED) as server, pytest.raises(OSError, match="No space"):
        save(world, server, into="files")
    assert os.listdir(folder) == []


@pytest.mark.parametrize(
    ("name", "arguments", "named"),
    [
        ("download_document", ("doc\n",), "document_id"),
        ("download_document", ("..",), "document_id"),
        ("download_attachment", (" doc", "a"), "document_id"),
        ("download_attachment", ("doc", ""), "attachment_id"),
    ],
)
def test_an_identifier_that_cannot_be_one_is_refused_by_name(
    world: World, tmp_path: Path, name: str, arguments: tuple[str, ...], named: str
) -> None:
    with serving(WHOLE) as server:
        with pytest.raises(ApiValueError, match=f"^{named}: "):
            world.run(
                configuration(server.url),
                lambda client: world.pick(files, name)(client, *arguments, to=tmp_path / "a"),
            )
        assert server.requests == []
    assert os.listdir(tmp_path) == []
