"""Errors as a person at a terminal reads them, one line, and as a program does, JSON: no secret, an exit status."""

from __future__ import annotations

import re
import shlex
import socket
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from pandadoc_client.exceptions import (
    ApiConnectionError,
    ApiDecodeError,
    ApiException,
    ApiTimeoutError,
    ApiTypeError,
    ApiValueError,
    OAuthError,
    OpenApiException,
    ReauthorizationRequired,
)

__all__ = [
    "EXIT_FAILURE",
    "EXIT_INTERRUPTED",
    "EXIT_USAGE",
    "INTERRUPTED",
    "CommandError",
    "describe",
    "error_document",
    "exit_status",
]

EXIT_FAILURE = 1
EXIT_USAGE = 2
EXIT_INTERRUPTED = 130
INTERRUPTED = "interrupted"

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


def error_document(error: BaseException, arguments: Sequence[str] = ()) -> dict[str, Any]:
    """Return an error as ``--json`` prints it, secrets masked; every field is there, null where nothing is known.

    ``status``, ``type``, ``detail``, ``request_id`` and ``retry_after`` (seconds) are those of the response. Where none
    came, ``type`` says what went wrong instead: ``usage``, ``connection``, ``timeout``, ``interrupted`` or ``failed``.
    ``message`` is what `describe` returns.
    """
    links = list(_chain(error))
    refusal = next((link for link in links if isinstance(link, ApiException) and link.status is not None), None)
    message = describe(error, arguments)
    found: dict[str, Any] = {
        "status": None,
        "type": _kind(error, links),
        "detail": message,
        "request_id": None,
        "retry_after": None,
        "message": message,
    }
    if refusal is not None:
        kind, detail = refusal.type, refusal.detail
        if isinstance(refusal, OAuthError):
            kind, detail = refusal.error, str(refusal)
        found |= {"status": refusal.status, "type": kind, "detail": detail}
        found |= {"request_id": refusal.request_id, "retry_after": refusal.retry_after}
    document_id = next((known for link in links if (known := getattr(link, "document_id", None))), None)
    if document_id is not None:
        found["document_id"] = document_id
    return {"error": found}


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__


def _kind(error: BaseException, links: Sequence[BaseException]) -> str:
    """Return the word for an error that is no response of the server."""
    if isinstance(error, KeyboardInterrupt):
        return INTERRUPTED
    if any(isinstance(link, ApiTimeoutError | TimeoutError) for link in links):
        return "timeout"
    if any(isinstance(link, ApiConnectionError) for link in links):
        return "connection"
    return "usage" if isinstance(error, Exception) and exit_status(error) == EXIT_USAGE else "failed"


def _message(error: BaseException, arguments: Sequence[str]) -> str:
    if isinstance(error, KeyboardInterrupt):
        return INTERRUPTED
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
        return str(error.reason)
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
