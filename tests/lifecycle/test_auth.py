"""`OAuth2Auth` in clients of httpx and httpx2, and in ours."""

from __future__ import annotations

import asyncio
import copy
import dataclasses
import io
import logging
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from types import ModuleType
from typing import Any

import httpx
import httpx2
import pytest

from pandadoc_client import ApiClient, AsyncApiClient, Configuration
from pandadoc_client.api.members_api import AsyncMembersApi, MembersApi
from pandadoc_client.emulator import Emulator
from pandadoc_client.exceptions import (
    ApiTimeoutError,
    ApiTypeError,
    ReauthorizationRequired,
    UnauthorizedException,
)
from pandadoc_client.oauth import AsyncTokenManager, MemoryTokenStore, OAuth2Auth, OAuthClient, TokenManager
from pandadoc_client.oauth.stores.entry import encode_entry

from .support import MEMBER, issue, open_async_client, refreshes, together


@pytest.fixture(params=[httpx, httpx2], ids=["httpx", "httpx2"])
def library(request: pytest.FixtureRequest) -> Any:
    """A library whose clients take the authentication."""
    return request.param


@pytest.fixture
def manager(emulator: Emulator, client: OAuthClient, store: MemoryTokenStore) -> TokenManager:
    manager = TokenManager(client, store)
    manager.save(issue(emulator))
    return manager


def sent(emulator: Emulator) -> list[str | None]:
    return [entry.header("authorization") for entry in emulator.journal.requests(MEMBER)]


def test_each_request_has_the_token(library: Any, emulator: Emulator, manager: TokenManager) -> None:
    with library.Client(base_url=emulator.url, auth=OAuth2Auth(manager)) as http:
        assert http.get(MEMBER).status_code == 200
    assert sent(emulator) == [f"Bearer {manager.token().access_token}"]


def test_a_401_is_answered_with_a_new_token_once(library: Any, emulator: Emulator, manager: TokenManager) -> None:
    old = manager.token()
    emulator.expire_access_tokens()
    with library.Client(base_url=emulator.url, auth=OAuth2Auth(manager)) as http:
        assert http.get(MEMBER).status_code == 200
    assert sent(emulator) == [f"Bearer {old.access_token}", f"Bearer {manager.token().access_token}"]
    assert refreshes(emulator) == 1


def test_a_401_that_stays_is_returned(library: Any, emulator: Emulator, manager: TokenManager) -> None:
    emulator.faults.add("status", path=MEMBER, status=401, body="{}", times=2)
    with library.Client(base_url=emulator.url, auth=OAuth2Auth(manager)) as http:
        assert http.get(MEMBER).status_code == 401
    assert len(sent(emulator)) == 2
    assert refreshes(emulator) == 1


def test_threads_that_all_get_a_401_share_one_refresh(library: Any, emulator: Emulator, manager: TokenManager) -> None:
    manager.token()
    emulator.expire_access_tokens()
    with library.Client(base_url=emulator.url, auth=OAuth2Auth(manager)) as http:
        assert together(16, lambda: http.get(MEMBER).status_code) == [200] * 16
    assert refreshes(emulator) == 1


@pytest.mark.parametrize("kind", ["blocking", "async"])
async def test_tasks_that_all_get_a_401_share_one_refresh(
    library: Any, emulator: Emulator, client: OAuthClient, store: MemoryTokenStore, kind: str
) -> None:
    store.save("default", issue(emulator))
    emulator.expire_access_tokens()
    async with open_async_client(emulator) as other:
        manager = TokenManager(client, store) if kind == "blocking" else AsyncTokenManager(other, store)
        async with library.AsyncClient(base_url=emulator.url, auth=OAuth2Auth(manager)) as http:
            answers = await asyncio.gather(*(http.get(MEMBER) for _ in range(50)))
    assert [answer.status_code for answer in answers] == [200] * 50
    assert refreshes(emulator) == 1


def test_50_calls_are_under_way_at_the_same_time(library: Any, emulator: Emulator, manager: TokenManager) -> None:
    """The server holds each response back: were there a lock around a call, the others would not be sent."""
    manager.token()
    emulator.faults.add("latency", path=MEMBER, delay=3600, times=None)
    limits = library.Limits(max_connections=None)
    with (
        library.Client(base_url=emulator.url, auth=OAuth2Auth(manager), limits=limits) as http,
        ThreadPoolExecutor(50) as pool,
    ):
        calls = [pool.submit(http.get, MEMBER, timeout=60) for _ in range(50)]
        assert len(emulator.journal.wait_for(50, timeout=50, path=MEMBER, arrived=True)) == 50
        emulator.reset()  # ends them
        assert all(isinstance(call.exception(), library.TransportError) for call in calls)


