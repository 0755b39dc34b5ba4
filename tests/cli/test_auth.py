"""``pandadoc auth``: what it prints, and the one line that it gives for everything that goes wrong."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from pandadoc_client.emulator import Emulator, Fault
from pandadoc_client.exceptions import OAuthError
from pandadoc_client.oauth import OAuthClient, Token

from .conftest import Pandadoc


def assert_one_line(result: subprocess.CompletedProcess[str], status: int, *words: str) -> None:
    assert result.returncode == status, result.stderr
    (line,) = result.stderr.splitlines()
    assert line.startswith("pandadoc: ")
    for word in words:
        assert word in line
    assert result.stdout == ""


def test_url_prints_the_address_and_the_state(pandadoc: Pandadoc, pandadoc_emulator: Emulator) -> None:
    result = pandadoc("auth", "url")
    assert (result.returncode, result.stderr) == (0, "")
    url, state = result.stdout.splitlines()
    query = parse_qs(urlsplit(url).query)
    assert url.startswith(f"{pandadoc_emulator.authorize_url}?")
    assert query["scope"] == ["read+write"]
    assert state == f"state: {query['state'][0]}"
    document = json.loads(pandadoc("auth", "url", "--state", "mine-0123456789", "--json").stdout)
    assert document["state"] == "mine-0123456789"


def test_a_code_becomes_a_token_masked_in_the_table_and_whole_as_json(
    pandadoc: Pandadoc, pandadoc_emulator: Emulator
) -> None:
    table = pandadoc("auth", "exchange", pandadoc_emulator.issue_code())
    assert (table.returncode, table.stderr) == (0, "")
    pair = pandadoc_emulator.live_pair()
    assert pair.access_token not in table.stdout
    assert pair.refresh_token not in table.stdout
    assert "read+write" in table.stdout
    pandadoc_emulator.revoke_all()
    document = json.loads(pandadoc("auth", "exchange", pandadoc_emulator.issue_code(), "--json").stdout)
    assert document["access_token"] == pandadoc_emulator.live_pair().access_token
    assert Token.from_dict(document).refresh_token == pandadoc_emulator.live_pair().refresh_token


def test_the_whole_callback_is_taken_and_its_state_checked(pandadoc: Pandadoc, pandadoc_emulator: Emulator) -> None:
    url, state = pandadoc("auth", "url").stdout.splitlines()
    callback = httpx.get(f"{url}&auto=approve").headers["location"]
    assert_one_line(pandadoc("auth", "exchange", callback, "--state", "another-0123456789"), 1, "state")
    assert pandadoc("auth", "exchange", callback, "--state", state.removeprefix("state: ")).returncode == 0
    denied = httpx.get(f"{url}&auto=deny").headers["location"]
    assert_one_line(pandadoc("auth", "exchange", denied, "--state", state.removeprefix("state: ")), 1, "access_denied")


@pytest.mark.parametrize("source", ["argument", "standard input", "environment"])
def test_a_refresh_token_is_taken_from_where_one_likes(
    pandadoc: Pandadoc, pandadoc_emulator: Emulator, source: str
) -> None:
    token = str(pandadoc_emulator.issue_token()["refresh_token"])
    result = {
        "argument": lambda: pandadoc("auth", "refresh", token, "--json"),
        "standard input": lambda: pandadoc("auth", "refresh", "-", "--json", stdin=f"{token}\n"),
        "environment": lambda: pandadoc("auth", "refresh", "--json", PANDADOC_REFRESH_TOKEN=token),
    }[source]()
    assert (result.returncode, result.stderr) == (0, "")
    assert json.loads(result.stdout)["refresh_token"] == pandadoc_emulator.live_pair().refresh_token


def test_the_secret_may_come_from_a_file(pandadoc: Pandadoc, pandadoc_emulator: Emulator, tmp_path: Path) -> None:
    path = tmp_path / "secret"
    path.write_text(f"{pandadoc_emulator.client_secret}\n")
    code = pandadoc_emulator.issue_code()
    result = pandadoc("auth", "exchange", code, "--client-secret-file", path, PANDADOC_CLIENT_SECRET="")
    assert (result.returncode, result.stderr) == (0, "")


@pytest.mark.parametrize("name", ["PANDADOC_CLIENT_ID", "PANDADOC_CLIENT_SECRET"])
def test_a_setting_that_is_missing_is_named(pandadoc: Pandadoc, name: str) -> None:
    assert_one_line(pandadoc("auth", "exchange", "MARKER", **{name: ""}), 2, name)


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["auth", "exchange", " MARKER "], "code"),
        (["auth", "exchange", "MARKER", "--host", "http://api.example.com"], "http"),
        (["auth", "exchange", "MARKER", "--host", "nowhere"], "host"),
        (["auth", "refresh", "--nonsense"], "--nonsense"),
        (["auth", "request", "--grant", "password", "--as", "curl"], "password"),
        (["auth", "url", "--redirect-uri", "relative"], "--redirect-uri"),
        (["nonsense"], "nonsense"),
    ],
)
def test_a_wrong_call_is_one_line_and_exit_2(pandadoc: Pandadoc, arguments: list[str], word: str) -> None:
    result = pandadoc(*arguments)
    assert_one_line(result, 2, word)
    assert "MARKER" not in result.stderr


@pytest.mark.parametrize("command", ["exchange", "refresh"])
def test_what_the_server_refuses_is_one_line_and_exit_1(pandadoc: Pandadoc, command: str) -> None:
    result = pandadoc("auth", command, "MARKER-used-before")
    assert_one_line(result, 1, "invalid_grant")
    assert "MARKER" not in result.stderr


def test_a_server_that_fails_is_one_line_and_exit_1(pandadoc: Pandadoc, pandadoc_emulator: Emulator) -> None:
    pandadoc_emulator.faults.add(Fault("bad-gateway", times=None))
    assert_one_line(pandadoc("auth", "exchange", "code"), 1, "502")


def test_nobody_listening_is_one_line_and_exit_1(pandadoc: Pandadoc) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
    assert_one_line(pandadoc("auth", "exchange", "code", "--timeout", "2", PANDADOC_HOST=url), 1, url)


@pytest.mark.parametrize("tool", ["curl", "http", "python", "conductor"])
@pytest.mark.parametrize("grant", ["authorization_code", "refresh_token"])
def test_a_request_shows_secrets_only_if_it_is_told_to(pandadoc: Pandadoc, tool: str, grant: str) -> None:
    secrets = ["--code", "MARKER-c"] if grant == "authorization_code" else ["--refresh-token", "MARKER-r"]
    command = ["auth", "request", "--grant", grant, "--as", tool, *secrets]
    result = pandadoc(*command, PANDADOC_CLIENT_SECRET="MARKER-s")
    assert (result.returncode, result.stderr) == (0, "")
    assert "MARKER" not in result.stdout
    shown = pandadoc(*command, "--show-secrets", PANDADOC_CLIENT_SECRET="MARKER-s")
    assert shown.stdout.count("MARKER") == 2


def ours(secret: str, refresh_token: str) -> bytes:
    """Return the body that the package itself sends."""
    with Emulator() as emulator, OAuthClient(emulator.client_id, secret, host=emulator.url, retries=0) as client:
        with pytest.raises(OAuthError):  # neither is one that the emulator knows
            client.refresh(refresh_token)
        return emulator.journal.token_requests()[0].body


FORM = "application/x-www-form-urlencoded"
ODD_SECRET = "s3cr3t ~*+&=%'\"$`\\é"


@pytest.mark.skipif(
    shutil.which("curl") is None and "CI" not in os.environ, reason="curl is not on this machine; install it"
)
@pytest.mark.parametrize("show", [True, False])
def test_curl_sends_what_the_package_sends_and_no_argument_holds_a_secret(
    pandadoc: Pandadoc, pandadoc_emulator: Emulator, show: bool, tmp_path: Path
) -> None:
    variables = {"PANDADOC_CLIENT_SECRET": ODD_SECRET, "PANDADOC_REFRESH_TOKEN": "refresh"}
    arguments = ["--refresh-token", "refresh", "--show-secrets"] if show else []
    command = pandadoc("auth", "request", "--grant", "refresh_token", "--as", "curl", *arguments, **variables).stdout
    script, path = tmp_path / "command.sh", recording(tmp_path, "curl", "sed")
    script.write_text(command)
    subprocess.run(["sh", script], capture_output=True, check=False, env={"PATH": path, **variables})
    started = (tmp_path / "arguments").read_text()
    assert started.count("curl") == 1
    assert "s3cr3t" not in started
    (entry,) = pandadoc_emulator.journal.token_requests()
    assert entry.form == parse_form(ours(ODD_SECRET, "refresh"))
    assert entry.header("content-type") == FORM
    if show:  # else curl encodes the variables, in its own way
        assert entry.body == ours(ODD_SECRET, "refresh")


def recording(folder: Path, *programs: str) -> str:
    """Return a PATH on which *programs* write down the arguments that any list of processes would show."""
    for name in programs:
        program = folder / name
        program.write_text(f'#!/bin/sh\necho "{name} $*" >> {folder}/arguments\nexec {shutil.which(name)} "$@"\n')
        program.chmod(0o700)
    return f"{folder}:/usr/bin:/bin"


@pytest.mark.skipif(
    shutil.which("curl") is None and "CI" not in os.environ, reason="curl is not on this machine; install it"
)
def test_the_documented_way_to_hand_a_token_to_curl_shows_it_in_no_argument(
    pandadoc: Pandadoc, pandadoc_emulator: Emulator, tmp_path: Path
) -> None:
    token = str(pandadoc_emulator.issue_token()["access_token"])
    (tmp_path / "pandadoc").write_text(f"#!/bin/sh\necho {token}\n")  # as it prints a token that is stored
    (tmp_path / "pandadoc").chmod(0o700)
    path = recording(tmp_path, "curl")
    help_text = pandadoc("token", "--help").stdout
    for page in ("README.md", "docs/oauth.md"):
        text = (Path(__file__).parents[2] / page).read_text(encoding="utf-8")
        (line,) = (line for line in text.splitlines() if line.startswith("printf 'Authorization"))
        command = line.replace("https://api.pandadoc.com", pandadoc_emulator.url)
        subprocess.run(["sh", "-c", command], capture_output=True, check=True, env={"PATH": path}, timeout=30)
        assert pandadoc_emulator.journal.entries[-1].status == 200
    assert token not in (tmp_path / "arguments").read_text()
    assert "-H @-" in help_text
    assert '-H "Authorization' not in help_text


def parse_form(body: bytes) -> dict[str, str]:
    return {name: value for name, (value,) in parse_qs(body.decode(), strict_parsing=True).items()}


def test_the_curl_command_takes_its_secrets_from_the_environment(pandadoc: Pandadoc) -> None:
    command = pandadoc("auth", "request", "--grant", "refresh_token", "--as", "curl").stdout
    assert "--config -" in command
    assert 'client_secret=%s"\\n\' "$(quoted "$PANDADOC_CLIENT_SECRET")"' in command


def test_the_python_snippet_runs(pandadoc: Pandadoc, pandadoc_emulator: Emulator, settings: dict[str, str]) -> None:
    snippet = pandadoc("auth", "request", "--grant", "refresh_token", "--as", "python").stdout
    variables = {**settings, "PANDADOC_REFRESH_TOKEN": str(pandadoc_emulator.issue_token()["refresh_token"])}
    result = subprocess.run([sys.executable, "-c", snippet], capture_output=True, text=True, check=False, env=variables)
    assert (result.returncode, result.stderr) == (0, "")
    assert "scope read+write" in result.stdout


def test_the_conductor_task_has_the_body_that_the_package_sends(pandadoc: Pandadoc) -> None:
    arguments = ["--refresh-token", "refresh", "--show-secrets"]
    result = pandadoc("auth", "request", "--grant", "refresh_token", "--as", "conductor", *arguments)
    task: dict[str, Any] = json.loads(result.stdout)
    request = task["inputParameters"]["http_request"]
    assert (task["type"], request["method"]) == ("HTTP", "POST")
    assert request["contentType"] == FORM
    assert request["body"].encode() == ours("emulator-client-secret", "refresh")
    placeholders = pandadoc("auth", "request", "--grant", "refresh_token", "--as", "conductor").stdout
    assert "client_secret=${workflow." in placeholders


def test_the_http_file_has_the_body_that_the_package_sends(pandadoc: Pandadoc) -> None:
    arguments = ["--refresh-token", "refresh", "--show-secrets"]
    text = pandadoc("auth", "request", "--grant", "refresh_token", "--as", "http", *arguments).stdout
    head, _, body = text.partition("\n\n")
    assert "Content-Type: application/x-www-form-urlencoded" in head
    assert body.strip().encode() == ours("emulator-client-secret", "refresh")
