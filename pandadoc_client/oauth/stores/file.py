"""`FileTokenStore`: tokens in a file that only its owner can read."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from pathlib import Path
from shlex import quote
from typing import Any, cast
from urllib.parse import unquote

from pandadoc_client._http.secrets import hide, repr_in_any_state
from pandadoc_client._http.sharing import patiently
from pandadoc_client.exceptions import ApiValueError, TokenStoreError
from pandadoc_client.oauth.stores._file_lock import hold_file_lock, lock_path
from pandadoc_client.oauth.stores._private import (
    check_private_file,
    check_private_folder,
    make_private_folder,
    replace_private_file,
    write_private_file,
)
from pandadoc_client.oauth.stores.base import Record, RevisionConflict, TokenStore, new_revision

__all__ = ["FileTokenStore"]

_FORMAT_VERSION = 1
_WRITE_TIMEOUT = 30.0
"""Seconds to wait for another process that writes; each write takes milliseconds."""
_Documents = dict[str, dict[str, Any]]


class FileTokenStore(TokenStore):
    """Keeps tokens in one JSON file, for the threads and processes of one machine.

    The file has the mode 0600, and folders that have to be made 0700. It is replaced as a whole: written beside,
    flushed to the disk, renamed. A process that is killed at whatever moment leaves the old file or the new one, and
    what it left beside is removed by the next writer. Lock files (``….lock``) stay beside it.

    A file that others can read is refused, and so is one that was not written here: that is never taken for "no
    token". What is unreadable is copied beside (``….corrupt-…``) before anything else.

    On Windows mode bits say nothing: there the file is as private as its folder, so keep it in the user's profile.
    That has not been tested. Network file systems have to support locks (NFS 4 does).

    Every write replaces the whole file. For some hundred accounts that is fine; for thousands use `SQLTokenStore`.

    Args:
        path: The file; ``~`` is expanded.

    Raises:
        ApiValueError: *path* is empty.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        if not os.fspath(path):
            raise ApiValueError("path must not be empty")
        # Through symbolic links: the rename would replace the link and not what it leads to.
        self._path = Path(os.path.realpath(Path(path).expanduser()))

    @repr_in_any_state
    def __repr__(self) -> str:
        return f"FileTokenStore({os.fspath(self._path)!r})"

    def to_url(self) -> str:
        return f"file:{os.fspath(self._path).replace('%', '%25')}"

    @property
    def path(self) -> Path:
        """The file, as an absolute path."""
        return self._path

    def read(self, key: str) -> Record | None:
        found = self._documents().get(key)
        return None if found is None else Record(found["document"], found["revision"])

    def write(self, key: str, document: str, *, expires_at: datetime | None, expected: str | None) -> str:
        with self._changing(key) as documents:
            found = documents.get(key)
            if (found and found["revision"]) != expected:
                raise RevisionConflict.of(key)
            revision = new_revision()
            moment = None if expires_at is None else expires_at.timestamp()
            documents[key] = {"revision": revision, "expires_at": moment, "document": document}
        return revision

    def discard(self, key: str) -> bool:
        if key not in self._documents():
            return False
        with self._changing(key) as documents:
            return documents.pop(key, None) is not None

    def list_keys(self, *, after: str | None, limit: int, expiring_before: datetime | None) -> list[str]:
        before = None if expiring_before is None else expiring_before.timestamp()
        found = [
            key
            for key, fields in self._documents().items()
            if (after is None or key > after)
            and (before is None or (fields["expires_at"] is not None and fields["expires_at"] < before))
        ]
        return sorted(found)[:limit]

    def lock(self, key: str, timeout: float) -> AbstractContextManager[None]:
        self._make_folder()
        return hold_file_lock(lock_path(self._path, key), key, timeout)

    @contextmanager
    def _changing(self, key: str) -> Iterator[_Documents]:
        """Hand out what is stored, and store it when the block is left without an error."""
        self._make_folder()
        with hold_file_lock(self._path.with_name(f"{self._path.name}.lock"), key, _WRITE_TIMEOUT):
            documents = self._documents()
            yield documents
            content = hide(json.dumps({"version": _FORMAT_VERSION, "documents": documents}, indent=1)).encode()
            try:
                replace_private_file(self._path, content)
            except OSError as error:
                raise self._error("cannot be written", error) from error

    def _documents(self) -> _Documents:
        """Return what is stored, by key.

        Raises:
            TokenStoreError: The file cannot be read, is open to others, or is none of ours.
        """
        try:
            with patiently(lambda: open(self._path, "rb")) as file:
                check_private_file(self._path, os.fstat(file.fileno()))
                content = hide(file.read())
        except FileNotFoundError:
            return {}
        except OSError as error:
            raise self._error("cannot be read", error) from error
        documents = _decode(content)
        if documents is None:
            copy = self._keep_aside(content)
            path = os.fspath(self._path)
            raise TokenStoreError(
                f"{path} is damaged, or was not written by this package{copy}."
                f" To begin anew, remove it: rm {quote(path)}"
            )
        return documents

    def _make_folder(self) -> None:
        try:
            make_private_folder(self._path.parent)
            check_private_folder(self._path.parent)
        except OSError as error:
            raise self._error("cannot be written", error) from error

    def _keep_aside(self, content: bytes) -> str:
        """Copy *content* beside the file, once, and return what to say of it."""
        digest = hashlib.sha256(content).hexdigest()[:8]
        copy = self._path.with_name(f"{self._path.name}.corrupt-{digest}")
        try:
            write_private_file(copy, content)
        except FileExistsError:
            pass  # by an earlier read of the same
        except OSError:
            return ""
        return f" (a copy is in {os.fspath(copy)})"

    def _error(self, problem: str, error: OSError) -> TokenStoreError:
        return TokenStoreError(f"{os.fspath(self._path)} {problem}: {error.strerror or type(error).__name__}")


def _decode(content: bytes) -> _Documents | None:
    """Return the documents in a file's *content*, or None if it is no such file."""
    try:
        data = json.loads(content)
    except (ValueError, RecursionError):
        return None
    fields = cast("dict[str, Any]", data) if isinstance(data, dict) else {}
    documents = fields.get("documents")
    if fields.get("version") != _FORMAT_VERSION or not isinstance(documents, dict):
        return None
    found = cast("dict[str, Any]", documents)
    if not all(_is_document(item) for item in found.values()):
        return None
    for item in found.values():
        item["document"] = hide(item["document"])
    return found


def _is_document(item: Any) -> bool:
    if not isinstance(item, dict):
        return False
    fields = cast("dict[str, Any]", item)
    return (
        isinstance(fields.get("revision"), str)
        and isinstance(fields.get("document"), str)
        and isinstance(fields.get("expires_at", ""), int | float | None)
    )


def from_url(url: str, purpose: str) -> FileTokenStore:
    """Return the store of a URL ``file:PATH`` or ``file:///PATH``."""
    path = hide(url.partition(":")[2])
    if path.startswith("//"):  # file:///absolute/path, file://localhost/absolute/path
        host, slash, below = path[2:].partition("/")
        if host not in ("", "localhost"):
            raise ApiValueError("A file: URL must name a file of this machine: file:PATH or file:///PATH")
        path = slash + below
    if not path:
        raise ApiValueError("A file: URL must name a file: file:PATH")
    return FileTokenStore(unquote(path))
