"""Spoiled documents: neither script raises, and the generator loses no operation."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings

from .conftest import FIXTURES
from .mutation import mutated

EVERYTHING = yaml.safe_load((FIXTURES / "everything.yaml").read_text())
CHECKS = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]


@given(document=mutated(EVERYTHING))
@settings(max_examples=60, deadline=None, suppress_health_check=CHECKS)
def test_the_generator_refuses_in_one_line_or_loses_nothing(
    command: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, document: Any
) -> None:
    monkeypatch.setattr(command, "_try_to_import", lambda *_: None)  # a process each; the other tests import
    spec = tmp_path / "spec.json"
    spec.write_text(json.dumps(document))
    status = command.main(["--spec", str(spec), "--output", str(tmp_path / "out")])
    shown = capsys.readouterr()
    if status:
        assert shown.err.startswith("generate: "), shown.err
    else:
        counts = re.search(r"operations: (\d+) in, (\d+) out", shown.out)
        assert counts is not None
        assert counts[1] == counts[2]
