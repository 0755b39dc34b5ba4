"""`SQLTokenStore`: its tables, its arguments, SQLite's files, engines of the user."""

from __future__ import annotations

import asyncio
import logging
import os
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, cast

import pytest
import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.ext.asyncio import create_async_engine

from pandadoc_client.exceptions import ApiTypeError, ApiValueError, TokenStoreError
from pandadoc_client.oauth.stores.base import LockTimeout
from pandadoc_client.oauth.stores.sql import SQLTokenStore
from pandadoc_client.oauth.token import Token
from pandadoc_client.webhooks import EventDeduplicator

from ..servers.mariadb import MariaDB
from ..servers.postgresql import PostgreSQL
from .processes import add, count_up, other_process
from .support import DOCUMENT, document, in_threads, write

MakeUrl = Callable[[], str]


@pytest.fixture(params=["sqlite", "postgresql", "mariadb"])
def new_url(request: pytest.FixtureRequest, tmp_path: Path) -> MakeUrl:
    """What returns the URL of an empty database, of each server in turn."""
    if request.param == "sqlite":
        path = tmp_path / "tokens.db"
        path.touch(0o600)  # an empty file is an empty database; made by SQLite, others could read it
        return lambda: f"sqlite:///{path}"
    server = cast("PostgreSQL | MariaDB", request.getfixturevalue(request.param))
    return server.new_database


def engine_of(url: str) -> sa.Engine:
    driver = {"postgresql": "postgresql+psycopg", "mysql": "mysql+pymysql"}
    scheme, _, rest = url.partition("://")
    return sa.create_engine(f"{driver.get(scheme, scheme)}://{rest}", poolclass=sa.NullPool)


def rows(url: str, statement: str) -> list[tuple[Any, ...]]:
    with engine_of(url).begin() as connection:
        result = connection.exec_driver_sql(statement)
        return [tuple(row) for row in result] if result.returns_rows else []


# --- Tables


def test_the_tables_are_made_on_first_use(new_url: MakeUrl) -> None:
    url = new_url()
    with SQLTokenStore(url, table="accounts") as store:
        assert not sa.inspect(engine_of(url)).get_table_names(), "nothing is done before it is needed"
        moment = datetime(2026, 5, 17, 12, 0, 0, 250000, tzinfo=UTC)
        revision = store.write("key", DOCUMENT, expires_at=moment, expected=None)
        with store.lock("key", 1):
            pass
    inspector = sa.inspect(engine_of(url))
    assert sorted(inspector.get_table_names()) == ["accounts", "accounts_locks", "accounts_schema"]
    assert [index["column_names"] for index in inspector.get_indexes("accounts")] == [["expires_at"]]
    assert rows(url, "SELECT version FROM accounts_schema") == [(1,)]
    assert rows(url, "SELECT revision, expires_at, document FROM accounts") == [
        (revision, moment.timestamp(), DOCUMENT)
    ]


def test_stores_with_other_tables_are_apart(new_url: MakeUrl) -> None:
    url = new_url()
    with SQLTokenStore(url) as one, SQLTokenStore(url, table="others") as two:
        write(one, "key", "1")
        write(two, "key", "2")
        assert (document(one, "key"), document(two, "key")) == ("1", "2")


def test_many_processes_can_begin_at_once(new_url: MakeUrl) -> None:
    place = partial(SQLTokenStore, new_url())
    with (
        other_process(count_up, place, "a", 5) as a,
        other_process(count_up, place, "b", 5) as b,
        other_process(count_up, place, "a", 5) as c,
        other_process(count_up, place, "b", 5) as d,
    ):
        others = (a, b, c, d)
        assert [other.line() for other in others] == ["ready"] * 4
        for other in others:
            other.go_on()
        for other in others:
            other.result()
    with place() as store:
        assert (document(store, "a"), document(store, "b")) == ("10", "10")


def test_many_threads_can_begin_at_once(new_url: MakeUrl) -> None:
    url = new_url()

    def work(index: int) -> None:
        with SQLTokenStore(url) as store:
            write(store, f"key {index}")

    in_threads(8, work)
    with SQLTokenStore(url) as store:
        assert len(list(store.keys())) == 8


