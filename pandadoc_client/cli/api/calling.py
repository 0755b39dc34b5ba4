"""What a command line says of a call: the arguments of the operation, and all pages of a list as one response."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pandadoc_client.cli.api.fields import FIELD, body_of_fields, parameters_among, split
from pandadoc_client.cli.errors import CommandError
from pandadoc_client.cli.operations import kinds_of_fields

if TYPE_CHECKING:
    from pandadoc_client.cli.api.arguments import Argument
    from pandadoc_client.cli.operations import Described
    from pandadoc_client.client import PandaDoc

__all__ = ["Paginate", "given_of", "name_in_help", "print_pages", "values_in_path"]

Paginate = Annotated[
    bool, typer.Option("--paginate", help="Fetch all pages, and print what is in them as one response.")
]


def given_of(described: Described, arguments: Sequence[Argument], values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the arguments of an operation: from options, from the path's place on the line, and from fields.

    Raises:
        CommandError: One is missing, comes twice, or cannot be right.
    """
    options = {argument.variable: values[argument.variable] for argument in arguments}
    typed = {name: value for name, value in options.items() if value is not None}
    places_of_path = values_in_path(described, arguments)
    places = [argument for argument in places_of_path if argument.variable not in typed]
    identifiers = values.get("places") or []
    if len(identifiers) > len(places):
        raise CommandError(f"too many arguments: {described.entry.name} takes {_placed(places) or 'no more'}")
    typed |= {argument.variable: value for argument, value in zip(places, identifiers, strict=False)}
    by_field, rest = parameters_among(list(split(values.get("fields"))), arguments)
    if twice := next((argument for argument in arguments if argument.variable in typed.keys() & by_field.keys()), None):
        raise CommandError(f"{FIELD} and {twice.option} give the same twice")
    typed |= by_field
    given = {
        argument.parameter.name: argument.value(typed[argument.variable])
        for argument in arguments
        if argument.variable in typed
    }
    if rest:
        body = _body_of(described, arguments, rest[0][0])
        whole = body.parameter.location == "body"
        kinds = kinds_of_fields(described.entry, "" if whole else body.parameter.wire)
        given[body.parameter.name] = {**given.get(body.parameter.name, {}), **body_of_fields(rest, kinds)}
    for argument in arguments:
        if argument.parameter.required and argument.parameter.name not in given:
            also = f" (or {name_in_help(argument)} behind the operation)" if argument in places_of_path else ""
            raise CommandError(
                f"missing option {argument.option}{also}; see pandadoc api {described.entry.name} --help"
            )
    return given


def values_in_path(described: Described, arguments: Sequence[Argument]) -> list[Argument]:
    """Return the parameters in the path of an operation, in their order there."""
    path = described.operation.path
    found = [argument for argument in arguments if argument.parameter.location == "path"]
    return sorted(found, key=lambda argument: path.index(f"{{{argument.parameter.wire}}}"))


def name_in_help(argument: Argument) -> str:
    """Return what stands for a value in the path on the command line."""
    return argument.parameter.name.upper()


def _placed(arguments: Sequence[Argument]) -> str:
    return " ".join(name_in_help(argument) for argument in arguments)


def _body_of(described: Described, arguments: Sequence[Argument], field: str) -> Argument:
    """Return the parameter that takes fields that are no parameters: a JSON object.

    Raises:
        CommandError: There is none.
    """
    for argument in arguments:
        if argument.kind == "json" and not argument.is_list and argument.parameter.location in ("body", "form"):
            return argument
    names = ", ".join(argument.parameter.name for argument in arguments)
    raise CommandError(f"{FIELD}: {described.entry.name} takes no {field!r}; it takes {names}")


def print_pages(
    client: PandaDoc, described: Described, given: Mapping[str, Any], *, as_json: bool, as_csv: bool
) -> None:
    """Print all items of a list as one response.

    Raises:
        CommandError: It is no list, or one page of it is asked for.
    """
    from pandadoc_client.cli.progress import waiting
    from pandadoc_client.cli.render import print_json
    from pandadoc_client.cli.responses import print_answer
    from pandadoc_client.pagination import ItemIterator

    paging = described.paging
    if paging is None:
        raise CommandError("--paginate is for lists")
    options = dict(given)
    if paging.position in options:
        raise CommandError(f"--{paging.position} names a page, and --paginate takes them all: give one of them")
    if paging.size in options:
        options["page_size"] = options.pop(paging.size)
    with waiting("Listing"):
        items = ItemIterator[Any](client.api_client, described.operation, paging, options)
        rows = [item.to_dict() if hasattr(item, "to_dict") else item for item in items]
    response = {described.items: rows} if described.items else rows
    if as_json:
        print_json(response)
    else:
        print_answer(response, items=described.items, operation=described.entry.method_name, as_csv=as_csv)
