"""One refresh, from the store to the store. Blocking; called by `pandadoc_client.oauth._lifecycle` in its thread.

Where a refresh token is good for one use, the moment between the server's response and the save is the one in which
access can be lost. Everything here is about that moment: nothing is sent before the store has proved that it can be
written to (the attempt is written down first), nothing happens between response and save, and whoever comes
after a crash finds the attempt and can say what happened.

What follows a request that brought no token is decided by its `Outcome`, and by nothing else:

* not processed, or decided against: the record of the attempt is taken back. The next call sends again.
* lost, failed, unreadable: nothing more will come of this request. It is sent once more, at once.
* under way: the server may still process it, so it is not sent again by this call. The record of the attempt stays.
  Whoever finds such a record waits until the attempt has ended or its time is over, reads the store again, and sends
  only if nothing has changed.
* ``invalid_grant``: the store is read again. Another token there is used; else a person has to give consent.
"""

from __future__ import annotations

import dataclasses
import logging
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from attrs import evolve, field, frozen

from pandadoc_client._http.clock import monotonic
from pandadoc_client._http.outcomes import Outcome, outcome_of
from pandadoc_client.exceptions import (
    ApiConnectionError,
    ApiException,
    InvalidGrantError,
    ReauthorizationRequired,
    TokenStoreError,
)
from pandadoc_client.oauth._exit import finished_before_exit, is_ending, may_begin
from pandadoc_client.oauth.stores.base import RevisionConflict, TokenStore
from pandadoc_client.oauth.stores.entry import Attempt, Entry, encode_entry
from pandadoc_client.oauth.token import Token

__all__ = ["KeyDeleted", "NotSaved", "Refresh", "Want", "check_alive", "save_successor"]

logger = logging.getLogger("pandadoc_client")

_CONFLICTS = 20
"""How often somebody else may write under our nose; each of these times they got ahead, so it ends."""
_UNKNOWN = 90.0
"""Seconds that a refresh may take where nobody has said."""
_MARGIN = 1.25
"""How much longer than its own limit a refresh may be under way: the server does not stop when its client does."""
_LOOKS = (0.05, 1.0)
"""Seconds between two looks at an attempt of somebody else: the first, and the longest."""
_YOUNG = 30.0
"""Seconds for which a token that was got because of a 401 is not replaced because of another one."""
_PAUSES = (0.1, 0.4, 1.5)
"""Seconds between the tries to save a token. The store's lock is held meanwhile, so not for long."""


@frozen
class Want:
    """Which token a caller will take.

    Attributes:
        leeway: Seconds that a stored token must still have.
        unwanted: Access tokens that will not do, whatever the clock says of them. Secret.
        rejected: Access tokens that the server has answered 401 to. Secret.
        force: True to ask the server again for a grant that it has refused.
    """

    leeway: float = 0.0
    unwanted: frozenset[str] = field(default=frozenset(), repr=False)
    rejected: frozenset[str] = field(default=frozenset(), repr=False)
    force: bool = False

    def accepts(self, token: Token, leeway: float | None = None) -> bool:
        """Return True if *token* will do; *leeway* takes the place of the own one."""
        seconds = self.leeway if leeway is None else leeway
        return token.access_token not in self.unwanted | self.rejected and not token.is_expired(seconds)


class NotSaved(TokenStoreError):
    """A refreshed token could not be saved: ``token`` holds it.

    Attributes:
        spent: The token whose refresh token was used for it.
    """

    spent: Token | None = None


class KeyDeleted(TokenStoreError):
    """The key was deleted, or its store emptied, while its token was refreshed: ``token`` holds what came.

    It is not saved: somebody may have logged out.
    """


