"""A process that renews what is due, and says in one line of JSON what it did; or how a plain program would do it.

    python -m benchmarks.bulk_worker safe|plain STORE HOST CLIENT_ID CLIENT_SECRET CONCURRENCY [NUMBER OF]

``plain`` renews its part of the accounts by httpx and one statement each. It is right as long as nothing goes wrong: no
lock, no note of what was begun, parts that were given out beforehand.
"""

from __future__ import annotations

import asyncio
import json
import sys
import threading
import zlib
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import psycopg

from pandadoc_client.oauth import OAuthClient, SQLTokenStore, Token, refresh_due
from pandadoc_client.oauth.stores.entry import Entry, decode_entry, encode_entry

__all__ = ["WITHIN"]

WITHIN = timedelta(days=7)


async def safe(url: str, host: str, client_id: str, client_secret: str, concurrency: int) -> dict[str, Any]:
    with OAuthClient(client_id, client_secret, host=host) as client, SQLTokenStore(url) as store:
        report = await refresh_due(client, store, within=WITHIN, concurrency=concurrency, rate=None)
    return {"refreshed": report.refreshed, "failed": {key: str(error) for key, error in report.failed.items()}}


def plain(
    url: str, host: str, client_id: str, client_secret: str, concurrency: int, number: int, of: int
) -> dict[str, Any]:
    form = {"grant_type": "refresh_token", "client_id": client_id, "client_secret": client_secret}
    due = (datetime.now(UTC) + WITHIN).timestamp()
    with psycopg.connect(url, autocommit=True) as listing:
        found = listing.execute("SELECT key FROM pandadoc_tokens WHERE expires_at < %s", (due,))
        keys = [key for (key,) in found if zlib.crc32(key.encode()) % of == number]
    own = threading.local()
    connections: list[psycopg.Connection[Any]] = []

    def connection() -> psycopg.Connection[Any]:
        if not hasattr(own, "connection"):
            own.connection = psycopg.connect(url, autocommit=True)
            connections.append(own.connection)
        opened: psycopg.Connection[Any] = own.connection
        return opened

    with httpx.Client() as client, ThreadPoolExecutor(concurrency) as pool:

        def renew(key: str) -> None:
            select = "SELECT document FROM pandadoc_tokens WHERE key = %s"
            row = connection().execute(select, (key,)).fetchone()
            assert row is not None
            entry = decode_entry(row[0], key)
            answer = client.post(
                f"{host}/oauth2/access_token", data={**form, "refresh_token": entry.token.refresh_token or ""}
            ).raise_for_status()
            token = Token.from_response(answer.json(), datetime.now(UTC))
            assert token.expires_at is not None
            connection().execute(
                "UPDATE pandadoc_tokens SET document = %s, expires_at = %s WHERE key = %s",
                (encode_entry(Entry(token)), token.expires_at.timestamp(), key),
            )

        done = len(list(pool.map(renew, keys)))
    for each in connections:
        each.close()
    return {"refreshed": done, "failed": {}}


def main(kind: str, url: str, host: str, client_id: str, client_secret: str, *numbers: str) -> None:
    settings = url, host, client_id, client_secret
    counts = [int(number) for number in numbers]
    report = asyncio.run(safe(*settings, *counts)) if kind == "safe" else plain(*settings, *counts)
    print(json.dumps(report), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
