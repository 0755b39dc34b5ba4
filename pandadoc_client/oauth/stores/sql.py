"""`SQLTokenStore`: tokens in SQLite, PostgreSQL, MariaDB or MySQL."""

from __future__ import annotations

import os
import random
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from pandadoc_client._http.clock import monotonic
from pandadoc_client._http.fork import ProcessBound, renew_in_child
from pandadoc_client._http.lazily import LazyModule
from pandadoc_client._http.secrets import hide, repr_in_any_state
from pandadoc_client.exceptions import ApiTypeError, ApiValueError, TokenStoreError
from pandadoc_client.oauth.stores.base import (
    Record,
    RevisionConflict,
    TokenStore,
    new_revision,
)

try:
    import sqlalchemy as sa
except ImportError:
    raise ImportError("SQLTokenStore needs SQLAlchemy: pip install 'pandadoc-client[sql]'") from None

from sqlalchemy.exc import DBAPIError, IntegrityError

from pandadoc_client.oauth.stores._file_lock import hold_file_lock, lock_path
from pandadoc_client.oauth.stores._key_locks import KeyLocks
from pandadoc_client.oauth.stores._sql_database import Database, check_sqlite_file
from pandadoc_client.oauth.stores._sql_errors import is_disconnect
from pandadoc_client.oauth.stores._sql_statements import Statements

if TYPE_CHECKING:
    from sqlalchemy.ext import asyncio as sa_asyncio
else:
    sa_asyncio = LazyModule("sqlalchemy.ext.asyncio")

__all__ = ["SQLTokenStore"]

_Result = TypeVar("_Result")

_SCHEMA_VERSION = 1
_CREATE_ATTEMPTS = 10
_LONGEST_WAIT = 1_000_000
"""Seconds: what both servers accept as a time limit."""


