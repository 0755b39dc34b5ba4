"""Fixtures for the tests of the emulator."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from pandadoc_client.emulator import Emulator

from .support import Caller, Clock


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def start(clock: Clock) -> Iterator[Callable[..., Caller]]:
    """Start an emulator with these options, on the test's clock, and return a caller of it."""
    with ExitStack() as stack:

        def start_one(**options: Any) -> Caller:
            caller = Caller(stack.enter_context(Emulator(clock=clock, **options)))
            stack.callback(caller.close)
            return caller

        yield start_one


@pytest.fixture
def caller(start: Callable[..., Caller]) -> Caller:
    """A caller of an emulator with default options."""
    return start()