def refuse_once(emulator: Emulator) -> None:
    """Answer 401 to the next call, whatever its method."""
    emulator.faults.add("status", path=MEMBER, status=401, body="{}")


def generated() -> Iterator[bytes]:
    yield b"{}"


async def generated_async() -> AsyncIterator[bytes]:
    yield b"{}"


BODIES: dict[str, Any] = {
    "generator": lambda: {"content": generated()},
    "file": lambda: {"content": io.BytesIO(b"{}")},
    "multipart": lambda: {"files": {"file": io.BytesIO(b"x")}},
}


@pytest.mark.parametrize("body", list(BODIES))
def test_a_body_that_cannot_be_sent_again_is_not(
    library: Any, emulator: Emulator, manager: TokenManager, caplog: pytest.LogCaptureFixture, body: str
) -> None:
    old = manager.token()
    refuse_once(emulator)
    with library.Client(base_url=emulator.url, auth=OAuth2Auth(manager)) as http:
        with caplog.at_level(logging.WARNING, "pandadoc_client"):
            assert http.post(MEMBER, **BODIES[body]()).status_code == 401
        assert "is not sent again: its body cannot be read twice" in caplog.text
        assert len(sent(emulator)) == 1
        assert http.get(MEMBER).status_code == 200, "the next one has a new token"
    assert manager.token() != old


async def test_an_async_body_that_cannot_be_sent_again_is_not(
    library: Any, emulator: Emulator, manager: TokenManager
) -> None:
    refuse_once(emulator)
    async with library.AsyncClient(base_url=emulator.url, auth=OAuth2Auth(manager)) as http:
        assert (await http.post(MEMBER, content=generated_async())).status_code == 401
    assert len(sent(emulator)) == 1


def test_a_body_in_memory_is_sent_again(library: Any, emulator: Emulator, manager: TokenManager) -> None:
    refuse_once(emulator)
    with library.Client(base_url=emulator.url, auth=OAuth2Auth(manager)) as http:
        http.post(MEMBER, content=b'{"a":1}')
    bodies = [entry.body for entry in emulator.journal.requests(MEMBER)]
    assert bodies == [b'{"a":1}'] * 2


def test_a_dead_grant_comes_out_of_the_request(library: Any, emulator: Emulator, manager: TokenManager) -> None:
    emulator.revoke_all()
    with library.Client(base_url=emulator.url, auth=OAuth2Auth(manager)) as http:
        for _ in range(3):
            with pytest.raises(ReauthorizationRequired):
                http.get(MEMBER)
    assert refreshes(emulator) == 1


@pytest.mark.parametrize("argument", ["auth", "access_token"])
@pytest.mark.parametrize("wrapped", [True, False])
def test_a_configuration_takes_a_manager(
    emulator: Emulator, manager: TokenManager, argument: str, wrapped: bool
) -> None:
    given: Any = OAuth2Auth(manager) if wrapped and argument == "auth" else manager
    settings: dict[str, Any] = {argument: given}
    configuration = Configuration(host=emulator.url, **settings)
    emulator.expire_access_tokens()
    with ApiClient(configuration) as api:
        assert MembersApi(api).details_current_member().email
        assert MembersApi(api).details_current_member().email
    assert [entry.status for entry in emulator.journal.requests(MEMBER)] == [401, 200, 200]
    assert refreshes(emulator) == 1


def test_the_access_token_of_a_configuration_with_a_manager_is_always_valid(
    emulator: Emulator, manager: TokenManager
) -> None:
    configuration = Configuration(host=emulator.url)
    configuration.access_token = manager
    old = configuration.access_token
    assert old is not None
    assert old == manager.token().access_token
    manager.invalidate(old)
    assert configuration.access_token == manager.token().access_token != old
    assert refreshes(emulator) == 1


