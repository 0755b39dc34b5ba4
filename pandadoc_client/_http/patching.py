"""Whether somebody has put a function of their own into httpx, as tools for tracing and for tests do."""

from __future__ import annotations

from collections.abc import Sequence
from types import FunctionType

__all__ = ["TRANSPORT_STEPS", "is_patched"]

TRANSPORT_STEPS = ("handle_async_request",)
"""What a request goes through in transports and connections for asyncio."""


def is_patched(kind: type, names: Sequence[str]) -> bool:
    """Return whether one of the methods *names* of a class of httpx or httpcore is not its own.

    It is asked for each call, since a tool may come at any time, before this module or after.
    """
    for name in names:
        function = getattr(kind, name, None)
        # Not the name or the module of it, which functools.wraps copies from what it replaces.
        if function is not None and (
            type(function) is not FunctionType or not function.__globals__["__name__"].startswith(("httpx", "httpcore"))
        ):
            return True
    return False
