"""``pandadoc open``: the page of a document in the browser."""

from __future__ import annotations

import sys
import webbrowser
from typing import Annotated
from urllib.parse import quote

import typer

from pandadoc_client._http.regions import REGIONS
from pandadoc_client.cli.access import Access, with_access
from pandadoc_client.cli.documents.drafts import DocumentId
from pandadoc_client.cli.errors import EXIT_FAILURE, CommandError
from pandadoc_client.cli.render import print_lines

__all__ = ["open_document", "page_of"]


def page_of(document_id: str, host: str) -> str:
    """Return the URL of a document's page: on the site that belongs to the API at *host*, or on an emulator."""
    name = quote(document_id, safe="")
    site = next((region.app for region in REGIONS.values() if region.api == host), None)
    return f"{host}/documents/{name}" if site is None else f"{site}/a/#/documents/{name}"


def _open(
    document_id: DocumentId,
    only_print: Annotated[bool, typer.Option("--print", help="Print the URL of the page, and open nothing.")] = False,
    *,
    access: Access,
) -> None:
    """Open the page of a document in the browser: on PandaDoc's site, or on an emulator. The API is not called.

    \b
    pandadoc open ID
    pandadoc open ID --print | pbcopy
    """
    from pandadoc_client._calls.encoding import identifier_problem

    if problem := identifier_problem(document_id):
        raise CommandError(f"ID {problem}")
    with access.open(anonymous=True) as client:
        page = page_of(document_id, client.configuration.host)
    if only_print:
        print_lines([page])
        return
    print(f"Opening {page}", file=sys.stderr, flush=True)
    try:
        opened = webbrowser.open(page)
    except (OSError, webbrowser.Error):
        opened = False
    if not opened:
        raise CommandError("no browser could be started; --print prints the URL", EXIT_FAILURE)


open_document = with_access(_open, anonymous=True)
