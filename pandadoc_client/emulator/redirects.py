"""Redirect URIs: which are well formed, which match, and how a response is appended to one.

The redirect URI decides where an authorization code is sent, so everything here errs on the side of refusal: a URI that
two parsers could read differently is not a URI.
"""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import SplitResult, urlencode, urlsplit

__all__ = [
    "append_query",
    "check_redirect_uri",
    "csp_source",
    "is_loopback_host",
    "is_loopback_uri",
    "redirect_matches",
]

# RFC 3986 appendix A without "#". The backslash is left out on purpose: browsers read it as "/", urlsplit does not.
_URI_CHARACTERS = re.compile(r"[A-Za-z0-9\-._~:/?\[\]@!$&'()*+,;=%]+")
_CSP_ORIGIN = re.compile(r"https?://[A-Za-z0-9.\-]+(?::[0-9]+)?")


def is_loopback_host(host: str | None) -> bool:
    """Tell whether `host` (no port, no brackets) is `localhost` or a loopback address of IPv4 or IPv6."""
    if not host:
        return False
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def check_redirect_uri(uri: str) -> SplitResult:
    """Parse an absolute redirect URI (RFC 6749 §3.1.2).

    Raises:
        ValueError: not absolute, with a fragment or user information, with characters outside RFC 3986, or of a scheme
            that is neither http(s) nor a private-use one such as `com.example.app` (RFC 8252 §7.1).
    """
    if not _URI_CHARACTERS.fullmatch(uri):
        raise ValueError("a redirect URI has no fragment and only characters of RFC 3986")
    parts = urlsplit(uri)
    if parts.scheme in ("http", "https"):
        if not parts.hostname:
            raise ValueError("an http(s) redirect URI names a host")
        if "@" in parts.netloc:
            raise ValueError("a redirect URI carries no user name")
        _ = parts.port  # urlsplit checks the port only when it is asked for
    elif "." not in parts.scheme:
        # Keeps out relative references as well as javascript: and data:.
        raise ValueError("a redirect URI is absolute: https://..., http://..., or a private-use scheme with a dot")
    return parts


def is_loopback_uri(uri: str) -> bool:
    """Tell whether `uri` is a well-formed plain-http URI on a loopback host (RFC 8252 §7.3)."""
    try:
        parts = check_redirect_uri(uri)
    except ValueError:
        return False
    return parts.scheme == "http" and is_loopback_host(parts.hostname)


def redirect_matches(registered: str | None, presented: str) -> bool:
    """Compare the redirect URI of a request with the registered one.

    Nothing registered: any loopback URI will do. A registered loopback URI matches whatever the port, because a native
    program takes the port it gets (RFC 8252 §7.3). All others match only when equal character by character.
    """
    if registered is None:
        return is_loopback_uri(presented)
    if presented == registered:
        return True
    if not (is_loopback_uri(registered) and is_loopback_uri(presented)):
        return False
    ours, theirs = urlsplit(registered), urlsplit(presented)
    return (ours.hostname, ours.path, ours.query) == (theirs.hostname, theirs.path, theirs.query)


def append_query(uri: str, parameters: dict[str, str]) -> str:
    """Return `uri` with `parameters` added, form-encoded, after the query it may have (RFC 6749 §4.1.2)."""
    parts = urlsplit(uri)
    query = "&".join(filter(None, (parts.query, urlencode(parameters))))
    return parts._replace(query=query).geturl()


def csp_source(uri: str) -> str:
    """Return the Content-Security-Policy source that covers `uri`: its origin where the grammar can say it.

    The grammar has no IPv6 literals and private-use schemes have no origin; there the scheme must do.
    """
    parts = urlsplit(uri)
    origin = f"{parts.scheme}://{parts.netloc}"
    return origin if _CSP_ORIGIN.fullmatch(origin) else f"{parts.scheme}:"
