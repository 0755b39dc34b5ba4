"""``pandadoc api``: every operation of the API as a command."""

from __future__ import annotations

import functools
import inspect
import sys
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pandadoc_client.cli.api.calling import Paginate, given_of, name_in_help, print_pages, values_in_path
from pandadoc_client.cli.common import check_formats, json_wanted
from pandadoc_client.cli.errors import EXIT_FAILURE, CommandError
from pandadoc_client.cli.lazy import LazyCommand, LazyGroup, command_of
from pandadoc_client.cli.operations import (
    METHODS,
    OperationEntry,
    describe,
    entries,
    find,
    resource_of,
)
from pandadoc_client.cli.options import Csv, Json
from pandadoc_client.cli.render import print_lines

if TYPE_CHECKING:
    from pandadoc_client.cli.access import Access
    from pandadoc_client.cli.api.arguments import Argument
    from pandadoc_client.cli.operations import Described
    from pandadoc_client.client import PandaDoc

__all__ = ["app"]

_STDOUT = "-"
_NAME_WIDTH = 46
Output = Annotated[
    str | None,
    typer.Option(
        "--output",
        "-o",
        metavar="FILE",
        help="Where the file goes, in place of one that is there; a folder gets it under its own name. - for standard"
        " output, which is the default unless that is a terminal.",
    ),
]


