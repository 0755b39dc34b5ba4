"""`EventDeduplicator`: each event once, however often and wherever it is delivered.

A claim is a document in a `TokenStore`, under a key made from the event's id. Two rules make it exclusive. The first
time, which is the usual case, takes no lock:

* where there is no claim, one is inserted by compare and set, which one writer wins;
* a claim of somebody else's is replaced or removed under one lock, the same for all keys. A store removes a document
  whatever its revision, so that without the lock a claim that is over could be renewed between the look at it and its
  removal.
"""

from __future__ import annotations

import functools
import hashlib
import itertools
import json
import logging
import random
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractContextManager, asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Self

import pandadoc_client
from pandadoc_client._http.clock import monotonic
from pandadoc_client.exceptions import ApiTypeError, ApiValueError, TokenStoreError
from pandadoc_client.webhooks._errors import WebhookInProgressError
from pandadoc_client.webhooks._threads import in_thread

__all__ = ["EventDeduplicator"]

_log = logging.getLogger("pandadoc_client.webhooks")

_PREFIX = "webhook:"
_LOCK = "webhook claims"
_LOCK_TIMEOUT = 10.0
_LONGEST_ID = 150
_LONGEST = timedelta(days=36_500)

_PRUNE_EVERY = 50
_PRUNE_LIMIT = 2 * _PRUNE_EVERY
_PRUNE_SECONDS = 1.0
_PRUNE_BATCH = 50


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class _Claim:
    """What is known of an event.

    Attributes:
        done: Whether it was handled; otherwise somebody is at it.
        until: When the claim ends, aware, UTC.
    """

    done: bool
    until: datetime

    def encode(self) -> str:
        return json.dumps({"webhook": "done" if self.done else "in progress", "until": self.until.isoformat()})

    @classmethod
    def decode(cls, document: str) -> _Claim | None:
        """Return the claim that *document* was made from, or None if it is none."""
        try:
            fields = json.loads(document)
            until = datetime.fromisoformat(fields["until"])
            return cls({"done": True, "in progress": False}[fields["webhook"]], until.astimezone(UTC))
        except (KeyError, TypeError, ValueError):
            return None


