"""``pandadoc probe``: equals do not differ, planted differences are found, nothing personal is told or left behind."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest

from pandadoc_client import PandaDoc
from pandadoc_client.cli.probe.command import compare_sides
from pandadoc_client.cli.probe.pace import OutOfTime, Pace
from pandadoc_client.cli.probe.report import Report
from pandadoc_client.cli.probe.side import Side
from pandadoc_client.cli.probe.steps import STEPS
from pandadoc_client.emulator import Emulator, EmulatorOptions

from .conftest import Pandadoc
from .spoiling import Answer, spoiled


def _patient() -> Pace:
    """A pace that does not really wait."""
    return Pace(None, 600, sleep=lambda _: None)


def _report(url: str, key: str, other: Emulator, *, write: bool = True) -> Report:
    run = "pandadoc-probe-of-a-test"
    with PandaDoc(api_key=key, host=url) as mine, PandaDoc(api_key=other.api_key, host=other.url) as theirs:
        account, emulator = (
            Side(one, _patient(), run, client_id=other.client_id, client_secret=other.client_secret)
            for one in (mine, theirs)
        )
        return compare_sides(account, emulator, [step for step in STEPS if write or not step.writes])


@pytest.fixture
def pair(
    lend_emulator: Callable[[EmulatorOptions], AbstractContextManager[Emulator]],
) -> Iterator[tuple[Emulator, Emulator]]:
    """Two equal emulators: the account, and what it is compared with."""
    options = EmulatorOptions(seed_data=True)
    with lend_emulator(options) as account, lend_emulator(options) as other:
        yield account, other


def _left(emulator: Emulator) -> str:
    """What an emulator has that a probe has named."""
    backend = emulator.service.backend
    kinds = ("documents", "templates", "contacts")
    found = [row for kind in kinds for row in backend[kind] if not row.get("deleted")]
    return " ".join(text for text in map(json.dumps, found) if "pandadoc-probe" in text)


def test_equals_do_not_differ_and_nothing_is_left(pair: tuple[Emulator, Emulator]) -> None:
    account, other = pair
    report = _report(account.url, account.api_key, other)
    assert report.to_dict()["differences"] == []
    assert (report.omitted, report.unfinished) == ([], "")
    assert [step.name for step in report.compared] == [step.name for step in STEPS]
    assert (_left(account), _left(other)) == ("", "")
    assert not [entry for entry in account.journal.entries if entry.path.endswith("/send") and entry.status == 200]


def test_reads_change_nothing(pair: tuple[Emulator, Emulator]) -> None:
    account, other = pair
    before = len(account.journal)
    report = _report(account.url, account.api_key, other, write=False)
    assert report.differences == []
    methods = {(entry.method, entry.path) for entry in account.journal.entries[before:] if entry.method != "GET"}
    assert methods == {("POST", "/oauth2/access_token")}


@pytest.mark.parametrize(
    ("options", "operation"),
    [({"mode": "examples"}, "statusDocument"), ({"processing_delay": 3600, "seed_data": True}, "statusDocument")],
)
def test_other_options_differ(options: dict[str, Any], operation: str, pair: tuple[Emulator, Emulator]) -> None:
    with Emulator(**options) as account:
        report = _report(account.url, account.api_key, pair[1])
    assert operation in {step.operation for step, _ in report.differences}


# -- planted differences --------------------------------------------------------------------------------------------

Spoil = Callable[[Answer], None]


def _of(path: str, change: Callable[[Answer], object], status: int = 200) -> Spoil:
    """Spoil the responses of a path whose end is this one, with this status."""

    def spoil(answer: Answer) -> None:
        if answer.path.partition("?")[0].endswith(path) and answer.status == status:
            change(answer)

    return spoil


def _set(name: str, value: Any) -> Callable[[Answer], None]:
    return lambda answer: answer.body.update({name: value})


def _throttled() -> Spoil:
    seen: list[str] = []

    def spoil(answer: Answer) -> None:
        if answer.path.startswith("/public/v1/contacts?") and not seen:
            seen.append(answer.path)
            answer.status, answer.body = 429, {"type": "throttled", "detail": "Wait."}

    return spoil


PLANTED: list[tuple[str, Spoil, tuple[str, str, str]]] = [
    (
        "status",
        _of("/templates/zzzzzzzzzzzzzzzzzzzzzz/details", lambda a: setattr(a, "status", 403), 404),
        ("detailsTemplate", "status", ""),
    ),
    (
        "missing member",
        _of("/details", lambda a: a.body.pop("ref_number", None)),
        ("detailsDocument", "missing", "ref_number"),
    ),
    (
        "additional member",
        _of("/members/current", _set("favourite_snack", "x")),
        ("detailsCurrentMember", "additional", "favourite_snack"),
    ),
    ("type", _of("/members/current", _set("is_active", "yes")), ("detailsCurrentMember", "type", "is_active")),
    ("null", _of("/members/current", _set("first_name", None)), ("detailsCurrentMember", "null", "first_name")),
    (
        "list for object",
        _of("/details", lambda a: a.body.update(metadata=[]) if "ref_number" in a.body else None),
        ("detailsDocument", "type", "metadata"),
    ),
    (
        "content type",
        _of("/public/v1/contacts", lambda a: a.headers.update({"content-type": "text/html"})),
        ("listContacts", "header", "content-type"),
    ),
    ("no Retry-After", _throttled(), ("listContacts", "header", "retry-after")),
    (
        "404 shape",
        _of("/contacts/zzzzzzzzzzzzzzzzzzzzzz", lambda a: a.body.update(detail={"contact": ["x"]}), 404),
        ("detailsContact", "type", "detail"),
    ),
    (
        "wrong word",
        _of("/public/v1/documents", lambda a: [one.update(status="document.sennt") for one in a.body["results"]]),
        ("listDocuments", "value", "results[].status"),
    ),
    (
        "error type",
        _of("/contacts/zzzzzzzzzzzzzzzzzzzzzz", _set("type", "not_found"), 404),
        ("detailsContact", "value", "type"),
    ),
    (
        "member of an item",
        _of("/fields", lambda a: [one.pop("layout") for one in a.body["fields"]]),
        ("listDocumentFields", "missing", "fields[].layout"),
    ),
]


@pytest.mark.parametrize(("spoil", "expected"), [each[1:] for each in PLANTED], ids=[each[0] for each in PLANTED])
def test_a_planted_difference_is_found_where_it_is(
    spoil: Spoil, expected: tuple[str, str, str], pair: tuple[Emulator, Emulator]
) -> None:
    account, other = pair
    with spoiled(account.url, spoil) as url:
        report = _report(url, account.api_key, other, write=False)
    found = {(step.operation, one.kind, one.place) for step, one in report.differences}
    assert expected in found
    assert {operation for operation, _, _ in found} == {expected[0]}


def test_nothing_personal_is_in_the_report(pair: tuple[Emulator, Emulator]) -> None:
    account, other = pair
    planted = [
        "grace.hopper@navy.example",
        "Gracehopper",
        "4f3c2b1a0d9e8f7a6b5c",
        "gracehopper",
        "nanosecond",
        "Ada Panda",
    ]

    def spoil(answer: Answer) -> None:
        if isinstance(answer.body, dict):
            answer.body = _personal(answer.body)
            answer.headers |= {
                "content-type": "application/gracehopper; charset=nanosecond",
                "www-authenticate": "Gracehopper x",
            }

    def _personal(value: Any, name: str = "") -> Any:
        if isinstance(value, dict):
            changed = {key: _personal(item, key) for key, item in value.items()}
            own = {planted[0]: 1, "gracehopper": planted[1], "secret": planted[2], "a-key": planted[2], "Nanosecond": 1}
            return {**changed, **own, "metadata": {"nanosecond": {"gracehopper": 1}}}
        if isinstance(value, list):
            return [_personal(item, name) for item in value]
        if isinstance(value, str) and name not in ("id", "membership_id", "item_uuid"):
            return " ".join(planted)
        return value

    with spoiled(account.url, spoil) as url:
        report = _report(url, account.api_key, other)
    text = json.dumps(report.to_dict()) + "\n".join(report.lines())
    assert len(report.differences) > 100
    ids = [row["id"] for kind in ("documents", "templates", "contacts") for row in account.service.backend[kind]]
    for private in [*planted, *ids, account.api_key, "navy", "hopper", "ada.panda", "Bamboo"]:
        assert private.lower() not in text.lower(), private


# -- as a command ---------------------------------------------------------------------------------------------------


@pytest.fixture
def account() -> Iterator[Emulator]:
    """An account of its own for each test."""
    with Emulator(seed_data=True) as running:
        yield running


def test_the_command_reports_no_difference_and_ends_with_0(
    pandadoc: Pandadoc, account: Emulator, tmp_path: Path
) -> None:
    result = pandadoc("probe", "--write", "--api-key", account.api_key, "--output", "r.json", PANDADOC_HOST=account.url)
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout.startswith(f"0 differences in {len(STEPS)} requests")
    assert json.loads((tmp_path / "r.json").read_text())["differences"] == []
    assert _left(account) == ""


def test_the_command_shows_a_difference_and_ends_with_1(pandadoc: Pandadoc, account: Emulator) -> None:
    with spoiled(account.url, _of("/members/current", _set("favourite_snack", "cake"))) as url:
        result = pandadoc("probe", "--api-key", account.api_key, PANDADOC_HOST=url)
    assert (result.returncode, result.stderr) == (1, "")
    (line,) = [line for line in result.stdout.splitlines() if "favourite_snack" in line]
    assert [cell.strip() for cell in line.strip("|").split("|")] == [
        *("the current member", "detailsCurrentMember", "additional", "favourite_snack", "text", "(none)")
    ]
    assert "cake" not in result.stdout


def test_against_another_emulator(pandadoc: Pandadoc, account: Emulator) -> None:
    with Emulator(mode="examples") as other:
        options = ("--against", other.url, "--against-api-key", other.api_key)
        result = pandadoc("probe", "--api-key", account.api_key, *options, "--json", PANDADOC_HOST=account.url)
    assert (result.returncode, result.stderr) == (1, "")
    found = json.loads(result.stdout)
    assert {one["operation"] for one in found["omitted"]} == {"accessToken"}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--api-key", "wrong"), "the account does not accept the credential"),
        (("--against", "http://127.0.0.1:1"), "--against URL and --against-api-key KEY go together"),
        (("--api-key", "wrong", "--host", "http://127.0.0.1:1"), "No connection to http://127.0.0.1:1: "),
        (("--store", "file:none.json"), "no credential"),
    ],
)
def test_what_cannot_be_compared_ends_with_2(options: tuple[str, ...], message: str, pandadoc: Pandadoc) -> None:
    result = pandadoc("probe", *options)
    assert (result.returncode, result.stdout) == (2, "")
    assert message in result.stderr
    assert result.stderr.count("\n") == 1


def test_what_was_created_is_deleted_after_a_failure(pandadoc: Pandadoc, account: Emulator) -> None:
    def lose(answer: Answer) -> None:
        answer.lost = answer.method == "PATCH" and answer.path.endswith("/status")

    with spoiled(account.url, lose) as url:
        result = pandadoc("probe", "--write", "--api-key", account.api_key, PANDADOC_HOST=url)
    assert (result.returncode, result.stdout) == (2, "")
    assert any(entry.method == "DELETE" and entry.status == 204 for entry in account.journal.entries)
    assert _left(account) == ""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows cannot send the signal to one process")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_what_was_created_is_deleted_after_an_interruption(number: int, account: Emulator) -> None:
    interrupted: list[str] = []

    def interrupt(answer: Answer) -> None:
        if answer.method == "PATCH" and not interrupted:
            interrupted.append(answer.path)
            process.send_signal(number)
            answer.lost = True  # whatever comes first, the signal or this

    inherited = {name: value for name, value in os.environ.items() if not name.startswith("PANDADOC_")}
    with spoiled(account.url, interrupt) as url:
        command = [sys.executable, "-m", "pandadoc_client.cli", "probe", "--write", "--host", url]
        process = subprocess.Popen(
            command, env={**inherited, "PANDADOC_API_KEY": account.api_key}, stderr=subprocess.PIPE, text=True
        )
        _, errors = process.communicate(timeout=60)
    assert interrupted
    assert (process.returncode, errors) == (130, "pandadoc: interrupted\n")
    assert any(entry.method == "DELETE" and entry.status == 204 for entry in account.journal.entries)
    assert _left(account) == ""


def test_what_cannot_be_deleted_is_named_for_its_owner(
    account: Emulator, pair: tuple[Emulator, Emulator], capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(answer: Answer) -> None:
        if answer.method == "DELETE" and answer.path.startswith("/public/v1/contacts/"):
            answer.status, answer.body = 403, {"type": "permissions_error", "detail": "No."}

    with spoiled(account.url, refuse) as url:
        report = _report(url, account.api_key, pair[1])
    assert "pandadoc: still there, delete it yourself: pandadoc api deleteContact --id " in capsys.readouterr().err
    assert ("deleteContact", "status") in {(step.operation, one.kind) for step, one in report.differences}


# -- pace -----------------------------------------------------------------------------------------------------------


class _Time:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


def test_no_minute_has_more_requests_to_an_operation_than_a_sandbox_allows() -> None:
    time = _Time()
    pace = Pace(8, 10_000, clock=time, sleep=time.sleep)
    sent: list[float] = []
    for _ in range(50):
        pace.before("listDocuments")
        sent.append(time.now)
        pace.before("another")
    assert max(len([other for other in sent if moment <= other < moment + 60]) for moment in sent) == 8


def test_a_wait_that_would_end_too_late_does_not_begin() -> None:
    time = _Time()
    pace = Pace(1, 30, clock=time, sleep=time.sleep)
    pace.before("listDocuments")
    with pytest.raises(OutOfTime):
        pace.before("listDocuments")
    assert time.now == 0
    pace.before("another")


def test_the_wait_that_a_429_asks_for_is_kept(account: Emulator) -> None:
    waits: list[float] = []
    throttled: list[str] = []

    def throttle(answer: Answer) -> None:
        if not throttled:
            throttled.append(answer.path)
            answer.status, answer.headers["retry-after"] = 429, "17"

    with spoiled(account.url, throttle) as url, PandaDoc(api_key=account.api_key, host=url) as client:
        side = Side(client, Pace(None, 600, sleep=waits.append), "pandadoc-probe-of-a-test")
        assert side.observe(STEPS[0]).status == 200
    assert waits == [17]
