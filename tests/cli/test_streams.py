"""Standard streams that are closed or full, prompts on a terminal, and Ctrl-C."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from pandadoc_client.emulator import Emulator

COMMAND = (sys.executable, "-m", "pandadoc_client.cli")
TOKEN_PATH = "/oauth2/access_token"

Terminal = Callable[[list[str], bytes], tuple[int, str]]


def environment(settings: dict[str, str], **more: str) -> dict[str, str]:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("PANDADOC_")}
    return {**inherited, **settings, **more}


@pytest.fixture
def on_a_terminal(settings: dict[str, str]) -> Terminal:
    """A function that runs ``pandadoc`` on a terminal of its own and types something when it is asked."""
    pytest.importorskip("pty")

    def run(arguments: list[str], typed: bytes) -> tuple[int, str]:
        # A process of its own, because forking one that has threads is unsafe; `pty.fork` gives a controlling terminal.
        # Python notices a Ctrl-C in the instant before `input` waits at the next key only: it is typed again.
        program = (
            "import os, pty, select, sys\n"
            "pid, terminal = pty.fork()\n"
            f"if not pid: os.execv(sys.executable, {[*COMMAND, *arguments]!r})\n"
            "shown, asked = b'', False\n"
            "while True:\n"
            "    while not select.select([terminal], [], [], 5)[0]:\n"
            f"        if asked and {typed!r} == b'\\x03': os.write(terminal, b'\\x03')\n"
            "    try: data = os.read(terminal, 65536)\n"
            "    except OSError: break\n"
            "    if not data: break\n"
            "    shown += data\n"
            "    if (b'not shown' in shown or b'[y/N]' in shown) and not asked:\n"
            f"        asked = bool(os.write(terminal, {typed!r}))\n"
            "sys.stdout.buffer.write(shown)\n"
            "sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))\n"
        )
        result = subprocess.run(
            [sys.executable, "-c", program],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            timeout=60,
            check=False,
            env=environment({"COLUMNS": "100", **settings}, TERM="xterm-256color"),
        )
        assert result.stderr == ""
        return result.returncode, result.stdout

    return run


def unstyled(shown: str) -> str:
    """Return what a terminal got without colours and the like."""
    return re.sub(r"\x1b\[[0-9;]*m", "", shown)


def closing(redirection: str, *arguments: str, settings: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Run ``pandadoc`` from a shell with a redirection such as ``>&-``."""
    script = f'"$@" {redirection}'
    return subprocess.run(
        ["/bin/sh", "-c", script, "sh", *COMMAND, *arguments],
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
        env=environment(settings),
    )


def test_a_closed_output_is_found_before_a_token_is_spent(
    settings: dict[str, str], pandadoc_emulator: Emulator
) -> None:
    refresh_token = str(pandadoc_emulator.issue_token()["refresh_token"])
    result = closing(">&-", "auth", "refresh", refresh_token, "--json", settings=settings)
    assert (result.returncode, result.stderr) == (1, "pandadoc: standard output is closed\n")
    assert pandadoc_emulator.live_pair().refresh_token == refresh_token


def test_with_standard_error_closed_errors_do_not_go_into_the_output(settings: dict[str, str]) -> None:
    result = closing("2>&-", "auth", "nonsense", settings=settings)
    assert (result.returncode, result.stdout) == (2, "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_full_disk_is_one_line(settings: dict[str, str]) -> None:
    result = closing(">/dev/full", "auth", "url", settings=settings)
    assert (result.returncode, result.stderr) == (1, "pandadoc: No space left on device\n")


def test_a_refresh_token_is_asked_for_and_not_shown(on_a_terminal: Terminal, pandadoc_emulator: Emulator) -> None:
    refresh_token = str(pandadoc_emulator.issue_token()["refresh_token"])
    status, shown = on_a_terminal(["auth", "refresh"], refresh_token.encode() + b"\n")
    assert status == 0
    assert "Refresh token (not shown):" in shown
    assert refresh_token not in shown
    # The old one is spent and nothing is stored: whoever stands at the terminal gets to see the new one.
    assert pandadoc_emulator.live_pair().refresh_token in shown


@pytest.mark.parametrize(
    ("typed", "status", "line"),
    [
        (b"\x03", 130, "pandadoc: interrupted"),
        (b"\x04", 2, "pandadoc: no refresh token was entered"),
        (b"\n", 2, "pandadoc: the refresh token: must not be empty"),
    ],
    ids=["Ctrl-C", "Ctrl-D", "Enter"],
)
def test_whoever_is_asked_may_decline(on_a_terminal: Terminal, typed: bytes, status: int, line: str) -> None:
    result, shown = on_a_terminal(["auth", "refresh"], typed)
    assert result == status
    assert line in shown
    assert "Traceback" not in shown


def test_colours_are_for_terminals(on_a_terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert "\x1b[36m" in on_a_terminal(["demo"], b"")[1]
    monkeypatch.setenv("NO_COLOR", "1")
    assert not re.search(r"\x1b\[3[0-9]", on_a_terminal(["demo"], b"")[1])


@pytest.mark.parametrize(
    ("program", "first"), [("range(1e12)", "0\n"), ("1, last(range(1e12))", "1\n")], ids=["results", "no result"]
)
def test_a_program_of_jq_that_does_not_end_prints_what_it_has_and_is_ended_by_ctrl_c(
    settings: dict[str, str], pandadoc_emulator: Emulator, program: str, first: str
) -> None:
    with subprocess.Popen(
        [*COMMAND, "api", "list-documents", "--jq", program],
        stdout=subprocess.PIPE,
        text=True,
        env=environment(settings, PANDADOC_API_KEY=pandadoc_emulator.api_key),
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == first
        process.send_signal(signal.SIGINT)
        process.stdout.close()
    assert process.returncode in (130, -signal.SIGINT)


def test_ctrl_c_ends_a_call_that_waits(settings: dict[str, str]) -> None:
    with Emulator(latency=60) as emulator:
        process = subprocess.Popen(
            [*COMMAND, "auth", "exchange", "some-code"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=environment(settings, PANDADOC_HOST=emulator.url),
        )
        emulator.journal.wait_for(1, 30, path=TOKEN_PATH, arrived=True)
        process.send_signal(signal.SIGINT)
        output, errors = process.communicate(timeout=20)
    # Older releases of click end the line of the terminal's ^C first.
    assert (process.returncode, output, errors.lstrip()) == (130, "", "pandadoc: interrupted\n")
