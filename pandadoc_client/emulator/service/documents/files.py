"""Uploaded files: whether they are documents at all, and whether they can be read."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator

from ...contract.multipart import FilePart
from ..records import Record
from ..refusal import invalid

__all__ = ["check_document", "unreadable"]

_PDF = b"%PDF-"
_PDF_WITHIN = 1024  # bytes: what may stand before the mark of a PDF
_MARKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"{\\rtf", b"\x89PNG", b"\xff\xd8\xff", b"GIF8")
"""How Office files old and new, RTF and pictures begin."""
_TEXTS = (".md", ".markdown", ".txt", ".html", ".htm")
_TAG = re.compile(rb"[\[{](text|signature|initials|date|checkbox|dropdown)[*]?:([^\]:}\s_]*)")
"""A field tag in the text of a file, such as `[signature:client]`, and its role."""
_STREAM = re.compile(rb"stream\r?\n(.*?)endstream", re.DOTALL)


def check_document(file: bytes) -> None:
    """See that an upload is a file that a document can be made of.

    Raises:
        Refusal: 400 about `file`.
    """
    if not file:
        raise invalid("file", "The file is empty.")
    name = file.filename.lower() if isinstance(file, FilePart) else ""
    if _PDF not in file[:_PDF_WITHIN] and not file.startswith(_MARKS) and not name.endswith(_TEXTS):
        raise invalid("file", "The file is no document of a known kind.")


def unreadable(file: bytes, body: Record, *, strict: bool) -> str | None:
    """Return why a document cannot be made of a file, which the service finds out while it processes it.

    Args:
        file: The file.
        body: What was sent beside it.
        strict: Whether a PDF must have an end.
    """
    if _PDF in file[:_PDF_WITHIN]:
        if b"/Encrypt" in file:
            return "The file is protected by a password."
        if strict and b"%%EOF" not in file:
            return "The file is cut off."
    if body.get("parse_form_fields") is True:  # then form fields are read, and tags are text
        return None
    roles = {recipient["role"].lower() for recipient in body.get("recipients") or () if recipient.get("role")}
    for role in _tag_roles(file):
        if role not in roles:
            return f"A field tag names the role {role!r}, which no recipient has."
    return None


def _tag_roles(file: bytes) -> Iterator[str]:
    for text in _texts(file):
        for tag in _TAG.finditer(text):
            yield tag[2].decode("utf-8", "replace").lower()


def _texts(file: bytes) -> Iterator[bytes]:
    """Return a file as it is, and the streams of a PDF unpacked."""
    yield file
    for stream in _STREAM.finditer(file):
        unpacked = zlib.decompressobj()
        try:
            yield unpacked.decompress(stream[1], _MOST_UNPACKED)
        except zlib.error:
            continue


_MOST_UNPACKED = 1 << 20
