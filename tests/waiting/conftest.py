"""Both worlds."""

from __future__ import annotations

import pytest

from ..files.support import World


@pytest.fixture(params=["blocking", "asyncio"])
def world(request: pytest.FixtureRequest) -> World:
    return World(request.param)
