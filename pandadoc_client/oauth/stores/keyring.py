"""`KeyringTokenStore`: tokens in the desktop's own safe: Keychain, Credential Manager, Secret Service, KWallet."""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import quote, unquote

from pandadoc_client._http.lazily import LazyModule
from pandadoc_client._http.secrets import SecretText, hide, repr_in_any_state
from pandadoc_client.exceptions import ApiTypeError, ApiValueError, TokenStoreError
from pandadoc_client.oauth.stores._private import make_private_folder
from pandadoc_client.oauth.stores.base import LockTimeout, Record, RevisionConflict, TokenStore, new_revision

try:
    import keyring
    from keyring.errors import KeyringLocked, NoKeyringError

    from pandadoc_client.oauth.stores._file_lock import hold_file_lock
except ImportError:
    raise ImportError("KeyringTokenStore needs keyring: pip install 'pandadoc-client[keyring]'") from None

if TYPE_CHECKING:
    from keyring import backend as keyring_backend
else:
    keyring_backend = LazyModule("keyring.backend")

__all__ = ["KeyringTokenStore"]

_Result = TypeVar("_Result")

_GUARD_TIMEOUT = 30.0
_INDEX_NAME = "keys"
_NO_KEYRING = (
    "There is no keyring here. Install one (on a Linux desktop gnome-keyring or KWallet, with a session that is "
    "unlocked), choose one by PYTHON_KEYRING_BACKEND, or keep tokens elsewhere, such as in FileTokenStore"
)


@dataclass(frozen=True, slots=True)
class _Entry:
    """The password that is kept for a key."""

    key: str
    revision: str
    expires_at: datetime | None
    document: str = field(repr=False)

    def encode(self) -> str:
        ends = self.expires_at and self.expires_at.astimezone(UTC).isoformat()
        fields = {"key": self.key, "revision": self.revision, "expires_at": ends, "document": self.document}
        return SecretText(json.dumps(fields, separators=(",", ":")))

    @classmethod
    def decode(cls, password: str, key: str) -> _Entry:
        """Return the entry of *key*; an error shows nothing of *password*."""
        try:
            fields: dict[str, Any] = hide(json.loads(password))
            ends = fields["expires_at"]
            entry = cls(
                fields["key"],
                fields["revision"],
                None if ends is None else datetime.fromisoformat(ends),
                fields["document"],
            )
        except (TypeError, ValueError, KeyError, AttributeError, RecursionError):
            entry = None
        # Credential Manager takes upper and lower case for the same, and so one key for another.
        if entry is None or entry.key != key or not isinstance(entry.revision, str):
            raise TokenStoreError(
                f"What the keyring holds under the key {key!r} was not written by this store: delete it there, or "
                "choose another service",
                key=key,
            )
        return entry


