"""How long calls take, over loopback, one connection kept alive, every client in a process of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from .environment import ours, vendor
from .processes import HERE, server
from .rounds import Command, measure
from .timing import Line, table

__all__ = ["report"]

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


def _programs(peers: Mapping[str, str], url: str) -> Mapping[str, Command]:
    script = str(HERE / "peers.py")
    return {
        name: (vendor() if name.startswith(_VENDOR) else ours(), script, program, url)
        for name, program in peers.items()
    }


def report(rounds: int, calls: int) -> Sequence[str]:
    unit = ("µs", 1e3)
    with server() as url:
        tokens = measure(_programs(_TOKEN_PEERS, url), rounds, calls)
        members = measure(_programs(_MEMBER_PEERS, url), rounds, calls)
    return (
        table("token call", unit, TOKEN_LINES, tokens),
        table("GET /public/v1/members/current", unit, MEMBER_LINES, members),
    )
