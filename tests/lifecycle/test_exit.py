"""How a program ends while a token is refreshed: the interpreter waits, and the token is saved.

Each test runs a program of its own, whose end is what is tested.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from pandadoc_client.oauth import FileTokenStore

from .token_server import Step, TokenServer

_BEGINNING = """
import asyncio, atexit, concurrent.futures, os, sys, threading
from datetime import timedelta
from pandadoc_client.oauth import (
    AsyncOAuthClient, AsyncTokenManager, FileTokenStore, OAuthClient, TokenManager, refresh_due
)

client = OAuthClient("id", "secret", host=sys.argv[1])
store = FileTokenStore(sys.argv[2])
manager = TokenManager(client, store)

def wait_until_sent():
    print("asking", flush=True)
    sys.stdin.readline()
"""

_PROGRAMS = {
    "a daemon thread": """
threading.Thread(target=manager.token, daemon=True).start()
wait_until_sent()
""",
    "a daemon thread of a daemon thread": """
def outer():
    threading.Thread(target=manager.token, daemon=True).start()
threading.Thread(target=outer, daemon=True).start()
wait_until_sent()
""",
    "a pool": """
concurrent.futures.ThreadPoolExecutor().submit(manager.token)
wait_until_sent()
""",
    "a daemon thread with an event loop": """
async def main():
    async with AsyncOAuthClient("id", "secret", host=sys.argv[1]) as client:
        await AsyncTokenManager(client, store).token()
threading.Thread(target=lambda: asyncio.run(main()), daemon=True).start()
wait_until_sent()
""",
    "a daemon thread that renews many": """
async def main():
    async with AsyncOAuthClient("id", "secret", host=sys.argv[1]) as client:
        await refresh_due(client, store, within=timedelta(days=1))
threading.Thread(target=lambda: asyncio.run(main()), daemon=True).start()
wait_until_sent()
""",
    "a daemon thread where no thread can be started": """
start = threading.Thread.start
def refuse(thread):
    if thread.name == "pandadoc-token":
        raise RuntimeError("can't start new thread")
    start(thread)
threading.Thread.start = refuse
threading.Thread(target=manager.token, daemon=True).start()
wait_until_sent()
""",
}


@pytest.fixture
def server() -> Iterator[TokenServer]:
    with TokenServer() as server:
        server.steps.append(Step(answers="late"))
        yield server


@pytest.fixture
def store(server: TokenServer, tmp_path: Path) -> FileTokenStore:
    store = FileTokenStore(tmp_path / "tokens.json")
    store.save("default", server.token())
    return store


@contextmanager
def running(program: str, server: TokenServer, store: FileTokenStore) -> Iterator[subprocess.Popen[str]]:
    """Run a program up to the point where the server has its refresh."""
    command = [sys.executable, "-c", _BEGINNING + program, server.url, os.fspath(store.path)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, text=True) as process:
        server.wait_for(1)
        yield process


@pytest.mark.parametrize("program", _PROGRAMS.values(), ids=_PROGRAMS)
def test_the_interpreter_waits_for_a_refresh_that_was_begun_in(
    server: TokenServer, store: FileTokenStore, program: str
) -> None:
    with running(program + 'print("over", flush=True)\n', server, store) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write("\n")
        process.stdin.flush()
        assert process.stdout.readline() == "asking\n"
        assert process.stdout.readline() == "over\n"
        with pytest.raises(subprocess.TimeoutExpired):  # that it has not ended is what no event tells of
            process.wait(0.3)
        server.release()
        _, errors = process.communicate(timeout=30)
    assert process.returncode == 0, errors
    assert server.is_good(store.load())
    assert server.received == ["refresh-0"]


def test_two_interrupts_lose_nothing(server: TokenServer, store: FileTokenStore) -> None:
    program = """
import logging
logging.basicConfig()
threading._register_atexit(print, "waiting for threads", flush=True)  # there is no public way to know
try:
    manager.token()
except KeyboardInterrupt:
    print("interrupted", flush=True)
"""
    with running(program, server, store) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.send_signal(signal.SIGINT)
        assert process.stdout.readline() == "interrupted\n"
        assert process.stdout.readline() == "waiting for threads\n"
        process.send_signal(signal.SIGINT)
        assert any("is saved" in line for line in iter(process.stderr.readline, ""))
        server.release()
        _, errors = process.communicate(timeout=30)
    assert process.returncode == 0, errors
    assert server.is_good(store.load())
    assert server.received == ["refresh-0"]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="Windows has no fork")
def test_a_fork_of_a_process_that_refreshes_ends_and_leaves_the_refresh_alone(
    server: TokenServer, store: FileTokenStore
) -> None:
    program = """
threading.Thread(target=manager.token, daemon=True).start()
wait_until_sent()
child = os.fork()
if child == 0:
    sys.exit(7)  # in good order, with the exit handlers: they wait for nothing of the parent's
print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""
    with running(program, server, store) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write("\n")
        process.stdin.flush()
        assert process.stdout.readline() == "asking\n"
        assert process.stdout.readline() == "7\n"
        server.release()
        _, errors = process.communicate(timeout=30)
    assert process.returncode == 0, errors
    assert server.is_good(store.load())
    assert server.received == ["refresh-0"]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="Windows has no fork")
def test_a_fork_of_a_process_that_refreshes_waits_for_its_parents_token(
    server: TokenServer, store: FileTokenStore
) -> None:
    program = """
threading.Thread(target=manager.token, daemon=True).start()
wait_until_sent()
child = os.fork()
if child == 0:
    print("forked", flush=True)
    print(manager.token(timeout=30).access_token, flush=True)
    os._exit(0)
os.waitpid(child, 0)
"""
    with running(program, server, store) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write("\n")
        process.stdin.flush()
        assert process.stdout.readline() == "asking\n"
        assert process.stdout.readline() == "forked\n"
        server.release()
        assert process.stdout.readline() == "access-1\n"
        _, errors = process.communicate(timeout=30)
    assert process.returncode == 0, errors
    assert server.received == ["refresh-0"]