class KeyringTokenStore(TokenStore):
    """Keeps tokens in the keyring of the person who is logged in: for programs on a desktop.

    A keyring can neither list its entries nor exclude others from one. So there is an index of all keys, and lock files
    in a folder of the user keep processes of this user on this machine apart, which are all that can share a keyring.
    Processes with different lock folders do not see each other's locks; `list_keys` reads every entry that it names.

    Some keyrings replace an entry by removing it first. A copy of the new entry therefore stands beside it until that
    is done, and is what the next call finds should the process die in between.

    Windows keeps at most 2560 bytes (1280 characters) an entry, index included: enough for the usual token and some
    dozens of keys, too little for a token with long claims inside.

    Args:
        service: The name that entries have in the keyring's own window. The index is ``SERVICE index``.
        backend: A ``keyring.backend.KeyringBackend``; by default the one that keyring chooses, at the first use.
        lock_folder: Where the lock files are. By default ``pandadoc-client/locks`` in ``XDG_RUNTIME_DIR``,
            ``XDG_STATE_HOME`` or ``~/.local/state``; in ``~/Library/Application Support`` on macOS; in
            ``LOCALAPPDATA`` on Windows. It is made with mode 0700 if it is missing. No secret is in there.

    Raises:
        ApiValueError: *service* is empty or not printable.
        ApiTypeError: An argument is of the wrong type.
    """

    def __init__(
        self,
        service: str = "pandadoc-client",
        *,
        backend: keyring_backend.KeyringBackend | None = None,
        lock_folder: str | os.PathLike[str] | None = None,
    ) -> None:
        if not isinstance(service, str):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise ApiTypeError(f"service must be text (str), not {type(service).__name__}")
        if not service.strip() or not service.isprintable():
            raise ApiValueError("service must have 1 or more printable characters")
        self._service = service
        self._index_service = f"{service} index"
        self._given_backend = backend
        self._folder = _default_lock_folder() if lock_folder is None else Path(lock_folder)

    @repr_in_any_state
    def __repr__(self) -> str:
        return f"<KeyringTokenStore of the service {self._service!r}>"

    def to_url(self) -> str:
        return f"keyring:{quote(self._service)}"

    def read(self, key: str) -> Record | None:
        entry = self._entry(key)
        return None if entry is None else Record(entry.document, str(entry.revision))

    def write(self, key: str, document: str, *, expires_at: datetime | None, expected: str | None) -> str:
        entry = _Entry(key, new_revision(), expires_at, document)
        with self._guard(key):
            found = self._entry_guarded(key)
            if (found and found.revision) != expected:
                raise RevisionConflict.of(key)
            # The index first: a key in it without an entry is left out when listing, the reverse would stay hidden.
            index = self._index_guarded()
            if key not in index:
                self._put(self._index_service, _INDEX_NAME, json.dumps(sorted({*index, key})), None)
            self._put(self._service, key, entry.encode(), key)
        return entry.revision

    def discard(self, key: str) -> bool:
        with self._guard(key):
            found = self._get_guarded(self._service, key, key) is not None
            # The copy first: alone it would count as the entry.
            self._remove(_beside(self._service), key, key)
            self._remove(self._service, key, key)
            index = self._index_guarded()
            if key in index:
                index.remove(key)
                self._put(self._index_service, _INDEX_NAME, json.dumps(index), None)
        return found

    def lock(self, key: str, timeout: float) -> AbstractContextManager[None]:
        # Not the guard's file: `read` and `write` must go on while this one is held, perhaps for a whole refresh.
        return self._file_lock(f"key {key}", key, timeout)

    def list_keys(self, *, after: str | None, limit: int, expiring_before: datetime | None) -> list[str]:
        with self._guard(None):
            index = self._index_guarded()
        found: list[str] = []
        for key in index:
            if len(found) >= limit:
                break
            if after is not None and key <= after:
                continue
            entry = self._entry(key)
            if entry is None:
                continue  # a process died between the index and the entry
            ends = entry.expires_at
            if expiring_before is None or (ends is not None and ends < expiring_before):
                found.append(key)
        return found

    def _entry(self, key: str) -> _Entry | None:
        password = hide(self._get(self._service, key, key))
        if password is not None:
            return _Entry.decode(password, key)
        with self._guard(key):  # nobody may be replacing it just now
            return self._entry_guarded(key)

    def _entry_guarded(self, key: str) -> _Entry | None:
        password = hide(self._get_guarded(self._service, key, key))
        return None if password is None else _Entry.decode(password, key)

    def _index_guarded(self) -> list[str]:
        text = self._get_guarded(self._index_service, _INDEX_NAME, None)
        if text is None:
            return []
        try:
            keys = json.loads(text)
        except (ValueError, RecursionError):
            keys = None
        if not isinstance(keys, list) or not all(isinstance(key, str) for key in keys):
            raise TokenStoreError(
                f"The index of keys in the keyring ({self._index_service!r}) is damaged: delete it there. The tokens "
                "stay, and each is listed again after its next refresh"
            )
        return sorted(keys)

    def _get_guarded(self, service: str, name: str, key: str | None) -> str | None:
        """Return an entry, or the copy of it that a process which died has left."""
        password = self._get(service, name, key)
        return self._get(_beside(service), name, key) if password is None else password

    def _put(self, service: str, name: str, password: str, key: str | None) -> None:
        backend = self._backend()
        if self._get(service, name, key) is not None:
            self._ask(key, lambda: backend.set_password(_beside(service), name, str(password)))
        self._ask(key, lambda: backend.set_password(service, name, str(password)))
        self._remove(_beside(service), name, key)

    def _get(self, service: str, name: str, key: str | None) -> str | None:
        backend = self._backend()
        return self._ask(key, lambda: backend.get_password(service, name))

    def _remove(self, service: str, name: str, key: str | None) -> None:
        backend = self._backend()
        # Removing what is not there is an error to some keyrings.
        if self._get(service, name, key) is not None:
            self._ask(key, lambda: backend.delete_password(service, name))

    def _backend(self) -> keyring_backend.KeyringBackend:
        # Not kept: keyring keeps it, and a program may choose another by keyring.set_keyring.
        backend = self._ask(None, keyring.get_keyring) if self._given_backend is None else self._given_backend
        if not _keeps(backend):
            raise TokenStoreError(_NO_KEYRING)
        return backend

    def _ask(self, key: str | None, action: Callable[[], _Result]) -> _Result:
        """Return what *action* returns; its failure becomes a `TokenStoreError`.

        That is raised outside of the ``except``, and so without a chain, which could show the password. A backend
        raises whatever its system does, not only what keyring documents.
        """
        try:
            return action()
        except NoKeyringError:
            problem = _NO_KEYRING
        except KeyringLocked:
            problem = "The keyring is locked: unlock it and try again"
        except Exception as error:
            problem = f"The keyring failed ({type(error).__name__})"
        raise TokenStoreError(problem if key is None else f"{problem} (token of the key {key!r})", key=key)

    @contextmanager
    def _guard(self, key: str | None) -> Iterator[None]:
        """Exclude whoever else reads and writes the entries of this service."""
        with ExitStack() as stack:
            try:
                stack.enter_context(self._file_lock("guard", key or "", _GUARD_TIMEOUT))
            except LockTimeout:
                raise TokenStoreError(
                    f"Another process has been at the keyring for {_GUARD_TIMEOUT:g} seconds; perhaps the keyring asks "
                    "for a password there",
                    key=key,
                ) from None
            yield

    def _file_lock(self, name: str, key: str, timeout: float) -> AbstractContextManager[None]:
        digest = hashlib.sha256(f"{self._service}\0{name}".encode()).hexdigest()
        try:
            make_private_folder(self._folder)
        except OSError as error:
            raise TokenStoreError(
                f"The lock folder {os.fspath(self._folder)} cannot be made ({error.strerror}); name another one",
                key=key,
            ) from error
        return hold_file_lock(self._folder / f"{digest[:32]}.lock", key, timeout)


