"""What follows an answer, or the end of a connection, in a download: decisions only, no I/O."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from pandadoc_client._http import Headers
from pandadoc_client._retry import RetryPolicy
from pandadoc_client._saving import filename_of, safe_filename
from pandadoc_client._sources import Progress
from pandadoc_client._waits import NotReadyError
from pandadoc_client.exceptions import ApiConnectionError, ApiDecodeError, ApiException, ApiTimeoutError, ApiValueError

__all__ = ["Facts", "Next", "Transfer"]

_CONTENT_RANGE = re.compile(r"bytes (\d+)-(\d+)/(\d+|\*)")
_UNSATISFIED = re.compile(r"bytes \*/(\d+)")


class Next(Enum):
    """What to do with an answer."""

    READ = "read its body, which goes on where the bytes so far end"
    RESTART = "forget the bytes so far, then read its body"
    REOPEN = "leave it, and ask for the whole"
    DONE = "nothing: all is there"


@dataclass(frozen=True, slots=True)
class Facts:
    """What the headers of an answer say of a file.

    Attributes:
        content_type: Its media type, or None.
        filename: The name that the server gives it, made safe; None if it gives none.
        total: Its bytes; None if the server does not say.
    """

    content_type: str | None = None
    filename: str | None = None
    total: int | None = None


class Transfer:
    """A download: counts its bytes, checks each answer, decides whether and how to go on after a break.

    Args:
        resume: Whether to go on after a break.
        policy: How often, and how patiently.
        timeout: Seconds for the whole; None for no limit on the whole.
        usual_timeout: Seconds that a call may take before its answer begins; it bounds each wait for bytes, too.
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
        clock: Callable[[], float] = time.monotonic,
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
        if self.received and self._validator:
            headers |= {"Range": f"bytes={self.received}-", "If-Range": self._validator}
        options = {**given, "_preload_content": False, "_extra_headers": headers}
        left = self.remaining()
        if left is not None and options.get("_request_timeout") is None:
            options["_request_timeout"] = left if self._usual_timeout is None else min(left, self._usual_timeout)
        return options

    def opened(self, status: int, headers: Headers, restartable: bool) -> Next:
        """Return what to do with an answer whose headers are here.

        Args:
            status: Its status.
            headers: Its headers.
            restartable: Whether the bytes so far can be taken back.

        Raises:
            ApiConnectionError: The download broke, and the server has another file now, or does not go on with this.
            NotReadyError: It is a 202.
            ApiDecodeError: It is a success that has no file, or a part of one that nobody asked for.
        """
        if status == 202:
            raise NotReadyError.of(status, headers)
        if status == 206 and self.received:
            return Next.READ if self._continues(headers) else self._anew(restartable)
        if status != 200:
            error = ApiDecodeError(status, f"No file came: an answer with status {status} was not asked for")
            error.headers = headers
            raise error
        if self._broken is not None and self.received and not restartable:
            raise self._broken
        again = Next.RESTART if self.received else Next.READ
        self.received = 0
        encoded = headers.get("content-encoding", "identity").lower() != "identity"
        length = headers.get("content-length", "")
        name = self.server_name = filename_of(headers)
        self.facts = Facts(
            content_type=headers.get("content-type"),
            filename=None if name is None else safe_filename(name),
            total=int(length) if length.isascii() and length.isdigit() and not encoded else None,
        )
        # A weak tag says that two files mean the same, not that their bytes are the same (RFC 9110 §13.1.5).
        tag = headers.get("etag", "")
        refuses = encoded or headers.get("accept-ranges", "").lower() == "none"
        self._validator = None if refuses or not tag.startswith('"') else tag
        return again

    def _continues(self, headers: Headers) -> bool:
        found = _CONTENT_RANGE.fullmatch(headers.get("content-range", "").strip())
        if not found or int(found[1]) != self.received or headers.get("etag") != self._validator:
            return False
        total = self.facts.total
        return total is None or found[3] in ("*", str(total))

    def _anew(self, restartable: bool) -> Next:
        if self._broken is not None and not restartable:
            raise self._broken
        self._validator = None
        return Next.REOPEN

    def refused(self, error: ApiException, restartable: bool) -> Next:
        """Return what to do after an error answer.

        Raises:
            ApiException: *error* itself, unless it is a 416 (RFC 9110 §15.5.17) to a range that was asked for.
        """
        if error.status != 416 or not (self.received and self._validator):
            raise error
        found = _UNSATISFIED.fullmatch((error.headers or {}).get("content-range", "").strip())
        if found and int(found[1]) == self.received and self.facts.total is None:
            return Next.DONE  # the connection broke after the last byte, before the mark of the end
        return self._anew(restartable)

    def count(self, size: int) -> None:
        """Take note of bytes that have come."""
        self.received += size
        if self._progress is not None:
            self._progress(self.received, self.facts.total)

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
