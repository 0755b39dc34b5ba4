"""Options that every command has, ``--debug`` and, beside ``--json``, ``--jq``; and what they set while it runs."""

from __future__ import annotations

import json
import logging
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from importlib import import_module
from typing import Annotated, Any

import typer
from typer.main import get_command

from pandadoc_client.cli.errors import EXIT_FAILURE, CommandError

__all__ = ["add_common_options", "check_formats", "jq_filter", "json_wanted"]

_LOG = "PANDADOC_LOG"
_Filter = Callable[[str], Iterator[str]]
_filter: ContextVar[_Filter | None] = ContextVar("filter", default=None)


def jq_filter() -> _Filter | None:
    """Return what ``--jq`` makes of a JSON document, line by line; None if it was not given."""
    return _filter.get()


def json_wanted(given: bool) -> bool:
    """Return whether JSON is to be printed: ``--jq`` asks for it as well."""
    return given or _filter.get() is not None


def check_formats(*, as_json: bool, as_csv: bool) -> None:
    """Refuse two formats at once.

    Raises:
        CommandError: Both are wanted.
    """
    if as_json and as_csv:
        raise CommandError("--csv goes with neither --json nor --jq: give one of them")


def _show_messages(context: typer.Context, wanted: bool) -> bool:
    if wanted and not context.resilient_parsing:
        from pandadoc_client._http.logging import logger

        handler = logging.StreamHandler(sys.stderr)
        before, level, propagate = os.environ.get(_LOG), logger.level, logger.propagate
        os.environ[_LOG] = "trace"  # said as the environment does, so that one place decides
        logger.addHandler(handler)
        logger.propagate = False

        def restore() -> None:
            os.environ.pop(_LOG)
            os.environ.update({} if before is None else {_LOG: before})
            logger.removeHandler(handler)
            logger.setLevel(level)
            logger.propagate = propagate

        context.call_on_close(restore)
    return wanted


def _set_filter(context: typer.Context, expression: str | None) -> str | None:
    if expression is not None and not context.resilient_parsing:
        _filter.set(_compiled(expression))
    return expression


def _compiled(expression: str) -> _Filter:
    """Return a program of jq as a function; texts come out as they are, all else as JSON.

    Raises:
        CommandError: It is none; or, later, it does not fit the document.
    """
    try:
        program: Any = import_module("jq").compile(expression)  # it has no types
    except ValueError as error:
        raise CommandError(f"--jq: {error}") from None

    def lines(document: str) -> Iterator[str]:
        found = iter(program.input_text(document))
        while True:
            try:
                with _ended_by_interrupt():
                    value = next(found)
            except StopIteration:
                return
            except ValueError as error:
                raise CommandError(f"--jq: {error}", EXIT_FAILURE) from None
            as_it_is = isinstance(value, str) and not sys.stdout.isatty()  # a terminal could be steered by a text
            yield value if as_it_is else json.dumps(value, separators=(",", ":"))

    return lines


@contextmanager
def _ended_by_interrupt() -> Iterator[None]:
    """Let Ctrl-C end the process: Python looks at it when jq returns, which a program of jq's need never do."""
    is_main = threading.current_thread() is threading.main_thread()
    if not is_main or signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
        yield
        return
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def _debug(
    debug: Annotated[
        bool,
        typer.Option(
            "--debug",
            help="Show every request and response on standard error, secrets masked.",
            callback=_show_messages,
            expose_value=False,
            is_eager=True,
        ),
    ] = False,
) -> None: ...


def _jq(
    jq: Annotated[
        str | None,
        typer.Option(
            "--jq",
            metavar="EXPRESSION",
            help="Print what this program of jq makes of the JSON.",
            callback=_set_filter,
            expose_value=False,
            is_eager=True,
        ),
    ] = None,
) -> None: ...


def add_common_options(command: Any) -> None:
    """Give a command, and those in a group, the options that all have."""
    for inner in getattr(command, "commands", {}).values():
        add_common_options(inner)
    names = {parameter.name for parameter in command.params}
    if "as_json" in names:
        command.params += _options(_jq)
    if not hasattr(command, "commands"):
        command.params += _options(_debug)


def _options(declaring: Callable[..., None]) -> list[Any]:
    single = typer.Typer(add_completion=False, rich_markup_mode=None)
    single.command()(declaring)
    found: list[Any] = get_command(single).params
    return found
