"""What a response with an unread body does when it is read twice, read after its end, closed, or cut off."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest

from pandadoc_client import ApiClient, AsyncApiClient
from pandadoc_client.api.members_api import AsyncMembersApi, MembersApi
from pandadoc_client.exceptions import ApiConnectionError, ApiValueError, OpenApiException
from pandadoc_client.results import streamed

from .faults import Peer, configured, ok, scripted


async def opened(client: AsyncApiClient) -> Any:
    api: Any = AsyncMembersApi(client)  # whose types do not tell of a response that is not read
    return await api.details_current_member(_preload_content=False)


async def read(response: Any) -> None:
    await response.read()


async def iterate(response: Any) -> None:
    async for _ in response.stream():
        pass


async def begin(response: Any) -> None:
    parts = response.stream()
    await anext(parts)
    await parts.aclose()


@pytest.mark.parametrize("first", [read, iterate, begin])
@pytest.mark.parametrize("again", [read, iterate])
async def test_reading_an_asynchronous_response_again_is_an_error_of_this_package(first: Any, again: Any) -> None:
    with scripted([ok()]) as server:
        async with AsyncApiClient(configured(server.url)) as client:
            response = await opened(client)
            await first(response)
            for _ in range(2):
                with pytest.raises(ApiValueError, match="read") as caught:
                    await again(response)
                assert isinstance(caught.value, OpenApiException)
            await response.aclose()


@pytest.mark.parametrize("again", [read, iterate])
async def test_reading_an_asynchronous_response_that_is_closed_is_an_error_of_this_package(again: Any) -> None:
    with scripted([ok()]) as server:
        async with AsyncApiClient(configured(server.url)) as client:
            response = await opened(client)
            await response.aclose()
            await response.aclose()
            with pytest.raises(ApiValueError, match="closed"):
                await again(response)


def test_a_blocking_response_reads_as_empty_after_its_end_and_as_closed_after_closing() -> None:
    with scripted([ok()]) as server, ApiClient(configured(server.url)) as client:
        response = streamed(MembersApi(client).details_current_member)()
        assert response.read()
        assert response.read() == b""
        assert list(response.stream()) == []
        response.close()
        with pytest.raises(ValueError, match="closed"):
            response.read()


@pytest.mark.parametrize("world", ["blocking", "asyncio"])
@pytest.mark.parametrize("how", ["is cut off", "is reset"])
def test_a_body_that_breaks_off_is_an_error_of_this_package_each_time(world: str, how: str) -> None:
    def script(peer: Peer) -> None:
        peer.request()
        peer.send(ok("x" * 1000)[:300])
        if how == "is reset":
            peer.reset()

    async def other(url: str) -> None:
        async with AsyncApiClient(configured(url)) as client:
            response = await opened(client)
            with pytest.raises(ApiConnectionError):
                await response.read()
            with pytest.raises(OpenApiException):
                await response.read()
            await response.aclose()

    with scripted(script) as server:
        if world == "asyncio":
            asyncio.run(other(server.url))
            return
        with ApiClient(configured(server.url)) as client:
            response = streamed(MembersApi(client).details_current_member)()
            with pytest.raises(ApiConnectionError):
                response.read()
            assert response.read() == b""
            response.close()


async def test_an_error_in_closing_a_response_does_not_replace_it(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    # No server can make httpx fail in closing at will, so it is made to.
    close = httpx.Response.aclose

    async def failing(self: httpx.Response) -> None:
        await close(self)
        raise RuntimeError("secret")

    with scripted([ok()]) as server:
        async with AsyncApiClient(configured(server.url)) as client:
            monkeypatch.setattr(httpx.Response, "aclose", failing)
            response = await opened(client)
            await response.aclose()
    assert "RuntimeError" in caplog.text
    assert "secret" not in caplog.text
