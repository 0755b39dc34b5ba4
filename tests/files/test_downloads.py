"""Downloads: whole or not there, resumed where that is safe, and under no name that a server chose unasked."""

from __future__ import annotations

import functools
import io
import os
import stat
import threading
from pathlib import Path
from typing import Any

import anyio
import pytest

from pandadoc_client import AsyncApiClient, files
from pandadoc_client.exceptions import (
    ApiConnectionError,
    ApiDecodeError,
    ApiTimeoutError,
    ApiTypeError,
    ApiValueError,
    NotFoundException,
)
from pandadoc_client.files import Downloaded, NotReadyError
from pandadoc_client.waiting import WaitTimeoutError

from ..wire.support import dripping
from ..wire.support import serving as raw_serving
from .breaking import PDF, WHOLE, broken, save, take
from .support import Clock, Reply, World, configuration, serving


def test_a_document_is_saved(world: World, tmp_path: Path) -> None:
    with serving(WHOLE) as server:
        result = save(world, server, tmp_path / "a.pdf")
    assert result == Downloaded(tmp_path / "a.pdf", len(PDF), "application/pdf", None)
    assert (tmp_path / "a.pdf").read_bytes() == PDF
    assert os.listdir(tmp_path) == ["a.pdf"]
    (got,) = server.requests
    assert got.target == "/public/v1/documents/doc/download"
    assert got.headers["accept-encoding"] == "identity"


def test_protected_documents_attachments_and_arguments(world: World, tmp_path: Path) -> None:
    def call(client: Any) -> Any:
        download = world.pick(files, "download_attachment")
        return download(client, "doc", "att/1", tmp_path / "b")

    with serving(WHOLE) as server:
        save(world, server, tmp_path / "a", protected=True)
        save(world, server, str(tmp_path / "a"), watermark_text="not for sale")
        world.run(configuration(server.url), call)
    assert [got.target for got in server.requests] == [
        "/public/v1/documents/doc/download-protected",
        "/public/v1/documents/doc/download?watermark_text=not+for+sale",
        "/public/v1/documents/doc/attachments/att%2F1/download",
    ]


def test_api_classes_and_fronts_stand_for_their_client(world: World, tmp_path: Path) -> None:
    class Front:
        def __init__(self, client: Any) -> None:
            self.api_client = client

    download = world.pick(files, "download_document")
    with serving(WHOLE) as server:
        for wrap in (world.documents, Front):
            call = functools.partial(lambda wrap, client: download(wrap(client), "doc", tmp_path / "a"), wrap)
            world.run(configuration(server.url), call)
        with pytest.raises(ApiTypeError, match="client must be or have an"):
            world.run(configuration(server.url), lambda client: download("client", "doc", tmp_path / "a"))


def test_a_file_that_was_there_is_replaced_at_the_end_and_keeps_its_mode(world: World, tmp_path: Path) -> None:
    target = tmp_path / "a.pdf"
    target.write_bytes(b"old")
    target.chmod(0o640)
    seen = []
    with serving(WHOLE) as server:
        save(world, server, target, progress=lambda *_: seen.append(target.read_bytes()))
    assert set(seen) == {b"old"}
    assert target.read_bytes() == PDF
    assert stat.S_IMODE(target.stat().st_mode) == 0o640


def test_a_new_file_has_the_mode_of_new_files(world: World, tmp_path: Path) -> None:
    (tmp_path / "other").write_bytes(b"")
    with serving(WHOLE) as server:
        save(world, server, tmp_path / "a.pdf")
    assert (tmp_path / "a.pdf").stat().st_mode == (tmp_path / "other").stat().st_mode


def test_a_link_stays_a_link(world: World, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "folder" / "real")
    with serving(WHOLE) as server:
        save(world, server, tmp_path / "link")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "folder" / "real").read_bytes() == PDF


@pytest.mark.parametrize("named_parts", [False, True], ids=["unnamed", "named parts"])
def test_a_broken_download_leaves_nothing(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, named_parts: bool
) -> None:
    if named_parts:
        monkeypatch.delattr(os, "O_TMPFILE")
    (tmp_path / "old.pdf").write_bytes(b"old")
    with serving(broken()) as server:
        for name in ("new.pdf", "old.pdf"):
            with pytest.raises(ApiConnectionError, match="broke off"):
                save(world, server, tmp_path / name)
        with pytest.raises(ApiConnectionError):
            save(world, server, into=tmp_path)
    assert os.listdir(tmp_path) == ["old.pdf"]
    assert (tmp_path / "old.pdf").read_bytes() == b"old"


