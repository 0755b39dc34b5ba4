"""Read JSON that others have written."""

from __future__ import annotations

import json
from typing import Any

__all__ = ["read_json"]


def read_json(data: bytes | str) -> Any:
    """Return the value of a JSON text. An integer of more digits than Python reads comes as the text of it.

    Raises:
        json.JSONDecodeError: It is no JSON.
        UnicodeDecodeError: It is not in UTF-8, UTF-16 or UTF-32.
        RecursionError: It is nested too deeply.
    """
    try:
        return json.loads(data)
    except (json.JSONDecodeError, UnicodeError):
        raise
    except ValueError:  # an integer of more than sys.get_int_max_str_digits() digits
        return json.loads(data, parse_int=_integer)


def _integer(text: str) -> int | str:
    try:
        return int(text)
    except ValueError:
        return text
