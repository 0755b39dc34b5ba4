"""Errors as a person at a terminal reads them: one line, no secret, an exit status."""

from __future__ import annotations

import re
import shlex
import socket
from collections.abc import Sequence
from pathlib import Path

from pandadoc_client.exceptions import (
    ApiConnectionError,
    ApiDecodeError,
    ApiException,
    ApiTypeError,
    ApiValueError,
    OAuthError,
    OpenApiException,
    ReauthorizationRequired,
)

__all__ = ["EXIT_FAILURE", "EXIT_INTERRUPTED", "EXIT_USAGE", "CommandError", "describe", "exit_status"]

EXIT_FAILURE = 1
EXIT_USAGE = 2
EXIT_INTERRUPTED = 130

_LONG = 24
"""Characters from which on a word of the command line may be a credential, and is not repeated."""
_LIMIT = 500
_LOGIN = re.compile(r"pandadoc login(?! --)")
_REPEATED = ("--profile", "--host", "--region", "--store", "--key", "--client-id", "--client-secret-file")


class CommandError(Exception):
    """A command cannot go on; the message is what the user reads.

    Attributes:
        status: Exit status.
    """

    def __init__(self, message: str, status: int = EXIT_USAGE) -> None:
        super().__init__(message)
        self.status = status


def exit_status(error: Exception) -> int:
    """Return the exit status for *error*: 2 where the call was wrong, 1 for everything else."""
    if isinstance(error, CommandError):
        return error.status
    if isinstance(error, ApiValueError | ApiTypeError):
        return EXIT_USAGE
    status = getattr(error, "exit_code", EXIT_FAILURE)  # of an error that the parser of the command line found
    return status if isinstance(status, int) and status else EXIT_FAILURE


def describe(error: BaseException, arguments: Sequence[str] = ()) -> str:
    """Return one line about *error*.

    Args:
        error: What went wrong.
        arguments: The command line. The parser's errors repeat no credential of it; a hint to log in repeats the
            options that say where, and as whom; errors of the library name options as it does.
    """
    text = _LOGIN.sub(lambda found: f"{found[0]}{_repeated(arguments)}", _message(error, arguments))
    text = " ".join(text.split())
    text = "".join(character if character.isprintable() else "?" for character in text)
    return text if len(text) <= _LIMIT else f"{text[:_LIMIT]}..."


def _message(error: BaseException, arguments: Sequence[str]) -> str:
    if isinstance(error, ApiException):
        return _refusal(error)
    if isinstance(error, CommandError):
        return str(error)
    if isinstance(error, OpenApiException):
        from pandadoc_client.cli.wording import in_options

        return in_options(error, arguments)
    if hasattr(error, "format_message"):
        return _usage(error, arguments)
    if isinstance(error, socket.gaierror):
        return f"unknown host: {error.strerror}"
    if isinstance(error, OSError):
        place = f"{error.filename}: " if error.filename else ""
        return f"{place}{error.strerror or type(error).__name__}"
    return _surprise(error)


def _refusal(error: ApiException) -> str:
    if isinstance(error, ReauthorizationRequired):
        return f"{error}; run: pandadoc login"
    if isinstance(error, OAuthError):
        return str(error)
    if isinstance(error, ApiConnectionError):
        return f"no response: {error.reason}"
    if isinstance(error, ApiDecodeError):
        return error.shown_reason
    return f"the server answered HTTP {error.status} {error.shown_reason}"


def _usage(error: BaseException, arguments: Sequence[str]) -> str:
    """Return what the parser of the command line has to say, without a value that may be a credential."""
    text = str(error.format_message()).strip().rstrip(".")  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]
    if text.startswith("Got unexpected extra argument"):
        text = text.partition(" (")[0]
    words = {part for argument in arguments for part in (argument, argument.partition("=")[2])}
    for word in sorted(words, key=len, reverse=True):
        if len(word) >= _LONG:
            text = text.replace(word, "***")
    path = getattr(getattr(error, "ctx", None), "command_path", "pandadoc")
    return f"{text[:1].lower()}{text[1:]}; see {path} --help"


def _repeated(arguments: Sequence[str]) -> str:
    """Return the options of a command line that a login has to be given as well."""
    found: dict[str, str] = {}
    words = iter(arguments)
    for word in words:
        if word == "--":
            break
        option, equals, value = word.partition("=")
        if option in _REPEATED:
            found[option] = value if equals else next(words, "")
        elif word == "--allow-insecure":
            found[word] = ""
    if "--store" in found:
        found["--store"] = _without_password(found["--store"])
    return "".join(f" {option}{value and f' {shlex.quote(value)}'}" for option, value in found.items())


def _without_password(url: str) -> str:
    place, _, query = url.partition("?")
    return re.sub(r"(?<=://)([^/@]*):[^@]*@", r"\1:***@", place) + ("?***" if query else "")


def _surprise(error: BaseException) -> str:
    """Return what to report of an error that nobody expected. Its message is left out: it may hold anything."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = f" at {Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}" if trace else ""
    return f"internal error: {type(error).__name__}{place}; this is a bug, please report it"
