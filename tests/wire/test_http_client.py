"""``http_client=``: a client of httpx or httpx2 of the user's sends the calls: transport, proxies, mounts, hooks."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import httpx2
import pytest

from pandadoc_client import ApiClient, AsyncApiClient, AsyncPandaDoc, Configuration, PandaDoc
from pandadoc_client.emulator import Emulator
from pandadoc_client.exceptions import (
    ApiConnectionError,
    ApiTimeoutError,
    ApiTypeError,
    NotFoundException,
    OpenApiException,
)
from pandadoc_client.oauth import MemoryTokenStore, Token
from pandadoc_client.types import DocumentCreateRequestDict

from .faults import ok, scripted

pytestmark = pytest.mark.httpx_only  # the client that sends is the test's

Handler = Callable[[Any], Any]
HOST = "https://api.example"


class Parts(httpx.SyncByteStream, httpx.AsyncByteStream, httpx2.SyncByteStream, httpx2.AsyncByteStream):
    """A body that comes in parts, for either library and world."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    def __iter__(self) -> Iterator[bytes]:
        yield self._data

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield self._data


class World:
    """Clients of one library and one world, and how to use them."""

    def __init__(self, library: Any, name: str) -> None:
        self.library = library
        self.is_async = name == "asyncio"

    def member(self, request: Any) -> Any:
        return self.library.Response(200, json={"email": request.url.path})

    def http_client(
        self, handler: Handler | None = None, hook: Callable[[Any], None] | None = None, **given: Any
    ) -> Any:
        async def async_hook(request: Any) -> None:
            assert hook is not None
            hook(request)

        if handler is not None:
            given["transport"] = self.library.MockTransport(handler)
        if hook is not None:
            given["event_hooks"] = {"request": [async_hook if self.is_async else hook]}
        return self.library.AsyncClient(**given) if self.is_async else self.library.Client(**given)

    def call(self, http_client: Any, host: str = HOST, front: bool = True, **given: Any) -> Any:
        """Make a call with a client that is closed after it, and return its result."""
        if self.is_async:
            return asyncio.run(self._call(http_client, host, front, given))
        if front:
            with PandaDoc(api_key="key", host=host, http_client=http_client, **given) as pd:
                return pd.members.details_current_member()
        with ApiClient(Configuration(host), http_client=http_client, **given) as client:
            return client.call_api("/x", "GET", response_type=(object,), _return_http_data_only=True)

    async def _call(self, http_client: Any, host: str, front: bool, given: Any) -> Any:
        if front:
            async with AsyncPandaDoc(api_key="key", host=host, http_client=http_client, **given) as pd:
                return await pd.members.details_current_member()
        async with AsyncApiClient(Configuration(host), http_client=http_client, **given) as client:
            return await client.call_api("/x", "GET", response_type=(object,), _return_http_data_only=True)


@pytest.fixture(params=[httpx, httpx2], ids=["httpx", "httpx2"])
def library(request: pytest.FixtureRequest) -> Any:
    return request.param


@pytest.fixture(params=["blocking", "asyncio"])
def clients(request: pytest.FixtureRequest, library: Any) -> World:
    return World(library, request.param)


def test_a_mock_transport_answers_a_users_tests(clients: World) -> None:
    assert clients.call(clients.http_client(clients.member)).email == "/public/v1/members/current"
    assert clients.call(clients.http_client(clients.member), front=False) == {"email": "/x"}


def test_an_error_of_a_mock_transport_is_the_packages(clients: World) -> None:
    with pytest.raises(NotFoundException):
        clients.call(clients.http_client(lambda _: clients.library.Response(404, json={})))

    def refuse(request: Any) -> Any:
        raise clients.library.ConnectError("no way")

    def wait(request: Any) -> Any:
        raise clients.library.ReadTimeout("too long")

    with pytest.raises(ApiConnectionError, match="no way"):
        clients.call(clients.http_client(refuse), retries=0)
    with pytest.raises(ApiTimeoutError):
        clients.call(clients.http_client(wait), retries=0)


