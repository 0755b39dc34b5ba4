"""Open a TCP connection to a name within one limit, however many addresses it has.

``socket.create_connection`` takes its timeout for each address, one after another, and looks the name up without any:
four addresses that do not respond take four times as long. Here the look-up and all addresses share the limit, and the
next address is tried soon after the one before, as asyncio does it (RFC 8305).
"""

from __future__ import annotations

import contextlib
import errno
import os
import socket
from collections import deque
from collections.abc import Iterable
from typing import Any, NamedTuple

from pandadoc_client._http.clock import monotonic
from pandadoc_client._http.patience import within

__all__ = ["dial"]

_NEXT_AFTER = 0.25  # seconds until the next address is tried beside the one before: RFC 8305 §5
_UNDER_WAY = frozenset({errno.EINPROGRESS, errno.EWOULDBLOCK, errno.EAGAIN, errno.EINTR})


class _Address(NamedTuple):
    family: int
    kind: int
    protocol: int
    sockaddr: Any

    def socket(self, local_address: str | None) -> socket.socket:
        made = socket.socket(self.family, self.kind, self.protocol)
        if local_address is not None:
            try:
                made.bind((local_address, 0))
            except OSError:
                made.close()
                raise
        return made


def dial(
    host: str,
    port: int,
    timeout: float | None,
    local_address: str | None = None,
    options: Iterable[tuple[Any, ...]] = (),
) -> socket.socket:
    """Return a connected socket, without a timeout of its own.

    Args:
        host: Name or address.
        port: Port.
        timeout: Seconds for all of it; None for no limit.
        local_address: Address to connect from.
        options: What to set, as ``socket.setsockopt`` takes it.

    Raises:
        TimeoutError: No address responded in time, or the name was not resolved.
        OSError: None could be connected to.
    """
    ends = None if timeout is None else monotonic() + timeout
    addresses = _resolve(host, port, timeout)
    connected = (
        _one(addresses[0], ends, local_address) if len(addresses) == 1 else _race(addresses, ends, local_address)
    )
    try:
        connected.settimeout(None)
        for option in options:
            connected.setsockopt(*option)
        connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    except BaseException:
        connected.close()
        raise
    return connected


def _resolve(host: str, port: int, timeout: float | None) -> list[_Address]:
    """Return the addresses of a name. A thread asks the resolver, which knows no timeout."""
    with contextlib.suppress(OSError):
        return _look_up(host, port, socket.AI_NUMERICHOST)
    return within(timeout, lambda: _look_up(host, port), f"resolving {host}")


def _look_up(host: str, port: int, flags: int = 0) -> list[_Address]:
    found = socket.getaddrinfo(host, port, 0, socket.SOCK_STREAM, 0, flags)
    if not found:
        raise OSError(f"the name {host} has no address")
    return [_Address(family, kind, protocol, sockaddr) for family, kind, protocol, _, sockaddr in found]


def _left(ends: float | None) -> float | None:
    """Return the seconds until *ends*.

    Raises:
        TimeoutError: There are none.
    """
    if ends is None:
        return None
    left = ends - monotonic()
    if left <= 0:
        raise TimeoutError("no address responded in time")
    return left


def _one(address: _Address, ends: float | None, local_address: str | None) -> socket.socket:
    made = address.socket(local_address)
    try:
        made.settimeout(_left(ends))
        made.connect(address.sockaddr)
    except BaseException:
        made.close()
        raise
    return made


def _race(addresses: list[_Address], ends: float | None, local_address: str | None) -> socket.socket:
    """Return the connection that is made first; each address gets a head start over the next."""
    import selectors  # a host with one address needs none

    waiting, errors = deque(addresses), list[OSError]()
    next_start = 0.0
    with selectors.DefaultSelector() as selector:
        try:
            while True:
                under_way = bool(selector.get_map())
                if waiting and (not under_way or monotonic() >= next_start):
                    if (begun := _begin(waiting.popleft(), errors, local_address)) is not None:
                        connection, is_made = begun
                        if is_made:
                            return connection
                        selector.register(connection, selectors.EVENT_WRITE)
                    next_start = monotonic() + _NEXT_AFTER
                    continue
                if not under_way:
                    raise errors[0]
                left = _left(ends)
                if waiting:
                    head_start = max(0.0, next_start - monotonic())
                    left = head_start if left is None else min(left, head_start)
                for key, _ in selector.select(left):
                    tried: Any = key.fileobj
                    selector.unregister(tried)
                    code = tried.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
                    if not code:
                        return tried  # type: ignore[no-any-return]
                    tried.close()
                    errors.append(OSError(code, os.strerror(code)))
                    next_start = 0.0
        finally:
            for key in list(selector.get_map().values()):
                loser: Any = key.fileobj
                loser.close()


def _begin(address: _Address, errors: list[OSError], local_address: str | None) -> tuple[socket.socket, bool] | None:
    """Start to connect, and return the connection, and whether it was made at once; None if it failed at once."""
    try:
        made = address.socket(local_address)
    except OSError as error:  # such as a family that this machine does not have
        errors.append(error)
        return None
    made.setblocking(False)
    code = made.connect_ex(address.sockaddr)
    if code and code not in _UNDER_WAY:
        made.close()
        errors.append(OSError(code, os.strerror(code)))
        return None
    return made, not code
