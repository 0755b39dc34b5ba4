"""Ten thousand accounts, all due, and eight processes that renew them, some of which are killed.

    python benchmarks/run.py --only bulk

Everything is on one machine: PostgreSQL, the emulator (one process, of one thread), and the workers. So the refreshes a
second say what they take together, and the ratio what the safety costs; a server far away would hide that.
"""

from __future__ import annotations

import json
import os
import random
import resource
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg

from pandadoc_client.emulator import Emulator
from pandadoc_client.oauth import SQLTokenStore, Token
from pandadoc_client.oauth.stores.entry import Entry, encode_entry
from tests.servers.postgresql import PostgreSQL

from .bulk_worker import WITHIN
from .places import postgresql
from .scale import due_table
from .timing import grid

__all__ = ["report"]

_WORKERS, _CONCURRENCY = 8, 8
_BETWEEN_KILLS = (1.0, 2.0)
_LOST = "never came to an end"


@dataclass(frozen=True)
class _Case:
    """One run: how the server rotates tokens, whether workers are killed, and which kind of worker it is."""

    name: str
    rotation: str = "strict"
    kills: bool = False
    kind: str = "safe"
    grace: float = 10.0


_CASES = (
    _Case("a loop without safety", kind="plain"),
    _Case("refresh_due"),
    _Case("refresh_due, workers killed, strict rotation", kills=True),
    _Case("refresh_due, workers killed, 10 s of grace", rotation="grace", kills=True),
    _Case("refresh_due, workers killed, 120 s of grace", rotation="grace", kills=True, grace=120.0),
)


@dataclass
class _Outcome:
    """What came of a run.

    Attributes:
        seconds: From the start of the first worker to the end of the last.
        kills: Workers that were killed.
        answered: Refreshes that the server answered with tokens.
        sent: Refreshes that were sent.
        repeated: Accounts for which the server answered twice with the same tokens (grace).
        twice: Accounts whose new token was renewed once more, for no reason.
        lost: Accounts whose stored token is dead.
        reported: Accounts reported as in need of consent, for the reason that an attempt never came to an end.
        other: Accounts that are reported as failed for another reason, or dead and not reported, or still due.
        cpu: Seconds of processor time: of the workers, the emulator, the database.
        connections: The most that the database had at a time.
    """

    seconds: float = 0.0
    kills: int = 0
    answered: int = 0
    sent: int = 0
    repeated: int = 0
    twice: int = 0
    lost: int = 0
    reported: int = 0
    other: int = 0
    cpu: tuple[float, float, float] = (0.0, 0.0, 0.0)
    connections: int = 0
    failed: dict[str, str] = field(default_factory=dict[str, str])


def _fill(emulator: Emulator, url: str, accounts: int) -> dict[str, str]:
    """Put so many accounts into the database, whose tokens end in an hour; return the key of each refresh token.

    They have been renewed before: the rows that are locked are there. The first time makes them, for three round trips.
    """
    with SQLTokenStore(url) as store:
        store.load()  # creates the tables
    keys = {}
    received = datetime.now(UTC) - timedelta(seconds=emulator.options.token_lifetime - 3600)
    insert = "COPY pandadoc_tokens (key, revision, expires_at, document, updated_at) FROM STDIN"
    with psycopg.connect(url) as connection, connection.cursor() as cursor, cursor.copy(insert) as copy:
        for number in range(accounts):
            token = Token.from_response(emulator.issue_token(), received)
            assert token.refresh_token is not None
            assert token.expires_at is not None
            keys[token.refresh_token] = key = f"account-{number:06}"
            ends = token.expires_at.timestamp()
            copy.write_row((key, f"{number:016x}", ends, encode_entry(Entry(token)), ends))
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("INSERT INTO pandadoc_tokens_locks (key) SELECT key FROM pandadoc_tokens")
        connection.execute("VACUUM ANALYZE")
    return keys


class _Workers:
    """The processes: those that are killed are replaced."""

    def __init__(self, command: Sequence[str], count: int) -> None:
        self._command = command
        self._running = [self._start(number) for number in range(count)]
        self.reports: list[dict[str, Any]] = []
        self.kills = 0

    def _start(self, number: int) -> subprocess.Popen[str]:
        numbers = [] if self._command[-1] == "safe" else [str(number), str(_WORKERS)]
        command = [sys.executable, "-P", "-m", "benchmarks.bulk_worker", self._command[-1], *self._command[:-1]]
        return subprocess.Popen([*command, str(_CONCURRENCY), *numbers], stdout=subprocess.PIPE, text=True)

    def kill_one(self, order: random.Random) -> None:
        """Kill one of those that run, and start another."""
        running = [number for number, each in enumerate(self._running) if each.poll() is None]
        if not running:
            return
        number = order.choice(running)
        self._running[number].kill()
        _output(self._running[number])
        self.kills += 1
        self._running[number] = self._start(number)

    def has_ended(self) -> bool:
        return all(each.poll() is not None for each in self._running)

    def end(self) -> None:
        for each in self._running:
            output = _output(each)
            if each.returncode:
                raise RuntimeError("a worker failed")
            self.reports.append(json.loads(output))