class EventDeduplicator:
    """Remembers which events were handled. Safe for threads, processes and machines that share its store.

    `once` is for a receiver that handles an event before it answers. A worker that is killed meanwhile loses its claim
    after *lease*, and the next attempt to deliver is handled. `first_time` is for those who keep the books themselves:
    its claim stands, until `release`.

    Each method has a twin for asyncio and trio, with an ``a`` in front, that does the same in a thread. Ids that are
    over are removed now and then by whoever makes a claim; `prune` removes all at once.

    Args:
        store_or_url: Where the ids are kept: a `TokenStore`, which is not closed, or the URL of one as `token_store`
            has it. By a URL the table is ``pandadoc_webhooks``, or the prefix in Redis ``pandadoc-webhooks``. A store
            of yours must hold no tokens: whoever lists these would meet documents that are none. A file is replaced as
            a whole by each write, which is fine for a thousand ids.
        keep: How long to remember an event: for as long as it may be delivered again.
        lease: How long handling an event takes at the most, for `once`.

    Raises:
        ApiTypeError: An argument is of the wrong type.
        ApiValueError: The URL stands for no store, or a time is not above 0 or longer than a century.
        ImportError: The library that the store needs is missing; the message says how to install it.

    Every method raises ``TokenStoreError`` when the store fails, ``ApiTypeError`` for an id that is no text, and
    ``ApiValueError`` for one that is empty.
    """

    def __init__(
        self,
        store_or_url: pandadoc_client.oauth.TokenStore | str,
        *,
        keep: timedelta = timedelta(days=7),
        lease: timedelta = timedelta(minutes=5),
    ) -> None:
        from pandadoc_client.oauth.stores.base import TokenStore

        self._keep = _check_length(keep, "keep")
        self._lease = _check_length(lease, "lease")
        self._owned: pandadoc_client.oauth.TokenStore | None = None
        if isinstance(store_or_url, str):
            self._store = self._owned = _open(store_or_url)
        elif isinstance(store_or_url, TokenStore):  # pyright: ignore[reportUnnecessaryIsInstance]
            self._store = store_or_url
        else:
            raise ApiTypeError(f"store_or_url must be a TokenStore or a URL, not {type(store_or_url).__name__}")
        # Begins anywhere, so that programs that make few claims, many times, prune as well.
        self._count = itertools.count(random.randrange(_PRUNE_EVERY))  # noqa: S311 (guards nothing)

    def __repr__(self) -> str:
        return f"<EventDeduplicator over {getattr(self, '_store', None)!r}>"  # the arguments may have been refused

    def first_time(self, event_id: str) -> bool:
        """Return True to one caller for each *event_id*, within *keep*; False to all others, wherever they are."""
        return isinstance(self._claim(_key(event_id), done=True), str)

    def release(self, event_id: str) -> bool:
        """Forget *event_id*, so that it is handled when it comes again; return True if it was known.

        Raises:
            LockTimeout: Others release or prune for more than 10 seconds.
        """
        key = _key(event_id)
        with self._changing():
            return self._store.discard(key)

    @contextmanager
    def once(self, event_id: str) -> Iterator[bool]:
        """Give True to the one that shall handle *event_id* in this context, False if that was done before.

        When the context is left by an error, the event counts as not handled.

        Raises:
            WebhookInProgressError: Another worker is in its context. Answer 503, and PandaDoc sends the event again:
                that worker may fail.
        """
        key = _key(event_id)
        revision = self._begin(key)
        try:
            yield revision is not None
        except BaseException:
            if revision is not None:
                self._give_up(key, revision)
            raise
        if revision is not None:
            self._finish(key, revision)

    def prune(self, limit: int | None = None) -> int:
        """Remove ids that are over, at most *limit* of them, and return how many those were.

        Raises:
            ApiValueError: *limit* is below 0.
            LockTimeout: Others release or prune for more than 10 seconds.
        """
        return self._prune(limit, _LOCK_TIMEOUT, None)

    def close(self) -> None:
        """Close the store, if it was given as a URL."""
        if self._owned is not None:
            self._owned.close()

    async def afirst_time(self, event_id: str) -> bool:
        """Do what `first_time` does. A task that is cancelled meanwhile has made no claim."""
        key = _key(event_id)
        claim = functools.partial(self._claim, key, done=True)
        return isinstance(await in_thread(claim, undo=functools.partial(self._take_back, key)), str)

    async def arelease(self, event_id: str) -> bool:
        """Do what `release` does."""
        return await in_thread(self.release, event_id)

    @asynccontextmanager
    async def aonce(self, event_id: str) -> AsyncIterator[bool]:
        """Do what `once` does. To be cancelled counts as an error."""
        key = _key(event_id)
        revision = await in_thread(self._begin, key, undo=functools.partial(self._take_back, key))
        try:
            yield revision is not None
        except BaseException:
            if revision is not None:
                await in_thread(self._give_up, key, revision)
            raise
        if revision is not None:
            await in_thread(self._finish, key, revision)

    async def aprune(self, limit: int | None = None) -> int:
        """Do what `prune` does."""
        return await in_thread(self.prune, limit)

    async def aclose(self) -> None:
        """Do what `close` does."""
        await in_thread(self.close)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    def _claim(self, key: str, *, done: bool) -> str | _Claim:
        """Return the revision of a new claim, or the claim of another."""
        from pandadoc_client.oauth.stores.base import RevisionConflict

        self._prune_now_and_then()
        while True:
            with suppress(RevisionConflict):
                return self._write(key, done=done, expected=None)
            found = self._read(key)
            if found is None:
                continue  # it was released just now
            claim, revision = found
            if claim.until > _now():
                return claim
            with self._changing(), suppress(RevisionConflict):
                return self._write(key, done=done, expected=revision)

    def _begin(self, key: str) -> str | None:
        """Return the revision of a new claim; None if the event was handled."""
        outcome = self._claim(key, done=False)
        if isinstance(outcome, str):
            return outcome
        if not outcome.done:
            raise WebhookInProgressError("Another worker is handling this event at the moment")
        return None

    def _finish(self, key: str, revision: str) -> None:
        """Note that the event was handled."""
        from pandadoc_client.oauth.stores.base import RevisionConflict

        expected: str | None = revision
        while True:
            with suppress(RevisionConflict):
                self._write(key, done=True, expected=expected)
                return
            if self._read(key) is not None:
                return  # it took longer than the lease, and somebody else has taken over
            expected = None

    def _give_up(self, key: str, revision: str) -> None:
        """Remove our claim, if it is still ours. This must not hide the error that led here."""
        try:
            with self._changing():
                found = self._read(key)
                if found is not None and found[1] == revision:
                    self._store.discard(key)
        except TokenStoreError as error:
            _log.warning("The claim of a webhook event could not be given back, and ends by itself: %s", error)

    def _take_back(self, key: str, outcome: object) -> None:
        """Remove the claim that *outcome* is the revision of, for a caller that does not get to know it."""
        if isinstance(outcome, str):
            self._give_up(key, outcome)

    def _write(self, key: str, *, done: bool, expected: str | None) -> str:
        claim = _Claim(done, _now() + (self._keep if done else self._lease))
        return self._store.write(key, claim.encode(), expires_at=claim.until, expected=expected)

    def _read(self, key: str) -> tuple[_Claim, str] | None:
        record = self._store.read(key)
        if record is None:
            return None
        claim = _Claim.decode(record.document)
        if claim is None:
            raise TokenStoreError(f"The document that is stored under the key {key!r} is no webhook event", key=key)
        return claim, record.revision

    def _changing(self, timeout: float = _LOCK_TIMEOUT) -> AbstractContextManager[None]:
        return self._store.lock(_LOCK, timeout)

    def _prune_now_and_then(self) -> None:
        from pandadoc_client.oauth.stores.base import LockTimeout

        if next(self._count) % _PRUNE_EVERY == 0:
            with suppress(LockTimeout):  # somebody else prunes
                self._prune(_PRUNE_LIMIT, 0, _PRUNE_SECONDS)

    def _prune(self, limit: int | None, lock_timeout: float, seconds: float | None) -> int:
        deadline = None if seconds is None else monotonic() + seconds
        removed = 0
        keys = self._store.keys(expiring_before=_now(), limit=limit)
        while batch := list(itertools.islice(keys, _PRUNE_BATCH)):
            with self._changing(lock_timeout):
                for key in batch:
                    if deadline is not None and monotonic() > deadline:
                        return removed
                    removed += self._prune_one(key)
        return removed

    def _prune_one(self, key: str) -> bool:
        """Remove *key* if it is a claim that is over, and nothing else. The lock is held."""
        record = self._store.read(key) if key.startswith(_PREFIX) else None
        claim = None if record is None else _Claim.decode(record.document)
        return claim is not None and claim.until <= _now() and self._store.discard(key)


def _key(event_id: str) -> str:
    """Return the store's key for *event_id*, which is somebody else's text."""
    if not isinstance(event_id, str):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise ApiTypeError(f"event_id must be text (str), not {type(event_id).__name__}")
    if not event_id:
        raise ApiValueError("event_id is empty: Delivery.id never is")
    if len(event_id) > _LONGEST_ID or not event_id.isprintable() or event_id != event_id.strip():
        event_id = "sha256:" + hashlib.sha256(event_id.encode("utf-8", "surrogatepass")).hexdigest()
    return _PREFIX + event_id


def _check_length(length: timedelta, name: str) -> timedelta:
    if not isinstance(length, timedelta):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise ApiTypeError(f"{name} must be a timedelta, not {type(length).__name__}")
    if not timedelta() < length <= _LONGEST:
        raise ApiValueError(f"{name} must be above 0, and at most {_LONGEST.days} days")
    return length


def _open(url: str) -> pandadoc_client.oauth.TokenStore:
    """Return the store that *url* stands for, apart from the tokens in the same database."""
    from pandadoc_client.oauth.stores.urls import open_store

    return open_store(url, "url", "webhooks")