def test_retries_are_the_packages(clients: World) -> None:
    seen: list[int] = []

    def busy_at_first(request: Any) -> Any:
        seen.append(1)
        return (
            clients.library.Response(503, headers={"Retry-After": "0"}) if len(seen) == 1 else clients.member(request)
        )

    assert clients.call(clients.http_client(busy_at_first)).email
    assert len(seen) == 2


def test_event_hooks_and_mounts_are_used_and_the_clients_headers_cookies_and_auth_are_not(clients: World) -> None:
    hooked: list[Any] = []
    http_client = clients.http_client(
        hook=hooked.append,
        mounts={"https://api.example": clients.library.MockTransport(clients.member)},
        headers={"X-Own": "1", "User-Agent": "mine"},
        cookies={"a": "b"},
        auth=("user", "pass"),
        follow_redirects=True,
    )
    assert clients.call(http_client).email
    (request,) = hooked
    assert request.headers["Authorization"] == "API-Key key"
    assert request.headers["User-Agent"].startswith("pandadoc-client/")
    assert not {"x-own", "cookie"} & set(request.headers)


def test_redirects_are_not_followed(clients: World) -> None:
    seen: list[str] = []

    def elsewhere(request: Any) -> Any:
        seen.append(request.url.host)
        return clients.library.Response(302, headers={"Location": "https://elsewhere.example"})

    with pytest.raises(Exception, match="302"):
        clients.call(clients.http_client(elsewhere, follow_redirects=True))
    assert seen == ["api.example"]


def test_the_client_stays_open_and_a_closed_one_is_an_error(clients: World) -> None:
    with scripted([ok("right")]) as server:
        if clients.is_async:

            async def main() -> None:
                async with clients.library.AsyncClient() as http_client:
                    for _ in range(2):
                        assert (await clients._call(http_client, server.url, True, {})).email == "right"
                with pytest.raises(ApiConnectionError, match="closed"):
                    await clients._call(http_client, server.url, True, {})

            asyncio.run(main())
        else:
            with clients.library.Client() as http_client:
                for _ in range(2):
                    assert clients.call(http_client, server.url).email == "right"
            with pytest.raises(ApiConnectionError, match="closed"):
                clients.call(http_client, server.url)
    assert server.connections == 1


def test_proxies_of_the_client_are_used(clients: World) -> None:
    with scripted([ok("by the proxy")]) as server:
        if clients.is_async:

            async def main() -> Any:
                async with clients.library.AsyncClient(proxy=server.url) as http_client:
                    return await clients._call(http_client, "http://api.example", True, {"allow_insecure": True})

            found = asyncio.run(main())
        else:
            with clients.library.Client(proxy=server.url) as http_client:
                found = clients.call(http_client, "http://api.example", allow_insecure=True)
    assert found.email == "by the proxy"
    assert server.requests == 1


def test_what_a_hook_of_the_client_has_read_is_the_response(clients: World) -> None:
    def hook(response: Any) -> None:
        response.read()

    async def async_hook(response: Any) -> None:
        await response.aread()

    packed = gzip.compress(b'{"email": "read"}')
    http_client = clients.http_client(
        lambda _: clients.library.Response(200, headers={"Content-Encoding": "gzip"}, stream=Parts(packed))
    )
    http_client.event_hooks = {"response": [async_hook if clients.is_async else hook]}
    assert clients.call(http_client).email == "read"


@pytest.mark.parametrize("reading", ["raise_for_status", "iter_bytes"])
def test_what_a_hook_of_the_client_raises_is_an_error_of_the_package(clients: World, reading: str) -> None:
    def hook(response: Any) -> None:
        if reading == "raise_for_status":
            response.raise_for_status()
        elif not clients.is_async:
            list(response.iter_bytes())

    async def async_hook(response: Any) -> None:
        hook(response)
        if reading == "iter_bytes":
            _ = [part async for part in response.aiter_bytes()]

    answer = b'{"email": "read"}'
    http_client = clients.http_client(lambda _: clients.library.Response(400, stream=Parts(answer)))
    http_client.event_hooks = {"response": [async_hook if clients.is_async else hook]}
    with pytest.raises(OpenApiException):
        clients.call(http_client, retries=0)


