"""What commands print: masked values, tables, JSON. Readable without a terminal, in any encoding and any width."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, cast
from urllib.parse import parse_qsl, urlencode, urlsplit

from rich.console import Console
from rich.table import Table
from rich.text import Text

from pandadoc_client._http.secrets import MASK, NAMES, NAMES_IN_FORMS
from pandadoc_client.cli.common import jq_filter
from pandadoc_client.oauth import Token

__all__ = [
    "MASK",
    "mask_header",
    "mask_json",
    "mask_query",
    "mask_url",
    "mask_values",
    "moment",
    "moment_in_words",
    "new_console",
    "new_table",
    "print_each",
    "print_json",
    "print_lines",
    "print_table",
    "printable",
    "token_document",
    "token_table",
]

_CREDENTIAL_HEADERS = frozenset({"authorization", "proxy-authorization"})
_SECRET_HEADERS = frozenset({"cookie", "set-cookie"})
_UNITS = (
    ("day", timedelta(days=1)),
    ("hour", timedelta(hours=1)),
    ("minute", timedelta(minutes=1)),
    ("second", timedelta(seconds=1)),
)


def mask_query(query: str) -> str:
    """Return a query, or a form, with its credentials masked and all else as it was sent."""
    return "&".join(_mask_pair(pair) for pair in query.split("&"))


def _mask_pair(pair: str) -> str:
    name, equals, value = pair.partition("=")
    known = dict(parse_qsl(f"{name}=x", keep_blank_values=True))
    return f"{name}={MASK}" if equals and value and not NAMES_IN_FORMS.isdisjoint(known) else pair


def mask_url(url: str) -> str:
    """Return *url* with the credentials in its query masked."""
    query = urlsplit(url).query
    return url.replace(f"?{query}", f"?{mask_query(query)}", 1) if query else url


def mask_header(name: str, value: str) -> str:
    """Return the value of a header as it may be shown: ``Bearer ***``, a URL with its code masked."""
    lower = name.lower()
    if lower in _CREDENTIAL_HEADERS:
        scheme, space, _ = value.partition(" ")
        return f"{scheme} {MASK}" if space else MASK
    if lower in _SECRET_HEADERS:
        return MASK
    return mask_url(value) if lower == "location" else value


def mask_json(value: Any, names: frozenset[str] = NAMES) -> Any:
    """Return decoded JSON with the values of secret fields, which have these *names*, masked at any depth."""
    if isinstance(value, dict):
        fields = cast("dict[str, Any]", value)
        return {
            name: MASK if name in names and item not in (None, "") else mask_json(item, names)
            for name, item in fields.items()
        }
    if isinstance(value, list):
        return [mask_json(item, names) for item in value]
    return value


def mask_values(text: str, secrets: Iterable[str]) -> str:
    """Return *text* with every value of *secrets* masked, as it is and form-encoded: wherever it may turn up."""
    for secret in sorted({value for value in secrets if value}, key=len, reverse=True):
        text = text.replace(secret, MASK).replace(urlencode({"": secret})[1:], MASK)
    return text


def new_console() -> Console:
    """Return a console for standard output: colours only on a terminal that wants them, text as it is."""
    return Console(file=sys.stdout, highlight=False, markup=False, emoji=False)


def new_table(*columns: str, title: str | None = None) -> Table:
    """Return an empty table. What does not fit is folded, never cut off."""
    table = Table(title=title, title_justify="left")
    for column in columns:
        table.add_column(column, overflow="fold", justify="right" if column == "ms" else "left")
    return table


def printable(text: str) -> str:
    """Return text that cannot steer a terminal, and has no tab or line end."""
    return "".join(character if character.isprintable() else " " for character in text)


def print_table(table: Table) -> None:
    """Print a table; where standard output is no terminal, its rows as lines with tabs between the values."""
    if sys.stdout.isatty():
        new_console().print(table)
        return
    print_lines(
        "\t".join(printable(str(cell)) for cell in row)
        for row in zip(*(column.cells for column in table.columns), strict=True)
    )


def print_lines(lines: Iterable[str]) -> None:
    """Print lines as they are, at once and unwrapped: what a program reads, or a person copies."""
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    sys.stdout.flush()


def print_each(lines: Iterable[str]) -> None:
    """Print each of *lines* as it comes: a program of jq's need not end."""
    for line in lines:
        print_lines([line])


def print_json(document: Mapping[str, Any] | Sequence[Any], *, indent: int | None = 2) -> None:
    """Print one JSON document, in ASCII so that it is the same in every encoding; or what ``--jq`` makes of it."""
    filtered = jq_filter()
    if filtered is None:
        print_lines([json.dumps(document, indent=indent)])
    else:
        print_each(filtered(json.dumps(document)))


def token_document(token: Token) -> dict[str, Any]:
    """Return *token* as JSON, secrets included: what `Token.from_dict` reads, with ``expires_in`` for other tools."""
    seconds = token.expires_in
    return {**token.to_dict(), "expires_in": None if seconds is None else max(0, round(seconds))}


def token_table(token: Token, *, show_secrets: bool) -> Table:
    """Return *token* as a table of two columns."""
    table = new_table("field", "value")

    def secret(value: str | None) -> str:
        return "(none)" if value is None else value if show_secrets else MASK

    for name, value in (
        ("access_token", secret(token.access_token)),
        ("refresh_token", secret(token.refresh_token)),
        ("token_type", token.token_type),
        ("scope", token.scope or "(unknown)"),
        ("expires_at", moment(token.expires_at)),
    ):
        table.add_row(name, Text(value))
    return table


def moment(value: datetime | None) -> str:
    """Return a time in UTC."""
    return "(unknown)" if value is None else f"{value.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def moment_in_words(value: datetime | None, now: datetime | None = None) -> str:
    """Return a time in UTC and how far away it is: ``… UTC (in 364 days)``, ``… UTC (2 hours ago)``."""
    if value is None:
        return moment(None)
    distance = value - (datetime.now(UTC) if now is None else now)
    words = _span(abs(distance))
    return f"{moment(value)} ({f'in {words}' if distance > timedelta(0) else f'{words} ago'})"


def _span(span: timedelta) -> str:
    """Return a time span in its largest unit, rounded down: what is left of a token never looks longer than it is."""
    for name, unit in _UNITS:
        if (count := span // unit) >= 1:
            return f"{count} {name}{'s' if count > 1 else ''}"
    return "less than a second"
