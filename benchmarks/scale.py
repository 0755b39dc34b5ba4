"""What the table of tokens takes when it is large: bytes, and the time to find what is due."""

from __future__ import annotations

import statistics
import time
from datetime import UTC, datetime, timedelta
from typing import Any, LiteralString

import psycopg

from pandadoc_client.oauth import SQLTokenStore, Token
from pandadoc_client.oauth.stores.entry import Entry, encode_entry
from tests.servers.postgresql import PostgreSQL

from .answers import TOKENS
from .timing import grid

__all__ = ["due_table"]

_ROWS = (10_000, 1_000_000)
_YEAR = 31_536_000
_FILL: LiteralString = """
INSERT INTO pandadoc_tokens (key, revision, expires_at, document, updated_at)
SELECT 'account-' || lpad(number::text, 7, '0'), lpad(to_hex(number), 16, '0'),
       %(now)s + (number::bigint * 7919 %% %(rows)s) * %(year)s::float8 / %(rows)s,
       replace(%(document)s, '-------', lpad(number::text, 7, '0')), %(now)s
FROM generate_series(1, %(rows)s) AS number
"""
_SIZES: LiteralString = """
SELECT pg_table_size('pandadoc_tokens'), pg_relation_size('pandadoc_tokens_expires_at'),
       pg_relation_size('pandadoc_tokens_pkey')
"""
_PLAN: LiteralString = "EXPLAIN SELECT key FROM pandadoc_tokens WHERE expires_at < %s ORDER BY key LIMIT 500"
_READS = 5


def _document() -> str:
    """Return a document as it is stored, with room for a number that makes it another one each time."""
    tokens = {**TOKENS, "access_token": f"-------{str(TOKENS['access_token'])[7:]}"}
    return encode_entry(Entry(Token.from_response(tokens, datetime.now(UTC))))


def _filled(connection: psycopg.Connection[Any], rows: int) -> float:
    """Fill the table, ends spread over a year; return the seconds that took."""
    start = time.perf_counter()
    now = datetime.now(UTC).timestamp()
    connection.execute(_FILL, {"rows": rows, "now": now, "year": _YEAR, "document": _document()})
    connection.execute("VACUUM ANALYZE pandadoc_tokens")
    return time.perf_counter() - start


def _seconds(store: SQLTokenStore, within: timedelta) -> tuple[int, float]:
    """Return how many keys are due, and the median of the seconds to list them all, page by page."""
    taken = []
    found = 0
    for _ in range(_READS):
        start = time.perf_counter()
        found = sum(1 for _ in store.keys(expiring_before=datetime.now(UTC) + within))
        taken.append(time.perf_counter() - start)
    return found, statistics.median(taken)


def _plan(connection: psycopg.Connection[Any], within: timedelta) -> str:
    """Return the index by which PostgreSQL finds a page."""
    ends = (datetime.now(UTC) + within).timestamp()
    lines = [str(row[0]) for row in connection.execute(_PLAN, (ends,))]
    return next(
        (name for name in ("expires_at", "pkey") if any(f"pandadoc_tokens_{name}" in line for line in lines)), "none"
    )


def due_table(server: PostgreSQL) -> str:
    """Return the table: for each size, who is due within a week, and what it takes to list them."""
    rows = []
    for size in _ROWS:
        url = server.new_database()
        with SQLTokenStore(url) as store, psycopg.connect(url, autocommit=True) as connection:
            store.load()  # creates the tables
            _filled(connection, size)
            sizes = connection.execute(_SIZES).fetchone()
            assert sizes is not None
            for days in (1, 7, 366):
                within = timedelta(days=days)
                found, seconds = _seconds(store, within)
                rows.append(
                    (
                        f"{size:,} rows, due within {days} days",
                        f"{found:,}",
                        f"{seconds * 1e3:.1f}",
                        _plan(connection, within),
                        *(f"{each / size:.0f}" for each in sizes),
                    )
                )
    head = ("due", "listing them, ms", "index of a page", "table, bytes a row", "expires_at index", "key index")
    return grid(("due accounts", *head), rows)
