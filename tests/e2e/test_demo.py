"""The demo, as somebody new runs it."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys

import pytest

from pandadoc_client.cli.demo.command import show
from pandadoc_client.cli.errors import CommandError
from pandadoc_client.emulator import Emulator, Fault

SUMMARY_ROWS = (
    r"authorize.*GET /oauth2/authorize.*302",
    r"callback",
    r"exchange.*POST /oauth2/access_token.*200",
    r"call .*GET /public/v1/members/current.*200",
    r"refresh.*POST /oauth2/access_token.*200",
    r"call again.*GET /public/v1/members/current.*200",
    r"old token.*GET /public/v1/members/current.*401",
    r"subscribe.*POST /public/v1/webhook-subscriptions.*201",
    r"send .*POST /public/v1/documents/\w+/send.*200.*document.sent",
    r"sign .*document.completed",
    r"webhook.*verified",
    r"download.*GET /public/v1/documents/\w+/download.*200.*PDF",
)


def run_demo(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "pandadoc_client.cli", "demo", *arguments],
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
        env={**os.environ, "COLUMNS": "160", **environment},
    )


def test_the_demo_walks_from_consent_to_the_signed_document_and_sums_up() -> None:
    result = run_demo()
    assert (result.returncode, result.stderr) == (0, "")
    _, summary = result.stdout.split("Summary", 1)
    for row in SUMMARY_ROWS:
        assert re.search(row, summary), row


def test_the_demo_needs_nothing_of_the_network_outside() -> None:
    broken = dict.fromkeys(("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "SSLKEYLOGFILE"), "/nowhere/file")
    proxies = dict.fromkeys(("ALL_PROXY", "HTTP_PROXY", "HTTPS_PROXY"), "gopher://proxy.test")
    result = run_demo(**broken, **proxies)
    assert (result.returncode, result.stderr) == (0, "")


def test_the_demo_shows_requests_and_answers_without_a_secret() -> None:
    result = run_demo()
    assert "POST http://127.0.0.1:" in result.stdout
    assert "grant_type=authorization_code&client_id=emulator-client-id&client_secret=***&code=***" in result.stdout
    assert '"access_token": "***"' in result.stdout
    assert "Authorization: Bearer ***" in result.stdout
    assert "emulator-client-secret" not in result.stdout
    # The emulator's codes and tokens are 40 hexadecimal digits; the state is 43 characters of base64.
    assert not re.search(r"[0-9a-f]{32}", result.stdout)
    assert not re.search(r"state=(?!\*\*\*)", result.stdout)


def test_the_demo_as_json_is_one_document() -> None:
    result = run_demo("--json")
    assert (result.returncode, result.stderr) == (0, "")
    document = json.loads(result.stdout)
    assert document["ok"] is True
    assert [step["status"] for step in document["steps"]] == [
        302,
        None,
        200,
        200,
        200,
        200,
        401,
        201,
        200,
        None,
        None,
        200,
    ]
    assert "emulator-client-secret" not in result.stdout
    assert not re.search(r"[0-9a-f]{32}", result.stdout)


@pytest.mark.parametrize("environment", [{"COLUMNS": "40"}, {"LC_ALL": "C", "PYTHONIOENCODING": "ascii"}])
def test_the_demo_runs_in_a_narrow_terminal_and_in_any_encoding(environment: dict[str, str]) -> None:
    result = run_demo(**environment)
    assert (result.returncode, result.stderr) == (0, "")


def test_no_colours_go_into_a_pipe() -> None:
    assert "\x1b[" not in run_demo().stdout


@pytest.mark.parametrize("as_json", [False, True])
def test_a_step_that_fails_is_shown_and_ends_the_demo(as_json: bool, capsys: pytest.CaptureFixture[str]) -> None:
    with Emulator() as emulator:
        emulator.faults.add(Fault("status", status=400, body='{"error": "invalid_grant"}'))
        with pytest.raises(CommandError, match="the step 'exchange' failed: invalid_grant") as caught:
            show(emulator, as_json=as_json)
    assert caught.value.status == 1
    shown = capsys.readouterr().out
    assert json.loads(shown)["ok"] is False if as_json else "FAILED" in shown
