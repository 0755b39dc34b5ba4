"""Shapes of responses: which members there are and of which types. No value is kept but some harmless words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any

from attrs import Factory, field, frozen

from pandadoc_client.cli.documents.drafts import STATUSES
from pandadoc_client.cli.operations import contract

__all__ = ["MAP_ENTRY", "MISSING", "Seen", "Shape", "known_names", "shape_of"]

MAP_ENTRY = "*"
"""The member that stands for all entries of a map, whose keys are the account's own."""
MISSING = frozenset[str]()

_MAPS = frozenset(
    {
        "custom_columns",
        "custom_fields",
        "data",
        "discounts",
        "external_columns",
        "fees",
        "fields_mapping",
        "merged_data",
        "metadata",
        "multipliers",
        "query_params_object",
        "request_body",
        "response_body",
        "taxes",
        "text_columns",
    }
)
_NAME = re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)*", re.ASCII)
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", re.ASCII)
_WORD = re.compile(r"\w+")
_LONGEST_NAME = 40
# Words that the contract has as plain text, though the API has a list of them.
_WORDS: Mapping[str, frozenset[str]] = {
    "status": frozenset(
        {
            *(f"document.{status}" for status in STATUSES),
            *(f"{kind}.{state}" for kind in ("template", "cli") for state in ("UPLOADED", "PROCESSED", "ERROR")),
        }
    ),
    "recipient_type": frozenset({"signer", "CC", "approver"}),
    "type": frozenset(
        {
            "recipient",
            "recipient_group",
            "authentication_error",
            "not_found",
            "permissions_error",
            "request_error",
            "throttled",
            "validation_error",
        }
    ),
    "error": frozenset(
        {"invalid_client", "invalid_grant", "invalid_request", "invalid_scope", "unsupported_grant_type"}
    ),
}


@frozen
class Shape:
    """What is known of the values at one place of a response.

    Attributes:
        kinds: Their types: ``text``, ``time``, ``number``, ``boolean``, ``null``, ``object``, ``list``; for a whole
            body also ``nothing`` and ``no JSON``.
        members: The members of objects.
        item: The items of lists; None if there were none.
        words: The texts that may be told: members of an enumeration.
        has_other_text: Whether there were texts that may not.
    """

    kinds: frozenset[str] = MISSING
    members: Mapping[str, Shape] = field(default=Factory(dict))
    item: Shape | None = None
    words: frozenset[str] = MISSING
    has_other_text: bool = False

    def joined(self, other: Shape) -> Shape:
        """Return the shape of the values of both."""
        members = dict(self.members)
        for name, shape in other.members.items():
            members[name] = members[name].joined(shape) if name in members else shape
        items = [one for one in (self.item, other.item) if one is not None]
        return Shape(
            self.kinds | other.kinds,
            members,
            _all(items) if items else None,
            self.words | other.words,
            self.has_other_text or other.has_other_text,
        )


def shape_of(value: Any, name: str = "") -> Shape:
    """Return the shape of a JSON value.

    Args:
        value: The value.
        name: The member that has it.
    """
    if isinstance(value, Mapping):
        if name in _MAPS:
            entry = _all([shape_of(item) for item in value.values()])
            return Shape(frozenset({"object"}), {MAP_ENTRY: entry} if value else {})
        return Shape(frozenset({"object"}), {str(key): shape_of(item, str(key)) for key, item in value.items()})
    if isinstance(value, list):
        items = [shape_of(item, name) for item in value]
        return Shape(frozenset({"list"}), item=_all(items) if items else None)
    if isinstance(value, str):
        known = value in _words(name)
        kind = "time" if _TIME.match(value) else "text"
        return Shape(frozenset({kind}), words=frozenset({value} if known else ()), has_other_text=not known)
    kinds = {bool: "boolean", int: "number", float: "number", type(None): "null"}
    return Shape(frozenset({kinds[type(value)]}))


def _all(shapes: Iterable[Shape]) -> Shape:
    found = Shape()
    for shape in shapes:
        found = found.joined(shape)
    return found


class Seen:
    """The words of all that an account has sent, so that none of them is reported as the name of a member."""

    def __init__(self) -> None:
        self._words: set[str] = set()

    def add(self, value: Any) -> None:
        """Remember the texts of a response, and the keys of its maps."""
        self._words.update(word.lower() for text in _texts(value) for word in (text, *_WORD.findall(text)))

    def shown(self, name: str) -> str:
        """Return the name of a member as it may be reported: it is the contract's, or cannot be anything personal."""
        if name == MAP_ENTRY or name in known_names():
            return name
        is_name = len(name) <= _LONGEST_NAME and _NAME.fullmatch(name)
        personal = self._words.intersection((name, *name.split("_")))
        return name if is_name and not personal else "(masked)"


def _texts(value: Any, name: str = "") -> Iterator[str]:
    if isinstance(value, Mapping):
        for key, item in value.items():
            if name in _MAPS:
                yield str(key)
            yield from _texts(item, str(key))
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item, name)
    elif isinstance(value, str):
        yield value


@cache
def known_names() -> frozenset[str]:
    """Return the names that members have by the contract."""
    return frozenset({"non_field_errors", "error", "error_description", *_enumerations()})


def _words(name: str) -> frozenset[str]:
    return _WORDS.get(name, MISSING) | _enumerations().get(name, MISSING)


@cache
def _enumerations() -> Mapping[str, frozenset[str]]:
    """Return the members of the enumerations in the contract by the name that has them; most names have none."""
    found: dict[str, set[str]] = {}
    nodes: list[Any] = [contract()]
    while nodes:
        node = nodes.pop()
        if isinstance(node, Mapping):
            properties = node.get("properties")
            if isinstance(properties, Mapping):
                for name, schema in properties.items():
                    found.setdefault(name, set()).update(_members(schema))
            nodes.extend(node.values())
        elif isinstance(node, list):
            nodes.extend(node)
    return {name: frozenset(words) for name, words in found.items()}


def _members(schema: Any) -> Iterator[str]:
    """Yield the texts that a schema, or a part of it that has no members of its own, has as an enumeration."""
    if not isinstance(schema, Mapping):
        return
    yield from (word for word in schema.get("enum", ()) if isinstance(word, str))
    for part in ("allOf", "anyOf", "oneOf"):
        for option in schema.get(part, ()):
            yield from _members(option)
