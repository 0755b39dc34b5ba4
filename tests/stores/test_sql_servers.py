"""`SQLTokenStore` when its server refuses, restarts, cuts connections, makes it wait or gives transactions up."""

from __future__ import annotations

import logging
import threading
import time
import traceback
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, Self, cast

import psycopg
import pytest
import sqlalchemy as sa

from pandadoc_client.exceptions import TokenStoreError
from pandadoc_client.oauth.stores import _sql_database
from pandadoc_client.oauth.stores.base import LockTimeout
from pandadoc_client.oauth.stores.sql import SQLTokenStore
from pandadoc_client.oauth.token import Token

from ..servers.mariadb import MariaDB
from ..servers.postgresql import PostgreSQL
from ..servers.process import free_port
from .processes import add, fork_in_lock, other_process
from .support import document, in_threads, write

Server = PostgreSQL | MariaDB
TOKEN = Token("access-marker")

DRIVERS = {
    "psycopg": ("postgresql", "postgresql"),
    "asyncpg": ("postgresql", "postgresql+asyncpg"),
    "pymysql": ("mariadb", "mariadb"),
    "asyncmy": ("mariadb", "mysql+asyncmy"),
}


@pytest.fixture(params=DRIVERS)
def driver(request: pytest.FixtureRequest) -> str:
    """Each driver of a server in turn."""
    return cast("str", request.param)


@pytest.fixture
def server(driver: str, request: pytest.FixtureRequest) -> Server:
    return cast("Server", request.getfixturevalue(DRIVERS[driver][0]))


@pytest.fixture
def url(driver: str, server: Server) -> str:
    """The URL of an empty database, with this driver."""
    return by_driver(server.new_database(), driver)


only_postgresql = pytest.mark.parametrize("driver", ["psycopg", "asyncpg"], indirect=True)


def by_driver(url: str, driver: str) -> str:
    return DRIVERS[driver][1] + url[url.index("://") :]


def plain(url: str) -> str:
    """Return *url* as psycopg has it."""
    return url.replace("+asyncpg", "")


def chain(error: BaseException) -> str:
    return "".join(traceback.format_exception(error))


def lock_of(open_store: Callable[[], SQLTokenStore]) -> str:
    """Return whether the lock of "key" is free, as another store sees it."""
    with open_store() as store:
        try:
            with store.lock("key", 0):
                return "free"
        except LockTimeout:
            return "taken"


# --- Servers that are not there, or say no


def test_a_server_that_is_not_there_is_a_clear_error(driver: str) -> None:
    scheme = DRIVERS[driver][1]
    with SQLTokenStore(f"{scheme}://user:pass-marker@127.0.0.1:{free_port()}/name") as store:
        for call in (lambda: store.read("key"), lambda: write(store, "key"), store.lock("key", 1).__enter__):
            with pytest.raises(
                TokenStoreError, match=r"user:\*\*\*@127.0.0.1:\d+/name: .*([Rr]efused|connect)"
            ) as caught:
                call()
            assert "marker" not in chain(caught.value)


def test_a_wrong_password_is_a_clear_error_without_it(server: Server, url: str) -> None:
    wrong = SQLTokenStore(url.replace(server.password, "wrong-password-marker"))
    with (
        wrong as store,
        pytest.raises(TokenStoreError, match=r"pandadoc:\*\*\*@.*(authentication failed|1045)") as caught,
    ):
        store.read("key")
    assert "marker" not in chain(caught.value)
    assert caught.value.__context__ is None


def test_a_password_among_the_options_of_a_url_is_not_shown() -> None:
    with SQLTokenStore(f"postgresql://user@127.0.0.1:{free_port()}/name?password=pass-marker") as store:
        assert "marker" not in repr(store)
        with pytest.raises(TokenStoreError) as caught:
            store.read("key")
    assert "marker" not in str(caught.value)


