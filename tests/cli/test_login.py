"""``pandadoc login``, ``status``, ``token``, ``refresh`` and ``logout``."""

from __future__ import annotations

import json
import signal
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from pandadoc_client.cli import app as cli_app
from pandadoc_client.emulator import Emulator, Fault, TokenPair
from pandadoc_client.exceptions import TokenStoreError
from pandadoc_client.oauth import Token
from pandadoc_client.oauth.stores import FileTokenStore, MemoryTokenStore

from .conftest import Pandadoc
from .login_support import Login, running_login
from .test_auth import assert_one_line
from .test_streams import Terminal, on_a_terminal

__all__ = ["on_a_terminal"]  # a fixture

MEMBERS = "/public/v1/members/current"


@pytest.fixture
def settings(settings: dict[str, str], tmp_path: Path) -> dict[str, str]:
    """The environment of somebody who uses the emulator, with a store, and a free port to come back to."""
    return {
        **settings,
        "PANDADOC_REDIRECT_URI": "http://127.0.0.1/callback",
        "PANDADOC_TOKEN_STORE": f"file:{tmp_path / 'tokens.json'}",
    }


@pytest.fixture
def file_store(tmp_path: Path) -> FileTokenStore:
    return FileTokenStore(tmp_path / "tokens.json")


@pytest.fixture
def token(pandadoc_emulator: Emulator, file_store: FileTokenStore) -> Token:
    """The token of an account that is logged in."""
    token = Token.from_response(pandadoc_emulator.issue_token(), 4e9)
    file_store.save("default", token)
    return token


def assert_no_secret(text: str, *pairs: TokenPair) -> None:
    for pair in pairs:
        assert pair.access_token not in text
        assert pair.refresh_token not in text


# -- login -----------------------------------------------------------------------------------------------------------


def test_consent_in_a_browser_is_stored_and_told_in_one_line(
    settings: dict[str, str], pandadoc_emulator: Emulator, file_store: FileTokenStore
) -> None:
    with running_login(settings) as login:
        page = httpx.get(login.callback())
        status, output, errors = login.outcome()
    assert (status, errors) == (0, "")
    assert "Access was granted" in page.text
    (line,) = output.splitlines()
    assert line.startswith(
        f"Logged in as Ada Panda <ada.panda@example.com> in Bamboo Grove; stored in {file_store.to_url()} under the key"
        " 'default', valid until "
    )
    assert line.endswith("UTC (in 364 days).")
    pair = pandadoc_emulator.live_pair()
    assert_no_secret(output, pair)
    stored = file_store.load()
    assert stored is not None
    assert (stored.access_token, stored.refresh_token) == (pair.access_token, pair.refresh_token)


def test_as_json_the_output_is_one_document_without_secrets(
    settings: dict[str, str], pandadoc_emulator: Emulator, file_store: FileTokenStore
) -> None:
    with running_login(settings, "--json", "--key", "acme", "--scope", "read") as login:
        httpx.get(login.callback())
        status, output, _ = login.outcome()
    document = json.loads(output)
    assert (status, document["key"], document["scope"], document["state"]) == (0, "acme", "read", "valid")
    assert document["member"]["email"] == "ada.panda@example.com"
    assert_no_secret(output, pandadoc_emulator.live_pair())
    assert file_store.load("acme") is not None


def test_somebody_unknown_is_logged_in_all_the_same(
    settings: dict[str, str], pandadoc_emulator: Emulator, file_store: FileTokenStore
) -> None:
    pandadoc_emulator.faults.add(Fault("status", path=MEMBERS, status=403, times=None))
    with running_login(settings) as login:
        httpx.get(login.callback())
        status, output, errors = login.outcome()
    assert (status, errors) == (0, "")
    assert output.startswith("Logged in (who this is could not be asked: the server answered HTTP 403")
    assert file_store.load() is not None


def test_without_a_browser_the_address_is_taken_from_standard_input(
    settings: dict[str, str], file_store: FileTokenStore
) -> None:
    elsewhere = {**settings, "PANDADOC_REDIRECT_URI": "http://localhost:1/callback"}
    with running_login(elsewhere, "--no-browser") as login:
        status, output, errors = login.outcome(f"{login.callback()}\n")
    assert (status, errors.count("\n")) == (0, 1)
    assert output.startswith("Logged in as Ada Panda")
    assert file_store.load() is not None


