"""The outcomes of all cases under both SDKs, from one run."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from pandadoc_client.emulator import Emulator

from .cases import CASES
from .harness import Pair, run_both
from .support import Call, call_async, call_sync


@pytest.fixture(scope="session")
def outcomes() -> Mapping[str, Pair]:
    return run_both(CASES)


@pytest.fixture
def emulator(pandadoc_emulator: Emulator) -> Emulator:
    """A fresh emulator, by the name that these tests use."""
    return pandadoc_emulator


@pytest.fixture(params=[call_sync, call_async], ids=["sync", "async"])
def call(request: pytest.FixtureRequest) -> Call:
    """A call of the API, in either world."""
    chosen: Call = request.param
    return chosen
