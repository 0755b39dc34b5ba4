"""Header values that HTTP cannot carry as they are never end up in a message."""

from __future__ import annotations

import pytest

from pandadoc_client import ApiClient, ApiException, Configuration
from pandadoc_client.api.members_api import MembersApi

from .recording import RecordingServer


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
