"""Credentials and hosts as people copy them: with the prefix of the header, with a path, with a slash."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from pandadoc_client import ApiClient, ApiValueError, AsyncApiClient, AsyncPandaDoc, Configuration, PandaDoc
from pandadoc_client.api.members_api import AsyncMembersApi, MembersApi
from pandadoc_client.oauth import OAuthClient, Token

from ..wire.recording import RecordingServer

MEMBER = "/public/v1/members/current"


def call(front: Any) -> None:
    """Make a call with a client, or with a configuration in both worlds."""
    if isinstance(front, PandaDoc):
        with front:
            front.members.details_current_member()
    elif isinstance(front, AsyncPandaDoc):

        async def run() -> None:
            async with front:
                await front.members.details_current_member()

        asyncio.run(run())
    else:
        with ApiClient(front) as client:
            MembersApi(client).details_current_member()

        async def run_both() -> None:
            async with AsyncApiClient(front) as client:
                await AsyncMembersApi(client).details_current_member()

        asyncio.run(run_both())


def with_prefix(host: str, key: str, prefix: str = "API-Key") -> Configuration:
    return Configuration(host=host, api_key={"apiKey": key}, api_key_prefix={"apiKey": prefix})


TAKEN: list[tuple[Callable[[str], Any], str]] = [
    (lambda host: PandaDoc(api_key="API-Key k", host=host), "API-Key k"),
    (lambda host: AsyncPandaDoc(api_key="api-key  k", host=host), "API-Key k"),
    (lambda host: PandaDoc(api_key="Authorization: API-Key k", host=host), "API-Key k"),
    (lambda host: PandaDoc(access_token="Bearer t", host=host), "Bearer t"),
    (lambda host: AsyncPandaDoc(access_token="bearer t", host=host), "Bearer t"),
    (lambda host: with_prefix(host, "API-Key k"), "API-Key k"),
    (lambda host: with_prefix(host, "k", "API-Key "), "API-Key k"),
    (lambda host: with_prefix(host, "Token k", "Token"), "Token k"),
    (lambda host: Configuration(host=host, api_key={"apiKey": "API-Key k"}), "API-Key k"),
    (lambda host: Configuration(host=host, access_token="Bearer t"), "Bearer t"),
    (lambda host: Configuration(host=host, access_token="Bearers"), "Bearer Bearers"),
]


@pytest.mark.parametrize(("made", "header"), TAKEN)
def test_a_credential_with_the_prefix_of_its_header_goes_out_with_one(
    recorder: RecordingServer, made: Callable[[str], Any], header: str
) -> None:
    call(made(recorder.script("case", ())))
    sent = {dict(request.headers).get("authorization") for request in recorder.requests("case")}
    assert sent == {header}


@pytest.mark.parametrize(
    ("variable", "value", "header"),
    [("PANDADOC_API_KEY", "API-Key k", "API-Key k"), ("PANDADOC_ACCESS_TOKEN", "Bearer t", "Bearer t")],
)
def test_so_does_one_of_the_environment(
    recorder: RecordingServer, monkeypatch: pytest.MonkeyPatch, variable: str, value: str, header: str
) -> None:
    monkeypatch.setenv(variable, value)
    call(PandaDoc(host=recorder.script("case", ())))
    assert dict(recorder.requests("case")[0].headers)["authorization"] == header


@pytest.mark.parametrize("kind", [PandaDoc, AsyncPandaDoc])
@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        ({"api_key": "Bearer SECRET"}, "api_key begins with 'Bearer': .*access_token"),
        ({"access_token": "API-Key SECRET"}, "access_token begins with 'API-Key': .*api_key"),
    ],
)
def test_a_credential_of_the_other_kind_is_refused_at_once_with_a_hint(
    kind: Any, arguments: dict[str, str], hint: str
) -> None:
    with pytest.raises(ApiValueError, match=hint) as caught:
        kind(**arguments)
    assert "SECRET" not in str(caught.value)


def test_a_credential_of_the_other_kind_in_the_environment_is_refused_by_its_name(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PANDADOC_API_KEY", "Bearer SECRET")
    with pytest.raises(ApiValueError, match="PANDADOC_API_KEY begins with 'Bearer'"):
        PandaDoc()


def test_a_credential_of_the_other_kind_in_a_configuration_is_refused_unsent(recorder: RecordingServer) -> None:
    with pytest.raises(ApiValueError, match="access_token begins with 'API-Key'"):
        Configuration(access_token="API-Key SECRET")
    with pytest.raises(ApiValueError, match=r"api_key\['apiKey'\] begins with 'Bearer'"):
        call(with_prefix(recorder.script("case", ()), "Bearer SECRET"))
    assert recorder.requests("case") == []


def test_a_token_leaves_the_name_of_its_scheme_out() -> None:
    assert Token("Bearer t").access_token == "t"
    assert Token.from_response({"access_token": "t"}, 0).access_token == "t"


@pytest.mark.parametrize("end", ["/", "//", "/public/v1", "/public/v1/", "/public/v2", "/public/beta", "/public"])
def test_a_host_with_a_slash_or_the_beginning_of_the_paths_is_taken_for_the_host(
    recorder: RecordingServer, monkeypatch: pytest.MonkeyPatch, end: str
) -> None:
    host = recorder.script("case", ())
    call(PandaDoc(api_key="k", host=host + end))
    call(AsyncPandaDoc(api_key="k", host=host + end))
    call(with_prefix(host + end, "k"))
    later = with_prefix("https://example.com", "k")
    later.host = host + end
    call(later)
    monkeypatch.setenv("PANDADOC_HOST", host + end)
    call(PandaDoc(api_key="k"))
    assert OAuthClient("id", "secret").host == host
    with ApiClient(with_prefix(host, "k")) as client:
        client.call_api(MEMBER, "GET", _host=host + end)
    assert {request.target for request in recorder.requests("case")} == {MEMBER}
    assert len(recorder.requests("case")) == 8


@pytest.mark.parametrize(
    ("host", "hint"),
    [
        ("https://api.pandadoc.com/public/v1/documents", "the URL of the API alone"),
        ("https://app.pandadoc.com", "is the site; the API is at https://api.pandadoc.com"),
        ("https://app.pandadoc.eu/", "is the site; the API is at https://api.pandadoc.eu"),
    ],
)
def test_a_host_that_is_another_url_is_refused_at_once_with_a_hint(host: str, hint: str) -> None:
    for made in (
        lambda: PandaDoc(api_key="k", host=host),
        lambda: AsyncPandaDoc(api_key="k", host=host),
        lambda: Configuration(host=host),
        lambda: OAuthClient("id", "secret", host=host),
    ):
        with pytest.raises(ApiValueError, match=hint):
            made()
