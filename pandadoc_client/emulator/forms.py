"""Reading `application/x-www-form-urlencoded` the hard way.

Ordinary parsers repair what they read: doubled fields collapse, `%zz` stays as it is, stray bytes become U+FFFD. A
client would never learn of its mistake, so this one refuses instead.
"""

from __future__ import annotations

import re
from urllib.parse import unquote_to_bytes

__all__ = ["FormError", "parse_form", "parse_unique"]

_BAD_ESCAPE = re.compile(rb"%(?![0-9A-Fa-f]{2})")
# A form serialiser leaves nothing but printable ASCII; the rest must come percent-encoded.
_PRINTABLE_ASCII = re.compile(rb"[\x21-\x7e]*")


class FormError(ValueError):
    """The bytes are not a form. The message names the defect, and a field only by its name."""


def parse_form(data: bytes) -> list[tuple[str, str]]:
    """Decode the fields of a form or a query, in order, doubles included.

    Raises:
        FormError: bytes outside printable ASCII, a field without `=`, a broken percent escape, text that is not UTF-8.
    """
    if not data:
        return []
    if not _PRINTABLE_ASCII.fullmatch(data):
        raise FormError("a form is printable ASCII; other bytes are percent-encoded")
    if _BAD_ESCAPE.search(data):
        raise FormError("a percent sign is not followed by two hexadecimal digits")
    fields: list[tuple[str, str]] = []
    for piece in data.split(b"&"):
        name, equals, value = piece.partition(b"=")
        if not (name and equals):
            raise FormError("a field is not written name=value")
        fields.append((_decode(name), _decode(value)))
    return fields


def parse_unique(data: bytes) -> dict[str, str]:
    """Decode a form in which no field may be repeated (RFC 6749 §3.1 and §3.2).

    Raises:
        FormError: as `parse_form`, and for a repeated field.
    """
    fields: dict[str, str] = {}
    for name, value in parse_form(data):
        if name in fields:
            raise FormError(f"the field {name[:40]!r} is repeated")
        fields[name] = value
    return fields


def _decode(text: bytes) -> str:
    try:
        return unquote_to_bytes(text.replace(b"+", b" ")).decode("utf-8")
    except UnicodeDecodeError:
        raise FormError("a field is not UTF-8") from None
