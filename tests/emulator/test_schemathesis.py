"""Schemathesis asks the emulator what a machine can think of: valid requests, broken ones, wrong methods."""

from __future__ import annotations

import copy
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from pandadoc_client.emulator import Emulator, EmulatorMode, EmulatorOptions

from ..contract import CONTRACT

METHODS = {"get", "post", "put", "patch", "delete"}


def as_answered() -> dict[str, Any]:
    """The contract, with a 400 for every operation: the vendor's document names it for half of them."""
    contract = copy.deepcopy(CONTRACT)
    for item in contract["paths"].values():
        for method in METHODS:
            if method in item:
                item[method]["responses"].setdefault("400", {"description": "The request is not valid."})
    return contract


# Of a path with a query string, Schemathesis expects the methods of that string alone; HTTP knows methods of a path.
# A form without named parts makes it invent names that no header can carry.
CONFIGURATION = """
[[operations]]
include-path-regex = '\\?'
checks.allow_header_conformance.enabled = false
checks.unsupported_method.enabled = false

[[operations]]
include-operation-id = "createDocumentAttachmentFromFileUpload"
checks.allow_header_conformance.enabled = false
checks.unsupported_method.enabled = false
checks.positive_data_acceptance.enabled = false
"""


TOKEN_ENDPOINT = "/oauth2/access_token"
HALF = "/documents"
"""In the paths of about half of the operations: all of them take longer than a test may on a slow machine."""


@pytest.fixture
def pandadoc_emulator_options() -> EmulatorOptions:
    """An emulator to which any identifier is good."""
    return EmulatorOptions(mode=EmulatorMode.EXAMPLES)


@pytest.mark.parametrize("way", ["--include-path-regex", "--exclude-path-regex"])
def test_every_operation_does_what_its_description_says(tmp_path: Path, pandadoc_emulator: Emulator, way: str) -> None:
    emulator, contract = pandadoc_emulator, as_answered()
    (tmp_path / "contract.yaml").write_text(yaml.safe_dump(contract), encoding="utf-8")
    (tmp_path / "schemathesis.toml").write_text(CONFIGURATION, encoding="utf-8")
    command = [
        *(sys.executable, "-c", "from schemathesis.cli import schemathesis; schemathesis()"),
        *("--config-file", "schemathesis.toml"),
        *("run", "contract.yaml", "--url", emulator.url, "-H", f"Authorization: API-Key {emulator.api_key}"),
        # The token endpoint answers by RFC 6749 and not by the contract's rules; it has tests of its own.
        *("--exclude-path", TOKEN_ENDPOINT),
        *(way, HALF),
        *("--phases", "examples,coverage,fuzzing", "--max-examples", "5"),
        *("--generation-deterministic", "--no-color"),
    ]
    result = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=600)
    assert result.returncode == 0, result.stdout + result.stderr
    chosen = [path for path in contract["paths"] if bool(re.search(HALF, path)) == (way == "--include-path-regex")]
    operations = sum(len(contract["paths"][path].keys() & METHODS) for path in chosen if path != TOKEN_ENDPOINT)
    assert operations > 50
    assert re.search(rf"Tested:\s+{operations}\b", result.stdout), result.stdout
