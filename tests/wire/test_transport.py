"""How calls fare on a bad network: timeouts, resets, redirects, throttling, over real sockets, sync and async."""

from __future__ import annotations

import asyncio
import gzip
import logging
import socket
import threading
from pathlib import Path
from typing import Any

import httpx
import pytest

from pandadoc_client import ApiClient, AsyncApiClient, Configuration, in_thread, streamed
from pandadoc_client.api.members_api import AsyncMembersApi, MembersApi
from pandadoc_client.emulator import Emulator, Fault
from pandadoc_client.exceptions import (
    ApiConnectionError,
    ApiDecodeError,
    ApiException,
    ApiTimeoutError,
    ApiValueError,
    ServiceException,
)

from .support import MEMBERS, Call, Server, configuration, dripping, serving, silent


def test_an_answer_is_read(emulator: Emulator, call: Call) -> None:
    assert call(configuration(emulator.url)).email.endswith("@example.com")


def test_a_body_that_drips_does_not_outlast_the_timeout(call: Call) -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n"
    with (
        serving(lambda server, connection: dripping(server, connection, head)) as server,
        pytest.raises(ApiTimeoutError) as caught,  # the body would take 83 minutes
    ):
        call(configuration(server.url), _request_timeout=0.4)
    assert caught.value.status is None
    assert caught.value.request_sent


def test_headers_that_drip_do_not_outlast_the_timeout(call: Call) -> None:
    with (
        serving(lambda server, connection: dripping(server, connection, b"HTTP/1.1 200 OK\r\nX: ")) as server,
        pytest.raises(ApiTimeoutError),  # the headers never end
    ):
        call(configuration(server.url), _request_timeout=0.4)


def test_silence_is_a_timeout(call: Call) -> None:
    with serving(silent) as server, pytest.raises(ApiTimeoutError, match=r"0\.2 seconds") as caught:
        call(configuration(server.url), _request_timeout=0.2)
    assert isinstance(caught.value, ApiException)
    assert caught.value.__cause__ is not None
    assert server.connections == 1


def test_the_configurations_timeout_holds_for_calls_that_name_none(call: Call) -> None:
    with serving(silent) as server, pytest.raises(ApiTimeoutError):
        call(configuration(server.url, timeout=0.2))


def test_nobody_listening_is_a_connection_error_without_the_request_sent(call: Call) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(ApiConnectionError) as caught:
        call(configuration(f"http://127.0.0.1:{port}", retries=1))
    assert not caught.value.request_sent
    assert isinstance(caught.value.__cause__, httpx.ConnectError)


def test_a_get_whose_connection_was_reset_is_sent_again(emulator: Emulator, call: Call) -> None:
    emulator.faults.add(Fault("reset-before", path=MEMBERS, times=2))
    assert call(configuration(emulator.url)).is_active
    assert len(emulator.journal.requests(MEMBERS)) == 3


def test_retries_can_be_switched_off(emulator: Emulator, call: Call) -> None:
    emulator.faults.add(Fault("reset-before", path=MEMBERS))
    with pytest.raises(ApiConnectionError):
        call(configuration(emulator.url, retries=0))
    assert len(emulator.journal.requests(MEMBERS)) == 1


def test_throttling_is_waited_out(emulator: Emulator, call: Call) -> None:
    emulator.faults.add(Fault("rate-limit", path=MEMBERS, retry_after=0, times=2))
    assert call(configuration(emulator.url)).is_active
    assert [entry.status for entry in emulator.journal.requests(MEMBERS)] == [429, 429, 200]


def test_throttling_beyond_the_timeout_is_returned_at_once(emulator: Emulator, call: Call) -> None:
    emulator.faults.add(Fault("rate-limit", path=MEMBERS, retry_after=3600))
    with pytest.raises(ApiException) as caught:
        call(configuration(emulator.url))
    assert caught.value.status == 429
    assert caught.value.headers is not None
    assert caught.value.headers["Retry-After"] == "3600"


def test_an_html_error_page_keeps_its_status_and_body(emulator: Emulator, call: Call) -> None:
    emulator.faults.add(Fault("bad-gateway", path=MEMBERS, times=None))
    with pytest.raises(ServiceException) as caught:
        call(configuration(emulator.url, retries=0))
    assert caught.value.status == 502
    assert "<html" in caught.value.body.lower()


def test_a_status_that_no_standard_knows_is_kept(emulator: Emulator, call: Call) -> None:
    emulator.faults.add(Fault("status", path=MEMBERS, status=520, body="<html>odd</html>"))
    with pytest.raises(ServiceException) as caught:
        call(configuration(emulator.url))
    assert caught.value.status == 520


def test_json_that_is_cut_short_raises_with_the_status_and_the_body(emulator: Emulator, call: Call) -> None:
    emulator.faults.add(Fault("truncated-json", path=MEMBERS))
    with pytest.raises(ApiDecodeError) as caught:
        call(configuration(emulator.url))
    assert caught.value.status == 200
    assert caught.value.body.startswith("{")