def test_named_parts_become_the_file(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, "O_TMPFILE")
    names: list[list[str]] = []
    with serving(WHOLE) as server:
        save(world, server, tmp_path / "a.pdf", progress=lambda *_: names.append(os.listdir(tmp_path)))
    assert [name.endswith(".part") for name in names[0]] == [True]
    assert os.listdir(tmp_path) == ["a.pdf"]
    assert (tmp_path / "a.pdf").read_bytes() == PDF


def test_a_system_that_lets_no_unnamed_file_have_a_name(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*arguments: Any, **options: Any) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "link", refuse)
    with serving(WHOLE) as server:
        save(world, server, tmp_path / "a.pdf")
    assert (tmp_path / "a.pdf").read_bytes() == PDF
    assert os.listdir(tmp_path) == ["a.pdf"]


def test_a_disk_that_is_full_leaves_nothing(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(fd: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with serving(WHOLE) as server, pytest.raises(OSError, match="No space"):
        save(world, server, tmp_path / "a.pdf")
    assert os.listdir(tmp_path) == []


def test_an_open_file_is_written_from_where_it_stands_and_left_open(world: World, tmp_path: Path) -> None:
    with serving(WHOLE) as server, (tmp_path / "a").open("w+b", buffering=0) as file:
        file.write(b"head")
        result = save(world, server, file)
        assert not file.closed
        file.seek(0)
        assert file.read() == b"head" + PDF
    assert result.path is None


@pytest.mark.parametrize(
    ("to", "problem"),
    [
        ("", "to: "),
        ("/nowhere/a.pdf", "to: there is no folder '/nowhere'"),
        ("/", "to: '/' is a folder"),
        (os.devnull, "no regular file"),
        (io.StringIO(), "to must be a path or a file open for bytes"),
        (7, "to must be a path or a file open for bytes"),
        (None, "Give either to"),
    ],
)
def test_a_place_that_cannot_be_written_to_is_refused_unsent(world: World, to: Any, problem: str) -> None:
    with serving(WHOLE) as server:
        with pytest.raises((ApiValueError, ApiTypeError), match=problem):
            save(world, server, to)
        assert server.requests == []


def test_progress_counts_to_the_size(world: World, tmp_path: Path) -> None:
    seen: list[tuple[int, int | None]] = []
    with serving(WHOLE) as server:
        save(world, server, tmp_path / "a", progress=lambda *numbers: seen.append(numbers))
    assert seen[-1] == (len(PDF), len(PDF))
    assert seen == sorted(seen)
    seen.clear()
    with serving(Reply(body=PDF, chunked=True)) as server:
        save(world, server, tmp_path / "a", progress=lambda *numbers: seen.append(numbers))
    assert seen.pop() == (len(PDF), None)
    with serving(Reply(body=b"")) as server:
        save(world, server, tmp_path / "a", progress=lambda *numbers: seen.append(numbers))
    assert seen[-1] == (0, 0)
    assert (tmp_path / "a").read_bytes() == b""


def test_what_progress_raises_leaves_nothing(world: World, tmp_path: Path) -> None:
    def stop(*numbers: Any) -> None:
        raise KeyError("stop")

    with serving(WHOLE) as server, pytest.raises(KeyError):
        save(world, server, tmp_path / "a", progress=stop)
    assert os.listdir(tmp_path) == []


# What is no file


def test_an_answer_that_says_not_ready_is_reported_as_such(world: World, tmp_path: Path) -> None:
    with serving(Reply(202, b"", {"Retry-After": "7"})) as server:
        with pytest.raises(NotReadyError) as caught:
            save(world, server, tmp_path / "a")
        with pytest.raises(NotReadyError):
            take(world, server)
    assert (caught.value.status, caught.value.retry_after) == (202, 7)
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("value", ["Wed, 21 Oct 99999999999999999999 07:28:00 GMT", "9" * 400, "99999999999"])
def test_an_absurd_retry_after_counts_as_absent(value: str, world: World, tmp_path: Path) -> None:
    clock = Clock()
    with serving([Reply(202, b"", {"Retry-After": value}), WHOLE]) as server:
        save(world, server, tmp_path / "a", wait=60, by=clock)
    assert clock.sleeps == [1]
    with serving(Reply(202, b"", {"Retry-After": value})) as server, pytest.raises(NotReadyError) as caught:
        save(world, server, tmp_path / "b")
    assert caught.value.retry_after is None


def test_a_file_that_is_not_ready_is_waited_for(world: World, tmp_path: Path) -> None:
    clock = Clock()
    answers = [Reply(202, b"", {"Retry-After": "7"}), Reply(202, b"", {"Retry-After": "0"}), Reply(202, b""), WHOLE]
    with serving(answers) as server:
        save(world, server, tmp_path / "a", wait=60, by=clock)
    assert clock.sleeps == [7, 1, 2.25]
    assert (tmp_path / "a").read_bytes() == PDF


def test_a_wait_that_does_not_fit_is_not_begun(world: World, tmp_path: Path) -> None:
    clock = Clock()
    with serving(Reply(202, b"", {"Retry-After": "61"})) as server:
        with pytest.raises(WaitTimeoutError, match="within 60 seconds; the last status was 202"):
            save(world, server, tmp_path / "a", wait=60, by=clock)
        assert len(server.requests) == 1
    assert clock.sleeps == []


def test_error_answers_are_errors_of_bounded_size(world: World, tmp_path: Path) -> None:
    with serving(Reply(404, b"x" * 5_000_000)) as server:
        with pytest.raises(NotFoundException) as caught:
            save(world, server, tmp_path / "a")
        assert 1_000_000 <= len(caught.value.body) <= 1_200_000
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("reply", [Reply(204, b""), Reply(206, b"x"), Reply(201, b"x")])
def test_other_successes_are_no_files(world: World, tmp_path: Path, reply: Reply) -> None:
    with serving(reply) as server, pytest.raises(ApiDecodeError, match=str(reply.status)):
        save(world, server, tmp_path / "a")


def test_the_download_as_a_whole_can_have_a_limit(world: World, tmp_path: Path) -> None:
    held = threading.Event()
    with serving(Reply(body=PDF, cut=1000, hold=held)) as server:
        try:
            with pytest.raises(ApiTimeoutError, match=r"within 0\.3 seconds"):
                world.run(
                    configuration(server.url),
                    lambda client: world.pick(files, "download_document")(client, "d", tmp_path / "a", timeout=0.3),
                )
        finally:
            held.set()
    assert os.listdir(tmp_path) == []


def test_a_server_that_drips_does_not_outlast_the_limit(world: World, tmp_path: Path) -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/pdf\r\nContent-Length: 100000\r\n\r\n"

    def call(client: Any) -> Any:
        return world.pick(files, "download_document")(client, "d", tmp_path / "a", timeout=0.4)

    with (
        raw_serving(lambda server, connection: dripping(server, connection, head)) as server,
        pytest.raises(ApiTimeoutError, match=r"within 0\.4 seconds"),
    ):
        world.run(configuration(server.url), call)
    assert os.listdir(tmp_path) == []


def test_a_server_that_falls_silent_is_given_up(world: World, tmp_path: Path) -> None:
    held = threading.Event()
    with serving(Reply(body=PDF, cut=1000, hold=held)) as server:
        try:
            with pytest.raises(ApiTimeoutError):
                world.run(
                    configuration(server.url, timeout=0.3, retries=0),
                    lambda client: world.pick(files, "download_document")(client, "d", tmp_path / "a"),
                )
        finally:
            held.set()


async def test_a_cancelled_download_leaves_nothing(tmp_path: Path) -> None:
    held = threading.Event()

    with serving(Reply(body=PDF, cut=100_000, hold=held)) as server:
        try:
            async with AsyncApiClient(configuration(server.url)) as client:
                begun = anyio.Event()
                async with anyio.create_task_group() as group:

                    async def run() -> None:
                        await files.async_download_document(
                            client, "d", tmp_path / "a", progress=lambda *_: begun.set()
                        )

                    group.start_soon(run)
                    await begun.wait()
                    group.cancel_scope.cancel()
        finally:
            held.set()
    assert os.listdir(tmp_path) == []
