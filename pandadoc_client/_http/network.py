"""Where requests may go, and by which way: settings of the network, TLS contexts and proxies."""

from __future__ import annotations

import functools
import ipaddress
import os
import ssl
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import httpx

from pandadoc_client._http.backends import Backend
from pandadoc_client._http.environment import (
    ProxySetting,
    blank_context,
    environment_proxies,
    load_file,
    new_context,
    usual_context,
)
from pandadoc_client._http.retry import DEFAULT_POLICY, RetryPolicy, Timeout
from pandadoc_client._http.values import Value
from pandadoc_client.exceptions import ApiValueError

if TYPE_CHECKING:
    from pandadoc_client.throttling import RateLimiter

__all__ = [
    "ALLOW_INSECURE",
    "TransportSettings",
    "check_host",
    "check_permitted",
    "insecure_host",
    "is_loopback",
    "permits_insecure",
    "proxies_of",
    "transport_arguments",
]

ALLOW_INSECURE = "PANDADOC_ALLOW_INSECURE"
"""The variable of the environment that permits plain http to other machines."""
_LONGEST_LABEL = 63  # characters between two dots
_warned_of: set[str] = set()


class TransportSettings(Value, kw_only=True, hidden=("proxy", "proxy_headers")):
    """How to reach the server.

    Attributes:
        timeout: Limits of a call that names none.
        retries: When to send a request again.
        allow_insecure: True to permit plain ``http`` to hosts other than loopback.
        verify_ssl: False to accept any certificate.
        ca_file: PEM file of certificate authorities, instead of those of the environment and of the system.
        cert_file: PEM file of a client certificate.
        key_file: PEM file of its key, if that is not in ``cert_file``.
        assert_hostname: False to accept a certificate of another name, or the name that it must have.
        proxy: URL of a proxy; without one, the environment's is used.
        no_proxy: Hosts to reach directly, separated by commas.
        proxy_headers: Headers for the proxy.
        pool_size: Connections to keep when there are fewer calls at once.
        socket_options: Options for each socket, as ``socket.setsockopt`` takes them.
        rate_limiter: Whom to ask before each attempt; None to ask nobody.
        backend: What carries the calls of asyncio; None for the default.
    """

    timeout: Timeout = Timeout()
    retries: RetryPolicy = DEFAULT_POLICY
    allow_insecure: bool = False
    verify_ssl: bool = True
    ca_file: str | None = None
    cert_file: str | None = None
    key_file: str | None = None
    assert_hostname: str | bool | None = None
    proxy: str | None = None
    no_proxy: str | None = None
    proxy_headers: Mapping[str, str] | None = None
    pool_size: int = 20
    socket_options: Sequence[tuple[Any, ...]] | None = None
    rate_limiter: RateLimiter | None = None
    backend: Backend | None = None


def is_loopback(host: str) -> bool:
    """Return True if *host*, a name or an address without port, is this machine."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def permits_insecure(host: str, allow_insecure: bool) -> bool:
    """Return True if plain http to *host*, another machine, was permitted: by the argument or by the environment.

    The environment outlives what it was set for, so it is warned of once for each host; an argument was meant.

    Raises:
        ApiValueError: The variable of the environment is neither 1 nor 0.
    """
    found = os.environ.get(ALLOW_INSECURE, "")
    if found not in ("", "0", "1"):
        raise ApiValueError(f"{ALLOW_INSECURE} must be 1 or 0")
    if found == "1" and host not in _warned_of:
        _warned_of.add(host)
        message = f"plain http to {host}: tokens and keys can be read by others on the way"
        warnings.warn(message, RuntimeWarning, stacklevel=4)
    return found == "1" or allow_insecure


def check_host(url: str, allow_insecure: bool = False) -> None:
    """Refuse a base URL to which no credential should go.

    Raises:
        ApiValueError: It is no absolute http or https URL, holds a user name, or is plain http to another machine.
    """
    host = insecure_host(url)
    if host is not None:
        check_permitted(host, allow_insecure)


def check_permitted(host: str, allow_insecure: bool) -> None:
    """Refuse plain http to *host*, another machine, unless it was permitted.

    Raises:
        ApiValueError: It was not.
    """
    if not permits_insecure(host, allow_insecure):
        raise ApiValueError(
            f"host: plain http to {host} would show the credentials; use https, or allow_insecure=True"
            f" or {ALLOW_INSECURE}=1"
        )


@functools.lru_cache(maxsize=64)
def insecure_host(url: str) -> str | None:
    """Return the host of a base URL if that is plain http to another machine.

    Raises:
        ApiValueError: It is no absolute http or https URL, or holds a user name.
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
    if not can_be_host(host):
        raise ApiValueError(f"host: {host!r} can be no name of a host")
    return host if parts.scheme == "http" and not is_loopback(host) else None


