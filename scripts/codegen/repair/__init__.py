"""Named passes that make a valid document one that openapi-python-client takes without loss.

A pass is a function that changes the document in place and returns a line for each change; its module says why it is
needed. Passes run in the order of `PASSES`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .explicit_security import explicit_security

__all__ = ["PASSES", "repair"]

PASSES: tuple[Callable[[dict[str, Any]], list[str]], ...] = (explicit_security,)


def repair(document: dict[str, Any]) -> dict[str, list[str]]:
    """Run every pass over *document*, in place, and return what each changed, by the pass's name."""
    return {step.__name__: step(document) for step in PASSES}
