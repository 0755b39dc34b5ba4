"""What tools that report errors show: the text of each error in a chain, and the local variables of its frames."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from _pytest._io.saferepr import saferepr
from rich.pretty import pretty_repr

__all__ = ["chain", "frames", "leaks", "objects"]


def chain(error: BaseException) -> list[BaseException]:
    """Return *error* and all that led to it, as far as Python prints it."""
    links = [error]
    for link in links:
        before = (link.__cause__, None if link.__suppress_context__ else link.__context__)
        links += [other for other in before if other is not None and other not in links]
    return links


def frames(error: BaseException) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the frames of the package in the tracebacks of *error* and of what led to it: the place, and the locals."""
    for link in chain(error):
        trace = link.__traceback__
        while trace is not None:
            module = trace.tb_frame.f_globals.get("__name__", "")  # a dataclass's own methods are in no file
            if module.partition(".")[0] == "pandadoc_client":
                yield f"{module}:{trace.tb_lineno} {trace.tb_frame.f_code.co_qualname}", dict(trace.tb_frame.f_locals)
            trace = trace.tb_next


def objects(error: BaseException) -> Iterator[Any]:
    """Yield what the methods in the traceback of *error* belong to."""
    for _, variables in frames(error):
        if "self" in variables:
            yield variables["self"]


def leaks(error: BaseException, *secrets: str) -> list[str]:
    """Return where a tool would show one of *secrets*: in the text of an error, or in a variable of the package."""
    found = []
    for link in chain(error):
        text = f"{link} {link!r} {link.args!r}"
        found += [f"{type(link).__name__} itself" for secret in secrets if secret in text]
    for place, variables in frames(error):
        for name, value in variables.items():
            # As Sentry, loguru and traceback have it; as rich has it, which cuts long text; and as pytest -l has it.
            shown = f"{value!r} {pretty_repr(value, max_string=80, max_length=10)} {saferepr(value)}"
            found += [f"{place}: {name}" for secret in secrets if secret in shown]
    return found
