"""``pandadoc documents``: the everyday way of a document, from a template or a file to a PDF with signatures."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import unquote, urlsplit

import typer

from pandadoc_client.cli.access import Access, with_access
from pandadoc_client.cli.common import check_formats
from pandadoc_client.cli.documents.drafts import (
    NUMBERED_STATUSES,
    STATUSES,
    Body,
    DocumentId,
    Fields,
    Folder,
    Metadata,
    Name,
    Recipients,
    Tags,
    Tokens,
    Wait,
    Within,
    complete_status,
    draft_of,
    status_name,
    status_number,
)
from pandadoc_client.cli.errors import EXIT_FAILURE, CommandError
from pandadoc_client.cli.options import Csv, Json
from pandadoc_client.cli.progress import moving, waiting
from pandadoc_client.cli.render import print_json, print_lines
from pandadoc_client.cli.saving import naming_output, place_of
from pandadoc_client.cli.values import check_file, moment_at
from pandadoc_client.exceptions import ApiException

# What makes the calls is imported by the command that makes one.
if TYPE_CHECKING:
    from pandadoc_client.client import PandaDoc

__all__ = ["app"]

_STDOUT = "-"
_COLUMNS = ("id", "name", "status", "date_created")

app = typer.Typer(rich_markup_mode=None, pretty_exceptions_enable=False)


@app.callback(invoke_without_command=True)
def documents(context: typer.Context) -> None:
    """List, create, upload, send, download and delete documents, and wait for them.

    A document is made in one of three ways:

    \b
    from a template     pandadoc documents create --template ID --recipient 'Ada Panda <ada@example.com>:Client'
    from a file         pandadoc documents upload contract.pdf --recipient ada@example.com
    from a URL          pandadoc documents create --url https://example.com/contract.pdf

    \b
    pandadoc documents upload contract.pdf --recipient 'Ada Panda <ada@example.com>' --wait
    pandadoc documents send ID --subject 'Your contract'
    pandadoc documents wait ID --status completed --within 86400
    pandadoc documents download ID -o contract.pdf

    Everything else is to be had by "pandadoc api", and the page of a document by "pandadoc open".
    """
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


def list_documents(
    status: Annotated[
        str | None,
        typer.Option(
            "--status",
            metavar="STATUS",
            help=f"Only those in this status, a name or its number: {NUMBERED_STATUSES}.",
            autocompletion=complete_status,
        ),
    ] = None,
    search: Annotated[str | None, typer.Option("--q", metavar="TEXT", help="Only those with this text.")] = None,
    template: Annotated[str | None, typer.Option("--template", metavar="ID", help="Only those made from it.")] = None,
    folder: Annotated[str | None, typer.Option("--folder", metavar="ID", help="Only those in this folder.")] = None,
    tag: Annotated[str | None, typer.Option("--tag", metavar="TEXT", help="Only those with this tag.")] = None,
    created_from: Annotated[
        str | None, typer.Option("--created-from", metavar="TIME", help="Only those created from then on, ISO 8601.")
    ] = None,
    created_to: Annotated[
        str | None, typer.Option("--created-to", metavar="TIME", help="Only those created up to then, ISO 8601.")
    ] = None,
    order_by: Annotated[
        str,
        typer.Option("--order-by", metavar="FIELD", help="Field to sort by; a minus in front reverses the order."),
    ] = "-date_created",
    limit: Annotated[int, typer.Option("--limit", min=1, help="How many documents to show at the most.")] = 20,
    as_json: Json = False,
    as_csv: Csv = False,
    *,
    access: Access,
) -> None:
    """List documents, the newest first.

    Pages are fetched as they are needed. Times without a zone are in UTC.

    \b
    pandadoc documents list --status completed --created-from 2026-01-01
    pandadoc documents list --q invoice --limit 500 --json | jq -r '.documents[].id'
    """
    check_formats(as_json=as_json, as_csv=as_csv)
    filters: dict[str, Any] = {
        "order_by": order_by,
        "status": None if status is None else status_number("--status", status),
        "q": search,
        "template_id": template,
        "folder_uuid": folder,
        "tag": tag,
        "created_from": created_from and moment_at("--created-from", created_from),
        "created_to": created_to and moment_at("--created-to", created_to),
    }
    given = {name: value for name, value in filters.items() if value is not None}
    with access.open() as client, waiting("Listing documents"):
        found = client.documents.iterate_documents(max_items=limit, **given)
        rows = [document.to_dict() for document in found]
    if as_json:
        print_json({"documents": rows})
        return
    from pandadoc_client.cli.responses import print_csv, print_rows

    if as_csv:
        print_csv(rows)
        return
    print_rows([{**row, "status": str(row.get("status", "")).removeprefix("document.")} for row in rows], _COLUMNS)


def create(
    template: Annotated[str | None, typer.Option("--template", metavar="ID", help="Template to make it from.")] = None,
    url: Annotated[
        str | None,
        typer.Option("--url", metavar="URL", help="Or a PDF file that PandaDoc can fetch there, to make it from."),
    ] = None,
    name: Name = None,
    recipient: Recipients = None,
    token: Tokens = None,
    field: Fields = None,
    metadata: Metadata = None,
    tag: Tags = None,
    folder: Folder = None,
    body: Body = None,
    wait: Wait = False,
    within: Within = 300.0,
    as_json: Json = False,
    *,
    access: Access,
) -> None:
    """Create a document from a template (--template), from a file at a URL (--url), or by a request of yours (--body).

    For files on this machine there is "pandadoc documents upload". With --body as well, the other options win over what
    stands there. Without --name a file at a URL gives its own.

    \b
    pandadoc documents create --url https://example.com/contract.pdf --recipient ada@example.com
    pandadoc documents create --template ID --name Offer --recipient 'Ada Panda <ada@example.com>:Client'
    pandadoc documents create --body @offer.json --token Client.Company=Bamboo --wait
    """
    draft: Any = draft_of(body, name, template, recipient, token, field, metadata, tag, folder)
    if template is not None and url is not None:
        raise CommandError("--template and --url are two ways to make a document: give one of them")
    if template is None and url is None and body is None:
        raise CommandError(
            "from what? give --template ID, --url URL or --body JSON; for files there is: pandadoc documents upload"
        )
    if url is not None:
        place = urlsplit(url)
        draft = {"name": PurePosixPath(unquote(place.path)).stem or place.hostname, **draft, "url": url}
    with access.open() as client:
        made = client.documents.create_document(draft).to_dict()
        if wait:
            made = _wait_for_draft(client, made, within)
    _show(made, as_json=as_json)


def upload(
    files: Annotated[list[str], typer.Argument(metavar="FILE...", help="PDF or DOCX files.", show_default=False)],
    name: Name = None,
    recipient: Recipients = None,
    token: Tokens = None,
    field: Fields = None,
    metadata: Metadata = None,
    tag: Tags = None,
    folder: Folder = None,
    body: Body = None,
    wait: Wait = False,
    within: Within = 300.0,
    as_json: Json = False,
    *,
    access: Access,
) -> None:
    """Make a document of each file on this machine. Its name is the file's, unless --name says otherwise.

    For a template, or a file at a URL, there is "pandadoc documents create" with --template or --url. If one fails, the
    others are uploaded all the same; the exit status is 1 then.

    \b
    pandadoc documents upload contract.pdf --recipient ada@example.com --wait
    pandadoc documents upload *.pdf --tag import --json
    """
    draft: Any = draft_of(body, name, None, recipient, token, field, metadata, tag, folder)
    if name is not None and len(files) > 1:
        raise CommandError("--name is for one file; each of several gets its own name")
    for path in files:
        check_file("FILE", path)
    made: list[dict[str, Any]] = []
    failures: list[dict[str, Any]] = []
    from pandadoc_client.cli.refusals import failure

    with access.open() as client:
        for path in files:
            try:
                made.append(_upload(client, path, draft, within if wait else None))
            except Exception as error:
                if len(files) == 1:
                    raise
                failures.append({"file": path, **failure(path, error)})
            else:
                if not as_json:
                    _show(made[-1], as_json=False)
    if as_json:
        print_json({"documents": made, **({"failures": failures} if failures else {})})
    if failures:
        raise typer.Exit(EXIT_FAILURE)


def _upload(client: PandaDoc, path: str, draft: dict[str, Any], within: float | None) -> dict[str, Any]:
    from pandadoc_client.files import Upload

    file_name = Path(path).name
    data: Any = {"name": Path(path).stem, **draft}
    with moving(f"Sending {file_name}") as progress:
        made = client.documents.create_document_from_upload(file=Upload(path, progress=progress), data=data)
    return made.to_dict() if within is None else _wait_for_draft(client, made.to_dict(), within)


def wait(
    document_id: DocumentId,
    status: Annotated[
        str,
        typer.Option(
            "--status",
            metavar="STATUS",
            help=f"What to wait for: {', '.join(STATUSES)}.",
            autocompletion=complete_status,
        ),
    ] = "draft",
    within: Within = 300.0,
    exact: Annotated[
        bool, typer.Option("--exact", help="A status further on, such as viewed for sent, will not do.")
    ] = False,
    as_json: Json = False,
    *,
    access: Access,
) -> None:
    """Wait until a document has a status.

    The exit status is 1 if it does not come in time, or cannot come any more.

    \b
    pandadoc documents wait ID
    pandadoc documents wait ID --status completed --within 86400 && pandadoc documents download ID
    """
    wanted = status_name("--status", status)
    with access.open() as client:
        found = _wait(client, document_id, wanted, within, exact=exact)
    _show(found, as_json=as_json)


def send(
    document_id: DocumentId,
    subject: Annotated[str | None, typer.Option("--subject", metavar="TEXT", help="Subject of the mail.")] = None,
    message: Annotated[str | None, typer.Option("--message", metavar="TEXT", help="Text of the mail.")] = None,
    silent: Annotated[bool, typer.Option("--silent", help="Send no mail to anybody.")] = False,
    body: Body = None,
    within: Within = 300.0,
    as_json: Json = False,
    *,
    access: Access,
) -> None:
    """Send a document to its recipients. One that is not a draft yet is waited for; not with --within 0.

    \b
    pandadoc documents send ID --subject 'Your contract' --message 'Please sign.'
    pandadoc documents send ID --silent
    """
    request: Any = draft_of(body)
    given = {"subject": subject, "message": message, "silent": silent or None}
    request |= {name: value for name, value in given.items() if value is not None}
    with access.open() as client:
        if within:
            from pandadoc_client.waiting import send_when_ready

            with waiting(f"Sending {document_id}"):
                sent = send_when_ready(client, document_id, request, timeout=within)
        else:
            sent = client.documents.send_document(document_id, request)
    _show(sent.to_dict(), as_json=as_json)


def download(
    document_id: DocumentId,
    output: Annotated[
        str | None,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE",
            help="Where it goes, in place of a file that is there; - for standard output. In a folder, this one unless"
            " another is given, it gets the name that the server gives it, and replaces nothing.",
        ),
    ] = None,
    protected: Annotated[
        bool, typer.Option("--protected", help="The PDF file of a completed document, with the seal.")
    ] = False,
    within: Within = 60.0,
    as_json: Json = False,
    *,
    access: Access,
) -> None:
    """Save a document as a PDF file. One whose file is not made yet is waited for.

    The file is there when it is whole, or not at all.

    \b
    pandadoc documents download ID -o contract.pdf
    pandadoc documents download ID -o - | lpr
    """
    is_stdout = output == _STDOUT
    if is_stdout and sys.stdout.isatty():
        raise CommandError("a PDF file is nothing for a terminal: give --output FILE")
    if is_stdout and as_json:
        raise CommandError("--json and --output - would both write to standard output")
    file, folder = (sys.stdout.buffer, None) if is_stdout else place_of(output or ".")
    with access.open() as client, moving("Receiving") as progress, naming_output():
        from pandadoc_client.files import download_document

        done = download_document(
            client,
            document_id,
            file,
            into=folder,
            protected=protected,
            wait=within,
            progress=progress,
        )
    if as_json:
        print_json({"path": str(done.path), "size": done.size, "content_type": done.content_type})
    elif not is_stdout:
        print_lines([f"{done.path} ({done.size} bytes)"])


def status(document_id: DocumentId, as_json: Json = False, *, access: Access) -> None:
    """Show how a document stands.

    \b
    pandadoc documents status ID --json | jq -r .status
    """
    with access.open() as client:
        found = client.documents.status_document(document_id).to_dict()
    if as_json:
        print_json(found)
        return
    from pandadoc_client.cli.responses import print_answer

    print_answer(found)


def delete(
    document_ids: Annotated[
        list[str], typer.Argument(metavar="ID...", help="Ids of the documents.", show_default=False)
    ],
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Ask nobody.")] = False,
    as_json: Json = False,
    *,
    access: Access,
) -> None:
    """Delete documents. On a terminal you are asked first; elsewhere it takes --yes.

    If one fails, the others are deleted all the same; the exit status is 1 then.

    \b
    pandadoc documents delete ID
    pandadoc documents list --status draft --jq '.documents[].id' | xargs pandadoc documents delete --yes
    """
    from pandadoc_client._calls.encoding import identifier_problem
    from pandadoc_client.cli.inputs import is_interactive

    for document_id in document_ids:
        if problem := identifier_problem(document_id):
            raise CommandError(f"ID {problem}")
    if not yes:
        if not is_interactive():
            raise CommandError("there is nobody to ask whether to delete: give --yes")
        what = document_ids[0] if len(document_ids) == 1 else f"{len(document_ids)} documents"
        if not typer.confirm(f"Delete {what}?", err=True):
            raise CommandError("nothing was deleted", EXIT_FAILURE)
    from pandadoc_client.cli.refusals import failure

    deleted: list[str] = []
    failures: list[dict[str, Any]] = []
    with access.open() as client:
        for document_id in document_ids:
            try:
                client.documents.delete_document(document_id)
            except ApiException as error:
                if len(document_ids) == 1:
                    raise
                failures.append({"id": document_id, **failure(document_id, error)})
            else:
                deleted.append(document_id)
                if not as_json:
                    print_lines([f"{document_id}  deleted"])
    if as_json:
        print_json({"deleted": deleted, **({"failures": failures} if failures else {})})
    if failures:
        raise typer.Exit(EXIT_FAILURE)


for _name, _command in (
    ("list", list_documents),
    ("create", create),
    ("upload", upload),
    ("wait", wait),
    ("send", send),
    ("download", download),
    ("status", status),
    ("delete", delete),
):
    app.command(_name)(with_access(_command))


def _wait(client: PandaDoc, document_id: str, wanted: str, within: float, *, exact: bool = False) -> dict[str, Any]:
    from pandadoc_client.waiting import wait_until

    with waiting(f"Waiting for {wanted} of {document_id}"):
        return wait_until(client, document_id, wanted, timeout=within, exact=exact).to_dict()


def _wait_for_draft(client: PandaDoc, made: dict[str, Any], within: float) -> dict[str, Any]:
    """Wait for a document that was just created; what fails names it, so that it is not created again."""
    from pandadoc_client._flows.sending import step

    document_id = str(made.get("id"))
    with step(document_id, "wait"):
        return _wait(client, document_id, "document.draft", within)


def _show(document: dict[str, Any], *, as_json: bool) -> None:
    """Print a document as JSON, or its id, status and name on a line."""
    if as_json:
        print_json(document)
        return
    from pandadoc_client.cli.responses import shown

    names: Sequence[str] = ("id", "status", "name")
    print_lines(["  ".join(shown(document[name]) for name in names if document.get(name))])
