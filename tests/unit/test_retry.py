"""When a request is sent again, and after how long; decided without a clock that runs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pandadoc_client._http.messages import Headers, Request, Response
from pandadoc_client._http.retry import Attempts, RetryPolicy, Timeout, check_timeout
from pandadoc_client.exceptions import ApiConnectionError, ApiTimeoutError, ApiValueError

GET = Request("GET", "https://api.example.com/", replayable=True)
POST = Request("POST", "https://api.example.com/")


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def call(request: Request = GET, total: float | None = 30.0, clock: Clock | None = None, **policy: Any) -> Attempts:
    return Attempts(request, Timeout(total=total), RetryPolicy(**policy), clock or Clock())


def answer(status: int, body: bytes = b"", **headers: str) -> Response:
    fields = [(name.replace("_", "-"), value) for name, value in headers.items()]
    return Response(status, "", Headers(fields), body)


@pytest.mark.parametrize("status", [200, 201, 202, 301, 400, 401, 403, 404, 409, 423, 500, 501, 505, 520])
def test_other_answers_are_the_outcome(status: int) -> None:
    assert call().wait_after_response(answer(status)) is None


@pytest.mark.parametrize(
    ("status", "request_", "again"),
    [(429, POST, True), (503, POST, True), (502, POST, False), (504, POST, False), (502, GET, True), (504, GET, True)],
)
def test_a_post_is_sent_again_only_if_it_was_not_processed(status: int, request_: Request, again: bool) -> None:
    assert (call(request_).wait_after_response(answer(status)) is not None) is again


def test_a_post_is_sent_again_if_the_user_says_so() -> None:
    assert call(POST, retry_posts=True).wait_after_response(answer(502)) is not None


@pytest.mark.parametrize(
    ("response", "wait"),
    [
        (answer(429, Retry_After="13"), 13.0),
        (answer(503, Retry_After=" 7 "), 7.0),
        (answer(429, b'{"detail": "Request was throttled. Expected available in 9 seconds."}'), 9.0),
        (answer(429, b"available in 1 second."), 1.0),
        (answer(429, b"available in 9 seconds", Retry_After="2"), 2.0),
        (answer(429, Retry_After="0"), 0.0),
        (answer(503, Retry_After="Wed, 21 Oct 2015 07:28:00 GMT"), 0.0),
    ],
)
def test_the_wait_is_what_the_answer_asks_for(response: Response, wait: float) -> None:
    assert call().wait_after_response(response) == wait


def test_a_date_in_retry_after_is_waited_for() -> None:
    moment = datetime.now(UTC) + timedelta(seconds=20)
    wait = call().wait_after_response(answer(429, Retry_After=format_datetime(moment, usegmt=True)))
    assert wait == pytest.approx(20, abs=2)


@pytest.mark.parametrize("value", ["soon", "-5", "1e3", "٣", "", "13, 14"])
def test_a_retry_after_that_says_nothing_falls_back_to_backoff(value: str) -> None:
    wait = call().wait_after_response(answer(429, Retry_After=value))
    assert wait is not None
    assert 0 <= wait <= 0.5


def test_the_backoff_doubles_up_to_its_limit() -> None:
    made = call(total=None, attempts=50, max_wait=8.0)
    ceilings = [0.5, 1, 2, 4, 8, 8, 8]
    for ceiling in ceilings:
        wait = made.wait_after_response(answer(503))
        assert wait is not None
        assert 0 <= wait <= ceiling


def test_the_attempts_are_counted() -> None:
    made = call(attempts=3)
    assert made.wait_after_response(answer(503)) is not None
    assert made.wait_after_response(answer(503)) is not None
    assert made.wait_after_response(answer(503)) is None


def test_a_wait_that_does_not_fit_into_the_timeout_is_not_begun() -> None:
    clock = Clock()
    made = call(total=10.0, clock=clock)
    assert made.wait_after_response(answer(429, Retry_After="10")) is None
    assert made.wait_after_response(answer(429, Retry_After="9")) == 9.0
    clock.now += 9.5
    assert made.wait_after_response(answer(429, Retry_After="1")) is None


def test_a_wait_beyond_the_policys_limit_is_not_begun() -> None:
    assert call(total=None, max_wait=60).wait_after_response(answer(429, Retry_After="61")) is None


def test_a_request_that_was_not_sent_is_sent_again() -> None:
    assert call(POST).wait_after_error(ApiConnectionError(request_sent=False)) >= 0


@pytest.mark.parametrize(
    ("request_", "error"),
    [(POST, ApiConnectionError(request_sent=True)), (GET, ApiTimeoutError(request_sent=True))],
)
def test_an_error_that_is_the_outcome_is_raised(request_: Request, error: ApiConnectionError) -> None:
    with pytest.raises(type(error)) as caught:
        call(request_).wait_after_error(error)
    assert caught.value is error


def test_a_get_is_sent_again_after_a_connection_that_broke() -> None:
    assert call(GET).wait_after_error(ApiConnectionError(request_sent=True)) >= 0


def test_no_time_left_is_a_timeout() -> None:
    clock = Clock()
    made = call(total=5.0, clock=clock)
    assert made.remaining() == 5.0
    clock.now += 5.0
    with pytest.raises(ApiTimeoutError, match="5 seconds"):
        made.remaining()


@pytest.mark.parametrize("value", [None, 0, 0.0])
def test_no_timeout_means_the_default(value: Any) -> None:
    default = Timeout(total=7)
    assert check_timeout(value, default) is default


def test_a_number_bounds_the_whole_and_a_pair_each_step() -> None:
    assert check_timeout(3, Timeout()) == Timeout(total=3.0, connect=3.0, read=3.0)
    assert check_timeout(20, Timeout()) == Timeout(total=20.0, connect=5.0, read=20.0)
    assert check_timeout((2, 9), Timeout()) == Timeout(total=None, connect=2.0, read=9.0)
    assert check_timeout((None, 9), Timeout()) == Timeout(total=None, connect=5.0, read=9.0)


@pytest.mark.parametrize(
    "value", [-1, float("nan"), float("inf"), True, "5", (1,), (1, 2, 3), (1, -1), ("a", 1), [True, 1], object()]
)
def test_other_timeouts_are_refused(value: Any) -> None:
    with pytest.raises(ApiValueError, match="timeout"):
        check_timeout(value, Timeout())


class UrllibRetry:
    """What urllib3's Retry looks like from outside."""

    total = 2
    backoff_factor = 0.25


def test_retries_are_a_number_a_policy_or_urllib3s() -> None:
    assert RetryPolicy.of(None) == RetryPolicy()
    assert RetryPolicy.of(0).attempts == 1
    assert RetryPolicy.of(2).attempts == 3
    assert RetryPolicy.of(False).attempts == 1
    assert RetryPolicy.of(RetryPolicy(attempts=9)).attempts == 9
    assert RetryPolicy.of(UrllibRetry()) == RetryPolicy(attempts=3, backoff=0.25)


@pytest.mark.parametrize("value", [-1, True, "3", 2.5, object()])
def test_other_retries_are_refused(value: Any) -> None:
    with pytest.raises(ApiValueError, match="retries"):
        RetryPolicy.of(value)


@given(status=st.integers(100, 599), after=st.text(max_size=30), body=st.binary(max_size=60))
def test_no_answer_breaks_the_decision(status: int, after: str, body: bytes) -> None:
    wait = call().wait_after_response(answer(status, body, Retry_After=after))
    assert wait is None or 0 <= wait < 30