@frozen
class Refresh:
    """How to get a valid token for one account.

    Attributes:
        store: Where its tokens are.
        key: Under which key.
        send: Asks the server for the next token, blocking.
        host: URL of the API that it asks: a token that another one gave is not sent there.
        lock_timeout: Seconds to wait for the store's lock.
        send_timeout: Seconds after which `send` gives up; None if that is not known.
    """

    store: TokenStore
    key: str
    send: Callable[[Token], Token]
    host: str
    lock_timeout: float
    send_timeout: float | None = None

    def run(self, want: Want) -> Token:
        """Return a token that *want* accepts: the stored one, what somebody else got meanwhile, or a new one.

        Raises:
            ReauthorizationRequired: There is no token, or the server does not refresh it any more.
            TokenStoreError: The store fails. Unless the error carries a token, nothing was sent.
            ApiException: The token endpoint fails; the stored token is as it was.
        """
        seen, _ = self.store.read_entry(self.key)
        seen = self._usable(seen)
        return seen.token if _will_do(seen, want) else self.renew(want, seen)

    def renew(self, want: Want, seen: Entry) -> Token:
        """Do what `run` does for whoever has read the store already: *seen* was there, and will not do.

        Raises:
            ReauthorizationRequired: As `run`, and likewise for the rest.
        """
        check_alive(self._usable(seen), want)
        with self.store.lock(self.key, self.lock_timeout):
            for _ in range(_CONFLICTS):
                try:
                    return self._run_locked(want, seen.token)
                except RevisionConflict:
                    logger.debug("somebody else wrote the token meanwhile; looking at it again")
        raise TokenStoreError(f"Others keep replacing the token under the key {self.key!r}", key=self.key)

    def _usable(self, entry: Entry | None) -> Entry:
        """Return *entry* if it is one of this host: another host would refuse the refresh token, and the grant with it.

        Raises:
            ReauthorizationRequired: There is none.
        """
        if entry is None:
            raise _login_required(self.key)
        if not entry.token.is_for(self.host):
            problem = f"The token under the key {self.key!r} is for {entry.token.host}, and this client for {self.host}"
            raise ReauthorizationRequired("login_required", f"{problem}: log in there, or use another key")
        return entry

    @property
    def _time_to_end(self) -> float:
        """Seconds after which an attempt of this process is over, whatever became of it."""
        return _MARGIN * (_UNKNOWN if self.send_timeout is None else self.send_timeout)

    def _run_locked(self, want: Want, seen: Token) -> Token:
        entry, revision = self._read_ended(want, seen)
        entry = self._usable(entry)
        if _may_take(entry, want, seen):
            return entry.token
        check_alive(entry, want)
        if entry.token.refresh_token is None:
            raise ReauthorizationRequired("invalid_grant", "The token is over, and it came without a refresh token")
        if not may_begin():
            raise ApiConnectionError(reason="The interpreter is ending; no refresh was sent", request_sent=False)
        with finished_before_exit():
            begun = monotonic()
            revision = self._begin(entry, revision)
            if monotonic() - begun > self._time_to_end:
                raise RevisionConflict.of(self.key)  # we were asleep, and others need not wait for us any more
            return self._send(entry, revision, want)

    def _begin(self, entry: Entry, revision: str | None) -> str:
        """Write down that a refresh of *entry* begins, and return the revision of that."""
        attempt = Attempt.now(self._time_to_end)
        return self._write(dataclasses.replace(entry, attempt=attempt, refused=None, over=False), revision)

    def _begin_again(self, entry: Entry, revision: str, lost: ApiException) -> str:
        """Do what `_begin` does after a request whose response was lost."""
        try:
            return self._begin(entry, revision)
        except RevisionConflict:
            raise
        except TokenStoreError as error:
            reason = f"No usable answer came to a token refresh ({_cause(lost)}), and it was not sent again: {error}"
            raise ApiConnectionError(reason=reason) from error

    def _read_ended(self, want: Want, seen: Token) -> tuple[Entry | None, str | None]:
        """Read the store, and wait if it has no token that will do, but an attempt that may still be under way.

        The lock is no proof that nobody is at it: a lease ends while its holder is asleep, and a request that was given
        up is still processed.

        Raises:
            ApiConnectionError: The interpreter ends. Nothing was sent.
        """
        entry, revision = self.store.read_entry(self.key)
        attempt = None if entry is None else entry.attempt
        left = 0.0 if attempt is None else attempt.seconds_left(self._time_to_end)
        if entry is None or left <= 0 or _may_take(entry, want, seen):
            return entry, revision
        logger.info("waiting up to %.0f seconds for the end of %s", left, attempt)
        ends, (pause, longest) = monotonic() + left, _LOOKS
        # Only the attempt that was found is waited for, and its time is counted here: the wall clock may jump.
        while attempt is not None and (now := monotonic()) < ends and not attempt.is_orphaned:
            if is_ending():
                raise ApiConnectionError(reason=f"The interpreter ended during {attempt}", request_sent=False)
            time.sleep(min(pause, ends - now))
            pause = min(2 * pause, longest)
            entry, current = self.store.read_entry(self.key)
            if current != revision:
                return self._read_ended(want, seen)
        return entry, revision

    def _send(self, entry: Entry, revision: str, want: Want) -> Token:
        """Spend the refresh token of *entry* and save what comes for it. *revision* is that of the written attempt."""
        lost: ApiException | None = None
        while True:
            try:
                token = self.send(entry.token)
            except InvalidGrantError as error:
                raise self._refused(entry, want, lost, error) from error
            except Exception as error:
                outcome = outcome_of(error) if isinstance(error, ApiException) else Outcome.NOT_PROCESSED
                if not isinstance(error, ApiException) or not outcome.may_have_been_processed:
                    self._end(entry, revision, processed=lost is not None)
                    raise
                if outcome is Outcome.UNDER_WAY:
                    logger.warning(
                        "no response came to a token refresh, which may still be under way; it is not sent again before"
                        " %.0f seconds after it began: %s",
                        self._time_to_end,
                        _cause(error),
                    )
                    raise
                if lost is not None:
                    self._end(entry, revision, processed=True)
                    reason = f"A token refresh was sent twice, and no usable answer came: {_cause(error)}"
                    raise ApiConnectionError(reason=reason) from error
                # Sent once more: if the first was not processed this brings the token, and if it was, there is nothing
                # left to lose. Some servers repeat their response for a while.
                logger.warning("no usable answer came to a token refresh; it is sent once more: %s", _cause(error))
                lost = error
                revision = self._begin_again(entry, revision, error)
            else:
                rejected = entry.token.access_token in want.rejected
                return save_successor(self.store, self.key, token, entry.token, revision, after_rejection=rejected)

    def _refused(self, entry: Entry, want: Want, lost: ApiException | None, error: InvalidGrantError) -> Exception:
        """Return what to raise after *error*: nobody is sent to give consent again before the store was asked again."""
        current, revision = self.store.read_entry(self.key)
        if current is None:
            return _login_required(self.key)
        if current.token != entry.token:
            return RevisionConflict.of(self.key)  # somebody who had no lock, or lost it: look again
        if lost is not None:
            problem = f"the response to the refresh was lost ({_cause(lost)}), and a second try was refused"
        elif entry.attempt is not None:
            problem = f"{entry.attempt} never came to an end, and the next one was refused"
        else:
            problem = "the server refuses the refresh token: it was revoked, or used elsewhere"
        refusal = f"A person has to give consent again: {problem}"
        try:
            over = entry.token.access_token in want.rejected
            self._write(Entry(entry.token, refused=refusal, over=over), revision)
        except RevisionConflict as conflict:
            return conflict
        except TokenStoreError as failure:
            logger.warning("that the grant is dead could not be written down: %s", failure)
        result = ReauthorizationRequired(error.error, refusal)
        result.status = error.status
        return result

    def _end(self, entry: Entry, revision: str, *, processed: bool) -> None:
        """Write down that an attempt has ended without a token, so that nobody waits for it.

        Its record goes if the server cannot have *processed* it. Otherwise it stays: it explains a later refusal.
        """
        try:
            self._write(dataclasses.replace(entry, attempt=Attempt.now(0.0)) if processed else entry, revision)
        except TokenStoreError as error:  # others wait in vain for its end; nothing else is lost
            logger.info("the record of an attempt stays, though it has ended: %s", error)

    def _write(self, entry: Entry, revision: str | None) -> str:
        return self.store.write(self.key, encode_entry(entry), expires_at=entry.token.expires_at, expected=revision)


