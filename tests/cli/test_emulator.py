"""``pandadoc emulator`` in the foreground, and the command as a whole."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from pandadoc_client import __version__
from pandadoc_client.oauth import OAuthClient

from .conftest import Pandadoc


@contextmanager
def running(*arguments: str) -> Iterator[tuple[subprocess.Popen[str], dict[str, str]]]:
    """Run the emulator, and yield it with the settings that its first line announces."""
    process = subprocess.Popen(
        [sys.executable, "-m", "pandadoc_client.cli", "emulator", "--port", "0", "--json", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        yield process, json.loads(process.stdout.readline())["settings"]
    finally:
        process.kill()
        process.communicate()


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_it_serves_until_it_is_told_to_end(ending: signal.Signals) -> None:
    with running() as (process, settings):
        with (
            OAuthClient(
                settings["PANDADOC_CLIENT_ID"], settings["PANDADOC_CLIENT_SECRET"], host=settings["PANDADOC_HOST"]
            ) as client,
            pytest.raises(Exception, match="invalid_grant"),
        ):
            client.exchange_code("no-such-code")
        process.send_signal(ending)
        output, errors = process.communicate(timeout=20)
        assert (process.returncode, output, errors) == (0, "", "")


def test_its_options_are_those_of_the_emulator(tmp_path: Path) -> None:
    script = tmp_path / "faults.json"
    script.write_text('[{"kind": "status", "path": "/public/v1/members/current", "status": 418}]')
    options = ["--client", "a:b@http://localhost:5000/cb", "--api-key", "k", "--faults", str(script)]
    with running(*options, "--rotation", "fork", "--token-lifetime", "60") as (_, settings):
        assert settings["PANDADOC_CLIENT_ID"] == "a"
        assert settings["PANDADOC_REDIRECT_URI"] == "http://localhost:5000/cb"
        answers = [
            httpx.get(f"{settings['PANDADOC_HOST']}/public/v1/members/current", headers={"Authorization": "API-Key k"})
            for _ in range(2)
        ]
        assert [answer.status_code for answer in answers] == [418, 200]


def test_it_remembers_what_was_created_in_a_file(tmp_path: Path) -> None:
    options = ["--state", str(tmp_path / "state.db"), "--seed-data", "--seed", "x", "--processing-delay", "0"]
    found = []
    for _ in range(2):
        with running(*options) as (process, settings):
            with httpx.Client(
                base_url=f"{settings['PANDADOC_HOST']}/public/v1", headers={"Authorization": "API-Key emulator-api-key"}
            ) as client:
                people = [{"email": "a@example.com"}]
                created = client.post(
                    "/documents", json={"name": "A", "url": "https://e.example/", "recipients": people}
                )
                assert created.status_code == 201
                found.append({one["id"] for one in client.get("/documents?count=100").json()["results"]})
            process.kill()
            process.wait()
    assert len(found[0]) == 9
    assert len(found[1] - found[0]) == 1
    assert found[0] < found[1]


def test_examples_are_there_for_who_wants_them() -> None:
    with running("--mode", "examples") as (_, settings):
        url = f"{settings['PANDADOC_HOST']}/public/v1/documents/anything"
        assert httpx.get(url, headers={"Authorization": "API-Key emulator-api-key"}).json()["id"] == "anything"


def test_a_state_file_in_use_is_one_line(pandadoc: Pandadoc, tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    with running("--state", str(path)):
        result = pandadoc("emulator", "--port", "0", "--state", path)
    assert (result.returncode, result.stdout) == (1, "")
    (line,) = result.stderr.splitlines()
    assert f"{path} is in use by another emulator" in line


def test_without_json_it_prints_settings_to_paste() -> None:
    command = [sys.executable, "-m", "pandadoc_client.cli", "emulator", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(4)]
        process.terminate()
    assert lines[0].startswith("PandaDoc emulator at http://127.0.0.1:")
    assert lines[2].startswith("export PANDADOC_HOST=http://127.0.0.1:")


@pytest.mark.parametrize(
    ("arguments", "status", "word"),
    [
        (["--client", "MARKER"], 2, "client"),
        (["--rotation", "sideways"], 2, "sideways"),
        (["--faults", "nowhere.json"], 2, "nowhere.json"),
        (["--host", "0.0.0.0"], 2, "--allow-remote"),
        (["--latency", "-1"], 2, "latency"),
        (["--mode", "dream"], 2, "dream"),
        (["--mode", "examples", "--state", "x.db"], 2, "state_file"),
        (["--processing-delay", "-1"], 2, "processing_delay"),
        (["--webhook-delay", "-1"], 2, "webhook_delays"),
        (["--rate-limits", "some"], 2, "some"),
    ],
)
def test_a_wrong_option_is_one_line(pandadoc: Pandadoc, arguments: list[str], status: int, word: str) -> None:
    result = pandadoc("emulator", "--port", "0", *arguments)
    assert result.returncode == status
    (line,) = result.stderr.splitlines()
    assert word in line
    assert "MARKER" not in line


@pytest.mark.parametrize("command", ["emulator", "demo"])
def test_a_busy_port_is_one_line(pandadoc: Pandadoc, command: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        result = pandadoc(command, "--port", port)
    assert (result.returncode, result.stdout) == (1, "")
    (line,) = result.stderr.splitlines()
    assert f"port {port} is in use" in line


def test_the_version_and_the_help(pandadoc: Pandadoc) -> None:
    assert pandadoc("--version").stdout == f"pandadoc {__version__}\n"
    for command in ([], ["demo"], ["emulator"], ["auth"], ["auth", "url"], ["auth", "exchange"], ["auth", "request"]):
        result = pandadoc(*command, "--help", COLUMNS="40")
        assert (result.returncode, result.stderr) == (0, "")
        assert result.stdout.startswith("Usage: pandadoc")


def test_a_reader_that_has_gone_is_no_error_message() -> None:
    read, write = os.pipe()
    os.close(read)
    command = [sys.executable, "-m", "pandadoc_client.cli", "--help"]
    result = subprocess.run(command, stdout=write, stderr=subprocess.PIPE, text=True, check=False)
    os.close(write)
    assert result.stderr == ""


def test_it_begins_with_imported_templates(tmp_path: Path) -> None:
    for name in ("Lease", "Sublease"):
        (tmp_path / f"{name}.json").write_text(json.dumps({"id": name, "name": name}))
    with running("--import", str(tmp_path)) as (_, settings):
        headers = {"Authorization": f"API-Key {settings['PANDADOC_API_KEY']}"}
        answer = httpx.get(f"{settings['PANDADOC_HOST']}/public/v1/templates", headers=headers, trust_env=False)
    assert {item["id"] for item in answer.json()["results"]} == {"Lease", "Sublease"}
