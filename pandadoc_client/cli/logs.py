"""``pandadoc logs tail``: the API's own log of requests, as it grows."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pandadoc_client.cli.access import Access, with_access
from pandadoc_client.cli.options import Json
from pandadoc_client.cli.render import print_json, print_lines

if TYPE_CHECKING:
    from pandadoc_client.client import PandaDoc

__all__ = ["Tail", "app"]

_SINCE = "-15m"  # how far back a look reaches: what comes late into the log is still seen
_PAGE = 100
_PAGES = 10  # of one look; more than a thousand new entries between two looks are not all shown
_COLUMNS = ("request_time", "status", "url", "id")

app = typer.Typer(rich_markup_mode=None, pretty_exceptions_enable=False)


@app.callback(invoke_without_command=True)
def logs(context: typer.Context) -> None:
    """Follow the API's log of requests.

    \b
    pandadoc logs tail
    pandadoc logs tail --status 400 --status 500
    """
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


def tail(
    status: Annotated[
        list[int] | None,
        typer.Option("--status", metavar="NUMBER", help="Only those: 100, 200, 300, 400 or 500. May be repeated."),
    ] = None,
    method: Annotated[
        list[str] | None, typer.Option("--method", metavar="METHOD", help="Only those: GET, POST, ... May be repeated.")
    ] = None,
    search: Annotated[
        str | None, typer.Option("--search", metavar="TEXT", help="Only those with this in the URL.")
    ] = None,
    lines: Annotated[
        int,
        typer.Option("--lines", "-n", min=0, max=_PAGE, help="How many to show first, of the latest 15 minutes."),
    ] = 10,
    every: Annotated[
        float, typer.Option("--every", metavar="SECONDS", min=1, help="How long to wait between two looks.")
    ] = 3.0,
    own: Annotated[bool, typer.Option("--all", help="Show the requests for the log as well, such as these.")] = False,
    as_json: Json = False,
    *,
    access: Access,
) -> None:
    """Show requests to the API as they come into its log, the latest last; Ctrl-C ends it.

    A line has time (UTC), status, URL and the id of the entry: "pandadoc api details-log-v2 ID" has the rest. With
    --json an entry is a line of JSON.

    \b
    pandadoc logs tail --status 400 --status 500
    pandadoc logs tail --search /documents --json | jq .url
    """
    filters: dict[str, Any] = {"statuses": status, "methods": method and [name.upper() for name in method]}
    given = {name: value for name, value in {**filters, "search": search}.items() if value is not None}
    known = Tail(own)
    try:
        with access.open() as client:
            fresh = list(known.take(_pages(client, given)))
            while True:
                for entry in fresh[-lines:] if lines else ():
                    _show(entry, as_json=as_json)
                lines = _PAGE * _PAGES
                time.sleep(every)
                fresh = list(known.take(_look_again(client, given)))
    except KeyboardInterrupt:
        return


app.command("tail")(with_access(tail))


class Tail:
    """Which entries of a log are new.

    Args:
        own: Whether requests for the log itself count.
    """

    def __init__(self, own: bool) -> None:
        self._own = own
        self._known: dict[str, None] = {}

    def take(self, pages: Iterator[list[dict[str, Any]]]) -> Iterator[dict[str, Any]]:
        """Yield the new entries of *pages*, which are the latest first, in the order in which they came.

        No page is asked for behind one that has nothing new.
        """
        fresh: list[dict[str, Any]] = []
        for page in pages:
            new = [entry for entry in page if entry.get("id") not in self._known]
            fresh += new
            self._known.update(dict.fromkeys(str(entry.get("id")) for entry in new))
            if len(new) < len(page) or len(page) < _PAGE:
                break
        for entry in list(self._known)[: -_PAGE * _PAGES * 2]:
            del self._known[entry]
        return (entry for entry in reversed(fresh) if self._own or not _is_about_logs(entry))


def _is_about_logs(entry: Mapping[str, Any]) -> bool:
    return str(entry.get("url", "")).partition("?")[0].rstrip("/").endswith("/logs")


def _pages(client: PandaDoc, filters: Mapping[str, Any]) -> Iterator[list[dict[str, Any]]]:
    for page in range(1, _PAGES + 1):
        found = client.api_logs.list_logs_v2(since=_SINCE, count=_PAGE, page=page, **filters)
        yield [entry.to_dict() for entry in found.get("results") or ()]


def _look_again(client: PandaDoc, filters: Mapping[str, Any]) -> Iterator[list[dict[str, Any]]]:
    """Yield the pages of one more look; what passes, such as a connection that breaks, only ends this look."""
    from pandadoc_client.cli.refusals import explanation
    from pandadoc_client.exceptions import ApiException

    try:
        yield from _pages(client, filters)
    except ApiException as error:
        if error.status is not None and error.status < 500 and error.status != 429:
            raise
        why = explanation(error)
        print(f"pandadoc: {why}; looking again", file=sys.stderr, flush=True)


def _show(entry: Mapping[str, Any], *, as_json: bool) -> None:
    if as_json:
        print_json(entry, indent=None)
        return
    from pandadoc_client.cli.responses import print_rows, shown

    if sys.stdout.isatty():
        print_lines(["  ".join(shown(entry.get(name)) for name in _COLUMNS)])
    else:
        print_rows([entry], _COLUMNS)
