"""What the environment says of the network: proxies, certificate authorities, and a file for the keys of TLS.

This is the one place that reads it: for calls, for token refreshes, for the requests of the command line and for those
of the emulator. Nothing is read before a request needs it, so that a setting which cannot be used does no harm to
requests that it does not concern. Whatever cannot be used is an ``ApiValueError`` that names the variable.
"""

from __future__ import annotations

import functools
import os
import re
import ssl
import sys
from collections.abc import Callable
from typing import TypeVar
from urllib.request import getproxies

from pandadoc_client._http.values import Value
from pandadoc_client.exceptions import ApiValueError

__all__ = ["ProxySetting", "blank_context", "environment_proxies", "load_file", "new_context", "usual_context"]

T = TypeVar("T")

_CERTIFICATES = ("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE")
_KEY_LOG = "SSLKEYLOGFILE"
_SCHEMES = ("http", "https", "all")
# Where systems keep their authorities. A Python that was built elsewhere may look in another place only.
_BUNDLES = (
    "/etc/ssl/certs/ca-certificates.crt",  # Debian, Ubuntu, Arch, Alpine
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",  # Fedora, Red Hat
    "/etc/ssl/ca-bundle.pem",  # SUSE
    "/etc/ssl/cert.pem",  # BSD, and many others
)
_HASHED = r"[0-9a-fA-F]{8}\.[0-9]+"  # compiled where authorities are a folder


class ProxySetting(Value, hidden=("url",)):
    """A proxy that somebody has set.

    Attributes:
        name: What set it: a variable of the environment, or an argument.
        url: Its URL as it was given; it may hold a password.
    """

    name: str
    url: str


def environment_proxies() -> tuple[dict[str, ProxySetting], str]:
    """Return the proxies by scheme (``http``, ``https``, ``all``), and the hosts to reach without.

    They are those of the variables ``HTTPS_PROXY`` and so on, in capitals or not; on Windows and macOS those of the
    system where no variable is set.
    """
    found = getproxies()
    proxies = {scheme: ProxySetting(_set_by(scheme), found[scheme]) for scheme in _SCHEMES if found.get(scheme)}
    return proxies, found.get("no") or ""


def _set_by(scheme: str) -> str:
    """Return the name of the variable that has the proxy for *scheme*: small letters win, as in urllib."""
    names = [name for name in os.environ if name.lower() == f"{scheme}_proxy"]
    return min(names, key=lambda name: name != name.lower(), default=f"the system's proxy for {scheme}")


def usual_context() -> ssl.SSLContext:
    """Return the TLS settings of whoever names none: one context for all, as reading the authorities takes a while.

    The authorities are those of ``SSL_CERT_FILE`` and ``SSL_CERT_DIR``, else of ``REQUESTS_CA_BUNDLE``, else the
    system's, else, if it has none, certifi's.

    Raises:
        ApiValueError: A variable cannot be used; the message names it.
    """
    return _shared(tuple(os.environ.get(name) for name in (*_CERTIFICATES, _KEY_LOG)))


@functools.lru_cache(maxsize=4)
def _shared(values: tuple[str | None, ...]) -> ssl.SSLContext:
    return new_context()


def new_context(ca_file: str | None = None) -> ssl.SSLContext:
    """Return such TLS settings for the caller to change, with the authorities of *ca_file* if it is given.

    Raises:
        ApiValueError: The file, or a variable, cannot be used; the message names it.
    """
    _check_key_log()
    if ca_file is not None:
        return load_file("ssl_ca_cert", ca_file, lambda: ssl.create_default_context(cafile=ca_file))
    named = [(name, value, *_places(name, value)) for name, value in _named_authorities()]
    if not named:
        return _system_context()
    name, value, file, folder = named[0]
    context = load_file(name, value, functools.partial(ssl.create_default_context, cafile=file, capath=folder))
    for name, value, file, folder in named[1:]:
        load_file(name, value, functools.partial(context.load_verify_locations, file, folder))
    return context


def _places(name: str, value: str) -> tuple[str | None, str | None]:
    """Return the file and the folders of authorities that a variable names: one of them.

    Raises:
        ApiValueError: OpenSSL would find nothing in the folders, and say nothing.
    """
    if name != "SSL_CERT_DIR" and not os.path.isdir(value):
        return value, None
    if not _holds_certificates(value):
        raise ApiValueError(f"{name} cannot be used: it has no certificates by their hash (openssl rehash): {value}")
    return None, value


def blank_context(*, verify: bool = True) -> ssl.SSLContext:
    """Return TLS settings that trust no authority, which take no time; with *verify* False any certificate will do.

    Raises:
        ApiValueError: ``SSLKEYLOGFILE`` cannot be used, with *verify* False.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if not verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        _check_key_log(context)
    return context


def load_file(name: str, path: str, load: Callable[[], T]) -> T:
    """Return what *load* makes of the file at *path*.

    Raises:
        ApiValueError: It cannot be read, or is not what it should be; the message names the setting *name*.
    """
    try:
        return load()
    except (OSError, ValueError) as error:  # ssl.SSLError is an OSError
        reason = getattr(error, "strerror", None) or error
        raise ApiValueError(f"{name} cannot be used: {reason}: {path}") from error


def _named_authorities() -> list[tuple[str, str]]:
    """Return the variables that name authorities, with their values. An empty one counts as unset."""
    found = {name: value for name in _CERTIFICATES if (value := os.environ.get(name))}
    if "SSL_CERT_FILE" in found or "SSL_CERT_DIR" in found:
        found.pop("REQUESTS_CA_BUNDLE", None)
    return list(found.items())


def _holds_certificates(folders: str) -> bool:
    """Return whether OpenSSL finds a certificate in one of *folders*; it looks for them by their hash."""
    for folder in folders.split(os.pathsep):
        try:
            if any(re.fullmatch(_HASHED, name) for name in os.listdir(folder)):
                return True
        except OSError:
            continue
    return False


def _check_key_log(context: ssl.SSLContext | None = None) -> None:
    """Let *context* write its keys where ``SSLKEYLOGFILE`` says, as contexts of Python's `ssl` do by themselves."""
    path = os.environ.get(_KEY_LOG)
    if path and not sys.flags.ignore_environment:
        target = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT) if context is None else context
        load_file(_KEY_LOG, path, lambda: setattr(target, "keylog_filename", path))


def _system_context() -> ssl.SSLContext:
    """Return TLS settings with the authorities that the system trusts."""
    if sys.platform in ("darwin", "win32"):
        # OpenSSL does not know what an administrator has added there: the system itself is asked.
        return _native_context()
    context = ssl.create_default_context()
    default = ssl.get_default_verify_paths().capath  # read when a certificate is looked for, so not counted below
    if context.cert_store_stats()["x509_ca"] or (default and _holds_certificates(default)):
        return context
    for bundle in _BUNDLES:
        if os.path.isfile(bundle):
            context.load_verify_locations(cafile=bundle)
            return context
    import certifi  # httpx needs it, so it is there

    context.load_verify_locations(cafile=certifi.where())
    return context


def _native_context() -> ssl.SSLContext:
    import truststore

    context = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    _check_key_log(context)
    return context
