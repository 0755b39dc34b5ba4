"""``--profile``: an option of every command that calls the API or reads the token store, and what it brings about."""

from __future__ import annotations

import functools
import os
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

    What an option says is first, ``--profile`` included: a profile that is named on the command line replaces what the
    environment says of the same. One that is not fills the variables that are unset. Its secrets are read by whoever
    needs them.
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
        replaced = found.replaced() if profile is not None else frozenset[str]()
        if profile is None:
            _check_host(found, values)
        environment = {name: text for name, text in os.environ.items() if name not in replaced}
        token = _SELECTED.set(found)
        try:
            with _variables(found.variables(environment), replaced):
                return callback(*arguments, **values)
        finally:
            _SELECTED.reset(token)

    return run


def _check_host(profile: Profile, values: Mapping[str, Any]) -> None:
    """Refuse to send the credential of a profile that nobody has named here to a host that is not its own.

    Raises:
        CommandError: The environment names another host.
    """
    from pandadoc_client.cli.errors import CommandError
    from pandadoc_client.cli.profiles.registry import CREDENTIALS
    from pandadoc_client.oauth._settings import find_host

    given = [values.get(name) for name in ("host", "region", "api_key", "store", "key")]
    given += [os.environ.get(name) for name in CREDENTIALS]
    if profile.credential is None or profile.url is None or any(given):
        return
    named = next((name for name in ("PANDADOC_HOST", "PANDADOC_REGION") if os.environ.get(name)), None)
    if named is not None and find_host(None, None)[0] != profile.url:
        raise CommandError(
            f"{named} names another host than the profile {profile.name!r}, whose credential it must not get: unset it,"
            f" or say --profile {profile.name}"
        )


@contextmanager
def _variables(added: Mapping[str, str], removed: frozenset[str]) -> Iterator[None]:
    """Add variables to the environment, where the library looks for what no option says, and take others out."""
    before = {name: os.environ.get(name) for name in {*added, *removed}}
    for name in removed:
        os.environ.pop(name, None)
    os.environ.update(added)
    try:
        yield
    finally:
        for name, text in before.items():
            os.environ.pop(name, None)
            if text is not None:
                os.environ[name] = text
