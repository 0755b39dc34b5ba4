"""Fixtures that tests of several folders share, and which tests run where."""

from __future__ import annotations

import logging
import multiprocessing
import os
import signal
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

import pytest
from hypothesis import settings

from .backends import http_backend, only_where_it_matters, over_both_backends
from .servers.mariadb import mariadb
from .servers.postgresql import postgresql
from .servers.redis import redis_server

__all__ = ["http_backend", "mariadb", "postgresql", "redis_server"]

# A shell's background jobs begin without Ctrl-C, and so would every process that a test starts and interrupts.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# How long an example takes says something about the machine only.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

# Processes of tests are forked from one that has imported what takes long: a hundredth of starting an interpreter.
multiprocessing.set_forkserver_preload([f"{__package__}.preloaded"])


@pytest.fixture(autouse=True)
def _quiet_logger() -> Iterator[None]:
    """Each test begins with the logger as imported: `Configuration.debug` lasts as long as its object."""
    logger = logging.getLogger("pandadoc_client")
    logger.setLevel(logging.NOTSET)
    yield
    logger.setLevel(logging.NOTSET)


# The markers that `scripts/test` chooses by, set here alone; a folder stands for all in it.
#
# `every_python`: says something about the version of Python or of a dependency: models, encodings, signatures, threads,
# forks, asyncio, imports, sockets. Runs on each interpreter. Everything else (commands, servers, browsers, killed
# processes, the generator, the documentation) runs on the first one alone.
EVERY_PYTHON = (
    "files/test_multipart.py",
    "files/test_places.py",
    "files/test_sources.py",
    "front/test_client.py",
    "lifecycle/test_cancellation.py",
    "lifecycle/test_manager.py",
    "lifecycle/test_single_flight.py",
    "oauth/test_form.py",
    "oauth/test_token.py",
    "stores/test_file.py",
    "surface/test_objects.py",
    "surface/test_odd_values.py",
    "surface/test_results.py",
    "surface/test_signatures.py",
    "unit/test_http.py",
    "unit/test_retry.py",
    "webhooks/test_events.py",
    "webhooks/test_signature.py",
    "wire/test_early_responses.py",
    "wire/test_lifetimes.py",
    "wire/test_observability.py",
    "wire/test_streamed_responses.py",
    "wire/test_tls_and_proxies.py",
    "wire/test_transport.py",
)
# `slow`: takes longer than a developer waits before a commit; left out by `scripts/test --quick`.
SLOW = (
    "cli",
    "codegen/test_command.py",
    "codegen/test_repair.py",
    "codegen/test_update.py",
    "contrib/test_consent.py",
    "contrib/test_receivers.py",
    "docs",
    "e2e",
    "emulator/service/test_browser.py",
    "emulator/service/test_state_file.py",
    "emulator/service/test_vendor_sdk.py",
    "emulator/test_pytest_plugin.py",
    "emulator/test_schemathesis.py",
    "files/test_memory.py",
    "lifecycle/processes",
    "packaging",
    "pagination/test_generated.py",
    "stores",
    "surface/test_tolerance.py",
    "test_docs.py",
    "typing",
    "waiting/test_stopped_clock.py",
    "waiting/test_stopped_clock_of_calls.py",
    "webhooks/test_deduplication.py",
    "webhooks/test_pruning.py",
    "wire/test_limits_of_a_call.py",
    "wire/test_operation_parity.py",
    "wire/test_parity.py",
)
# `unmeasured`: asks for the same thousands of times, kills what it asks, or runs no code of the package. What these
# tests reach, others do, and counting it would take as long again. Runs without the measurement of coverage.
UNMEASURED = (
    "codegen/test_command.py",
    "codegen/test_update.py",
    "docs",
    "e2e/test_fault_run.py",
    "emulator/test_schemathesis.py",
    "files/test_memory.py",
    "lifecycle/processes",
    "packaging",
    "stores/test_keyring_deaths.py",
    "surface/test_tolerance.py",
    "wire/test_operation_parity.py",
    "wire/test_parity.py",
    "wire/test_soak.py",
)
# What shares something dear stays together in one process: by folder or file, the name of the group.
TOGETHER = {
    "docs/test_built_site.py": "site",
    "docs/test_reference.py": "reference",
    "packaging": "wheel",
    "wire/test_operation_parity.py": "parity of operations",
    "wire/test_parity.py": "parity",
}
LONGEST = ("codegen/test_update.py", "emulator/test_schemathesis.py")
HERE = Path(__file__).parent


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """Return how many processes run the tests: they wait for servers and other processes half of the time."""
    return 2 * (os.cpu_count() or 1)


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Skip the files without a test that will run, which take long to import; on an interpreter, it may not work."""
    if collection_path.suffix != ".py":
        return None
    expression = config.option.markexpr
    wanted = not expression.startswith("not ")
    places = {"every_python": EVERY_PYTHON, "slow": SLOW, "unmeasured": UNMEASURED}.get(expression.removeprefix("not "))
    return True if places is not None and _stands_in(collection_path, places) != wanted else None


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run asynchronous tests over both backends."""
    over_both_backends(metafunc)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Set the markers, and let what takes longest come first, so that nobody waits for it at the end."""
    items[:] = [item for item in items if only_where_it_matters(item)]
    items.sort(key=lambda item: not _stands_in(item.path, LONGEST))
    for path, tests in groupby(items, key=lambda item: item.path):
        marks = [
            mark
            for mark, places in (
                (pytest.mark.every_python, EVERY_PYTHON),
                (pytest.mark.slow, SLOW),
                (pytest.mark.unmeasured, UNMEASURED),
                *((pytest.mark.xdist_group(group), (place,)) for place, group in TOGETHER.items()),
            )
            if _stands_in(path, places)
        ]
        for test in tests:
            for mark in marks:
                test.add_marker(mark)


def _stands_in(path: Path, places: tuple[str, ...]) -> bool:
    return any(path == HERE / place or HERE / place in path.parents for place in places)