def test_what_a_dead_process_left_half_made_is_completed(new_url: MakeUrl) -> None:
    url = new_url()
    with SQLTokenStore(url) as store:
        write(store, "key")
    on = " ON pandadoc_tokens" if url.startswith("mysql") else ""
    rows(url, f"DROP INDEX pandadoc_tokens_expires_at{on}")
    rows(url, "DROP TABLE pandadoc_tokens_schema")
    with SQLTokenStore(url) as store:
        assert document(store, "key") == DOCUMENT
    assert [index["column_names"] for index in sa.inspect(engine_of(url)).get_indexes("pandadoc_tokens")] == [
        ["expires_at"]
    ]
    assert rows(url, "SELECT version FROM pandadoc_tokens_schema") == [(1,)]


def test_a_newer_schema_is_refused(new_url: MakeUrl) -> None:
    url = new_url()
    with SQLTokenStore(url) as store:
        write(store, "key")
    rows(url, "UPDATE pandadoc_tokens_schema SET version = 2")
    with SQLTokenStore(url) as store:
        for call in (partial(store.read, "key"), partial(write, store, "other"), store.lock("key", 0).__enter__):
            with pytest.raises(TokenStoreError, match=r"version 2 of its schema.*knows version 1: update"):
                call()
    assert rows(url, "SELECT count(*) FROM pandadoc_tokens") == [(1,)]


# --- Arguments


@pytest.mark.parametrize(
    "url", ["", "tokens.db", "postgresql:/pass-marker@host/name", "postgresql://u:pass-marker@host:port/name"]
)
def test_what_is_no_url_is_refused(url: str) -> None:
    with pytest.raises(ApiValueError, match=r"^url must be one of a database, such as sqlite:///tokens.db") as caught:
        SQLTokenStore(url)
    assert "marker" not in str(caught.value)
    assert caught.value.__context__ is None


@pytest.mark.parametrize("url", ["oracle://u:pass-marker@host/name", "mssql+pyodbc://u:pass-marker@host/name"])
def test_other_databases_are_refused(url: str) -> None:
    with pytest.raises(ApiValueError, match=r"^url must be of SQLite, PostgreSQL, MariaDB or MySQL, not of (orac|mss)"):
        SQLTokenStore(url)


def test_what_is_no_text_is_refused() -> None:
    with pytest.raises(ApiTypeError, match=r"^url must be text \(str\), a SQLAlchemy URL or engine, not PosixPath"):
        SQLTokenStore(cast("str", Path("tokens.db")))
    with pytest.raises(ApiTypeError, match=r"^table must be text \(str\), not int"):
        SQLTokenStore("sqlite://", table=cast("str", 7))


@pytest.mark.parametrize("table", ["", "1st", "a-b", 'a"; DROP TABLE b', "a.b", "ä", "t" * 49, "t\n"])
def test_what_cannot_be_a_table_is_refused(table: str) -> None:
    with pytest.raises(ApiValueError, match=r"^table must have 1 to 48 letters, digits and underscores"):
        SQLTokenStore("sqlite://", table=table)


@pytest.mark.parametrize(
    ("url", "module", "install"),
    [
        ("postgresql://u:pass-marker@h/n", "psycopg", "'pandadoc-client[postgresql]'"),
        ("mariadb://u:pass-marker@h/n", "pymysql", "'pandadoc-client[mariadb]'"),
        ("mysql://u:pass-marker@h/n", "pymysql", "'pandadoc-client[mariadb]'"),
        ("postgresql+asyncpg://u:pass-marker@h/n", "asyncpg", "asyncpg"),
        ("sqlite+aiosqlite:///tokens.db", "aiosqlite", "aiosqlite"),
        ("mysql+asyncmy://u:pass-marker@h/n", "asyncmy", "asyncmy"),
        ("sqlite+aiosqlite:///tokens.db", "greenlet", "'sqlalchemy[asyncio]'"),
    ],
)
def test_a_missing_driver_is_named(url: str, module: str, install: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(ImportError) as caught:
        SQLTokenStore(url)
    assert str(caught.value).endswith(f" needs {module}: pip install {install}")
    assert "marker" not in str(caught.value)


def test_blocking_drivers_need_no_greenlet() -> None:
    program = (
        "import sys; sys.modules['greenlet'] = None\n"
        "from pandadoc_client.oauth.stores.sql import SQLTokenStore\n"
        "with SQLTokenStore('sqlite://') as store: print(store.load())"
    )
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60)
    assert (result.stdout, result.stderr) == ("None\n", "")


