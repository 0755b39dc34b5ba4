"""Parts of files that are not all that was asked for: a download is whole, or it is an error."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from pandadoc_client.exceptions import ApiConnectionError, ApiDecodeError

from .breaking import PDF, WHOLE, breaking, broken, save, take
from .support import Clock, Got, Reply, World, serving


def limited(most: int, total: str = str(len(PDF)), more: bytes = b"") -> Callable[[Got], Reply]:
    """Answer a request for the rest with at most so many bytes of it (RFC 9110 §15.3.7)."""

    def answer(got: Got) -> Reply:
        start = int(got.headers["range"].removeprefix("bytes=").removesuffix("-"))
        if start == len(PDF):
            return Reply(416, b"", {"Content-Range": f"bytes */{start}"})
        part = PDF[start : start + most]
        span = f"bytes {start}-{start + len(part) - 1}/{total}"
        return Reply(206, part + more, {"ETag": '"v1"', "Content-Range": span})

    return answer


def test_a_part_of_the_rest_is_not_taken_for_the_rest(world: World, tmp_path: Path) -> None:
    clock = Clock()
    with serving(breaking(rest=limited(20_000))) as server:
        assert save(world, server, tmp_path / "a", by=clock).size == len(PDF)
        assert len(server.requests) > 6  # more than there are breaks: what comes as announced is none
        assert take(world, server)[0] == PDF
    assert (tmp_path / "a").read_bytes() == PDF
    assert clock.sleeps == [0.01]


def test_the_total_of_a_part_is_believed_where_the_first_answer_gave_none(world: World, tmp_path: Path) -> None:
    def script(got: Got) -> Reply:
        if "range" in got.headers:
            return limited(90_000)(got)
        return Reply(body=PDF, headers={"ETag": '"v1"'}, cut=100_000, chunked=True)

    with serving(script) as server:
        save(world, server, tmp_path / "a")
        assert len(server.requests) == 3
    assert (tmp_path / "a").read_bytes() == PDF


def test_a_part_of_a_file_of_unknown_size_is_not_its_end(world: World, tmp_path: Path) -> None:
    def script(got: Got) -> Reply:
        if "range" in got.headers:
            return limited(100_000, "*")(got)
        return Reply(body=PDF, headers={"ETag": '"v1"'}, cut=100_000, chunked=True)

    with serving(script) as server:
        with pytest.raises(ApiConnectionError):  # each part costs a break, since nothing says how many there will be
            save(world, server, tmp_path / "a", resume=False)
        save(world, server, tmp_path / "a")
    assert (tmp_path / "a").read_bytes() == PDF


def test_a_part_that_is_shorter_than_it_says_is_a_break(world: World, tmp_path: Path) -> None:
    def short(got: Got) -> Reply:
        reply = limited(len(PDF))(got)
        return Reply(206, reply.body[:10], reply.headers)

    (tmp_path / "a").write_bytes(b"old")
    with serving(breaking(rest=short)) as server, pytest.raises(ApiConnectionError, match="bytes came"):
        save(world, server, tmp_path / "a")
    assert len(server.requests) == 4
    assert (tmp_path / "a").read_bytes() == b"old"


def test_a_part_that_is_longer_than_it_says_is_an_error(world: World, tmp_path: Path) -> None:
    with serving(breaking(rest=limited(len(PDF), more=b"x"))) as server, pytest.raises(ApiDecodeError, match="more"):
        save(world, server, tmp_path / "a")


def test_a_part_that_nobody_asked_for_ends_the_download(world: World, tmp_path: Path) -> None:
    def script(got: Got) -> Reply:
        if len(server.requests) == 1:
            return broken(ETag='"v1"')
        return Reply(206, b"x", {"ETag": '"v2"', "Content-Range": f"bytes 0-0/{len(PDF)}"})

    with serving(script) as server, pytest.raises(ApiDecodeError, match="206"):
        save(world, server, tmp_path / "a")
    assert len(server.requests) == 3


def test_beginning_anew_costs_a_break(world: World, tmp_path: Path) -> None:
    def script(got: Got) -> Reply:
        return Reply(416, b"", {"Content-Range": "bytes */5"}) if "range" in got.headers else broken(ETag='"v1"')

    with serving(script) as server, pytest.raises(ApiConnectionError):
        save(world, server, tmp_path / "a")
    assert ["range" in got.headers for got in server.requests] == [False, True, False, True]


@pytest.mark.parametrize("encoding", ["gzip", "x-unknown"])
def test_a_compressed_file_is_refused(world: World, tmp_path: Path, encoding: str) -> None:
    with serving(Reply(body=PDF, headers={"Content-Encoding": encoding})) as server:
        with pytest.raises(ApiDecodeError, match="Content-Encoding"):
            save(world, server, tmp_path / "a")
        assert len(server.requests) == 1


def test_a_file_that_is_not_ready_any_more_is_not_mixed_with_what_came_of_it(world: World, tmp_path: Path) -> None:
    with serving([broken(ETag='"v1"'), Reply(202), WHOLE]) as server:
        save(world, server, tmp_path / "a", wait=60)
    assert (tmp_path / "a").read_bytes() == PDF


def test_what_progress_raises_is_no_break(world: World, tmp_path: Path) -> None:
    mine = ApiConnectionError(reason="of another call")

    def progress(received: int, total: int | None) -> None:
        raise mine

    with serving(WHOLE) as server, pytest.raises(ApiConnectionError) as caught:
        save(world, server, tmp_path / "a", progress=progress)
    assert caught.value is mine
    assert len(server.requests) == 1


@pytest.mark.parametrize("span", ["bytes {0}-{1}/{2}", "bytes {2}-{2}/{2}", "bytes {0}-{2}/*"])
def test_a_range_in_numbers_of_thousands_of_digits_is_not_followed(span: str, world: World, tmp_path: Path) -> None:
    def rest(got: Got) -> Reply:
        start = int(got.headers["range"].removeprefix("bytes=").removesuffix("-"))
        odd = span.format(start, len(PDF) - 1, "9" * 5000)
        return Reply(206, PDF[start:], {"ETag": '"v1"', "Content-Range": odd})

    with serving(breaking(rest=rest)) as server, pytest.raises(ApiConnectionError):
        save(world, server, tmp_path / "a")
    assert not (tmp_path / "a").exists()


def test_a_refusal_of_a_range_in_thousands_of_digits_is_not_the_end(world: World, tmp_path: Path) -> None:
    def rest(got: Got) -> Reply:
        return Reply(416, b"", {"Content-Range": "bytes */" + "9" * 5000})

    with serving(breaking(rest=rest)) as server, pytest.raises(ApiConnectionError):
        save(world, server, tmp_path / "a")