@only_postgresql
def test_what_the_server_says_of_a_document_is_not_shown(url: str) -> None:
    with SQLTokenStore(url) as store:
        write(store, "other", "")
        with psycopg.connect(plain(url), autocommit=True) as connection:
            connection.execute(
                "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS"
                " $$BEGIN RAISE EXCEPTION 'will not have %', NEW.document; END$$"
            )
            connection.execute("CREATE TRIGGER t BEFORE INSERT ON pandadoc_tokens FOR ROW EXECUTE FUNCTION refuse()")
        with pytest.raises(TokenStoreError, match=r"^Cannot write the key 'key' in postgresql.*\(P0001\)$") as caught:
            write(store, "key")
        assert "marker" not in chain(caught.value)
        with pytest.raises(TokenStoreError, match="will not have") as caught:
            write(store, "key", "")


@only_postgresql
def test_a_constraint_that_is_not_ours_is_no_conflict(url: str) -> None:
    with SQLTokenStore(url) as store:
        write(store, "other")
        with psycopg.connect(plain(url), autocommit=True) as connection:
            connection.execute("ALTER TABLE pandadoc_tokens ADD CONSTRAINT few CHECK (key = 'other')")
        with pytest.raises(TokenStoreError, match=r'\(23514\): .*violates check constraint "few"$') as caught:
            store.save("key", TOKEN)
        assert "marker" not in chain(caught.value)


# --- Connections that are lost


def test_a_restarted_server_is_connected_to_again(server: Server, url: str) -> None:
    with SQLTokenStore(url) as store:
        revision = write(store, "key", "1")
        for number in range(2, 5):
            server.stop()
            server.start()
            if number == 3:
                with store.lock("key", 5):
                    pass
            else:
                revision = write(store, "key", str(number), revision)
        assert document(store, "key") == "4"


def test_a_server_that_is_away_is_an_error_until_it_is_back(server: Server, url: str) -> None:
    with SQLTokenStore(url) as store:
        revision = write(store, "key", "1")
        server.stop()
        try:
            with pytest.raises(TokenStoreError, match=r"^Cannot write the key 'key' in "):
                write(store, "key", "2", revision)
        finally:
            server.start()
        write(store, "key", "2", revision)
        assert document(store, "key") == "2"


def test_a_lock_that_is_lost_with_the_server_is_left_in_peace(
    server: Server, url: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, logger="pandadoc_client")
    with SQLTokenStore(url) as store:
        with store.lock("key", 5):
            server.stop()
            server.start()
            assert lock_of(lambda: SQLTokenStore(url)) == "free"
        assert "The lock of the key 'key' in " in caplog.text
        assert "was lost" in caplog.text
        assert server.password not in caplog.text
        with store.lock("key", 5):
            assert lock_of(lambda: SQLTokenStore(url)) == "taken"


@only_postgresql
def test_a_lock_whose_connection_is_cut_is_left_in_peace(
    server: PostgreSQL, url: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, logger="pandadoc_client")
    with SQLTokenStore(url) as store:
        write(store, "key", "1")
        with store.lock("key", 5):
            holders = (
                "SELECT pg_terminate_backend(pid, 30000) FROM pg_stat_activity"
                " WHERE state = 'idle in transaction' AND datname = current_database()"
            )
            assert server.execute(holders, plain(url)) == [(True,)]
            assert lock_of(lambda: SQLTokenStore(url)) == "free"
        assert "was lost" in caplog.text
        with pytest.raises(psycopg.errors.UndefinedTable), store.lock("key", 5):
            # What is raised within is not replaced by what happens at the end.
            server.execute(f"{holders}; SELECT * FROM missing", plain(url))


