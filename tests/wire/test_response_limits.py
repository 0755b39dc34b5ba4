"""Responses that would cost more than they are worth: too large, packed too well, with numbers that nobody meant."""

from __future__ import annotations

import asyncio
import gzip
import socket
import subprocess
import sys
import zlib
from collections.abc import Callable
from typing import Any

import pytest

from pandadoc_client import ApiClient, AsyncApiClient, RetryPolicy, exceptions, streamed
from pandadoc_client.api.members_api import AsyncMembersApi, MembersApi
from pandadoc_client.exceptions import (
    ApiConnectionError,
    ApiDecodeError,
    ApiException,
    ApiTypeError,
    ApiValueError,
    OAuthError,
    ServiceException,
)
from pandadoc_client.oauth import AsyncOAuthClient, OAuthClient, Token

from .support import Call, Server, configuration, serving

MIB = 1024 * 1024
Exchange = Callable[..., Token]


def reply(body: bytes, status: str = "200 OK", *headers: str) -> bytes:
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body


def answering(body: bytes, status: str = "200 OK", *headers: str) -> Callable[[Server, socket.socket], None]:
    return lambda server, connection: send(connection, reply(body, status, *headers))


def send(connection: socket.socket, response: bytes) -> None:
    """Send a response, and wait for the client to close: a request with an unread body would reset the connection."""
    connection.sendall(response)
    connection.shutdown(socket.SHUT_WR)
    while connection.recv(65536):
        pass


