"""Waits end while a test tool has stopped the clock, whatever was imported before it did.

Each program runs in an interpreter of its own, as the order of its imports is what is tested. The server is not in it:
its clock goes on.
"""

from __future__ import annotations

import subprocess
import sys
import threading

import pytest
from freezegun import freeze_time

from pandadoc_client._http import clients
from pandadoc_client._http import timers as _timers
from pandadoc_client._http.clock import monotonic

from .support import Documents, Reply, serving

# What is imported before the clock stops.
ORDERS = {
    "the package": "import pandadoc_client",
    "all": "import pandadoc_client.waiting, pandadoc_client.files, pandadoc_client.api.documents_api",
    "nothing": "",
}
SETTINGS = "dict(api_key='k', host=sys.argv[1], retries=0)"
BLOCKING = f"""
with PandaDoc(**{SETTINGS}) as pd:
    for call in CALLS:
        try:
            call(pd)
        except Exception as error:
            print(type(error).__name__)
"""
ASYNCIO = f"""
async def main():
    async with AsyncPandaDoc(**{SETTINGS}) as pd:
        for call in CALLS:
            try:
                await call(pd)
            except Exception as error:
                print(type(error).__name__)
asyncio.run(main())
"""
TRIO = ASYNCIO.replace("asyncio.run(main())", "trio.run(main)")


def run(order: str, world: str, url: str, *calls: str, retries: int = 0) -> list[str]:
    """Run calls in a new interpreter and return the names of the errors that ended them."""
    program = "\n".join(
        (
            "import asyncio, faulthandler, sys",
            "faulthandler.dump_traceback_later(40, exit=True)",
            ORDERS[order],
            "from freezegun import freeze_time",
            "freeze_time('2026-01-01').start()",
            "import trio" if world is TRIO else "",
            "from pandadoc_client import AsyncPandaDoc, PandaDoc, files, waiting",
            "from pandadoc_client.waiting import Waker",
            # Beforehand: on a busy machine importing aiohttp takes longer than a call has here.
            "import pandadoc_client._http.aiohttp_backend",
            f"from pandadoc_client._http import clients; clients.DEFAULT_BACKEND = {clients.DEFAULT_BACKEND!r}",
            f"CALLS = [{', '.join(f'lambda pd: {call}' for call in calls)}]",
            world.replace("retries=0", f"retries={retries}"),
        )
    )
    done = subprocess.run(
        [sys.executable, "-c", program, url], capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout.split()


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("world", [BLOCKING, ASYNCIO, TRIO], ids=["blocking", "asyncio", "trio"])
def test_a_wait_for_a_document_ends_while_the_clock_stands_still(order: str, world: str) -> None:
    with serving(Documents(["document.uploaded"])) as server:
        found = run(
            order,
            world,
            server.url,
            "pd.documents.wait_until('doc', timeout=0.4)",
            "pd.documents.wait_until('doc', timeout=0.4, waker=Waker())",
            "pd.documents.create_and_send({'name': 'n', 'url': 'https://e.com/a'}, timeout=0.4)",
        )
        looks = sum(got.method == "GET" for got in server.requests)
    assert found == ["WaitTimeoutError", "WaitTimeoutError", "DocumentStepError"]
    assert 3 <= looks <= 6  # at once: it does not ask without a pause either


@pytest.mark.parametrize("world", [BLOCKING, ASYNCIO], ids=["blocking", "asyncio"])
def test_a_wait_for_a_result_and_a_download_end_while_the_clock_stands_still(world: str) -> None:
    prefix = "async_" if world is ASYNCIO else ""
    with serving(Reply(202, b"")) as server:
        found = run(
            "the package",
            world,
            server.url,
            f"waiting.{prefix}wait_for(pd.documents.get_document_summary, 'doc', 'short', timeout=0.4)",
            f"files.{prefix}download_document(pd, 'doc', into='.', wait=0.4)",
        )
    assert found == ["WaitTimeoutError", "WaitTimeoutError"]


def test_the_clock_goes_on_when_a_test_stops_the_time() -> None:
    started = monotonic()
    with freeze_time("2026-01-01"):
        threading.Event().wait(0.01)
        assert monotonic() > started


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_timers_of_a_stopped_loop_fire_and_let_go_of_what_was_in_time(backend: str) -> None:
    import anyio

    async def main() -> None:
        await _timers.sleep(0.01)
        with _timers.move_on_after(0.01) as scope:
            await anyio.sleep_forever()
        assert scope.cancelled_caught
        with _timers.move_on_after(60) as scope:
            await _timers.sleep(0.01)
        assert not scope.cancelled_caught

    before = set(threading.enumerate())
    with freeze_time("2026-01-01"):
        anyio.run(main, backend=backend)
    for thread in set(threading.enumerate()) - before:
        thread.join(10)  # the one of the 60 seconds is told that it is not needed
        assert not thread.is_alive()
