"""Read a JSON object of a server's member by member, so that what is odd in one does not cost the others.

Python's reader gives up on a whole document for a number of more than 4,300 digits, or for a value that is nested some
thousand levels deep. In the response of a token endpoint that would cost the grant.
"""

from __future__ import annotations

import json
import re
from typing import Any

__all__ = ["read_object"]

_NAME = re.compile(r'\s*("(?:[^"\\]|\\.)*")\s*:', re.DOTALL)
_PIECE = re.compile(r'"(?:[^"\\]|\\.)*"|[^"{}\[\],]+|[{}\[\],]', re.DOTALL)
_MOST_LEVELS = 100
"""How deep a member may be nested: what is read is written to a store, and read there again."""
_MOST_DIGITS = 300
"""Digits of a number that is read as one: longer ones stay text."""


def read_object(data: bytes) -> dict[str, Any]:
    """Return the members of a JSON object; those that are nested too deeply are left out.

    Raises:
        ValueError: It is no JSON object.
    """
    text = data.decode(json.detect_encoding(data), "surrogatepass").removeprefix("\ufeff").strip()
    if not (text.startswith("{") and text.endswith("}")):
        raise ValueError("no JSON object")
    found: dict[str, Any] = {}
    at, end = 1, len(text) - 1
    if not text[at:end].strip():
        return found
    while True:
        name = _NAME.match(text, at, end)
        if name is None:
            raise ValueError("a member without a name")
        after, levels = _end_of_value(text, name.end(), end)
        if levels <= _MOST_LEVELS:
            found[json.loads(name[1])] = json.loads(text[name.end() : after], parse_int=_integer)
        if after == end:
            return found
        at = after + 1  # behind the comma


def _end_of_value(text: str, begin: int, end: int) -> tuple[int, int]:
    """Return where the value that begins there ends, before a comma or at *end*, and how deep it is nested.

    Whether it is JSON is not looked at: what is not, its reader refuses.
    """
    level = levels = 0
    at = begin
    while piece := _PIECE.match(text, at, end):
        if piece[0] == "," and level == 0:
            return at, levels
        if piece[0] in ("{", "["):
            level += 1
            levels = max(levels, level)
        elif piece[0] in ("}", "]"):
            level -= 1
        at = piece.end()
    if at != end or level != 0:
        raise ValueError("a value without an end")
    return end, levels


def _integer(digits: str) -> int | str:
    return int(digits) if len(digits) <= _MOST_DIGITS else digits