def test_a_forged_callback_does_not_end_the_login(settings: dict[str, str], file_store: FileTokenStore) -> None:
    with running_login(settings) as login:
        assert httpx.get(f"{login.callback()}x").status_code == 400
        assert httpx.get(login.callback()).status_code == 200
        status, output, errors = login.outcome()
    assert (status, output.startswith("Logged in as Ada Panda")) == (0, True)
    assert errors.count("does not belong to this login") == 1
    assert file_store.load() is not None


def refused(login: Login) -> None:
    httpx.get(login.callback("deny"))


def interrupted(login: Login) -> None:
    login.process.send_signal(signal.SIGINT)


def abandoned(login: Login) -> None:
    """Do nothing at all."""


@pytest.mark.parametrize(
    ("happens", "status", "words", "arguments"),
    [
        (refused, 1, "access_denied", []),
        (interrupted, 130, "interrupted", []),
        (abandoned, 1, "nobody came back from the consent page within 0.1 seconds", ["--timeout", "0.1"]),
        (abandoned, 2, "no callback URL was entered", ["--no-browser"]),
    ],
    ids=["a refusal", "Ctrl-C", "too late", "nothing pasted"],
)
def test_every_other_end_is_one_clear_line(
    settings: dict[str, str],
    file_store: FileTokenStore,
    happens: Callable[[Login], None],
    status: int,
    words: str,
    arguments: list[str],
) -> None:
    with running_login(settings, *arguments) as login:
        happens(login)
        result, output, errors = login.outcome()
    line = errors.strip().splitlines()[-1]
    assert words in line
    assert line.startswith("pandadoc: ")
    assert (result, output) == (status, "")
    assert "Traceback" not in errors
    assert "state=" not in errors
    assert file_store.load() is None
    if port := urlsplit(login.redirect_uri).port:
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", port)).close()


def test_on_a_terminal_the_address_is_pasted_unseen(on_a_terminal: Terminal, file_store: FileTokenStore) -> None:
    typed = b"http://127.0.0.1/callback?code=MARKER&state=another\n"
    status, shown = on_a_terminal(["login", "--no-browser"], typed)
    assert status == 1
    assert "Callback URL (not shown):" in shown
    assert "pandadoc: state_mismatch: " in shown
    assert "MARKER" not in shown
    assert file_store.load() is None


def test_a_second_login_finds_the_port_in_use(settings: dict[str, str], pandadoc: Pandadoc) -> None:
    with running_login(settings) as login:
        second = pandadoc("login", PANDADOC_REDIRECT_URI=login.redirect_uri)
        port = urlsplit(login.redirect_uri).port
        assert_one_line(second, 1, f"port {port} of the redirect URI is in use", "--no-browser")
        httpx.get(login.callback())
        assert login.outcome()[0] == 0


@pytest.mark.parametrize(
    ("arguments", "environment", "status", "word"),
    [
        ([], {"PANDADOC_REDIRECT_URI": "https://app.example.com/cb"}, 2, "use --no-browser"),
        (["--no-browser"], {"PANDADOC_REDIRECT_URI": ""}, 2, "PANDADOC_REDIRECT_URI"),
        (["--no-browser", "--client-secret-file", "-"], {}, 2, "standard input"),
        (["--timeout", "0"], {}, 2, "timeout"),
        (["--key", ""], {}, 2, "key"),
        (["--store", "MARKER"], {}, 2, "store"),
        (["--store", "nowhere://me:MARKER@host/name"], {}, 2, "store"),
        (["--store", "file:/dev/null/tokens.json"], {}, 1, "/dev/null"),
        ([], {"PANDADOC_CLIENT_SECRET": ""}, 2, "PANDADOC_CLIENT_SECRET"),
    ],
)
def test_what_cannot_work_is_said_before_anybody_is_asked(
    pandadoc: Pandadoc, arguments: list[str], environment: dict[str, str], status: int, word: str
) -> None:
    result = pandadoc("login", *arguments, **environment)
    assert_one_line(result, status, word)
    assert "MARKER" not in result.stderr


