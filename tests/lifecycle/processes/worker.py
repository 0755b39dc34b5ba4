"""A process that uses a token manager as a test tells it: one JSON object a line, over a socket.

    python -m tests.lifecycle.processes.worker DESCRIPTOR

The first line has the settings (see `Worker`); its response says that all is ready. Each line after it is a command:
``do`` names a method of `Worker`, the other fields are its arguments, and what it returns is the response.
"""

from __future__ import annotations

import asyncio
import ctypes
import json
import os
import socket
import sys
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import httpx

from pandadoc_client.exceptions import OpenApiException
from pandadoc_client.oauth import AsyncOAuthClient, AsyncTokenManager, OAuth2Auth, Token, TokenManager, _lifecycle
from pandadoc_client.oauth.stores import TokenStore, token_store

from .fault_points import Points, WatchedClient, WatchedStore

__all__ = ["open_store", "serve"]

_MEMBER = "/public/v1/members/current"
_PATIENCE = 60.0
_CAPABILITIES_VERSION = 0x20080522
_CAP_DAC_OVERRIDE = 1
Answer = dict[str, Any]


def open_store(url: str, lease: float | None) -> TokenStore:
    """Return the store of *url*; *lease* is that of Redis."""
    if lease is not None and url.startswith("redis:"):
        from pandadoc_client.oauth.stores.redis import RedisTokenStore

        return RedisTokenStore(url, lease=lease)
    return token_store(url)


class _Wire:
    """Lines of JSON over a socket."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._lines = connection.makefile("r", encoding="utf-8", newline="\n")

    def send(self, message: Answer) -> None:
        self._connection.sendall(json.dumps(message).encode() + b"\n")

    def receive(self) -> Answer | None:
        line = self._lines.readline()
        return json.loads(line) if line else None


class Worker:
    """One process's manager, and what can be done with it.

    Args:
        wire: To the test.
        settings: ``url``, ``key`` and ``lease`` of the store; ``host``, ``client_id`` and ``client_secret``;
            ``points``, the actions of `Points`; ``bound_by_modes``, whether even root may write only what modes permit;
            ``refresh_timeout``, the seconds that a refresh may take.
    """

    def __init__(self, wire: _Wire, settings: Answer) -> None:
        self._wire = wire
        self._settings = settings
        if settings["bound_by_modes"] and os.geteuid() == 0:
            _obey_modes()
        self._points = Points(settings["points"], lambda step: wire.send({"at": step}), self._hold)
        if settings["points"]:
            self._points.watch_system()
        self._client = WatchedClient(
            settings["client_id"],
            settings["client_secret"],
            host=settings["host"],
            refresh_timeout=settings["refresh_timeout"],
        )
        self._client.points = self._points
        self._store = WatchedStore(open_store(settings["url"], settings["lease"]), self._points)
        self._manager = TokenManager(self._client, self._store, settings["key"])
        self._pool = ThreadPoolExecutor(1)
        self._begun: Future[Answer] | None = None

    def _hold(self) -> None:
        # Nobody else reads meanwhile: the main thread waits for the refresh that is held.
        self._wire.receive()

    def run(self, command: Answer) -> Answer:
        action: Callable[..., Answer] = getattr(self, command.pop("do"))
        return action(**command)

    def end(self) -> None:
        self._pool.shutdown()
        self._client.close()
        self._store.close()

    # -- commands ---------------------------------------------------------------------------------------------------

    def token(self, timeout: float = _PATIENCE) -> Answer:
        return _outcome(lambda: self._manager.token(timeout=timeout))

    def refresh(self) -> Answer:
        return _outcome(lambda: self._manager.refresh(timeout=_PATIENCE))

    def begin(self) -> Answer:
        """Ask for a token in another thread; `result` has the outcome."""
        self._begun = self._pool.submit(self.token)
        return {}

    def result(self) -> Answer:
        assert self._begun is not None
        return self._begun.result(_PATIENCE)

    def close(self) -> Answer:
        """Close the client and the store, whatever is going on."""
        self._client.close()
        self._store.close()
        return {}

    def refresh_for_ever(self) -> Answer:
        while True:
            outcome = self.refresh()
            if "error" in outcome:
                return outcome

    def calls(self, threads: int, calls: int) -> Answer:
        """Make so many API calls in each of so many threads at once."""
        barrier = threading.Barrier(threads)

        def call() -> list[Answer]:
            with httpx.Client(auth=OAuth2Auth(self._manager), verify=False, timeout=_PATIENCE) as http:
                barrier.wait()
                return [_call(lambda: http.get(self._url).status_code) for _ in range(calls)]

        with ThreadPoolExecutor(threads) as pool:
            begun = [pool.submit(call) for _ in range(threads)]
            return {"outcomes": [outcome for future in begun for outcome in future.result(_PATIENCE)]}

    def tasks(self, tasks: int) -> Answer:
        """Make an API call in each of so many tasks at once."""
        return {"outcomes": asyncio.run(self._tasks(tasks))}

    async def _tasks(self, tasks: int) -> list[Answer]:
        settings = self._settings
        async with AsyncOAuthClient(settings["client_id"], settings["client_secret"], host=settings["host"]) as client:
            auth = OAuth2Auth(AsyncTokenManager(client, self._store, settings["key"]))
            async with httpx.AsyncClient(auth=auth, verify=False, timeout=_PATIENCE) as http:
                answers = await asyncio.gather(*(http.get(self._url) for _ in range(tasks)), return_exceptions=True)
        return [
            {"error": repr(answer)} if isinstance(answer, BaseException) else {"status": answer.status_code}
            for answer in answers
        ]

    def save_again_at_once(self) -> Answer:
        """Let a token that could not be saved be saved by the next call, not after some seconds."""
        _lifecycle._SAVE_AGAIN_AFTER = 0.0
        return {}

    # -- what commands are made of ----------------------------------------------------------------------------------

    @property
    def _url(self) -> str:
        return f"{self._settings['host']}{_MEMBER}"


def _outcome(action: Callable[[], Token]) -> Answer:
    try:
        return {"access_token": action().access_token}
    except OpenApiException as error:
        kept: Token | None = getattr(error, "token", None)
        return {
            "error": str(error),
            "kinds": [kind.__name__ for kind in type(error).__mro__],
            "kept": kept and kept.access_token,
        }


def _call(action: Callable[[], int]) -> Answer:
    try:
        return {"status": action()}
    except Exception as error:
        return {"error": repr(error)}


def _obey_modes() -> None:
    """Give up what lets root write everywhere (capabilities(7)), in this thread and those that it starts."""
    libc = ctypes.CDLL(None, use_errno=True)
    header = (ctypes.c_uint32 * 2)(_CAPABILITIES_VERSION, 0)
    sets = (ctypes.c_uint32 * 6)()  # effective, permitted, inheritable; twice
    for call in ("capget", "capset"):
        if getattr(libc, call)(header, sets) != 0:
            raise OSError(ctypes.get_errno(), call)
        sets[0] &= ~(1 << _CAP_DAC_OVERRIDE)


def serve(connection: socket.socket) -> None:
    """Do what comes over *connection* until it ends."""
    with connection:
        wire = _Wire(connection)
        settings = wire.receive()
        if settings is None:
            return
        worker = Worker(wire, settings)
        wire.send({"pid": os.getpid()})
        while (command := wire.receive()) is not None:
            wire.send(worker.run(command))
        worker.end()


if __name__ == "__main__":
    serve(socket.socket(fileno=int(sys.argv[1])))
