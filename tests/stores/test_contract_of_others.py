"""The contract suite over a store of somebody else's: it finds what is wrong there, and only that."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

_TESTS = """
import functools
import pytest
from pandadoc_client.oauth.stores.file import FileTokenStore
from pandadoc_client.oauth.stores.memory import MemoryTokenStore
from pandadoc_client.oauth.stores.testing import SharedTokenStoreContract, TokenStoreContract
from dbm_store import DbmStore

class TestDbm(SharedTokenStoreContract):
    @pytest.fixture
    def make_store(self, tmp_path):
        return functools.partial(DbmStore, tmp_path / "tokens")

class TestFile(SharedTokenStoreContract):
    @pytest.fixture
    def make_store(self, tmp_path):
        return functools.partial(FileTokenStore, tmp_path / "tokens.json")

class TestMemory(TokenStoreContract):
    @pytest.fixture
    def make_store(self):
        return MemoryTokenStore

class TestNothing(TokenStoreContract):
    pass
"""


def run(tmp_path: Path, *arguments: str) -> tuple[str, dict[str, list[str]]]:
    """Run the suite as a user does, in a folder of their own; return the output, and the tests by their outcome."""
    (tmp_path / "test_stores.py").write_text(_TESTS)
    (tmp_path / "dbm_store.py").write_text((Path(__file__).with_name("dbm_store.py")).read_text())
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    command = [sys.executable, "-m", "pytest", "-q", "-rA", "-p", "no:cacheprovider", *arguments, "test_stores.py"]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    result = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=300)
    outcomes: dict[str, list[str]] = {}
    for line in result.stdout.splitlines():
        word, _, rest = line.partition(" ")
        if word in ("PASSED", "FAILED", "ERROR"):
            outcomes.setdefault(word, []).append(rest.partition(" - ")[0])
    return result.stdout, outcomes


def test_a_store_whose_writes_are_not_atomic_is_rejected(tmp_path: Path) -> None:
    output, outcomes = run(tmp_path, "-k", "TestDbm and (killed or loaded or revision or lock)")
    failed = outcomes.pop("FAILED")
    assert any("killed_in_a_change" in name for name in failed)
    assert [name for name in failed if "killed" not in name] == [], "all else is right"
    assert len(outcomes["PASSED"]) > 10
    assert "killed at step" in output


def test_a_store_that_keeps_the_contract_passes(tmp_path: Path) -> None:
    _, outcomes = run(tmp_path, "-k", "TestFile and (killed or forked) or TestMemory and saved")
    assert set(outcomes) == {"PASSED"}
    assert any("TestFile" in name for name in outcomes["PASSED"])
    assert any("TestMemory" in name for name in outcomes["PASSED"])


def test_a_suite_without_its_fixture_says_what_is_missing(tmp_path: Path) -> None:
    output, outcomes = run(tmp_path, "-k", "TestNothing and repr")
    assert set(outcomes) == {"ERROR"}
    assert "TestNothing needs a fixture make_store" in output
