"""An environment without a credential, and a server that records what comes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ..wire.recording import RecordingServer

VARIABLES = (
    *("PANDADOC_API_KEY", "PANDADOC_ACCESS_TOKEN", "PANDADOC_TOKEN_STORE", "PANDADOC_HOST", "PANDADOC_REGION"),
    *("PANDADOC_CLIENT_ID", "PANDADOC_CLIENT_SECRET", "PANDADOC_REDIRECT_URI"),
)


@pytest.fixture(autouse=True)
def _bare_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No setting of the machine that runs the tests may decide; a person's own tokens are out of reach."""
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def recorder() -> Iterator[RecordingServer]:
    with RecordingServer() as server:
        yield server
