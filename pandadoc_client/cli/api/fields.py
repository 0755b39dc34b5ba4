"""``-f NAME=VALUE``: parameters of an operation, and fields of its JSON body, by their names."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pandadoc_client.cli.errors import CommandError

if TYPE_CHECKING:
    from pandadoc_client.cli.api.arguments import Argument

__all__ = ["FIELD", "Fields", "body_of_fields", "parameters_among", "split"]

FIELD = "-f/--field"
Fields = Annotated[
    list[str] | None,
    typer.Option(
        "--field",
        "-f",
        metavar="NAME=VALUE",
        help="A parameter, or a field of the JSON body, by its name. May be repeated.",
    ),
]


def split(fields: Sequence[str] | None) -> Iterator[tuple[str, str]]:
    """Yield names and values.

    Raises:
        CommandError: One has no name.
    """
    for text in fields or ():
        name, equals, value = text.partition("=")
        if not (name and equals):
            raise CommandError(f"{FIELD} takes NAME=VALUE, and not {text[:40]!r}")
        yield name, value


def parameters_among(
    given: Sequence[tuple[str, str]], arguments: Sequence[Argument]
) -> tuple[dict[str, str | list[str]], list[tuple[str, str]]]:
    """Return what of *given* is a parameter, by the variables of *arguments*, and what is not.

    Raises:
        CommandError: One is given twice that may not be repeated.
    """
    known = {
        name: argument
        for argument in arguments
        if argument.option != "--body"
        for name in (argument.parameter.name, argument.parameter.wire, argument.option.removeprefix("--"))
    }
    found: dict[str, str | list[str]] = {}
    rest: list[tuple[str, str]] = []
    for name, value in given:
        argument = known.get(name)
        if argument is None:
            rest.append((name, value))
            continue
        before = found.get(argument.variable)
        if argument.many:
            found[argument.variable] = [*(before or ()), value]
        elif before is not None:
            raise CommandError(f"{FIELD} has {name!r} twice")
        else:
            found[argument.variable] = value
    return found, rest


def body_of_fields(fields: Sequence[tuple[str, str]], kinds: Mapping[str, AbstractSet[str]]) -> dict[str, Any]:
    """Return the JSON object that *fields* make.

    Args:
        fields: Names and values as they were typed.
        kinds: The JSON types that the contract allows, by name. A text stays a text where it allows that; otherwise
            what reads as JSON is JSON: a number, true, an object.

    Raises:
        CommandError: A field comes twice, or is no JSON where the contract has no text.
    """
    body: dict[str, Any] = {}
    for name, value in fields:
        if name in body:
            raise CommandError(f"{FIELD} has {name!r} twice")
        allowed = kinds.get(name, frozenset[str]())
        body[name] = value if "string" in allowed else _value(name, value, is_text_possible=not allowed)
    return body


def _value(name: str, value: str, *, is_text_possible: bool) -> Any:
    try:
        return json.loads(value, parse_constant=_refuse)
    except (ValueError, RecursionError):
        if is_text_possible:
            return value
    raise CommandError(f"{FIELD} {name} takes JSON, such as 7, true or {{...}}, and not {value[:40]!r}")


def _refuse(constant: str) -> Any:
    raise ValueError(constant)
