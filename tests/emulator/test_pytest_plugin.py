"""The pytest plugin, in a pytest of its own: works, can be configured, and is harmless without the extra."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pandadoc_client

ROOT = Path(pandadoc_client.__file__).parents[1]


def run_pytest(
    folder: Path, test: str, prelude: str = "", options: tuple[str, ...] = ()
) -> subprocess.CompletedProcess[str]:
    (folder / "test_it.py").write_text(test, encoding="utf-8")
    (folder / "pytest.ini").write_text("[pytest]\nfilterwarnings = error\n", encoding="utf-8")
    script = f"{prelude}\nimport sys, pytest\nsys.exit(pytest.main(sys.argv[1:]))"
    # Without autoload, the plugin is loaded once, whether or not the package is installed with its entry point.
    environment = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTHONPATH": str(ROOT)}
    arguments = ["-p", "pandadoc_client.emulator.pytest_plugin", "-p", "no:cacheprovider", "-q", "test_it.py", *options]
    return subprocess.run(
        [sys.executable, "-c", script, *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
    )


def test_each_test_gets_a_fresh_emulator(tmp_path: Path) -> None:
    result = run_pytest(
        tmp_path,
        """
import urllib.request

def ask(emulator):
    with urllib.request.urlopen(emulator.url) as response:
        assert response.status == 200
    assert [entry.sequence for entry in emulator.journal] == [1]

def test_one(pandadoc_emulator):
    ask(pandadoc_emulator)

def test_two(pandadoc_emulator):
    ask(pandadoc_emulator)
    assert pandadoc_emulator.options.rotation == "strict"
""",
    )
    assert "2 passed" in result.stdout, result.stdout + result.stderr


def test_the_options_can_be_overridden(tmp_path: Path) -> None:
    result = run_pytest(
        tmp_path,
        """
import pytest
from pandadoc_client.emulator import EmulatorOptions, RotationMode

@pytest.fixture
def pandadoc_emulator_options():
    return EmulatorOptions(rotation=RotationMode.FORK, token_lifetime=60)

def test_it(pandadoc_emulator):
    assert pandadoc_emulator.options.rotation == "fork"
    assert pandadoc_emulator.issue_token()["expires_in"] == 60
""",
    )
    assert "1 passed" in result.stdout, result.stdout + result.stderr


def test_without_the_extra_only_who_asks_for_the_fixture_fails(tmp_path: Path) -> None:
    result = run_pytest(
        tmp_path,
        """
def test_other():
    pass

def test_it(pandadoc_emulator):
    pass
""",
        prelude="import sys; sys.modules['starlette'] = sys.modules['uvicorn'] = None",
    )
    assert "1 passed, 1 error" in result.stdout, result.stdout + result.stderr
    assert "pip install 'pandadoc-client[emulator]'" in result.stdout
    assert "Traceback" not in result.stdout


ASKS = """
import json, urllib.request
import pytest

def ask(emulator):
    request = urllib.request.Request(emulator.url + "/public/v1/contacts")
    request.add_header("Authorization", "API-Key " + emulator.api_key)
    with urllib.request.urlopen(request) as response:
        return json.load(response)

def test_one(pandadoc_emulator):
    pandadoc_emulator.responses.add("list_contacts", {"results": ["scripted"]})
    assert ask(pandadoc_emulator) == {"results": ["scripted"]}

@pytest.mark.parametrize("name", ["a b", "a-b"])
def test_two(pandadoc_emulator, name):
    assert ask(pandadoc_emulator) == {"results": []}
"""


def test_each_test_has_a_recording_of_its_own_and_is_played_it_back(tmp_path: Path) -> None:
    recorded = run_pytest(tmp_path, ASKS, options=("--pandadoc-record", "kept"))
    assert "3 passed" in recorded.stdout, recorded.stdout + recorded.stderr
    files = sorted(path.name for path in (tmp_path / "kept").iterdir())
    assert files[0] == "test_it.py-test_one.jsonl"
    assert len(files) == 3
    unscripted = ASKS.replace("    pandadoc_emulator.responses.add", "    # ")
    played = run_pytest(tmp_path, unscripted, options=("--pandadoc-replay", "kept"))
    assert "3 passed" in played.stdout, played.stdout + played.stderr
    (tmp_path / "kept" / files[0]).unlink()
    missing = run_pytest(tmp_path, ASKS, options=("--pandadoc-replay", "kept"))
    assert "2 passed, 1 error" in missing.stdout, missing.stdout + missing.stderr
    assert "there is no recording of this test" in missing.stdout


def test_recording_and_replaying_at_once_is_refused(tmp_path: Path) -> None:
    result = run_pytest(tmp_path, ASKS, options=("--pandadoc-replay", "a", "--pandadoc-record", "a"))
    assert result.returncode == 4
    assert "--pandadoc-record and --pandadoc-replay cannot both be given" in result.stderr
