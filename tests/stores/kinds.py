"""The kinds of stores that the contract suite runs over."""

from __future__ import annotations

import itertools
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import cast

import pytest

from pandadoc_client.oauth.stores.base import TokenStore
from pandadoc_client.oauth.stores.encrypted import EncryptedTokenStore
from pandadoc_client.oauth.stores.file import FileTokenStore
from pandadoc_client.oauth.stores.memory import MemoryTokenStore
from pandadoc_client.oauth.stores.redis import RedisTokenStore
from pandadoc_client.oauth.stores.sql import SQLTokenStore

from ..servers.mariadb import MariaDB
from ..servers.postgresql import PostgreSQL
from ..servers.redis import RedisServer
from .keyring_backend import open_keyring

__all__ = ["KINDS", "SHARED_KINDS", "Kind", "OpenStore"]

OpenStore = Callable[[], TokenStore]
"""Opens a new store object, on the same data each time. Other processes get it pickled."""


_numbers = itertools.count(1)


@dataclass(frozen=True)
class Kind:
    """A kind of store.

    Attributes:
        prepare: Makes room for the data of one test, and returns what opens a store on it.
        in_memory: Whether the data belongs to one store object of one process.
    """

    prepare: Callable[[pytest.FixtureRequest], OpenStore]
    in_memory: bool = False


def folder(request: pytest.FixtureRequest) -> Path:
    """Return the temporary folder of a test."""
    return cast("Path", request.getfixturevalue("tmp_path"))


def _new_table() -> str:
    return f"tokens_{next(_numbers)}"


def _sqlite(request: pytest.FixtureRequest, *, scheme: str = "sqlite") -> OpenStore:
    return partial(SQLTokenStore, f"{scheme}:///{folder(request) / 'tokens.db'}")


def _postgresql(request: pytest.FixtureRequest, *, scheme: str = "postgresql") -> OpenStore:
    server = cast("PostgreSQL", request.getfixturevalue("postgresql"))
    return partial(SQLTokenStore, server.shared_database.replace("postgresql:", f"{scheme}:"), table=_new_table())


def _mariadb(request: pytest.FixtureRequest, *, scheme: str = "mariadb") -> OpenStore:
    server = cast("MariaDB", request.getfixturevalue("mariadb"))
    return partial(SQLTokenStore, server.shared_database.replace("mysql:", f"{scheme}:"), table=_new_table())


def _redis(request: pytest.FixtureRequest) -> OpenStore:
    server = cast("RedisServer", request.getfixturevalue("redis_server"))
    return partial(RedisTokenStore, server.url, prefix=f"test {secrets.token_hex(4)}", lease=3.0)


def _open_encrypted(wrapped: OpenStore, key: str) -> TokenStore:
    return EncryptedTokenStore(wrapped(), key)


def _encrypted(request: pytest.FixtureRequest, *, over: Callable[[pytest.FixtureRequest], OpenStore]) -> OpenStore:
    return partial(_open_encrypted, over(request), EncryptedTokenStore.new_key())


KINDS: dict[str, Kind] = {
    "memory": Kind(lambda _: MemoryTokenStore, in_memory=True),
    "file": Kind(lambda request: partial(FileTokenStore, folder(request) / "tokens.json")),
    "sqlite": Kind(_sqlite),
    "sqlite-memory": Kind(lambda _: partial(SQLTokenStore, "sqlite://"), in_memory=True),
    "sqlite-aiosqlite": Kind(partial(_sqlite, scheme="sqlite+aiosqlite")),
    "postgresql": Kind(_postgresql),
    "postgresql-asyncpg": Kind(partial(_postgresql, scheme="postgresql+asyncpg")),
    "mariadb": Kind(_mariadb),
    "mariadb-asyncmy": Kind(partial(_mariadb, scheme="mysql+asyncmy")),
    "redis": Kind(_redis),
    "keyring": Kind(lambda request: partial(open_keyring, folder(request))),
    "encrypted-memory": Kind(partial(_encrypted, over=lambda _: MemoryTokenStore), in_memory=True),
    "encrypted-sqlite": Kind(partial(_encrypted, over=_sqlite)),
    "encrypted-redis": Kind(partial(_encrypted, over=_redis)),
}

SHARED_KINDS = [name for name, kind in KINDS.items() if not kind.in_memory]
"""Those that several processes can use at once."""
