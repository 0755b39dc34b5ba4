"""``pandadoc logs tail``: what the API logs, as it comes, until Ctrl-C."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest

from pandadoc_client.cli.logs import Tail
from pandadoc_client.emulator import Emulator, EmulatorMode, EmulatorOptions

from .conftest import Pandadoc
from .test_auth import assert_one_line
from .test_streams import COMMAND, environment


@pytest.fixture
def pandadoc_emulator_options() -> EmulatorOptions:
    return EmulatorOptions(mode=EmulatorMode.STATE)


@pytest.fixture
def settings(settings: dict[str, str], pandadoc_emulator: Emulator) -> dict[str, str]:
    return {**settings, "PANDADOC_API_KEY": pandadoc_emulator.api_key}


def call(emulator: Emulator, path: str) -> None:
    httpx.get(f"{emulator.url}{path}", headers={"Authorization": f"API-Key {emulator.api_key}"})


@contextmanager
def running_tail(settings: dict[str, str], *arguments: str) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(
        [*COMMAND, "logs", "tail", "--every", "1", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment(settings),
    ) as process:
        try:
            yield process
        finally:
            process.kill()


@pytest.mark.skipif(os.name != "posix", reason="sends SIGINT")
def test_requests_are_shown_as_they_come_until_ctrl_c(settings: dict[str, str], pandadoc_emulator: Emulator) -> None:
    for number in range(3):
        call(pandadoc_emulator, f"/public/v1/documents/before-{number}")
    with running_tail(settings, "--lines", "2") as tail:
        assert tail.stdout is not None
        first = [tail.stdout.readline().rstrip("\n").split("\t") for _ in range(2)]
        assert [(status, url) for _, status, url, _ in first] == [
            ("404", "/public/v1/documents/before-1"),
            ("404", "/public/v1/documents/before-2"),
        ]
        call(pandadoc_emulator, "/public/v1/members")
        assert tail.stdout.readline().split("\t")[1:3] == ["200", "/public/v1/members"]
        tail.send_signal(signal.SIGINT)
        output, errors = tail.communicate(timeout=20)
    assert (tail.returncode, output, errors) == (0, "", "")


@pytest.mark.skipif(os.name != "posix", reason="sends SIGINT")
def test_a_look_that_fails_is_said_and_the_next_goes_on(settings: dict[str, str], pandadoc_emulator: Emulator) -> None:
    call(pandadoc_emulator, "/public/v1/members")
    pandadoc_emulator.responses.add("list_logs_v2", {"results": [{"id": "a", "status": 200, "url": "/a"}]})
    pandadoc_emulator.responses.add("list_logs_v2", {"detail": "Down."}, status=500)
    pandadoc_emulator.responses.add("list_logs_v2", {"results": [{"id": "b", "status": 500, "url": "/b"}]})
    with running_tail(settings, "--status", "200", "--status", "500", "--json") as tail:
        assert tail.stdout is not None
        assert [json.loads(tail.stdout.readline())["url"] for _ in range(2)] == ["/a", "/b"]
        tail.send_signal(signal.SIGINT)
        _, errors = tail.communicate(timeout=20)
    assert tail.returncode == 0
    assert errors == "pandadoc: the server answered HTTP 500 Internal Server Error: Down.; looking again\n"
    query = httpx.QueryParams(pandadoc_emulator.journal.entries[1].query)
    assert query.get_list("statuses") == ["200", "500"]


def test_a_refusal_ends_it(pandadoc: Pandadoc) -> None:
    assert_one_line(pandadoc("logs", "tail", PANDADOC_API_KEY="nonsense"), 1, "401")
    assert_one_line(pandadoc("logs", "tail", "--every", "0"), 2, "--every")


def entries(*numbers: int, url: str = "/x") -> list[dict[str, Any]]:
    return [{"id": str(number), "url": url} for number in numbers]


def test_no_entry_is_shown_twice_and_pages_are_read_as_far_as_they_are_new() -> None:
    tail = Tail(own=False)
    asked: list[int] = []

    def pages(*found: list[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
        asked.clear()
        for number, page in enumerate(found, 1):
            asked.append(number)
            yield page

    def ids(*found: list[dict[str, Any]]) -> list[str]:
        return [entry["id"] for entry in tail.take(pages(*found))]

    assert ids(entries(2, 1)) == ["1", "2"]
    assert ids(entries(3, 2, 1)) == ["3"]
    full = entries(*range(203, 103, -1)), entries(*range(103, 3, -1)), entries(3, 2, 1)
    assert ids(*full) == [str(number) for number in range(4, 204)]
    assert asked == [1, 2, 3]
    assert ids(entries(203, 202), entries(1)) == []
    assert asked == [1]


def test_requests_for_the_log_are_left_out_unless_they_are_wanted() -> None:
    of_log = entries(1, url="/public/v2/logs?since=-15m")
    assert list(Tail(own=False).take(iter([of_log]))) == []
    assert list(Tail(own=True).take(iter([of_log]))) == of_log
