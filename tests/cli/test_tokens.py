"""``pandadoc tokens``: the accounts of a store, and refreshing those that are due."""

from __future__ import annotations

import dataclasses
import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pandadoc_client.cli.errors import CommandError
from pandadoc_client.cli.oauth.tokens import parse_duration
from pandadoc_client.cli.render import moment_in_words
from pandadoc_client.emulator import Emulator
from pandadoc_client.oauth import Token
from pandadoc_client.oauth.stores import FileTokenStore
from pandadoc_client.oauth.stores.entry import Entry, encode_entry

from .conftest import Pandadoc
from .test_auth import assert_one_line

NOW = datetime.now(UTC).replace(microsecond=0)


@pytest.fixture
def settings(settings: dict[str, str], tmp_path: Path) -> dict[str, str]:
    return {**settings, "PANDADOC_TOKEN_STORE": f"file:{tmp_path / 'tokens.json'}"}


@pytest.fixture
def file_store(tmp_path: Path) -> FileTokenStore:
    return FileTokenStore(tmp_path / "tokens.json")


def made_up(days: float | None, refresh_token: str | None = "MARKER-r") -> Token:
    expires_at = None if days is None else NOW + timedelta(days=days)
    return Token("MARKER-a", refresh_token, scope="read+write", expires_at=expires_at)


def put(store: FileTokenStore, key: str, document: str) -> None:
    store.write(key, document, expires_at=NOW, expected=None)


def add_due(store: FileTokenStore, emulator: Emulator, *keys: str) -> None:
    """Store a token that ends in an hour, most of its life being over, under each of *keys*."""
    for key in keys:
        store.save(key, Token.from_response({**emulator.issue_token(), "expires_in": 36_000}, NOW - timedelta(hours=9)))


# -- whose they are --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("application", [True, False], ids=["with an application", "without"])
@pytest.mark.parametrize("command", [("token",), ("whoami",), ("status",), ("refresh",), ("documents", "list")])
def test_a_token_of_another_host_goes_to_no_other(
    pandadoc: Pandadoc,
    pandadoc_emulator: Emulator,
    file_store: FileTokenStore,
    command: tuple[str, ...],
    application: bool,
) -> None:
    token = Token.from_response(pandadoc_emulator.issue_token(), NOW)
    token = dataclasses.replace(token, host="https://api.pandadoc.com")
    file_store.save("default", token)
    before = len(pandadoc_emulator.journal.entries)
    unset = {"PANDADOC_CLIENT_ID": "", "PANDADOC_CLIENT_SECRET": ""}
    result = pandadoc(*command, **({} if application or command == ("refresh",) else unset))
    assert_one_line(result, 1, "'default' is for https://api.pandadoc.com", f"for {pandadoc_emulator.url}", "log")
    assert len(pandadoc_emulator.journal.entries) == before
    assert file_store.load("default") == token


# -- list ------------------------------------------------------------------------------------------------------------


def test_the_list_says_how_each_account_stands_and_shows_no_secret(
    pandadoc: Pandadoc, file_store: FileTokenStore
) -> None:
    file_store.save("a valid", made_up(3))
    file_store.save("b over", made_up(-3))
    file_store.save("c over for good", made_up(-3, None))
    put(file_store, "d refused", encode_entry(Entry(made_up(3), refused="revoked")))
    put(file_store, "e spoilt", "MARKER")
    file_store.save("f endless", made_up(None))
    result = pandadoc("tokens", "list", "--json")
    assert (result.returncode, result.stderr) == (0, "")
    document = json.loads(result.stdout)
    assert {row["key"]: row["state"] for row in document["tokens"]} == {
        "a valid": "valid",
        "b over": "expired",
        "c over for good": "needs consent",
        "d refused": "needs consent",
        "e spoilt": "unreadable",
        "f endless": "valid",
    }
    assert document["next"] is None
    table = pandadoc("tokens", "list")
    assert "3 days ago" in table.stdout
    assert "in 2 days" in table.stdout
    assert "(unknown)" in table.stdout
    assert "MARKER" not in result.stdout + table.stdout


def test_the_list_is_read_by_page(pandadoc: Pandadoc, file_store: FileTokenStore) -> None:
    for key in ("one", "three", "two words"):
        file_store.save(key, made_up(1))
    page = pandadoc("tokens", "list", "--limit", 2)
    assert page.stdout.splitlines()[-1] == "There are more: --after three"
    rest = json.loads(pandadoc("tokens", "list", "--limit", 2, "--after", "three", "--json").stdout)
    assert ([row["key"] for row in rest["tokens"]], rest["next"]) == (["two words"], None)


def test_an_empty_store_has_an_empty_list(pandadoc: Pandadoc) -> None:
    result = pandadoc("tokens", "list", "--json")
    assert (result.returncode, json.loads(result.stdout)) == (0, {"tokens": [], "next": None})


def test_a_store_that_is_no_store_is_one_line(pandadoc: Pandadoc, tmp_path: Path) -> None:
    (tmp_path / "tokens.json").mkdir()
    assert_one_line(pandadoc("tokens", "list"), 1, "tokens.json")


# -- refresh-due -----------------------------------------------------------------------------------------------------


