"""When to send a request again, and how long to wait before: decisions only, no I/O.

A request is sent again after 429, 502, 503, 504 or a connection that was never made. One that may have been processed
(502, 504, a connection that broke) is sent again only if it does no harm: an idempotent method, or one that the user
declared safe. The wait is what ``Retry-After`` says, else the seconds in the text of a throttling answer
(``Expected available in 13 seconds.``), else exponential backoff with full jitter. The whole call, waits included,
keeps to its timeout: a wait that does not fit is not begun, and the response at hand is returned.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from pandadoc_client._http.clock import monotonic
from pandadoc_client._http.messages import Request, Response
from pandadoc_client._http.outcomes import Outcome, outcome_of, outcome_of_status
from pandadoc_client._http.retry_after import retry_after
from pandadoc_client._http.values import Value
from pandadoc_client.exceptions import ApiConnectionError, ApiTimeoutError, ApiValueError

__all__ = ["DEFAULT_POLICY", "Attempts", "RetryPolicy", "Timeout", "asked_wait", "check_timeout"]


class Timeout(Value):
    """Limits of one call, in seconds.

    Attributes:
        total: Of the whole call, from the first byte sent to the last one read, retries and waits included; None for
            no limit on the whole.
        connect: Of making a connection, however many addresses the server has; of TLS, as long again.
        read: Of waiting for the next bytes.
    """

    total: float | None
    connect: float
    read: float

    def __init__(self, total: float | None = 30.0, connect: float = 5.0, read: float = 30.0) -> None:
        super().__init__(total=total, connect=connect, read=read)


def check_timeout(value: Any, default: Timeout) -> Timeout:
    """Return what a timeout argument means.

    A number bounds the whole call. A pair bounds the connection and each read, as in urllib3 and requests; None in it
    stands for the default. None and 0 stand for the default as a whole: there is always a limit.

    Raises:
        ApiValueError: A negative or infinite number, or a sequence of other than two numbers.
    """
    if value is None or value in (0, (), []):
        return default
    if isinstance(value, Timeout):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        seconds = _positive(value)
        return Timeout(total=seconds, connect=min(seconds, default.connect), read=seconds)
    if isinstance(value, tuple | list) and len(value) == 2:
        connect, read = (None if part is None else _positive(part) for part in value)
        return Timeout(total=None, connect=connect or default.connect, read=read or default.read)
    raise ApiValueError("A timeout must be a number of seconds or a pair (connect, read)")


def _positive(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < 1e9:
        raise ApiValueError("A timeout must be a number of seconds above 0")
    return float(value)


class RetryPolicy(Value):
    """How often, and how patiently, a request is sent again.

    Attributes:
        attempts: How often a request is sent at the most, the first time included.
        backoff: Seconds that the first wait may take; each further one may take twice as long.
        max_wait: Longest wait, in seconds; a response that asks for more is returned as it is.
        retry_posts: True to send a POST or PATCH again even if the server may have processed it.
    """

    attempts: int
    backoff: float
    max_wait: float
    retry_posts: bool

    def __init__(
        self, attempts: int = 4, backoff: float = 0.5, max_wait: float = 60.0, retry_posts: bool = False
    ) -> None:
        super().__init__(attempts=attempts, backoff=backoff, max_wait=max_wait, retry_posts=retry_posts)

    @classmethod
    def of(cls, retries: Any) -> RetryPolicy:
        """Return what ``Configuration.retries`` means: None, a policy, a number of retries, or urllib3's ``Retry``.

        Raises:
            ApiValueError: A negative number, or anything else.
        """
        if retries is None:
            return DEFAULT_POLICY
        if isinstance(retries, cls):
            return retries
        total = getattr(retries, "total", retries)
        if total is False or total is None:
            total = 0
        if not isinstance(total, int) or total is True or total < 0:
            raise ApiValueError("retries must be a number of retries of 0 or more, or a RetryPolicy")
        backoff = getattr(retries, "backoff_factor", None)
        return cls(attempts=int(total) + 1, backoff=float(backoff) if backoff else cls().backoff)


DEFAULT_POLICY = RetryPolicy()


class Attempts:
    """One call with its attempts: counts them, watches the clock, decides what follows a response or an error."""

    __slots__ = ("_attempts", "_clock", "_deadline", "_policy", "_request", "timeout")

    def __init__(
        self,
        request: Request,
        timeout: Timeout,
        policy: RetryPolicy,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self._request = request
        self._policy = policy
        self._clock = clock
        self._attempts = 0
        self._deadline = None if timeout.total is None else clock() + timeout.total
        self.timeout = timeout

    @property
    def attempt(self) -> int:
        """The number of the attempt that is under way: 1 for the first."""
        return self._attempts + 1

    def remaining(self, request_sent: bool = True) -> float | None:
        """Return the seconds that the call may still take; None if only its single steps are bounded.

        Args:
            request_sent: Whether the request may have reached the server, for the error.

        Raises:
            ApiTimeoutError: None are left.
        """
        if self._deadline is None:
            return None
        seconds = self._deadline - self._clock()
        if seconds <= 0:
            raise self.timed_out(request_sent)
        return seconds

    def check_wait(self, seconds: float, request_sent: bool) -> float:
        """Return *seconds*, the wait that a rate limiter asks for.

        Args:
            seconds: How long.
            request_sent: Whether an attempt before may have reached the server.

        Raises:
            ApiTimeoutError: The call has not so many left.
        """
        remaining = self.remaining(request_sent)
        if remaining is not None and seconds >= remaining:
            reason = f"The rate limit leaves no room for another {seconds:.0f} seconds"
            raise ApiTimeoutError(reason=reason, request_sent=request_sent)
        return seconds

    def failed(self, why: str, request_sent: bool) -> ApiConnectionError:
        """Return the error of a call that got no response, or only a part of one."""
        return ApiConnectionError(reason=f"{self._missing(request_sent)}: {why}", request_sent=request_sent)

    def timed_out(self, request_sent: bool = True) -> ApiTimeoutError:
        """Return the error of a call that took too long."""
        total = self.timeout.total
        limit = total or self.timeout.read
        if not request_sent:
            limit = self.timeout.connect if total is None else min(total, self.timeout.connect)
        return ApiTimeoutError(
            reason=f"{self._missing(request_sent)} within {limit:g} seconds", request_sent=request_sent
        )

    def _missing(self, request_sent: bool) -> str:
        return f"{'No response from' if request_sent else 'No connection to'} {self._request.origin}"

    def wait_after_response(self, response: Response) -> float | None:
        """Return the seconds to wait before the next attempt, or None if *response* is the outcome."""
        self._attempts += 1
        outcome = outcome_of_status(response.status)
        # A server that failed (500) is not asked again: it would most likely fail again.
        again = outcome is Outcome.NOT_PROCESSED or (
            outcome in (Outcome.LOST, Outcome.UNDER_WAY) and self._may_repeat()
        )
        return self._wait(asked_wait(response)) if again else None

    def wait_after_error(self, error: ApiConnectionError) -> float:
        """Return the seconds to wait before the next attempt after no response came.

        Raises:
            ApiConnectionError: *error* itself, when it is the outcome.
        """
        self._attempts += 1
        outcome = outcome_of(error)
        # What took too long is not sent again: most likely it would take too long again.
        again = outcome is Outcome.NOT_PROCESSED or (outcome is Outcome.LOST and self._may_repeat())
        wait = self._wait(None) if again else None
        if wait is None:
            raise error
        return wait

    def _may_repeat(self) -> bool:
        return self._request.replayable or self._policy.retry_posts

    def _wait(self, asked: float | None) -> float | None:
        if self._attempts >= self._policy.attempts:
            return None
        ceiling = self._policy.backoff * 2.0 ** min(self._attempts - 1, 30)
        wait = random.uniform(0, min(ceiling, self._policy.max_wait)) if asked is None else asked  # noqa: S311 (jitter)
        if wait > self._policy.max_wait:
            return None
        if self._deadline is not None and self._clock() + wait >= self._deadline:
            return None
        return wait


def asked_wait(response: Response) -> float | None:
    """Return the seconds that *response* asks to wait, or None."""
    return retry_after(response.status, response.getheader("retry-after"), response.data)
