"""Progress on a terminal, on standard error; nowhere else is anything shown."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

__all__ = ["moving", "waiting"]


@contextmanager
def moving(what: str) -> Iterator[Callable[[int, int | None], None] | None]:
    """Yield what shows how many bytes have moved: a bar on a terminal, else None.

    Args:
        what: What moves, in a few words.
    """
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.markup import escape
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn())
    with Progress(*columns, console=Console(file=sys.stderr)) as bar:
        task = bar.add_task(escape(what), total=None)
        yield lambda moved, size: bar.update(task, total=size, completed=moved)


@contextmanager
def waiting(what: str) -> Iterator[None]:
    """Show that something is waited for, and for how long already.

    Args:
        what: What is waited for, in a few words.
    """
    if not sys.stderr.isatty():
        yield
        return
    from rich.console import Console
    from rich.markup import escape
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=Console(file=sys.stderr)) as spinner:
        spinner.add_task(escape(what), total=None)
        yield
