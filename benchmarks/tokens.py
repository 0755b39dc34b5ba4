"""What a valid token costs: from memory, and on top of a call.

    python benchmarks/run.py --only tokens

Everything is measured in one process, in short rounds that take turns, so that no peer has a better core or moment.
"""

from __future__ import annotations

import asyncio
import random
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from time import perf_counter_ns as now
from typing import Any

import httpx

from pandadoc_client.oauth import (
    AsyncOAuthClient,
    AsyncTokenManager,
    MemoryTokenStore,
    OAuth2Auth,
    OAuthClient,
    Token,
    TokenManager,
)

from .answers import TOKENS
from .naive import authlib_clients
from .processes import server
from .timing import Line, Samples, grid, table

__all__ = ["report"]

_MEMORY_ROUNDS, _MEMORY_READS = 60, 20_000
_PATH = "/public/v1/members/current"
_FIXED, _AUTH = "httpx.Client, fixed header", "httpx.Client(auth=OAuth2Auth(manager))"
_BARE_AUTH, _AUTHLIB = "httpx.Client, an httpx.Auth that does nothing more", "Authlib's OAuth2Client"
_ASYNC_FIXED, _ASYNC_AUTH = "httpx.AsyncClient, fixed header", "httpx.AsyncClient(auth=OAuth2Auth(manager))"
_ASYNC_AUTHLIB = "Authlib's AsyncOAuth2Client"
_LINES = (
    Line(_FIXED, _FIXED),
    Line(_BARE_AUTH, _FIXED),
    Line(_AUTH, _FIXED, 1.05),
    Line(_AUTHLIB, _FIXED),
    Line(_ASYNC_FIXED, _ASYNC_FIXED),
    Line(_ASYNC_AUTH, _ASYNC_FIXED, 1.05),
    Line(_ASYNC_AUTHLIB, _ASYNC_FIXED),
)
_Read = Callable[[int], Awaitable[int]]
"""Reads a token so many times, and returns the nanoseconds that took."""
_Call = Callable[[], Awaitable[Any]]


class _BareAuth(httpx.Auth):
    """What httpx itself takes for any authentication."""

    def auth_flow(self, request: httpx.Request) -> Any:
        request.headers["Authorization"] = f"Bearer {TOKENS['access_token']}"
        yield request


class _Holder:
    """An object with a token, as a program that does not care would have it."""

    def __init__(self, token: Token) -> None:
        self.token = token


def _token() -> Token:
    return Token.from_response(TOKENS, datetime.now(UTC))


def _filled() -> MemoryTokenStore:
    store = MemoryTokenStore()
    store.save("default", _token())
    return store


# -- from memory ---------------------------------------------------------------------------------------------------


async def _reads() -> dict[str, list[float]]:
    """Return the nanoseconds that one read takes, one number a round, by what is read."""
    client, async_client = OAuthClient("i", "s"), AsyncOAuthClient("i", "s")
    holder = _Holder(_token())
    manager, async_manager = TokenManager(client, _filled()), AsyncTokenManager(async_client, _filled())
    manager.token()
    await async_manager.token()

    async def bare(count: int) -> int:
        start = now()
        for _ in range(count):
            holder.token  # noqa: B018 (reading it is all)
        return now() - start

    async def blocking(count: int) -> int:
        start = now()
        for _ in range(count):
            manager.token()
        return now() - start

    async def awaited(count: int) -> int:
        start = now()
        for _ in range(count):
            await async_manager.token()
        return now() - start

    peers: dict[str, _Read] = {"an attribute": bare, "manager.token()": blocking, "await manager.token()": awaited}
    order = random.Random(1)
    measured: dict[str, list[float]] = {name: [] for name in peers}
    for number in range(_MEMORY_ROUNDS + 1):
        for name in order.sample(list(peers), len(peers)):
            taken = await peers[name](_MEMORY_READS)
            if number:
                measured[name].append(taken / _MEMORY_READS)
    client.close()
    await async_client.aclose()
    return measured


def _memory_table() -> str:
    measured = {name: Samples([round(each) for each in taken]) for name, taken in asyncio.run(_reads()).items()}
    bare = next(iter(measured.values())).median
    rows = []
    for name, samples in measured.items():
        low, high = samples.quartiles
        above = samples.median - bare
        budget = "" if name == "an attribute" else "≤ 2,000" + (" ✗" if above > 2000 else "")
        rows.append((name, f"{samples.median:.0f}", f"{low:.0f} to {high:.0f}", f"{above:.0f}", budget))
    return grid(("valid token from memory", "median, ns", "middle half", "above the attribute, ns", "budget"), rows)


# -- on a call -----------------------------------------------------------------------------------------------------


def _blocking(client: Any, url: str) -> _Call:
    async def call() -> None:
        client.get(url).raise_for_status()

    return call


def _awaiting(client: Any, url: str) -> _Call:
    async def call() -> None:
        (await client.get(url)).raise_for_status()

    return call


async def _calls(host: str, rounds: int, calls: int) -> dict[str, Samples]:
    url = host + _PATH
    oauth, async_oauth = OAuthClient("i", "s", host=host), AsyncOAuthClient("i", "s", host=host)
    authlib_client, async_authlib_client = authlib_clients()
    fixed = {"Authorization": f"Bearer {TOKENS['access_token']}"}
    theirs = {**TOKENS, "expires_at": int(time.time()) + 31_535_999}
    blocking: dict[str, Any] = {
        _FIXED: httpx.Client(headers=fixed),
        _BARE_AUTH: httpx.Client(auth=_BareAuth()),
        _AUTH: httpx.Client(auth=OAuth2Auth(TokenManager(oauth, _filled()))),
        _AUTHLIB: authlib_client("i", "s", token=theirs),
    }
    awaiting: dict[str, Any] = {
        _ASYNC_FIXED: httpx.AsyncClient(headers=fixed),
        _ASYNC_AUTH: httpx.AsyncClient(auth=OAuth2Auth(AsyncTokenManager(async_oauth, _filled()))),
        _ASYNC_AUTHLIB: async_authlib_client("i", "s", token=theirs),
    }
    peers = {name: _blocking(client, url) for name, client in blocking.items()}
    peers |= {name: _awaiting(client, url) for name, client in awaiting.items()}
    try:
        return await _measure(peers, rounds, calls)
    finally:
        for client in (*blocking.values(), oauth):
            client.close()
        for client in (*awaiting.values(), async_oauth):
            await client.aclose()


async def _measure(peers: dict[str, _Call], rounds: int, calls: int) -> dict[str, Samples]:
    order = random.Random(1)
    measured: dict[str, list[int]] = {name: [] for name in peers}
    for number in range(rounds + 1):
        for name in order.sample(list(peers), len(peers)):
            call = peers[name]
            for _ in range(calls):
                start = now()
                await call()
                if number:
                    measured[name].append(now() - start)
    return {name: Samples(taken) for name, taken in measured.items()}


def report(rounds: int, calls: int) -> Sequence[str]:
    """Return the tables; *rounds* of *calls* calls with each client."""
    with server() as host:
        measured = asyncio.run(_calls(host, rounds, calls))
    return _memory_table(), table(f"GET {_PATH}", ("µs", 1e3), _LINES, measured)


if __name__ == "__main__":
    print("\n\n".join(report(int(sys.argv[1]), int(sys.argv[2]))))