def test_what_is_due_is_refreshed_and_the_rest_left_alone(
    pandadoc: Pandadoc, pandadoc_emulator: Emulator, file_store: FileTokenStore
) -> None:
    add_due(file_store, pandadoc_emulator, "a", "b", "c")
    later = made_up(30)
    file_store.save("later", later)
    result = pandadoc("tokens", "refresh-due", "--within", "2h", "--concurrency", 2, "--rate", 0)
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout == "3 due: 3 refreshed, 0 skipped, 0 failed\n"
    assert len(pandadoc_emulator.journal.token_requests()) == 3
    stored = {token.access_token for key in "abc" if (token := file_store.load(key)) is not None}
    assert stored == {pair.access_token for pair in pandadoc_emulator.live_pairs()}
    assert file_store.load("later") == later
    again = json.loads(pandadoc("tokens", "refresh-due", "--within", "2h", "--json").stdout)
    assert again == {"due": 0, "refreshed": 0, "skipped": 0, "failed": {}}


def test_each_account_that_failed_is_named_on_a_line(
    pandadoc: Pandadoc, pandadoc_emulator: Emulator, file_store: FileTokenStore
) -> None:
    add_due(file_store, pandadoc_emulator, "fine")
    file_store.save("dead", made_up(-1))
    put(file_store, "spoilt", "MARKER")
    result = pandadoc("tokens", "refresh-due")
    assert result.returncode == 1
    assert result.stdout == "3 due: 1 refreshed, 0 skipped, 2 failed\n"
    dead, spoilt = sorted(result.stderr.splitlines())
    assert dead.startswith("pandadoc: dead: needs consent: invalid_grant")
    assert dead.endswith("run: pandadoc login --key dead")
    assert spoilt.startswith("pandadoc: spoilt: ")
    assert "MARKER" not in result.stderr
    document = json.loads(pandadoc("tokens", "refresh-due", "--json").stdout)
    assert sorted(document["failed"]) == ["dead", "spoilt"]


def test_a_dry_run_names_what_is_due_and_sends_nothing(
    pandadoc: Pandadoc, pandadoc_emulator: Emulator, file_store: FileTokenStore
) -> None:
    add_due(file_store, pandadoc_emulator, "a", "b")
    file_store.save("later", made_up(30))
    result = pandadoc("tokens", "refresh-due", "--dry-run", PANDADOC_CLIENT_ID="")
    assert (result.returncode, result.stdout, result.stderr) == (0, "a\nb\n", "")
    assert json.loads(pandadoc("tokens", "refresh-due", "--dry-run", "--json").stdout) == {"due": ["a", "b"]}
    assert len(pandadoc_emulator.journal) == 0


def test_a_terminal_gets_a_progress_bar(
    settings: dict[str, str], pandadoc_emulator: Emulator, file_store: FileTokenStore
) -> None:
    pytest.importorskip("pty")
    add_due(file_store, pandadoc_emulator, "a", "b")
    # A process of its own, because forking one that has threads is unsafe.
    program = "import pty, sys; sys.exit(pty.spawn([sys.executable, '-m', 'pandadoc_client.cli', *sys.argv[1:]]))"
    result = subprocess.run(
        [sys.executable, "-c", program, "tokens", "refresh-due"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=True,
        env={**os.environ, **settings, "TERM": "xterm-256color", "COLUMNS": "100"},
    )
    assert "Refreshing" in result.stdout
    assert "2/2" in result.stdout
    assert "2 due: 2 refreshed, 0 skipped, 0 failed" in result.stdout


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["--within", "MARKER"], "--within"),
        (["--within", "7"], "--within"),
        (["--within", "-7d"], "--within"),
        (["--within", "999999999999999d"], "--within"),
        (["--within", "600w"], "--within"),
        (["--concurrency", "0"], "--concurrency"),
        (["--rate", "-1"], "--rate"),
    ],
)
def test_a_number_that_cannot_be_right_is_one_line(pandadoc: Pandadoc, arguments: list[str], word: str) -> None:
    result = pandadoc("tokens", "refresh-due", *arguments)
    assert_one_line(result, 2, word)
    assert "MARKER" not in result.stderr


# -- time in words ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("30s", timedelta(seconds=30)),
        ("15m", timedelta(minutes=15)),
        (" 12H ", timedelta(hours=12)),
        ("7d", timedelta(days=7)),
        ("2w", timedelta(days=14)),
        ("1.5h", timedelta(minutes=90)),
        ("0s", timedelta(0)),
    ],
)
def test_a_time_span_has_a_unit(text: str, span: timedelta) -> None:
    assert parse_duration("--within", text) == span


@pytest.mark.parametrize("text", ["", "d", "7 days", "1h30m", "1e3s", "infd", "\u0667d"])
def test_what_is_no_time_span_is_named(text: str) -> None:
    with pytest.raises(CommandError, match="--within"):
        parse_duration("--within", text)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (2 * 86400 + 5, "in 2 days"),
        (86399, "in 23 hours"),
        (60, "in 1 minute"),
        (59, "in 59 seconds"),
        (0.5, "in less than a second"),
        (0, "less than a second ago"),
        (-3600, "1 hour ago"),
    ],
)
def test_a_time_is_told_in_words_too(seconds: float, words: str) -> None:
    assert moment_in_words(NOW + timedelta(seconds=seconds), NOW).endswith(f" UTC ({words})")
    assert moment_in_words(None) == "(unknown)"
