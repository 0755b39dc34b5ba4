"""Read JSON that others have written: by orjson where it is there and reads the same, else by the standard library."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable
from typing import Any

__all__ = ["read_json"]

# Integers of 19 digits and more, which orjson may read as floating-point numbers, have nine at every second place.
_DIGITS = bytes(0x30 if chr(code) in "0123456789" else 0x20 for code in range(256))
_MANY_DIGITS = b"0" * 9


def read_json(data: bytes | str) -> Any:
    """Return the value of a JSON text. An integer of more digits than Python reads comes as the text of it.

    What orjson does not read (NaN, large numbers, lone surrogates, other encodings, deep nesting), and what is no JSON,
    the standard library decides.

    Raises:
        json.JSONDecodeError: It is no JSON.
        UnicodeDecodeError: It is not in UTF-8, UTF-16 or UTF-32.
        RecursionError: It is nested too deeply.
    """
    quick = _quick_reader()
    if quick is not None and isinstance(data, bytes) and _MANY_DIGITS not in data[::2].translate(_DIGITS):
        try:
            return quick(data)
        except ValueError:
            pass
    try:
        return json.loads(data)
    except (json.JSONDecodeError, UnicodeError):
        raise
    except ValueError:  # an integer of more than sys.get_int_max_str_digits() digits
        return json.loads(data, parse_int=_integer)


@functools.cache
def _quick_reader() -> Callable[[bytes], Any] | None:
    """Return orjson's, which is imported when something is to be read; None if it is not installed."""
    try:
        import orjson
    except ImportError:
        return None
    return orjson.loads


def _integer(text: str) -> int | str:
    try:
        return int(text)
    except ValueError:
        return text
