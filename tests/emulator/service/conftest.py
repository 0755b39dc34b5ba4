"""Fixtures for the tests of the emulator's memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack
from typing import Any

import pytest

from pandadoc_client.emulator import Emulator, EmulatorMode, EmulatorOptions

from .receiver import Receiver
from .support import Api


@pytest.fixture
def begin(
    lend_emulator: Callable[[EmulatorOptions], AbstractContextManager[Emulator]],
) -> Iterator[Callable[..., Api]]:
    """Run an emulator that remembers, with these options, and return a caller of it."""
    with ExitStack() as stack:

        def begin_one(**options: Any) -> Api:
            api = Api(stack.enter_context(lend_emulator(EmulatorOptions(**{"mode": EmulatorMode.STATE, **options}))))
            stack.callback(api.close)
            return api

        yield begin_one


@pytest.fixture
def api(begin: Callable[..., Api]) -> Api:
    """A caller of an emulator that remembers."""
    return begin()


@pytest.fixture
def seeded(begin: Callable[..., Api]) -> Api:
    """A caller of an emulator that begins with data."""
    return begin(seed_data=True)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A receiver of webhooks."""
    with Receiver() as running:
        yield running
