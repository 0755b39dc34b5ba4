"""What a comparison finds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

__all__ = ["Change", "Kind", "Side", "grouped", "summary"]


class Side(StrEnum):
    """Which way a schema travels; it decides what breaks a program. A schema may travel both."""

    REQUEST = "request"
    RESPONSE = "response"
    BOTH = "both"

    @property
    def is_sent(self) -> bool:
        """Whether programs write it."""
        return self is not Side.RESPONSE

    @property
    def is_read(self) -> bool:
        """Whether programs read it."""
        return self is not Side.REQUEST


class Kind(StrEnum):
    """What a change is about."""

    DOCUMENT = "document"
    OPERATION = "operation"
    PARAMETER = "parameter"
    BODY = "body"
    RESPONSE = "response"
    SCHEMA = "schema"
    SECURITY = "security"


@dataclass(frozen=True, slots=True)
class Change:
    """One difference, in one place or in many.

    Attributes:
        kind: What it is about.
        subject: The operation, as ``GET /documents``, or the schema; empty for the document itself.
        place: The place in it: `` query count`` of an operation, ``.status`` of a schema.
        what: What happened, in words.
        breaking: Whether a program that was right before may fail after it.
        others: The other subjects that changed in the same way in the same place.
    """

    kind: Kind
    subject: str
    place: str
    what: str
    breaking: bool
    others: tuple[str, ...] = ()

    @property
    def where(self) -> str:
        """The subject, and the place in it."""
        return f"{self.subject}{self.place}".strip()

    @property
    def count(self) -> int:
        """How many places it happened in."""
        return 1 + len(self.others)

    def __str__(self) -> str:
        if not self.others:
            return f"{self.where}: {self.what}"
        examples = ", ".join((self.subject, *self.others[:2]))
        more = ", …" if len(self.others) > 2 else ""
        return f"{self.place.strip(' .') or self.kind}: {self.what} ({self.count} places: {examples}{more})"


_FEW = 3
"""As many of the same change are listed one by one."""


def grouped(changes: Iterable[Change]) -> list[Change]:
    """Return the changes, each once; those that happen alike in many subjects as one."""
    found: dict[tuple[object, ...], list[Change]] = {}
    for change in dict.fromkeys(changes):
        # Without a place in it, a change is about the subject as a whole: each of these is news of its own.
        key = (change.kind, change.place, change.what, change.breaking, "" if change.place else change.subject)
        found.setdefault(key, []).append(change)
    result: list[Change] = []
    for alike in found.values():
        if len(alike) <= _FEW:
            result += alike
        else:
            result.append(replace(alike[0], others=tuple(change.subject for change in alike[1:])))
    return result


def summary(changes: Sequence[Change]) -> dict[str, int]:
    """Return how many changes there are, in how many places, how many break something, and how many of each kind."""
    counts = {
        "changes": len(changes),
        "places": sum(change.count for change in changes),
        "breaking": sum(change.breaking for change in changes),
    }
    return counts | {kind.value: sum(change.kind is kind for change in changes) for kind in Kind}
