"""The image and the compose example: what can be checked without an engine that builds them."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
CONTAINERFILE = ROOT / "Containerfile"
COMPOSE = ROOT / "examples" / "compose" / "compose.yaml"
SECONDS = 60


def instructions() -> list[tuple[str, str]]:
    """Return the instructions of the Containerfile with their arguments, continued lines joined."""
    text = re.sub(r"^#.*\n", "", CONTAINERFILE.read_text(encoding="utf-8"), flags=re.MULTILINE).replace("\\\n", " ")
    pairs = (line.partition(" ") for line in text.splitlines() if line.strip())
    return [(name, " ".join(rest.split())) for name, _, rest in pairs]


def last(name: str) -> str:
    return [rest for found, rest in instructions() if found == name][-1]


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(COMPOSE.read_text(encoding="utf-8"))
    return loaded


@pytest.fixture(scope="module")
def port(compose: dict[str, Any]) -> Iterator[int]:
    """The port of an emulator that runs with the command of the image and the arguments of the compose file."""
    entry: list[str] = json.loads(last("ENTRYPOINT"))
    assert entry[0] == "pandadoc"
    arguments = [*entry[1:], *compose["services"]["emulator"]["command"]]
    arguments[arguments.index("8000")] = "0"
    state = arguments.index("/data/state.db")
    del arguments[state - 1 : state + 1]
    command = [sys.executable, "-m", "pandadoc_client.cli", *arguments, "--json"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    with process:
        try:
            assert process.stdout is not None
            settings = json.loads(process.stdout.readline())["settings"]
            host = compose["services"]["program"]["environment"]["PANDADOC_HOST"]
            assert settings["PANDADOC_HOST"].rpartition(":")[0] == host.rpartition(":")[0]
            yield int(settings["PANDADOC_HOST"].rpartition(":")[2])
        finally:
            process.terminate()


def test_the_image_is_built_in_stages_from_a_pinned_base_and_runs_as_nobody_special() -> None:
    bases = [rest.split()[0] for name, rest in instructions() if name == "FROM"]
    assert len(bases) == 2
    assert all(re.fullmatch(r"docker\.io/library/python:\d+\.\d+-slim-\w+", base) for base in bases)
    assert int(last("USER")) > 0
    for source in " ".join(rest for name, rest in instructions() if name == "COPY" and "--from" not in rest).split():
        assert source.startswith("./") or (ROOT / source).exists(), source


def test_what_is_copied_is_not_ignored() -> None:
    ignored = (ROOT / ".containerignore").read_text(encoding="utf-8")
    assert ignored == (ROOT / ".dockerignore").read_text(encoding="utf-8"), "one for either engine"
    kept = {line[1:] for line in ignored.splitlines() if line.startswith("!")}
    copied = [rest.split()[:-1] for name, rest in instructions() if name == "COPY" and "--from" not in rest]
    assert {source for sources in copied for source in sources} == kept


def test_the_health_check_passes_while_it_runs_and_fails_when_it_does_not(port: int) -> None:
    check: list[str] = json.loads(last("HEALTHCHECK").partition(" CMD ")[2])
    assert check[0] == "python"
    for where, status in ((port, 0), (9, 1)):
        command = [sys.executable, *(part.replace(":8000/", f":{where}/") for part in check[1:])]
        assert subprocess.run(command, capture_output=True, timeout=SECONDS).returncode == status


@pytest.mark.skipif(sys.platform != "linux", reason="where 0.0.0.0 leads to this machine")
def test_the_program_of_the_example_runs_against_it(port: int, compose: dict[str, Any]) -> None:
    program = compose["services"]["program"]
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PANDADOC_")}
    # There is no name `emulator` here; like it, this one is plain http to what is not loopback.
    settings = {**program["environment"], "PANDADOC_HOST": f"http://0.0.0.0:{port}"}
    mounted = program["volumes"][0].partition(":")[0]
    command = [sys.executable, str(COMPOSE.parent / mounted)]
    result = subprocess.run(command, env={**kept, **settings}, capture_output=True, text=True, timeout=SECONDS)
    assert (result.returncode, result.stdout) == (0, "Offer: document.sent\n"), result.stderr
    assert "RuntimeWarning: plain http to 0.0.0.0" in result.stderr


def test_the_program_waits_for_the_emulator(compose: dict[str, Any]) -> None:
    services = compose["services"]
    assert services["program"]["depends_on"] == {"emulator": {"condition": "service_healthy"}}
    for service in services.values():
        assert (
            COMPOSE.parent / service["build"]["context"] / service["build"]["dockerfile"]
        ).resolve() == CONTAINERFILE


def test_the_compose_file_keeps_to_its_schema() -> None:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", str(COMPOSE)]
    result = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS)
    assert result.returncode == 0, result.stdout + result.stderr
