"""Addresses that do not respond: what a firewall that drops packets, or a machine that is down, looks like."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

__all__ = ["Dead", "dead_addresses", "naming"]

NAME = "dead.localhost"


@dataclass(frozen=True)
class Dead:
    """A name with addresses of this machine on which nobody accepts a connection."""

    url: str
    port: int
    addresses: tuple[str, ...]


def naming(monkeypatch: pytest.MonkeyPatch, addresses: tuple[str, ...], name: str = NAME) -> None:
    """Have *name* stand for *addresses*. The resolver of a machine that runs tests cannot be told so for real."""
    look_up = socket.getaddrinfo

    def resolve(host: Any, port: Any, *arguments: Any, **options: Any) -> Any:
        flags = options.get("flags", arguments[3] if len(arguments) > 3 else 0)
        if host not in (name, name.encode()) or flags & socket.AI_NUMERICHOST:
            return look_up(host, port, *arguments, **options)
        return [entry for each in addresses for entry in look_up(each, port, 0, socket.SOCK_STREAM)]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)


@contextlib.contextmanager
def dead_addresses(monkeypatch: pytest.MonkeyPatch, count: int) -> Iterator[Dead]:
    """Yield a name with *count* addresses whose queues of connections are full: Linux drops what comes then."""
    addresses = tuple(f"127.0.0.{number}" for number in range(2, 2 + count))
    with contextlib.ExitStack() as stack:
        port = 0
        for address in addresses:
            listener = stack.enter_context(socket.socket())
            listener.bind((address, port))
            port = listener.getsockname()[1]
            listener.listen(0)
            for _ in range(4):
                caller = stack.enter_context(socket.socket())
                caller.setblocking(False)
                caller.connect_ex((address, port))
        naming(monkeypatch, addresses)
        yield Dead(f"http://{NAME}:{port}", port, addresses)
