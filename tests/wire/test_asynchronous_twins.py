"""What `AsyncApiClient` and its unread responses have in common with their blocking twins, over real connections."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import anyio
import pytest

from pandadoc_client import ApiClient, AsyncApiClient
from pandadoc_client.exceptions import ApiConnectionError, ApiValueError, NotFoundException
from pandadoc_client.models import MemberDetailsResponse

from .faults import Peer, configured, ok, scripted

MISSING = b"HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\n{}"
BODY = bytes(range(256)) * 1000
LARGE = b"HTTP/1.1 200 OK\r\nX-Mark: here\r\nContent-Length: %d\r\n\r\n" % len(BODY) + BODY

Call = Callable[[Any], Any]

CALLS: dict[str, Call] = {
    "call_api with a query": lambda client: client.call_api(
        "/x/{id}",
        "GET",
        {"id": "a/b"},
        [("tag", ["x", "y"])],
        {"X-Own": "1"},
        response_type=(MemberDetailsResponse,),
        auth_settings=["apiKey"],
        collection_formats={"tag": "multi"},
    ),
    "call_api with a body": lambda client: client.call_api(
        "/x", "POST", body={"a": 1}, response_type=(object,), _return_http_data_only=True
    ),
    "call_api with a form": lambda client: client.call_api(
        "/x",
        "POST",
        header_params={"Content-Type": "application/x-www-form-urlencoded"},
        post_params={"a": "b c"},
        response_type=(object,),
    ),
    "request": lambda client: client.request(
        "POST", f"{client.configuration.host}/y", {"q": "1"}, {"X-Own": "2"}, body={"a": [1]}
    ),
}


def plain(result: Any) -> Any:
    """Return what can be compared of a result."""
    if isinstance(result, tuple):
        return [plain(part) for part in result]
    return getattr(result, "data", None) or (dict(result) if hasattr(result, "items") else result)


@pytest.mark.parametrize("name", CALLS)
@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_the_same_call_is_the_same_request_and_result(name: str, backend: str) -> None:
    received: list[bytes] = []

    def script(peer: Peer) -> None:
        while request := peer.request():
            received.append(request)
            peer.send(ok())

    async def other(url: str) -> Any:
        async with AsyncApiClient(configured(url)) as client:
            return await CALLS[name](client)

    with scripted(script) as server:
        with ApiClient(configured(server.url)) as client:
            expected = CALLS[name](client)
        found = anyio.run(other, server.url, backend=backend)
    assert received[0] == received[1]
    assert plain(found) == plain(expected)


@pytest.mark.parametrize("name", CALLS)
async def test_what_is_no_success_is_raised(name: str) -> None:
    with scripted([MISSING]) as server:
        async with AsyncApiClient(configured(server.url)) as client:
            with pytest.raises(NotFoundException):
                await CALLS[name](client)


async def test_an_asynchronous_client_has_no_threads_for_a_call() -> None:
    with scripted([ok()]) as server:
        async with AsyncApiClient(configured(server.url)) as client:
            with pytest.raises(ApiValueError, match="await the call"):
                await client.call_api("/x", "GET", async_req=True)
        assert server.requests == 0


async def test_an_asynchronous_client_can_be_used_again_after_closing_by_either_name() -> None:
    with scripted([ok()]) as server:
        client = AsyncApiClient(configured(server.url))
        for close in (client.aclose, client.close):
            assert (await client.call_api("/x", "GET", response_type=(object,)))[1] == 200
            await close()


def open_body(client: Any) -> Any:
    return client.call_api("/x", "GET", _preload_content=False)


async def drain(parts: Any) -> list[bytes]:
    return [part async for part in parts]


async def test_an_unread_response_is_read_by_size_into_a_buffer_and_to_its_end() -> None:
    with scripted([LARGE]) as server:
        async with AsyncApiClient(configured(server.url)) as client, await open_body(client) as response:
            assert response.readable()
            assert (response.getheader("x-mark"), response.getheader("no", "none")) == ("here", "none")
            assert response.getheaders() == response.headers
            first = await response.read(100_000)
            buffer = bytearray(1000)
            size = await response.readinto(buffer)
            assert first == BODY[:100_000]
            assert 0 < size <= 1000
            rest = await response.read()
            assert first + bytes(buffer[:size]) + rest == BODY
            with pytest.raises(ApiValueError, match="read before"):
                await response.read(1)


async def test_reading_by_size_is_empty_at_the_end() -> None:
    with scripted([LARGE]) as server:
        async with AsyncApiClient(configured(server.url)) as client, await open_body(client) as response:
            assert await response.read(len(BODY) + 1) == BODY
            assert await response.read(1) == b""
            assert await response.readinto(bytearray(1)) == 0


async def test_a_stream_has_parts_of_the_size_at_the_most() -> None:
    with scripted([LARGE]) as server:
        async with AsyncApiClient(configured(server.url)) as client, await open_body(client) as response:
            parts = await drain(response.stream(1000))
            assert b"".join(parts) == BODY
            assert max(map(len, parts)) == 1000


async def test_data_is_the_whole_body_however_often_it_is_awaited() -> None:
    with scripted([LARGE]) as server:
        async with AsyncApiClient(configured(server.url)) as client:
            response = await open_body(client)
            assert not inspect.iscoroutine(response.data)  # to look at it must not warn of what is not awaited
            assert await response.data == BODY
            assert await response.data == BODY
            await response.release_conn()
            assert await response.data == BODY
            with pytest.raises(ApiValueError):
                await response.read()


@pytest.mark.parametrize("close", ["close", "aclose", "release_conn"])
async def test_a_response_that_is_closed_cannot_be_read(close: str) -> None:
    with scripted([LARGE]) as server:
        async with AsyncApiClient(configured(server.url)) as client:
            response = await open_body(client)
            assert await response.read(10) == BODY[:10]
            await getattr(response, close)()
            for name, argument in (("read", 10), ("readinto", bytearray(10)), ("read", -1)):
                with pytest.raises(ApiValueError, match="closed"):
                    await getattr(response, name)(argument)


async def test_a_body_that_broke_off_is_no_end_for_who_reads_on() -> None:
    def script(peer: Peer) -> None:
        peer.request()
        peer.send(LARGE[:1000])

    with scripted(script) as server:
        async with AsyncApiClient(configured(server.url)) as client, await open_body(client) as response:
            for _ in range(2):
                with pytest.raises(ApiConnectionError):
                    await response.read(len(BODY))


async def test_a_plain_request_can_be_left_unread() -> None:
    with scripted([LARGE]) as server:
        async with AsyncApiClient(configured(server.url)) as client:
            response: Any = await client.request("GET", f"{server.url}/x", _preload_content=False)
            async with response:
                assert await response.read() == BODY
