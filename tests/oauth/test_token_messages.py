"""The token request and the token response as data."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pandadoc_client._http.messages import Headers, Response
from pandadoc_client.exceptions import (
    ApiDecodeError,
    ApiException,
    BadRequestException,
    FormEncodingError,
    InvalidGrantError,
    OAuthError,
    ServiceException,
    TooManyRequestsException,
    UnauthorizedException,
)
from pandadoc_client.oauth.protocol import parse_token_response, token_request

from .support import ERROR_CLASSES

FIELDS = {
    "scope": "read+write",
    "code": "C&1-SECRET",
    "client_secret": "é-SECRET",
    "client_id": "id",
    "grant_type": "authorization_code",
}


@pytest.mark.parametrize("host", ["https://api.pandadoc.com", "https://api.pandadoc.com/"])
def test_a_token_request_is_exactly_this(host: str) -> None:
    request = token_request(host, FIELDS, "agent/1")

    assert (request.method, request.url) == ("POST", "https://api.pandadoc.com/oauth2/access_token")
    assert request.headers == {
        "Accept": "application/json",
        "Content-Type": "application/x-www-form-urlencoded",
        "User-Agent": "agent/1",
    }
    assert request.content == (
        b"grant_type=authorization_code&client_id=id&client_secret=%C3%A9-SECRET&code=C%261-SECRET&scope=read%2Bwrite"
    )
    assert not request.replayable
    assert "SECRET" not in repr(request)


def test_a_token_request_names_its_secrets_in_every_form_an_answer_may_repeat() -> None:
    hidden = token_request("https://h", FIELDS, "a").secrets

    assert set(hidden) == {"é-SECRET", "%C3%A9-SECRET", "\\u00e9-SECRET", "C&1-SECRET", "C%261-SECRET"}


def test_a_token_request_is_checked() -> None:
    with pytest.raises(FormEncodingError, match="code"):
        token_request("https://h", FIELDS | {"code": " C"}, "a")


# -- the token response ----------------------------------------------------------------------------------------------


def answer(status: int, body: Any, hidden: tuple[str, ...] = ()) -> Response:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Response(status, "Reason", Headers([("X-Trace", "t")]), data, hidden)


def failure(response: Response) -> ApiException:
    with pytest.raises(ApiException) as caught:
        parse_token_response(response, 0)
    return caught.value


def test_a_success_is_a_token() -> None:
    token = parse_token_response(answer(201, {"access_token": "a", "expires_in": 5}), 10)

    assert token.access_token == "a"
    assert token.expires_at is not None
    assert token.expires_at.timestamp() == 15


@pytest.mark.parametrize(("code", "kind"), ERROR_CLASSES.items())
@pytest.mark.parametrize("status", [400, 401, 503, 200])
def test_each_error_of_the_token_endpoint_has_its_class(status: int, code: str, kind: type[OAuthError]) -> None:
    error = failure(answer(status, {"error": code, "error_description": "why", "error_uri": 5}))

    assert isinstance(error, OAuthError)
    assert type(error) is kind
    assert (error.error, error.error_description, error.error_uri) == (code, "why", None)
    assert (error.status, error.reason) == (status, "Reason")
    assert error.headers is not None
    assert error.headers["x-trace"] == "t"
    assert json.loads(error.body)["error"] == code


def test_an_unknown_code_is_a_plain_oauth_error() -> None:
    error = failure(answer(400, {"error": "Zu viele Bären\x1b[2J"}))

    assert type(error) is OAuthError
    assert error.error == "Zu viele Bären [2J"


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (400, {"error": 5}, BadRequestException),
        (400, {"error": None}, BadRequestException),
        (400, {"error": ""}, BadRequestException),
        (400, {"error": {"code": "invalid_grant"}}, BadRequestException),
        (400, {"error": "long " * 100}, BadRequestException),
        (400, ["invalid_grant"], BadRequestException),
        (400, b"", BadRequestException),
        (400, b"\xff\xfe", BadRequestException),
        (401, {"detail": "no"}, UnauthorizedException),
        (429, {"type": "throttled", "detail": "Request was throttled."}, TooManyRequestsException),
        (500, b"<html>", ServiceException),
        (302, {"error": "invalid_grant"}, ApiException),
    ],
)
def test_an_error_without_a_code_goes_by_its_status(status: int, body: Any, kind: type[ApiException]) -> None:
    error = failure(answer(status, body))

    assert type(error) is kind
    assert error.status == status


@pytest.mark.parametrize(
    "body",
    [
        *[b"", b"{", b'{"access_token": "TOKEN-SECRET', b"<html>", b"\xff", b"[" * 100_000, b"9" * 5000],
        *[[], None, 5, {}, {"access_token": ""}, {"access_token": None}, {"access_token": 5}, {"error": 5}],
    ],
)
def test_a_success_that_brings_no_token_cannot_be_decoded(body: Any) -> None:
    error = failure(answer(200, body))

    assert type(error) is ApiDecodeError
    assert error.status == 200
    assert error.reason != "Reason"
    assert error.body == (body if isinstance(body, bytes) else json.dumps(body).encode()).decode("utf-8", "replace")
    assert "SECRET" not in f"{error} {error!r}"


def test_what_an_error_repeats_of_the_request_is_masked() -> None:
    hidden = ("very-SECRET", "very%2DSECRET")
    body = {"error": "bad very-SECRET", "error_description": "the code very-SECRET is very%2DSECRET"}

    error = failure(answer(400, body, hidden))

    assert isinstance(error, OAuthError)
    assert "SECRET" not in f"{error} {error!r} {error.error} {error.error_description}"
    assert "SECRET" not in str(failure(answer(400, b"<p>very-SECRET", hidden)))


def test_a_secret_that_is_a_word_of_a_code_does_not_change_the_class() -> None:
    assert type(failure(answer(400, {"error": "invalid_grant"}, ("grant", "invalid")))) is InvalidGrantError


@given(st.integers(100, 599), st.binary() | st.text().map(lambda text: json.dumps({"error": text}).encode()))
def test_any_answer_is_a_token_or_a_documented_error(status: int, body: bytes) -> None:
    error = failure(answer(status, body))

    assert error.status == status
    str(error)