def endless(status: str) -> Callable[[Server, socket.socket], None]:
    def answer(server: Server, connection: socket.socket) -> None:
        connection.sendall(f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\n\r\n".encode())
        while not server.stopped.is_set():
            connection.sendall(b'["x"' + b" " * 65536)

    return answer


def exchange_sync(url: str) -> Token:
    with OAuthClient("id", "secret", host=url, retries=RetryPolicy(backoff=0.001)) as client:
        return client.exchange_code("code")


def exchange_async(url: str) -> Token:
    async def run() -> Token:
        async with AsyncOAuthClient("id", "secret", host=url, retries=RetryPolicy(backoff=0.001)) as client:
            return await client.exchange_code("code")

    return asyncio.run(run())


@pytest.fixture(params=[exchange_sync, exchange_async], ids=["sync", "async"])
def exchange(request: pytest.FixtureRequest) -> Exchange:
    """A token request, in either world."""
    chosen: Exchange = request.param
    return chosen


def test_a_body_beyond_the_limit_is_an_error_that_names_the_setting(call: Call) -> None:
    with serving(answering(b'{"email": "' + b"a" * 1000 + b'"}', "200 OK", "X-Request-Id: r1")) as server:
        with pytest.raises(ApiDecodeError, match=r"more than 1000 bytes.*max_response_size") as caught:
            call(configuration(server.url, max_response_size=1000))
        assert caught.value.status == 200
        assert (caught.value.headers or {})["x-request-id"] == "r1"
        assert len(call(configuration(server.url, max_response_size=2000)).email) == 1000
        assert len(call(configuration(server.url, max_response_size=None)).email) == 1000
        assert server.connections == 4 - 1  # what is too large is not asked for again


def test_an_endless_body_ends_at_the_limit(call: Call) -> None:
    with serving(endless("200 OK")) as server, pytest.raises(ApiDecodeError, match="max_response_size"):
        call(configuration(server.url, max_response_size=MIB))


def test_there_is_a_limit_by_default() -> None:
    assert configuration("http://127.0.0.1").max_response_size == 128 * MIB


@pytest.mark.parametrize(
    ("value", "error"), [(0, ApiValueError), (-1, ApiValueError), (True, ApiTypeError), (1.5, ApiTypeError)]
)
def test_a_limit_that_is_none_is_refused_by_name(value: Any, error: type[Exception]) -> None:
    settings = configuration("http://127.0.0.1")
    with pytest.raises(error, match="max_response_size"):
        settings.max_response_size = value


def test_of_an_endless_error_the_beginning_is_read(call: Call) -> None:
    with serving(endless("500 Internal Server Error")) as server, pytest.raises(ServiceException) as caught:
        call(configuration(server.url, max_response_size=None))
    assert len(caught.value.body) == MIB


def test_a_token_answer_has_a_small_limit_of_its_own(exchange: Exchange) -> None:
    with serving(endless("200 OK")) as server, pytest.raises(ApiDecodeError, match="more than 1048576 bytes") as caught:
        exchange(server.url)
    assert caught.value.body in (None, "")
    assert "Configuration" not in str(caught.value)


def test_a_streamed_response_has_no_limit() -> None:
    with serving(answering(b"x" * 5000)) as server:
        settings = configuration(server.url, max_response_size=10)
        with ApiClient(settings) as client, streamed(MembersApi(client).details_current_member)() as got:
            assert got.read() == b"x" * 5000

        async def run() -> bytes:
            unread: Any = {"_preload_content": False}
            async with AsyncApiClient(settings) as client:
                opened: Any = await AsyncMembersApi(client).details_current_member(**unread)
                async with opened:
                    body: bytes = await opened.read()
                    return body

        assert asyncio.run(run()) == b"x" * 5000


@pytest.mark.parametrize("coding", ["gzip", "deflate", "GZIP", "identity"])
def test_packed_bodies_are_unpacked(coding: str, call: Call) -> None:
    plain = b'{"email": "' + b"ab" * 200_000 + b'"}'
    packed = {"gzip": gzip.compress(plain), "deflate": zlib.compress(plain), "identity": plain}[coding.lower()]
    with serving(answering(packed, "200 OK", f"Content-Encoding: {coding}")) as server:
        assert call(configuration(server.url)).email == "ab" * 200_000


def test_a_body_that_is_packed_twice_is_refused(call: Call) -> None:
    packed = gzip.compress(gzip.compress(b"{}"))
    with (
        serving(answering(packed, "200 OK", "Content-Encoding: gzip, gzip")) as server,
        pytest.raises(ApiConnectionError, match="packed more than once"),
    ):
        call(configuration(server.url, retries=0))


BOMB = """
import asyncio, sys
from pathlib import Path
from pandadoc_client import ApiClient, AsyncApiClient, Configuration
from pandadoc_client.api.members_api import AsyncMembersApi, MembersApi
from pandadoc_client.exceptions import ApiDecodeError

url, world = sys.argv[1:]

def peak():
    # Not getrusage: its peak begins with that of the process that started this one.
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) * 1024

async def call_async(settings):
    async with AsyncApiClient(settings) as client:
        return await AsyncMembersApi(client).details_current_member()

def call(path):
    settings = Configuration(url + path, api_key={"apiKey": "k"}, max_response_size=4 * 1024 * 1024)
    if world == "async":
        return asyncio.run(call_async(settings))
    with ApiClient(settings) as client:
        return MembersApi(client).details_current_member()

call("/small")  # imports and the like: what the process has anyway
before = peak()
try:
    call("")
except ApiDecodeError as error:
    print(peak() - before)
"""


@pytest.mark.parametrize("world", ["sync", "async"])
def test_a_small_body_that_unpacks_to_a_huge_one_does_not_fill_the_memory(world: str) -> None:
    packer = zlib.compressobj(9, wbits=31)
    bomb = b"".join(packer.compress(bytes(MIB)) for _ in range(200)) + packer.flush()

    def answer(server: Server, connection: socket.socket) -> None:
        first = server.connections == 1
        send(connection, reply(b"{}") if first else reply(bomb, "200 OK", "Content-Encoding: gzip"))

    with serving(answer) as server:
        command = [sys.executable, "-c", BOMB, server.url, world]
        result = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert result.returncode == 0, result.stderr
    assert int(result.stdout) < 24 * MIB


def test_a_huge_error_body_is_cut_before_secrets_are_looked_for(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    lengths: list[int] = []
    mask = exceptions.mask_secrets

    # A stand-in, since all that shows it otherwise is a duration.
    def record(text: str, secrets: Any = (), **options: Any) -> str:
        lengths.append(len(text))
        return mask(text, secrets, **options)

    monkeypatch.setattr(exceptions, "mask_secrets", record)
    body = b'{"detail": "' + b"access_token: abc, Bearer def, " * 600_000 + b'"}'
    with serving(answering(body, "400 Bad Request")) as server, pytest.raises(ApiException) as caught:
        call(configuration(server.url, retries=0))
    assert caught.value.status == 400
    assert caught.value.body.startswith('{"detail": "access_token: abc')
    text = str(caught.value)
    assert "abc" not in text
    assert "def" not in text
    assert len(text) < 3000
    assert max(lengths) < 20_000


@pytest.mark.parametrize("before", range(7990, 8002))
def test_a_secret_at_the_place_where_a_body_is_cut_is_not_shown(before: int) -> None:
    padding = '"password": "' + "p" * (before - 14) + '"'  # which masking makes short, so that the cut comes in sight
    text = exceptions.shorten(padding + "MARKER-SECRET" + "x" * 10_000, 2000, ["MARKER-SECRET"])
    assert text.startswith('"password": ***')
    assert "M" not in text


def test_a_charset_that_takes_for_ever_is_not_used(call: Call) -> None:
    headers = "Content-Type: text/html; charset=punycode"
    with serving(answering(b"a" * MIB, "400 Bad Request", headers)) as server, pytest.raises(ApiException) as caught:
        call(configuration(server.url))
    assert caught.value.body == "a" * MIB


ABSURD = [
    "Wed, 21 Oct 99999999999999999999 07:28:00 GMT",
    "Fri, 31 Dec 9999 23:59:59 GMT",
    "Wed, 21 Oct 2015 99:99:99 GMT",
    "Wed, 21 Oct 2015 07:28:00 +999999999999",
    "9" * 400,
    "9" * 5000,
    "99999999999",
    "-1",
    "soon",
]


def after_a_refusal(status: str, value: str, then: bytes) -> Callable[[Server, socket.socket], None]:
    def answer(server: Server, connection: socket.socket) -> None:
        if server.connections == 1:
            send(connection, reply(b"{}", status, f"Retry-After: {value}", "Connection: close"))
        else:
            send(connection, reply(then))

    return answer


@pytest.mark.parametrize("value", ABSURD, ids=lambda value: value[:30])
def test_an_absurd_retry_after_counts_as_absent_in_calls(value: str, call: Call) -> None:
    with serving(after_a_refusal("429 Too Many Requests", value, b"{}")) as server:
        assert call(configuration(server.url, retries=RetryPolicy(backoff=0.001))).to_dict() == {}
        assert server.connections == 2


@pytest.mark.parametrize("value", ABSURD, ids=lambda value: value[:30])
def test_an_absurd_retry_after_counts_as_absent_in_token_requests(value: str, exchange: Exchange) -> None:
    with serving(after_a_refusal("503 Service Unavailable", value, b'{"access_token": "t"}')) as server:
        assert exchange(server.url).access_token == "t"
        assert server.connections == 2


def test_a_long_description_of_an_oauth_error_is_cut(exchange: Exchange) -> None:
    body = b'{"error": "invalid_grant", "error_description": "' + b"code: secret, " * 50_000 + b'"}'
    with serving(answering(body, "400 Bad Request")) as server, pytest.raises(OAuthError) as caught:
        exchange(server.url)
    assert len(caught.value.error_description or "") <= 4000
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("digits", [4299, 5000])
def test_an_integer_of_any_length_is_read(digits: int, call: Call) -> None:
    body = b'{"email": ' + b"9" * digits + b', "first_name": "A"}'
    with serving(answering(body)) as server:
        member = call(configuration(server.url))
    assert member.first_name == "A"
    assert str(member.email) == "9" * digits
    assert "first_name" in repr(member)
