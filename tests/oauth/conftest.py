"""Fixtures for the tests of the OAuth wrapper."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from .support import (
    CLIENT_ID,
    CLIENT_SECRET,
    Blocking,
    BlockingAsync,
    MakeClient,
    RecordingServer,
    make_async,
    make_sync,
)


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the settings of whoever runs the tests out of them."""
    for name in ("CLIENT_ID", "CLIENT_SECRET", "REDIRECT_URI", "HOST", "REGION"):
        monkeypatch.delenv(f"PANDADOC_{name}", raising=False)


@pytest.fixture
def server() -> Iterator[RecordingServer]:
    with RecordingServer() as running:
        yield running


@pytest.fixture(params=["sync", "async"])
def make(request: pytest.FixtureRequest, server: RecordingServer) -> Iterator[MakeClient]:
    """Make a client, sync in one run of the test and async in the other, of the recording server by default."""
    with ExitStack() as stack:

        def make_one(**options: Any) -> Blocking:
            settings = {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET, "host": server.url, "retries": 0}
            client = (make_sync if request.param == "sync" else make_async)(**(settings | options))
            stack.callback(client.dispose if isinstance(client, BlockingAsync) else client.close)
            return client

        yield make_one


@pytest.fixture
def client(make: MakeClient) -> Blocking:
    return make()
