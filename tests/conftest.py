"""Fixtures that tests of several folders share."""

from __future__ import annotations

import signal

from .servers.mariadb import mariadb
from .servers.postgresql import postgresql
from .servers.redis import redis_server

__all__ = ["mariadb", "postgresql", "redis_server"]

# A shell's background jobs begin without Ctrl-C, and so would every process that a test starts and interrupts.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
