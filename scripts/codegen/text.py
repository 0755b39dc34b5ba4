"""Text on its way into docstrings."""

from __future__ import annotations

import textwrap
from typing import Any

from openapi_python_client.strings import safe_for_docstring

__all__ = ["sentence", "wrapped"]


def sentence(text: Any) -> str:
    """Return *text*, which may be anything from the document, on one line that may stand in a docstring."""
    line = " ".join(safe_for_docstring(text).split())
    return f"{line} " if line.endswith(('"', "\\")) else line


def wrapped(text: Any, margin: int, hanging: int = 0) -> str:
    """Return *text* in lines that end before column 120, the further ones indented by *margin* and *hanging*."""
    first, further = " " * margin, " " * (margin + hanging)
    return "\n".join(textwrap.wrap(sentence(text), 118, initial_indent=first, subsequent_indent=further))[margin:]
