"""The vendor's distribution and ours in one environment."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(folder), str(ROOT)]), "HOME": str(folder)}
    environment.pop("PANDADOC_TOKEN_STORE", None)
    command = [sys.executable, *arguments]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=60)


# The vendor's own distribution would overwrite this package: its metadata is what is looked for.
@pytest.fixture(params=["pandadoc_python_client-6.2.0.dist-info", "pandadoc_python_client-6.2.0-py3.11.egg-info"])
def folder(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    (tmp_path / request.param).mkdir()
    return tmp_path


def test_importing_beside_the_vendors_distribution_warns_once_and_says_how_to_mend_it(folder: Path) -> None:
    result = run(folder, "-c", "import pandadoc_client, pandadoc_client.api_client; import pandadoc_client")
    assert result.returncode == 0
    assert result.stderr.count("RuntimeWarning: pandadoc-python-client is installed beside pandadoc-client") == 1
    assert "pip uninstall -y pandadoc-python-client pandadoc-client, then pip install pandadoc-client" in result.stderr


def test_without_it_nothing_is_said(tmp_path: Path) -> None:
    (tmp_path / "pandadoc_client-0.1.0.dist-info").mkdir()
    (tmp_path / "pandadoc_python_client_extras-1.0.dist-info").mkdir()
    assert run(tmp_path, "-W", "error", "-c", "import pandadoc_client").stderr == ""


def test_status_names_the_vendors_distribution(folder: Path) -> None:
    save = (
        "from pandadoc_client.oauth import Token, token_store; token_store('file:t.json').save('default', Token('a'))"
    )
    assert run(folder, "-c", save).returncode == 0
    result = run(folder, "-m", "pandadoc_client.cli", "status", "--offline", "--store", "file:t.json")
    assert "warning: pandadoc-python-client is installed beside pandadoc-client" in result.stdout
    assert "pip uninstall -y" in result.stdout
