"""The life of one account's token in this process: kept in memory, renewed by one at a time.

`Lifecycle` is what `TokenManager` and `AsyncTokenManager` share. The work is done in a thread of its own and not in
the caller's. A caller that is cancelled, interrupted or out of patience just stops waiting: what was sent is still
answered, and what was answered is still saved. An event loop that ends takes nothing with it either, and any number of
loops and threads may wait for the same work.
"""

from __future__ import annotations

import logging
import math
import threading
import time
from collections.abc import Sequence
from concurrent.futures import Future
from functools import reduce
from typing import NamedTuple

from pandadoc_client._http.fork import renew_in_child
from pandadoc_client.exceptions import ApiValueError, TokenStoreError
from pandadoc_client.oauth._refresh import KeyDeleted, NotSaved, Refresh, Want, save_successor
from pandadoc_client.oauth.client import OAuthClient
from pandadoc_client.oauth.stores.base import TokenStore
from pandadoc_client.oauth.token import Token

__all__ = ["Lifecycle"]

logger = logging.getLogger("pandadoc_client")

_SAVE_AGAIN_AFTER = 5.0
"""Seconds for which a token that could not be saved is used before the store is tried again."""


class _Held(NamedTuple):
    """A token in memory, and until when it is used without another look, by both clocks.

    The wall clock is right after a suspend, the monotonic one when somebody sets the clock back.
    """

    token: Token
    until: float
    until_monotonic: float


class _Waiter(NamedTuple):
    want: Want
    future: Future[Token]


