"""What follows a response, or the end of a connection, in a download: decisions only, no I/O."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from enum import Enum
from typing import Any

from attrs import evolve, frozen

from pandadoc_client._calls.sources import Progress
from pandadoc_client._flows.steps import NotReadyError
from pandadoc_client._http.clock import monotonic
from pandadoc_client._http.filenames import filename_of, safe_filename
from pandadoc_client._http.messages import Headers
from pandadoc_client._http.retry import RetryPolicy
from pandadoc_client.exceptions import ApiConnectionError, ApiDecodeError, ApiException, ApiTimeoutError, ApiValueError

__all__ = ["Facts", "Next", "Transfer"]

# No file has a size of more digits, and int() refuses some thousands of them.
_CONTENT_RANGE = re.compile(r"bytes ([0-9]{1,19})-([0-9]{1,19})/([0-9]{1,19}|\*)")
_UNSATISFIED = re.compile(r"bytes \*/([0-9]{1,19})")
_SIZE = re.compile(r"[0-9]{1,19}")


class Next(Enum):
    """What to do with a response."""

    READ = "read its body, which goes on where the bytes so far end"
    RESTART = "forget the bytes so far, then read its body"
    REOPEN = "leave it, and ask for the whole"
    DONE = "nothing: all is there"


@frozen
class Facts:
    """What the headers of a response say of a file.

    Attributes:
        content_type: Its media type, or None.
        filename: The name that the server gives it, made safe; None if it gives none.
        total: Its bytes; None if the server does not say.
    """

    content_type: str | None = None
    filename: str | None = None
    total: int | None = None


class Transfer:
    """A download: counts its bytes, checks each response, decides whether and how to go on after a break.

    Args:
        resume: Whether to go on after a break.
        policy: How often, and how patiently.
        timeout: Seconds for the whole; None for no limit on the whole.
        usual_timeout: Seconds that a call may take before its response begins; it bounds each wait for bytes, too.
        progress: Called with the bytes so far and with all, or None while that is not known.
        clock: Returns the time in seconds.
    """

    def __init__(
        self,
        *,
        resume: bool = True,
        policy: RetryPolicy | None = None,
        timeout: float | None = None,
        usual_timeout: float | None = None,
        progress: Progress | None = None,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        if timeout is not None and not timeout > 0:
            raise ApiValueError("timeout must be a number of seconds above 0", ["timeout"])
        self.facts = Facts()
        self.received = 0
        self.server_name: str | None = None
        self._policy = policy or RetryPolicy()
        self._breaks_left = self._policy.attempts - 1 if resume else 0
        self._breaks = 0
        self._validator: str | None = None
        self._asked = False  # whether the latest call asked for a range
        self._until: int | None = None  # where the bytes of the response at hand end, if it says so
        self._timeout = timeout
        self._usual_timeout = usual_timeout
        self._broken: ApiConnectionError | None = None
        self._progress = progress
        self._clock = clock
        self._ends = None if timeout is None else clock() + timeout

    def remaining(self) -> float | None:
        """Return the seconds that are left, None for any number.

        Raises:
            ApiTimeoutError: None are.
        """
        if self._ends is None:
            return None
        left = self._ends - self._clock()
        if left <= 0:
            raise self.timed_out()
        return left

    def timed_out(self) -> ApiTimeoutError:
        """Return the error of a download that took too long."""
        return ApiTimeoutError(reason=f"The download was not complete within {self._timeout:g} seconds")

    def options(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """Return the options of the next call: those *given*, the headers of a download, and what time is left."""
        # The bytes of a file as they are: a range of a compressed answer would be one of its compressed bytes.
        headers = {"Accept": "*/*", "Accept-Encoding": "identity", **(given.get("_extra_headers") or {})}
        self._asked = bool(self.received and self._validator)
        if self._asked:
            headers |= {"Range": f"bytes={self.received}-", "If-Range": str(self._validator)}
        options = {**given, "_preload_content": False, "_extra_headers": headers}
        left = self.remaining()
        if left is not None and options.get("_request_timeout") is None:
            options["_request_timeout"] = left if self._usual_timeout is None else min(left, self._usual_timeout)
        return options

    def opened(self, status: int, headers: Headers, restartable: bool) -> Next:
        """Return what to do with a response whose headers are here.

        Args:
            status: Its status.
            headers: Its headers.
            restartable: Whether the bytes so far can be taken back.

        Raises:
            ApiConnectionError: The download broke, and the server has another file now, or does not go on with this.
            NotReadyError: It is a 202.
            ApiDecodeError: It is a success that has no file, or a part of one that nobody asked for, or it is
                compressed, so that nothing tells whether all of it came.
        """
        if status == 202:
            raise NotReadyError.of(status, headers)
        if status != 200 and not (status == 206 and self._asked):
            raise _no_file(status, headers, f"No file came: a response with status {status} was not asked for")
        encoding = headers.get("content-encoding", "").strip().lower()
        if encoding not in ("", "identity"):
            raise _no_file(status, headers, "The file came with a Content-Encoding, which was not asked for")
        if status == 206:
            return Next.READ if self._continues(headers) else self._anew(restartable)
        if self.received and not restartable:
            raise self._cannot_go_on()
        again = Next.RESTART if self.received else Next.READ
        self.received = 0
        length = headers.get("content-length", "")
        name = self.server_name = filename_of(headers)
        self.facts = Facts(
            content_type=headers.get("content-type"),
            filename=None if name is None else safe_filename(name),
            total=int(length) if _SIZE.fullmatch(length) else None,
        )
        self._until = self.facts.total
        # A weak tag says that two files mean the same, not that their bytes are the same (RFC 9110 §13.1.5).
        tag = headers.get("etag", "")
        refuses = headers.get("accept-ranges", "").lower() == "none"
        self._validator = None if refuses or not tag.startswith('"') else tag
        return again

    def _continues(self, headers: Headers) -> bool:
        """Return whether a part goes on where the bytes so far end; it may be less than was asked for (§15.3.7)."""
        found = _CONTENT_RANGE.fullmatch(headers.get("content-range", "").strip())
        if not found or headers.get("etag") != self._validator:
            return False
        first, last = int(found[1]), int(found[2])
        known = self.facts.total
        total = known if found[3] == "*" else int(found[3])
        if first != self.received or last < first or (known is not None and total != known):
            return False
        if total is not None and last >= total:
            return False
        self.facts = evolve(self.facts, total=total)
        self._until = last + 1
        return True

    def _anew(self, restartable: bool) -> Next:
        if not restartable or self._breaks_left <= 0:
            raise self._cannot_go_on()
        self._breaks_left -= 1  # so that a server that never sends the whole is not asked for ever
        self._validator = None
        return Next.REOPEN

    def _cannot_go_on(self) -> ApiConnectionError:
        return self._broken or ApiConnectionError(reason="The server did not go on with the file that it began")

    def refused(self, error: ApiException, restartable: bool) -> Next:
        """Return what to do after an error response.

        Raises:
            ApiException: *error* itself, unless it is a 416 (RFC 9110 §15.5.17) to a range that was asked for.
        """
        if error.status != 416 or not self._asked:
            raise error
        found = _UNSATISFIED.fullmatch((error.headers or {}).get("content-range", "").strip())
        if found and int(found[1]) == self.received and self.facts.total in (None, self.received):
            return Next.DONE  # the connection broke after the last byte, before the mark of the end
        return self._anew(restartable)

    def check(self, size: int) -> None:
        """Refuse bytes that are more than the response said.

        Raises:
            ApiDecodeError: They are.
        """
        if self._until is not None and self.received + size > self._until:
            raise ApiDecodeError(206 if self._asked else 200, "The response has more bytes than its headers say")

    def count(self, size: int) -> None:
        """Take note of bytes that have come."""
        self.received += size
        if self._progress is not None:
            self._progress(self.received, self.facts.total)

    def ended(self) -> bool:
        """Return whether the file is whole, now that a response has ended; False if the rest is to be asked for.

        Raises:
            ApiConnectionError: The response ended too early; it counts as a break.
        """
        total, until = self.facts.total, self._until
        if until is not None and self.received < until:
            raise ApiConnectionError(
                reason=f"The body of the response broke off: {self.received} of {until} bytes came"
            )
        if until is None or self.received == total:
            return True
        # The whole of a part came. How much there is may be known only when a part is refused: each costs a break then.
        if total is None:
            if self._breaks_left <= 0:
                raise self._cannot_go_on()
            self._breaks_left -= 1
        return False

    def finished(self) -> None:
        """Take note of the end of the file."""
        if self._progress is not None and not self.received:
            self._progress(0, 0)

    def broke(self, error: ApiConnectionError, restartable: bool) -> float:
        """Return the seconds to wait before the download goes on after its connection broke.

        Raises:
            ApiConnectionError: *error* itself, if it does not go on.
        """
        if self._breaks_left <= 0 or not (restartable or not self.received or self._validator):
            raise error
        wait = min(self._policy.backoff * 2.0 ** min(self._breaks, 30), self._policy.max_wait)
        if self._ends is not None and self._clock() + wait >= self._ends:
            raise self.timed_out() if isinstance(error, ApiTimeoutError) else error
        self._broken = error
        self._breaks += 1
        self._breaks_left -= 1
        return wait


def _no_file(status: int, headers: Headers, problem: str) -> ApiDecodeError:
    error = ApiDecodeError(status, problem)
    error.headers = headers
    return error
