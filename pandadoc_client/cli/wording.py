"""Errors of the library in the words of the command line: options and variables in place of Python's arguments."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pandadoc_client.exceptions import render_path

__all__ = ["in_options"]

# A secret is named by where it may come from: an option would invite to put it there.
_OPTIONS = {
    "access_token": "PANDADOC_ACCESS_TOKEN",
    "api_key": "--api-key",
    "authorize_url": "--authorize-url",
    "client_id": "--client-id (PANDADOC_CLIENT_ID)",
    "client_secret": "--client-secret-file (PANDADOC_CLIENT_SECRET)",
    "code": "the code",
    "concurrency": "--concurrency",
    "document_id": "the document's ID",
    "grant_type": "--grant",
    "host": "--host (PANDADOC_HOST)",
    "key": "--key",
    "rate": "--rate",
    "redirect_uri": "--redirect-uri (PANDADOC_REDIRECT_URI)",
    "refresh_token": "the refresh token",
    "region": "--region (PANDADOC_REGION)",
    "scope": "--scope",
    "send_redirect_uri": "--send-redirect-uri",
    "shared_key": "the shared key (PANDADOC_WEBHOOK_KEY)",
    "state": "--state",
    "timeout": "--timeout",
    "to": "--output",
    "within": "--within",
}
_PHRASES = {
    "region and host cannot both be given": "--region and --host cannot both be given",
    "is given as access_token": "is given as PANDADOC_ACCESS_TOKEN",
    "is given as api_key": "is given as PANDADOC_API_KEY, or by --api-key",
    "needs a redirect_uri (or PANDADOC_REDIRECT_URI)": "needs --redirect-uri, or PANDADOC_REDIRECT_URI",
    "give it to the client, or set": "give it, or set",
    "needs grant_type=authorization_code; this request says refresh_token": "goes with --grant authorization_code",
    "above 0, or None": "above 0, or 0 for no limit",
    "allow_insecure=True": "--allow-insecure",
    "paste_login": "--no-browser",
    "; name a file, or give the folder as into": "; name a file in it",
    "; open it and give the file": "",
}
_HEAD = re.compile(r"([a-z_]+)(?=[ :.\[])")


def in_options(error: Exception, arguments: Sequence[str]) -> str:
    """Return the message of an error of the library, with options in place of arguments.

    Args:
        error: The error, or a warning.
        arguments: The command line: those of "pandadoc api" have the names that the operation gives them.
    """
    text = str(error)
    options = {**_OPTIONS, **_of_operation(arguments)}
    if path := getattr(error, "path_to_item", None):
        text = text.removesuffix(f" at {render_path(path)}")
        if path[0] in options and not text.startswith((path[0], "--")):
            text = f"{path[0]}: {text[:1].lower()}{text[1:]}"
    for phrase, plain in _PHRASES.items():
        text = text.replace(phrase, plain)
    head = _HEAD.match(text)
    if head is None or head[1] not in options:
        return text
    # What is wrong within a body comes behind the option: "--body: recipients[0].email: ...".
    rest = text[head.end() :]
    return f"{options[head[1]]}{f': {rest[1:]}' if rest.startswith('.') else rest}"


def _of_operation(arguments: Sequence[str]) -> dict[str, str]:
    """Return the options of the operation that the command line calls, by argument; none if it calls none."""
    words = list(arguments)
    if "api" not in words:
        return {}
    from pandadoc_client.cli.operations import describe, find, option_of

    entry = next((entry for word in words[words.index("api") + 1 :] if (entry := find(word)) is not None), None)
    if entry is None:
        return {}
    return {parameter.name: option_of(parameter) for parameter in describe(entry).operation.parameters}
