"""`EncryptedTokenStore`: any other store, with documents that only the holder of a key can read."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from pandadoc_client._http.fork import ProcessBound
from pandadoc_client._http.secrets import SecretBytes, hide, repr_in_any_state, type_name
from pandadoc_client.exceptions import ApiTypeError, ApiValueError, TokenStoreError
from pandadoc_client.oauth.stores.base import Record, RevisionConflict, TokenStore

try:
    from cryptography.fernet import Fernet, InvalidToken, MultiFernet
except ImportError:
    raise ImportError("EncryptedTokenStore needs cryptography: pip install 'pandadoc-client[encrypted]'") from None

__all__ = ["EncryptedTokenStore"]


@dataclass(frozen=True, slots=True)
class _Sealed:
    """What is encrypted: a document, and what must belong to it.

    Attributes:
        key: The key it was written under, so that a document copied to another account's place is refused.
        expires_at: When its token ends; the wrapped store keeps that too, but does not tell.
        document: The document.
    """

    key: str
    expires_at: datetime | None
    document: str = field(repr=False)

    def encode(self) -> bytes:
        ends = self.expires_at and self.expires_at.astimezone(UTC).isoformat()
        return SecretBytes(json.dumps([self.key, ends, self.document], separators=(",", ":")).encode())

    @classmethod
    def decode(cls, plain: bytes) -> _Sealed:
        key, ends, document = json.loads(plain)
        return cls(key, None if ends is None else datetime.fromisoformat(ends), document)


class EncryptedTokenStore(ProcessBound, TokenStore):
    """Keeps tokens in another store, encrypted and signed (Fernet: AES-128-CBC and HMAC-SHA256).

    Keys, and when tokens end, are not encrypted: the other store needs them to find and list. Whoever can write to that
    store can delete a document, or put back an older one, but neither change nor exchange any.

    To change the encryption key, put a new one in front of the old, in every process; then call `rotate` once; then
    take the old key away.

    Args:
        store: The store that keeps the documents. It is closed with this one.
        keys: A Fernet key (`new_key` makes one) or several: the first encrypts, all decrypt.

    Raises:
        ApiValueError: *keys* is empty, or holds something that is no Fernet key.
        ApiTypeError: An argument is of the wrong type.
    """

    def __init__(self, store: TokenStore, keys: str | bytes | Sequence[str | bytes]) -> None:
        keys = hide(keys)  # from this frame, should one of them be refused
        if not isinstance(store, TokenStore):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise ApiTypeError(f"store must be a TokenStore, not {type(store).__name__}")
        self._store = store
        self._ciphers = _ciphers(keys)
        self._all = MultiFernet(self._ciphers)

    @repr_in_any_state
    def __repr__(self) -> str:
        return f"<EncryptedTokenStore with {len(self._ciphers)} keys over {self._store!r}>"

    @staticmethod
    def new_key() -> str:
        """Return a fresh Fernet key. Keep it apart from the store, and in a safe place: without it tokens are lost."""
        return Fernet.generate_key().decode()

    def rotate(self, *, lock_timeout: float = 60.0) -> int:
        """Encrypt anew, with the first key, every document that is not; return how many those were.

        The lock of a key is taken meanwhile: a refresh in flight would find its revision gone. Calling it again after
        a failure goes on where it ended.

        Args:
            lock_timeout: Seconds to wait for each lock at the most.

        Raises:
            LockTimeout: The lock of a key was not free in time.
            TokenStoreError: A document cannot be decrypted, or the store failed.
        """
        return sum(self._rotate_one(key, lock_timeout) for key in self.keys())

    def _rotate_one(self, key: str, lock_timeout: float) -> bool:
        with self._store.lock(key, lock_timeout):
            while (record := self._store.read(key)) is not None and not self._is_current(record):
                sealed = self._open(record, key)
                try:
                    self._seal(sealed, record.revision)
                except RevisionConflict:
                    continue  # somebody writes without the lock
                return True
        return False

    def _is_current(self, record: Record) -> bool:
        try:
            self._ciphers[0].decrypt(_ciphertext(record))
        except InvalidToken:
            return False
        return True

    def read(self, key: str) -> Record | None:
        record = self._store.read(key)
        return None if record is None else Record(self._open(record, key).document, record.revision)

    def write(self, key: str, document: str, *, expires_at: datetime | None, expected: str | None) -> str:
        return self._seal(_Sealed(key, expires_at, document), expected)

    def discard(self, key: str) -> bool:
        return self._store.discard(key)

    def lock(self, key: str, timeout: float) -> AbstractContextManager[None]:
        return self._store.lock(key, timeout)

    def keys(
        self, *, after: str | None = None, limit: int | None = None, expiring_before: datetime | None = None
    ) -> Iterator[str]:
        return self._store.keys(after=after, limit=limit, expiring_before=expiring_before)

    def list_keys(self, *, after: str | None, limit: int, expiring_before: datetime | None) -> list[str]:
        return self._store.list_keys(after=after, limit=limit, expiring_before=expiring_before)

    def close(self) -> None:
        self._store.close()

    def _seal(self, sealed: _Sealed, expected: str | None) -> str:
        document = self._ciphers[0].encrypt(sealed.encode()).decode()
        return self._store.write(sealed.key, document, expires_at=sealed.expires_at, expected=expected)

    def _open(self, record: Record, key: str) -> _Sealed:
        # The errors are raised outside of the `except`: what json raises holds the text that it was given.
        try:
            sealed = _Sealed.decode(self._all.decrypt(_ciphertext(record)))
        except InvalidToken:
            problem = (
                "cannot be decrypted: it was encrypted with another key, or changed, or never encrypted. Give "
                "EncryptedTokenStore the key that it was written with, or delete it and have the account give consent "
                "again"
            )
        except (TypeError, ValueError):
            problem = "was encrypted with the right key, but not by EncryptedTokenStore: delete it"
        else:
            if sealed.key == key:
                return sealed
            problem = (
                "belongs to another account: somebody copied it. Delete it and have the account give consent again"
            )
        raise TokenStoreError(f"The document that is stored under the key {key!r} {problem}", key=key)


def _ciphertext(record: Record) -> bytes:
    # What is not ASCII is no ciphertext; as text, cryptography has another error for it.
    return record.document.encode("ascii", errors="replace")


def _ciphers(keys: Any) -> list[Fernet]:
    """Return a cipher for each of *keys*; an error shows none of them."""
    if isinstance(keys, (str, bytes)):
        keys = [keys]
    if not isinstance(keys, Sequence):
        raise ApiTypeError(f"keys must be a Fernet key or a sequence of them, not {type(keys).__name__}")
    if not keys:
        raise ApiValueError("keys is empty: give at least one; EncryptedTokenStore.new_key() makes one")
    return [_cipher(key, number) for number, key in enumerate(keys, start=1)]


def _cipher(key: object, number: int) -> Fernet:
    if not isinstance(key, (str, bytes)):
        raise ApiTypeError(f"keys must be text (str) or bytes; number {number} is {type_name(key)}")
    try:
        return Fernet(key)
    except ValueError:
        pass  # raised outside of here, so that no error in the chain shows the key
    raise ApiValueError(
        f"keys: number {number} is no Fernet key (32 bytes in URL-safe base64); EncryptedTokenStore.new_key() makes one"
    )