@pytest.mark.parametrize("url", ["postgresql+nonsense://u:pass-marker@h/n", "sqlite+nonsense:///tokens.db"])
def test_an_unknown_driver_is_named(url: str) -> None:
    with pytest.raises(ImportError, match=r"needs nonsense") as caught:
        SQLTokenStore(url)
    assert "marker" not in str(caught.value)


# --- SQLite


def test_the_file_is_for_its_owner_only(tmp_path: Path) -> None:
    old = os.umask(0)
    try:
        with SQLTokenStore(f"sqlite:///{tmp_path / 'tokens.db'}") as store, store.lock("key", 0):
            write(store, "key")
            modes = {path.name.partition(".")[2]: path.stat().st_mode & 0o777 for path in tmp_path.iterdir()}
    finally:
        os.umask(old)
    assert set(modes.values()) == {0o600}
    assert {"db", "db-wal", "db-shm"} < set(modes)


@pytest.mark.parametrize("uri", ["file:{}?uri=true", "file:{}?mode=rwc&uri=true", "file://{}?uri=true"])
def test_a_file_that_is_named_by_a_uri_is_for_its_owner_only(tmp_path: Path, uri: str) -> None:
    path = tmp_path / "to kens.db"
    old = os.umask(0)
    try:
        with SQLTokenStore(f"sqlite:///{uri.format(str(path).replace(' ', '%20'))}") as store:
            write(store, "key")
    finally:
        os.umask(old)
    assert path.stat().st_mode & 0o777 == 0o600


def _sqlite_by_url(path: Path) -> SQLTokenStore:
    return SQLTokenStore(f"sqlite:///{path}")


def _sqlite_by_uri(path: Path) -> SQLTokenStore:
    return SQLTokenStore(f"sqlite:///file:{path}?uri=true")


def _sqlite_by_engine(path: Path) -> SQLTokenStore:
    return SQLTokenStore(sa.create_engine(f"sqlite:///{path}"))


def _sqlite_by_link(path: Path) -> SQLTokenStore:
    link = path.with_name("link.db")
    if not link.is_symlink():
        link.symlink_to(path)
    return SQLTokenStore(f"sqlite:///{link}")


SQLITE_FILES = [_sqlite_by_url, _sqlite_by_uri, _sqlite_by_engine, _sqlite_by_link]


@pytest.mark.skipif(os.name != "posix", reason="mode bits say nothing here")
@pytest.mark.parametrize("open_store", SQLITE_FILES)
@pytest.mark.parametrize("open_to", [0o644, 0o640, 0o602])
def test_a_database_that_others_can_open_is_refused_with_the_command_that_mends_it(
    tmp_path: Path, open_store: Callable[[Path], SQLTokenStore], open_to: int
) -> None:
    path = tmp_path / "tokens.db"
    with _sqlite_by_url(path) as store:
        store.save("default", Token("t"))
    path.chmod(open_to)
    with open_store(path) as store:
        for act in (store.load, lambda: store.save("default", Token("t")), lambda: list(store.keys())):
            with pytest.raises(TokenStoreError, match=rf"its mode is {open_to:04o}.*: chmod 600 {tmp_path}") as caught:
                act()
        with pytest.raises(TokenStoreError, match="its mode is"), store.lock("default", 0):
            pytest.fail("the lock of a database that others can open")
        subprocess.run(str(caught.value).rpartition(": ")[2], shell=True, check=True)
        assert store.load() == Token("t")


@pytest.mark.skipif(os.name != "posix", reason="mode bits say nothing here")
def test_what_sqlite_keeps_beside_a_database_is_checked_too(tmp_path: Path) -> None:
    path = tmp_path / "tokens.db"
    with _sqlite_by_url(path) as store:
        store.save("default", Token("t"))
        (tmp_path / "tokens.db-wal").chmod(0o644)
        with _sqlite_by_url(path) as other, pytest.raises(TokenStoreError, match=r"chmod 600 .*tokens.db-wal$"):
            other.load()


