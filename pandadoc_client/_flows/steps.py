"""When to look again, and what was seen: the decisions of waiting, without a clock of their own and without I/O."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Mapping
from contextlib import contextmanager
from typing import Any

from attrs import frozen

from pandadoc_client._calls.encoding import check_identifier
from pandadoc_client._flows.statuses import ENDS, ERROR, ROAD, status_names
from pandadoc_client._http.messages import Headers, Response
from pandadoc_client._http.outcomes import outcome_of
from pandadoc_client._http.retry import Timeout, asked_wait
from pandadoc_client.exceptions import (
    ApiDecodeError,
    ApiException,
    ApiTypeError,
    ApiValueError,
    OpenApiException,
    mask_secrets,
    shorten,
)

__all__ = [
    "DocumentFailedError",
    "DocumentStatusError",
    "DocumentStepError",
    "DocumentWatch",
    "NotReadyError",
    "Pace",
    "Patience",
    "ResultWatch",
    "TaskFailedError",
    "WaitTimeoutError",
    "asked_seconds",
    "export_is_done",
    "naming_document",
]

SHORTEST = 1.0
"""Seconds between two looks at the least: the API wants no more."""

_DETAILS = ("info_message", "detail", "details", "error", "errors", "message")


class NotReadyError(ApiException):
    """202: what was asked for is not ready yet.

    Attributes:
        retry_after: Seconds after which the server wants to be asked again; None if it does not say.
    """

    retry_after: float | None = None

    @classmethod
    def of(cls, status: int, headers: Headers) -> NotReadyError:
        """Return the error for a response."""
        error = cls(http_resp=Response(status, "Not ready yet", headers, b""))
        error.retry_after = asked_seconds(status, headers)
        return error


class WaitTimeoutError(OpenApiException, TimeoutError):
    """What was waited for did not come in time. The cause is the error of the latest look, if it had one.

    Attributes:
        last_status: The status that was seen last, or None if none was.
        timeout: How many seconds there were.
    """

    def __init__(self, what: str, last_status: str | None, timeout: float | None) -> None:
        self.what = what
        self.last_status = last_status
        self.timeout = timeout
        seconds = "" if timeout is None else f" within {timeout:g} seconds"
        super().__init__(f"{what} did not come{seconds}; the last status was {last_status or 'not seen'}")

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.what, self.last_status, self.timeout)


class DocumentStatusError(OpenApiException):
    """The document is in a status from which the one that was waited for does not come by itself.

    Attributes:
        document_id: The document.
        status: Its status.
        wanted: What was waited for.
        document: The response, or the event, that said so.
    """

    def __init__(self, document_id: str, status: str, wanted: Iterable[str], document: Any = None) -> None:
        self.document_id = document_id
        self.status = status
        self.wanted = tuple(wanted)
        self.document = document
        details = _details(document)
        problem = f"Document {document_id} is {status} and will not become {' or '.join(self.wanted)}"
        super().__init__(f"{problem}: {details}" if details else problem)

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.document_id, self.status, self.wanted, self.document)


class DocumentFailedError(DocumentStatusError):
    """``document.error``: the server could not make the document. That is final; create it anew."""


class TaskFailedError(OpenApiException):
    """A task of the server ended with an error.

    Attributes:
        task: Its last state.
    """

    def __init__(self, what: str, task: Any) -> None:
        self.what = what
        self.task = task
        super().__init__(f"{what} failed{': ' + _details(task) if _details(task) else ''}")

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.what, self.task)


class DocumentStepError(ApiException):
    """A document exists, and a later step failed: the cause says why. Do not create it again, go on with its id.

    ``status``, ``reason``, ``body`` and ``headers`` are those of the cause, if it is an `ApiException`.

    Attributes:
        document_id: The document.
        step: What failed: ``"create"`` (the response names no id), ``"wait"``, ``"send"``, or ``"status"`` (a response
            about the document is none).
    """

    def __init__(self, document_id: str | None, step: str, cause: BaseException | None = None) -> None:
        super().__init__()
        self.document_id = document_id
        self.step = step
        self._why = mask_secrets(str(cause or ""))
        if isinstance(cause, ApiException):
            self.status, self.reason, self.body, self.headers = cause.status, cause.reason, cause.body, cause.headers
        self.args = (document_id, step, cause)

    def __str__(self) -> str:
        named = {
            "create": "A document was created, but the response has no id",
            "wait": f"Document {self.document_id} exists, but did not become a draft",
            "send": f"Document {self.document_id} exists, but was not sent",
            "status": f"Document {self.document_id} exists, but the response about it cannot be read",
        }
        return f"{named[self.step]}: {self._why}".rstrip(": \n")


def _details(response: Any) -> str:
    """Return what a response says of a failure, masked and of bounded length."""
    fields = response.to_dict() if hasattr(response, "to_dict") else response
    if not isinstance(fields, Mapping):
        return ""
    found = [_safe_str(fields[name]) for name in _DETAILS if fields.get(name)]
    return shorten("; ".join(found), 500)


def _safe_str(value: Any) -> str:
    try:
        return str(value)
    except RecursionError:
        return "(nested too deeply to be shown)"


def asked_seconds(status: int | None, headers: Mapping[str, str] | None, body: str = "") -> float | None:
    """Return the seconds that a response asks to wait, by its Retry-After or, if it throttles, by its text."""
    fields = Headers((headers or {}).items())
    return asked_wait(Response(status or 0, "", fields, body.encode("utf-8", "replace")))


@frozen
class Pace:
    """How often to look.

    Attributes:
        first: Seconds before the second look; at least 1.
        factor: By how much each further wait is longer.
        longest: Seconds that no wait exceeds.

    Raises:
        ApiTypeError: One of them is no number.
        ApiValueError: A wait would be under a second, or the waits would become shorter.
    """

    first: float = 1.0
    factor: float = 1.5
    longest: float = 10.0

    def __attrs_post_init__(self) -> None:
        for name in ("first", "factor", "longest"):
            _check_number(getattr(self, name), f"{name} of a pace", "pace")
        if not (self.first >= SHORTEST and self.factor >= 1 and self.longest >= self.first):
            raise ApiValueError("A pace has first >= 1 second, factor >= 1 and longest >= first", ["pace"])

    def step(self, number: int) -> float:
        """Return the seconds to wait before look *number* + 2."""
        return float(min(self.longest, self.first * self.factor ** min(number, 200)))


class Patience:
    """Counts the waits of one wait, and knows when it is over.

    Args:
        timeout: Seconds that there are; None for any number.
        pace: How often to look.
        clock: Returns the time in seconds, as ``time.monotonic`` does. Where it stands still, the waits count.

    Raises:
        ApiTypeError: An argument is of the wrong type.
        ApiValueError: The timeout is below 0, or not a number.
    """

    def __init__(self, timeout: float | None, pace: Pace, clock: Callable[[], float]) -> None:
        if timeout is not None:
            _check_number(timeout, "timeout", "timeout")
            if not timeout >= 0:
                raise ApiValueError("timeout must be a number of seconds of 0 or more", ["timeout"])
        if not isinstance(pace, Pace):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise ApiTypeError(f"pace must be a Pace, not {type(pace).__name__}", ["pace"])
        if not callable(clock):
            raise ApiTypeError(f"clock must be a function, not {type(clock).__name__}", ["clock"])
        self.timeout = timeout
        self._pace = pace
        self._clock = clock
        self._ends = None if timeout is None else clock() + timeout
        self._waits = 0
        self._waited = 0.0

    def remaining(self) -> float | None:
        """Return the seconds that are left; None for any number."""
        if self._ends is None or self.timeout is None:
            return None
        return min(self._ends - self._clock(), self.timeout - self._waited)

    def pause(self, asked: float | None = None) -> float | None:
        """Return the seconds to wait before the next look; None if there is no time for another one.

        Args:
            asked: What the server asked for. A wait that does not fit is not begun; one of ours is made shorter.
        """
        left = self.remaining()
        wait = self._pace.step(self._waits) if asked is None else max(SHORTEST, asked)
        self._waits += 1
        if left is not None and wait > left:
            if asked is not None or left < SHORTEST:
                return None
            wait = left
        self._waited += wait
        return wait

    def request_timeout(self, usual: Timeout) -> Any:
        """Return the limits of one look, a `Timeout`: the usual ones, and no longer than what is left.

        None, which stands for the usual ones, if there is any number of seconds.
        """
        left = self.remaining()
        if left is None:
            return None
        left = max(0.5, left)
        return usual.replace(total=left if usual.total is None else min(usual.total, left))


class DocumentWatch:
    """Judges what is seen of a document.

    Args:
        document_id: The document.
        wanted: One status or several; ``"draft"`` stands for ``"document.draft"``.
        exact: True if a status further on the road will not do.
        patience: How long to wait.
    """

    def __init__(self, document_id: str, wanted: str | Iterable[str], exact: bool, patience: Patience) -> None:
        self.wanted = status_names(wanted)
        if not isinstance(document_id, str):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise ApiValueError("document_id must be the id of a document", ["document_id"])
        check_identifier("document_id", document_id)
        self.last_status: str | None = None
        self._document_id = document_id
        self._exact = exact
        self._patience = patience
        self._trouble: ApiException | None = None

    def looked(self, response: tuple[Any, int, Any]) -> bool:
        """Return whether a response (its result, status and headers) shows what is waited for.

        Raises:
            ApiDecodeError: Its result is no JSON object.
            DocumentStatusError: As for `reached`.
        """
        document, status, _ = response
        if not _is_object(document):
            raise _no_object(document, status)
        return self.reached(document)

    def reached(self, document: Any) -> bool:
        """Return whether *document*, a response or an event, shows what is waited for.

        Raises:
            DocumentFailedError: It is ``document.error``.
            DocumentStatusError: It is where what is waited for does not come any more by itself.
        """
        status = document.get("status")
        if not isinstance(status, str):  # left out, or no text: as good as not seen
            return False
        status = self.last_status = str.__str__(status)
        self._trouble = None
        if status in self.wanted:
            return True
        if status == ERROR:
            raise DocumentFailedError(self._document_id, status, self.wanted, document)
        goals = [ROAD.index(name) for name in self.wanted if name in ROAD]
        passed = bool(goals) and status in ROAD and ROAD.index(status) > max(goals)
        if passed and not self._exact:
            return True
        if status in ENDS or (passed and len(goals) == len(self.wanted)):
            raise DocumentStatusError(self._document_id, status, self.wanted, document)
        return False

    def trouble(self, error: ApiException) -> None:
        """Take note of a look that failed.

        Raises:
            ApiException: *error* itself, if looking again will not help, or nothing was seen yet.
        """
        if not outcome_of(error).is_transient or self.last_status is None:
            raise error
        self._trouble = error

    def pause(self) -> float | None:
        """Return the seconds until the next look; None if there is no time for one."""
        error = self._trouble
        asked = None if error is None else asked_seconds(error.status, error.headers, str(error.body or ""))
        return self._patience.pause(asked)

    def too_late(self) -> WaitTimeoutError:
        """Return the error that ends the wait when there is no time for another look."""
        what = f"{' or '.join(self.wanted)} of document {self._document_id}"
        error = WaitTimeoutError(what, self.last_status, self._patience.timeout)
        error.__cause__ = self._trouble
        return error


class ResultWatch:
    """Judges the responses of an operation that may not be ready.

    Args:
        operation: The operation.
        until: Says of a result whether it will do; None if any will.
        patience: How long to wait.
    """

    def __init__(self, operation: Callable[..., Any], until: Callable[[Any], bool] | None, patience: Patience) -> None:
        self._what = f"The result of {getattr(operation, '__name__', 'the operation')}"
        self._until = until
        self._patience = patience
        self._last_status: str | None = None
        self._asked: float | None = None

    def options(self, given: Mapping[str, Any], usual: Timeout) -> dict[str, Any]:
        """Return the options of the next call: those *given*, and what a wait needs."""
        options = {**given, "_return_http_data_only": False}
        if options.get("_request_timeout") is None:
            options["_request_timeout"] = self._patience.request_timeout(usual)
        return options

    def reached(self, response: tuple[Any, int, Mapping[str, str]]) -> bool:
        """Return whether a response (its result, status and headers) is what is waited for.

        Raises:
            ApiDecodeError: Its result is no JSON object, and ``until`` cannot do with that.
        """
        data, status, headers = response
        self._asked = asked_seconds(status, headers)
        if status == 202:
            self._last_status = "202, not ready"
            return False
        named = data.get("status") if _is_object(data) else None
        self._last_status = str.__str__(named) if isinstance(named, str) else str(status)
        try:
            return self._until is None or self._until(data)
        except (AttributeError, LookupError, TypeError) as error:
            if _is_object(data):
                raise
            raise _no_object(data, status) from error

    def pause(self) -> float:
        """Return the seconds until the next call.

        Raises:
            WaitTimeoutError: There is no time for one.
        """
        wait = self._patience.pause(self._asked)
        if wait is None:
            raise WaitTimeoutError(self._what, self._last_status, self._patience.timeout)
        return wait


def _is_object(response: Any) -> bool:
    """Return whether a response is a model or a dict: it has fields."""
    return callable(getattr(response, "get", None))


def _no_object(response: Any, status: int) -> ApiDecodeError:
    found = "null, or nothing" if response is None else f"{type(response).__name__}"
    return ApiDecodeError(status, f"The response is no JSON object, but {found}")


@contextmanager
def naming_document(document_id: str) -> Generator[None]:
    """Name the document where a response about it cannot be read.

    Raises:
        DocumentStepError: It cannot; the cause says why.
    """
    try:
        yield
    except ApiDecodeError as error:
        raise DocumentStepError(document_id, "status", error) from error


def _check_number(value: Any, what: str, name: str) -> None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ApiTypeError(f"{what} must be a number of seconds, not {type(value).__name__}", [name])


def export_is_done(task: Any) -> bool:
    """Return whether an export is done.

    Raises:
        TaskFailedError: It ended with an error.
    """
    if task.get("status") == "error":
        raise TaskFailedError("The export", task)
    return bool(task.get("status") == "done")
