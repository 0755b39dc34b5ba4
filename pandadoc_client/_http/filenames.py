"""Names of files: which one a response gives (RFC 6266), and what of it is safe."""

from __future__ import annotations

import contextlib
import re
import unicodedata
from collections.abc import Mapping
from urllib.parse import unquote_to_bytes

__all__ = ["filename_of", "safe_filename"]

_LONGEST = 200  # bytes of a name: most file systems take 255, and a number and a suffix may come to it
_NOT_IN_NAMES = re.compile(r'[<>:"|?*%\x00-\x1f\x7f]')
_DEVICES = re.compile(r"(?i)(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\.|$)")  # what Windows opens in place of a file
_EXTENDED = re.compile(r"(?i);\s*filename\*\s*=\s*([A-Za-z0-9-]+)'[^']*'([^;\s]+)")
_PLAIN = re.compile(r'(?i);\s*filename\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^;\s]+))')


def safe_filename(name: str | None, default: str = "download") -> str:
    """Return a name that a server chose as one that is a file in a folder, whatever it was.

    What is left is the last part of a path, without control characters, invisible ones, those that a file system gives
    a meaning, leading dots, trailing dots and spaces; it is no device of Windows, and of at most 200 bytes with its
    ending kept.

    Args:
        name: The name; None stands for *default*.
        default: What to return where nothing is left.
    """
    text = unicodedata.normalize("NFC", re.split(r"[/\\]", name or "")[-1])
    text = _NOT_IN_NAMES.sub("_", text)
    text = "".join(" " if char.isspace() else char for char in text if unicodedata.category(char)[0] != "C")
    text = text.lstrip(". ").rstrip(". ")
    stem, dot, ending = text.rpartition(".")
    if dot and 0 < len(ending.encode()) <= 20:
        text = f"{_cut(stem, _LONGEST - len(ending.encode()) - 1)}.{ending}"
    text = _cut(text, _LONGEST)
    return (f"_{text}" if _DEVICES.match(text) else text) or default


def _cut(text: str, size: int) -> str:
    return text.encode()[:size].decode("utf-8", "ignore").rstrip(". ")


def filename_of(headers: Mapping[str, str]) -> str | None:
    """Return the name in the Content-Disposition of a response (RFC 6266), as it came; None if there is none.

    It is the server's: use it by way of `safe_filename` only.
    """
    value = ";" + headers.get("content-disposition", "").partition(";")[2]
    extended = _EXTENDED.search(value)
    if extended:
        with contextlib.suppress(LookupError, UnicodeError):
            return unquote_to_bytes(extended[2]).decode(extended[1])
    plain = _PLAIN.search(value)
    if not plain:
        return None
    name = re.sub(r"\\(.)", r"\1", plain[1]) if plain[1] is not None else plain[2]
    with contextlib.suppress(UnicodeError):  # headers are read as Latin-1, and many servers send UTF-8
        return name.encode("latin-1").decode("utf-8")
    return str(name)
