"""The pytest plugin, in a pytest of its own: works, can be configured, and is harmless without the extra."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pandadoc_client

ROOT = Path(pandadoc_client.__file__).parents[1]


def run_pytest(folder: Path, test: str, prelude: str = "") -> subprocess.CompletedProcess[str]:
    (folder / "test_it.py").write_text(test, encoding="utf-8")
    (folder / "pytest.ini").write_text("[pytest]\nfilterwarnings = error\n", encoding="utf-8")
    script = f"{prelude}\nimport sys, pytest\nsys.exit(pytest.main(sys.argv[1:]))"
    # Without autoload, the plugin is loaded once, whether or not the package is installed with its entry point.
    environment = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTHONPATH": str(ROOT)}
    arguments = ["-p", "pandadoc_client.emulator.pytest_plugin", "-p", "no:cacheprovider", "-q", "test_it.py"]
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
