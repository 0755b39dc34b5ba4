"""A process with callers that all want a token at the same moment: one JSON object a line, in and out.

    python -m benchmarks.callers

The first line has the settings: ``client`` (a name in `CLIENTS`), ``host``, ``client_id``, ``client_secret``, ``url``
(of the store), ``mode`` (``threads``, ``tasks``, or ``row`` for one after another), ``callers``. Each line after it is
a command: ``do`` names a method of `Process`, and what that returns is the response.
"""

from __future__ import annotations

import asyncio
import json
import sys
import threading
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx

from pandadoc_client.oauth import (
    AsyncOAuthClient,
    AsyncTokenManager,
    OAuth2Auth,
    OAuthClient,
    Token,
    TokenManager,
    TokenStore,
)
from pandadoc_client.oauth.stores import token_store

from .naive import authlib_clients, load_json, save_json, without_charset

__all__ = ["CLIENTS", "KEY", "PATH"]

KEY = "default"
PATH = "/public/v1/members/current"
_Settings = dict[str, Any]


class _Manager:
    """The manager alone: who asks gets a token."""

    def __init__(self, settings: _Settings) -> None:
        self.url = settings["host"] + PATH
        credentials = settings["client_id"], settings["client_secret"]
        self.oauth = OAuthClient(*credentials, host=settings["host"])
        self.async_oauth = AsyncOAuthClient(*credentials, host=settings["host"])
        self.store: TokenStore = token_store(settings["url"])

    def seed(self, fields: dict[str, Any]) -> None:
        """Store the token that was answered with, as one that is over."""
        self.store.save(KEY, Token.from_response(fields, datetime.now(UTC) - timedelta(days=400)))

    def stored(self) -> str:
        token = self.store.load(KEY)
        assert token is not None
        return token.refresh_token or ""

    def latency(self, fields: dict[str, Any], count: int) -> list[float]:
        """Return the seconds of so many refreshes, each of what the one before it brought."""
        token = Token.from_response(fields, datetime.now(UTC))
        taken = []
        for _ in range(count):
            start = time.perf_counter()
            token = self.oauth.refresh(token)
            taken.append(time.perf_counter() - start)
        return taken

    def call(self) -> Callable[[], object]:
        """Return what every thread calls; anew for each round, with nothing in memory."""
        return TokenManager(self.oauth, self.store, KEY).token

    def async_call(self) -> Callable[[], Awaitable[object]]:
        return AsyncTokenManager(self.async_oauth, self.store, KEY).token


class _Auth(_Manager):
    """Requests with `OAuth2Auth`."""

    def call(self) -> Callable[[], object]:
        client = httpx.Client(auth=OAuth2Auth(TokenManager(self.oauth, self.store, KEY)))
        return lambda: client.get(self.url).raise_for_status()

    def async_call(self) -> Callable[[], Awaitable[object]]:
        client = httpx.AsyncClient(auth=OAuth2Auth(AsyncTokenManager(self.async_oauth, self.store, KEY)))

        async def call() -> None:
            (await client.get(self.url)).raise_for_status()

        return call


class _Authlib:
    """Requests with Authlib's clients, and the token in memory, or in a JSON file as its documentation proposes."""

    def __init__(self, settings: _Settings) -> None:
        self.url = settings["host"] + PATH
        self._path = Path(settings["url"].removeprefix("file:")) if settings["url"].startswith("file:") else None
        self._token: dict[str, Any] = {}
        self._options = {
            "client_id": settings["client_id"],
            "client_secret": settings["client_secret"],
            "token_endpoint": settings["host"] + "/oauth2/access_token",
            "token_endpoint_auth_method": "client_secret_post",
        }

    def seed(self, fields: dict[str, Any]) -> None:
        self._save({**fields, "expires_at": int(time.time()) - 3600})

    def stored(self) -> str:
        token: str = self._load()["refresh_token"]
        return token

    def _save(self, token: dict[str, Any], **_: Any) -> None:
        self._token = dict(token)
        if self._path is not None:
            save_json(self._path, self._token)

    async def _async_save(self, token: dict[str, Any], **_: Any) -> None:
        self._save(token)

    def _load(self) -> dict[str, Any]:
        return dict(self._token) if self._path is None else load_json(self._path)

    def _client(self, kind: Any, save: Callable[..., object]) -> Any:
        return without_charset(kind(token=self._load(), update_token=save, **self._options))

    def call(self) -> Callable[[], object]:
        client = self._client(authlib_clients()[0], self._save)
        return lambda: client.get(self.url).raise_for_status()

    def async_call(self) -> Callable[[], Awaitable[object]]:
        client = self._client(authlib_clients()[1], self._async_save)

        async def call() -> None:
            (await client.get(self.url)).raise_for_status()

        return call


CLIENTS: dict[str, type[_Manager] | type[_Authlib]] = {"manager": _Manager, "auth": _Auth, "authlib": _Authlib}


class Process:
    """What the benchmark may ask of this process."""

    def __init__(self, settings: _Settings) -> None:
        self._client = CLIENTS[settings["client"]](settings)
        self._mode, self._callers = settings["mode"], settings["callers"]
        self.seed, self.stored = self._client.seed, self._client.stored

    def latency(self, fields: dict[str, Any], count: int) -> list[float]:
        assert isinstance(self._client, _Manager)
        return self._client.latency(fields, count)

    def prepare(self) -> None:
        """Make what calls, from what is stored by now."""
        if self._mode == "tasks":
            self._async_call = self._client.async_call()
        else:
            self._call = self._client.call()

    def run(self, at: float) -> dict[str, Any]:
        """Let all callers call at the moment *at*; return when each was served, and what failed."""
        self._ends: list[float] = []
        self._failures: list[str] = []
        if self._mode == "tasks":
            asyncio.run(self._tasks(at))
        elif self._mode == "threads":
            threads = [threading.Thread(target=self._thread, args=(at,)) for _ in range(self._callers)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        else:
            time.sleep(max(0.0, at - time.monotonic()))
            for _ in range(self._callers):
                self._once(self._call)
        return {"ends": self._ends, "failures": self._failures}

    def _thread(self, at: float) -> None:
        time.sleep(max(0.0, at - time.monotonic()))
        self._once(self._call)

    def _once(self, call: Callable[[], object]) -> None:
        try:
            call()
        except Exception as error:
            self._failures.append(type(error).__name__)
        self._ends.append(time.monotonic())

    async def _tasks(self, at: float) -> None:
        async def one() -> None:
            await asyncio.sleep(max(0.0, at - time.monotonic()))
            try:
                await self._async_call()
            except Exception as error:
                self._failures.append(type(error).__name__)
            self._ends.append(time.monotonic())

        await asyncio.gather(*(one() for _ in range(self._callers)))


def main() -> None:
    process = Process(json.loads(sys.stdin.readline()))
    print(json.dumps(None), flush=True)
    for line in sys.stdin:
        command = json.loads(line)
        print(json.dumps(getattr(process, command.pop("do"))(**command)), flush=True)


if __name__ == "__main__":
    main()
