"""A request of the journal as a command for curl, its credentials named as variables of the environment."""

from __future__ import annotations

import json
import shlex
from urllib.parse import quote

from ..contract.secrets import MASK, mask_values, secret_parameters
from ..journal import JournalEntry

__all__ = ["curl_command"]

_KEPT_HEADERS = frozenset({"content-type", "accept", "if-none-match", "range", "idempotency-key"})
_VARIABLES = {"api-key": "API-Key $PANDADOC_API_KEY", "bearer": "Bearer $PANDADOC_ACCESS_TOKEN"}


def curl_command(entry: JournalEntry, base_url: str) -> str:
    """Return a command that sends a request again.

    Credentials are `$PANDADOC_API_KEY`, `$PANDADOC_ACCESS_TOKEN`, and in a form `$PANDADOC_` with the name of
    the field. A body that is neither JSON nor a form is left out, and a comment says so.
    """
    query = f"?{entry.shown_query}" if entry.query else ""
    url = f"{base_url}{quote(entry.shown_path, safe=_SAFE)}{query}"
    method = ["--head"] if entry.method == "HEAD" else ["--request", shlex.quote(entry.method)]
    lines = [" ".join(["curl", *method, shlex.quote(url)])]
    for name, value in entry.headers:
        if name == "authorization":
            known = _VARIABLES.get(value.partition(" ")[0].lower(), MASK)
            lines.append(f'--header "Authorization: {known}"')
        elif name in _KEPT_HEADERS and not (name == "content-type" and value.startswith("multipart/")):
            lines.append(f"--header {shlex.quote(f'{name}: {value}')}")
    body = _body(entry)
    if body is None:
        return f"# The body ({entry.size} bytes) is not repeated.\n" + " \\\n  ".join(lines)
    return " \\\n  ".join([*lines, *body])


_SAFE = "/:@!$&'()*+,;=~"


def _body(entry: JournalEntry) -> list[str] | None:
    """Return the arguments for a body; None if it cannot be written."""
    if not entry.body:
        return []
    if entry.is_form:
        return [_field(name, value) for name, value in entry.form_pairs]
    try:
        value = json.loads(entry.body)
        text = entry.body.decode()  # what was cut off is no JSON any more
    except ValueError:
        return None
    masked = mask_values(value)
    return [f"--data-raw {shlex.quote(text if masked == value else json.dumps(masked, ensure_ascii=False))}"]


def _field(name: str, value: str) -> str:
    if name in secret_parameters():
        return f'--data-urlencode "{name}=$PANDADOC_{name.upper()}"'
    return f"--data-urlencode {shlex.quote(f'{name}={value}')}"
