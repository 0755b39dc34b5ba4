"""Where requests may go, and by which way: settings of the network, TLS contexts and proxies."""

from __future__ import annotations

import functools
import ipaddress
import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit
from urllib.request import getproxies

import httpx

from pandadoc_client._retry import RetryPolicy, Timeout
from pandadoc_client.exceptions import ApiValueError

__all__ = ["TransportSettings", "check_host", "is_loopback", "proxies_of", "transport_arguments"]


@dataclass(frozen=True, slots=True, kw_only=True)
class TransportSettings:
    """How to reach the server.

    Attributes:
        timeout: Limits of a call that names none.
        retries: When to send a request again.
        allow_insecure: True to permit plain ``http`` to hosts other than loopback.
        verify_ssl: False to accept any certificate.
        ca_file: PEM file of certificate authorities, instead of the usual ones.
        cert_file: PEM file of a client certificate.
        key_file: PEM file of its key, if that is not in ``cert_file``.
        assert_hostname: False to accept a certificate of another name, or the name that it must have.
        proxy: URL of a proxy; without one, the environment's is used.
        no_proxy: Hosts to reach directly, separated by commas.
        proxy_headers: Headers for the proxy.
        pool_size: Idle connections to keep.
        socket_options: Options for each socket, as ``socket.setsockopt`` takes them.
    """

    timeout: Timeout = field(default_factory=Timeout)
    retries: RetryPolicy = field(default_factory=RetryPolicy)
    allow_insecure: bool = False
    verify_ssl: bool = True
    ca_file: str | None = None
    cert_file: str | None = None
    key_file: str | None = None
    assert_hostname: str | bool | None = None
    proxy: str | None = field(default=None, repr=False)
    no_proxy: str | None = None
    proxy_headers: Mapping[str, str] | None = field(default=None, repr=False)
    pool_size: int = 20
    socket_options: Sequence[tuple[Any, ...]] | None = None


def is_loopback(host: str) -> bool:
    """Return True if *host*, a name or an address without port, is this machine."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


@functools.lru_cache(maxsize=64)
def check_host(url: str, allow_insecure: bool = False) -> None:
    """Refuse a base URL to which no credential should go.

    Raises:
        ApiValueError: It is no absolute http or https URL, holds a user name, or is plain http to another machine.
    """
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise ApiValueError("host is not a URL") from None
    if parts.scheme not in ("http", "https") or not host:
        raise ApiValueError("host must be an absolute URL, such as https://api.pandadoc.com")
    if parts.query or parts.fragment or url.endswith(("?", "#")):
        raise ApiValueError("host must have neither a query nor a fragment")
    if parts.username is not None or parts.password is not None:
        raise ApiValueError("host must not hold a user name or a password")
    if parts.scheme == "http" and not allow_insecure and not is_loopback(host):
        raise ApiValueError(f"host: plain http to {host} would show the credentials; use https, or allow_insecure=True")


def transport_arguments(settings: TransportSettings) -> dict[str, Any]:
    return {
        "verify": _ssl_context(
            settings.verify_ssl,
            settings.ca_file,
            settings.cert_file,
            settings.key_file,
            settings.assert_hostname is not False,
        ),
        "limits": httpx.Limits(max_connections=None, max_keepalive_connections=settings.pool_size),
        "socket_options": settings.socket_options,
        "trust_env": False,
    }


@functools.lru_cache(maxsize=16)
def _ssl_context(
    verify: bool, ca_file: str | None, cert_file: str | None, key_file: str | None, check_name: bool
) -> ssl.SSLContext:
    """Return the TLS settings; one for each combination, because reading the authorities takes milliseconds."""
    if not verify:
        context = httpx.create_ssl_context(verify=False)
    elif ca_file is not None:
        context = ssl.create_default_context(cafile=ca_file)
    else:
        context = httpx.create_ssl_context()
    if not check_name:
        context.check_hostname = False
    if cert_file is not None:
        context.load_cert_chain(cert_file, key_file)
    return context


def proxies_of(settings: TransportSettings) -> dict[str, httpx.Proxy | None]:
    """Return which URLs go through which proxy, as httpx's patterns; None is for those that go directly.

    Without a proxy in the settings the environment's are used, as httpx does. Loopback is always reached directly.
    """
    environment = getproxies()
    named = dict.fromkeys(("http", "https"), settings.proxy) if settings.proxy else environment
    bypassed = (settings.no_proxy if settings.proxy else environment.get("no")) or ""
    hosts = [host for host in bypassed.replace(" ", "").split(",") if host]
    urls = {f"{scheme}://": named[scheme] for scheme in ("http", "https") if named.get(scheme)}
    if not urls or "*" in hosts:
        return {}
    try:
        proxies: dict[str, httpx.Proxy | None] = {
            pattern: httpx.Proxy(url if "://" in url else f"http://{url}", headers=dict(settings.proxy_headers or {}))
            for pattern, url in urls.items()
            if url
        }
    except (ValueError, httpx.InvalidURL):
        raise ApiValueError("proxy must be the URL of an http, https or socks5 proxy") from None
    for host in (*hosts, "localhost", "127.0.0.1", "[::1]"):
        proxies[f"all://{host}" if is_loopback(host) or host[0].isdigit() else f"all://*{host}"] = None
    return proxies