def test_a_commit_whose_answer_is_lost_has_happened(postgresql: PostgreSQL) -> None:
    cuts: list[str] = []
    url = postgresql.new_database()

    def cut(connection: psycopg.Connection[Any]) -> None:
        """Let the connection die after the next commits, before their responses arrive."""
        if cuts:
            cuts.pop()
            connection.close()
            raise psycopg.OperationalError("server closed the connection unexpectedly")

    class CuttingCursor(psycopg.Cursor[Any]):
        def execute(self, query: Any, *arguments: Any, **options: Any) -> Self:
            super().execute(query, *arguments, **options)
            if self.connection.autocommit and str(query).startswith(("INSERT", "UPDATE")):
                cut(self.connection)
            return self

    class Cutting(psycopg.Connection[Any]):
        def commit(self) -> None:
            super().commit()
            cut(self)

    def connect() -> psycopg.Connection[Any]:
        return Cutting.connect(url, cursor_factory=CuttingCursor)

    engine = sa.create_engine("postgresql+psycopg://", creator=connect)
    with SQLTokenStore(engine) as store:
        store.read("key")
        cuts.append("insert")
        revision = write(store, "key", "1")
        cuts.append("update")
        revision = write(store, "key", "2", revision)
        assert (store.read("key"), cuts) == (store.read("key"), [])
        assert document(store, "key") == "2"
        cuts.append("delete")
        assert store.discard("key") is True
        assert (store.read("key"), cuts) == (None, [])
        revision = write(store, "key", "3")
        cuts[:] = ["twice", "in a row"]
        with pytest.raises(TokenStoreError):
            write(store, "key", "4", revision)


def test_a_closed_store_leaves_no_connection(server: Server, url: str) -> None:
    name = url.rpartition("/")[2]
    table, column = ("pg_stat_activity", "datname") if "postgresql" in url else ("information_schema.processlist", "db")
    store = SQLTokenStore(url)
    in_threads(4, lambda index: write(store, f"key {index}"))
    with store.lock("key", 5):
        store.close()
    deadline = time.monotonic() + 20
    while (left := server.execute(f"SELECT count(*) FROM {table} WHERE {column} = '{name}'")) != [(0,)]:
        assert time.monotonic() < deadline, left
        time.sleep(0.02)  # a server says nothing when it has noticed


def test_a_forked_child_does_not_release_the_lock_of_its_parent(url: str) -> None:
    place = partial(SQLTokenStore, url)
    with other_process(fork_in_lock, place) as other:
        assert other.line() == "ready"
        assert lock_of(place) == "taken"
        other.go_on()
        other.result()
    assert lock_of(place) == "free"


# --- Settings of the server


@only_postgresql
def test_a_serializable_postgresql_loses_nothing(server: PostgreSQL, url: str) -> None:
    name = url.rpartition("/")[2]
    server.execute(f"ALTER DATABASE {name} SET default_transaction_isolation = 'serializable'")
    with SQLTokenStore(url) as store:
        in_threads(6, lambda _: add(store, "key", 5))
        assert document(store, "key") == "30"
        with store.lock("key", 0):
            assert lock_of(lambda: SQLTokenStore(url)) == "taken"


def test_a_serializable_mariadb_loses_nothing(mariadb: MariaDB) -> None:
    mariadb.execute("SET GLOBAL TRANSACTION ISOLATION LEVEL SERIALIZABLE")
    try:
        url = mariadb.new_database()
        with SQLTokenStore(url) as store:
            in_threads(6, lambda _: add(store, "key", 5))
            assert document(store, "key") == "30"
            with store.lock("key", 0):
                assert lock_of(lambda: SQLTokenStore(url)) == "taken"
    finally:
        mariadb.execute("SET GLOBAL TRANSACTION ISOLATION LEVEL REPEATABLE READ")


@only_postgresql
def test_time_limits_of_the_server_do_not_end_a_lock(server: PostgreSQL, url: str) -> None:
    name = url.rpartition("/")[2]
    for setting in ("idle_in_transaction_session_timeout", "statement_timeout", "lock_timeout"):
        server.execute(f"ALTER DATABASE {name} SET {setting} = '100ms'")
    with SQLTokenStore(url) as store, SQLTokenStore(url) as other, store.lock("key", 5):
        with pytest.raises(LockTimeout), other.lock("key", 0.5):  # longer than all of these
            pytest.fail("two have the lock")
        assert lock_of(lambda: SQLTokenStore(url)) == "taken"


