"""The API's answers: tables for people at a terminal; for programs lines with tabs, CSV, or the JSON that came."""

from __future__ import annotations

import csv
import json
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from rich.table import Table
from rich.text import Text

from pandadoc_client._http.decoding import read_json
from pandadoc_client._http.secrets import names_of
from pandadoc_client.cli.common import jq_filter
from pandadoc_client.cli.errors import EXIT_FAILURE, CommandError
from pandadoc_client.cli.render import mask_json, new_console, new_table, print_each, print_json, print_lines, printable

if TYPE_CHECKING:
    from pandadoc_client.rest import RESTResponse

__all__ = ["columns_of", "print_answer", "print_csv", "print_response", "print_rows", "shown"]

_COLUMNS = 6
_ANY_WIDTH = 1000  # columns of a pipe
_IDENTITIES = frozenset({"id", "uuid", "membership_id", "user_id"})
_FOLDED = 12  # characters that a column needs that may be folded: a day, or an hour of the day
_FIRST = (
    *(
        "id",
        "uuid",
        "membership_id",
        "user_id",
        "name",
        "title",
        "email",
        "first_name",
        "last_name",
        "role",
        "type",
        "event",
        "status",
        "url",
    ),
    *("date_created", "date_modified", "date_completed"),
)
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d")
_CONTAINERS = ("results", "items")


def _print_raw(data: bytes) -> None:
    """Print JSON exactly as it came; on a terminal in ASCII and indented, which nothing in it can steer.

    With ``--jq`` what that makes of it is printed.
    """
    if (filtered := jq_filter()) is not None:
        print_each(filtered(data.decode("utf-8", "replace")) if data.strip() else ())
        return
    if sys.stdout.isatty():
        try:
            print_json(read_json(data))
            return
        except (ValueError, RecursionError):
            print_lines([json.dumps(data.decode("utf-8", "replace"))])
            return
    sys.stdout.flush()
    sys.stdout.buffer.write(data if data.endswith(b"\n") or not data else data + b"\n")
    sys.stdout.buffer.flush()


def print_response(
    response: RESTResponse, *, items: str = "", operation: str = "", as_json: bool = False, as_csv: bool = False
) -> None:
    """Print a response whose body is JSON, or none: the latter is said on standard error.

    Args:
        response: What came.
        items, operation, as_csv: As for `print_answer`.
        as_json: Whether to print it as it came.

    Raises:
        CommandError: It is no JSON.
    """
    data: bytes = response.data
    if as_json:
        _print_raw(data)
    elif data.strip():
        try:
            decoded = read_json(data)
        except (ValueError, RecursionError):
            problem = 'the response is no JSON; --json, or --output of "pandadoc api GET PATH", takes it as it came'
            raise CommandError(problem, EXIT_FAILURE) from None
        print_answer(decoded, items=items, operation=operation, as_csv=as_csv)
    else:
        print(f"pandadoc: done (HTTP {response.status})", file=sys.stderr)


def print_answer(response: Any, *, items: str = "", operation: str = "", as_csv: bool = False) -> None:
    """Print a response: on a terminal as tables, elsewhere as lines with tabs, or as CSV.

    A list has a row for each item, an object one for each field; in CSV an object is one row. Secrets are shown on a
    terminal, where somebody has asked for them, and masked elsewhere.

    Args:
        response: Decoded JSON.
        items: The field that holds the items of a list, if that is known.
        operation: Name of the method whose response it is: some names are secret there only.
        as_csv: Whether to print CSV.
    """
    is_terminal = sys.stdout.isatty()
    if not is_terminal:
        response = mask_json(response, names_of(operation))
    rows = _rows(response, items)
    if as_csv:
        print_csv([response] if rows is None else rows)
    elif rows is None and isinstance(response, Mapping):
        _print_object(response)
    elif rows is None:
        print_lines([shown(response)])
    elif rows and all(isinstance(row, Mapping) for row in rows):
        print_rows(rows, columns_of(rows, new_console().width if is_terminal else _ANY_WIDTH))
    elif rows:
        print_lines(shown(row) for row in rows)
    elif is_terminal:
        print_lines(["Nothing found."])