def test_a_packed_body_is_unpacked_once(clients: World) -> None:
    packed = gzip.compress(b'{"email": "packed"}')
    http_client = clients.http_client(
        lambda _: clients.library.Response(200, headers={"Content-Encoding": "gzip"}, stream=Parts(packed))
    )
    assert clients.call(http_client).email == "packed"


def test_files_go_both_ways_in_parts(clients: World, pandadoc_emulator: Emulator, tmp_path: Path) -> None:
    source, target = tmp_path / "order.pdf", tmp_path / "saved.pdf"
    source.write_bytes(b"%PDF-1.7\n" + b"0123456789abcdef" * 20_000)
    order: DocumentCreateRequestDict = {"name": "Order", "recipients": [{"email": "ada@example.com", "role": "user"}]}
    access: Any = {"api_key": pandadoc_emulator.api_key, "host": pandadoc_emulator.url}

    async def asynchronous() -> None:
        async with (
            clients.library.AsyncClient() as http_client,
            AsyncPandaDoc(**access, http_client=http_client) as pd,
        ):
            sent = await pd.documents.create_and_send(order, file=source)
            await pd.documents.save_document(str(sent.id), target)

    if clients.is_async:
        asyncio.run(asynchronous())
    else:
        with clients.library.Client() as http_client, PandaDoc(**access, http_client=http_client) as pd:
            pd.documents.save_document(str(pd.documents.create_and_send(order, file=source).id), target)
    assert target.read_bytes().startswith(b"%PDF")
    (upload,) = [one for one in pandadoc_emulator.journal if one.method == "POST" and len(one.body) > 320_000]
    assert upload.status == 201


def test_a_host_that_is_not_there_was_sent_nothing(clients: World) -> None:
    with scripted([]) as server:
        gone = server.url

    async def asynchronous() -> None:
        async with clients.library.AsyncClient() as http_client:
            await clients._call(http_client, gone, True, {"retries": 0})

    def blocking() -> None:
        with clients.library.Client() as http_client:
            clients.call(http_client, gone, retries=0)

    with pytest.raises(ApiConnectionError) as caught:
        asyncio.run(asynchronous()) if clients.is_async else blocking()
    assert caught.value.request_sent is False


def test_a_client_of_the_other_world_is_refused(clients: World) -> None:
    other = World(clients.library, "blocking" if clients.is_async else "asyncio").http_client(clients.member)
    name = "AsyncClient" if clients.is_async else "Client"
    for front in (True, False):
        with pytest.raises(ApiTypeError, match=f"http_client must be an httpx.{name} or an httpx2.{name}, not"):
            clients.call(other, front=front)
        with pytest.raises(ApiTypeError, match="not str"):
            clients.call("client", front=front)


def test_refreshes_of_a_token_store_go_over_the_client(
    pandadoc_emulator: Emulator, monkeypatch: pytest.MonkeyPatch, library: Any
) -> None:
    monkeypatch.setenv("PANDADOC_CLIENT_ID", pandadoc_emulator.client_id)
    monkeypatch.setenv("PANDADOC_CLIENT_SECRET", pandadoc_emulator.client_secret)
    seen: list[str] = []

    def record(request: Any) -> None:
        seen.append(request.url.path)

    store = MemoryTokenStore()
    issued = {**pandadoc_emulator.issue_token(), "expires_in": 0}
    store.save("default", Token.from_response(issued, datetime.now(UTC)))
    with (
        library.Client(event_hooks={"request": [record]}) as http_client,
        PandaDoc(token_store=store, host=pandadoc_emulator.url, http_client=http_client) as pd,
    ):
        assert pd.members.details_current_member().email
    assert seen == ["/oauth2/access_token", "/public/v1/members/current"]