def _output(process: subprocess.Popen[str]) -> str:
    with process:
        assert process.stdout is not None
        return process.stdout.read()


def _run(server: PostgreSQL, case: _Case, accounts: int) -> _Outcome:
    outcome = _Outcome()
    url = server.new_database()
    with Emulator(rotation=case.rotation, grace_seconds=case.grace) as emulator:
        keys = _fill(emulator, url, accounts)
        with psycopg.connect(url, autocommit=True) as watch, _counted_cpu(watch, outcome):
            start = time.monotonic()
            _work(case, emulator, url, watch, outcome)
            outcome.seconds = time.monotonic() - start
        _judge(emulator, url, keys, outcome)
    return outcome


def _work(case: _Case, emulator: Emulator, url: str, watch: psycopg.Connection[Any], outcome: _Outcome) -> None:
    """Run workers until nothing is due but what they have reported."""
    order = random.Random(1)
    command = [url, emulator.url, emulator.client_id, emulator.client_secret, case.kind]
    count = _WORKERS
    while True:
        workers = _Workers(command, count)
        next_kill = time.monotonic() + order.uniform(*_BETWEEN_KILLS)
        while not workers.has_ended():
            time.sleep(0.1)
            row = watch.execute("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()").fetchone()
            outcome.connections = max(outcome.connections, int(row[0]) - 1 if row else 0)
            if case.kills and time.monotonic() >= next_kill:
                workers.kill_one(order)
                next_kill = time.monotonic() + order.uniform(*_BETWEEN_KILLS)
        workers.end()
        outcome.kills += workers.kills
        for report in workers.reports:
            outcome.failed |= report["failed"]
        if not _due(url) - outcome.failed.keys():
            return
        count = 1  # what a worker that was killed at the end has left


def _due(url: str) -> set[str]:
    with SQLTokenStore(url) as store:
        return set(store.keys(expiring_before=datetime.now(UTC) + WITHIN))


def _judge(emulator: Emulator, url: str, keys: dict[str, str], outcome: _Outcome) -> None:
    """Compare what the server did with what is stored now."""
    requests = emulator.journal.token_requests()
    answered = Counter(entry.form["refresh_token"] for entry in requests if entry.status == 200)
    outcome.sent, outcome.answered = len(requests), answered.total()
    outcome.repeated = sum(count > 1 for count in answered.values())
    outcome.twice = len(answered.keys() - keys.keys())
    live = {pair.refresh_token for pair in emulator.live_pairs()}
    with SQLTokenStore(url) as store:
        dead = {key for key in keys.values() if (token := store.load(key)) is None or token.refresh_token not in live}
    reported = {key for key, problem in outcome.failed.items() if _LOST in problem}
    outcome.lost, outcome.reported = len(dead), len(reported)
    outcome.other = len(dead ^ reported) + len(outcome.failed.keys() - reported) + len(_due(url) - reported)


@contextmanager
def _counted_cpu(watch: psycopg.Connection[Any], outcome: _Outcome) -> Iterator[None]:
    postmaster = _parent(watch.info.backend_pid)

    def read() -> tuple[float, float, float]:
        children = resource.getrusage(resource.RUSAGE_CHILDREN)
        return children.ru_utime + children.ru_stime, time.process_time(), _ended(postmaster)

    before = read()
    yield
    threading.Event().wait(0.5)  # until the database has seen its clients go
    workers, own, database = (after - was for after, was in zip(read(), before, strict=True))
    outcome.cpu = workers, own, database


def _fields(process: int) -> list[str]:
    return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()


def _parent(process: int) -> int:
    return int(_fields(process)[1])


def _ended(process: int) -> float:
    """Return the processor time of *process* and of its children that have ended, in seconds."""
    return sum(map(int, _fields(process)[11:15])) / os.sysconf("SC_CLK_TCK")


def report(accounts: int) -> Sequence[str]:
    """Return the tables, for so many accounts."""
    with postgresql() as server:
        if server is None:
            return ()
        found = {case: _run(server, case, accounts) for case in _CASES}
        queries = due_table(server)
    plain = found[_CASES[0]]
    speed = [
        (
            case.name,
            f"{outcome.seconds:.1f}",
            f"{outcome.answered / outcome.seconds:.0f}",
            f"{outcome.seconds / plain.seconds:.2f}",
            " + ".join(f"{seconds:.1f}" for seconds in outcome.cpu),
            str(outcome.connections),
        )
        for case, outcome in found.items()
    ]
    safety = [
        (
            case.name,
            *map(str, (outcome.kills, outcome.sent, outcome.answered, outcome.repeated, outcome.twice)),
            *map(str, (outcome.lost, outcome.reported, outcome.other)),
        )
        for case, outcome in found.items()
    ]
    head = ("seconds", "refreshes a second", "ratio", "CPU s: workers + emulator + database", "connections")
    proof = ("kills", "sent", "answered", "answered again", "renewed twice", "lost", "reported lost", "unexplained")
    return (
        grid((f"{accounts:,} accounts", *head), speed),
        grid((f"{accounts:,} accounts", *proof), safety),
        queries,
    )


if __name__ == "__main__":
    print("\n\n".join(report(int(sys.argv[3]))))
