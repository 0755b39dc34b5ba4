"""What a database's error means, and how to speak of it without what the statement was about."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from sqlalchemy.exc import DBAPIError, SQLAlchemyError

__all__ = ["GIVEN_UP", "NOT_FREE", "Hidden", "code_of", "describe", "is_disconnect", "is_failure"]

_LONGEST_TEXT = 300
_PIECE = 8

# Codes of PostgreSQL (SQLSTATE), MariaDB and MySQL (numbers), SQLite (names).
GIVEN_UP = frozenset({"40001", "40P01", 1213, 1205, 1020, "SQLITE_BUSY", "SQLITE_LOCKED"})
"""The transaction was given up for another one, and is as if it had never begun."""
NOT_FREE = frozenset({"55P03", 1205, 3572})
"""A row is locked by another transaction, and was so for as long as we wanted to wait."""


class Hidden(str):
    """Text that shows in no log: SQLAlchemy logs rows at DEBUG, and some drivers log their arguments."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "'***'"


def is_failure(error: Exception, driver: str) -> bool:
    """Return whether the database is to blame for *error*. Drivers raise errors that SQLAlchemy does not wrap."""
    module = type(error).__module__.partition(".")[0]
    return isinstance(error, SQLAlchemyError | OSError | EOFError) or module == driver


def is_disconnect(error: Exception) -> bool:
    """Return whether the connection is gone."""
    return error.connection_invalidated if isinstance(error, DBAPIError) else isinstance(error, OSError | EOFError)


def code_of(error: Exception) -> str | int | None:
    """Return the code that the database gave, or None."""
    cause = _cause(error)
    if cause.args and isinstance(cause.args[0], int) and not isinstance(cause, OSError):
        return cause.args[0]  # MariaDB's, which says more than its SQLSTATE
    code = getattr(cause, "sqlstate", None) or getattr(cause, "sqlite_errorname", None)
    if isinstance(code, str) and code.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return "_".join(code.split("_")[:2])  # of SQLITE_BUSY_SNAPSHOT and the like
    return cast("str | None", code)


def describe(error: Exception, password: object) -> str:
    """Return in one line what happened: the driver's error, its code, and its text unless that shows a document."""
    cause = _cause(error)
    code = code_of(error)
    name = type(cause).__name__ if code is None else f"{type(cause).__name__} ({code})"
    text = str(cause.args[-1] if cause.args else "").partition("DETAIL:")[0]  # PostgreSQL shows values there
    text = " ".join(text.split())[:_LONGEST_TEXT]
    if password:
        text = text.replace(str(password), "***")
    documents = [value for value in _parameters(error) if isinstance(value, Hidden)]
    pieces = [text[start : start + _PIECE] for start in range(len(text) - _PIECE + 1)]
    shows_document = any(piece in document for piece in pieces for document in documents)
    return f"{name}: {text}" if text and not shows_document else name


def _cause(error: Exception) -> BaseException:
    return getattr(error, "orig", None) or error


def _parameters(error: Exception) -> list[Any]:
    found = getattr(error, "params", None) or ()
    return list(cast("Mapping[str, Any]", found).values()) if isinstance(found, Mapping) else list(found)
