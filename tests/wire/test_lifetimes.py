"""Clients over time: settings that change, closing, forks, event loops, debugging."""

from __future__ import annotations

import asyncio
import copy
import enum
import logging
import os
import threading
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from pandadoc_client import ApiClient, AsyncApiClient, Configuration, in_thread, raw
from pandadoc_client.api.members_api import AsyncMembersApi, MembersApi
from pandadoc_client.emulator import Emulator, Fault
from pandadoc_client.exceptions import ApiConnectionError, ApiException, ApiTimeoutError, ApiTypeError
from pandadoc_client.oauth import AsyncOAuthClient, OAuthClient

from ..forks import in_a_fork
from .support import MEMBERS, Call, call_sync, configuration, serving, silent


@pytest.fixture
def _package_log_level() -> Iterator[None]:
    logger = logging.getLogger("pandadoc_client")
    level = logger.level
    yield
    logger.setLevel(level)


def test_timeout_and_retries_may_change_between_calls(emulator: Emulator) -> None:
    settings = configuration(emulator.url)
    with ApiClient(settings) as client:
        api = MembersApi(client)
        assert api.details_current_member().is_active
        settings.timeout, settings.retries = 0.2, 0
        emulator.faults.add(Fault("latency", path=MEMBERS, delay=30))
        with pytest.raises(ApiTimeoutError, match=r"0\.2 seconds"):
            api.details_current_member()
        emulator.faults.clear()
        emulator.faults.add(Fault("reset-before", path=MEMBERS))
        with pytest.raises(ApiConnectionError):
            api.details_current_member(_request_timeout=20)


def test_closing_a_client_during_a_call_is_a_connection_error() -> None:
    errors: list[BaseException] = []
    asked = threading.Event()

    def answer(server: Any, connection: Any) -> None:
        asked.set()
        silent(server, connection)

    with serving(answer) as server:
        client = ApiClient(configuration(server.url))

        def work() -> None:
            try:
                MembersApi(client).details_current_member(_request_timeout=20)
            except BaseException as error:
                errors.append(error)

        thread = threading.Thread(target=work)
        thread.start()
        assert asked.wait(10)
        client.close()
        server.stopped.set()
        thread.join(20)
    assert [isinstance(error, ApiConnectionError) for error in errors] == [True]


def test_a_fork_does_not_share_its_parents_connections(emulator: Emulator) -> None:
    with ApiClient(configuration(emulator.url)) as client:
        api = MembersApi(client)

        def ports() -> list[int]:
            sent = [raw(api.details_current_member)() for _ in range(3)]
            assert [status for _, status, _ in sent] == [200] * 3
            http: Any = client._open_transport()._client()
            connections = http._transport._lazy.transport(httpx.URL(emulator.url))._pool.connections
            (connection,) = connections
            return [connection._connection._network_stream.get_extra_info("client_addr")[1]]

        before = ports()
        assert in_a_fork(ports) != before
        assert ports() == before


def test_a_fork_can_call_in_threads(emulator: Emulator) -> None:
    with ApiClient(configuration(emulator.url)) as client:
        api = MembersApi(client)
        assert in_thread(api.details_current_member)().get(20).is_active
        assert in_a_fork(lambda: in_thread(api.details_current_member)().get(20).is_active) is True


def test_an_async_client_serves_one_event_loop_after_another(emulator: Emulator) -> None:
    client = AsyncApiClient(configuration(emulator.url))
    oauth = AsyncOAuthClient(emulator.client_id, emulator.client_secret, host=emulator.url)

    async def call() -> str:
        member = await AsyncMembersApi(client).details_current_member()
        await client.close()
        return str(member.first_name)

    async def exchange(last: bool) -> str:
        token = await oauth.exchange_code(emulator.issue_code())
        loop: Any = oauth._transport._own.pop(asyncio.get_running_loop())  # what a program that forgets would leave
        await loop.aclose()
        if last:
            await oauth.aclose()
        return token.token_type

    assert [asyncio.run(call()) for _ in range(3)] == ["Ada"] * 3
    assert [asyncio.run(exchange(last)) for last in (False, False, True)] == ["Bearer"] * 3


