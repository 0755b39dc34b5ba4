"""What an error tells: its class, the service's words, and one line for a log."""

from __future__ import annotations

import pickle
from typing import Any

import pytest

from pandadoc_client import Configuration, PandaDoc
from pandadoc_client.api_client import ApiClient
from pandadoc_client.apis import OAuth20AuthenticationApi
from pandadoc_client.emulator import Emulator
from pandadoc_client.exceptions import (
    ApiException,
    BadRequestException,
    ConflictException,
    ContentTooLargeException,
    ForbiddenException,
    InvalidClientError,
    InvalidGrantError,
    LockedException,
    NotFoundException,
    ServiceException,
    TooManyRequestsException,
    UnauthorizedException,
    UnprocessableContentException,
)

CLASSES = {
    400: BadRequestException,
    401: UnauthorizedException,
    402: ApiException,
    403: ForbiddenException,
    404: NotFoundException,
    409: ConflictException,
    413: ContentTooLargeException,
    422: UnprocessableContentException,
    423: LockedException,
    429: TooManyRequestsException,
    500: ServiceException,
    503: ServiceException,
}


def fail(emulator: Emulator, status: int, body: Any, headers: dict[str, str] | None = None) -> ApiException:
    """Return the error of a call that gets this response."""
    emulator.responses.add("list_documents", body, status=status, headers=headers or {})
    with PandaDoc(api_key=emulator.api_key, host=emulator.url, retries=0) as pd, pytest.raises(ApiException) as caught:
        pd.documents.list_documents()
    return caught.value


@pytest.mark.parametrize("status", CLASSES)
def test_each_status_has_its_class(pandadoc_emulator: Emulator, status: int) -> None:
    assert type(fail(pandadoc_emulator, status, {"detail": "no"})) is CLASSES[status]


EXPLANATIONS: dict[str, tuple[Any, str | None, str | None, dict[str, list[str]]]] = {
    "text": ({"type": "request_error", "detail": "No."}, "request_error", "No.", {}),
    "fields": (
        {"type": "validation_error", "detail": {"name": ["Too long.", "Too odd."], "tags": ["Empty."]}},
        "validation_error",
        "name: Too long. Too odd.; tags: Empty.",
        {"name": ["Too long.", "Too odd."], "tags": ["Empty."]},
    ),
    "places": (
        {"detail": {"recipients": [{}, {"email": ["Enter a valid email address."]}]}},
        None,
        "recipients[1].email: Enter a valid email address.",
        {"recipients[1].email": ["Enter a valid email address."]},
    ),
    "no field": ({"detail": {"non_field_errors": ["Unsupported."]}}, None, "Unsupported.", {}),
    "state": ({"id": "x", "status": "document.draft", "info_message": "Not sent."}, None, "Not sent.", {}),
    "message": ({"message": "Limit exceeded"}, None, "Limit exceeded", {}),
    "numbers": ({"type": 5, "detail": {"count": [7, None]}}, None, "count[0]: 7", {"count[0]": ["7"]}),
    "list": (["No."], None, None, {}),
    "sentence": ("No.", None, "No.", {}),
    "empty": ({}, None, None, {}),
}


@pytest.mark.parametrize("kind", EXPLANATIONS)
def test_the_service_s_explanation_can_be_read(pandadoc_emulator: Emulator, kind: str) -> None:
    body, *expected = EXPLANATIONS[kind]
    error = fail(pandadoc_emulator, 400, body)
    assert [error.type, error.detail, error.errors] == expected
    again = pickle.loads(pickle.dumps(error))
    assert [again.type, again.detail, again.errors, str(again)] == [*expected, str(error)]


def test_a_log_gets_one_line_and_the_rest_is_in_full(pandadoc_emulator: Emulator) -> None:
    body = {"type": "validation_error", "detail": "Two\nlines."}
    error = fail(pandadoc_emulator, 400, body, {"X-Request-Id": "req-1"})
    assert str(error) == "400 Bad Request: validation_error: Two lines. (request req-1)"
    assert error.request_id == "req-1"
    assert error.full().startswith("(400)\nReason: Bad Request\nHTTP response headers: {")
    assert '"validation_error"' in error.full()


def test_the_wait_that_the_service_asks_for_can_be_read(pandadoc_emulator: Emulator) -> None:
    throttled = {"detail": "Request was throttled. Expected available in 13 seconds."}
    assert fail(pandadoc_emulator, 429, throttled).retry_after == 13
    assert fail(pandadoc_emulator, 429, throttled, {"Retry-After": "7"}).retry_after == 7
    assert fail(pandadoc_emulator, 404, throttled).retry_after is None


def test_a_long_explanation_is_cut_and_shows_no_secret(pandadoc_emulator: Emulator) -> None:
    key = pandadoc_emulator.api_key
    error = fail(pandadoc_emulator, 400, {"detail": {"name": [f"{key} is no name"]}, "type": "x" * 5000})
    assert len(str(error)) < 1100
    assert key not in f"{error}{error!r}{error.full()}{error.detail}{error.errors}"


def test_a_page_of_a_proxy_is_no_explanation() -> None:
    class Page:
        status, reason, data = 502, "Bad Gateway", b"<html>" + b"x" * 100_000

        def getheaders(self) -> dict[str, str]:
            return {"Content-Type": "text/html"}

    error = ApiException(http_resp=Page())
    assert (str(error), error.detail, error.errors) == ("502 Bad Gateway", None, {})


def test_an_error_that_a_program_raises_itself_reads_as_before() -> None:
    error = ApiException(status=418, reason="teapot")
    assert (str(error), error.type, error.errors, error.request_id, error.retry_after) == (
        *("418 teapot", None, {}),
        *(None, None),
    )


@pytest.mark.parametrize(
    ("form", "kind", "base", "words"),
    [
        ({"client_secret": "another-1234567890"}, InvalidClientError, UnauthorizedException, "client secret is wrong"),
        ({"code": "used-before"}, InvalidGrantError, BadRequestException, "works once, for ten minutes"),
    ],
)
def test_the_token_call_in_the_vendor_s_style_says_what_the_error_means(
    pandadoc_emulator: Emulator, form: dict[str, str], kind: type[ApiException], base: type[ApiException], words: str
) -> None:
    emulator = pandadoc_emulator
    arguments: dict[str, Any] = {
        "grant_type": "authorization_code",
        "client_id": emulator.client_id,
        "client_secret": emulator.client_secret,
        "code": "code-of-somebody",
        **form,
    }
    with ApiClient(Configuration(host=emulator.url)) as client, pytest.raises(kind, match=words) as caught:
        OAuth20AuthenticationApi(client).access_token(**arguments)
    assert caught.value.status == 400
    assert isinstance(caught.value, base)
    assert arguments["client_secret"] not in str(caught.value)
