"""What a handler answers with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..contract.requests import ValidRequest
from .world import World

__all__ = ["EMPTY", "Handler", "Handlers", "Reply"]


@dataclass(frozen=True, slots=True)
class Reply:
    """The answer to a call.

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
"""The answer without a body."""

Handler = Callable[[World, ValidRequest], Reply]
"""Answers a call; it is called within `Tables.change`, and raises `Refusal` to say no."""
Handlers = Mapping[str, Handler]
"""Handlers by `operationId`."""
