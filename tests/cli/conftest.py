"""Run the command line as a program, against an emulator."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from pandadoc_client.emulator import Emulator

from ..programs import run_module

Pandadoc = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(autouse=True)
def home(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty home folder: whoever runs the tests has settings of their own, which nothing here reads or writes."""
    home = tmp_path_factory.mktemp("home")
    for name in ("HOME", "LOCALAPPDATA"):
        monkeypatch.setenv(name, str(home))
    for name in ("XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_RUNTIME_DIR", "PANDADOC_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    return home


@pytest.fixture
def settings(pandadoc_emulator: Emulator) -> dict[str, str]:
    """The environment of somebody who uses the emulator."""
    return {
        "PANDADOC_HOST": pandadoc_emulator.url,
        "PANDADOC_CLIENT_ID": pandadoc_emulator.client_id,
        "PANDADOC_CLIENT_SECRET": pandadoc_emulator.client_secret,
        "PANDADOC_REDIRECT_URI": "http://127.0.0.1:8765/callback",
    }


@pytest.fixture
def pandadoc(settings: dict[str, str], tmp_path: Path) -> Pandadoc:
    """A function that runs ``pandadoc`` with its arguments; keywords are further variables of the environment."""

    def run(*arguments: object, stdin: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("PANDADOC_")}
        return run_module(
            "pandadoc_client.cli",
            *map(str, arguments),
            stdin=stdin,
            cwd=tmp_path,
            environment={**inherited, "COLUMNS": "200", **settings, **environment},
        )

    return run
