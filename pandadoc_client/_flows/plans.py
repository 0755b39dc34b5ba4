"""Flows as plans: generators that decide what comes next, and two drivers that do it, blocking and asynchronous.

A plan yields steps: functions without arguments, such as ``partial(look, document_id)``. A driver calls each, awaits
what it returns where the world is asynchronous, and sends the result back, or throws what was raised. What the
generator returns is the result of the flow. So a flow is written once, and has neither ``await`` nor a thread in it.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import Any, TypeAlias, TypeVar

__all__ = ["Plan", "run", "run_async"]

T = TypeVar("T")
Plan: TypeAlias = Generator[Callable[[], Any], Any, T]


def run(plan: Plan[T]) -> T:
    """Carry a plan out with calls that block, and return its result."""
    try:
        step = next(plan)
        while True:
            try:
                result = step()
            except BaseException as error:
                step = plan.throw(error)
            else:
                step = plan.send(result)
    except StopIteration as end:
        found: T = end.value
        return found


async def run_async(plan: Plan[T]) -> T:
    """Carry a plan out with calls that are awaited, and return its result. A cancellation is thrown into it, too."""
    try:
        step = next(plan)
        while True:
            try:
                result = await step()
            except BaseException as error:
                step = plan.throw(error)
            else:
                step = plan.send(result)
    except StopIteration as end:
        found: T = end.value
        return found
