"""The clients over real sockets, sync and async: the bytes that leave, and what comes of each response."""

from __future__ import annotations

import json
import logging
import socket
import traceback
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest

from pandadoc_client import __version__
from pandadoc_client.exceptions import (
    ApiConnectionError,
    ApiDecodeError,
    ApiException,
    ApiTimeoutError,
    ApiTypeError,
    ApiValueError,
    FormEncodingError,
    InvalidGrantError,
    OAuthError,
    ServiceException,
)
from pandadoc_client.oauth import Token

from .support import ERROR_CLASSES, TOKEN_ANSWER, Answer, Blocking, MakeClient, RecordingServer

FORM_TYPE = "application/x-www-form-urlencoded"
CREDENTIALS = b"client_id=id-0123456789&client_secret=s3cr3t%2B%2F%7E+%C3%A9%25"


def test_an_exchange_sends_exactly_these_bytes(client: Blocking, server: RecordingServer) -> None:
    client.exchange_code("code+1")

    (request,) = server.requests
    assert (request.method, request.target) == ("POST", "/oauth2/access_token")
    assert request.body == b"grant_type=authorization_code&" + CREDENTIALS + b"&code=code%2B1&scope=read%2Bwrite"
    assert request.header("content-type") == [FORM_TYPE]
    assert request.header("accept") == ["application/json"]
    assert request.header("content-length") == [str(len(request.body))]
    assert request.header("user-agent")[0].startswith(f"pandadoc-client/{__version__} ")
    expected = {"accept", "accept-encoding", "content-length", "content-type", "host", "user-agent"}
    assert {name.lower() for name, _ in request.headers} == expected


def test_a_refresh_sends_exactly_these_bytes(client: Blocking, server: RecordingServer) -> None:
    client.refresh("refresh 1", scope="read")

    assert server.requests[0].body == (
        b"grant_type=refresh_token&" + CREDENTIALS + b"&refresh_token=refresh+1&scope=read"
    )


@pytest.mark.parametrize(("scope", "sent"), [("read write", b"read+write"), ("read+write", b"read%2Bwrite")])
def test_either_way_of_writing_the_scope_goes_out_as_it_is(
    client: Blocking, server: RecordingServer, scope: str, sent: bytes
) -> None:
    client.exchange_code("c", scope)

    assert server.requests[0].body.endswith(b"&scope=" + sent)


def test_the_redirect_uri_goes_along_only_when_asked_for(make: MakeClient, server: RecordingServer) -> None:
    make(redirect_uri="https://app.example.com/cb").exchange_code("c")
    make(redirect_uri="https://app.example.com/cb", send_redirect_uri=True).exchange_code("c")
    make(redirect_uri="https://app.example.com/cb", send_redirect_uri=True).refresh("r")

    assert b"redirect_uri" not in server.requests[0].body
    assert server.requests[1].body.endswith(b"&scope=read%2Bwrite&redirect_uri=https%3A%2F%2Fapp.example.com%2Fcb")
    assert b"redirect_uri" not in server.requests[2].body


def test_an_answer_becomes_a_token_whose_life_begins_before_the_request(client: Blocking) -> None:
    before = datetime.now(UTC)

    token = client.exchange_code("c")

    assert (token.access_token, token.refresh_token) == ("access-aaaaaaaa", "refresh-bbbbbbbb")
    assert token.received_at is not None
    assert before <= token.received_at <= datetime.now(UTC)
    assert token.expires_at == token.received_at + timedelta(seconds=31535999)


