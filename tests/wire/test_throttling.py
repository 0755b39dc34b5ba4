"""`RateLimiter`: calls wait for their turn before they are sent, in one process and over several on Redis."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from limits import strategies

from pandadoc_client import ApiClient, AsyncApiClient, Configuration
from pandadoc_client._http.messages import Request
from pandadoc_client.api.documents_api import AsyncDocumentsApi, DocumentsApi
from pandadoc_client.emulator import Emulator
from pandadoc_client.exceptions import ApiConnectionError, ApiTimeoutError, ApiValueError
from pandadoc_client.throttling import PUBLISHED_LIMITS, SANDBOX_LIMIT, RateLimiter

from ..servers.redis import RedisServer

List = Callable[[RateLimiter, float], Awaitable[Any]]


@pytest.fixture(params=["blocking", "asyncio"])
def list_documents(request: pytest.FixtureRequest, pandadoc_emulator: Emulator) -> List:
    """Make a call with a limiter and a timeout, in one of the two worlds."""

    async def call(limiter: RateLimiter, timeout: float) -> Any:
        configuration = Configuration(
            host=pandadoc_emulator.url,
            api_key={"apiKey": pandadoc_emulator.api_key},
            api_key_prefix={"apiKey": "API-Key"},
            rate_limiter=limiter,
            timeout=timeout,
        )
        if request.param == "blocking":
            with ApiClient(configuration) as client:
                return DocumentsApi(client).list_documents()
        async with AsyncApiClient(configuration) as async_client:
            return await AsyncDocumentsApi(async_client).list_documents()

    return call


def taken(limiter: RateLimiter, operation: str, count: int, content: bytes | None = None) -> int:
    """Return how many of *count* requests the limiter lets through at once."""
    request = Request("GET", "https://api.pandadoc.com/", content=content, operation=operation)
    return sum(limiter.take(request) == 0 for _ in range(count))


@pytest.mark.parametrize(("operation", "limit"), [("download_document", 100), ("create_document", 300)])
def test_the_published_limits_are_kept(operation: str, limit: int) -> None:
    assert taken(RateLimiter(), operation, limit + 5) == limit


def test_creating_from_a_template_counts_apart() -> None:
    limiter = RateLimiter()
    assert taken(limiter, "create_document", 600, b'{"template_uuid": "t"}') == 500
    assert taken(limiter, "create_document", 400, b'{"url": "u"}') == 300


def test_an_operation_without_a_published_limit_is_not_held() -> None:
    assert "list_contacts" not in PUBLISHED_LIMITS
    assert taken(RateLimiter(), "list_contacts", 5000) == 5000


def test_a_sandbox_has_ten_requests_a_minute_for_everything() -> None:
    limiter = RateLimiter(sandbox=True)
    assert taken(limiter, "list_contacts", 20) == SANDBOX_LIMIT
    assert taken(limiter, "send_document", 20) == SANDBOX_LIMIT


def test_who_has_to_wait_is_told_for_how_long() -> None:
    limiter = RateLimiter(limits={"send_document": 1})
    request = Request("POST", "https://api.pandadoc.com/", operation="send_document")
    assert limiter.take(request) == 0
    assert 50 < limiter.take(request) <= 61


async def test_a_call_waits_for_its_turn(
    list_documents: List, pandadoc_emulator: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    limiter = RateLimiter(limits={"list_documents": 1})
    answers = iter([0.2, 0.1, 0.0])
    monkeypatch.setattr(limiter, "take", lambda request: next(answers))
    await list_documents(limiter, 20)
    assert list(answers) == []
    assert len(pandadoc_emulator.journal) == 1


async def test_a_wait_that_is_longer_than_the_call_may_take_is_not_begun(
    list_documents: List, pandadoc_emulator: Emulator
) -> None:
    limiter = RateLimiter(limits={"list_documents": 1})
    await list_documents(limiter, 20)
    with pytest.raises(ApiTimeoutError, match=r"rate limit leaves no room for another \d+ seconds") as caught:
        await list_documents(limiter, 20)
    assert caught.value.request_sent is False
    assert len(pandadoc_emulator.journal) == 1


async def test_each_attempt_takes_a_turn_of_its_own(list_documents: List, pandadoc_emulator: Emulator) -> None:
    limiter = RateLimiter(limits={"list_documents": 2})
    pandadoc_emulator.faults.add("service-unavailable", path="*", retry_after=0)
    await list_documents(limiter, 20)
    with pytest.raises(ApiTimeoutError):
        await list_documents(limiter, 20)


PROGRAM = """
import sys
from pandadoc_client._http.messages import Request
from pandadoc_client.throttling import RateLimiter
limiter = RateLimiter(sys.argv[1], account=sys.argv[2])
request = Request("GET", "https://api.pandadoc.com/", operation="download_document")
print(sum(limiter.take(request) == 0 for _ in range(90)))
"""


def test_processes_that_share_a_redis_share_a_limit(redis_server: RedisServer) -> None:
    command = [sys.executable, "-c", PROGRAM, redis_server.url, f"account-{time.time_ns()}"]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    assert sum(int(process.communicate(timeout=60)[0]) for process in running) == 100


def test_a_storage_that_cannot_be_reached_is_a_connection_error() -> None:
    limiter = RateLimiter("redis://127.0.0.1:1/0")
    with pytest.raises(ApiConnectionError, match="storage cannot be reached") as caught:
        taken(limiter, "send_document", 1)
    assert caught.value.request_sent is False


async def test_a_storage_that_does_not_respond_takes_no_longer_than_the_call_may(
    list_documents: List, pandadoc_emulator: Emulator
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        limiter = RateLimiter(f"redis://127.0.0.1:{silent.getsockname()[1]}/0?socket_timeout=600")
        with pytest.raises(ApiTimeoutError) as caught:
            await list_documents(limiter, 0.2)
    assert caught.value.request_sent is False
    assert len(pandadoc_emulator.journal) == 0


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        ({"limits": {"send_document": 1.5}}, "limits"),
        ({"limits": {"send_document": 0}}, "limits"),
        ({"storage": "nonsense://x"}, "storage"),
    ],
)
def test_wrong_settings_are_named(arguments: dict[str, Any], field: str) -> None:
    with pytest.raises(ApiValueError, match=f"^{field}"):
        RateLimiter(**arguments)


def test_a_copy_of_a_configuration_shares_its_limiter() -> None:
    limiter = RateLimiter()
    Configuration.set_default(Configuration(rate_limiter=limiter))
    try:
        assert Configuration.get_default_copy().rate_limiter is limiter
    finally:
        Configuration.set_default(None)
    assert strategies.MovingWindowRateLimiter in type(limiter._strategy).__mro__
