"""What a comparison finds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

__all__ = ["Change", "Kind", "Side", "summary"]


class Side(StrEnum):
    """Which way a schema travels; it decides what breaks a program. A schema may travel both."""

    REQUEST = "request"
    ANSWER = "answer"
    BOTH = "both"

    @property
    def is_sent(self) -> bool:
        """Whether programs write it."""
        return self is not Side.ANSWER

    @property
    def is_read(self) -> bool:
        """Whether programs read it."""
        return self is not Side.REQUEST


class Kind(StrEnum):
    """What a change is about."""

    OPERATION = "operation"
    PARAMETER = "parameter"
    BODY = "body"
    ANSWER = "answer"
    SCHEMA = "schema"
    SECURITY = "security"


@dataclass(frozen=True, slots=True)
class Change:
    """One difference.

    Attributes:
        kind: What it is about.
        where: The operation or schema, and the place in it: ``GET /documents query count``, ``Document.status``.
        what: What happened, in words.
        breaking: Whether a program that was right before may fail after it.
    """

    kind: Kind
    where: str
    what: str
    breaking: bool


def summary(changes: Sequence[Change]) -> dict[str, int]:
    """Return how many changes there are, how many break something, and how many of each kind."""
    counts = {"changes": len(changes), "breaking": sum(change.breaking for change in changes)}
    return counts | {kind.value: sum(change.kind is kind for change in changes) for kind in Kind}
