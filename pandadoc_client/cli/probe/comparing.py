"""What differs between two responses to the same request."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Literal

from attrs import frozen

from pandadoc_client.cli.probe.shapes import MAP_ENTRY, Shape

__all__ = ["Difference", "Kind", "Observation", "compare", "header_shapes"]

Kind = Literal["status", "header", "missing", "additional", "type", "null", "value"]

_MEDIA_TYPES = frozenset(
    {
        "application/json",
        "application/octet-stream",
        "application/pdf",
        "application/problem+json",
        "text/html",
        "text/plain",
    }
)
_OTHER = "(other)"
_NONE = "(none)"
_RATE = re.compile(r"(?:x-)?ratelimit(?:-(?:limit|remaining|reset|policy))?", re.ASCII)


@frozen
class Observation:
    """What may be reported of a response.

    Attributes:
        status: The status code.
        headers: The interesting headers by lower-case name; a word for the kind of their value.
        body: The shape of the body.
        throttled_without_wait: Whether a 429 came before that did not say how long to wait.
    """

    status: int
    headers: Mapping[str, str]
    body: Shape
    throttled_without_wait: bool = False


@frozen
class Difference:
    """One difference.

    Attributes:
        kind: What it is about; ``missing`` is a member that the account's response lacks, ``additional`` one that the
            emulator's lacks, ``value`` a member of an enumeration.
        place: Where it is: ``results[].id``, the name of a header, or nothing for the status.
        account: What the account sent, in our words.
        emulator: What the emulator sent.
    """

    kind: Kind
    place: str
    account: str
    emulator: str


def header_shapes(headers: Mapping[str, str]) -> dict[str, str]:
    """Return the headers worth a comparison, each with a word for its value."""
    found: dict[str, str] = {}
    for name, value in headers.items():
        lower = name.lower()
        if lower == "content-type":
            found[lower] = _media_type(value)
        elif lower == "retry-after" or _RATE.fullmatch(lower):
            found[lower] = "number" if value.strip().isdecimal() else "text"
        elif lower == "www-authenticate":
            scheme = value.partition(" ")[0].lower()
            found[lower] = scheme if scheme in ("basic", "bearer", "api-key") else _OTHER
        elif lower == "content-disposition":
            kind = value.partition(";")[0].strip().lower()
            found[lower] = kind if kind in ("attachment", "inline") else _OTHER
        elif lower in ("allow", "location"):
            found[lower] = "there"
    return found


def _media_type(value: str) -> str:
    kind, _, parameters = value.lower().partition(";")
    kind = kind.strip() if kind.strip() in _MEDIA_TYPES else _OTHER
    if not parameters.strip():
        return kind
    return f"{kind}; charset=utf-8" if parameters.strip() == "charset=utf-8" else f"{kind}; {_OTHER}"


def compare(
    account: Observation, emulator: Observation, *, exact: bool = False, shown: Callable[[str], str] = str
) -> list[Difference]:
    """Return what differs.

    Args:
        account: What the account sent.
        emulator: What the emulator sent.
        exact: Whether the request determines the enumerated values of the response's own members.
        shown: Makes the name of a member fit to be reported.
    """
    found: list[Difference] = []
    if account.throttled_without_wait != emulator.throttled_without_wait:
        words = [_NONE if one.throttled_without_wait else "number" for one in (account, emulator)]
        found.append(Difference("header", "retry-after", *words))
    if account.status != emulator.status:
        # The rest follows from it.
        return [*found, Difference("status", "", str(account.status), str(emulator.status))]
    for name in sorted({*account.headers, *emulator.headers}):
        values = account.headers.get(name, _NONE), emulator.headers.get(name, _NONE)
        if values[0] != values[1]:
            found.append(Difference("header", name, *values))
    return [*found, *_bodies(account.body, emulator.body, "", exact, shown)]


def _bodies(
    account: Shape, emulator: Shape, place: str, exact: bool, shown: Callable[[str], str]
) -> Iterator[Difference]:
    kinds = [one.kinds - {"null"} for one in (account, emulator)]
    if "text" in kinds[0] & kinds[1]:  # a text may be a time by chance
        kinds = [one - {"time"} for one in kinds]
    if ("null" in account.kinds) != ("null" in emulator.kinds):
        yield Difference("null", place or "(body)", _kinds(account.kinds), _kinds(emulator.kinds))
    elif kinds[0] != kinds[1]:
        yield Difference("type", place or "(body)", _kinds(account.kinds), _kinds(emulator.kinds))
    if _differ(account, emulator, exact and place.count(".") == 0 and "[" not in place):
        yield Difference("value", place, _words(account), _words(emulator))
    if "object" in account.kinds & emulator.kinds:
        for name in [*account.members, *(name for name in emulator.members if name not in account.members)]:
            inner = f"{place}.{shown(name)}" if place else shown(name)
            ours, theirs = emulator.members.get(name), account.members.get(name)
            if theirs is None and ours is not None:
                if name != MAP_ENTRY:
                    yield Difference("missing", inner, _NONE, _kinds(ours.kinds))
            elif ours is None and theirs is not None:
                if name != MAP_ENTRY:
                    yield Difference("additional", inner, _kinds(theirs.kinds), _NONE)
            elif ours is not None and theirs is not None and name != MAP_ENTRY:
                yield from _bodies(theirs, ours, inner, exact, shown)
    if account.item is not None and emulator.item is not None:
        yield from _bodies(account.item, emulator.item, f"{place}[]", exact, shown)


def _differ(account: Shape, emulator: Shape, exact: bool) -> bool:
    """Tell whether one has a word that the list does not have where the other has none such, or another word at all."""
    if exact and (account.words or emulator.words):
        return (account.words, account.has_other_text) != (emulator.words, emulator.has_other_text)
    for one, other in ((account, emulator), (emulator, account)):
        if one.has_other_text and not other.has_other_text and other.words:
            return True
    return False


def _kinds(kinds: frozenset[str]) -> str:
    return " or ".join(sorted(kinds, key=lambda kind: (kind == "null", kind))) or _NONE


def _words(shape: Shape) -> str:
    return ", ".join([*sorted(shape.words), *(["(another value)"] if shape.has_other_text else [])]) or _NONE
