"""No secret of a request ends up in a message: header values that HTTP cannot carry, and what a response repeats."""

from __future__ import annotations

import asyncio
import socket
import traceback
from collections.abc import Generator
from urllib.parse import quote

import httpx
import pytest

from pandadoc_client import ApiClient, ApiException, Configuration
from pandadoc_client.api.documents_api import DocumentsApi
from pandadoc_client.api.members_api import MembersApi
from pandadoc_client.exceptions import ApiConnectionError
from pandadoc_client.oauth import AsyncOAuthClient, OAuthClient
from pandadoc_client.types import DocumentCreateRequestDict

from ..secrets.frames import chain, leaks
from .recording import Answer, RecordingServer
from .support import call_async, call_sync, serving


@pytest.mark.parametrize("key", [" s3cret-key", "s3cret-key ", "\ts3cret-key\t"])
def test_spaces_around_an_api_key_are_not_sent_and_do_no_harm(key: str) -> None:
    with RecordingServer() as server:
        url = server.script("x", ())
        with ApiClient(Configuration(host=url, api_key={"apiKey": key})) as client:
            MembersApi(client).details_current_member()
        (request,) = server.requests("x")
    assert dict(request.headers)["authorization"] == "s3cret-key"


@pytest.mark.parametrize(
    "key", ["s3cret-key\n", "s3cret-\x00key", "s3cret-key\r\nX-A: b", "s3cret-\x7fkey", "s3cret-熊"]
)
def test_an_api_key_that_no_header_can_carry_is_refused_without_showing_it(key: str) -> None:
    configuration = Configuration(host="http://127.0.0.1:9", api_key={"apiKey": key})
    with ApiClient(configuration) as client, pytest.raises((ValueError, ApiException)) as caught:
        MembersApi(client).details_current_member()
    assert isinstance(caught.value, ValueError), "refused before anything is sent"
    assert "s3cret" not in str(caught.value)


KEY = "s3cret-key/with=signs"
TOKEN = "s3cret-access-token"


def everything_shown(error: BaseException) -> str:
    """What a program, a log or a tracker may print of an error, and of what led to it."""
    return "\n".join(
        f"{link} {link!r} {link.args!r} {''.join(traceback.format_exception(link))}" for link in chain(error)
    )


ECHOES: dict[str, Answer] = {
    "a reason": Answer(status=403, reason=f"No {KEY} here"),
    "a reason of a 500": Answer(status=500, reason=KEY),
    "a header": Answer(status=403, headers=(("X-Echo", f"got {KEY}"), ("Set-Cookie", "session=s3cret-session"))),
    "a body": Answer(status=404, body=f'{{"detail": "{KEY} is unknown"}}'.encode()),
    "a body, encoded": Answer(status=404, body=f'{{"detail": "{quote(KEY, safe="")} is unknown"}}'.encode()),
    "a success that is no JSON": Answer(body=f"<p>{KEY}</p>".encode()),
    "a body that breaks off": Answer(body=b'{"x": "' + KEY.encode(), headers=(("X-Echo", KEY),), missing=9),
}


@pytest.mark.parametrize("kind", ["sync", "async"])
@pytest.mark.parametrize("name", ECHOES)
def test_an_answer_that_repeats_the_credential_does_not_bring_it_into_an_error(name: str, kind: str) -> None:
    """Neither into its text, nor its repr, nor its args, nor into what led to it; attributes have it as it came."""
    with RecordingServer() as server:
        settings = Configuration(host=server.script("x", (ECHOES[name],)), api_key={"apiKey": KEY}, retries=0)
        with pytest.raises(ApiException) as caught:
            (call_sync if kind == "sync" else call_async)(settings)
    assert KEY not in everything_shown(caught.value)
    assert quote(KEY, safe="") not in everything_shown(caught.value)
    assert "s3cret-session" not in everything_shown(caught.value)
    assert leaks(caught.value, KEY, "s3cret-session") == []


@pytest.mark.parametrize("header", ["Authorization", "x-api-key"])
def test_a_credential_among_the_headers_of_a_program_is_masked_too(header: str) -> None:
    answer = Answer(status=403, reason=KEY, headers=(("X-Echo", KEY),), body=KEY.encode())
    with (
        RecordingServer() as server,
        ApiClient(Configuration(host=server.script("x", (answer,) * 3), retries=0)) as client,
    ):
        for call in (
            lambda: client.request("GET", f"{client.configuration.host}/x", headers={header: f"API-Key {KEY}"}),
            lambda: client.call_api("/x", "GET", header_params={header: KEY}),
            lambda: MembersApi(client).details_current_member(_extra_headers={header: f"API-Key {KEY}"}),
        ):
            with pytest.raises(ApiException) as caught:
                call()
            assert KEY not in everything_shown(caught.value)
        client.close()


def test_the_attributes_of_an_error_have_what_came() -> None:
    with RecordingServer() as server:
        answer = Answer(status=403, reason=f"No {KEY}", headers=(("X-Echo", KEY),), body=KEY.encode())
        settings = Configuration(host=server.script("x", (answer,)), api_key={"apiKey": KEY}, retries=0)
        with pytest.raises(ApiException) as caught:
            call_sync(settings)
    error = caught.value
    assert (error.reason, error.shown_reason) == (f"No {KEY}", "No ***")
    assert error.headers is not None
    assert (error.headers["x-echo"], error.body) == (KEY, KEY)
    assert error.args == (403, "No ***")