def save_successor(
    store: TokenStore,
    key: str,
    token: Token,
    spent: Token | None,
    revision: str | None = None,
    pauses: Sequence[float] = _PAUSES,
    *,
    after_rejection: bool = False,
) -> Token:
    """Save *token*, which came for the refresh token of *spent*, and return the token that is in the store then.

    That is *token*, unless somebody saved another meanwhile that does not come from *spent*, such as one of a new
    consent: that one stays. A writer whose lock was lost does no harm thus.

    Args:
        store: Where to.
        key: Under which key.
        token: What to save.
        spent: Its predecessor; None to put it in the place of anything.
        revision: The revision to replace, if it is known.
        pauses: Seconds to wait after each try that failed; no further try after the last.
        after_rejection: Whether the API answered 401 to *spent*.

    Raises:
        NotSaved: The store failed again and again; the error carries *token*.
        KeyDeleted: There is nothing to replace any more; the error carries *token*.
    """
    document = encode_entry(Entry(token, replaces_rejected=after_rejection))
    left = iter(pauses)
    while True:
        try:
            if revision is None:
                current, revision = store.read_entry(key)
                if spent is not None and (current is None or current.token != spent):
                    break
            store.write(key, document, expires_at=token.expires_at, expected=revision)
        except RevisionConflict:
            revision = None
        except TokenStoreError as error:
            revision = None
            pause = next(left, None)
            if pause is None:
                failure = NotSaved(f"A new token could not be saved: {error}", key=key, token=token)
                failure.spent = spent
                raise failure from error
            logger.warning("a new token could not be saved; trying again in %.1f seconds: %s", pause, error)
            time.sleep(pause)
        else:
            return token
    if current is not None:
        return current.token
    raise KeyDeleted(f"The key {key!r} was deleted while its token was refreshed", key=key, token=token)


