"""`TokenStore`: what every store offers, and what a new kind of store has to implement.

A store keeps one document a key. It knows nothing of tokens beyond when they end: a document is text, made and read by
`pandadoc_client.oauth.stores.entry`. Three things make it safe to share, between threads, processes and machines:

* `TokenStore.read` and `TokenStore.write` are atomic, and what was written is durable when `write` returns;
* a write names the revision that it replaces, and fails if the document has another by now (compare and set). So a
  writer that was asleep cannot put an old token over a new one, even if its lock is gone;
* `TokenStore.lock` admits one holder a key at a time. A holder that dies loses it.
"""

from __future__ import annotations

import secrets
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Self

import anyio.to_thread

from pandadoc_client.exceptions import ApiTypeError, ApiValueError, TokenStoreError
from pandadoc_client.oauth.stores.entry import Entry, decode_entry, encode_entry
from pandadoc_client.oauth.token import Token

__all__ = [
    "MAX_KEY_LENGTH",
    "LockTimeout",
    "Record",
    "RevisionConflict",
    "TokenStore",
    "check_key",
    "check_token",
    "new_revision",
]

MAX_KEY_LENGTH = 200
"""Characters that a key may have."""

_PAGE = 500


class RevisionConflict(TokenStoreError):
    """The document has another revision than the writer thought: somebody else wrote, or deleted it."""

    @classmethod
    def of(cls, key: str) -> Self:
        """Return the error about *key*."""
        return cls(f"The token under the key {key!r} was replaced or deleted meanwhile", key=key)


class LockTimeout(TokenStoreError):
    """The lock of a key was not free in time."""

    @classmethod
    def of(cls, key: str, timeout: float) -> Self:
        """Return the error about *key* after *timeout* seconds."""
        return cls(f"The lock of the key {key!r} was not free within {timeout:g} seconds", key=key)


@dataclass(frozen=True, slots=True)
class Record:
    """What a store keeps under a key.

    Attributes:
        document: The text that was written. Secret.
        revision: A name that no other write, under whatever key, ever had or will have.
    """

    document: str = field(repr=False)
    revision: str


def new_revision() -> str:
    """Return a fresh revision: 64 random bits as 16 hexadecimal digits.

    A number that counts would not do. It begins anew when a key is deleted, and a writer from before that could take
    the new document for the one that it knows.
    """
    return secrets.token_hex(8)


