"""The outcomes of all cases under both SDKs, from one run."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from .cases import CASES
from .harness import Pair, run_both


@pytest.fixture(scope="session")
def outcomes() -> Mapping[str, Pair]:
    return run_both(CASES)
