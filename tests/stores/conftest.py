"""Fixtures for the tests of the stores."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from pandadoc_client.oauth.stores.base import TokenStore

from .kinds import KINDS, Kind, OpenStore


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> Kind:
    """Each kind of store in turn."""
    return KINDS[request.param]


@pytest.fixture
def place(kind: Kind, request: pytest.FixtureRequest) -> OpenStore:
    """What opens a store, for another process; who opens one here closes it."""
    return kind.prepare(request)


@pytest.fixture
def open_store(kind: Kind, place: OpenStore) -> Iterator[OpenStore]:
    """What opens a store that is closed after the test; the same one each time if that is all there can be."""
    with ExitStack() as stack:
        if kind.in_memory:
            only = stack.enter_context(place())
            yield lambda: only
        else:
            yield lambda: stack.enter_context(place())


@pytest.fixture
def store(open_store: OpenStore) -> TokenStore:
    return open_store()