class TokenStore(ABC):
    """Keeps tokens, one a key; a key stands for an account that gave consent. Safe for threads and processes.

    `load`, `save`, `delete` and `keys` are for every program, and so are their twins with an ``a`` in front, for
    asyncio and trio: these do the same in a thread, and finish what they began even if they are cancelled. The methods
    after them are for `TokenManager`, which does all the rest, and are given keys that `check_key` accepts.

    Every method raises `TokenStoreError` when the store cannot be reached, cannot be written, or holds something that
    it did not write; ``ApiValueError`` or ``ApiTypeError`` for a key that cannot be one.
    """

    def load(self, key: str = "default") -> Token | None:
        """Return the token of *key*, or None if there is none. It may have expired."""
        entry = self.read_entry(key)[0]
        return None if entry is None else entry.token

    def save(self, key: str, token: Token) -> None:
        """Keep *token* under *key*, whatever was there before. It is durable when this returns.

        Raises:
            TokenStoreError: It could not be written; the error carries the token.
        """
        document = encode_entry(Entry(check_token(token)))
        while True:
            try:
                record = self.read(check_key(key))
                revision = None if record is None else record.revision
                self.write(key, document, expires_at=token.expires_at, expected=revision)
            except RevisionConflict:
                continue  # somebody was faster: replace theirs
            except TokenStoreError as error:
                error.token = token
                raise
            return

    def keys(
        self, *, after: str | None = None, limit: int | None = None, expiring_before: datetime | None = None
    ) -> Iterator[str]:
        """Yield the keys in ascending order (of code points), fetched by page.

        Args:
            after: Begin behind this key: the last one of the page before.
            limit: How many to yield at the most; None for all.
            expiring_before: Only those of tokens that end before this aware time; tokens whose end is not known are
                left out.

        Raises:
            ApiValueError: *limit* is below 0, or *expiring_before* has no time zone.
        """
        if limit is not None and limit < 0:
            raise ApiValueError("limit must be 0 or more")
        if expiring_before is not None and expiring_before.utcoffset() is None:
            raise ApiValueError("expiring_before must have a time zone")
        return self._pages(after, limit, expiring_before)

    def _pages(self, after: str | None, limit: int | None, expiring_before: datetime | None) -> Iterator[str]:
        while limit is None or limit > 0:
            wanted = _PAGE if limit is None else min(_PAGE, limit)
            page = self.list_keys(after=after, limit=wanted, expiring_before=expiring_before)
            yield from page
            if len(page) < wanted:
                return
            after = page[-1]
            limit = None if limit is None else limit - len(page)

    async def aload(self, key: str = "default") -> Token | None:
        """Do what `load` does."""
        return await anyio.to_thread.run_sync(self.load, key)

    async def asave(self, key: str, token: Token) -> None:
        """Do what `save` does."""
        await anyio.to_thread.run_sync(self.save, key, token)

    async def adelete(self, key: str) -> bool:
        """Do what `delete` does."""
        return await anyio.to_thread.run_sync(self.delete, key)

    async def akeys(
        self, *, after: str | None = None, limit: int | None = None, expiring_before: datetime | None = None
    ) -> list[str]:
        """Return what `keys` yields, as a list."""
        found = self.keys(after=after, limit=limit, expiring_before=expiring_before)
        return await anyio.to_thread.run_sync(list, found)

    def delete(self, key: str) -> bool:
        """Forget *key*, and return True if there was anything to forget."""
        return self.discard(check_key(key))

    def to_url(self) -> str:
        """Return the URL that stands for the store, without a password; its ``repr`` if none does."""
        return repr(self)

    def read_entry(self, key: str) -> tuple[Entry | None, str | None]:
        """Return what is known of *key*, and its revision; twice None if there is nothing."""
        record = self.read(check_key(key))
        return (None, None) if record is None else (decode_entry(record.document, key), record.revision)

    @abstractmethod
    def read(self, key: str) -> Record | None:
        """Return the document of *key* and its revision, or None."""

    @abstractmethod
    def write(self, key: str, document: str, *, expires_at: datetime | None, expected: str | None) -> str:
        """Put *document* in the place of the revision *expected*, durably, and return the `new_revision` it got.

        Args:
            key: Where.
            document: What to keep.
            expires_at: When the token in it ends, aware; for `list_keys`.
            expected: The revision that is there now; None for no document.

        Raises:
            RevisionConflict: There is another revision. Nothing was changed.
        """

    @abstractmethod
    def discard(self, key: str) -> bool:
        """Remove the document of *key*, whatever its revision, durably; return True if there was one."""

    @abstractmethod
    def lock(self, key: str, timeout: float) -> AbstractContextManager[None]:
        """Return a context in which no other thread, process or machine holds the lock of *key*.

        It excludes other holders only: `read` and `write` go on, by whomever. It is not reentrant. If the lock is lost
        within (a lease ran out, a connection broke), leaving the context says nothing of it: whatever was written
        meanwhile, compare and set has kept right.

        Args:
            key: Whose lock.
            timeout: Seconds to wait for it at the most.

        Raises:
            LockTimeout: It was not free in time.
        """

    @abstractmethod
    def list_keys(self, *, after: str | None, limit: int, expiring_before: datetime | None) -> list[str]:
        """Return one page of `keys`: the first *limit* in ascending order behind *after*."""

    def close(self) -> None:  # noqa: B027 (most stores hold nothing)
        """Give back what the store holds, such as connections. Calling it again does nothing."""

    async def aclose(self) -> None:
        """Do what `close` does."""
        await anyio.to_thread.run_sync(self.close)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()


def check_key(key: str) -> str:
    """Return *key* if it can be one: 1 to 200 printable characters without white space at either end.

    Raises:
        ApiTypeError: It is no text.
        ApiValueError: It cannot be a key.
    """
    if not isinstance(key, str):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise ApiTypeError(f"key must be text (str), not {type(key).__name__}")
    if not key or len(key) > MAX_KEY_LENGTH or not key.isprintable() or key != key.strip():
        raise ApiValueError(f"key must have 1 to {MAX_KEY_LENGTH} printable characters, and no white space at its ends")
    return key


def check_token(token: Token) -> Token:
    """Return *token* if it is one.

    Raises:
        ApiTypeError: It is something else.
    """
    if not isinstance(token, Token):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise ApiTypeError(f"token must be a Token, not {type(token).__name__}")
    return token