def test_looking_at_a_configuration_refreshes_nothing(emulator: Emulator, client: OAuthClient) -> None:
    store = MemoryTokenStore()
    store.save("default", issue(emulator, seconds_left=-1))
    configuration = Configuration(host=emulator.url, auth=TokenManager(client, store))
    assert "auth" in repr(configuration)
    configuration.auth_settings()
    assert copy.deepcopy(configuration).auth is configuration.auth
    assert refreshes(emulator) == 0


async def test_the_async_client_takes_a_manager(emulator: Emulator, store: MemoryTokenStore) -> None:
    store.save("default", issue(emulator, seconds_left=-1))
    async with open_async_client(emulator) as client:
        configuration = Configuration(host=emulator.url, auth=AsyncTokenManager(client, store))
        async with AsyncApiClient(configuration) as api:
            members = await asyncio.gather(*(AsyncMembersApi(api).details_current_member() for _ in range(20)))
    assert len({member.email for member in members}) == 1
    assert refreshes(emulator) == 1


def test_a_call_keeps_to_its_timeout_while_a_refresh_is_slow(
    emulator: Emulator, client: OAuthClient, store: MemoryTokenStore
) -> None:
    emulator.faults.add("latency", delay=0.6)
    store.save("default", issue(emulator, seconds_left=-1))
    with ApiClient(Configuration(host=emulator.url, auth=TokenManager(client, store))) as api:
        with pytest.raises(ApiTimeoutError):
            MembersApi(api).details_current_member(_request_timeout=0.1)
        assert MembersApi(api).details_current_member().email
    assert refreshes(emulator) == 1


def test_a_401_that_stays_raises_from_our_client(emulator: Emulator, manager: TokenManager) -> None:
    emulator.faults.add("status", path=MEMBER, status=401, body="{}", times=2)
    with ApiClient(Configuration(host=emulator.url, auth=manager)) as api, pytest.raises(UnauthorizedException):
        MembersApi(api).details_current_member()


@pytest.mark.parametrize("value", ["token", 1, object()])
def test_what_is_no_authentication_is_refused(value: Any) -> None:
    with pytest.raises(ApiTypeError, match=r"^auth must be an httpx\.Auth or a token manager"):
        Configuration(auth=value)
    with pytest.raises(ApiTypeError, match=r"^manager must be a TokenManager or an AsyncTokenManager"):
        OAuth2Auth(value)


@pytest.fixture
def refusing(emulator: Emulator) -> Emulator:
    """An API that responses 401 to whatever token."""
    emulator.faults.add("status", path=MEMBER, status=401, body="{}", times=1000)
    return emulator


def test_an_api_that_refuses_every_token_costs_one_refresh(
    library: Any, refusing: Emulator, manager: TokenManager
) -> None:
    with library.Client(base_url=refusing.url, auth=OAuth2Auth(manager)) as http:
        assert {http.get(MEMBER).status_code for _ in range(10)} == {401}
    assert refreshes(refusing) == 1
    assert len(sent(refusing)) == 11, "a token is not sent twice"


async def test_an_api_that_refuses_every_token_costs_tasks_one_refresh(
    library: Any, refusing: Emulator, store: MemoryTokenStore
) -> None:
    async with open_async_client(refusing) as client:
        manager = AsyncTokenManager(client, store)
        await manager.save(issue(refusing))
        async with library.AsyncClient(base_url=refusing.url, auth=OAuth2Auth(manager)) as http:
            for _ in range(3):
                answers = await asyncio.gather(*(http.get(MEMBER) for _ in range(10)))
                assert {answer.status_code for answer in answers} == {401}
    assert refreshes(refusing) == 1


def test_an_api_that_refuses_every_token_costs_one_refresh_whoever_shares_the_store(
    library: Any, refusing: Emulator, client: OAuthClient, store: MemoryTokenStore, manager: TokenManager
) -> None:
    for asked in (manager, *(TokenManager(client, store) for _ in range(4))):
        with library.Client(base_url=refusing.url, auth=OAuth2Auth(asked)) as http:
            assert {http.get(MEMBER).status_code for _ in range(3)} == {401}
    assert refreshes(refusing) == 1


def test_a_token_that_was_got_for_a_refused_one_is_replaced_on_request(
    library: Any, refusing: Emulator, manager: TokenManager
) -> None:
    with library.Client(base_url=refusing.url, auth=OAuth2Auth(manager)) as http:
        http.get(MEMBER)
        http.get(MEMBER)
    before = manager.token()
    assert manager.refresh() != before
    assert refreshes(refusing) == 2


