"""The tables of a `SQLTokenStore` and its statements, made once: to make one takes longer than to send it."""

from __future__ import annotations

import math
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import mysql
from sqlalchemy.types import TypeDecorator, TypeEngine

from pandadoc_client.oauth.stores._sql_database import PATIENCE
from pandadoc_client.oauth.stores._sql_errors import Hidden
from pandadoc_client.oauth.stores.base import MAX_KEY_LENGTH

__all__ = ["Statements"]

_NO_LIMIT = ("statement_timeout", "idle_in_transaction_session_timeout")
_NO_LIMIT_SINCE_17 = (*_NO_LIMIT, "transaction_timeout")
_MARIADB_NO_LIMITS = (
    ", idle_transaction_timeout = 0, idle_readonly_transaction_timeout = 0, idle_write_transaction_timeout = 0"
    ", max_statement_time = 0"
)


class _Document(TypeDecorator[str]):
    """Text of any length, which no log shows."""

    impl = sa.Text
    cache_ok = True

    def load_dialect_impl(self, dialect: sa.Dialect) -> TypeEngine[Any]:
        if dialect.name in ("mysql", "mariadb"):
            return dialect.type_descriptor(mysql.LONGTEXT(charset="utf8mb4", collation="utf8mb4_bin"))
        return dialect.type_descriptor(sa.Text())

    def process_bind_param(self, value: str | None, dialect: sa.Dialect) -> str | None:
        return None if value is None else Hidden(value)

    process_result_value = process_bind_param


def _key_column() -> sa.Column[str]:
    """Return the column ``key``; the three collations compare by code point."""
    kind = (
        sa.String(MAX_KEY_LENGTH)
        .with_variant(sa.String(MAX_KEY_LENGTH, collation="BINARY"), "sqlite")
        .with_variant(sa.String(MAX_KEY_LENGTH, collation="C"), "postgresql")
        .with_variant(mysql.VARCHAR(MAX_KEY_LENGTH, charset="utf8mb4", collation="utf8mb4_bin"), "mysql", "mariadb")
    )
    return sa.Column("key", kind, primary_key=True)


class Statements:
    """Tables, and statements with named parameters.

    Args:
        table: Name of the table of the tokens, with which the names of the others begin.
        dialect: ``sqlite``, ``postgresql``, ``mysql`` or ``mariadb``.

    Attributes:
        read: Returns document and revision of ``of_key``.
        insert: Adds the row of ``key``, ``revision``, ``expires_at``, ``document`` and ``updated_at``.
        update: Changes the row of ``of_key`` if its revision is ``expected``: to ``new_revision``, ``new_expires_at``,
            ``new_document`` and ``new_updated_at``.
        delete: Removes the row of ``of_key``.
        lock: Locks the row of ``of_key``, waiting for it.
        lock_now: The same, without waiting.
        add_lock: Adds the row of ``key`` to those that are locked.
    """

    def __init__(self, table: str, dialect: str) -> None:
        engine: dict[str, Any] = {"mysql_engine": "InnoDB", "mariadb_engine": "InnoDB"}
        metadata = sa.MetaData()
        self.tokens = tokens = sa.Table(
            table,
            metadata,
            _key_column(),
            sa.Column("revision", sa.CHAR(16), nullable=False),
            # Both as seconds since 1970 began, UTC: no database has its own idea of a number's time zone.
            sa.Column("expires_at", sa.Double),
            sa.Column("document", _Document, nullable=False),
            sa.Column("updated_at", sa.Double, nullable=False),
            **engine,
        )
        self.by_expiry = sa.Index(f"{table}_expires_at", tokens.c.expires_at)
        self.locks = sa.Table(f"{table}_locks", metadata, _key_column(), **engine)
        self.schema = sa.Table(
            f"{table}_schema",
            metadata,
            sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
            sa.Column("version", sa.Integer, nullable=False),
            **engine,
        )
        self.version = sa.select(self.schema.c.version)

        of_key = tokens.c.key == sa.bindparam("of_key")
        settings = _write_settings() if dialect == "postgresql" else sa.true()
        written = [column.name for column in tokens.c if column.name != "key"]
        row = [sa.bindparam(name, type_=tokens.c[name].type).label(name) for name in ("key", *written)]
        self.read = sa.select(tokens.c.document, tokens.c.revision).where(of_key)
        self.insert = tokens.insert().from_select(["key", *written], sa.select(*row).where(settings))
        self.update = (
            tokens.update()
            .where(of_key & (tokens.c.revision == sa.bindparam("expected")) & settings)
            .values({name: sa.bindparam(f"new_{name}") for name in written})
        )
        self.delete = tokens.delete().where(of_key & settings)

        lock = sa.select(self.locks.c.key).where(self.locks.c.key == sa.bindparam("of_key"))
        self.lock = lock.with_for_update()
        self.lock_now = lock.with_for_update(nowait=True)
        self.add_lock = self.locks.insert().values(key=sa.bindparam("key"))
        self._lock_settings = sa.select(_lock_settings(_NO_LIMIT))
        self._lock_settings_since_17 = sa.select(_lock_settings(_NO_LIMIT_SINCE_17))

    def prepare_write(self, connection: sa.Connection) -> None:
        """Bound the wait for rows that others have locked, where that is not a part of the statements."""
        if connection.dialect.name in ("mysql", "mariadb"):
            connection.exec_driver_sql(f"SET innodb_lock_wait_timeout = {math.ceil(PATIENCE)}")

    def prepare_lock(self, connection: sa.Connection, seconds: float) -> None:
        """Bound the wait for the lock, and let the transaction stay idle for as long as a refresh takes."""
        if connection.dialect.name == "postgresql":
            is_new = (connection.dialect.server_version_info or ()) >= (17,)
            # On its own: the time of a statement is limited when it begins.
            statement = self._lock_settings_since_17 if is_new else self._lock_settings
            connection.execute(statement, {"lock_timeout": f"{math.ceil(seconds * 1000)}ms"})
            return
        settings = f"innodb_lock_wait_timeout = {math.ceil(seconds)}, wait_timeout = GREATEST(@@wait_timeout, 3600)"
        if getattr(connection.dialect, "is_mariadb", False):
            settings += _MARIADB_NO_LIMITS
        connection.exec_driver_sql(f"SET {settings}")


def _write_settings() -> sa.ColumnElement[bool]:
    """Return a condition that bounds the wait for rows that others have locked, and makes the commit durable."""
    durable = sa.func.current_setting("synchronous_commit")
    return _settings(
        lock_timeout=f"{math.ceil(PATIENCE * 1000)}ms",
        synchronous_commit=sa.case((durable == "off", "on"), else_=durable),
    )


def _lock_settings(without_limit: tuple[str, ...]) -> sa.ColumnElement[bool]:
    return _settings(lock_timeout=sa.bindparam("lock_timeout", type_=sa.Text), **dict.fromkeys(without_limit, "0"))


def _settings(**values: str | sa.ColumnElement[str]) -> sa.ColumnElement[bool]:
    """Return a condition that changes settings of PostgreSQL for the transaction, and is true.

    A subquery of its own, it is reckoned once, before the first row is looked at or locked, and costs no round trip.
    """
    texts = [sa.func.set_config(name, value, True) for name, value in values.items()]
    return sa.select(sa.func.concat(*texts)).scalar_subquery().is_not(None)
