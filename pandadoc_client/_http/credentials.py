"""Credentials and hosts as people copy them: what is meant is taken, and what cannot be meant gets a hint."""

from __future__ import annotations

import re

from pandadoc_client._http.regions import REGIONS
from pandadoc_client.exceptions import ApiValueError

__all__ = ["access_token_of", "api_host_of", "api_key_of", "host_of_manager"]

_SCHEME = re.compile(r"(?i)(?:authorization\s*:\s*)?(api-key|bearer)\s+(?=\S)")
_VERSION = re.compile(r"/public(?:/(?:v\d+|beta))?$")


def api_key_of(setting: str, value: str) -> str:
    """Return an API key without the ``API-Key`` that stands before it in the header.

    Args:
        setting: What the error calls it.
        value: What was given.

    Raises:
        ApiValueError: It is an access token. The message does not show it.
    """
    scheme, rest = _split(value)
    if scheme == "bearer":
        raise ApiValueError(f"{setting} begins with 'Bearer': that is an access token, which is given as access_token")
    return rest


def access_token_of(setting: str, value: str) -> str:
    """Return an access token without the ``Bearer`` that stands before it in the header.

    Args:
        setting: What the error calls it.
        value: What was given.

    Raises:
        ApiValueError: It is an API key. The message does not show it.
    """
    scheme, rest = _split(value)
    if scheme == "api-key":
        raise ApiValueError(f"{setting} begins with 'API-Key': that is an API key, which is given as api_key")
    return rest


def _split(value: str) -> tuple[str, str]:
    found = _SCHEME.match(value)
    return (found[1].lower(), value[found.end() :]) if found else ("", value)


def api_host_of(url: str) -> str:
    """Return the URL to which the paths of operations are appended: without ``/public/v1`` and slashes at its end.

    Raises:
        ApiValueError: It is the URL of an operation, or of the site instead of the API.
    """
    host = _VERSION.sub("", url.rstrip("/")).rstrip("/")
    if "/public/v" in host:
        raise ApiValueError("host is the URL of the API alone, such as https://api.pandadoc.com, without a path in it")
    for region in REGIONS.values():
        if host.lower() == region.app:
            raise ApiValueError(f"host {region.app} is the site; the API is at {region.api}")
    return host


def host_of_manager(auth: object) -> str | None:
    """Return the host whose tokens a manager, or its ``OAuth2Auth``, has; None for any other authentication."""
    client = getattr(getattr(auth, "manager", auth), "client", None)
    host = getattr(client, "host", None)
    return host if isinstance(host, str) else None