class SQLTokenStore(ProcessBound, TokenStore):
    """Keeps tokens in a table of a SQL database, which it creates on first use: for services of many machines.

    The lock of a key is that of a row in PostgreSQL, MariaDB and MySQL, held by a transaction on a connection of its
    own, and a file beside a SQLite database. Transactions are READ COMMITTED, whatever the server's default is. What
    was written is durable in PostgreSQL even if its ``synchronous_commit`` is off; MariaDB and MySQL need
    ``innodb_flush_log_at_trx_commit`` = 1, which is their default.

    Tokens are stored as they are: who may read the table may use them. `EncryptedTokenStore` prevents that. A SQLite
    database is created with the mode 0600, and refused if other users of the machine can read it.

    Args:
        url_or_engine: The URL of the database as SQLAlchemy has it: ``sqlite:///tokens.db``,
            ``postgresql://user:password@host/name`` (by psycopg), ``mariadb://…`` or ``mysql://…`` (by PyMySQL); also
            with the drivers asyncpg, aiosqlite and asyncmy, such as ``postgresql+asyncpg://…``. Or an ``Engine`` or
            ``AsyncEngine`` of yours: the store connects as it does, with connections of its own, and leaves it alone.
            SQLite's ``synchronous`` must then be FULL, which is its default.
        table: Name of the table. Two more begin with it: ``…_locks`` and ``…_schema``.

    Raises:
        ApiTypeError: An argument is of the wrong type.
        ApiValueError: The URL is none of a database that we know, or *table* cannot be a name.
        ImportError: The driver is not installed.
    """

    def __init__(
        self, url_or_engine: str | sa.URL | sa.Engine | sa_asyncio.AsyncEngine, *, table: str = "pandadoc_tokens"
    ) -> None:
        url_or_engine = hide(url_or_engine)  # its password, from this frame, should it be refused
        if not isinstance(table, str):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise ApiTypeError(f"table must be text (str), not {type(table).__name__}")
        if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]{0,47}", table):
            raise ApiValueError("table must have 1 to 48 letters, digits and underscores, and begin with no digit")
        self._database = Database(url_or_engine)
        self._statements = Statements(table, self._database.dialect)
        self._renew_in_child()
        renew_in_child(self)

    def _renew_in_child(self) -> None:
        self._is_ready = False
        self._file: Path | None = None
        self._guard = threading.Lock()
        self._one_connection = threading.Lock() if self._database.in_memory else nullcontext()
        self._memory_locks = KeyLocks()

    @repr_in_any_state
    def __repr__(self) -> str:
        return f"<SQLTokenStore in {self._database.shown}, table {self._statements.tokens.name}>"

    def to_url(self) -> str:
        return self._database.shown

    def read(self, key: str) -> Record | None:
        def work(connection: sa.Connection) -> Any:
            return connection.execute(self._statements.read, {"of_key": key}).first()

        row = self._transact(work, "read", key, single=True)
        return None if row is None else Record(str(row.document), row.revision)

    def write(self, key: str, document: str, *, expires_at: datetime | None, expected: str | None) -> str:
        statements = self._statements
        revision = new_revision()
        values = {
            "revision": revision,
            "expires_at": None if expires_at is None else expires_at.timestamp(),
            "document": document,
            "updated_at": time.time(),
        }

        def work(connection: sa.Connection, *, is_second: bool) -> bool:
            statements.prepare_write(connection)
            if expected is not None:
                changes = {f"new_{name}": value for name, value in values.items()}
                parameters = {"of_key": key, "expected": expected, **changes}
                return connection.execute(statements.update, parameters).rowcount == 1
            try:
                connection.execute(statements.insert, {"key": key, **values})
            except IntegrityError:
                if is_second:
                    raise
                return False
            return True

        for is_second in (False, True):
            try:
                if self._transact(partial(work, is_second=is_second), "write", key, single=True):
                    break
            except TokenStoreError:
                if not is_second or self.read(key) is None:
                    raise
                raise RevisionConflict.of(key) from None  # deleted and written again, twice in a row
            record = self.read(key)
            if record is not None and record.revision == revision:
                break  # the connection broke after the commit, and all was done twice
            if record is not None or expected is not None:
                raise RevisionConflict.of(key)
            # It was deleted just now; or another constraint of the table, not ours, says no: then that is the error.
        return revision

    def discard(self, key: str) -> bool:
        removed = False

        def work(connection: sa.Connection) -> bool:
            nonlocal removed  # stays True if the connection broke after the commit and all was done twice
            self._statements.prepare_write(connection)
            removed = connection.execute(self._statements.delete, {"of_key": key}).rowcount == 1 or removed
            return removed

        return self._transact(work, "delete", key)

    def list_keys(self, *, after: str | None, limit: int, expiring_before: datetime | None) -> list[str]:
        tokens = self._statements.tokens
        query = sa.select(tokens.c.key).order_by(tokens.c.key).limit(limit)
        if after is not None:
            query = query.where(tokens.c.key > after)
        if expiring_before is not None:
            query = query.where(tokens.c.expires_at < expiring_before.timestamp())
        return self._transact(lambda connection: list(connection.scalars(query)), "list the keys", single=True)

    @contextmanager
    def lock(self, key: str, timeout: float) -> Iterator[None]:
        self._prepare()
        if self._database.in_memory:
            with self._memory_locks.hold(key, timeout):
                yield
        elif self._file is not None:  # SQLite has no locks but that of the whole database
            with hold_file_lock(lock_path(self._file, key), key, timeout):
                yield
        else:
            take = partial(self._lock_row, key=key, deadline=monotonic() + timeout)
            held = self._database.hold(take, key, timeout)
            try:
                yield
            finally:
                self._database.release(held, key)

    def _lock_row(self, connection: sa.Connection, *, key: str, deadline: float) -> None:
        """Lock the row of *key*, which is made if it is missing. Rows are never removed: others may wait for them."""
        statements = self._statements
        while True:
            left = min(deadline - monotonic(), _LONGEST_WAIT)
            statements.prepare_lock(connection, max(left, 0.001))
            lock = statements.lock if left > 0 else statements.lock_now
            if connection.execute(lock, {"of_key": key}).first() is not None:
                return
            try:
                connection.execute(statements.add_lock, {"key": key})
            except IntegrityError:
                connection.rollback()  # somebody was faster
            else:
                connection.commit()

    def close(self) -> None:
        with self._guard:
            self._is_ready = False
        self._database.close()

    def _transact(
        self, work: Callable[[sa.Connection], _Result], doing: str, key: str | None = None, *, single: bool = False
    ) -> _Result:
        self._prepare()
        with self._one_connection:
            return self._database.transact(work, doing, key, single=single)

    def _prepare(self) -> None:
        """Create what is missing: at the first use, and at the first in a forked child."""
        if self._is_ready:
            return
        with self._guard, self._one_connection:
            if self._is_ready:
                return
            self._database.create_file()
            version: int | None = None
            attempts = 0
            while version is None:
                attempts += 1
                create = partial(self._create_tables, is_last_attempt=attempts == _CREATE_ATTEMPTS)
                version = self._database.transact(create, "open the tables")
                if version is None:
                    time.sleep(random.uniform(0, 0.02 * attempts))  # noqa: S311 (no secret)
            if version != _SCHEMA_VERSION:
                raise TokenStoreError(
                    f"The table {self._statements.tokens.name} in {self._database.shown} has version {version} of its"
                    f" schema, and this program knows version {_SCHEMA_VERSION}: update pandadoc-client"
                )
            if self._database.dialect == "sqlite" and not self._database.in_memory:
                self._file = self._database.transact(_file_of, "open the tables")
                if self._file is not None:
                    check_sqlite_file(self._file)  # which SQLite may have found in a way of its own
            self._is_ready = True

    def _create_tables(self, connection: sa.Connection, *, is_last_attempt: bool) -> int | None:
        """Return the version of the schema, or None if another process seems to create it at this moment.

        The version is written last. So what a process that died has left undone is done by the next.
        """
        statements = self._statements
        try:
            if sa.inspect(connection).has_table(statements.schema.name):
                found: int | None = connection.scalar(statements.version)
                if found is not None:
                    return found
            for table in (statements.tokens, statements.locks, statements.schema):
                table.create(connection, checkfirst=True)
            statements.by_expiry.create(connection, checkfirst=True)
            connection.execute(statements.schema.insert().values(id=1, version=_SCHEMA_VERSION))
            return _SCHEMA_VERSION
        except DBAPIError as error:
            if is_last_attempt or is_disconnect(error):
                raise
            return None


def _file_of(connection: sa.Connection) -> Path | None:
    """Return the file of a SQLite database, whichever way its URL names it: SQLite follows links."""
    for _, name, path in connection.exec_driver_sql("PRAGMA database_list"):
        if name == "main" and path:
            return Path(path)
    return None


def from_url(url: str, purpose: str) -> SQLTokenStore:
    """Return the store of a URL of SQLAlchemy; a SQLite file may also be named as ``sqlite:PATH``."""
    scheme, _, rest = map(hide, url.partition(":"))
    if scheme.lower().partition("+")[0] == "sqlite" and not rest.startswith("//"):
        url = hide(f"{scheme}:///{os.path.expanduser(rest)}")
    return SQLTokenStore(url, table=f"pandadoc_{purpose or 'tokens'}")
