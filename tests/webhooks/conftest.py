"""Fixtures for the tests of the webhooks."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from pandadoc_client.oauth import TokenStore
from pandadoc_client.webhooks import EventDeduplicator

from ..stores.conftest import open_store, place, store
from ..stores.kinds import KINDS, Kind
from .support import MODULE, Clock

__all__ = ["USED_KINDS", "open_store", "place", "store"]

USED_KINDS = ("memory", "file", "sqlite", "sqlite-memory", "postgresql", "mariadb", "redis", "encrypted-sqlite")


@pytest.fixture(params=USED_KINDS)
def kind(request: pytest.FixtureRequest) -> Kind:
    """Each kind of store in turn whose engine makes a difference here."""
    return KINDS[request.param]


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The clock of all deduplicators of this process."""
    clock = Clock()
    monkeypatch.setattr(f"{MODULE}._now", clock.now)
    return clock


@pytest.fixture(autouse=True)
def no_pruning_by_chance(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a deduplicator prune at its 50th claim, and not somewhere before."""
    monkeypatch.setattr(f"{MODULE}.random", SimpleNamespace(randrange=lambda _: 1))


@pytest.fixture
def deduplicator(store: TokenStore) -> EventDeduplicator:
    return EventDeduplicator(store)
