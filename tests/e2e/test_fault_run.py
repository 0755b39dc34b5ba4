"""Two thousand operations by fifty workers, while much goes wrong: an end for each, nothing twice, memory flat."""

from __future__ import annotations

import asyncio
import json
import os
import random
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from pandadoc_client import ApiException, AsyncPandaDoc, PandaDoc, RetryPolicy
from pandadoc_client.types import DocumentCreateRequestDict

OPERATIONS = 2000
WORKERS = 50
FAULTS = (
    *({"kind": "rate-limit", "retry_after": 0}, {"kind": "rate-limit", "detail_seconds": 0}),
    *({"kind": "bad-gateway"}, {"kind": "service-unavailable"}, {"kind": "server-error"}),
    *({"kind": "reset-before"}, {"kind": "reset-after"}, {"kind": "truncated-json"}),
    {"kind": "slow-body", "delay": 0.0001},
)
NOTHING = {"kind": "latency", "delay": 0}


@dataclass(frozen=True)
class Server:
    """An emulator in a process of its own, so that its memory is not ours."""

    host: str
    api_key: str
    template: str

    def settings(self) -> dict[str, Any]:
        """What a client is made with: the emulator, and patience that costs no time."""
        policy = RetryPolicy(attempts=4, backoff=0.01)
        return {"host": self.host, "api_key": self.api_key, "timeout": 60, "retries": policy}

    def document(self, number: int) -> DocumentCreateRequestDict:
        return {
            "name": f"Document {number:05}",
            "template_uuid": self.template,
            "recipients": [{"email": "ada@example.com", "role": "Client"}],
        }

    def names(self) -> list[str]:
        """Return the names of all documents, once nothing goes wrong any more."""
        httpx.delete(f"{self.host}/_emulator/faults").raise_for_status()
        with PandaDoc(**self.settings()) as pd:
            return [str(found.name) for found in pd.documents.iterate_documents(q="Document ")]


@pytest.fixture
def server() -> Iterator[Server]:
    """An emulator every fourth request of which goes wrong."""
    command = [sys.executable, "-m", "pandadoc_client.cli", "emulator", "--port", "0", "--seed-data", "--json"]
    with subprocess.Popen([*command, "--processing-delay", "0"], stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            settings: dict[str, str] = json.loads(process.stdout.readline())["settings"]
            host, key = settings["PANDADOC_HOST"], settings["PANDADOC_API_KEY"]
            with PandaDoc(host=host, api_key=key) as pd:
                template = next(pd.templates.iterate_templates()).id
            chance = random.Random(4)
            script = [chance.choice(FAULTS) if chance.random() < 0.25 else NOTHING for _ in range(2 * OPERATIONS)]
            faults = [{**fault, "path": "/public/*"} for fault in script]
            httpx.put(f"{host}/_emulator/faults", json=faults).raise_for_status()
            yield Server(host, key, str(template))
        finally:
            process.kill()


@dataclass
class Outcome:
    """What became of the operations, and the memory in use after each quarter of them, in bytes."""

    created: list[str] = field(default_factory=list)
    failed: list[ApiException] = field(default_factory=list)
    others: int = 0
    memory: list[int] = field(default_factory=list)

    def count(self) -> None:
        if (len(self.created) + len(self.failed) + self.others) % (OPERATIONS // 4) == 0:
            pages = int(Path("/proc/self/statm").read_text().split()[1])  # now, and not at the worst moment before
            self.memory.append(pages * os.sysconf("SC_PAGE_SIZE"))


def blocking(server: Server) -> Outcome:
    outcome = Outcome()
    with PandaDoc(**server.settings()) as pd, ThreadPoolExecutor(WORKERS) as pool:

        def work(number: int) -> None:
            try:
                if number % 4 == 0:
                    outcome.created.append(str(pd.documents.create_document(server.document(number)).name))
                else:
                    pd.contacts.list_contacts()
                    outcome.others += 1
            except ApiException as error:
                outcome.failed.append(error)
            outcome.count()

        list(pool.map(work, range(OPERATIONS)))
    return outcome


async def with_asyncio(server: Server) -> Outcome:
    outcome = Outcome()
    numbers = iter(range(OPERATIONS))
    async with AsyncPandaDoc(**server.settings()) as pd:

        async def work() -> None:
            for number in numbers:
                try:
                    if number % 4 == 0:
                        document = await pd.documents.create_document(server.document(number))
                        outcome.created.append(str(document.name))
                    else:
                        await pd.contacts.list_contacts()
                        outcome.others += 1
                except ApiException as error:
                    outcome.failed.append(error)
                outcome.count()

        async with asyncio.TaskGroup() as group:
            for _ in range(WORKERS):
                group.create_task(work())
    return outcome


@pytest.mark.parametrize("world", ["blocking", "asyncio"])
def test_every_operation_ends_and_no_document_is_there_twice(server: Server, world: str) -> None:
    outcome = blocking(server) if world == "blocking" else asyncio.run(with_asyncio(server))
    assert len(outcome.created) + len(outcome.failed) + outcome.others == OPERATIONS
    names = server.names()
    assert Counter(names).most_common(1)[0][1] == 1
    assert set(outcome.created) <= set(names)
    # What may have been processed shows; of the rest only what went wrong four times in a row.
    assert 0 < len(outcome.failed) < OPERATIONS / 5
    assert {error.status for error in outcome.failed} <= {None, 200, 201, 429, 500, 502, 503}
    assert outcome.memory[-1] - outcome.memory[0] < 10 * 1024 * 1024
