"""One rule for what goes wrong in cleaning up: it is logged, and never replaces a response or another error."""

from __future__ import annotations

import logging
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager
from typing import Any, Protocol, TypeVar

__all__ = ["close_quietly", "closed_after_async", "quietly"]

_logger = logging.getLogger("pandadoc_client")


class _Closable(Protocol):
    def close(self) -> Any: ...


class _AsyncClosable(Protocol):
    async def aclose(self) -> Any: ...


_A = TypeVar("_A", bound=_AsyncClosable)


@contextmanager
def quietly(what: str) -> Generator[None]:
    """Clean up within the block: an error of it is logged by its type, as its text may hold anything.

    Args:
        what: What is cleaned up, for the log.
    """
    try:
        yield
    except Exception as error:
        _log_failure(what, error)


def _log_failure(what: str, error: Exception) -> None:
    _logger.warning("Closing %s failed: %s", what, type(error).__name__)


def close_quietly(thing: _Closable, what: str) -> None:
    """Close *thing*, `quietly`: the way that costs least, for what each call does."""
    try:
        thing.close()
    except Exception as error:
        _log_failure(what, error)


@asynccontextmanager
async def closed_after_async(thing: _A, what: str) -> AsyncGenerator[_A]:
    """Close *thing* at the end of the block, `quietly`."""
    try:
        yield thing
    finally:
        with quietly(what):
            await thing.aclose()