class _Operations(LazyGroup):
    """The operations as commands, each made when it is run."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        for entry in entries():
            load = functools.partial(_command, entry)
            self.add_command(LazyCommand(entry.name, f"{entry.method} {entry.path}", load))

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Return an operation by any of its names, or what sends a request, by the HTTP method."""
        if cmd_name.upper() in METHODS:
            return LazyCommand(cmd_name, "", functools.partial(_raw, cmd_name.upper()))
        if cmd_name.startswith("/"):
            raise CommandError(f"say with which method: pandadoc api GET {cmd_name[:100]}")
        entry = find(cmd_name)
        return None if entry is None else super().get_command(ctx, entry.name)

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Leave the commands out of the help: 127 are too many, and ``--list`` has them in order."""


def _raw(method: str) -> Any:
    from pandadoc_client.cli.access import with_access
    from pandadoc_client.cli.api.raw import command_for

    return command_of(method, with_access(command_for(method)))


app = typer.Typer(
    cls=_Operations,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    subcommand_metavar="OPERATION|METHOD [ARGUMENTS] [OPTIONS]",
)


@app.callback(invoke_without_command=True)
def api(
    context: typer.Context,
    listed: Annotated[bool, typer.Option("--list", help="List the operations by tag, a line each.")] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="With --list: print one JSON document.", callback=json_wanted)
    ] = False,
) -> None:
    """Call any operation of the API.

    Operations are called as in Python: list-documents, list_documents, listDocuments and documents.list_documents are
    the same. Parameters are options, or -f NAME=VALUE; "pandadoc api OPERATION --help" shows them. Ids in the path may
    stand behind the operation. A JSON body is given as it is, as @FILE, as - for standard input, or by -f as well. An
    HTTP method and a path send any request.

    \b
    pandadoc api --list
    pandadoc api documents.status_document ID
    pandadoc api list-documents -f status=completed --paginate --jq '.results[].id'
    pandadoc api create-contact -f email=ada@example.com -f first_name=Ada
    pandadoc api create-document --body @document.json
    pandadoc api download-document ID --output contract.pdf
    pandadoc api GET '/public/v1/documents?count=5'
    pandadoc api POST /public/v1/contacts --input contact.json

    The credential is PANDADOC_API_KEY or PANDADOC_ACCESS_TOKEN, else the token that "pandadoc login" has stored.
    Answers are tables on a terminal and lines with tabs elsewhere; --json prints exactly the JSON that came.
    """
    if context.invoked_subcommand is not None:
        if listed or as_json:
            raise CommandError("--list and --json before an operation make a list; options go behind the operation")
        return
    if not listed:
        typer.echo(context.get_help())
        return
    found = [describe(entry) for entry in entries()]
    if as_json:
        _print_as_json(found)
        return
    tag = ""
    for described in found:
        if described.entry.tag != tag:
            print_lines([*([""] if tag else []), described.entry.tag])
            tag = described.entry.tag
        print_lines([f"  {described.entry.name:{_NAME_WIDTH}} {described.operation.summary}"])


def _print_as_json(found: Sequence[Described]) -> None:
    """Print what there is to know of each operation as JSON."""
    from pandadoc_client.cli.render import print_json

    print_json(
        [
            {
                "name": described.entry.name,
                "operation_id": described.entry.operation_id,
                "tag": described.entry.tag,
                "method": described.entry.method,
                "path": described.entry.path,
                "summary": described.operation.summary,
            }
            for described in found
        ]
    )


def _command(entry: OperationEntry) -> Any:
    """Return the command of an operation."""
    from pandadoc_client.cli.access import with_access
    from pandadoc_client.cli.api.arguments import arguments_of
    from pandadoc_client.cli.api.fields import Fields

    described = describe(entry)
    arguments = arguments_of(described)

    def run(*, access: Access, **values: Any) -> None:
        _run(described, arguments, access, values)

    own = [argument.declaration() for argument in arguments]
    if places := values_in_path(described, arguments):
        names = " ".join(f"[{name_in_help(argument)}]" for argument in places)
        means = f"In place of {' and '.join(argument.option for argument in places)}."
        own.insert(0, _option("places", Annotated[list[str] | None, typer.Argument(metavar=names, help=means)], None))
    if arguments:
        own.append(_option("fields", Fields, None))
    if described.paging is not None:
        own.append(_option("paginate", Paginate, False))
    if _returns_a_file(described):
        own.append(_option("output", Output, None))
    else:
        own += [_option("as_json", Json, False), _option("as_csv", Csv, False)]
    run.__signature__ = inspect.Signature(own)  # type: ignore[attr-defined]
    run.__doc__ = _help(described)
    return command_of(entry.name, with_access(run, anonymous=not described.operation.auth))


def _option(name: str, annotation: Any, default: Any) -> inspect.Parameter:
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation)


def _help(described: Described) -> str:
    entry = described.entry
    operation = described.operation
    python = f"pandadoc.{entry.resource}.{entry.method_name}(...)"
    http = f"HTTP    {entry.method} {entry.path}"
    return f"{operation.summary}.\n\n{operation.description}\n\n\b\n{http}\nPython  {python}\n"


def _returns_a_file(described: Described) -> bool:
    from pandadoc_client._calls.operation import file_type

    return described.operation.response_type == (file_type,)


def _run(described: Described, arguments: Sequence[Argument], access: Access, values: Mapping[str, Any]) -> None:
    to = values.get("output")
    is_file = _returns_a_file(described)
    if is_file and to in (None, _STDOUT) and sys.stdout.isatty():
        raise CommandError("the response is a file, which is nothing for a terminal: give --output FILE")
    as_json, as_csv = values.get("as_json", False), values.get("as_csv", False)
    check_formats(as_json=as_json, as_csv=as_csv)
    given = given_of(described, arguments, values)
    uploads = {argument.parameter.name for argument in arguments if argument.kind == "file"} & given.keys()
    with ExitStack() as shown:
        for name in uploads:
            given[name] = _upload(shown, given[name])
        with access.open(anonymous=not described.operation.auth) as client:
            operation = getattr(resource_of(client, described.entry), described.entry.method_name)
            if is_file:
                _save(operation, given, to)
                return
            if values.get("paginate"):
                print_pages(client, described, given, as_json=as_json, as_csv=as_csv)
                return
            operation(**given)
    _print(client, described, as_json=as_json, as_csv=as_csv)


def _upload(shown: ExitStack, path: str) -> Any:
    from pandadoc_client._calls.sources import Upload
    from pandadoc_client.cli.progress import moving

    return Upload(path, progress=shown.enter_context(moving(f"Sending {path}")))


def _save(operation: Any, given: Mapping[str, Any], to: str | None) -> None:
    from pandadoc_client.cli.progress import moving
    from pandadoc_client.cli.saving import naming_output, place_of
    from pandadoc_client.files import download

    is_stdout = to is None or to == _STDOUT
    file, folder = (sys.stdout.buffer, None) if to is None or is_stdout else place_of(to)
    with moving("Receiving") as progress, naming_output():
        done = download(operation, to=file, into=folder, progress=progress, **given)
    if not is_stdout:
        print_lines([f"{done.path} ({done.size} bytes)"])


def _print(client: PandaDoc, described: Described, *, as_json: bool, as_csv: bool) -> None:
    from pandadoc_client.cli.responses import print_response

    response = client.api_client.last_response
    if response is None:
        raise CommandError("there is no response", EXIT_FAILURE)
    if response.status == 202 and 202 in described.operation.other_results:
        print("pandadoc: not ready yet (HTTP 202); ask again in a while", file=sys.stderr)
    method = described.entry.method_name
    print_response(response, items=described.items, operation=method, as_json=as_json, as_csv=as_csv)