@pytest.mark.skipif(os.name != "posix", reason="mode bits say nothing here")
def test_a_database_that_everybody_can_replace_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "shared"
    folder.mkdir()
    folder.chmod(0o777)
    with _sqlite_by_url(folder / "t.db") as store:
        with pytest.raises(TokenStoreError, match=f"chmod o-w {folder}$"):
            store.load()
        folder.chmod(0o1777)  # as /tmp is
        assert store.load() is None


@pytest.mark.skipif(os.name != "posix", reason="mode bits say nothing here")
def test_the_deduplicator_refuses_a_database_that_others_can_open(tmp_path: Path) -> None:
    path = tmp_path / "webhooks.db"
    path.touch()
    path.chmod(0o644)
    with EventDeduplicator(f"sqlite:{path}") as deduplicator:
        with pytest.raises(TokenStoreError, match=f"chmod 600 {path}$"):
            deduplicator.first_time("1")
        path.chmod(0o600)
        assert deduplicator.first_time("1")


def test_the_file_stays_the_same_when_the_working_directory_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path)
    with SQLTokenStore("sqlite:///tokens.db") as store:
        monkeypatch.chdir(tmp_path / "elsewhere")
        write(store, "key")
    assert (tmp_path / "tokens.db").exists()
    assert not list((tmp_path / "elsewhere").iterdir())


def test_all_names_of_a_file_share_its_locks(tmp_path: Path) -> None:
    (tmp_path / "link.db").symlink_to(tmp_path / "tokens.db")
    names = [
        f"sqlite:///{tmp_path}/tokens.db",
        f"sqlite:///{tmp_path}/link.db",
        f"sqlite:///file:{tmp_path}/tokens.db?uri=true",
    ]
    stores = [SQLTokenStore(name) for name in names]
    for store in stores:
        with store.lock("key", 0):
            for other in stores:
                with pytest.raises(LockTimeout), other.lock("key", 0):
                    pytest.fail("two have the lock")
    for store in stores:
        store.close()


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:", "sqlite+aiosqlite://"])
def test_threads_take_turns_at_a_database_in_memory(url: str) -> None:
    with SQLTokenStore(url) as store:

        def work(index: int) -> None:
            if index % 2:
                add(store, "key", 50)
            else:
                for _ in range(150):
                    store.read("other")  # which ends by rolling back

        in_threads(6, work)
        assert document(store, "key") == "150"


def test_a_folder_that_is_missing_is_a_clear_error(tmp_path: Path) -> None:
    problem = r"^The database .*missing/tokens.db cannot be used: No such file"
    with (
        SQLTokenStore(f"sqlite:///{tmp_path}/missing/tokens.db") as store,
        pytest.raises(TokenStoreError, match=problem),
    ):
        store.read("key")


def test_a_file_that_is_no_database_is_a_clear_error(tmp_path: Path) -> None:
    path = tmp_path / "tokens.db"
    path.touch(0o600)
    path.write_text("no database at all, but text " * 100)
    problem = r"tokens.db: DatabaseError \(SQLITE_NOTADB\): file is not a database"
    with SQLTokenStore(f"sqlite:///{tmp_path}/tokens.db") as store, pytest.raises(TokenStoreError, match=problem):
        store.read("key")


def test_a_writer_waits_for_another_that_sqlite_gives_precedence(tmp_path: Path) -> None:
    # The time for which SQLite itself waits is made so short that the store has to try again.
    with SQLTokenStore(f"sqlite:///{tmp_path}/tokens.db?timeout=0.01") as store:
        revision = write(store, "key", "1")
        other = sqlite3.connect(tmp_path / "tokens.db", isolation_level=None, check_same_thread=False)
        other.execute("BEGIN IMMEDIATE")
        threading.Timer(0.3, other.execute, ["COMMIT"]).start()
        write(store, "key", "2", revision)
        assert not other.in_transaction
        other.close()
        assert document(store, "key") == "2"


