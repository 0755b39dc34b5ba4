"""Where the settings of an OAuth client come from: arguments, the environment, the region; and what they may be."""

from __future__ import annotations

import os
from urllib.parse import urlsplit

from pandadoc_client._http.credentials import api_host_of
from pandadoc_client._http.form import value_problem
from pandadoc_client._http.network import ALLOW_INSECURE, is_loopback, permits_insecure
from pandadoc_client._http.regions import REGIONS, Region, region_of
from pandadoc_client._http.secrets import hide
from pandadoc_client.exceptions import ApiTypeError, ApiValueError, FormEncodingError
from pandadoc_client.oauth import protocol

__all__ = ["check_authorize_url", "consent_page", "find_credentials", "find_host", "or_environment"]


def or_environment(value: str | None, variable: str) -> str | None:
    """Return *value*, or what the environment has if it is None; an empty variable counts as unset."""
    return (os.environ.get(variable) or None) if value is None else value


def find_credentials(client_id: str | None, client_secret: str | None) -> tuple[str, str]:
    """Return the application's id, and its secret as text whose ``repr`` is masked.

    Raises:
        ApiValueError: One is missing; the message says where it could have been given.
        FormEncodingError: One must not be sent as it is.
    """
    found = {
        "client_id": or_environment(client_id, "PANDADOC_CLIENT_ID"),
        "client_secret": hide(or_environment(client_secret, "PANDADOC_CLIENT_SECRET")),
    }
    if missing := [name for name, value in found.items() if value is None]:
        names, variables = " and ".join(missing), " and ".join(f"PANDADOC_{name.upper()}" for name in missing)
        raise ApiValueError(f"{names} missing: give the argument, or set {variables} in the environment")
    for name, value in found.items():
        if problem := value_problem(value, trimmed=True):
            raise FormEncodingError(name, problem)
    return found["client_id"] or "", found["client_secret"] or ""


def find_host(host: str | None, region_name: str | None) -> tuple[str, Region]:
    """Return the API's URL and the region that goes with it.

    Raises:
        ApiValueError: Both are given, or one cannot be right.
        ApiTypeError: *host* is no text.
    """
    if host is not None and region_name is not None:
        raise ApiValueError("region and host cannot both be given")
    if host is None and region_name is None:
        host = os.environ.get("PANDADOC_HOST") or None
    region = region_of((os.environ.get("PANDADOC_REGION") or "us") if region_name is None else region_name)
    if host is None:
        return region.api, region
    if not isinstance(host, str):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise ApiTypeError(f"host must be text (str), not {type(host).__name__}")
    if problem := value_problem(host, trimmed=True):
        raise ApiValueError(f"host {problem}")
    host = api_host_of(host)
    return host, next((known for known in REGIONS.values() if known.api == host.lower()), region)


def consent_page(host: str, region: Region) -> str:
    """Return the address of the consent page that goes with *host*: an emulator's own, else the region's.

    PandaDoc itself has no plain http.
    """
    parts = urlsplit(host)
    page = host if parts.scheme == "http" or is_loopback(parts.hostname or "") else region.app
    return page + protocol.AUTHORIZE_PATH


def check_authorize_url(url: str, allow_insecure: bool) -> None:
    """Refuse an address to which nobody should be sent.

    Raises:
        ApiValueError: It is one.
    """
    # Building one with stand-ins runs every check of the URL; what remains is the transport's rule on plain http.
    protocol.build_authorization_url(url, "x", "https://localhost/", "x", "x")
    parts = urlsplit(url)
    host = parts.hostname or ""
    if parts.scheme == "http" and not is_loopback(host) and not permits_insecure(host, allow_insecure):
        raise ApiValueError(
            f"authorize_url: plain http would show the code; use https, or allow_insecure=True or {ALLOW_INSECURE}=1"
        )
