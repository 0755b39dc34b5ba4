"""``pandadoc api GET /public/v1/...``: any request, by its method and path, over the same client."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import parse_qsl, unquote, urlsplit

import typer

from pandadoc_client.cli.access import Access
from pandadoc_client.cli.api.calling import Paginate, given_of, print_pages
from pandadoc_client.cli.api.fields import FIELD, Fields, body_of_fields, parameters_among, split
from pandadoc_client.cli.common import check_formats
from pandadoc_client.cli.errors import EXIT_FAILURE, CommandError
from pandadoc_client.cli.operations import describe, find_request, kinds_of_fields
from pandadoc_client.cli.options import Csv, Json
from pandadoc_client.cli.render import print_lines
from pandadoc_client.cli.saving import naming_output, place_of
from pandadoc_client.cli.values import PLACE, json_at

if TYPE_CHECKING:
    from pandadoc_client._calls.operation import Operation, Parameter
    from pandadoc_client.cli.operations import OperationEntry
    from pandadoc_client.client import PandaDoc
    from pandadoc_client.rest import RESTResponse

__all__ = ["command_for"]

_QUERY_METHODS = ("GET", "DELETE")  # whose fields are parameters; a body may go with a DELETE
_STDOUT = "-"


def command_for(method: str) -> Callable[..., None]:
    """Return the command that sends requests of an HTTP method."""

    def request(
        path: Annotated[str, typer.Argument(metavar="PATH", help="Path and query, as in the reference.")],
        fields: Fields = None,
        paginate: Paginate = False,
        body: Annotated[
            str | None,
            typer.Option("--body", "--data", "-d", metavar="JSON", help=f"The body: JSON, {PLACE}."),
        ] = None,
        source: Annotated[
            str | None,
            typer.Option("--input", metavar="FILE", help="File that holds the body; - for standard input."),
        ] = None,
        output: Annotated[
            str | None,
            typer.Option(
                "--output", "-o", metavar="FILE", help="Where the response goes as it came, in place of a file there."
            ),
        ] = None,
        as_json: Json = False,
        as_csv: Csv = False,
        *,
        access: Access,
    ) -> None:
        check_formats(as_json=as_json, as_csv=as_csv)
        if output is not None and output != _STDOUT:
            place_of(output)  # before anything is sent
        content = _body(body, source)
        given = list(split(fields))
        with access.open() as client:
            target = _target(path, client.configuration.host)
            entry = find_request(method, urlsplit(target).path)
            if paginate:
                _print_all(client, target, given, entry, as_json=as_json, as_csv=as_csv)
                return
            query: list[tuple[str, Any]] = []
            if method in _QUERY_METHODS:
                query = _query(given, entry)
            elif given:
                content = _with_fields(content, given, entry)
            response = _send(client, _operation(method, target, entry, query, content), query, content)
        _print(response, entry, output, as_json=as_json, as_csv=as_csv)

    absent = {"body", "source"} if method == "GET" else {"paginate"}
    signature = inspect.signature(request, eval_str=True)
    kept = [parameter for name, parameter in signature.parameters.items() if name not in absent]
    request.__signature__ = signature.replace(parameters=kept)  # type: ignore[attr-defined]
    fields = "parameters of the query" if method in _QUERY_METHODS else "fields of the JSON body"
    example = "-f status=completed" if method == "GET" else "" if method == "DELETE" else "--input request.json"
    request.__doc__ = f"""Send a {method} request to a path of the API.

    Fields are {fields}. What the contract knows of the path is used: the types of fields, the names of statuses, and
    what in a response is secret. The response is printed as that of an operation.

    \b
    pandadoc api {method} /public/v1/documents {example}
    """
    return request


def _print_all(
    client: PandaDoc,
    target: str,
    given: Sequence[tuple[str, str]],
    entry: OperationEntry | None,
    *,
    as_json: bool,
    as_csv: bool,
) -> None:
    """Print all pages of the list that *target* is the first page of.

    Raises:
        CommandError: The contract has no such list.
    """
    described = None if entry is None else describe(entry)
    if described is None or described.paging is None:
        raise CommandError("--paginate is for lists, and the contract has none at this PATH")
    from pandadoc_client.cli.api.arguments import arguments_of

    path, _, query = target.partition("?")
    steps = zip(described.operation.path.split("/"), path.split("/"), strict=False)
    values = {
        "places": [unquote(step) for own, step in steps if own.startswith("{")],
        "fields": [f"{name}={value}" for name, value in (*parse_qsl(query, keep_blank_values=True), *given)],
    }
    arguments = arguments_of(described)
    found = given_of(described, arguments, {**{argument.variable: None for argument in arguments}, **values})
    print_pages(client, described, found, as_json=as_json, as_csv=as_csv)


def _body(body: str | None, source: str | None) -> Any:
    if body is not None and source is not None:
        raise CommandError("--body and --input both give the body: give one of them")
    if source is not None:
        return json_at("--input", source if source == _STDOUT else f"@{source}")
    return None if body is None else json_at("--body", body)


def _target(path: str, host: str) -> str:
    """Return path and query of what is called.

    Raises:
        CommandError: It is another host's, or no path.
    """
    if path.startswith(f"{host}/"):
        path = path.removeprefix(host)  # what was copied from a response or from the reference
    place, _, _ = path.partition("?")
    if "://" in place:
        raise CommandError(f"PATH is of another host than {host}, where the credential belongs")
    if "{" in place:
        raise CommandError("PATH has a name in braces: put the value in its place")
    if not path or not (path.isascii() and path.isprintable()) or " " in path:
        raise CommandError("PATH must be a path such as /public/v1/documents, with what is special percent-encoded")
    return path if path.startswith("/") else f"/{path}"


def _query(given: Sequence[tuple[str, str]], entry: OperationEntry | None) -> list[tuple[str, Any]]:
    """Return fields as parameters of the query, those that the contract knows checked by it."""
    if entry is None:
        return list(given)
    from pandadoc_client.cli.api.arguments import arguments_of

    arguments = [argument for argument in arguments_of(describe(entry)) if argument.parameter.location == "query"]
    known, rest = parameters_among(given, arguments)
    by_variable = {argument.variable: argument for argument in arguments}
    typed = [(by_variable[name].parameter.wire, by_variable[name].value(value)) for name, value in known.items()]
    return [*typed, *rest]


def _with_fields(content: Any, given: Sequence[tuple[str, str]], entry: OperationEntry | None) -> dict[str, Any]:
    if not isinstance(content, dict | None):
        raise CommandError(f"{FIELD} adds to a JSON object, and the body is another value")
    return {**(content or {}), **body_of_fields(given, {} if entry is None else kinds_of_fields(entry))}


def _operation(
    method: str, target: str, entry: OperationEntry | None, query: Sequence[tuple[str, Any]], content: Any
) -> Operation[Any]:
    """Return the request as an operation: messages then mask what is secret in the one that the contract has."""
    from pandadoc_client._calls.operation import Operation, Parameter

    names = dict.fromkeys(name for name, _ in query)
    parameters: list[Parameter] = [
        Parameter(name=f"query_{name}", wire=name, location="query", types=(object,), collection="multi")
        for name in names
    ]
    if content is not None:
        parameters.append(Parameter(name="body", wire="body", location="body", types=(object,)))
    return Operation(
        operation_id="" if entry is None else entry.method_name,
        method=method,
        path=target,
        parameters=tuple(parameters),
        accept=("*/*",),
        content_types=() if content is None else ("application/json",),
        auth=("apiKey", "oauth2"),
        response_type=None,
    )


def _send(client: PandaDoc, operation: Operation[Any], query: Sequence[tuple[str, Any]], content: Any) -> RESTResponse:
    arguments: dict[str, Any] = {}
    for name, value in query:
        values = value if isinstance(value, list) else [value]
        arguments.setdefault(f"query_{name}", []).extend(values)
    if content is not None:
        arguments["body"] = content
    client.api_client.call_operation(operation, {**arguments, "_check_input_type": False})
    response: RESTResponse = client.api_client.last_response
    return response


def _print(
    response: RESTResponse, entry: OperationEntry | None, output: str | None, *, as_json: bool, as_csv: bool
) -> None:
    from pandadoc_client.cli.responses import print_response

    data: bytes = response.data
    is_json = "json" in (response.getheader("content-type") or "").lower()
    if output is not None and output != _STDOUT:
        _save(response, output)
    elif as_json or not data or (is_json and output is None):
        items = "" if entry is None else describe(entry).items
        operation = "" if entry is None else entry.method_name
        print_response(response, items=items, operation=operation, as_json=as_json, as_csv=as_csv)
    elif sys.stdout.isatty():
        raise CommandError("the response is a file, which is nothing for a terminal: give --output FILE", EXIT_FAILURE)
    else:
        sys.stdout.flush()
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()


def _save(response: RESTResponse, output: str) -> None:
    from pandadoc_client._flows.saving import open_sink
    from pandadoc_client._http.filenames import filename_of

    to, into = place_of(output)
    with naming_output():
        sink = open_sink(to, into)
    try:
        sink.write(response.data)
        path = sink.finish(filename_of(response.getheaders()))
    finally:
        sink.abandon()
    print_lines([f"{path} ({len(response.data)} bytes)"])
