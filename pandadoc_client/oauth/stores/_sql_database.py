"""The database below `SQLTokenStore`: connections, transactions that are tried again, errors without secrets.

All above is written once, for blocking functions on a SQLAlchemy ``Connection``. If the driver is an asynchronous one,
these functions run on an event loop in a thread of its own, where SQLAlchemy lets them wait without blocking it.
"""

from __future__ import annotations

import asyncio
import logging
import os
import random
import threading
import time
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import unquote

from attrs import frozen
from sqlalchemy import URL, Connection, Engine, Pool, StaticPool, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError
from sqlalchemy.pool import AsyncAdaptedQueuePool, ConnectionPoolEntry, QueuePool, SingletonThreadPool
from sqlalchemy.util import greenlet_spawn

from pandadoc_client._http.clock import monotonic
from pandadoc_client._http.fork import InheritedSockets, renew_in_child
from pandadoc_client.exceptions import ApiTypeError, ApiValueError, TokenStoreError
from pandadoc_client.oauth.stores._private import check_private_file, check_private_folder
from pandadoc_client.oauth.stores._sql_errors import (
    GIVEN_UP,
    NOT_FREE,
    code_of,
    describe,
    is_disconnect,
    is_failure,
)
from pandadoc_client.oauth.stores.base import LockTimeout

if TYPE_CHECKING:  # it needs greenlet, which SQLAlchemy installs only if asked to
    from sqlalchemy.ext.asyncio import AsyncEngine

__all__ = ["PATIENCE", "Database", "Held", "check_sqlite_file"]

_log = logging.getLogger(__name__)
_Result = TypeVar("_Result")

PATIENCE = 30.0
"""Seconds for which a transaction waits for others, and is tried again when the database gave it up for theirs."""

_CONNECT_TIMEOUT = 10
_IDLE_CONNECTIONS = 20

_DRIVERS = {
    "sqlite": "sqlite",
    "postgresql": "postgresql+psycopg",
    "postgres": "postgresql+psycopg",
    "mysql": "mysql+pymysql",
    "mariadb": "mariadb+pymysql",
}
_INSTALL = {
    "psycopg": "'pandadoc-client[postgresql]'",
    "pymysql": "'pandadoc-client[mariadb]'",
    "greenlet": "'sqlalchemy[asyncio]'",
}
_CONNECT_ARGUMENTS: dict[str, dict[str, Any]] = {
    "psycopg": {"connect_timeout": _CONNECT_TIMEOUT},
    "asyncpg": {"timeout": _CONNECT_TIMEOUT},
    "pymysql": {"connect_timeout": _CONNECT_TIMEOUT},
    "asyncmy": {"connect_timeout": _CONNECT_TIMEOUT},
    "pysqlite": {"timeout": PATIENCE},
    "aiosqlite": {"timeout": PATIENCE},
}

_abandoned: list[object] = []
"""What a forked child inherited and must neither use nor tidy up: its parent still does."""


class _LoopThread:
    """An event loop in a thread of its own."""

    def __init__(self) -> None:
        self.users = 1
        # Of asyncio itself, whatever the program has chosen for its own loops: `_socket_of` has to know it.
        self._loop = asyncio.SelectorEventLoop() if os.name == "posix" else asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="pandadoc-sql", daemon=True)
        self._thread.start()

    def run(self, work: Coroutine[Any, Any, _Result]) -> _Result:
        future = asyncio.run_coroutine_threadsafe(work, self._loop)
        try:
            return future.result()
        except BaseException:
            future.cancel()  # Ctrl-C while waiting: what was begun is rolled back
            raise

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


@frozen(eq=False)
class Held:
    """A connection in whose transaction a lock is held."""

    connection: Connection
    engine: Engine
    pool: Pool
    loop: _LoopThread | None


