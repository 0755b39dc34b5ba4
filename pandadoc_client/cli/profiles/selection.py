"""``--profile``: an option of every command that calls the API or reads the token store, and what it brings about."""

from __future__ import annotations

import functools
import os
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.main import get_command

if TYPE_CHECKING:
    from pandadoc_client.cli.profiles.registry import Profile

__all__ = ["ProfileName", "complete_profile", "selected", "with_profile"]

_SELECTED: ContextVar[Profile | None] = ContextVar("pandadoc_profile", default=None)
_NEED_ONE = frozenset({"region", "store"})


def complete_profile(incomplete: str) -> list[str]:
    """Return the profiles that begin with *incomplete*."""
    from pandadoc_client.cli.profiles.registry import read

    return [name for name in sorted(read().by_name) if name.startswith(incomplete)]


def _or_before(context: typer.Context, name: str | None) -> str | None:
    """Return the profile that stands here, else the one before the command: ``pandadoc --profile x documents …``."""
    return context.find_root().params.get("profile") if name is None else name


def _option(callback: Callable[..., str | None] | None) -> Any:
    return typer.Option(
        "--profile",
        metavar="NAME",
        help="Settings that 'pandadoc profile add' has given this name. [env: PANDADOC_PROFILE]",
        autocompletion=complete_profile,
        callback=callback,
    )


ProfileName = Annotated[str | None, _option(None)]
"""The option before the command."""


def selected() -> Profile | None:
    """Return the profile of the command that runs; None if it has none."""
    return _SELECTED.get()


def with_profile(command: Any) -> Any:
    """Return a command, or a group with all its commands, that takes ``--profile`` if it has a use for it.

    A profile fills the variables of the environment that are unset: what an option says is first, then the environment,
    then the profile. Its secrets are read by whoever needs them.
    """
    for below in getattr(command, "commands", {}).values():
        with_profile(below)
    names = {parameter.name for parameter in command.params}
    if names & _NEED_ONE and "profile" not in names:
        command.params.append(_parameter())
        command.callback = _filled(command.callback)
    return command


@functools.cache
def _parameter() -> Any:
    """Return the option as a parameter of a command: that of a command made for it."""
    made = typer.Typer(add_completion=False)

    @made.command()
    def only(profile: Annotated[str | None, _option(_or_before)] = None) -> None:  # pyright: ignore[reportUnusedFunction]
        """Nobody runs it."""

    return get_command(made).params[0]


def _filled(callback: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(callback)
    def run(*arguments: Any, profile: str | None, **values: Any) -> Any:
        from pandadoc_client.cli.profiles.registry import find

        found = find(profile)
        if found is None:
            return callback(*arguments, **values)
        if profile is not None:
            _warn_of_another(found, values)
        token = _SELECTED.set(found)
        try:
            with _variables(found.variables(os.environ)):
                return callback(*arguments, **values)
        finally:
            _SELECTED.reset(token)

    return run


def _warn_of_another(profile: Profile, values: Mapping[str, Any]) -> None:
    """Warn if the environment has a credential, which wins: whoever names a profile may have forgotten that."""
    chooses = "api_key" in values and all(values[name] is None for name in ("api_key", "store", "key"))
    if chooses and profile.credential is not None:
        for variable in ("PANDADOC_API_KEY", "PANDADOC_ACCESS_TOKEN"):
            if os.environ.get(variable):
                warnings.warn(f"{variable} is set, and wins over the profile {profile.name!r}", stacklevel=1)


@contextmanager
def _variables(added: Mapping[str, str]) -> Iterator[None]:
    """Add variables to the environment, where the library looks for what no option says."""
    before = {name: os.environ.get(name) for name in added}
    os.environ.update(added)
    try:
        yield
    finally:
        for name, text in before.items():
            os.environ.pop(name, None)
            if text is not None:
                os.environ[name] = text
