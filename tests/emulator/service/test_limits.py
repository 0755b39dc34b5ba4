"""Limits: a sliding window for each operation, in the API's shapes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from pandadoc_client.emulator.options import RateLimits
from pandadoc_client.emulator.service.limits import Limiter

from ..support import Clock
from .support import Api

TEMPLATE = b'{"template_uuid": "x"}'


def waits(limiter: Limiter, count: int, operation: str = "listDocuments", body: bytes = b"", **more: Any) -> list[Any]:
    options = {"sandbox": False, **more}
    return [limiter.wait(operation, body, **options) for _ in range(count)]


@pytest.mark.parametrize(
    ("operation", "body", "most"),
    [
        ("createDocument", TEMPLATE, 500),
        ("createDocument", b'{"url": "x"}', 300),
        ("createDocumentFromUpload", b"", 300),
        ("detailsDocument", b"", 600),
        ("sendDocument", b"", 400),
        ("downloadDocument", b"", 100),
        ("listDocuments", b"", 2000),
        ("statusDocument", b"", 2000),
        ("deleteDocument", b"", 2000),
    ],
)
def test_production_lets_through_what_is_published(operation: str, body: bytes, most: int) -> None:
    limiter = Limiter(RateLimits.PRODUCTION, Clock())
    assert waits(limiter, most + 2, operation, body) == [None] * most + [60, 60]
    assert waits(Limiter(RateLimits.PRODUCTION, Clock()), 11, operation, body, sandbox=True) == [None] * 10 + [60]
    assert waits(Limiter(RateLimits.SANDBOX, Clock()), 11, operation, body) == [None] * 10 + [60]
    assert waits(Limiter(RateLimits.OFF, Clock()), most + 5, operation, body) == [None] * (most + 5)


def test_the_window_slides() -> None:
    clock = Clock()
    limiter = Limiter(RateLimits.SANDBOX, clock)
    assert waits(limiter, 4) == [None] * 4
    clock.advance(40)
    assert waits(limiter, 7) == [None] * 6 + [20]
    clock.advance(20)
    assert waits(limiter, 5) == [None] * 4 + [40]
    assert waits(limiter, 1, "detailsDocument") == [None]
    assert waits(limiter, 1, sandbox=True) == [None]


def test_too_many_are_answered_with_429_and_later_with_200(begin: Callable[..., Api]) -> None:
    clock = Clock()
    api = begin(clock=clock, rate_limits="sandbox")
    for _ in range(10):
        api.call("listDocuments", None)
        api.call("listLogsV2", None)
    clock.advance(15)
    first = api.send("listDocuments")
    assert (first.status_code, first.headers["Retry-After"]) == (429, "45")
    assert first.json() == {"type": "throttled", "detail": "Request was throttled. Expected available in 45 seconds."}
    second = api.send("listLogsV2")
    assert (second.status_code, second.json()["code"]) == (429, "too_many_requests")
    clock.advance(45)
    api.call("listDocuments", None)


def test_a_sandbox_key_has_the_limits_of_the_sandbox(begin: Callable[..., Api]) -> None:
    api = begin(rate_limits="production")
    workspace = api.call("getWorkspacesList", None)["results"][0]["id"]
    keys = {kind: api.call("createApiKey", {"type": kind}, workspace)["key"] for kind in ("sandbox", "production")}
    for kind, expected in (("sandbox", 429), ("production", 200)):
        other = Api(api.emulator, keys[kind])
        statuses = [other.send("listDocuments").status_code for _ in range(11)]
        other.close()
        assert statuses == [200] * 10 + [expected]


def test_a_member_token_lives_as_long_as_it_says(begin: Callable[..., Api]) -> None:
    clock = Clock()
    api = begin(clock=clock)
    member = api.call("detailsCurrentMember", None)["membership_id"]
    token = api.call("createMemberToken", {"lifetime": 60}, member)["token"]
    api.http.headers["Authorization"] = f"Bearer {token}"
    api.call("listDocuments", None)
    clock.advance(61)
    api.refused(401, "listDocuments")
