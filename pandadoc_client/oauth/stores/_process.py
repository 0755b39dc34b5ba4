"""Which process did something, and whether it still runs."""

from __future__ import annotations

import os
from pathlib import Path

__all__ = ["has_ended", "process_identity"]

_GONE = frozenset("ZXx")  # states of a process that runs no more, though its number is still taken (proc(5))


def process_identity() -> str:
    """Return what no other process has: system, name space, number and start; empty where that cannot be known.

    A number alone would not do: it is given again, and containers number their processes each for itself.
    """
    place = _place()
    start = _start(os.getpid())
    return f"{place}/{os.getpid()}/{start}" if place and start else ""


def has_ended(identity: str) -> bool:
    """Return True if the process of *identity* certainly runs no more; False if it does, or is out of sight."""
    place, _, rest = identity.rpartition("/")[0].rpartition("/")
    number, start = rest, identity.rpartition("/")[2]
    if not number.isascii() or not number.isdigit() or not place or place != _place():
        return False
    try:
        os.kill(int(number), 0)
    except (ProcessLookupError, OverflowError):
        return True
    except OSError:  # it is somebody else's
        return False
    found = _start(int(number))
    return bool(found) and found != start


def _place() -> str:
    """Return the boot of this machine and the name space of this process's number."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        return f"{boot}/{os.readlink('/proc/self/ns/pid')}"
    except (OSError, ValueError):
        return ""


def _start(number: int) -> str:
    """Return when a process was started, in ticks; ``"gone"`` if it has ended, empty if that cannot be seen."""
    try:
        fields = Path(f"/proc/{number}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
        return "gone" if fields[0] in _GONE else fields[19]
    except (OSError, IndexError):
        return ""
