"""Many accounts in PostgreSQL, workers in several processes, some of them killed: each account once, none lost."""

from __future__ import annotations

import random
import subprocess
import sys
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from pandadoc_client.emulator import Emulator, RotationMode
from pandadoc_client.oauth import SQLTokenStore, Token

from ...servers.postgresql import PostgreSQL
from ..support import ending, is_live

ACCOUNTS = 240
WORKERS = 4
WORKER = """
import asyncio, sys
from pandadoc_client.oauth import AsyncOAuthClient, SQLTokenStore, refresh_due

async def main():
    url, client_id, client_secret, database = sys.argv[1:]
    async with AsyncOAuthClient(client_id, client_secret, host=url) as client, SQLTokenStore(database) as store:
        print((await refresh_due(client, store, rate=None, concurrency=4)).failed)

asyncio.run(main())
"""


def start(emulator: Emulator, database: str) -> subprocess.Popen[str]:
    arguments = [emulator.url, emulator.client_id, emulator.client_secret, database]
    return subprocess.Popen([sys.executable, "-c", WORKER, *arguments], stdout=subprocess.PIPE, text=True)


@pytest.mark.parametrize("kills", [0, 4])
def test_each_account_is_renewed_once_and_none_is_lost(postgresql: PostgreSQL, kills: int) -> None:
    database = postgresql.new_database()
    seeded = random.Random(20260101)
    with Emulator(rotation=RotationMode.GRACE, grace_seconds=600) as emulator, SQLTokenStore(database) as store:
        half_a_year_ago = datetime.now(UTC) - timedelta(days=180)
        first: set[str | None] = set()
        for number in range(ACCOUNTS):
            token = Token.from_response(emulator.issue_token(), half_a_year_ago)
            first.add(token.refresh_token)
            store.save(f"account {number}", ending(token, 86400))
        running = [start(emulator, database) for _ in range(WORKERS)]
        killed = []
        for kill in range(kills):  # when so much work is done, a worker dies, whatever it is at, and another begins
            emulator.journal.wait_for((kill + 1) * ACCOUNTS // (kills + 2), 60, arrived=True)
            victim = running.pop(seeded.randrange(WORKERS))
            victim.kill()
            killed.append(victim)
            running.append(start(emulator, database))
        outputs = [worker.communicate(timeout=120)[0] for worker in running]
        for victim in killed:
            victim.communicate(timeout=20)
        assert outputs == ["{}\n"] * WORKERS
        keys = list(store.keys())
        assert len(keys) == ACCOUNTS
        assert all(is_live(emulator, store.load(key)) for key in keys)
        spent = Counter(entry.form["refresh_token"] for entry in emulator.journal.token_requests())
    assert set(spent) == first, "every account, and no token that had been renewed already"
    assert sum(spent.values()) - ACCOUNTS <= kills * 4, "again only what a killed worker had under way"