def test_a_token_that_was_got_for_a_refused_one_is_renewed_once_it_has_some_age(
    library: Any, refusing: Emulator, client: OAuthClient, store: MemoryTokenStore, manager: TokenManager
) -> None:
    with library.Client(base_url=refusing.url, auth=OAuth2Auth(manager)) as http:
        http.get(MEMBER)
    entry, revision = store.read_entry("default")
    assert entry is not None
    assert entry.replaces_rejected
    assert entry.token.received_at is not None
    older = dataclasses.replace(entry.token, received_at=entry.token.received_at - timedelta(minutes=1))
    document = encode_entry(dataclasses.replace(entry, token=older))
    store.write("default", document, expires_at=older.expires_at, expected=revision)
    with library.Client(base_url=refusing.url, auth=OAuth2Auth(TokenManager(client, store))) as http:
        http.get(MEMBER)
    assert refreshes(refusing) == 2


@pytest.mark.parametrize("kind", [TokenManager, AsyncTokenManager])
def test_a_manager_brings_its_authentication_along(
    library: Any,
    kind: type[TokenManager | AsyncTokenManager],
    emulator: Emulator,
    client: OAuthClient,
    store: MemoryTokenStore,
) -> None:
    TokenManager(client, store).save(issue(emulator))
    with library.Client(base_url=emulator.url, auth=kind(client, store).httpx_auth()) as http:
        assert http.get(MEMBER).status_code == 200


def test_anything_that_brings_an_authentication_can_be_configured(emulator: Emulator, manager: TokenManager) -> None:
    class Provider:
        def httpx_auth(self) -> httpx.Auth:
            return OAuth2Auth(manager)

    for configuration in (
        Configuration(emulator.url, auth=Provider()),
        Configuration(emulator.url, access_token=Provider()),
    ):
        with ApiClient(configuration) as api:
            assert MembersApi(api).details_current_member()


def test_it_is_an_authentication_for_httpx2_though_it_was_made_before_that_was_imported() -> None:
    program = """
import sys
from datetime import UTC, datetime
from pandadoc_client.oauth import MemoryTokenStore, OAuth2Auth, OAuthClient, Token, TokenManager

manager = TokenManager(OAuthClient("id", "secret"), MemoryTokenStore())
granted = {"access_token": "access", "refresh_token": "refresh", "expires_in": 3600}
manager.save(Token.from_response(granted, datetime.now(UTC)))
auth = OAuth2Auth(manager)
assert "httpx2" not in sys.modules
import httpx, httpx2
assert isinstance(auth, httpx.Auth) and isinstance(auth, httpx2.Auth) and isinstance(auth, OAuth2Auth)
seen = []
def answer(request):
    seen.append(request.headers["Authorization"])
    return httpx2.Response(200)
with httpx2.Client(auth=auth, transport=httpx2.MockTransport(answer)) as client:
    client.get("https://api.example")
print(seen)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "['Bearer access']\n"


def test_a_401_is_answered_while_httpx2_is_being_imported(
    emulator: Emulator, manager: TokenManager, monkeypatch: pytest.MonkeyPatch
) -> None:
    emulator.expire_access_tokens()
    with httpx.Client(base_url=emulator.url, auth=OAuth2Auth(manager)) as http:
        monkeypatch.setitem(sys.modules, "httpx2", ModuleType("httpx2"))  # another thread has begun with it
        assert http.get(MEMBER).status_code == 200


def test_a_program_may_have_httpx2_in_place_of_httpx(emulator: Emulator) -> None:
    """``httpx2.alias_httpx()``, by which a program moves all of its libraries."""
    program = """
import asyncio, sys
import httpx2
httpx2.alias_httpx()
from pandadoc_client import AsyncPandaDoc, PandaDoc

with PandaDoc(api_key=sys.argv[1], host=sys.argv[2]) as pd:
    print(pd.members.details_current_member().email)
async def main():
    async with AsyncPandaDoc(api_key=sys.argv[1], host=sys.argv[2]) as pd:
        print((await pd.members.details_current_member()).email)
asyncio.run(main())
"""
    arguments = [sys.executable, "-c", program, emulator.api_key, emulator.url]
    done = subprocess.run(arguments, capture_output=True, text=True, check=True)
    first, second = done.stdout.splitlines()
    assert first == second
    assert "@" in first