class Database:
    """Connections to one database, for all threads of this process.

    Args:
        source: Its URL, or an engine that shows how to connect. The connections of a given engine are not used: they
            may belong to another event loop, and may be too few (see `hold`).

    Attributes:
        dialect: ``sqlite``, ``postgresql``, ``mysql`` or ``mariadb``.
        shown: The URL without its password.
        in_memory: Whether the database is one connection of this process, which one thread may use at a time.

    Raises:
        ApiTypeError: *source* is neither.
        ApiValueError: It is no URL of a database that we know, or an engine on a database in memory.
        ImportError: The driver is not installed.
    """

    def __init__(self, source: str | URL | Engine | AsyncEngine) -> None:
        given = getattr(source, "sync_engine", source)  # of an AsyncEngine
        self._given: Engine | None = given if isinstance(given, Engine) else None
        self._url = _url(source) if self._given is None else self._given.url
        self.dialect = self._url.get_backend_name()
        self.shown = self._url.set(query={}).render_as_string(hide_password=True)
        if self.dialect not in _DRIVERS:
            raise ApiValueError(f"url must be of SQLite, PostgreSQL, MariaDB or MySQL, not of {self.dialect}")
        if self._given is not None and isinstance(self._given.pool, StaticPool | SingletonThreadPool):
            raise ApiValueError("engine must not be of a database in memory: give its URL, or a file")
        self.in_memory = self._given is None and self.dialect == "sqlite" and _is_in_memory(self._url)
        self._sockets = InheritedSockets()
        self._engine = self._make_engine()
        self._loop: _LoopThread | None = None
        self._guard = threading.Lock()  # of _loop and its number of users
        renew_in_child(self)

    def _renew_in_child(self) -> None:
        self._sockets.close()
        _abandoned.append((self._engine, self._loop))
        self._engine = self._make_engine()
        self._loop = None
        self._guard = threading.Lock()

    def _make_engine(self) -> Engine:
        driver = self._url.get_driver_name()
        options: dict[str, Any] = {"hide_parameters": True}
        if self.dialect != "sqlite":
            options["isolation_level"] = "READ COMMITTED"  # whatever the server's default is
        if self._given is None:
            arguments = _CONNECT_ARGUMENTS.get(driver, {})
            options["connect_args"] = {name: arguments[name] for name in arguments if name not in self._url.query}
        try:
            is_async = self._url.get_dialect().is_async
            if self._given is not None:
                options["pool"] = self._given.pool.recreate()
            elif self.in_memory:
                options["poolclass"] = StaticPool
                options["connect_args"]["check_same_thread"] = False  # one at a time, but any
            else:
                options["poolclass"] = AsyncAdaptedQueuePool if is_async else QueuePool
                options |= {"pool_size": _IDLE_CONNECTIONS, "max_overflow": -1}
            if is_async:
                import_module("greenlet")
                from sqlalchemy.ext.asyncio import create_async_engine

                engine = create_async_engine(self._url, **options).sync_engine
            else:
                engine = create_engine(self._url, **options)
        except (ImportError, NoSuchModuleError) as error:
            missing = (getattr(error, "name", None) or driver).partition(".")[0]
            problem = f"{self.shown} needs {missing}: pip install {_INSTALL.get(missing, missing)}"
        else:
            if self.dialect != "sqlite":
                event.listen(engine, "connect", self._remember_socket)
            elif self._given is None:
                event.listen(engine, "connect", _set_up_sqlite)
            return engine
        raise ImportError(problem)

    def _remember_socket(self, _: object, record: ConnectionPoolEntry) -> None:
        socket = _socket_of(record.driver_connection)
        if socket is None:
            _log.debug("The socket of %s is not known: a forked child keeps it open", self._url.get_driver_name())
        else:
            self._sockets.add(socket)

    def create_file(self) -> None:
        """Create the file of a SQLite database if it is missing, so that nobody else may read it; else check it.

        Raises:
            TokenStoreError: It cannot be created, or others can read or replace it.
        """
        path = self._url.database
        if self.dialect == "sqlite" and not self.in_memory and path:
            create = self._url.query.get("mode", "rwc") == "rwc"
            check_sqlite_file(Path(_path_of_uri(path) if path.startswith("file:") else path), create=create)

    def transact(
        self, work: Callable[[Connection], _Result], doing: str, key: str | None = None, *, single: bool = False
    ) -> _Result:
        """Return what *work* does in a transaction that is committed then.

        If *work* is a *single* statement, PostgreSQL begins and commits by itself, which takes one round trip in place
        of three. Elsewhere that would cost a round trip to switch it on, or is no gain.

        It is done again if the database gave it up for another one, and once if the connection was dead; the latter
        may have died after the commit. What *work* raises itself is passed on.

        Raises:
            TokenStoreError: It failed; the message says "cannot *doing*", and why.
        """
        with self._borrowed_loop() as loop:
            if single and self.dialect == "postgresql":
                return self._persistently(partial(self._execute, work), loop, doing, key)
            return self._persistently(partial(self._transact, work), loop, doing, key)

    def _transact(self, work: Callable[[Connection], _Result]) -> _Result:
        with self._engine.begin() as connection:
            return work(connection)

    def _execute(self, work: Callable[[Connection], _Result]) -> _Result:
        with self._engine.connect() as connection:
            return work(connection.execution_options(isolation_level="AUTOCOMMIT"))

    def hold(self, work: Callable[[Connection], None], key: str, timeout: float) -> Held:
        """Do *work* in a transaction, and leave that open: it holds the lock of *key*.

        Whoever holds a lock needs a second connection to write. If both came from a pool of limited size, holders
        could wait for each other for ever. So our own pool has no limit, and from one that a user has limited the
        connection is taken out for good.

        Raises:
            LockTimeout: The database says that the lock was not free within *timeout* seconds.
            TokenStoreError: It failed.
        """
        loop = self._borrow_loop()
        try:
            engine, pool = self._engine, self._engine.pool
            connection = self._persistently(partial(self._hold, work), loop, "take the lock of", key, timeout)
        except BaseException:
            self._give_back(loop)
            raise
        return Held(connection, engine, pool, loop)

    def _hold(self, work: Callable[[Connection], None]) -> Connection:
        connection = self._engine.connect()
        try:
            if self._given is not None:
                connection.detach()
            work(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def release(self, held: Held, key: str) -> None:
        """End the transaction that *held* has open. If its connection was lost, so was the lock; that is logged."""
        if held.engine is not self._engine:
            # We are a child that was forked meanwhile: the lock is our parent's, and this is not to be tidied up.
            _abandoned.append(held)
            return
        try:
            problem = _run(partial(self._release, held), held.loop)
        finally:
            self._give_back(held.loop)
        if problem is not None:
            _log.info("The lock of the key %r in %s was lost: %s", key, self.shown, problem)

    def _release(self, held: Held) -> str | None:
        problem = None
        try:
            held.connection.rollback()
        except Exception as error:
            if not is_failure(error, self._engine.driver):
                raise
            problem = self._cause(error)
            held.connection.invalidate()
        if held.pool is not held.engine.pool and not held.connection.invalidated:
            held.connection.detach()  # the store was closed meanwhile, and its pool would keep this for ever
        held.connection.close()
        return problem

    def close(self) -> None:
        """Close all connections but those that hold locks: they are closed when these are released."""
        with self._guard:
            loop, self._loop = self._loop, None
        if loop is not None or not self._engine.dialect.is_async:
            try:
                _run(self._engine.dispose, loop)
            finally:
                self._give_back(loop)

    def _borrow_loop(self) -> _LoopThread | None:
        if not self._engine.dialect.is_async:
            return None
        with self._guard:
            if self._loop is None:
                self._loop = _LoopThread()
            self._loop.users += 1
            return self._loop

    def _give_back(self, loop: _LoopThread | None) -> None:
        if loop is None:
            return
        with self._guard:
            loop.users -= 1
            is_last = not loop.users
        if is_last:
            loop.stop()

    @contextmanager
    def _borrowed_loop(self) -> Iterator[_LoopThread | None]:
        loop = self._borrow_loop()
        try:
            yield loop
        finally:
            self._give_back(loop)

    def _persistently(
        self,
        work: Callable[[], _Result],
        loop: _LoopThread | None,
        doing: str,
        key: str | None,
        lock_timeout: float | None = None,
    ) -> _Result:
        deadline = monotonic() + PATIENCE
        pause = 0.005
        was_dead = False
        while True:
            # Ours is raised outside of `except`: the database's error shows parameters, and would be chained to it.
            failure: TokenStoreError
            try:
                return _run(work, loop)
            except Exception as error:
                if not is_failure(error, self._engine.driver):
                    raise
                code = code_of(error)
                is_dead = is_disconnect(error)
                subject = doing if key is None else f"{doing} the key {key!r}"
                failure = TokenStoreError(f"Cannot {subject} in {self.shown}: {self._cause(error)}", key=key)
            if lock_timeout is not None and code in NOT_FREE:
                raise LockTimeout.of(str(key), lock_timeout)
            if is_dead and not was_dead:
                was_dead = True
            elif code in GIVEN_UP and monotonic() < deadline:
                time.sleep(pause * random.uniform(0.5, 1))  # noqa: S311 (no secret)
                pause = min(pause * 2, 0.5)
            else:
                raise failure

    def _cause(self, error: Exception) -> str:
        return describe(error, self._url.password)


def _socket_of(connection: Any) -> Any:
    """Return what has the file descriptor of a driver's *connection*; None if the driver is not known to us."""
    if hasattr(connection, "fileno"):  # psycopg, psycopg2
        return connection
    socket = getattr(connection, "_sock", None)  # PyMySQL
    if socket is None:  # asyncpg; asyncmy and aiomysql
        transport = getattr(connection, "_transport", None) or getattr(connection, "_writer", None)
        # asyncio hides its socket behind an object that nobody else holds.
        shown = transport and transport.get_extra_info("socket")
        socket = getattr(shown, "_sock", None)
    return socket


def _run(work: Callable[[], _Result], loop: _LoopThread | None) -> _Result:
    return work() if loop is None else loop.run(greenlet_spawn(work))


def _url(source: object) -> URL:
    if not isinstance(source, str | URL):
        raise ApiTypeError(f"url must be text (str), a SQLAlchemy URL or engine, not {type(source).__name__}")
    try:
        url = make_url(source)
    except (ArgumentError, ValueError):
        url = None
    if url is None:  # not in `except`: SQLAlchemy's error may show all of it
        raise ApiValueError("url must be one of a database, such as sqlite:///tokens.db or postgresql://user@host/name")
    url = url.set(drivername=_DRIVERS.get(url.drivername, url.drivername))
    path = url.database
    if url.get_backend_name() == "sqlite" and path and not _is_in_memory(url) and not path.startswith("file:"):
        url = url.set(database=os.path.abspath(path))  # the working directory may change
    return url


def _is_in_memory(url: URL) -> bool:
    path = url.database or ":memory:"
    return path in (":memory:", "file::memory:") or url.query.get("mode") == "memory"


def _path_of_uri(uri: str) -> str:
    """Return the path in a ``file:`` URI, as SQLite reads it."""
    rest = uri.removeprefix("file:")
    if rest.startswith("//"):
        rest = "/" + rest.removeprefix("//").partition("/")[2]
    return unquote(rest)


def check_sqlite_file(path: Path, *, create: bool = False) -> None:
    """Check that nobody else can read the SQLite database *path*, or what SQLite keeps beside it, nor replace it.

    Args:
        path: The file; links are followed, as SQLite does.
        create: Whether to create it if it is missing, for its owner alone.

    Raises:
        TokenStoreError: Others can, or it cannot be opened; the message names the file.
    """
    try:
        real = Path(os.path.realpath(path))
        check_private_folder(real.parent)
        if create:
            # Never opened if it is there: to close it would drop the locks that SQLite has on it in this process.
            with suppress(FileExistsError):
                os.close(os.open(real, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
        check_private_file(path, real.stat())
        for suffix in ("-wal", "-shm", "-journal"):  # SQLite gives them the mode of the database, at their creation
            beside = real.with_name(real.name + suffix)
            with suppress(FileNotFoundError):
                check_private_file(beside, beside.stat())
    except OSError as error:
        problem = error.strerror or type(error).__name__
        raise TokenStoreError(f"The database {path} cannot be used: {problem}") from error


def _set_up_sqlite(connection: Any, _: object) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")  # readers and a writer do not wait for each other
    cursor.execute("PRAGMA synchronous=FULL")  # else a commit may be lost with the power
    cursor.close()
