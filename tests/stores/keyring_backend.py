"""A keyring in a folder. A real one needs a desktop session that somebody has unlocked; a server has none."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from pathlib import Path

from keyring.backend import KeyringBackend
from keyring.compat import properties
from keyring.errors import PasswordDeleteError

from pandadoc_client.oauth.stores.keyring import KeyringTokenStore

__all__ = ["FolderKeyring", "open_keyring"]


class FolderKeyring(KeyringBackend):
    """Keeps each password in a file. Like real keyrings, it is shared by processes and neither locks nor lists.

    Args:
        folder: Where.
        in_between: Called when an entry that is replaced has been removed, and the new one is not there yet: macOS'
            Keychain is used that way. None to replace at once, as Secret Service does.
    """

    def __init__(self, folder: Path, in_between: Callable[[], object] | None = None) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._folder = folder
        self._in_between = in_between

    @properties.classproperty
    def priority(cls) -> float:  # noqa: N805 (a property of the class)
        raise RuntimeError("only for those who ask for it")

    def get_password(self, service: str, username: str) -> str | None:
        try:
            return self._path(service, username).read_text(encoding="utf-8")
        except FileNotFoundError:
            return None

    def set_password(self, service: str, username: str, password: str) -> None:
        path = self._path(service, username)
        if self._in_between is not None and path.exists():
            path.unlink()
            self._in_between()
        new = path.with_suffix(f".{os.urandom(4).hex()}")
        new.write_text(password, encoding="utf-8")
        new.replace(path)

    def delete_password(self, service: str, username: str) -> None:
        try:
            self._path(service, username).unlink()
        except FileNotFoundError:
            raise PasswordDeleteError("not there") from None

    def _path(self, service: str, username: str) -> Path:
        return self._folder / hashlib.sha256(f"{service}\0{username}".encode()).hexdigest()


def open_keyring(folder: Path) -> KeyringTokenStore:
    """Return a store in *folder*, with its locks in there."""
    return KeyringTokenStore("test", backend=FolderKeyring(folder), lock_folder=folder / "locks")
