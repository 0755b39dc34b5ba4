"""Files that other programs have open. Elsewhere that matters to nobody; Windows refuses to replace or to open them."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from typing import TypeVar

__all__ = ["patiently", "replace"]

_T = TypeVar("_T")

REFUSES = os.name == "nt"
"""Whether a file that somebody has open cannot be replaced, nor one be opened that is being replaced."""
_PATIENCE = 5.0
"""Seconds: somebody reads it, or looks for viruses in it, and either is done at once."""


def patiently(action: Callable[[], _T]) -> _T:
    """Do *action* with a file, again where another program has it open.

    Raises:
        PermissionError: Another program has had it open for five seconds, or it may not be touched at all.
        OSError: What else *action* raises.
    """
    end = time.monotonic() + _PATIENCE
    while True:
        try:
            return action()
        except PermissionError:
            if not REFUSES or time.monotonic() > end:
                raise
            time.sleep(0.01)


def replace(source: str | os.PathLike[str], target: str | os.PathLike[str]) -> None:
    """Give the file *source* the name *target*, whatever has that now, as `os.replace` does.

    Raises:
        OSError: It cannot have that name; see `patiently`.
    """
    patiently(lambda: os.replace(source, target))
