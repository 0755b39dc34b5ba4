"""From what an operation takes to options of the command line, and from what was typed to Python values."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from typing import Annotated, Any

import typer
from attrs import frozen

from pandadoc_client._calls.encoding import identifier_problem
from pandadoc_client._calls.operation import Operation, Parameter, file_type
from pandadoc_client.cli.errors import CommandError
from pandadoc_client.cli.operations import Described, fields_of, option_of, resolved, wire_schemas
from pandadoc_client.cli.values import PLACE, SECRET_PLACE, check_file, complete_place, json_at, moment_at, secret_at

__all__ = ["Argument", "arguments_of"]

_YES_NO = {"true": True, "false": False}
_MANY = 16  # values of an enumeration from which on help does not list them


@frozen
class Argument:
    """A parameter of an operation as an option.

    Attributes:
        parameter: The parameter.
        option: The option: ``--status-ne``.
        kind: What it takes: ``text``, ``int``, ``float``, ``bool``, ``time``, ``json`` or ``file``.
        many: Whether it may be repeated.
        choices: The values that the contract names; others are sent as well, since the API may know more by now.
        is_list: For JSON, whether it must be an array and not an object.
        help: What it means.
    """

    parameter: Parameter
    option: str
    kind: str
    many: bool
    choices: tuple[str, ...]
    is_list: bool
    help: str

    @property
    def variable(self) -> str:
        """Its name among the arguments of the command; those of the options that every command has differ."""
        return f"given_{self.parameter.name}"

    def declaration(self) -> inspect.Parameter:
        """Return the parameter of a function that typer makes the option of.

        None is required there: whoever reads the options knows whether the value came in another way.
        """
        settings: dict[str, Any] = {"metavar": self._metavar(), "help": self._described(), "show_default": False}
        if self.choices:
            choices = self.choices
            settings["autocompletion"] = lambda incomplete: [word for word in choices if word.startswith(incomplete)]
        elif self.kind == "json" or self.parameter.secret:
            settings["autocompletion"] = complete_place
        kind: Any = list[str] | None if self.many else str | None
        annotation = Annotated[kind, typer.Option(self.option, **settings)]
        return inspect.Parameter(self.variable, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=annotation)

    def value(self, given: str | list[str]) -> Any:
        """Return what was typed as the value that the operation takes.

        Raises:
            CommandError: It is none; the message names the option.
        """
        if isinstance(given, list):
            return [self._one(text) for text in given]
        return self._one(given)

    def _one(self, text: str) -> Any:
        if self.parameter.secret:
            return secret_at(self.option, text)
        return _READERS[self.kind](self, text)

    def text(self, text: str) -> str:
        """Return a text as it is."""
        if self.parameter.location == "path" and (problem := identifier_problem(text)):
            raise CommandError(f"{self.option} {problem}")
        return text

    def whole_number(self, text: str) -> int:
        """Return a whole number, which may be given by its name."""
        try:
            return self.parameter.numbers[text] if text in self.parameter.numbers else int(text)
        except ValueError:
            named = f", or one of {', '.join(self.choices)}" if self.parameter.numbers else ""
            raise self._refusal(f"a whole number{named}", text) from None

    def number(self, text: str) -> int | float:
        """Return a number."""
        try:
            value = float(text)
        except ValueError:
            value = float("nan")
        if value - value != 0:  # NaN and the infinities, which no query can hold
            raise self._refusal("a number", text)
        return int(text) if text.isdecimal() else value  # as it was typed: 10, and not 10.0

    def boolean(self, text: str) -> bool:
        """Return a boolean."""
        if text.lower() not in _YES_NO:
            raise self._refusal("true or false", text)
        return _YES_NO[text.lower()]

    def time(self, text: str) -> datetime:
        """Return a point in time."""
        return moment_at(self.option, text)

    def json(self, text: str) -> Any:
        """Return an object or an array."""
        value = json_at(self.option, text)
        if not isinstance(value, list if self.is_list else dict):
            raise CommandError(f"{self.option} must be a JSON {'array' if self.is_list else 'object'}")
        return value

    def file(self, text: str) -> str:
        """Return the path of a file that is there."""
        check_file(self.option, text)
        return text

    def _refusal(self, wanted: str, text: str) -> CommandError:
        return CommandError(f"{self.option} must be {wanted}, and not {text[:40]!r}")

    def _metavar(self) -> str:
        if self.kind == "text" and 0 < len(self.choices) <= 4:
            return "|".join(self.choices)
        return _METAVARS[self.kind]

    def _described(self) -> str:
        notes = [self.help]
        if self.kind == "json":
            notes.append(f"JSON, {PLACE}.")
        if self.parameter.secret:
            notes.append(f"{SECRET_PLACE}; an argument can be seen by every user of this machine.")
        if self.parameter.numbers:
            named = (f"{name} ({self.parameter.numbers[name]})" for name in self.choices)
            notes.append(f"A name or its number: {', '.join(named)}.")
        elif 4 < len(self.choices) <= _MANY and self.kind == "text":
            notes.append(f"One of {', '.join(self.choices)}.")
        if self.many:
            notes.append("May be repeated.")
        if self.parameter.required:
            notes.append("[required]")
        return " ".join(note for note in notes if note)


_METAVARS = {
    "text": "TEXT",
    "int": "NUMBER",
    "float": "NUMBER",
    "bool": "true|false",
    "time": "TIME",
    "json": "JSON",
    "file": "FILE",
}
_READERS: Mapping[str, Callable[[Argument, str], Any]] = {
    "text": Argument.text,
    "int": Argument.whole_number,
    "float": Argument.number,
    "bool": Argument.boolean,
    "time": Argument.time,
    "json": Argument.json,
    "file": Argument.file,
}
_KINDS: tuple[tuple[type, str], ...] = (
    (file_type, "file"),
    (dict, "json"),
    (datetime, "time"),
    (date, "time"),
    (bool, "bool"),
    (int, "int"),
    (float, "float"),
    (str, "text"),
)


def arguments_of(described: Described) -> list[Argument]:
    """Return the options of an operation, in its order, the required ones first."""
    operation: Operation[Any] = described.operation
    schemas = wire_schemas(described.entry)
    found: list[Argument] = []
    for parameter in operation.parameters:
        listed = next((kind for kind in parameter.types if isinstance(kind, list)), None)
        types = parameter.types if listed is None else tuple(listed)
        kind = next((name for known, name in _KINDS if known in types), "text")
        in_body = parameter.location == "body"
        text = operation.meanings.get(parameter.name, "")
        if kind == "json":
            fields = fields_of(described.entry, "" if in_body else parameter.wire)
            text = " ".join([text, *_listed(fields, listed is not None)]).strip()
        found.append(
            Argument(
                parameter,
                option_of(parameter),
                kind,
                listed is not None and not in_body,
                tuple(name for name in parameter.numbers if "." not in name)
                or _choices(schemas.get(parameter.wire, {})),
                in_body and listed is not None,
                text,
            )
        )
    return sorted(found, key=lambda argument: not argument.parameter.required)


def _listed(fields: list[str], is_list: bool) -> Iterator[str]:
    if fields:
        whole = "Objects with" if is_list else "Fields"
        stars = " (* must be there)" if any(name.endswith("*") for name in fields) else ""
        yield f"{whole}: {', '.join(fields)}{stars}."


def _choices(schema: Mapping[str, Any]) -> tuple[str, ...]:
    while "items" in schema:
        schema = resolved(schema["items"])
    return tuple(str(value) for value in schema.get("enum", ()) if value is not None)
