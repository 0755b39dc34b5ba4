"""What a forked child process must not inherit: locks that nobody will release, connections that its parent uses."""

from __future__ import annotations

import contextlib
import os
import weakref
from typing import NoReturn, Protocol, SupportsIndex

__all__ = ["InheritedSockets", "ProcessBound", "renew_in_child"]


class Renewable(Protocol):
    """An object that a forked child has to put right."""

    def _renew_in_child(self) -> None: ...


class ProcessBound:
    """An object that cannot go to another process by pickle: it has connections, locks or threads of this one."""

    def __reduce_ex__(self, protocol: SupportsIndex) -> NoReturn:
        from pandadoc_client.exceptions import ApiTypeError

        name = type(self).__name__
        raise ApiTypeError(
            f"{name} cannot be pickled or copied: it has connections and locks of this process. Make one in each "
            "worker, such as in the initializer of the process pool, from arguments that can be pickled"
        )


class Descriptor(Protocol):
    """What has a file descriptor: a socket, or a connection of a database driver."""

    def fileno(self) -> int: ...


class InheritedSockets:
    """Sockets that a forked child closes, so that their other end learns of the parent's death whatever the child does.

    A socket is open until the last process has closed it. A server that sees it open takes its user for alive, and
    keeps what it has locked.
    """

    def __init__(self) -> None:
        self._sockets: weakref.WeakSet[Descriptor] = weakref.WeakSet()

    def add(self, socket: Descriptor) -> None:
        """Remember *socket* for as long as somebody else does."""
        self._sockets.add(socket)

    def close(self) -> None:
        """In a child: close them all, without a word to their other ends, which the parent still talks with.

        Each descriptor stays, and leads to nowhere. So its number is not given to another file, which the driver would
        then close or write to in the belief that it was its own.
        """
        nowhere = os.open(os.devnull, os.O_RDWR)
        try:
            for socket in list(self._sockets):
                with contextlib.suppress(Exception):  # it was closed before, in whatever way its driver says so
                    descriptor = socket.fileno()
                    if descriptor >= 0:
                        os.dup2(nowhere, descriptor, inheritable=False)
        finally:
            os.close(nowhere)
        self._sockets = weakref.WeakSet()


_renewables: weakref.WeakSet[Renewable] = weakref.WeakSet()


def renew_in_child(renewable: Renewable) -> None:
    """Call ``renewable._renew_in_child()`` in every child that forks from here on, before its first line of Python."""
    _renewables.add(renewable)


def _renew_all() -> None:
    for renewable in list(_renewables):
        renewable._renew_in_child()


if hasattr(os, "register_at_fork"):  # Windows has no fork
    os.register_at_fork(after_in_child=_renew_all)
