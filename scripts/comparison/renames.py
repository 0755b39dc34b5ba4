"""Tell a rename from a removal and an addition.

What goes and what comes must mean the same, and nothing else may. A text for a text says little: there the names must
have a word in common, or nothing else goes and comes.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping

__all__ = ["renames"]

_TELLING = 40
"""Characters of a meaning that say more than a type does."""


def renames(gone: Mapping[str, str], come: Mapping[str, str]) -> dict[str, str]:
    """Return new names by old ones.

    Args:
        gone: What is there no longer: its meaning by its name.
        come: What is new, likewise.
    """
    lost, found = Counter(gone.values()), Counter(come.values())
    names = {meaning: name for name, meaning in come.items()}
    alone = len(gone) == len(come) == 1
    return {
        name: names[meaning]
        for name, meaning in gone.items()
        if lost[meaning] == found[meaning] == 1
        and (alone or len(meaning) > _TELLING or _words(name) & _words(names[meaning]))
    }


def _words(name: str) -> set[str]:
    return {word.lower() for word in re.findall(r"[A-Z]?[a-z]+|[A-Z]+|\d+", name)}
