"""``http_client=``: a client of httpx of the user's sends the calls: its transport, proxies, mounts and event hooks."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from pandadoc_client import ApiClient, AsyncApiClient, AsyncPandaDoc, Configuration, PandaDoc
from pandadoc_client.emulator import Emulator
from pandadoc_client.exceptions import ApiConnectionError, ApiTimeoutError, ApiTypeError, NotFoundException
from pandadoc_client.oauth import MemoryTokenStore, Token

from .faults import ok, scripted

pytestmark = pytest.mark.httpx_only  # the client that sends is the test's

Handler = Callable[[httpx.Request], httpx.Response]
HOST = "https://api.example"


def member(request: httpx.Request) -> httpx.Response:
    return httpx.Response(200, json={"email": request.url.path})


class World:
    """Clients of one world, and how to use them."""

    def __init__(self, name: str) -> None:
        self.is_async = name == "asyncio"

    def http_client(
        self, handler: Handler | None = None, hook: Callable[[Any], None] | None = None, **given: Any
    ) -> Any:
        async def async_hook(request: httpx.Request) -> None:
            assert hook is not None
            hook(request)

        if handler is not None:
            given["transport"] = httpx.MockTransport(handler)
        if hook is not None:
            given["event_hooks"] = {"request": [async_hook if self.is_async else hook]}
        return httpx.AsyncClient(**given) if self.is_async else httpx.Client(**given)

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


@pytest.fixture(params=["blocking", "asyncio"])
def clients(request: pytest.FixtureRequest) -> World:
    return World(request.param)


def test_a_mock_transport_answers_a_users_tests(clients: World) -> None:
    assert clients.call(clients.http_client(member)).email == "/public/v1/members/current"
    assert clients.call(clients.http_client(member), front=False) == {"email": "/x"}


def test_an_error_of_a_mock_transport_is_the_packages(clients: World) -> None:
    with pytest.raises(NotFoundException):
        clients.call(clients.http_client(lambda _: httpx.Response(404, json={})))

    def refuse(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("no way")

    def wait(request: httpx.Request) -> httpx.Response:
        raise httpx.ReadTimeout("too long")

    with pytest.raises(ApiConnectionError, match="no way"):
        clients.call(clients.http_client(refuse), retries=0)
    with pytest.raises(ApiTimeoutError):
        clients.call(clients.http_client(wait), retries=0)


def test_retries_are_the_packages(clients: World) -> None:
    seen: list[int] = []

    def busy_at_first(request: httpx.Request) -> httpx.Response:
        seen.append(1)
        return httpx.Response(503, headers={"Retry-After": "0"}) if len(seen) == 1 else member(request)

    assert clients.call(clients.http_client(busy_at_first)).email
    assert len(seen) == 2


def test_event_hooks_and_mounts_are_used_and_the_clients_headers_cookies_and_auth_are_not(clients: World) -> None:
    hooked: list[httpx.Request] = []
    http_client = clients.http_client(
        hook=hooked.append,
        mounts={"https://api.example": httpx.MockTransport(member)},
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

    def elsewhere(request: httpx.Request) -> httpx.Response:
        seen.append(request.url.host)
        return httpx.Response(302, headers={"Location": "https://elsewhere.example"})

    with pytest.raises(Exception, match="302"):
        clients.call(clients.http_client(elsewhere, follow_redirects=True))
    assert seen == ["api.example"]


def test_the_client_stays_open_and_a_closed_one_is_an_error(clients: World) -> None:
    with scripted([ok("right")]) as server:
        if clients.is_async:

            async def main() -> None:
                async with httpx.AsyncClient() as http_client:
                    for _ in range(2):
                        assert (await clients._call(http_client, server.url, True, {})).email == "right"
                with pytest.raises(ApiConnectionError, match="closed"):
                    await clients._call(http_client, server.url, True, {})

            asyncio.run(main())
        else:
            with httpx.Client() as http_client:
                for _ in range(2):
                    assert clients.call(http_client, server.url).email == "right"
            with pytest.raises(ApiConnectionError, match="closed"):
                clients.call(http_client, server.url)
    assert server.connections == 1


def test_proxies_of_the_client_are_used(clients: World) -> None:
    with scripted([ok("by the proxy")]) as server:
        if clients.is_async:

            async def main() -> Any:
                async with httpx.AsyncClient(proxy=server.url) as http_client:
                    return await clients._call(http_client, "http://api.example", True, {"allow_insecure": True})

            found = asyncio.run(main())
        else:
            with httpx.Client(proxy=server.url) as http_client:
                found = clients.call(http_client, "http://api.example", allow_insecure=True)
    assert found.email == "by the proxy"
    assert server.requests == 1


def test_a_client_of_the_other_world_is_refused(clients: World) -> None:
    other = World("blocking" if clients.is_async else "asyncio").http_client(member)
    wanted = "httpx.AsyncClient" if clients.is_async else "httpx.Client"
    for front in (True, False):
        with pytest.raises(ApiTypeError, match=f"http_client must be an {wanted}, not"):
            clients.call(other, front=front)
        with pytest.raises(ApiTypeError, match="not str"):
            clients.call("client", front=front)


def test_refreshes_of_a_token_store_go_over_the_client(
    pandadoc_emulator: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PANDADOC_CLIENT_ID", pandadoc_emulator.client_id)
    monkeypatch.setenv("PANDADOC_CLIENT_SECRET", pandadoc_emulator.client_secret)
    seen: list[str] = []

    def record(request: httpx.Request) -> None:
        seen.append(request.url.path)

    store = MemoryTokenStore()
    issued = {**pandadoc_emulator.issue_token(), "expires_in": 0}
    store.save("default", Token.from_response(issued, datetime.now(UTC)))
    with (
        httpx.Client(event_hooks={"request": [record]}) as http_client,
        PandaDoc(token_store=store, host=pandadoc_emulator.url, http_client=http_client) as pd,
    ):
        assert pd.members.details_current_member().email
    assert seen == ["/oauth2/access_token", "/public/v1/members/current"]