def test_a_store_that_cannot_be_read_is_found_before_anybody_is_asked(pandadoc: Pandadoc, tmp_path: Path) -> None:
    path = tmp_path / "tokens.json"
    path.write_text("{")
    path.chmod(0o600)
    assert_one_line(pandadoc("login"), 1, str(path))


class FullStore(MemoryTokenStore):
    """A store that cannot keep anything; it counts how often it was asked to."""

    tries = 0

    def write(self, key: str, *_: Any, **__: Any) -> str:
        self.tries += 1
        raise TokenStoreError("the disk is full", key=key)


@pytest.mark.parametrize("show", [False, True])
def test_a_token_that_cannot_be_stored_is_not_lost_silently(
    show: bool,
    settings: dict[str, str],
    pandadoc_emulator: Emulator,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    store = FullStore()
    monkeypatch.setattr("pandadoc_client.oauth.stores.token_store", lambda url: store)
    monkeypatch.setattr("pandadoc_client.cli.oauth.login._SAVE_AGAIN_AFTER", (0.0, 0.0))
    monkeypatch.setattr("webbrowser.open", lambda url: bool(httpx.get(f"{url}&auto=approve", follow_redirects=True)))
    status = cli_app.run(["login", *(["--show-secrets"] if show else [])])
    output, errors = capsys.readouterr()
    line = errors.splitlines()[-1]
    assert (status, store.tries) == (1, 3)
    assert "the token could not be stored" in line
    assert "the disk is full" in line
    pair = pandadoc_emulator.live_pair()
    assert_no_secret(errors, pair)
    if show:
        assert Token.from_dict(json.loads(output)).refresh_token == pair.refresh_token
    else:
        assert output == ""


# -- status ----------------------------------------------------------------------------------------------------------


def test_status_says_who_where_what_for_and_until_when(
    pandadoc: Pandadoc, pandadoc_emulator: Emulator, token: Token, file_store: FileTokenStore
) -> None:
    result = pandadoc("status")
    assert (result.returncode, result.stderr) == (0, "")
    shown = dict(line.split(":", 1) for line in result.stdout.splitlines())
    assert {name: text.strip() for name, text in shown.items()} == {
        "account": "Ada Panda <ada.panda@example.com> in Bamboo Grove",
        "token": "valid",
        "expires": shown["expires"].strip(),
        "scope": "read+write",
        "key": "default",
        "store": file_store.to_url(),
        "host": pandadoc_emulator.url,
    }
    assert " UTC (in " in shown["expires"]
    assert_no_secret(result.stdout, pandadoc_emulator.live_pair())


def test_status_offline_calls_nobody(pandadoc: Pandadoc, pandadoc_emulator: Emulator, token: Token) -> None:
    result = pandadoc("status", "--offline", "--json", PANDADOC_CLIENT_ID="", PANDADOC_CLIENT_SECRET="")
    document = json.loads(result.stdout)
    assert (result.returncode, document["member"], document["state"]) == (0, None, "valid")
    assert document["expires_at"] == (token.expires_at and token.expires_at.isoformat())
    assert len(pandadoc_emulator.journal) == 0


def test_status_refreshes_a_token_that_the_server_takes_no_more(
    pandadoc: Pandadoc, pandadoc_emulator: Emulator, token: Token, file_store: FileTokenStore
) -> None:
    pandadoc_emulator.expire_access_tokens()
    document = json.loads(pandadoc("status", "--json").stdout)
    assert document["member"]["workspace_name"] == "Bamboo Grove"
    stored = file_store.load()
    assert stored is not None
    assert stored.access_token == pandadoc_emulator.live_pair().access_token != token.access_token
    assert document["expires_at"] == (stored.expires_at and stored.expires_at.isoformat())


def test_a_dead_grant_asks_for_a_login(pandadoc: Pandadoc, pandadoc_emulator: Emulator, token: Token) -> None:
    pandadoc_emulator.revoke_all()
    assert_one_line(pandadoc("status"), 1, "invalid_grant", "run: pandadoc login")
    offline = pandadoc("status", "--offline")
    assert (offline.returncode, offline.stderr) == (1, "")
    assert "token:   needs consent" in offline.stdout


@pytest.mark.parametrize("command", [["status"], ["status", "--offline"], ["token"], ["refresh"]])
def test_without_a_token_one_is_told_to_log_in(pandadoc: Pandadoc, command: list[str]) -> None:
    assert_one_line(pandadoc(*command, "--key", "acme"), 1, "'acme'", "run: pandadoc login")


def test_what_the_server_says_of_a_person_cannot_steer_a_terminal(
    pandadoc: Pandadoc, pandadoc_emulator: Emulator, token: Token
) -> None:
    body = json.dumps({"email": "a\x1b[2Jb\n", "first_name": None, "workspace": 5})
    pandadoc_emulator.faults.add(Fault("status", path=MEMBERS, status=200, body=body))
    result = pandadoc("status")
    assert (result.returncode, result.stderr) == (0, "")
    assert "account: a [2Jb\n" in result.stdout


# -- token, refresh, logout ------------------------------------------------------------------------------------------


def test_token_prints_the_access_token_and_nothing_else(
    pandadoc: Pandadoc, pandadoc_emulator: Emulator, token: Token
) -> None:
    result = pandadoc("token", PANDADOC_CLIENT_ID="", PANDADOC_CLIENT_SECRET="")  # not needed for a valid one
    assert (result.returncode, result.stdout, result.stderr) == (0, f"{token.access_token}\n", "")
    assert len(pandadoc_emulator.journal) == 0


def test_token_refreshes_one_that_is_over(
    pandadoc: Pandadoc, pandadoc_emulator: Emulator, file_store: FileTokenStore
) -> None:
    file_store.save("acme", Token.from_response(pandadoc_emulator.issue_token(), 0))
    result = pandadoc("token", "--key", "acme")
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout == f"{pandadoc_emulator.live_pair().access_token}\n"


def test_refresh_brings_the_next_token_and_shows_no_secret(
    pandadoc: Pandadoc, pandadoc_emulator: Emulator, token: Token, file_store: FileTokenStore
) -> None:
    result = pandadoc("refresh")
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout.startswith("Refreshed the token under the key 'default': valid until ")
    pair = pandadoc_emulator.live_pair()
    assert pair.access_token != token.access_token
    assert_no_secret(result.stdout, pair)
    stored = file_store.load()
    assert stored is not None
    assert stored.access_token == pair.access_token
    assert json.loads(pandadoc("refresh", "--json").stdout)["state"] == "valid"


def test_only_force_asks_again_for_a_grant_that_was_refused(
    pandadoc: Pandadoc, pandadoc_emulator: Emulator, token: Token
) -> None:
    refusal = Fault("status", path="/oauth2/access_token", status=400, body='{"error": "invalid_grant"}', times=2)
    pandadoc_emulator.faults.add(refusal)
    assert_one_line(pandadoc("refresh"), 1, "invalid_grant")
    pandadoc_emulator.faults.clear()
    assert_one_line(pandadoc("refresh"), 1, "invalid_grant")
    assert pandadoc("refresh", "--force").returncode == 0


def test_logout_forgets_the_token_and_says_that_it_lives_on(
    pandadoc: Pandadoc, token: Token, file_store: FileTokenStore
) -> None:
    result = pandadoc("logout", PANDADOC_CLIENT_ID="")
    assert (result.returncode, result.stderr) == (0, "")
    assert "no endpoint to revoke it" in result.stdout
    assert file_store.load() is None
    again = pandadoc("logout")
    assert (again.returncode, again.stderr) == (0, "")
    assert again.stdout.startswith("Nothing was stored")


@pytest.mark.parametrize(
    "command",
    [
        ["login"],
        ["status"],
        ["token"],
        ["refresh"],
        ["logout"],
        ["tokens"],
        ["tokens", "list"],
        ["tokens", "refresh-due"],
    ],
    ids=" ".join,
)
def test_every_command_has_help_that_fits_a_narrow_terminal(pandadoc: Pandadoc, command: list[str]) -> None:
    result = pandadoc(*command, "--help", COLUMNS="40")
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout.startswith(f"Usage: pandadoc {' '.join(command)}")


def test_a_store_whose_library_is_missing_is_one_line(
    settings: dict[str, str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "redis", None)
    monkeypatch.delitem(sys.modules, "pandadoc_client.oauth.stores.redis", raising=False)
    assert cli_app.run(["logout", "--store", "redis://:MARKER@127.0.0.1:1/0"]) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert "pandadoc-client[redis]" in line
    assert "MARKER" not in line
