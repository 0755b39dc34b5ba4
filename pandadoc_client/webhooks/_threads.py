"""Calls in a thread that are seen to their end, whoever is cancelled meanwhile."""

from __future__ import annotations

import contextvars
from collections.abc import Callable
from typing import TypeVar, TypeVarTuple

__all__ = ["in_thread"]

_Result = TypeVar("_Result")
_Arguments = TypeVarTuple("_Arguments")


async def in_thread(
    function: Callable[[*_Arguments], _Result],
    *arguments: *_Arguments,
    undo: Callable[[_Result], None] | None = None,
) -> _Result:
    """Call *function* in a thread, and wait for its end even if cancelled; then *undo* its result, if it is lost."""
    import asyncio

    import anyio
    import anyio.to_thread

    with anyio.CancelScope(shield=True):
        if not _in_asyncio():
            return await anyio.to_thread.run_sync(function, *arguments)
        # The scope keeps off what anyio cancels, and not ``Task.cancel``, by which ``asyncio.timeout`` works as well.
        context = contextvars.copy_context()

        def call() -> _Result:
            return context.run(function, *arguments)

        future = asyncio.get_running_loop().run_in_executor(None, call)
        cancelled: asyncio.CancelledError | None = None
        while not future.done():
            try:
                await asyncio.wait([future])  # which leaves the future alone when it is cancelled
            except asyncio.CancelledError as error:
                cancelled = error
        if cancelled is not None:
            if future.exception() is None and undo is not None:
                await in_thread(undo, future.result())
            raise cancelled
        return future.result()
    raise AssertionError("a scope that nobody cancels was left early")  # type checkers think that it may be


def _in_asyncio() -> bool:
    """Return whether a task of asyncio runs: also False in a trio that is asyncio's guest."""
    import asyncio

    try:
        return asyncio.current_task() is not None
    except RuntimeError:
        return False
