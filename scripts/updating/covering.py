"""Hold our document against the vendor's: ours has all that theirs has, but for differences that were accepted."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml
from comparison.changes import Change
from comparison.operations import compare_documents

from .facts import facts

__all__ = ["uncovered"]

ACCEPTED = Path(__file__).with_name("accepted.yaml")


def uncovered(theirs: dict[str, Any], ours: dict[str, Any]) -> list[str]:
    """Return a line for each difference that nobody accepted, and for each accepted one that there is no more.

    Args:
        theirs: The facts of the vendor's document.
        ours: Our document.
    """
    accepted = yaml.safe_load(ACCEPTED.read_text(encoding="utf-8"))
    used: set[int] = set()
    lines = []
    for change in compare_documents(theirs, facts(ours)):
        entry = next((index for index, one in enumerate(accepted) if _is_of(change, one)), None)
        if entry is None:
            lines.append(f"{change}: a difference from the vendor's document that nobody accepted")
        else:
            used.add(entry)
    for index, one in enumerate(accepted):
        if index not in used:
            lines.append(f"{ACCEPTED.name}: {one['where']}: {one['what']}: there is no such difference any more")
    return lines


def _is_of(change: Change, entry: dict[str, Any]) -> bool:
    if (change.breaking and not entry.get("breaking")) or entry.get("kind", change.kind) != change.kind:
        return False
    subjects = (change.subject, *change.others)
    return _fits(change.what, entry["what"]) and all(
        _fits(f"{subject}{change.place}".strip(), entry["where"]) for subject in subjects
    )


def _fits(text: str, pattern: str) -> bool:
    """Whether *pattern* says *text*; a star in it stands for anything."""
    return re.fullmatch(".*".join(map(re.escape, pattern.split("*"))), text, re.DOTALL) is not None
