"""``pandadoc tokens``: every account in a store."""

from __future__ import annotations

import asyncio
import re
import shlex
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer
from attrs import frozen
from rich.text import Text

from pandadoc_client.cli.errors import EXIT_FAILURE, CommandError, describe
from pandadoc_client.cli.inputs import Connection
from pandadoc_client.cli.oauth.accounts import State, open_store, state_of
from pandadoc_client.cli.options import (
    REFRESH_SECONDS,
    AllowInsecure,
    ClientId,
    ClientSecretFile,
    Host,
    Json,
    RefreshTimeout,
    Region,
    Store,
)
from pandadoc_client.cli.render import moment_in_words, new_table, print_json, print_lines, print_table
from pandadoc_client.exceptions import ReauthorizationRequired, TokenStoreError

if TYPE_CHECKING:
    from collections.abc import Callable

    from pandadoc_client.oauth.bulk import RefreshReport
    from pandadoc_client.oauth.stores import TokenStore

__all__ = ["app", "parse_duration"]

_DURATION = re.compile(r"([0-9]+(?:\.[0-9]+)?)\s*([smhdw])")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_LONGEST = timedelta(days=3660)

app = typer.Typer(rich_markup_mode=None, pretty_exceptions_enable=False)


@app.callback(invoke_without_command=True)
def tokens(context: typer.Context) -> None:
    """Every account in a store: list them, and refresh those that are due.

    \b
    pandadoc tokens list --store sqlite:tokens.db
    pandadoc tokens refresh-due --within 7d
    """
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


@frozen
class _Row:
    key: str
    state: State
    expires_at: datetime | None = None
    scope: str | None = None

    def document(self) -> dict[str, Any]:
        expires_at = None if self.expires_at is None else self.expires_at.isoformat()
        return {"key": self.key, "state": self.state.value, "expires_at": expires_at, "scope": self.scope}


@app.command("list")
def list_tokens(
    limit: Annotated[int, typer.Option("--limit", min=1, help="How many accounts to show at the most.")] = 100,
    after: Annotated[
        str | None, typer.Option("--after", metavar="KEY", help="Begin behind this key: the last one shown before.")
    ] = None,
    store: Store = None,
    as_json: Json = False,
) -> None:
    """List the accounts in the store by key, without secrets. Nobody is called.

    A token is valid, expired (the next use refreshes it), or needs consent (a person has to log in again).

    \b
    pandadoc tokens list --limit 20 --after acme
    pandadoc tokens list --json | jq -r '.tokens[] | select(.state != "valid").key'
    """
    with open_store(store) as opened:
        keys = list(opened.keys(after=after, limit=limit + 1))
        rows = [row for key in keys[:limit] if (row := _row(opened, key)) is not None]
    more = keys[limit - 1] if len(keys) > limit else None
    if as_json:
        print_json({"tokens": [row.document() for row in rows], "next": more})
        return
    table = new_table("key", "state", "expires", "scope")
    for row in rows:
        table.add_row(Text(row.key), row.state.value, moment_in_words(row.expires_at), Text(row.scope or "(unknown)"))
    print_table(table)
    if more is not None:
        print_lines([f"There are more: --after {shlex.quote(more)}"])


def _row(store: TokenStore, key: str) -> _Row | None:
    """Return one account; None if it has gone meanwhile."""
    try:
        entry, _ = store.read_entry(key)
    except TokenStoreError as error:
        if error.key != key:  # the store, and not this account
            raise
        return _Row(key, State.UNREADABLE)
    return None if entry is None else _Row(key, state_of(entry), entry.token.expires_at, entry.token.scope)


@app.command("refresh-due")
def refresh_due(
    within: Annotated[
        str, typer.Option("--within", metavar="SPAN", help="Refresh what ends within this time: 30s, 15m, 12h, 7d, 2w.")
    ] = "7d",
    concurrency: Annotated[int, typer.Option("--concurrency", min=1, help="How many refreshes at a time.")] = 8,
    rate: Annotated[
        float, typer.Option("--rate", min=0, help="How many refreshes a second at the most; 0 for no limit.")
    ] = 20.0,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print the keys that are due; refresh nothing.")] = False,
    store: Store = None,
    client_id: ClientId = None,
    client_secret_file: ClientSecretFile = None,
    host: Host = None,
    region: Region = None,
    timeout: RefreshTimeout = REFRESH_SECONDS,
    allow_insecure: AllowInsecure = False,
    as_json: Json = False,
) -> None:
    """Refresh every token in the store that ends soon. May run on several machines at once.

    Skipped are those that another machine was faster with, and those that have not lived half of their life yet. Ends
    with a summary; the exit status is 1 if an account failed, each named on standard error. Those whose grant is dead
    need consent: a person has to log in again.

    \b
    pandadoc tokens refresh-due --within 7d
    pandadoc tokens refresh-due --within 2w --dry-run
    """
    span = parse_duration("--within", within)
    connection = Connection(
        client_id=client_id,
        client_secret_file=client_secret_file,
        host=host,
        region=region,
        refresh_timeout=timeout,
        allow_insecure=allow_insecure,
    )
    with open_store(store) as opened:
        if dry_run:
            _print_due(opened, span, as_json=as_json)
            return
        from pandadoc_client.oauth import bulk

        with connection.open(connection.secret()) as client, _progress() as advance:
            report = asyncio.run(
                bulk.refresh_due(
                    client, opened, within=span, concurrency=concurrency, rate=rate or None, progress=advance
                )
            )
    given = {"--store": store, "--host": host, "--region": region, "--client-id": client_id}
    options = [word for name, text in given.items() if text is not None for word in (name, text)]
    failed = {key: _failure(error, [*options, "--key", key]) for key, error in report.failed.items()}
    if as_json:
        counts = {"due": report.due, "refreshed": report.refreshed, "skipped": report.skipped}
        print_json({**counts, "failed": failed})
    else:
        print_lines(
            [f"{report.due} due: {report.refreshed} refreshed, {report.skipped} skipped, {len(report.failed)} failed"]
        )
        for key, problem in failed.items():
            print(f"pandadoc: {key}: {problem}", file=sys.stderr)
    if report.failed:
        raise typer.Exit(EXIT_FAILURE)


def _print_due(store: TokenStore, within: timedelta, *, as_json: bool) -> None:
    due = store.keys(expiring_before=datetime.now(UTC) + within)
    if as_json:
        print_json({"due": list(due)})
        return
    for key in due:
        print_lines([key])


def _failure(error: Exception, options: list[str]) -> str:
    prefix = "needs consent: " if isinstance(error, ReauthorizationRequired) else ""
    return f"{prefix}{describe(error, options)}"


@contextmanager
def _progress() -> Iterator[Callable[[RefreshReport], None] | None]:
    """Yield what shows the progress: a bar on a terminal, else nothing."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("Refreshing"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(file=sys.stderr)) as bar:
        task = bar.add_task("", total=None)

        def advance(report: RefreshReport) -> None:
            bar.update(task, total=report.due, completed=report.done)

        yield advance


def parse_duration(name: str, text: str) -> timedelta:
    """Return a time span such as ``30s``, ``15m``, ``12h``, ``7d`` or ``2w``.

    Args:
        name: The option, for the message.
        text: What was given.

    Raises:
        CommandError: It is none.
    """
    match = _DURATION.fullmatch(text.strip().lower())
    span = None
    if match is not None and len(match[1]) < 12:
        span = timedelta(**{_UNITS[match[2]]: float(match[1])})
    if span is None or span > _LONGEST:
        raise CommandError(f"{name} must be a time such as 30s, 15m, 12h, 7d or 2w, up to ten years")
    return span
