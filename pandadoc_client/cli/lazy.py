"""Commands whose modules are imported when they are run: help and completion of the others cost nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command, get_group

from pandadoc_client.cli.common import add_common_options
from pandadoc_client.cli.profiles.selection import with_profile

__all__ = ["LazyCommand", "LazyGroup", "command_of"]


class LazyCommand(TyperCommand):
    """Stands in for a command in lists of commands, and makes it when it is run.

    Args:
        name: What it is called by.
        short_help: Its line in the list of commands.
        load: Returns the command itself.
    """

    def __init__(self, name: str, short_help: str, load: Callable[[], Any]) -> None:
        super().__init__(name, short_help=short_help, rich_markup_mode=None)
        self._load = load

    def make_context(self, info_name: str | None, args: list[str], parent: Any = None, **extra: Any) -> Any:
        """Return the context of the command itself; whoever runs it goes by the command that the context names."""
        return self._load().make_context(info_name, args, parent, **extra)


class LazyGroup(TyperGroup):
    """A group of commands, each known by the place where it is.

    Args:
        places: Name, module, attribute and short help of each: a function, or a ``typer.Typer`` for a group.
        settings: What a group of typer takes.
    """

    def __init__(self, places: Iterable[tuple[str, str, str, str]] = (), **settings: Any) -> None:
        super().__init__(**settings)
        for name, module, attribute, short_help in places:
            self.add_command(LazyCommand(name, short_help, _loader(name, module, attribute)))


def command_of(name: str, target: Any) -> Any:
    """Return the command that a function, or a ``typer.Typer``, stands for."""
    if isinstance(target, typer.Typer):
        command: Any = get_group(target)
    else:
        single = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)
        single.command(name)(target)
        command = get_command(single)
    command.name = name
    add_common_options(command)
    return with_profile(command)


def _loader(name: str, module: str, attribute: str) -> Callable[[], Any]:
    return lambda: command_of(name, getattr(import_module(module), attribute))