@pytest.mark.parametrize("kind", ["sync", "async"])
def test_what_the_http_library_could_not_read_is_masked_in_the_cause(kind: str) -> None:
    """The parser puts the status line into its error; the credential may stand in it."""

    def answer(_: object, connection: socket.socket) -> None:
        connection.sendall(f"HTTP/1.1 {KEY} is not right\r\n\r\n".encode())

    with serving(answer) as server:
        settings = Configuration(host=server.url, api_key={"apiKey": KEY}, retries=0)
        with pytest.raises(ApiConnectionError) as caught:
            (call_sync if kind == "sync" else call_async)(settings)
    assert caught.value.__cause__ is not None
    assert "***" in str(caught.value.__cause__), "the line was in it"
    assert KEY not in everything_shown(caught.value)


def test_an_error_of_the_program_that_calls_is_left_alone() -> None:
    def refuse(_: object, connection: socket.socket) -> None:
        connection.sendall(b"nothing that is HTTP\r\n\r\n")

    own = ValueError(f"about {KEY}")
    with serving(refuse) as server:
        try:
            raise own
        except ValueError:
            with pytest.raises(ApiConnectionError):
                call_sync(Configuration(host=server.url, api_key={"apiKey": KEY}, retries=0))
    assert own.args == (f"about {KEY}",)


@pytest.mark.parametrize("kind", ["sync", "async"])
def test_a_token_that_an_auth_has_put_into_the_request_is_masked_in_errors(kind: str) -> None:
    class Auth(httpx.Auth):
        def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
            request.headers["Authorization"] = f"Bearer {TOKEN}"
            yield request

    with RecordingServer() as server:
        answer = Answer(status=403, reason=TOKEN, headers=(("X-Echo", TOKEN),), body=f"<p>{TOKEN}</p>".encode())
        settings = Configuration(host=server.script("x", (answer,)), auth=Auth(), retries=0)
        with pytest.raises(ApiException) as caught:
            (call_sync if kind == "sync" else call_async)(settings)
    assert TOKEN not in everything_shown(caught.value)


def test_a_secret_of_the_body_is_masked_in_errors() -> None:
    """A passcode stands deep in the JSON of a call; the server says what is wrong with it."""
    passcode = "s3cretPasscode"
    body: DocumentCreateRequestDict = {
        "name": "n",
        "recipients": [
            {
                "email": "a@example.com",
                "verification_settings": {"passcode_verification": {"passcode": passcode}},
            }
        ],
    }
    with RecordingServer() as server:
        answer = Answer(status=400, body=f'{{"detail": {{"recipients": ["{passcode} is too short"]}}}}'.encode())
        settings = Configuration(host=server.script("x", (answer,)), api_key={"apiKey": KEY}, retries=0)
        with ApiClient(settings) as client, pytest.raises(ApiException) as caught:
            DocumentsApi(client).create_document(body)
    assert passcode not in everything_shown(caught.value)


def test_a_field_that_is_secret_in_one_operation_is_masked_in_its_errors() -> None:
    with RecordingServer() as server:
        answer = Answer(body=b'{"id": "s3cret-session-id", "expires_at": "2026')
        settings = Configuration(host=server.script("x", (answer,)), api_key={"apiKey": KEY}, retries=0)
        with ApiClient(settings) as client, pytest.raises(ApiException) as caught:
            DocumentsApi(client).create_document_link("x", {"recipient": "a@example.com"})
    assert "s3cret-session-id" not in everything_shown(caught.value)


def test_the_repr_of_an_answer_shows_no_credential() -> None:
    with RecordingServer() as server:
        answer = Answer(reason=KEY, headers=(("X-Echo", KEY), ("Set-Cookie", "session=s3cret-session")))
        settings = Configuration(host=server.script("x", (answer,)), api_key={"apiKey": KEY})
        with ApiClient(settings) as client:
            MembersApi(client).details_current_member()
            shown = repr(client.last_response)
    assert KEY not in shown
    assert "s3cret-session" not in shown


def exchange(url: str, secret: str) -> None:
    with OAuthClient("id", secret, host=url, retries=0) as client:
        client.exchange_code("s3cret-code")


def exchange_async(url: str, secret: str) -> None:
    async def run() -> None:
        async with AsyncOAuthClient("id", secret, host=url, retries=0) as client:
            await client.exchange_code("s3cret-code")

    asyncio.run(run())


@pytest.mark.parametrize("kind", ["sync", "async"])
def test_a_token_endpoint_that_repeats_the_client_secret_does_not_bring_it_into_an_error(kind: str) -> None:
    secret = "s3cret-of-the-client"
    answers = (
        Answer(status=400, reason=secret, headers=(("X-Echo", secret),), body=secret.encode()),
        Answer(status=400, reason=secret, body=f'{{"error": "x {secret}", "error_uri": "{secret}"}}'.encode()),
        Answer(reason=secret, body=f'{{"access_token": "", "echo": "{secret}"}}'.encode()),
    )
    for answer in answers:
        with RecordingServer() as server:
            url = server.script("x", (answer,))

            with pytest.raises(ApiException) as caught:
                (exchange if kind == "sync" else exchange_async)(url, secret)
        assert secret not in everything_shown(caught.value)
        assert leaks(caught.value, secret, "s3cret-code") == []
