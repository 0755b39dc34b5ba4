"""What a server's refusal means to a person at a terminal: one line with what the server said, secrets masked."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from pandadoc_client._flows.steps import DocumentStepError, NotReadyError
from pandadoc_client.cli.errors import EXIT_FAILURE, CommandError, describe, error_document
from pandadoc_client.exceptions import ApiDecodeError, ApiException, OAuthError

__all__ = ["explained", "explanation", "failure"]

_STEPS = {
    "create": "a document was created, but the response has no id",
    "wait": "document {} exists, but did not become a draft",
    "send": "document {} exists, but was not sent",
    "status": "document {} exists, but the response about it cannot be read",
}


@contextmanager
def explained() -> Iterator[None]:
    """Turn what the server refuses within into an error that says why.

    Raises:
        CommandError: The server refused, or did not answer.
    """
    try:
        yield
    except OAuthError:  # of the token endpoint: it says what to do
        raise
    except ApiException as error:
        raise CommandError(explanation(error), EXIT_FAILURE) from error


def explanation(error: BaseException | None) -> str:
    """Return one line about the error of a call."""
    if error is None:
        return ""
    if isinstance(error, DocumentStepError):
        why = explanation(error.__cause__)
        if getattr(error.__cause__, "status", None) == 404:
            return f"document {error.document_id}: {why}"
        return f"{_STEPS[error.step].format(error.document_id)}{why and f': {why}'}"
    if isinstance(error, NotReadyError):
        seconds = (
            "" if error.retry_after is None else f"; the server wants to be asked again in {error.retry_after:g} s"
        )
        return f"it is not ready yet{seconds}"
    if not isinstance(error, ApiException) or isinstance(error, ApiDecodeError | OAuthError):
        return describe(error)
    said = ": ".join(part for part in (error.type, error.detail) if part)
    return f"{describe(error).rstrip()}{said and f': {said}'}"


def failure(name: str, error: Exception) -> dict[str, Any]:
    """Say on standard error that one of several has failed, and return the error as ``--json`` prints it.

    Args:
        name: Which one: a file, or an id.
        error: What went wrong.
    """
    why = explanation(error)
    print(f"pandadoc: {name}: {why}", file=sys.stderr, flush=True)
    refusal = CommandError(why, EXIT_FAILURE)
    refusal.__cause__ = error
    return error_document(refusal)