class Lifecycle:
    """Keeps and renews the token of one account.

    Args:
        store: Where its tokens are.
        key: Under which key.
        leeway: Seconds before the end of a token from which on it is renewed.
        client: Asks the server for the next token.
        lock_timeout: Seconds to wait for the store's lock.
    """

    def __init__(self, store: TokenStore, key: str, leeway: float, client: OAuthClient, lock_timeout: float) -> None:
        self._refresh = Refresh(store, key, client.refresh, client.host, lock_timeout, client.refresh_timeout.total)
        self._leeway = leeway
        self._held: _Held | None = None
        self._rejected: frozenset[str] = frozenset()
        self._unsaved: NotSaved | None = None
        self._renew_in_child()
        renew_in_child(self)

    def _renew_in_child(self) -> None:
        # The thread that does the work exists in the parent only, which has its result.
        self._guard = threading.Lock()
        self._waiters: list[_Waiter] = []
        self._working = False

    def current(self) -> Token | None:
        """Return the token in memory if it will do as it is."""
        held = self._held
        if held is not None and time.time() < held.until and time.monotonic() < held.until_monotonic:
            return held.token
        return None

    def peek(self) -> Token | None:
        """Return the latest token that is known, in memory or else in the store, valid or not."""
        held = self._held
        return self._refresh.store.load(self._refresh.key) if held is None else held.token

    def request(self, unwanted: str | None = None, force: bool = False) -> Future[Token]:
        """Return the token to come: join the work that is going on, or begin it.

        Args:
            unwanted: An access token that will not do.
            force: True to try even a grant that is known to be dead.
        """
        future: Future[Token] = Future()
        with self._guard:
            others = set() if unwanted is None else {unwanted}
            held = self._held
            if held is not None and time.monotonic() >= held.until_monotonic:
                others.add(held.token.access_token)
            want = Want(self._leeway, frozenset(others), self._rejected, force)
            self._waiters.append(_Waiter(want, future))
            begin, self._working = not self._working, True
        if begin:
            self._begin()
        return future

    def reject(self, access_token: str) -> None:
        """Note that the server does not take *access_token*, unless there is another one already."""
        with self._guard:
            held = self._held
            if held is not None and held.token.access_token != access_token:
                return
            self._held = None
            self._rejected |= {access_token}

    def save(self, token: Token) -> None:
        """Put *token* into the store, in the place of anything, and use it from here on.

        Raises:
            ApiValueError: Another host gave it.
            TokenStoreError: It could not be saved. It is used nevertheless, and saved when the store works again.
        """
        if not token.is_for(self._refresh.host):
            raise ApiValueError(f"The token is for {token.host}, and this manager for {self._refresh.host}", ["token"])
        try:
            save_successor(self._refresh.store, self._refresh.key, token, None)
        except NotSaved as error:
            self._keep_unsaved(error)
            raise
        with self._guard:
            self._unsaved = None
            self._hold(token)

    def _begin(self) -> None:
        try:
            # Not a daemon, whatever its caller is (a thread inherits that): the interpreter waits for it, so that a
            # token which was sent for is saved.
            threading.Thread(target=self._work, name="pandadoc-token", daemon=False).start()
        except RuntimeError:  # no more threads to be had, or the interpreter is about to end: then here and now
            self._work()

    def _work(self) -> None:
        """Serve those who wait, until nobody does."""
        while True:
            with self._guard:
                batch, self._waiters = self._waiters, []
                if not batch:
                    self._working = False
                    return
            outcome = self._outcome(reduce(_both, (waiter.want for waiter in batch)))
            with self._guard:
                # Whoever came meanwhile and would take this outcome has waited for it as well.
                batch += [waiter for waiter in self._waiters if _serves(outcome, waiter.want)]
                self._waiters = [waiter for waiter in self._waiters if not _serves(outcome, waiter.want)]
            _resolve(batch, outcome)

    def _outcome(self, want: Want) -> Token | BaseException:
        try:
            return self._renew(want)
        except NotSaved as error:
            self._keep_unsaved(error)
            return error
        except BaseException as error:  # whatever it is, those who wait must hear of it
            return error

    def _renew(self, want: Want) -> Token:
        unsaved = self._unsaved
        if unsaved is not None:
            token: Token = unsaved.token
            try:
                save_successor(self._refresh.store, self._refresh.key, token, unsaved.spent, pauses=())
            except KeyDeleted:  # then this token is not wanted either
                self._unsaved = None
                raise
            except TokenStoreError as error:
                if not want.accepts(token, 0.0):
                    raise
                logger.warning("a token that is in use is still not saved: %s", error)
                with self._guard:
                    self._hold(token, _SAVE_AGAIN_AFTER)
                return token
            self._unsaved = None
        token = self._refresh.run(want)
        with self._guard:
            self._hold(token)
        return token

    def _keep_unsaved(self, failure: NotSaved) -> None:
        """Go on with a token that could not be saved, and try to save it again before long."""
        with self._guard:
            self._unsaved = failure
            self._hold(failure.token, _SAVE_AGAIN_AFTER)

    def _hold(self, token: Token, at_most: float = math.inf) -> None:
        """Keep *token* in memory, to be used for *at_most* so many seconds until the next look. The guard is held."""
        now = time.time()
        seconds = math.inf if token.expires_at is None else token.expires_at.timestamp() - now
        # A token whose whole life is shorter than the leeway is used for half of what it has: it would be renewed at
        # every call otherwise.
        seconds = seconds - self._leeway if seconds > self._leeway else seconds / 2
        self._held = _Held(token, now + min(seconds, at_most), time.monotonic() + seconds)
        self._rejected = frozenset()


def _both(one: Want, other: Want) -> Want:
    return Want(one.leeway, one.unwanted | other.unwanted, one.rejected | other.rejected, one.force or other.force)


def _serves(outcome: Token | BaseException, want: Want) -> bool:
    return want.accepts(outcome, 0.0) if isinstance(outcome, Token) else not want.force


def _resolve(waiters: Sequence[_Waiter], outcome: Token | BaseException) -> None:
    for waiter in waiters:
        if not waiter.future.set_running_or_notify_cancel():
            continue  # nobody waits any more
        if isinstance(outcome, Token):
            waiter.future.set_result(outcome)
        else:
            waiter.future.set_exception(outcome)
