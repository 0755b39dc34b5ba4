"""Media types of bodies (RFC 9110 section 8.3)."""

from __future__ import annotations

from werkzeug.http import parse_options_header

__all__ = ["FORM_DATA", "JSON", "URLENCODED", "media_type"]

JSON = "application/json"
FORM_DATA = "multipart/form-data"
"""Forms with files (RFC 7578)."""
URLENCODED = "application/x-www-form-urlencoded"


def media_type(content_type: str) -> str:
    """Return the media type of a `Content-Type`, in lower case, without its parameters."""
    return parse_options_header(content_type)[0].lower()