def print_csv(rows: Sequence[Any]) -> None:
    """Print rows as CSV (RFC 4180) with a line of names: all fields, those of objects in them as ``owner.email``."""
    flat = [dict(_flat(row)) if isinstance(row, Mapping) else {"value": row} for row in rows]
    names = list(dict.fromkeys(name for row in flat for name in row))
    writer = csv.writer(sys.stdout, lineterminator="\n")
    made_safe = printable if sys.stdout.isatty() else str
    if names:
        writer.writerow(map(made_safe, names))
    writer.writerows([made_safe(_plain(row.get(name))) for name in names] for row in flat)
    sys.stdout.flush()


def _rows(response: Any, items: str) -> Sequence[Any] | None:
    """Return the items of a response that is a list; None if it is none."""
    if isinstance(response, list):
        return response
    if not isinstance(response, Mapping):
        return None
    for name in (items, *_CONTAINERS):
        if isinstance(response.get(name), list):
            found: list[Any] = response[name]
            return found
    return None


def columns_of(rows: Iterable[Mapping[str, Any]], width: int) -> list[str]:
    """Return the fields that are worth a column: those that tell rows apart first, and no nested ones.

    Args:
        rows: The rows.
        width: How wide the screen is.
    """
    names: dict[str, bool] = {}
    for row in rows:
        for name, value in row.items():
            names[name] = names.get(name, False) or isinstance(value, Mapping | list)
    plain = [name for name, is_nested in names.items() if not is_nested]
    wanted = [name for name in _FIRST if name in plain]
    return [*wanted, *(name for name in plain if name not in wanted)][
        : max(3, min(_COLUMNS, (width - _FOLDED) // (_FOLDED + 3)))
    ]


def print_rows(rows: Iterable[Mapping[str, Any]], columns: Sequence[str]) -> None:
    """Print some fields of each row: a table on a terminal; elsewhere a line of values with tabs between them."""
    if not sys.stdout.isatty():
        print_lines("\t".join(printable(_plain(row.get(name))) for name in columns) for row in rows)
        return
    out = new_console()
    lines = [[shown(row.get(name)) for name in columns] for row in rows]
    widths = [max((len(line[number]) for line in lines), default=0) for number in range(len(columns))]
    # What is made to be copied stays in one piece if there is room; the rest is folded.
    whole = [name in _IDENTITIES for name in columns]
    needed = sum((width if kept else min(width, _FOLDED)) + 3 for width, kept in zip(widths, whole, strict=True))
    table = Table()
    for name, kept in zip(columns, whole, strict=True):
        table.add_column(Text(printable(name)), overflow="fold", no_wrap=kept and needed < out.width)
    for line in lines:
        table.add_row(*map(Text, line))
    out.print(table)


def _print_object(fields: Mapping[str, Any]) -> None:
    if not sys.stdout.isatty():
        print_lines(f"{printable(name)}\t{printable(_plain(value))}" for name, value in _flat(fields))
        return
    console = new_console()
    table, lists = new_table("field", "value"), dict[str, list[Any]]()
    for name, value in _flat(fields):
        if isinstance(value, list) and value and all(isinstance(item, Mapping) for item in value):
            lists[name] = value
        else:
            table.add_row(Text(printable(name)), Text(shown(value)))
    if table.row_count:
        console.print(table)
    for name, rows in lists.items():
        console.print(Text(f"{printable(name)}: {len(rows)}"))
        if columns := columns_of(rows, console.width):
            print_rows(rows, columns)


def _flat(fields: Mapping[str, Any], prefix: str = "") -> Iterable[tuple[str, Any]]:
    """Yield the fields of an object, those of objects in it with their path: ``owner.email``."""
    for name, value in fields.items():
        if isinstance(value, Mapping) and value:
            yield from _flat(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", value


def _plain(value: Any) -> str:
    """Return a value as a program reads it: as it came, nothing for null, objects and lists as JSON."""
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value)


def shown(value: Any) -> str:
    """Return a value as text that cannot steer a terminal: times in UTC, booleans as yes and no."""
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(shown(item) for item in value)
    if isinstance(value, Mapping):
        return printable(json.dumps(value))
    text = str(value)
    return _moment(text) if _MOMENT.match(text) else printable(text)


def _moment(text: str) -> str:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return printable(text)
    if moment.tzinfo is None:
        return f"{moment:%Y-%m-%d %H:%M:%S}"
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
