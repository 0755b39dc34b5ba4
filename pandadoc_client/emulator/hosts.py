"""Which `Host` values an emulator answers to. It stops DNS rebinding.

A web page whose own name was pointed at this machine reaches the emulator past the browser's same-origin policy, but
its requests still name the page's host.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Collection, Sequence

from .redirects import is_loopback_host

__all__ = ["check_host_name", "host_of", "host_problem", "is_loopback_authority"]

_NAME = re.compile(r"[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_])?")
_PORT = re.compile(r"(?::[0-9]{0,5})?")


def host_of(authority: str) -> str | None:
    """Return the host of `host:port` in lower case, without brackets; None if it cannot be read."""
    text = authority.lower()
    if text.startswith("["):
        host, bracket, port = text[1:].partition("]")
        return host if bracket and _PORT.fullmatch(port) and _is_address(host) else None
    host, colon, port = text.partition(":")
    return host if _NAME.fullmatch(host) and _PORT.fullmatch(colon + port) else None


def is_loopback_authority(text: str) -> bool:
    """Judge a `Host` or `Origin` value: `name:port` with an optional `http://` before it."""
    return is_loopback_host(host_of(text.removeprefix("http://").removeprefix("https://")))


def host_problem(values: Sequence[str], known: Collection[str], *, loopback: bool) -> str | None:
    """Return why a request with these `Host` headers is refused; None if it is not.

    Names of this machine and `known` ones are accepted. An emulator that other machines can reach accepts addresses,
    too: rebinding needs a name.
    """
    if len(values) != 1:
        return "The request must have one Host header."
    host = host_of(values[0])
    if host is not None:
        if host in known or is_loopback_host(host) or host.endswith(".localhost"):
            return None
        if not loopback and _is_address(host):
            return None
    answered = "localhost, addresses" if not loopback else "localhost, 127.0.0.1, [::1]"
    names = "".join(f", {name}" for name in sorted(known) if not is_loopback_host(name))
    return (
        f"The Host header names a host that this emulator does not answer to ({answered}{names})."
        " The option allowed_hosts (--allowed-host) adds a name."
    )


def check_host_name(name: object) -> str:
    """Return a host name or address in lower case, without brackets.

    Raises:
        ValueError: it is none, or has a port or a scheme.
    """
    if not isinstance(name, str):
        raise ValueError("allowed_hosts are names of hosts, as text")
    plain = name.lower().removeprefix("[").removesuffix("]")
    if not (_is_address(plain) or _NAME.fullmatch(plain)):
        raise ValueError(f"allowed_hosts are names without scheme and port, such as emulator; {name!r} is none")
    return plain


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