def test_the_clock_is_read_before_the_answer_comes(
    client: Blocking, server: RecordingServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    arrived: list[datetime] = []
    handle = server.handle

    def timed(handler: BaseHTTPRequestHandler) -> None:
        arrived.append(datetime.now(UTC))
        handle(handler)

    monkeypatch.setattr(server, "handle", timed)

    token = client.exchange_code("c")

    assert token.received_at is not None
    assert token.received_at <= arrived[0]


def test_a_refresh_that_brings_no_refresh_token_keeps_the_old_one(client: Blocking, server: RecordingServer) -> None:
    answer = {name: TOKEN_ANSWER[name] for name in ("access_token", "token_type")}
    server.answers.extend([Answer.json(200, answer), Answer.json(200, answer | {"refresh_token": None})])

    token = client.refresh(Token("old", refresh_token="keep-me", scope="read"))
    again = client.refresh("text")

    assert (token.refresh_token, token.scope, token.expires_at) == ("keep-me", "read", None)
    assert (again.refresh_token, again.scope) == ("text", "read+write")


@pytest.mark.parametrize(
    ("scope", "sent"),
    [
        ("read", b"read"),
        ("read write read+write", b"read+write+read%2Bwrite"),
        (None, b"read%2Bwrite"),
        ("odd\nscope", b"read%2Bwrite"),
        ("odd\ud800", b"read%2Bwrite"),
    ],
)
def test_a_refresh_always_sends_a_scope_the_tokens_own_if_it_can_be_sent(
    client: Blocking, server: RecordingServer, scope: str | None, sent: bytes
) -> None:
    client.refresh(Token("a", refresh_token="r", scope=scope))

    assert server.requests[0].body.endswith(b"&refresh_token=r&scope=" + sent)


@pytest.mark.parametrize(("code", "kind"), ERROR_CLASSES.items())
def test_each_error_code_raises_its_class(
    client: Blocking, server: RecordingServer, code: str, kind: type[OAuthError]
) -> None:
    server.answers.append(Answer.json(400, {"error": code}))

    with pytest.raises(OAuthError) as caught:
        client.refresh("r")

    assert type(caught.value) is kind
    assert (caught.value.status, caught.value.error) == (400, code)
    assert json.loads(caught.value.body) == {"error": code}


def test_an_html_error_page_is_a_service_exception(client: Blocking, server: RecordingServer) -> None:
    server.answers.append(Answer(502, b"<html>bad gateway</html>", {"Content-Type": "text/html"}))

    with pytest.raises(ServiceException) as caught:
        client.exchange_code("c")

    assert (caught.value.status, caught.value.body) == (502, "<html>bad gateway</html>")


@pytest.mark.parametrize(("status", "attempts"), [(429, 2), (503, 2), (500, 1), (502, 1), (504, 1), (400, 1)])
def test_a_token_request_is_repeated_only_if_it_was_not_processed(
    make: MakeClient, server: RecordingServer, status: int, attempts: int
) -> None:
    server.answers.extend([Answer(status, b"{}", {"Retry-After": "0"})] * 2)

    with pytest.raises(ApiException):
        make(retries=1).refresh("r")

    assert len(server.requests) == attempts


def test_a_throttled_request_gets_its_token_in_the_end(make: MakeClient, server: RecordingServer) -> None:
    server.answers.append(Answer(429, b"{}", {"Retry-After": "0"}))

    assert make(retries=1).refresh("r").access_token == "access-aaaaaaaa"


@pytest.mark.parametrize("body", [b'{"access_token": "access-aaa', b"", b"[]", b"{}", b"<html>"])
def test_a_success_without_a_token_cannot_be_decoded(client: Blocking, server: RecordingServer, body: bytes) -> None:
    server.answers.append(Answer(200, body))

    with pytest.raises(ApiDecodeError) as caught:
        client.exchange_code("c")

    assert (caught.value.status, caught.value.body) == (200, body.decode())
    assert "access-aaa" not in str(caught.value)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(client: Blocking, server: RecordingServer, status: int) -> None:
    with RecordingServer() as elsewhere:
        server.answers.append(Answer(status, b"", {"Location": f"{elsewhere.url}/oauth2/access_token"}))
        with pytest.raises(ApiException) as caught:
            client.exchange_code("c")

        assert caught.value.status == status
        assert (len(server.requests), elsewhere.requests) == (1, [])


def test_a_refused_connection_is_a_connection_error(make: MakeClient) -> None:
    with socket.socket() as bound:  # bound and not listening: nobody else gets the port, and nobody answers
        bound.bind(("127.0.0.1", 0))
        with pytest.raises(ApiConnectionError) as caught:
            make(host=f"http://127.0.0.1:{bound.getsockname()[1]}").exchange_code("c")

    assert caught.value.status is None
    assert not caught.value.request_sent
    assert caught.value.__cause__ is not None


def test_a_connection_that_breaks_is_a_connection_error_and_not_repeated(
    make: MakeClient, server: RecordingServer
) -> None:
    server.answers.append(Answer(drop=True))

    with pytest.raises(ApiConnectionError) as caught:
        make(retries=3).refresh("r")

    assert caught.value.request_sent
    assert len(server.requests) == 1


@pytest.mark.parametrize("timeout", [0.1, (5, 0.1)])
def test_a_server_that_does_not_answer_is_a_timeout(make: MakeClient, server: RecordingServer, timeout: Any) -> None:
    server.answers.append(Answer(hang=True))

    with pytest.raises(ApiTimeoutError) as caught:
        make(timeout=timeout).exchange_code("c")

    assert caught.value.request_sent


@pytest.mark.parametrize("code", ["", " c", "c\n", None, b"c", 5, "\ud800"], ids=ascii)
def test_a_bad_code_is_refused_before_anything_is_sent(client: Blocking, server: RecordingServer, code: Any) -> None:
    with pytest.raises(FormEncodingError, match=r"^code: "):
        client.exchange_code(code)
    assert server.requests == []


@pytest.mark.parametrize(
    ("token", "kind"),
    [
        (Token("a"), ApiValueError),
        (Token("a", "r "), FormEncodingError),
        ("", FormEncodingError),
        ("r\n", FormEncodingError),
        (b"r", ApiTypeError),
        (None, ApiTypeError),
        ({"refresh_token": "r"}, ApiTypeError),
    ],
    ids=ascii,
)
def test_a_bad_refresh_token_is_refused_before_anything_is_sent(
    client: Blocking, server: RecordingServer, token: Any, kind: type[Exception]
) -> None:
    with pytest.raises(kind, match="token") as caught:
        client.refresh(token)

    assert type(caught.value) is kind
    assert server.requests == []


@pytest.mark.parametrize("scope", ["", " ", "a\nb", 5])
def test_a_bad_scope_is_refused_before_anything_is_sent(client: Blocking, server: RecordingServer, scope: Any) -> None:
    with pytest.raises(FormEncodingError, match=r"^scope: "):
        client.exchange_code("c", scope)
    with pytest.raises(FormEncodingError, match=r"^scope: "):
        client.refresh("r", scope=scope)
    assert server.requests == []


def test_a_closed_client_says_so(client: Blocking, server: RecordingServer) -> None:
    client.exchange_code("c")
    client.close()
    client.close()

    with pytest.raises(RuntimeError, match="OAuthClient is closed"):
        client.exchange_code("c")
    with pytest.raises(RuntimeError, match="OAuthClient is closed"):
        client.refresh("r")
    assert len(server.requests) == 1


GRANT, CLIENT, ACCESS = "grant-SECRET", "client-SECRET", "access-SECRET"  # by name, for a traceback quotes the source
FAILURES = [
    Answer.json(400, {"error": "invalid_grant", "error_description": f"{GRANT} {CLIENT}"}),
    Answer.json(400, {"error": f"{GRANT}", "error_uri": f"https://h/?{CLIENT}"}),
    Answer(400, f"<p>{GRANT} {CLIENT}".encode()),
    Answer(502, json.dumps({"client_secret": CLIENT}).encode()),
    Answer(302, b"", {"Location": f"/?a={CLIENT}&b={GRANT}"}),
    Answer(200, f'{{"access_token": "{ACCESS}", "refresh_token": "{GRANT}'.encode()),
    Answer.json(200, {"access_token": "", "refresh_token": ACCESS}),
    Answer(drop=True),
    Answer(hang=True),
    Answer.json(200, {"access_token": ACCESS, "refresh_token": GRANT}),
]


@pytest.mark.parametrize("answer", FAILURES, ids=lambda answer: f"{answer.status}-{len(answer.body)}")
@pytest.mark.parametrize("grant", ["code", "refresh"])
def test_no_secret_shows_in_errors_reprs_and_logs(
    make: MakeClient, server: RecordingServer, caplog: pytest.LogCaptureFixture, answer: Answer, grant: str
) -> None:
    caplog.set_level(logging.DEBUG)
    client = make(client_secret=CLIENT, timeout=0.2, refresh_timeout=0.2)
    server.answers.append(answer)
    shown = [repr(client)]

    try:
        token = client.exchange_code(GRANT) if grant == "code" else client.refresh(GRANT)
        shown.append(f"{token} {token!r}")
    except ApiException as error:
        shown += traceback.format_exception(error)
        link: BaseException | None = error
        while link is not None:
            shown.append(f"{link} {link!r}")
            link = link.__cause__

    # httpcore logs the headers of every response; what a server puts there is not ours to hide.
    own = [record for record in caplog.records if answer.status != 302 or record.name != "httpcore.http11"]
    text = "\n".join([*shown, *(f"{record.getMessage()} {record.args!r}" for record in own)])
    assert len(server.requests) == 1
    assert len(own) > 0
    assert "SECRET" not in text


def test_a_token_that_was_refreshed_can_be_refused_later(client: Blocking, server: RecordingServer) -> None:
    server.answers.extend([Answer(), Answer.json(400, {"error": "invalid_grant"})])
    token = client.refresh("r")

    with pytest.raises(InvalidGrantError, match=r"^invalid_grant \(HTTP 400\)\. An authorization code works once"):
        client.refresh(token)

    assert b"refresh_token=refresh-bbbbbbbb&" in server.requests[1].body
