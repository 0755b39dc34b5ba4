"""A server with a list, and a client of either world that reads it to its end."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any

import pytest

from pandadoc_client import AsyncPandaDoc, PandaDoc

from .server import ListServer

Read = Callable[..., Awaitable[list[Any]]]


@pytest.fixture
def server() -> Iterator[ListServer]:
    with ListServer() as running:
        yield running


@pytest.fixture
def pd(server: ListServer) -> Iterator[PandaDoc]:
    with PandaDoc(api_key="key", host=server.url, timeout=20) as client:
        yield client


@pytest.fixture
async def async_pd(server: ListServer) -> AsyncIterator[AsyncPandaDoc]:
    async with AsyncPandaDoc(api_key="key", host=server.url, timeout=20) as client:
        yield client


@pytest.fixture(params=["blocking", "asyncio"])
def read(request: pytest.FixtureRequest, pd: PandaDoc, async_pd: AsyncPandaDoc) -> Read:
    """Iterate with a method of a resource in one of the two worlds, and return the items."""

    async def blocking(resource: str, method: str, *arguments: Any, **named: Any) -> list[Any]:
        return list(getattr(getattr(pd, resource), method)(*arguments, **named))

    async def asynchronous(resource: str, method: str, *arguments: Any, **named: Any) -> list[Any]:
        return [item async for item in getattr(getattr(async_pd, resource), method)(*arguments, **named)]

    return blocking if request.param == "blocking" else asynchronous
