"""What a handler answers with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from ..contract.requests import ValidRequest
from .backend import Backend

__all__ = ["EMPTY", "Handler", "Handlers", "Reply"]


@dataclass(frozen=True, slots=True)
class Reply:
    """The response to a call.

    Attributes:
        value: The JSON value; None for no body.
        status: The status code; None for the ordinary success of the operation.
        headers: Further headers.
        content: The bytes of a file, in place of JSON.
        media_type: Their type.
    """

    value: Any = None
    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    content: bytes | None = None
    media_type: str = "application/pdf"


EMPTY = Reply()
"""The response without a body."""

Handler = Callable[[Backend, ValidRequest], Reply]
"""Answers a call; it is called within `Tables.change`, and raises `Refusal` to say no."""
Handlers = Mapping[str, Handler]
"""Handlers by `operationId`."""


def content_disposition(name: str) -> str:
    """Return a `Content-Disposition` (RFC 6266), the name in ASCII and, where that loses something, in UTF-8."""
    plain = "".join(letter if letter.isascii() and letter.isprintable() else "_" for letter in name)
    text = f'attachment; filename="{plain.replace(chr(92), "_").replace(chr(34), "_")}"'
    return text if plain == name else f"{text}; filename*=UTF-8''{quote(name, safe='')}"
