"""Options that several commands take."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from pandadoc_client.cli.common import json_wanted
from pandadoc_client.oauth._store_kinds import known_urls

__all__ = [
    "DEFAULT_KEY",
    "DEFAULT_SCOPE",
    "REFRESH_SECONDS",
    "AllowInsecure",
    "AuthorizeUrl",
    "ClientId",
    "ClientSecretFile",
    "Csv",
    "Host",
    "Json",
    "Key",
    "RedirectUri",
    "RefreshTimeout",
    "Region",
    "Scope",
    "SendRedirectUri",
    "ShowSecrets",
    "Store",
    "Timeout",
]

DEFAULT_SCOPE = "read+write"
DEFAULT_KEY = "default"


def _permit_insecure(permitted: bool) -> bool:
    """Say it as the environment does, so that one place decides and warns."""
    if permitted:
        os.environ["PANDADOC_ALLOW_INSECURE"] = "1"
    return permitted


# The library reads the environment, so that it is read in one way; here it is only named.
ClientId = Annotated[
    str | None, typer.Option("--client-id", metavar="ID", help="Id of the application. [env: PANDADOC_CLIENT_ID]")
]
ClientSecretFile = Annotated[
    Path | None,
    typer.Option(
        "--client-secret-file",
        metavar="FILE",
        help="File that holds the application's secret; - for standard input, where a terminal asks unseen."
        " [env: PANDADOC_CLIENT_SECRET, the secret itself]",
    ),
]
RedirectUri = Annotated[
    str | None,
    typer.Option(
        "--redirect-uri",
        metavar="URI",
        help="Where the consent page sends people back to, as registered. [env: PANDADOC_REDIRECT_URI]",
    ),
]
Host = Annotated[str | None, typer.Option("--host", metavar="URL", help="URL of the API. [env: PANDADOC_HOST]")]
Region = Annotated[
    str | None, typer.Option("--region", metavar="us|eu", help="Instead of --host. [env: PANDADOC_REGION]")
]
AuthorizeUrl = Annotated[
    str | None,
    typer.Option("--authorize-url", metavar="URL", help="Address of the consent page, if not the one of the host."),
]
AllowInsecure = Annotated[
    bool,
    typer.Option(
        "--allow-insecure",
        help="Permit plain http to a host other than this machine; tokens and keys then travel in clear."
        " [env: PANDADOC_ALLOW_INSECURE=1]",
        callback=_permit_insecure,
    ),
]
Timeout = Annotated[
    float, typer.Option("--timeout", metavar="SECONDS", help="Longest time that the call may take, retries included.")
]
REFRESH_SECONDS = 90.0
"""Longest time of a refresh, if nothing else is said: as in ``OAuthClient``."""
RefreshTimeout = Annotated[
    float,
    typer.Option(
        "--timeout",
        metavar="SECONDS",
        help="Longest time that a refresh may take, retries included. One that is cut off may cost the account its"
        " consent: be generous.",
    ),
]
Scope = Annotated[str, typer.Option("--scope", metavar="SCOPE", help="What the token shall allow.")]
SendRedirectUri = Annotated[
    bool,
    typer.Option(
        "--send-redirect-uri", help="Send the redirect URI along with the code; PandaDoc's contract has no such field."
    ),
]
ShowSecrets = Annotated[bool, typer.Option("--show-secrets", help="Show secrets as they are.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.", callback=json_wanted)]
Csv = Annotated[bool, typer.Option("--csv", help="Print CSV: a line for each item, with all of its fields.")]
Store = Annotated[
    str | None,
    typer.Option(
        "--store",
        metavar="URL",
        # What is kept in memory is gone when the command ends.
        help=f"Where tokens are kept: {', '.join(known_urls(kept=True)).replace('…', '...')}; a password"
        " belongs into the environment. [env: PANDADOC_TOKEN_STORE] [default: a file of your own]",
    ),
]
Key = Annotated[
    str | None,
    typer.Option(
        "--key",
        metavar="KEY",
        help='Which account, if the store keeps several. [default: that of the profile, else "default"]',
    ),
]
