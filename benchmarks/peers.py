"""The programs that the call benchmarks compare, one a process: ``python peers.py NAME URL``.

Each makes one client, then reads numbers from standard input, makes so many calls, and prints the nanoseconds of each.
It imports nothing of the other benchmarks, because one of them runs under the vendor's SDK.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from time import perf_counter_ns as now
from typing import Any

FORM = {
    "grant_type": "refresh_token",
    "client_id": "5f1d8c7a2b9e4c30a6d1",
    "client_secret": "9c2f4e6a8b0d1f3e5a7c9b1d3f5e7a9c0b2d4f6e",
    "refresh_token": "0d1c2ad1c5bb22ee9a1cf5c1ae64b25be1c9a8be",
    "scope": "read+write",
}
CODE = {**FORM, "grant_type": "authorization_code", "code": FORM["refresh_token"]}
KEY = "7d3b9f1e5c8a2046"
KEY_HEADER = {"Authorization": f"API-Key {KEY}"}
Call = Callable[[], Any]
AsyncCall = Callable[[], Awaitable[Any]]


@contextmanager
def httpx_token(url: str) -> Iterator[Call]:
    import httpx

    def call() -> Any:
        response = client.post(f"{url}/oauth2/access_token", data=FORM)
        response.raise_for_status()
        return response.json()["access_token"]

    with httpx.Client() as client:
        yield call


@contextmanager
def httpx_member(url: str) -> Iterator[Call]:
    import httpx

    def call() -> Any:
        response = client.get(f"{url}/public/v1/members/current", headers=KEY_HEADER)
        response.raise_for_status()
        return json.loads(response.content)["email"]

    with httpx.Client() as client:
        yield call


@contextmanager
def sdk_token(url: str) -> Iterator[Call]:
    """The API class: ours or the vendor's, by the interpreter."""
    import pandadoc_client
    from pandadoc_client.api import o_auth_2_0_authentication_api

    fields: dict[str, Any] = {**FORM}
    with pandadoc_client.ApiClient(pandadoc_client.Configuration(host=url)) as client:
        api = o_auth_2_0_authentication_api.OAuth20AuthenticationApi(client)
        yield lambda: api.access_token(**fields).access_token


def sdk_configuration(url: str) -> Any:
    """Return the configuration of ours or the vendor's, with a key."""
    import pandadoc_client

    return pandadoc_client.Configuration(host=url, api_key={"apiKey": KEY}, api_key_prefix={"apiKey": "API-Key"})


@contextmanager
def sdk_member(url: str) -> Iterator[Call]:
    import pandadoc_client
    from pandadoc_client.api import members_api

    with pandadoc_client.ApiClient(sdk_configuration(url)) as client:
        api = members_api.MembersApi(client)
        yield lambda: api.details_current_member().email


@contextmanager
def oauth_refresh(url: str) -> Iterator[Call]:
    from pandadoc_client.oauth import OAuthClient

    with OAuthClient(FORM["client_id"], FORM["client_secret"], host=url) as client:
        yield lambda: client.refresh(FORM["refresh_token"]).access_token


@contextmanager
def oauth_exchange(url: str) -> Iterator[Call]:
    from pandadoc_client.oauth import OAuthClient

    with OAuthClient(FORM["client_id"], FORM["client_secret"], host=url) as client:
        yield lambda: client.exchange_code(CODE["code"]).access_token


async def async_httpx_token(url: str, run: Callable[[AsyncCall], Awaitable[None]]) -> None:
    import httpx

    async def call() -> Any:
        response = await client.post(f"{url}/oauth2/access_token", data=FORM)
        response.raise_for_status()
        return response.json()["access_token"]

    async with httpx.AsyncClient() as client:
        await run(call)


async def async_oauth_refresh(url: str, run: Callable[[AsyncCall], Awaitable[None]]) -> None:
    from pandadoc_client.oauth import AsyncOAuthClient

    async with AsyncOAuthClient(FORM["client_id"], FORM["client_secret"], host=url) as client:

        async def call() -> Any:
            return (await client.refresh(FORM["refresh_token"])).access_token

        await run(call)


async def async_sdk_token(url: str, run: Callable[[AsyncCall], Awaitable[None]]) -> None:
    import pandadoc_client
    from pandadoc_client.api.o_auth_2_0_authentication_api import AsyncOAuth20AuthenticationApi

    fields: dict[str, Any] = {**FORM}
    async with pandadoc_client.AsyncApiClient(pandadoc_client.Configuration(host=url)) as client:
        api = AsyncOAuth20AuthenticationApi(client)

        async def call() -> Any:
            return (await api.access_token(**fields)).access_token

        await run(call)


SYNC = {
    peer.__name__: peer for peer in (httpx_token, httpx_member, sdk_token, sdk_member, oauth_refresh, oauth_exchange)
}
ASYNC = {peer.__name__: peer for peer in (async_httpx_token, async_oauth_refresh, async_sdk_token)}


def _orders() -> Iterator[int]:
    """Say that this is ready, and yield the numbers of calls that are asked for."""
    print("ready", flush=True)
    for line in sys.stdin:
        yield int(line)


def run(call: Call) -> None:
    """Make calls as they are asked for, and print what each takes."""
    for count in _orders():
        taken = []
        for _ in range(count):
            start = now()
            call()
            taken.append(now() - start)
        print(json.dumps(taken), flush=True)


async def run_async(call: AsyncCall) -> None:
    """Await calls as they are asked for, and print what each takes."""
    for count in _orders():
        taken = []
        for _ in range(count):
            start = now()
            await call()
            taken.append(now() - start)
        print(json.dumps(taken), flush=True)


def main(name: str, url: str) -> None:
    if name in ASYNC:
        asyncio.run(ASYNC[name](url, run_async))
    else:
        with SYNC[name](url) as call:
            run(call)


if __name__ == "__main__":
    main(*sys.argv[1:])