def has_keyring() -> bool:
    """Return True if keyring has a backend here that keeps what it is given. It may be locked."""
    try:
        return _keeps(keyring.get_keyring())
    except Exception:  # whatever the backend that was chosen raises as it is loaded
        return False


def _keeps(backend: keyring_backend.KeyringBackend) -> bool:
    from keyring.backends import fail, null

    return not isinstance(backend, (fail.Keyring, null.Keyring))


def _beside(service: str) -> str:
    """Return the service under which a copy of the entry that is being replaced stands meanwhile."""
    return f"{service} (being replaced)"


def _default_lock_folder() -> Path:
    return _user_folder() / "pandadoc-client" / "locks"


def _user_folder() -> Path:
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support"
    for variable in ("XDG_RUNTIME_DIR", "XDG_STATE_HOME"):
        folder = Path(os.environ.get(variable, ""))
        if folder.is_absolute():  # what is relative does not count, says the XDG standard
            return folder
    return Path.home() / ".local" / "state"


def from_url(url: str, purpose: str) -> KeyringTokenStore:
    """Return the store of a URL ``keyring:SERVICE``; without a service that of the default."""
    service = unquote(hide(url.partition(":")[2]).lstrip("/"))
    return KeyringTokenStore(service) if service else KeyringTokenStore()
