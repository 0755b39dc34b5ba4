"""Fixtures for the tests of the token lifecycle."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from pandadoc_client.emulator import Emulator
from pandadoc_client.oauth import MemoryTokenStore, OAuthClient

from .support import open_client


@pytest.fixture
def emulator(pandadoc_emulator: Emulator) -> Emulator:
    return pandadoc_emulator


@pytest.fixture
def client(emulator: Emulator) -> Iterator[OAuthClient]:
    with open_client(emulator) as client:
        yield client


@pytest.fixture
def store() -> MemoryTokenStore:
    return MemoryTokenStore()
