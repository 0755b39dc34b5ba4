"""After a break: a download goes on, begins anew, or ends with an error; never with a mixture."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest

from pandadoc_client.exceptions import (
    ApiConnectionError,
)

from .breaking import ANEW, NEW, PDF, WHOLE, breaking, broken, ranged, save, take
from .support import Clock, Got, Reply, World, serving


def test_a_download_goes_on_where_it_broke(world: World, tmp_path: Path) -> None:
    with serving(breaking()) as server:
        save(world, server, tmp_path / "a")
    assert (tmp_path / "a").read_bytes() == PDF
    first, second = server.requests
    assert "range" not in first.headers
    start = int(second.headers["range"].removeprefix("bytes=").removesuffix("-"))
    assert 0 < start <= 100_000
    assert second.headers["if-range"] == '"v1"'


def test_it_goes_on_more_than_once(world: World, tmp_path: Path) -> None:
    def rest(got: Got) -> Reply:
        reply = ranged(got)
        return Reply(206, reply.body, reply.headers, cut=70_000 if len(server.requests) < 4 else None)

    with serving(breaking(rest=rest)) as server:
        save(world, server, tmp_path / "a")
    assert (tmp_path / "a").read_bytes() == PDF
    assert len(server.requests) == 4


@pytest.mark.parametrize("case", ANEW)
def test_a_download_that_cannot_go_on_begins_anew(world: World, tmp_path: Path, case: str) -> None:
    def script(got: Got) -> Reply:
        if "range" in got.headers:
            return ANEW[case](got)
        return broken(100_000, ETag='"v1"') if len(server.requests) == 1 else Reply(body=NEW)

    with serving(script) as server:
        result = save(world, server, tmp_path / "a")
        assert (tmp_path / "a").read_bytes() == NEW
        assert result.size == len(NEW)
        server.requests.clear()
        with (tmp_path / "b").open("w+b") as file:
            file.write(b"head")
            save(world, server, file)
        assert (tmp_path / "b").read_bytes() == b"head" + NEW


@pytest.mark.parametrize("headers", [{}, {"ETag": 'W/"v1"'}, {"ETag": '"v1"', "Accept-Ranges": "none"}])
def test_without_a_strong_tag_no_range_is_asked_for(world: World, tmp_path: Path, headers: dict[str, str]) -> None:
    with serving([broken(100_000, **headers), WHOLE]) as server:
        save(world, server, tmp_path / "a")
    assert (tmp_path / "a").read_bytes() == PDF
    assert ["range" in got.headers for got in server.requests] == [False, False]


def test_a_break_after_the_last_byte_is_no_loss(world: World, tmp_path: Path) -> None:
    def script(got: Got) -> Reply:
        if "range" in got.headers:
            return Reply(416, b"", {"Content-Range": f"bytes */{len(PDF)}"})
        return Reply(body=PDF, headers={"ETag": '"v1"'}, cut=len(PDF), chunked=True)

    with serving(script) as server:
        save(world, server, tmp_path / "a")
        assert (tmp_path / "a").read_bytes() == PDF
        assert len(server.requests) == 2


def test_breaks_end_with_the_retries_and_resuming_can_be_switched_off(world: World, tmp_path: Path) -> None:
    clock = Clock()
    with serving(broken(ETag='"v1"')) as server:
        with pytest.raises(ApiConnectionError):
            save(world, server, tmp_path / "a", by=clock)
        assert len(server.requests) == 4
        assert clock.sleeps == [0.01, 0.02, 0.04]
        server.requests.clear()
        with pytest.raises(ApiConnectionError):
            save(world, server, tmp_path / "a", resume=False)
        assert len(server.requests) == 1


def test_a_pipe_cannot_take_back_what_it_got(world: World) -> None:
    class Pipe(io.RawIOBase):
        content = b""

        def writable(self) -> bool:
            return True

        def write(self, data: Any) -> int:
            self.content += bytes(data)[:1000]
            return min(len(data), 1000)

    with serving(breaking()) as server:
        pipe = Pipe()
        save(world, server, pipe)
        assert pipe.content == PDF
    for script in (breaking(rest=ANEW["the file changed"]), breaking(rest=ANEW["no range"]), [broken(), WHOLE]):
        with serving(script) as server, pytest.raises(ApiConnectionError, match="broke off"):
            save(world, server, Pipe())


def test_the_bytes_can_be_iterated_over(world: World) -> None:
    with serving(WHOLE) as server:
        found, facts = take(world, server)
        assert found == PDF
        assert (facts.content_type, facts.total) == ("application/pdf", len(PDF))
        assert len(take(world, server, limit=1)[0]) < len(PDF)


def test_iterating_goes_on_after_a_break_but_cannot_begin_anew(world: World) -> None:
    with serving(breaking()) as server:
        assert take(world, server)[0] == PDF
    with serving(breaking(rest=ANEW["the file changed"])) as server, pytest.raises(ApiConnectionError):
        take(world, server)