def test_a_full_disk_is_a_clear_error_and_the_token_is_kept(tmp_path: Path) -> None:
    engine = sa.create_engine(f"sqlite:///{tmp_path}/tokens.db")
    with SQLTokenStore(engine) as store:
        store.save("key", Token("1"))

        @event.listens_for(engine, "connect")
        def _(connection: Any, __: object) -> None:
            connection.execute("PRAGMA max_page_count = 1")

        token = Token("access-marker", extra={"long": "x" * 100_000})
        with SQLTokenStore(engine) as full, pytest.raises(TokenStoreError, match=r"\(SQLITE_FULL\)") as caught:
            full.save("key", token)
        assert caught.value.token is token
        assert "marker" not in str(caught.value)
        assert store.load("key") == Token("1")


def test_the_event_loop_of_an_asynchronous_driver_ends_with_the_store(tmp_path: Path) -> None:
    def loops() -> int:
        return sum(thread.name == "pandadoc-sql" for thread in threading.enumerate())

    before = loops()
    store = SQLTokenStore(f"sqlite+aiosqlite:///{tmp_path}/tokens.db")
    assert loops() == before
    for _ in range(2):
        store.read("key")
        assert loops() == before + 1
        store.close()
        assert loops() == before


# --- Engines of the user


def test_an_engine_is_left_alone(new_url: MakeUrl) -> None:
    engine = engine_of(new_url())
    pooled = sa.create_engine(engine.url, pool_size=1, max_overflow=0, pool_timeout=5)
    with pooled.connect() as connection:
        with SQLTokenStore(pooled) as store:
            all_hold = threading.Barrier(8)

            def work(index: int) -> None:
                with store.lock(f"key {index}", 60):
                    all_hold.wait(30)
                    write(store, f"key {index}")

            in_threads(8, work)
        assert connection.scalar(sa.text("SELECT count(*) FROM pandadoc_tokens")) == 8
    assert pooled.pool.checkedin() == 1  # type: ignore[attr-defined]
    pooled.dispose()


@pytest.mark.parametrize("level", ["SERIALIZABLE", "AUTOCOMMIT"])
def test_the_isolation_level_of_an_engine_does_not_matter(new_url: MakeUrl, level: str) -> None:
    engine = sa.create_engine(engine_of(new_url()).url, isolation_level=level)
    with SQLTokenStore(engine) as store:
        in_threads(4, lambda index: store.save("key", Token(f"{index}")))
        write(store, "other")
        with store.lock("key", 0), pytest.raises(LockTimeout), store.lock("key", 0):
            pytest.fail("two have the lock")
    engine.dispose()


@pytest.mark.parametrize("server", ["sqlite", "postgresql", "mariadb"])
async def test_an_asynchronous_engine_goes_on_in_its_own_event_loop(
    server: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    if server == "sqlite":
        (tmp_path / "tokens.db").touch(0o600)
        url = f"sqlite+aiosqlite:///{tmp_path / 'tokens.db'}"
    else:
        url = request.getfixturevalue(server).new_database()
        url = url.replace("postgresql:", "postgresql+asyncpg:").replace("mysql:", "mysql+asyncmy:")
    engine = create_async_engine(url)
    async with engine.connect() as connection:
        async with SQLTokenStore(engine) as store:
            await asyncio.gather(*(store.asave(f"key {index}", Token("t")) for index in range(6)))
            assert len(await store.akeys()) == 6
        assert await connection.scalar(sa.text("SELECT count(*) FROM pandadoc_tokens")) == 6
    await engine.dispose()


def test_an_engine_on_a_database_in_memory_is_refused() -> None:
    with pytest.raises(ApiValueError, match=r"^engine must not be of a database in memory"):
        SQLTokenStore(sa.create_engine("sqlite://"))


def test_an_engine_that_shows_parameters_logs_no_secret(new_url: MakeUrl, caplog: pytest.LogCaptureFixture) -> None:
    engine = sa.create_engine(engine_of(new_url()).url, hide_parameters=False)
    caplog.set_level(logging.DEBUG, logger="sqlalchemy")
    with SQLTokenStore(engine) as store:
        revision = write(store, "key")
        write(store, "key", DOCUMENT, revision)
        assert document(store, "key") == DOCUMENT
    engine.dispose()
    assert "INSERT INTO pandadoc_tokens" in caplog.text
    assert DOCUMENT not in caplog.text
