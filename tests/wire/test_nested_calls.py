"""A call within a call, as an ``httpx.Auth`` that refreshes a token makes it, leaves the outer call its timeout."""

from __future__ import annotations

from collections.abc import Generator

import httpx
import pytest

from pandadoc_client import ApiClient, ApiTimeoutError, Configuration
from pandadoc_client.api.members_api import MembersApi

from .recording import Answer, RecordingServer


class _CallsFirst(httpx.Auth):
    """Makes a call of its own before each request."""

    def __init__(self, url: str) -> None:
        self.client = ApiClient(Configuration(host=url))

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        MembersApi(self.client).details_current_member()
        yield request


def test_the_outer_call_keeps_its_timeout() -> None:
    with RecordingServer() as server:
        drip = Answer(drip_head=0.1)  # whole after some seven seconds, with no pause that is long in itself
        slow, quick = server.script("slow", [drip]), server.script("quick", ())
        auth = _CallsFirst(quick)
        with ApiClient(Configuration(host=slow, auth=auth)) as client, pytest.raises(ApiTimeoutError):
            MembersApi(client).details_current_member(_request_timeout=0.5)
        auth.client.close()
        assert len(server.requests("quick")) == 1
