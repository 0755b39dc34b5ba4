"""How long calls take, over loopback, one connection kept alive, every client in a process of its own."""

from __future__ import annotations

import json
import random
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import ExitStack

from .environment import ours, vendor
from .processes import HERE, process, server
from .timing import Line, Samples, table

__all__ = ["measure", "report"]

_HTTPX, _ASYNC_HTTPX = "httpx.Client", "httpx.AsyncClient"
_VENDOR = "the vendor's "

TOKEN_LINES = (
    Line(_HTTPX, _HTTPX),
    Line("OAuth20AuthenticationApi.access_token", _HTTPX, 1.1),
    Line("OAuthClient.refresh", _HTTPX, 1.1),
    Line("OAuthClient.exchange_code", _HTTPX, 1.1),
    Line(_VENDOR + "OAuth20AuthenticationApi.access_token", _HTTPX),
    Line(_ASYNC_HTTPX, _ASYNC_HTTPX),
    Line("AsyncOAuth20AuthenticationApi.access_token", _ASYNC_HTTPX, 1.1),
    Line("AsyncOAuthClient.refresh", _ASYNC_HTTPX, 1.1),
)
_TOKEN_PEERS = {
    _HTTPX: "httpx_token",
    "OAuth20AuthenticationApi.access_token": "sdk_token",
    "OAuthClient.refresh": "oauth_refresh",
    "OAuthClient.exchange_code": "oauth_exchange",
    _VENDOR + "OAuth20AuthenticationApi.access_token": "sdk_token",
    _ASYNC_HTTPX: "async_httpx_token",
    "AsyncOAuth20AuthenticationApi.access_token": "async_sdk_token",
    "AsyncOAuthClient.refresh": "async_oauth_refresh",
}
MEMBER_LINES = (
    Line("httpx.Client and json.loads", "httpx.Client and json.loads"),
    Line("MembersApi.details_current_member", "httpx.Client and json.loads", 1.1),
    Line(_VENDOR + "MembersApi.details_current_member", "httpx.Client and json.loads"),
)
_MEMBER_PEERS = {
    "httpx.Client and json.loads": "httpx_member",
    "MembersApi.details_current_member": "sdk_member",
    _VENDOR + "MembersApi.details_current_member": "sdk_member",
}


class _Peer:
    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        if self._line() != "ready\n":
            raise RuntimeError("a peer did not start")

    def call(self, count: int) -> list[int]:
        assert self._process.stdin is not None
        self._process.stdin.write(f"{count}\n")
        self._process.stdin.flush()
        taken: list[int] = json.loads(self._line())
        return taken

    def _line(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline()


def measure(peers: Mapping[str, str], rounds: int, calls: int) -> Mapping[str, Samples]:
    """Make *rounds* of *calls* calls with each peer in turn, the order shuffled, after one round to warm up."""
    order = random.Random(1)
    measured: dict[str, list[int]] = {name: [] for name in peers}
    with ExitStack() as stack:
        url = stack.enter_context(server())
        running = []
        for name, program in peers.items():
            python = vendor() if name.startswith(_VENDOR) else ours()
            peer = _Peer(stack.enter_context(process(python, str(HERE / "peers.py"), program, url)))
            running.append((name, peer))
        for number in range(rounds + 1):
            order.shuffle(running)
            for name, peer in running:
                taken = peer.call(calls)
                if number:
                    measured[name] += taken
    return {name: Samples(samples) for name, samples in measured.items()}


def report(rounds: int, calls: int) -> Sequence[str]:
    unit = ("µs", 1e3)
    tokens = measure(_TOKEN_PEERS, rounds, calls)
    members = measure(_MEMBER_PEERS, rounds, calls)
    return (
        table("token call", unit, TOKEN_LINES, tokens),
        table("GET /public/v1/members/current", unit, MEMBER_LINES, members),
    )
