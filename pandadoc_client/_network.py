"""Where requests may go, and by which way: settings of the network, TLS contexts and proxies."""

from __future__ import annotations

import functools
import ipaddress
import ssl
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit
from urllib.request import getproxies

import httpx

from pandadoc_client._retry import RetryPolicy, Timeout
from pandadoc_client.exceptions import ApiValueError

if TYPE_CHECKING:
    from pandadoc_client.throttling import RateLimiter

__all__ = ["TransportSettings", "check_host", "is_loopback", "proxies_of", "transport_arguments"]


T = TypeVar("T")


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
        rate_limiter: Whom to ask before each attempt; None to ask nobody.
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
    rate_limiter: RateLimiter | None = None


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
    except (AttributeError, TypeError, ValueError):
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
        "verify": _ssl_context(settings),
        "limits": httpx.Limits(max_connections=None, max_keepalive_connections=settings.pool_size),
        "socket_options": settings.socket_options,
        "trust_env": False,
    }


@functools.lru_cache(maxsize=1)
def _usual_context() -> ssl.SSLContext:
    """Return the TLS settings of a client that names none: one for all, as reading the authorities takes a while."""
    return httpx.create_ssl_context()


def _ssl_context(settings: TransportSettings) -> ssl.SSLContext:
    check_name = settings.assert_hostname is not False
    if settings.verify_ssl and check_name and settings.ca_file is None and settings.cert_file is None:
        return _usual_context()
    if not settings.verify_ssl:
        context = httpx.create_ssl_context(verify=False)
    elif settings.ca_file is not None:
        context = _with_file("ssl_ca_cert", lambda: ssl.create_default_context(cafile=settings.ca_file))
    else:
        context = httpx.create_ssl_context()
    context.check_hostname = context.check_hostname and check_name
    cert_file = settings.cert_file
    if cert_file is not None:
        _with_file("cert_file", lambda: context.load_cert_chain(cert_file, settings.key_file))
    return context


def _with_file(setting: str, load: Callable[[], T]) -> T:
    """Return what *load* reads from the file of a setting.

    Raises:
        ApiValueError: It cannot be read, or is not what it should be; the message names the setting.
    """
    try:
        return load()
    except OSError as error:  # ssl.SSLError is one
        raise ApiValueError(f"{setting} cannot be used: {error.strerror or error}") from error


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
    for host in (*hosts, "localhost", "127.0.0.1", "::1"):
        pattern = _bypass_pattern(host)
        if pattern is not None:
            proxies[pattern] = None
    return proxies


def _bypass_pattern(host: str) -> str | None:
    """Return httpx's pattern for an entry of ``no_proxy``: an address, or a name with all below it.

    None for what httpx cannot look for: a network such as ``10.0.0.0/8``, or what is no host at all.
    """
    try:
        address = ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        pattern = f"all://*{host.removeprefix('*').removeprefix('.')}" if "/" not in host else None
    else:
        pattern = f"all://[{address}]" if address.version == 6 else f"all://{address}"
    try:
        httpx.URL(pattern or "")
    except httpx.InvalidURL:
        return None
    return pattern
