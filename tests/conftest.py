"""Fixtures that tests of several folders share."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from .servers.mariadb import mariadb
from .servers.postgresql import postgresql
from .servers.redis import redis_server

__all__ = ["mariadb", "postgresql", "redis_server"]

# A shell's background jobs begin without Ctrl-C, and so would every process that a test starts and interrupts.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# What says nothing about the version of Python, and takes long: commands, killed processes, servers, browsers, the
# generator's output for document after document, the vendor's SDK.
ONCE = (
    "cli",
    "codegen/test_repair.py",
    "codegen/test_variants.py",
    "e2e",
    "emulator/service/test_browser.py",
    "emulator/service/test_vendor_sdk.py",
    "lifecycle/processes",
    "stores",
    "wire/test_operation_parity.py",
)
HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what runs on one interpreter alone; see scripts/test."""
    places = [HERE / place for place in ONCE]
    for item in items:
        if any(item.path == place or place in item.path.parents for place in places):
            item.add_marker(pytest.mark.once)
