"""The moment at which a token is over and everybody wants the next: who is served when, and what is sent.

    python benchmarks/run.py --only expiry

All callers call at the same moment of the same clock. The token is over by the clock, and the server has not forgotten
it. "One refresh" is `OAuthClient.refresh` alone, on a connection that is kept alive, in the same process before.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pandadoc_client.emulator import Emulator

from .environment import everything
from .places import folder, postgresql, redis_url
from .processes import process
from .timing import grid

__all__ = ["report"]

_LEAD = 0.3
"""Seconds between the command and the moment of the calls: all threads are up by then."""
_SLOW = 0.1
_REFRESHES = 10
_TITLES = {"threads": "threads", "tasks": "tasks", "row": "calls in a row"}


@dataclass(frozen=True)
class _Crowd:
    """Who calls."""

    processes: int
    mode: str
    callers: int

    def __str__(self) -> str:
        each = f"{self.callers} {_TITLES[self.mode]}"
        return each if self.processes == 1 else f"{self.processes} processes with {each} each"


_THREADS, _TASKS, _FLEET = _Crowd(1, "threads", 128), _Crowd(1, "tasks", 128), _Crowd(8, "threads", 16)


class _Process:
    def __init__(self, running: subprocess.Popen[str], settings: dict[str, Any]) -> None:
        self._running = running
        self._send(settings)
        self.answer()

    def begin(self, do: str, **arguments: Any) -> None:
        self._send({"do": do, **arguments})

    def ask(self, do: str, **arguments: Any) -> Any:
        self.begin(do, **arguments)
        return self.answer()

    def _send(self, message: dict[str, Any]) -> None:
        assert self._running.stdin is not None
        self._running.stdin.write(json.dumps(message) + "\n")
        self._running.stdin.flush()

    def answer(self) -> Any:
        assert self._running.stdout is not None
        line = self._running.stdout.readline()
        if not line:
            raise RuntimeError("a process ended where it should have answered")
        return json.loads(line)


@dataclass
class _Outcome:
    """What came of some rounds.

    Attributes:
        single: Seconds that one refresh takes.
        all_served: Seconds from the moment to the last caller's end, one number a round.
        at_ease: The same when the token is valid: what so many callers take by themselves. For the manager alone.
        refreshes: Sent in each round, those that failed as well.
        failed: Calls, in all rounds.
        calls: Made, in all rounds.
        lost: Rounds after which the stored refresh token was dead.
    """

    single: float
    all_served: list[float]
    at_ease: list[float]
    refreshes: list[int]
    failed: int
    calls: int
    lost: int


@contextmanager
def _processes(emulator: Emulator, client: str, url: str, crowd: _Crowd) -> Iterator[list[_Process]]:
    settings = {
        "client": client,
        "host": emulator.url,
        "client_id": emulator.client_id,
        "client_secret": emulator.client_secret,
        "url": url,
        "mode": crowd.mode,
        "callers": crowd.callers,
    }
    with ExitStack() as stack:
        running = [
            stack.enter_context(process(everything(), "-m", "benchmarks.callers")) for _ in range(crowd.processes)
        ]
        yield [_Process(each, settings) for each in running]


def _measure(client: str, url: str, crowd: _Crowd, rounds: int, delay: float, rotation: str) -> _Outcome:
    """Let the token end *rounds* times, after once that is not counted."""
    with Emulator(rotation=rotation) as emulator, _processes(emulator, client, url, crowd) as processes:
        if delay:
            emulator.faults.add("latency", times=None, delay=delay)
        first = processes[0]
        single = [0.0]
        if client != "authlib":
            single = first.ask("latency", fields=emulator.issue_token(), count=_REFRESHES)
        outcome = _Outcome(statistics.median(single), [], [], [], 0, 0, 0)
        for number in range(rounds + 1):
            first.ask("seed", fields=emulator.issue_token())
            for each in processes:
                each.ask("prepare")
            emulator.journal.clear()
            taken, failed = _call(processes)
            if number:
                outcome.all_served.append(taken)
                outcome.refreshes.append(len(emulator.journal.token_requests()))
                outcome.failed += failed
                outcome.calls += crowd.processes * crowd.callers
                if client == "manager":
                    outcome.at_ease.append(_call(processes)[0])
                live = {pair.refresh_token for pair in emulator.live_pairs()}
                outcome.lost += first.ask("stored") not in live
        return outcome


def _call(processes: Sequence[_Process]) -> tuple[float, int]:
    """Let all call at one moment; return the seconds until the last is served, and how many calls failed."""
    moment = time.monotonic() + _LEAD
    for each in processes:
        each.begin("run", at=moment)
    answers = [each.answer() for each in processes]
    return (
        max(end for answer in answers for end in answer["ends"]) - moment,
        sum(len(answer["failures"]) for answer in answers),
    )


def _between(numbers: Sequence[int]) -> str:
    low, high = min(numbers), max(numbers)
    return str(low) if low == high else f"{low} to {high}"


def _stores(stack: ExitStack) -> dict[str, str]:
    place = stack.enter_context(folder())
    urls = {"file": f"file:{place / 'tokens'}", "SQLite": f"sqlite:{place / 'tokens.db'}"}
    if server := stack.enter_context(postgresql()):
        urls["PostgreSQL"] = server.new_database()
    if address := stack.enter_context(redis_url()):
        urls["Redis"] = address
    return urls


def _stores_table(rounds: int, delay: float) -> str:
    with ExitStack() as stack:
        urls = _stores(stack)
        runs = [("memory", "memory:", _THREADS), ("memory", "memory:", _TASKS)]
        runs += [(name, url, crowd) for name, url in urls.items() for crowd in (_THREADS, _TASKS, _FLEET)]
        rows = []
        for name, url, crowd in runs:
            found = _measure("manager", url, crowd, rounds, delay, "strict")
            served = statistics.median(found.all_served)
            rows.append(
                (
                    f"{name}, {crowd}",
                    f"{found.single * 1e3:.1f}",
                    f"{statistics.median(found.at_ease) * 1e3:.1f}",
                    f"{served * 1e3:.1f}",
                    f"{served / found.single:.2f}",
                    _between(found.refreshes),
                    f"{found.failed} of {found.calls}",
                )
            )
    title = f"expiry, a server that takes {delay * 1e3:.0f} ms longer" if delay else "expiry"
    return grid(
        (title, "one refresh, ms", "token valid, ms", "all served, ms", "ratio", "refreshes an expiry", "failed calls"),
        rows,
    )


def _peers_table(rounds: int) -> str:
    crowds = (_Crowd(1, "threads", 16), _Crowd(1, "tasks", 50), _Crowd(4, "row", 5))
    rows = []
    with folder() as place:
        for rotation in ("strict", "reuse-revokes-all"):
            for crowd in crowds:
                for client, name in (("auth", "OAuth2Auth"), ("authlib", "Authlib")):
                    found = _measure(client, _peer_url(place, client, crowd), crowd, rounds, 0.0, rotation)
                    served = statistics.median(found.all_served)
                    rows.append(
                        (
                            f"{name}, {crowd}, {rotation}",
                            _between(found.refreshes),
                            f"{found.failed} of {found.calls}",
                            f"{found.lost} of {rounds}",
                            f"{served * 1e3:.1f}",
                        )
                    )
    return grid(("calls at expiry", "refreshes an expiry", "failed calls", "access lost", "all served, ms"), rows)


def _peer_url(place: Path, client: str, crowd: _Crowd) -> str:
    return "memory:" if crowd.processes == 1 else f"file:{place / client}"


def report(rounds: int) -> Sequence[str]:
    """Return the tables; the token ends *rounds* times for each line."""
    return _stores_table(rounds, 0.0), _stores_table(rounds, _SLOW), _peers_table(rounds)


if __name__ == "__main__":
    print("\n\n".join(report(max(3, int(sys.argv[1]) // 2))))
