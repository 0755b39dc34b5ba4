"""What a forked child process must not inherit: locks that nobody will release, connections that its parent uses."""

from __future__ import annotations

import os
import weakref
from typing import Protocol

__all__ = ["renew_in_child"]


class Renewable(Protocol):
    """An object that a forked child has to put right."""

    def _renew_in_child(self) -> None: ...


_renewables: weakref.WeakSet[Renewable] = weakref.WeakSet()


def renew_in_child(renewable: Renewable) -> None:
    """Call ``renewable._renew_in_child()`` in every child that forks from here on, before its first line of Python."""
    _renewables.add(renewable)


def _renew_all() -> None:
    for renewable in list(_renewables):
        renewable._renew_in_child()


if hasattr(os, "register_at_fork"):  # Windows has no fork
    os.register_at_fork(after_in_child=_renew_all)