def can_be_host(host: str) -> bool:
    """Return whether *host* can be a name or an address: no space, and no empty or endless label (RFC 1035 §2.3.4)."""
    labels = host.removesuffix(".").split(".")
    return host.isprintable() and " " not in host and all(0 < len(label) <= _LONGEST_LABEL for label in labels)


def transport_arguments(
    settings: TransportSettings, proxy: ProxySetting | None = None, *, secure: bool = True
) -> dict[str, Any]:
    """Return the arguments of an httpx transport.

    Args:
        settings: How to reach the server.
        proxy: The proxy to go through; None to go directly.
        secure: Whether it is for URLs of https. What is said of certificates does not matter to the others.

    Raises:
        ApiValueError: A setting, or a variable of the environment, cannot be used; the message names it.
    """
    arguments: dict[str, Any] = {
        "verify": _ssl_context(settings) if secure else blank_context(),
        "limits": httpx.Limits(max_connections=None, max_keepalive_connections=settings.pool_size),
        "socket_options": settings.socket_options,
        "trust_env": False,
    }
    if proxy is not None:
        arguments["proxy"] = _httpx_proxy(proxy, settings)
    return arguments


def _ssl_context(settings: TransportSettings) -> ssl.SSLContext:
    check_name = settings.assert_hostname is not False
    if settings.verify_ssl and check_name and settings.ca_file is None and settings.cert_file is None:
        return usual_context()
    context = new_context(settings.ca_file) if settings.verify_ssl else blank_context(verify=False)
    context.check_hostname = context.check_hostname and check_name
    if settings.cert_file is not None:
        _load_client_certificate(context, settings.cert_file, settings.key_file)
    return context


def _load_client_certificate(context: ssl.SSLContext, cert_file: str, key_file: str | None) -> None:
    named = {"cert_file": cert_file, "key_file": key_file}
    for name, path in named.items():
        if path is not None:
            load_file(name, path, Path(path).read_bytes)

    def ask() -> str:
        # OpenSSL would ask at the terminal, and wait there.
        raise ValueError("the key is encrypted; give it decrypted")

    name, path = ("cert_file", cert_file) if key_file is None else ("cert_file or key_file", f"{cert_file}, {key_file}")
    load_file(name, path, lambda: context.load_cert_chain(cert_file, key_file, ask))


def proxies_of(settings: TransportSettings) -> dict[str, ProxySetting | None]:
    """Return which URLs go through which proxy, as httpx's patterns; None is for those that go directly.

    Without a proxy in the settings the environment's are used, as httpx does. Loopback is always reached directly.

    Raises:
        ApiValueError: The proxy of the settings is none. One of the environment is refused when it is needed.
    """
    if settings.proxy:
        proxies = {"all": ProxySetting("proxy", settings.proxy)}
        bypassed = settings.no_proxy or ""
        _proxy_url(proxies["all"])
    else:
        proxies, bypassed = environment_proxies()
    hosts = [host for host in bypassed.replace(" ", "").split(",") if host]
    if not proxies or "*" in hosts:
        return {}
    patterns: dict[str, ProxySetting | None] = {f"{scheme}://": proxy for scheme, proxy in proxies.items()}
    for host in (*hosts, "localhost", "127.0.0.1", "::1"):
        pattern = _bypass_pattern(host)
        if pattern is not None:
            patterns[pattern] = None
    return patterns


def _proxy_url(setting: ProxySetting) -> httpx.URL:
    """Return the URL of a proxy.

    Raises:
        ApiValueError: It is none.
    """
    url = setting.url if "://" in setting.url else f"http://{setting.url}"
    try:
        proxy, parts = httpx.Proxy(url), urlsplit(url)
        # Which refuses ports and addresses that httpx lets through.
        if can_be_host(parts.hostname or "") and parts.port != 0:
            return httpx.URL(proxy.url, username=proxy.auth[0], password=proxy.auth[1]) if proxy.auth else proxy.url
    except (ValueError, httpx.InvalidURL):
        pass
    raise ApiValueError(f"{setting.name} must be the URL of an http, https or socks5 proxy")


def _httpx_proxy(setting: ProxySetting, settings: TransportSettings) -> httpx.Proxy:
    """Return *setting* as httpx has it.

    Raises:
        ApiValueError: It is no URL of a proxy, or one that needs a library that is missing.
    """
    url = _proxy_url(setting)
    if url.scheme.startswith("socks"):
        import importlib.util

        if importlib.util.find_spec("socksio") is None:
            problem = "is a socks proxy, which needs a library: pip install 'pandadoc-client[socks]'"
            raise ApiValueError(f"{setting.name} {problem}")
    context = None
    if url.scheme == "https":  # the client certificate and another name are for the server behind it
        context = _ssl_context(settings.replace(cert_file=None, assert_hostname=None))
    return httpx.Proxy(url, ssl_context=context, headers=dict(settings.proxy_headers or {}))


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