@only_postgresql
def test_a_write_is_durable_even_if_commits_are_not(server: PostgreSQL, url: str) -> None:
    name = url.rpartition("/")[2]
    with SQLTokenStore(url) as store:
        write(store, "key")
    server.execute("CREATE TABLE seen (setting text)", plain(url))
    server.execute(
        "CREATE FUNCTION look() RETURNS trigger LANGUAGE plpgsql AS"
        " $$BEGIN INSERT INTO seen VALUES (current_setting('synchronous_commit')); RETURN NULL; END$$",
        plain(url),
    )
    server.execute(
        "CREATE TRIGGER t AFTER INSERT OR DELETE ON pandadoc_tokens FOR ROW EXECUTE FUNCTION look()", plain(url)
    )
    for setting in ("off", "remote_apply"):
        server.execute(f"ALTER DATABASE {name} SET synchronous_commit = '{setting}'")
        with SQLTokenStore(url) as store:
            assert store.discard("key")
            write(store, "key")
    seen = server.execute("SELECT setting FROM seen", plain(url))
    assert [setting for (setting,) in seen] == ["on", "on", "remote_apply", "remote_apply"]


# --- Waiting and trying again


@only_postgresql
def test_a_write_that_is_given_up_is_tried_again(url: str) -> None:
    with SQLTokenStore(url) as store:
        write(store, "other")
        with psycopg.connect(plain(url), autocommit=True) as connection:
            connection.execute("CREATE SEQUENCE attempts")
            connection.execute(
                "CREATE FUNCTION give_up() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN"
                " CASE nextval('attempts') WHEN 1 THEN RAISE EXCEPTION 'given up' USING ERRCODE = '40001';"
                " WHEN 2 THEN RAISE EXCEPTION 'given up' USING ERRCODE = '40P01'; ELSE END CASE; RETURN NEW; END$$"
            )
            connection.execute("CREATE TRIGGER t BEFORE INSERT ON pandadoc_tokens FOR ROW EXECUTE FUNCTION give_up()")
            write(store, "key", "1")
            assert document(store, "key") == "1"
            assert connection.execute("SELECT last_value FROM attempts").fetchone() == (3,)


@pytest.mark.parametrize("driver", ["pymysql", "asyncmy"], indirect=True)
def test_a_write_that_mariadb_gives_up_is_tried_again(server: MariaDB, url: str) -> None:
    name = url.rpartition("/")[2]
    with SQLTokenStore(url) as store:
        write(store, "other")
        server.execute(f"CREATE SEQUENCE {name}.attempts CACHE 0")
        server.execute(
            f"CREATE TRIGGER {name}.t BEFORE INSERT ON {name}.pandadoc_tokens FOR EACH ROW"
            " IF nextval(attempts) < 3 THEN SIGNAL SQLSTATE '40001' SET MYSQL_ERRNO = 1213; END IF"
        )
        write(store, "key", "1")
        assert document(store, "key") == "1"
        assert server.execute(f"SELECT nextval({name}.attempts)") == [(4,)]


def test_patience_ends(server: Server, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_sql_database, "PATIENCE", 0.3)
    monkeypatch.setattr("pandadoc_client.oauth.stores._sql_statements.PATIENCE", 0.3)
    with SQLTokenStore(url) as store:
        revision = write(store, "key", "1")
        blocking = "mysql+pymysql" if isinstance(server, MariaDB) else "postgresql+psycopg"
        engine = sa.create_engine(blocking + url[url.index("://") :])
        with engine.begin() as connection:
            connection.exec_driver_sql("UPDATE pandadoc_tokens SET expires_at = 0")
            # The servers themselves would wait for an hour.
            with pytest.raises(TokenStoreError, match=r"\((55P03|1205)\)") as caught:
                store.save("key", TOKEN)
            assert caught.value.token == TOKEN
            assert "marker" not in str(caught.value)
            assert document(store, "key") == "1", "readers do not wait"
        engine.dispose()
        write(store, "key", "2", revision)


def test_who_waits_for_a_lock_hinders_nobody_else(url: str) -> None:
    with SQLTokenStore(url) as store, ThreadPoolExecutor(4) as pool:
        waiting = threading.Barrier(5)

        def wait() -> None:
            waiting.wait(30)
            with store.lock("key", 60):
                pass

        with store.lock("key", 5):
            waiters = [pool.submit(wait) for _ in range(4)]
            waiting.wait(30)
            for number in range(10):
                with store.lock(f"key {number}", 5):
                    write(store, f"key {number}")
            assert not any(waiter.done() for waiter in waiters)
        for waiter in waiters:
            waiter.result(60)
