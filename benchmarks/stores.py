"""Saves and loads a second, for each store and for what stands beside it.

    python benchmarks/run.py --only stores

Each thread has a key of its own, and all threads share the store. "Beside" is the least that a program can do at the
same place: the same document, written and flushed likewise, without a lock, without compare and set.
"""

from __future__ import annotations

import json
import secrets
import sqlite3
import statistics
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter as now
from typing import Any, cast

import psycopg
import redis

from pandadoc_client.oauth import EncryptedTokenStore, MemoryTokenStore, Token, TokenStore
from pandadoc_client.oauth.stores import token_store

from .answers import TOKENS
from .naive import load_json, save_json
from .places import folder, postgresql, redis_url
from .timing import grid

__all__ = ["report"]

_SLICE = 0.25
"""Seconds for which one store works in one round."""
_THREADS = 8
_TABLE = "CREATE TABLE plain (key VARCHAR(200) PRIMARY KEY, document TEXT NOT NULL)"
_UPSERT = (
    "INSERT INTO plain VALUES ({0}, {0}) ON CONFLICT (key) DO UPDATE SET document = excluded.document"  # by the driver
)
_SELECT = "SELECT document FROM plain WHERE key = {0}"
_Action = Callable[[str], object]


@dataclass(frozen=True)
class _Peer:
    """Something that keeps tokens.

    Attributes:
        name: For the table.
        beside: The name of what it is compared with.
        save: Saves a token under a key.
        load: Loads it.
    """

    name: str
    beside: str
    save: _Action
    load: _Action


def _store(name: str, beside: str, store: TokenStore, token: Token) -> _Peer:
    return _Peer(name, beside, lambda key: store.save(key, token), store.load)


def _json(name: str, beside: str, place: Path, *, flush: bool) -> _Peer:
    fields = dict(TOKENS)
    return _Peer(
        name,
        beside,
        lambda key: save_json(place / f"{name[:8]}-{key}", fields, flush=flush),
        lambda key: load_json(place / f"{name[:8]}-{key}"),
    )


def _document() -> str:
    """Return another one each time: SQLite writes nothing if nothing changes."""
    return json.dumps({**TOKENS, "access_token": secrets.token_hex(20)})


def _plain_sql(name: str, connect: Callable[[], Any], placeholder: str, opened: ExitStack) -> _Peer:
    """One connection a thread, one statement a transaction."""
    own = threading.local()
    save, load = _UPSERT.format(placeholder), _SELECT.format(placeholder)

    def connection() -> Any:
        if not hasattr(own, "connection"):
            own.connection = connect()
            opened.callback(own.connection.close)
        return own.connection

    connection().execute(_TABLE)
    return _Peer(
        name,
        name,
        lambda key: connection().execute(save, (key, _document())),
        lambda key: json.loads(connection().execute(load, (key,)).fetchone()[0]),
    )


def _plain_redis(name: str, client: redis.Redis) -> _Peer:
    return _Peer(
        name, name, lambda key: client.set(key, _document()), lambda key: json.loads(cast("str", client.get(key)))
    )


def _sqlite_connection(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None, timeout=30, check_same_thread=False)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    return connection


@contextmanager
def _peers() -> Iterator[list[_Peer]]:
    token = Token.from_response(TOKENS, datetime.now(UTC))
    with ExitStack() as opened:
        place = opened.enter_context(folder())

        def store(url: str) -> TokenStore:
            return opened.enter_context(token_store(url))

        plain, flushed = "json.dump", "json.dump and fsync"
        sealed = EncryptedTokenStore(store(f"file:{place / 'sealed'}"), EncryptedTokenStore.new_key())
        peers = [
            _json(plain, plain, place, flush=False),
            _json(flushed, plain, place, flush=True),
            _store("MemoryTokenStore", plain, MemoryTokenStore(), token),
            _store("FileTokenStore", flushed, store(f"file:{place / 'tokens'}"), token),
            _store("EncryptedTokenStore over it", flushed, sealed, token),
            _plain_sql("sqlite3", lambda: _sqlite_connection(place / "plain.db"), "?", opened),
            _store("SQLTokenStore, SQLite", "sqlite3", store(f"sqlite:{place / 'tokens.db'}"), token),
        ]
        if server := opened.enter_context(postgresql()):
            url = server.new_database()
            peers += [
                _plain_sql("psycopg", lambda: psycopg.connect(url, autocommit=True), "%s", opened),
                _store("SQLTokenStore, PostgreSQL", "psycopg", store(url), token),
            ]
        if address := opened.enter_context(redis_url()):
            client = redis.Redis.from_url(address, decode_responses=True)
            opened.callback(client.close)
            peers += [
                _plain_redis("redis", client),
                _store("RedisTokenStore", "redis", store(address), token),
            ]
        yield peers


class _Crew:
    """Threads that stay, as their connections do."""

    def __init__(self, count: int) -> None:
        self.count = count
        self._begin, self._end = threading.Barrier(count + 1), threading.Barrier(count + 1)
        self._action: _Action | None = None
        self._done = [0] * count
        self._failed: list[Exception] = []
        self._threads = [threading.Thread(target=self._work, args=(number,)) for number in range(count)]
        for thread in self._threads:
            thread.start()

    def _work(self, number: int) -> None:
        while True:
            self._begin.wait()
            action, key, done = self._action, f"account-{number}", 0
            if action is None:
                return
            try:
                end = now() + _SLICE
                while now() < end:
                    action(key)
                    done += 1
            except Exception as error:
                self._failed.append(error)
            self._done[number] = done
            self._end.wait()

    def rate(self, action: _Action) -> float:
        """Return how often a second *action* was done, by all together."""
        self._action = action
        self._begin.wait()
        start = now()
        self._end.wait()
        if self._failed:
            raise self._failed[0]
        return sum(self._done) / (now() - start)

    def end(self) -> None:
        self._action = None
        self._begin.wait()
        for thread in self._threads:
            thread.join()


def _rates(peers: Sequence[_Peer], rounds: int) -> dict[tuple[str, str, int], float]:
    """Return the median rate by name, action and number of threads."""
    measured: dict[tuple[str, str, int], list[float]] = {}
    for count in (1, _THREADS):
        crew = _Crew(count)
        try:
            for number in range(rounds + 1):
                for peer in peers:
                    for name, action in (("save", peer.save), ("load", peer.load)):
                        rate = crew.rate(action)
                        if number:
                            measured.setdefault((peer.name, name, count), []).append(rate)
        finally:
            crew.end()
    return {which: statistics.median(rates) for which, rates in measured.items()}


def report(rounds: int) -> Sequence[str]:
    """Return the tables; each store works *rounds* times in turn."""
    with _peers() as peers:
        rates = _rates(peers, rounds)
    tables = []
    for count in (1, _THREADS):
        rows = []
        for peer in peers:
            cells = [peer.name]
            for action in ("save", "load"):
                rate = rates[peer.name, action, count]
                cells += [f"{rate:,.0f}", f"{rate / rates[peer.beside, action, count]:.2f}"]
            rows.append([*cells, "" if peer.beside == peer.name else peer.beside])
        title = "one thread" if count == 1 else f"{count} threads, a key each"
        tables.append(grid((title, "saves a second", "ratio", "loads a second", "ratio", "against"), rows))
    return tables


if __name__ == "__main__":
    print("\n\n".join(report(max(2, int(sys.argv[1]) // 4))))