def test_a_body_that_breaks_off_is_a_connection_error(call: Call) -> None:
    def half(server: Server, connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
        connection.close()

    with serving(half) as server, pytest.raises(ApiConnectionError):
        call(configuration(server.url, retries=0))


def test_a_compressed_body_is_read(call: Call) -> None:
    body = gzip.compress(b'{"email": "ada@example.com"}')
    head = f"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {len(body)}\r\n\r\n".encode()
    with serving(lambda server, connection: connection.sendall(head + body)) as server:
        assert call(configuration(server.url)).email == "ada@example.com"


def test_what_is_no_http_is_a_connection_error(call: Call) -> None:
    def greet(server: Server, connection: socket.socket) -> None:
        connection.sendall(b"220 mail.example.com ESMTP\r\n")

    with serving(greet) as server, pytest.raises(ApiConnectionError):
        call(configuration(server.url, retries=0))


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(emulator: Emulator, call: Call, status: int) -> None:
    with Emulator() as elsewhere:
        emulator.faults.add(Fault("status", path=MEMBERS, status=status, headers={"Location": elsewhere.url + MEMBERS}))
        with pytest.raises(ApiException) as caught:
            call(configuration(emulator.url))
        assert caught.value.status == status
        assert len(elsewhere.journal) == 0


@pytest.mark.parametrize(
    "host",
    [
        "http://api.example.com",
        "http://192.0.2.1:8000",
        "ftp://api.example.com",
        "api.example.com",
        "",
        "https://",
        "https://user:MARKER@api.example.com",
        "https://api.example.com:port",
        "http://[::1",
    ],
)
def test_a_host_that_must_not_get_a_credential_is_refused(host: str, call: Call) -> None:
    with pytest.raises(ApiValueError, match="host") as caught:
        call(configuration(host))
    assert "MARKER" not in str(caught.value)


@pytest.mark.parametrize("key", ["line\nbreak", "nul\0", "€uro"])
def test_a_credential_that_no_header_can_carry_is_refused(emulator: Emulator, call: Call, key: str) -> None:
    settings = configuration(emulator.url)
    settings.api_key["apiKey"] = f"MARKER{key}"
    with pytest.raises(ApiValueError, match="Authorization") as caught:
        call(settings)
    assert "MARKER" not in str(caught.value)
    assert len(emulator.journal) == 0


def test_no_secret_is_logged(emulator: Emulator, call: Call, caplog: pytest.LogCaptureFixture) -> None:
    settings = configuration(emulator.url)
    settings.api_key["apiKey"] = "MARKER-key"
    with caplog.at_level(logging.DEBUG), pytest.raises(ApiException) as caught:
        call(settings)
    assert f"GET {MEMBERS}: 401" in caplog.text
    assert "MARKER" not in caplog.text
    assert "MARKER" not in str(caught.value) + repr(caught.value) + repr(settings)


def test_cookies_of_an_answer_are_not_kept(emulator: Emulator) -> None:
    emulator.faults.add(Fault("status", path=MEMBERS, status=200, body="{}", headers={"Set-Cookie": "s=1"}))
    with ApiClient(configuration(emulator.url)) as client:
        for _ in range(2):
            MembersApi(client).details_current_member()
    assert emulator.journal.entries[-1].header("cookie") is None


def test_a_client_can_be_used_again_after_it_was_closed(emulator: Emulator) -> None:
    client = ApiClient(configuration(emulator.url))
    assert MembersApi(client).details_current_member().is_active
    client.close()
    client.close()
    assert in_thread(MembersApi(client).details_current_member)().get(10).is_active
    client.close()


def test_one_client_serves_many_threads(emulator: Emulator) -> None:
    results: list[Any] = []
    with ApiClient(configuration(emulator.url)) as client:
        api = MembersApi(client)
        threads = [
            threading.Thread(target=lambda: results.append(api.details_current_member().is_active)) for _ in range(32)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert results == [True] * 32


async def test_cancelling_a_call_leaves_the_client_usable(emulator: Emulator) -> None:
    async with AsyncApiClient(configuration(emulator.url)) as client:
        emulator.faults.add(Fault("latency", path=MEMBERS, delay=30))
        task = asyncio.create_task(AsyncMembersApi(client).details_current_member())
        await asyncio.to_thread(emulator.journal.wait_for, 1, arrived=True)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert (await AsyncMembersApi(client).details_current_member()).is_active


def test_a_streamed_answer_is_a_file(emulator: Emulator, tmp_path: Path) -> None:
    with ApiClient(configuration(emulator.url)) as client:
        api = MembersApi(client)
        whole = streamed(api.details_current_member)().data
        with streamed(api.details_current_member)() as answer:
            assert answer.status == 200
            assert answer.headers["content-type"] == "application/json"
            assert answer.read(3) + answer.read() == whole
            assert answer.read() == b""
        assert b"".join(streamed(api.details_current_member)().stream(7)) == whole
        with pytest.raises(ValueError, match="closed"):
            answer.read()


def test_a_streamed_error_raises(emulator: Emulator) -> None:
    with ApiClient(Configuration(host=emulator.url)) as client, pytest.raises(ApiException) as caught:
        streamed(MembersApi(client).details_current_member)()
    assert caught.value.status == 401
    assert "authentication_error" in caught.value.body


def test_a_streamed_body_that_breaks_off_is_a_connection_error() -> None:
    def half(server: Server, connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
        connection.close()

    with serving(half) as server, ApiClient(configuration(server.url)) as client:
        answer = streamed(MembersApi(client).details_current_member)()
        with answer, pytest.raises(ApiConnectionError):
            answer.read()
