"""What ``pandadoc emulator`` prints, pasted into a shell; and an emulator on another machine, as in a container."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from .conftest import Pandadoc

CLI = f"{sys.executable} -m pandadoc_client.cli"
SECONDS = 60
BROWSER = """
import html, re, sys
from urllib.parse import urljoin
import httpx

with httpx.Client(follow_redirects=True, trust_env=False) as browser:
    page = browser.get(sys.argv[1])
    action = html.unescape(re.search(r'<form method="post" action="([^"]*)"', page.text).group(1))
    end = browser.post(urljoin(str(page.url), action), data={"decision": sys.argv[2]})
    assert end.status_code == 200, end.text
"""


@contextmanager
def emulator(*arguments: str) -> Iterator[list[str]]:
    """Run ``pandadoc emulator``, and yield what it prints, up to the last setting."""
    command = [sys.executable, "-m", "pandadoc_client.cli", "emulator", "--port", "0", *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        try:
            assert process.stdout is not None
            yield [process.stdout.readline() for _ in range(1 if "--json" in arguments else 7)]
        finally:
            process.terminate()


@pytest.mark.skipif(os.name != "posix", reason="a shell of POSIX")
@pytest.mark.parametrize("client", [(), ("--client", "my-app:my-secret@http://localhost/cb")])
@pytest.mark.parametrize(("decision", "status"), [("approve", 0), ("deny", 1)])
def test_what_the_emulator_prints_is_enough_to_log_in(
    tmp_path: Path, decision: str, status: int, client: tuple[str, ...]
) -> None:
    browser = tmp_path / "browser.py"
    browser.write_text(BROWSER)
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PANDADOC_")}
    kept["BROWSER"] = f"{sys.executable} {browser} %s {decision}"
    with emulator(*client) as printed:
        pasted = "".join(line for line in printed if line.startswith("export "))
        assert pasted.count("export ") == 5
        store = f"export PANDADOC_TOKEN_STORE=file:{tmp_path / 'tokens.json'}\n"
        login = subprocess.run(
            ["sh", "-e", "-c", f"{pasted}{store}{CLI} login --timeout 30"],
            env=kept,
            capture_output=True,
            text=True,
            timeout=SECONDS,
        )
        assert login.returncode == status, login.stderr
        if decision == "approve":
            assert login.stdout.startswith("Logged in as Ada Panda <ada.panda@example.com>")
            shown = subprocess.run(
                ["sh", "-e", "-c", f"{pasted}{store}{CLI} status --json"],
                env=kept,
                capture_output=True,
                text=True,
                timeout=SECONDS,
            )
            assert shown.returncode == 0, shown.stderr
        else:
            assert not login.stdout
            assert len(login.stderr.splitlines()[-1]) > 0


@contextmanager
def elsewhere() -> Iterator[str]:
    """Run an emulator that other machines can reach, and yield a URL of it that is not loopback."""
    with emulator("--host", "0.0.0.0", "--allow-remote", "--allowed-host", "emulator", "--json") as printed:
        settings = json.loads(printed[0])["settings"]
        assert settings["PANDADOC_HOST"].startswith("http://emulator:")
        yield f"http://0.0.0.0:{settings['PANDADOC_HOST'].rpartition(':')[2]}"


@pytest.mark.skipif(sys.platform != "linux", reason="where 0.0.0.0 leads to this machine")
def test_plain_http_to_another_machine_must_be_permitted(pandadoc: Pandadoc) -> None:
    with elsewhere() as url:
        arguments = ["api", "list-contacts", "--json", "--host", url, "--api-key", "emulator-api-key"]
        refused = pandadoc(*arguments)
        assert refused.returncode == 2
        assert json.loads(refused.stdout)["error"]["type"] == "usage"
        assert "--allow-insecure or PANDADOC_ALLOW_INSECURE=1" in refused.stderr
        for allowed in (pandadoc(*arguments, "--allow-insecure"), pandadoc(*arguments, PANDADOC_ALLOW_INSECURE="1")):
            assert allowed.returncode == 0, allowed.stderr
            assert json.loads(allowed.stdout) == {"results": []}
            (warning,) = allowed.stderr.splitlines()
            assert warning.startswith("pandadoc: warning: plain http to 0.0.0.0: tokens and keys")
        wrong = pandadoc(*arguments, PANDADOC_ALLOW_INSECURE="please")
        assert (wrong.returncode, len(wrong.stderr.splitlines())) == (2, 1)
        assert "PANDADOC_ALLOW_INSECURE must be 1 or 0" in wrong.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="where 0.0.0.0 leads to this machine")
def test_an_emulator_for_other_machines_says_that_it_is_well_and_nothing_more() -> None:
    with elsewhere() as url:
        assert httpx.get(f"{url}/_emulator/health", trust_env=False).json() == {"status": "ok"}
        assert httpx.get(f"{url}/_emulator/journal", trust_env=False).status_code == 404
