"""`refresh_due`: renew the tokens of many accounts before they end, by any number of workers at once."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import anyio
import anyio.to_thread
from attrs import define, field

from pandadoc_client._http.clock import monotonic
from pandadoc_client._http.timers import sleep
from pandadoc_client.exceptions import ApiTypeError, ApiValueError, OpenApiException
from pandadoc_client.oauth._refresh import Refresh, Want, check_alive
from pandadoc_client.oauth.client import AsyncOAuthClient, OAuthClient, blocking_client
from pandadoc_client.oauth.stores.base import TokenStore
from pandadoc_client.oauth.stores.entry import Entry
from pandadoc_client.oauth.token import Token

__all__ = ["RefreshReport", "refresh_due"]

_IN_VAIN = 20
"""How many accounts may turn out to be done by others before the store is asked again which are due."""


@define
class RefreshReport:
    """How far `refresh_due` is, or what it did.

    Attributes:
        due: Accounts whose token ends soon, when it began.
        refreshed: Tokens renewed here.
        skipped: Accounts that another worker renewed, or that are gone or not due after all.
        failed: What went wrong, by key. `ReauthorizationRequired`: a person has to give consent again.
    """

    due: int = 0
    refreshed: int = 0
    skipped: int = 0
    failed: dict[str, Exception] = field(factory=dict[str, Exception])

    @property
    def done(self) -> int:
        """Accounts that have been looked at."""
        return self.refreshed + self.skipped + len(self.failed)


async def refresh_due(
    client: OAuthClient | AsyncOAuthClient,
    store: TokenStore,
    *,
    within: timedelta = timedelta(days=7),
    concurrency: int = 8,
    rate: float | None = 20.0,
    progress: Callable[[RefreshReport], object] | None = None,
    lock_timeout: float = 120.0,
) -> RefreshReport:
    """Renew every token in *store* that ends within *within*, and return what came of it.

    Run it in as many processes, on as many machines, as you like: each account is renewed by one of them. It may be
    stopped at any time, and begun again. If it is cancelled, the refreshes that are under way are finished and saved.

    A token is not due before half its life is over, so that short-lived ones are not renewed again and again. One whose
    end is not known is never due.

    Args:
        client: Sends the refreshes. Not an `AsyncOAuthClient` with an ``http_client``; see `AsyncTokenManager`.
        store: Where the tokens are.
        within: How soon a token must end to be renewed.
        concurrency: How many refreshes may be under way at once here.
        rate: How many may begin in a second here; None for no limit. A 429 is waited out in any case.
        progress: Called after each account, with the report so far.
        lock_timeout: Seconds to wait for another worker that renews the same account.

    Raises:
        ApiValueError: A number cannot be right.
        ApiTypeError: An argument is of the wrong type.
        TokenStoreError: The accounts cannot be listed. What goes wrong with one account is in the report.
    """
    if not isinstance(within, timedelta):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise ApiTypeError(f"within must be a timedelta, not {type(within).__name__}")
    if within < timedelta(0):
        raise ApiValueError("within must not be negative")
    if concurrency < 1:
        raise ApiValueError("concurrency must be 1 or more")
    if rate is not None and not rate > 0:
        raise ApiValueError("rate must be a number above 0, or None")
    run = _Run(store, blocking_client(client), within, lock_timeout, _Pace(rate), progress)
    await run.run(concurrency)
    return run.report


class _Pace:
    """Lets through so many a second, evenly."""

    def __init__(self, rate: float | None) -> None:
        self._interval = 0.0 if rate is None else 1 / rate
        self._next = 0.0

    async def wait(self) -> None:
        now = monotonic()
        self._next = max(now, self._next) + self._interval
        await sleep(self._next - self._interval - now)


@define
class _Run:
    store: TokenStore
    client: OAuthClient
    within: timedelta
    lock_timeout: float
    pace: _Pace
    progress: Callable[[RefreshReport], object] | None
    report: RefreshReport = field(factory=RefreshReport)
    in_vain: int = 0

    async def run(self, concurrency: int) -> None:
        """Look at every due account, so many at a time."""
        limiter = anyio.CapacityLimiter(concurrency)
        keys = await self._due()
        self.report.due = len(keys)
        while keys:
            random.shuffle(keys)  # so that workers that begin together do not meet at every account
            queue, self.in_vain = iter(keys), 0
            most = max(_IN_VAIN, len(keys) // 100)
            async with anyio.create_task_group() as group:
                for _ in range(min(concurrency, len(keys))):
                    group.start_soon(self._work, queue, most, limiter)
            left = list(queue)
            if not left:
                return
            # Other workers are ahead: to ask the store for what is left is quicker than to look at each.
            due = set(await self._due())
            keys = [key for key in left if key in due]
            self.report.skipped += len(left) - len(keys)
            self._tell()

    async def _due(self) -> list[str]:
        return await self.store.akeys(expiring_before=datetime.now(UTC) + self.within)

    async def _work(self, queue: Iterator[str], most_in_vain: int, limiter: anyio.CapacityLimiter) -> None:
        """Take accounts from *queue* until there are no more, or too many were done by others."""
        for key in queue:
            try:
                due = await anyio.to_thread.run_sync(self._look, key, limiter=limiter)
                refreshed = False
                if due is not None:
                    await self.pace.wait()
                    # Not given up on cancellation: what is sent is saved.
                    refreshed = await anyio.to_thread.run_sync(self._refresh, key, *due, limiter=limiter)
            except OpenApiException as error:
                self.report.failed[key] = error
            else:
                self.report.refreshed += refreshed
                self.report.skipped += not refreshed
                self.in_vain += not refreshed
            self._tell()
            if self.in_vain > most_in_vain:
                return

    def _tell(self) -> None:
        if self.progress is not None:
            self.progress(self.report)

    def _look(self, key: str) -> tuple[Want, Entry] | None:
        """Return how to renew *key*, and what is there now; None if it is not due any more."""
        entry, _ = self.store.read_entry(key)
        if entry is None:
            return None
        check_alive(entry, Want())
        token = entry.token
        seconds = self.within.total_seconds()
        if token.expires_at is not None and token.received_at is not None:
            seconds = min(seconds, max(0.0, (token.expires_at - token.received_at).total_seconds() / 2))
        return (Want(leeway=seconds), entry) if token.is_expired(seconds) else None

    def _refresh(self, key: str, want: Want, seen: Entry) -> bool:
        """Renew *key*; return False if somebody else did."""
        sent = False

        def send(token: Token) -> Token:
            nonlocal sent
            sent = True
            return self.client.refresh(token)

        limit = self.client.refresh_timeout.total
        Refresh(self.store, key, send, self.client.host, self.lock_timeout, limit).renew(want, seen)
        return sent