def test_two_event_loops_may_use_one_async_client_at_a_time(emulator: Emulator) -> None:
    client = AsyncApiClient(configuration(emulator.url))

    async def work() -> None:
        for _ in range(5):
            assert (await AsyncMembersApi(client).details_current_member()).is_active
        await client.close()

    threads = [threading.Thread(target=asyncio.run, args=(work(),)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert len(emulator.journal) == 10


class Kind(str, enum.Enum):  # noqa: UP042 (what is tested)
    """A text that is a member of an enumeration, as before `enum.StrEnum`."""

    KEY = "emulator-api-key"


def test_a_credential_may_be_a_member_of_an_enumeration_of_texts(emulator: Emulator, call: Call) -> None:
    settings = configuration(emulator.url)
    settings.api_key["apiKey"] = Kind.KEY
    assert call(settings).is_active


@pytest.mark.parametrize("value", [b"MARKER", 5, ["MARKER"]])
def test_a_credential_that_is_no_text_is_named(emulator: Emulator, call: Call, value: Any) -> None:
    settings = Configuration(host=emulator.url, access_token=value)
    with pytest.raises(ApiTypeError, match="access_token must be text") as caught:
        call(settings)
    assert "MARKER" not in str(caught.value)
    assert len(emulator.journal) == 0


def test_an_empty_access_token_is_none_and_leaves_the_key_in_force(emulator: Emulator) -> None:
    settings = configuration(emulator.url)
    settings.access_token = os.environ.get("NO_SUCH_VARIABLE", "")
    assert call_sync(settings).is_active


@pytest.mark.usefixtures("_package_log_level")
def test_debug_gives_the_level_back_when_the_last_one_ends_it() -> None:
    logger = logging.getLogger("pandadoc_client")
    logger.setLevel(logging.ERROR)
    first, second = Configuration(), Configuration()
    first.debug = second.debug = True
    third = copy.deepcopy(second)
    assert third.debug
    first.debug = False
    second.debug = False
    assert logger.level == logging.DEBUG
    third.debug = False
    assert logger.level == logging.ERROR


@pytest.mark.usefixtures("_package_log_level")
def test_debug_does_not_show_the_key(emulator: Emulator, capfd: pytest.CaptureFixture[str]) -> None:
    settings = configuration(emulator.url)
    settings.api_key["apiKey"] = "MARKER"
    settings.debug = True
    with pytest.raises(ApiException):
        call_sync(settings)
    settings.debug = False
    shown = capfd.readouterr()
    assert "MARKER" not in shown.out + shown.err


def test_a_given_client_is_used_and_not_closed(emulator: Emulator) -> None:
    with httpx.Client(headers={"X-Mine": "MARKER"}, auth=("user", "MARKER")) as given:
        with OAuthClient(emulator.client_id, emulator.client_secret, host=emulator.url, http_client=given) as client:
            client.exchange_code(emulator.issue_code())
        assert not given.is_closed
    (entry,) = emulator.journal.token_requests()
    assert not any("MARKER" in value for _, value in entry.headers)


@pytest.mark.parametrize("name", ["Content-Length", "transfer-encoding"])
def test_a_header_that_follows_from_the_body_cannot_be_set(emulator: Emulator, name: str) -> None:
    with ApiClient(configuration(emulator.url)) as client:
        client.set_default_header(name, "5")
        with pytest.raises(ValueError, match=name):
            MembersApi(client).details_current_member()


def test_an_accept_encoding_of_ones_own_is_the_only_one(emulator: Emulator) -> None:
    with ApiClient(configuration(emulator.url), "accept-encoding", "identity") as client:
        MembersApi(client).details_current_member()
    values = [value for name, value in emulator.journal.entries[0].headers if name.lower() == "accept-encoding"]
    assert values == ["identity"]
