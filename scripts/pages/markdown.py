"""The pages about operations, as Markdown that reads the same on the site and on a code host."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from textwrap import indent
from typing import Any

from codegen.document import parameters_of

from pandadoc_client._calls.operation import Parameter

from .calls import Call, error_class
from .parts import pages_of
from .schemas import Field, Schemas

__all__ = ["HEADER", "index", "page"]

HEADER = "<!-- Written by `python scripts/reference.py` from openapi.yaml; do not edit. -->\n"
"""The first line of every page."""
_ABOUT = """All {count} operations of the API's version {version}, each with an example that runs. The examples take the
credential from the environment, as [One object for every call](../client.md) describes; files that they send are in the
current folder. To try them without an account, start [the emulator](../emulator.md): it answers every one.

In the tables, `datetime` and `date` are types of Python; a text in ISO 8601 does as well. A `file` may be a path, an
open file, bytes and more: see [files](../files.md). A name such as `DocumentListResponse` is a class of
`pandadoc_client.models`; where it is to be given, a `dict` with the same fields does as well.
"""
_GIVEN, _ANSWERED = 2, 1  # levels of objects that are shown within a body, and within an answer
_Row = tuple[str, ...]


def page(document: dict[str, Any], tag: str, title: str, calls: list[Call]) -> str:
    """Return a page of a tag.

    Raises:
        ValueError: Two operations have the same title, and so the same anchor.
    """
    doubled = [title for title, count in Counter(call.operation["summary"] for call in calls).items() if count > 1]
    if doubled:
        raise ValueError(f"two operations of {tag} have the title {doubled[0]!r}")
    described = next((item.get("description", "") for item in document.get("tags", ()) if item["name"] == tag), "")
    writer = _Writer(document)
    resource = calls[0].resource
    blocks = [
        HEADER,
        f"# {title}\n",
        f"{described} The methods of `pd.{resource}`; with `AsyncPandaDoc` they are the same, to be awaited.\n",
        *_others(tag, title),
        *_table(("method", "operation"), ((f"`{call.method}`", _link(call)) for call in calls)),
        *(block for call in calls for block in writer.operation(call)),
    ]
    return "\n".join(blocks)


def index(document: dict[str, Any], calls: list[Call]) -> str:
    """Return the page that lists all operations."""
    blocks = [
        HEADER,
        "# Operations\n",
        _ABOUT.format(count=len(calls), version=document["info"]["version"]),
    ]
    for tag in dict.fromkeys(call.tag for call in calls):
        chosen = [call for call in calls if call.tag == tag]
        blocks.append(f"## {tag}\n")
        rows = ((_link(call, call.page), f"`pd.{call.resource}.{call.method}`") for call in chosen)
        blocks += _table(("operation", "method"), rows)
    return "\n".join(blocks)


def _others(tag: str, title: str) -> Iterator[str]:
    """Yield where the other operations of a tag are."""
    links = [f"[{other}]({name})" for name, other in pages_of(tag).items() if other != title]
    if links:
        yield f"More of them: {', '.join(links)}.\n"


class _Writer:
    """Writes the blocks of a page: each ends with a line break, and an empty line goes between two."""

    def __init__(self, document: dict[str, Any]) -> None:
        self._document = document
        self._schemas = Schemas(document)

    def operation(self, call: Call) -> Iterator[str]:
        """Yield the blocks about one operation."""
        operation = call.operation
        yield f"## {operation['summary']}\n"
        deprecated = "**Deprecated.** " if operation.get("deprecated") else ""
        yield f"{deprecated}{operation['description']}\n"
        yield f"`pd.{call.resource}.{call.method}` is `{call.path}`, by `{call.verb}`\n"
        yield from _tabs(call)
        if call.iterator:
            how = "All of them, page by page" if call.paged else "One after another"
            yield f"{how}: `pd.{call.resource}.{call.iterator}(…)`; see [lists](../paging.md).\n"
        if not call.described.auth:
            yield "No credential is sent along. [Tokens](../oauth.md) has something more comfortable.\n"
        yield from self._parameters(call)
        yield from self._body(call)
        yield from self._answers(call)

    def _parameters(self, call: Call) -> Iterator[str]:
        arguments = {(item.wire, item.location): item for item in call.described.parameters}
        rows = []
        for parameter in parameters_of(self._document, call.path, call.operation):
            argument = arguments[parameter["name"], parameter["in"]]
            field = Field(
                name=argument.name,
                schema=parameter["schema"],
                required=argument.required,
                description=("Deprecated. " if parameter.get("deprecated") else "") + parameter["description"],
            )
            rows.append((*self._row(field), parameter["in"]))
        if rows:
            yield from _fold("Parameters", _table(("argument", "type", "required", "what it is", "in"), rows))

    def _row(self, field: Field) -> _Row:
        limits = [text for text in self._schemas.limits(field.schema) if text not in field.description]
        text = " ".join([field.description, *limits]).strip()
        return f"`{field.name}`", self._schemas.type(field.schema), "yes" if field.required else "", text

    def _body(self, call: Call) -> Iterator[str]:
        body = self._schemas.resolve(call.operation.get("requestBody", {}))
        content = body.get("content", {})
        argument = next((item for item in call.described.parameters if item.location == "body"), None)
        if argument is not None:
            yield from self._whole(argument, content["application/json"]["schema"])
        for kind, media in content.items():
            if kind != "application/json":
                variants = self._schemas.members(media["schema"])
                also = "or, " if argument is not None else ""
                yield f"**Form**: {also}an argument for each field, sent as `{kind}`.\n"
                yield from self._variants(variants)
                yield from self._nested(variants, _GIVEN)

    def _whole(self, argument: Parameter, schema: dict[str, Any]) -> Iterator[str]:
        required = "required" if argument.required else "may be left out"
        kind = self._schemas.type(schema)
        plain = ", or a `dict` like the one above" if self._schemas.name(self._schemas.item(schema)) else ""
        yield f"**Body**: the argument `{argument.name}`, {required}: {kind}{plain}.\n"
        variants = self._schemas.members(self._schemas.item(schema))
        yield from self._variants(variants)
        yield from self._nested(variants, _GIVEN)

    def _variants(self, variants: list[dict[str, Any]]) -> Iterator[str]:
        for variant in variants:
            if len(variants) > 1:
                described = self._schemas.description(variant)
                yield f"`{self._schemas.name(variant)}`{f': {described}' if described else ''}\n"
            if self._schemas.fields(variant):
                yield from _fold("Fields", self._fields(variant))

    def _fields(self, schema: dict[str, Any]) -> Iterator[str]:
        rows = [self._row(field) for field in self._schemas.fields(schema)]
        if rows:
            yield from _table(("field", "type", "required", "what it is"), rows)

    def _nested(self, schemas: Iterable[dict[str, Any]], levels: int) -> Iterator[str]:
        """Yield the fields of the objects within *schemas*, folded away, each object once."""
        level = [("", schema) for schema in schemas]
        seen = set()
        for _ in range(levels):
            inner = []
            for way, schema in level:
                for field in self._schemas.fields(schema):
                    for part in self._schemas.members(self._schemas.item(field.schema)):
                        name = self._schemas.name(part)
                        here = f"{way}{field.name}"
                        if (name or here) in seen or not self._schemas.fields(part):
                            continue
                        seen.add(name or here)
                        yield from self._folded(f"{here}: {name}" if name else here, part)
                        inner.append((f"{here}.", part))
            level = inner

    def _folded(self, title: str, schema: dict[str, Any]) -> Iterator[str]:
        yield from _fold(f"<code>{title}</code>", self._fields(schema))

    def _answers(self, call: Call) -> Iterator[str]:
        rows: list[_Row] = []
        models: dict[str, dict[str, Any]] = {}
        for status, reference in call.operation["responses"].items():
            answer = self._schemas.resolve(reference)
            schemas = [media["schema"] for media in answer.get("content", {}).values() if "schema" in media]
            if status.startswith("2"):
                kind = self._schemas.type(schemas[0]) if schemas else "`None`"
                models |= {self._schemas.name(self._schemas.item(schema)): schema for schema in schemas}
            else:
                kind = f"raises [`{error_class(status)}`](../errors.md)"
            rows.append((status, kind, answer["description"]))
        yield from _fold("Responses", _table(("status", "in Python", "when"), rows))
        for name, schema in models.items():
            for variant in self._schemas.members(self._schemas.item(schema)):
                if self._schemas.fields(variant):
                    yield from self._folded(self._schemas.name(variant) or name or "the answer", variant)
                    yield from self._nested([variant], _ANSWERED)


def _tabs(call: Call) -> Iterator[str]:
    """Yield the forms of a call, of which the site shows one at a time."""
    forms = {
        "Python": ("python", call.example),
        "asyncio": ("python", call.asynchronous),
        "Command line": ("sh", call.command),
        "curl": ("sh", call.curl),
    }
    for title, (language, code) in forms.items():
        yield f'=== "{title}"\n'
        yield indent(f"```{language}\n{code}```\n", "    ")


def _fold(title: str, blocks: Iterable[str]) -> Iterator[str]:
    """Yield blocks that are folded away until somebody asks for them."""
    yield f'<details markdown="1">\n<summary>{title}</summary>\n'
    yield from blocks
    yield "</details>\n"


def _table(head: _Row, rows: Iterable[_Row]) -> Iterator[str]:
    """Yield a table. A column in which there is nothing is left out."""
    found = list(rows)
    kept = [number for number in range(len(head)) if any(row[number] for row in found)]
    lines = [_line(head, kept), f"|{'---|' * len(kept)}", *(_line(row, kept) for row in found)]
    yield "\n".join(lines) + "\n"


def _line(row: _Row, kept: list[int]) -> str:
    cells = (" ".join(row[number].split()).replace("|", "\\|") for number in kept)
    return f"| {' | '.join(cells)} |"


def _link(call: Call, file: str = "") -> str:
    title = call.operation["summary"]
    return f"[{title}]({file}#{anchor(title)})"


def anchor(title: str) -> str:
    """Return the anchor of a heading, as the site and code hosts make it."""
    return re.sub(r"[^\w\- ]", "", title.lower()).strip().replace(" ", "-")