def _will_do(entry: Entry, want: Want, leeway: float | None = None) -> bool:
    if entry.over:
        return False
    if entry.replaces_rejected and not want.force and _is_young(entry.token):
        # An API that responses 401 to this one too would do so to the next.
        want = evolve(want, rejected=frozenset())
    return want.accepts(entry.token, leeway)


def _may_take(entry: Entry, want: Want, seen: Token) -> bool:
    """Return True if *entry* has what *want* is for, where *seen* was there before the wait for the lock."""
    # A token that came while we waited is as fresh as can be, even if its whole life is shorter than the leeway.
    return _will_do(entry, want, None if entry.token == seen else 0.0)


def _is_young(token: Token) -> bool:
    if token.received_at is None:
        return False
    return 0 <= (datetime.now(UTC) - token.received_at).total_seconds() < _YOUNG


def check_alive(entry: Entry, want: Want) -> None:
    """Refuse to ask the server about a grant that it has refused, unless *want* insists.

    Raises:
        ReauthorizationRequired: The grant is known to be dead.
    """
    if entry.refused is not None and not want.force:
        raise ReauthorizationRequired("invalid_grant", entry.refused)


def _cause(error: ApiException) -> str:
    return f"HTTP {error.status}" if error.status is not None else str(error.reason)


def _login_required(key: str) -> ReauthorizationRequired:
    problem = f"There is no token under the key {key!r}: a person has to give consent"
    return ReauthorizationRequired("login_required", problem)
