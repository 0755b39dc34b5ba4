"""What stands behind an option: text, a secret or JSON, as it is, in a file or on standard input."""

from __future__ import annotations

import json
import os
import sys
from datetime import UTC, datetime
from typing import Any, NoReturn

from pandadoc_client._http.secrets import hide
from pandadoc_client.cli.errors import CommandError

__all__ = ["PLACE", "SECRET_PLACE", "check_file", "complete_place", "json_at", "moment_at", "pairs", "secret_at"]

PLACE = "@FILE for what a file holds, - for standard input"
SECRET_PLACE = f"{PLACE}, where a terminal asks unseen"
_SECRET_LIMIT = 64 * 1024
_JSON_LIMIT = 64 * 1024 * 1024


def complete_place(incomplete: str) -> list[str]:
    """Return the files and folders that ``@FILE`` may stand for, for the completion of a shell."""
    if not incomplete.startswith("@"):
        return []
    folder, name = os.path.split(incomplete[1:])
    try:
        entries = sorted(os.scandir(folder or "."), key=lambda entry: entry.name)
    except OSError:
        return []
    shown = [entry for entry in entries if entry.name.startswith(name) and (name or not entry.name.startswith("."))]
    return [f"@{os.path.join(folder, entry.name)}{'/' if entry.is_dir() else ''}" for entry in shown]


def secret_at(option: str, given: str) -> str:
    """Return a secret: *given* itself, or what stands at the place that it names.

    Args:
        option: The option, for messages.
        given: The secret, ``@FILE``, or ``-`` for standard input; at a terminal a person types it, unseen.

    Raises:
        CommandError: There is nothing there; the message shows nothing of it.
    """
    if given == "-" or given.startswith("@"):
        text = _typed(option) if given == "-" else None
        given = _read(option, given, _SECRET_LIMIT) if text is None else text
        given = given.removesuffix("\n").removesuffix("\r")
    if not given:
        raise CommandError(f"{option} is empty")
    secret: str = hide(given)
    return secret


def json_at(option: str, given: str) -> Any:
    """Return the JSON value that *given* is, or that stands at the place that it names.

    Args:
        option: The option, for messages.
        given: JSON, ``@FILE``, or ``-`` for standard input.

    Raises:
        CommandError: There is none, or it is no JSON (RFC 8259); the message says where it is wrong.
    """
    if given == "-" or given.startswith("@"):
        place = f" in {'standard input' if given == '-' else given[1:]}"
        given = _read(option, given, _JSON_LIMIT)
    else:
        place = ""
    try:
        return json.loads(given, parse_constant=_refuse)
    except json.JSONDecodeError as error:
        where = f"{error.msg} at line {error.lineno}, column {error.colno}"
    except (ValueError, RecursionError) as error:
        where = str(error) or "it is nested too deep"
    raise CommandError(f"{option} takes JSON, @FILE or -; this is no JSON{place}: {where}")


def moment_at(option: str, given: str) -> datetime:
    """Return a point in time, ISO 8601: a day stands for its beginning, and a time without a zone is in UTC.

    Raises:
        CommandError: It is none.
    """
    try:
        moment = datetime.fromisoformat(given)
    except ValueError:
        example = "2026-01-31 or 2026-01-31T09:30:00Z"
        raise CommandError(f"{option} must be a date or time such as {example}, and not {given[:40]!r}") from None
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)


def pairs(option: str, given: list[str] | None) -> dict[str, str]:
    """Return the names and values of an option that takes ``NAME=VALUE`` and may be repeated.

    Raises:
        CommandError: One has no name, or comes twice.
    """
    found: dict[str, str] = {}
    for text in given or ():
        name, equals, value = text.partition("=")
        if not (name and equals):
            raise CommandError(f"{option} takes NAME=VALUE, and not {text!r}")
        if name in found:
            raise CommandError(f"{option} has {name!r} twice")
        found[name] = value
    return found


def check_file(option: str, path: str) -> None:
    """Refuse what cannot be uploaded, before anybody is called.

    Raises:
        CommandError: There is no such file, or it is a folder.
    """
    try:
        with open(path, "rb"):
            pass
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or "this is no path"
        raise CommandError(f"{option}: cannot read {path}: {why}") from None


def _typed(option: str) -> str | None:
    """Return the secret that a person types unseen; None if there is nobody to ask."""
    from pandadoc_client.cli.inputs import is_interactive, pasted

    name = option.removeprefix("--").replace("-", " ").replace("api", "API")
    return pasted(name) if is_interactive() else None


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"it has no number {constant}")


def _read(option: str, given: str, limit: int) -> str:
    name = given.removeprefix("@")
    place = "standard input" if given == "-" else name
    if not name:
        raise CommandError(f"{option}: a file name must follow the @")
    try:
        if given == "-":
            data = sys.stdin.buffer.read(limit + 1)
        else:
            with open(name, "rb") as file:
                data = file.read(limit + 1)
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise CommandError(f"{option}: {place} is not UTF-8 text") from None
    except OSError as error:
        raise CommandError(f"{option}: cannot read {place}: {error.strerror}") from None
    if len(data) > limit:
        raise CommandError(f"{option}: {place} is too long")
    return text
