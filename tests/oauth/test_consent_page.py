"""The address of the consent page, and what may stand in it."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pandadoc_client.exceptions import ApiTypeError, ApiValueError
from pandadoc_client.oauth.protocol import (
    AuthorizationRequest,
    build_authorization_url,
    check_redirect_uri,
    new_state,
)

AUTHORIZE = "https://app.pandadoc.com/oauth2/authorize"
REDIRECT = "https://app.example.com/cb?tenant=1"
STATE = "state-SECRET-0123456789"


def test_the_consent_page_gets_exactly_these_parameters() -> None:
    url = build_authorization_url(AUTHORIZE, "id", REDIRECT, "read+write", "s t~")

    assert url == (
        f"{AUTHORIZE}?response_type=code&client_id=id"
        "&redirect_uri=https%3A%2F%2Fapp.example.com%2Fcb%3Ftenant%3D1&scope=read%2Bwrite&state=s%20t~"
    )


@pytest.mark.parametrize(
    ("page", "start"), [("?a=b", "?a=b&response"), ("?", "?response"), ("?a=b&", "?a=b&response"), ("/", "/?response")]
)
def test_a_query_of_the_consent_page_is_kept(page: str, start: str) -> None:
    assert build_authorization_url(AUTHORIZE + page, "id", REDIRECT, "s", "x").startswith(AUTHORIZE + start)


@given(*[st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1)] * 3)
def test_every_parameter_can_be_read_back(client_id: str, scope: str, state: str) -> None:
    query = urlsplit(build_authorization_url(AUTHORIZE, client_id, REDIRECT, scope, state)).query

    assert dict(parse_qsl(query, strict_parsing=True)) == {
        "response_type": "code",
        "client_id": client_id,
        "redirect_uri": REDIRECT,
        "scope": scope,
        "state": state,
    }


@pytest.mark.parametrize("name", ["authorize_url", "client_id", "redirect_uri", "scope", "state"])
@pytest.mark.parametrize("value", ["", " ", "a\nb", "a\ud800", "https://h/\0", None, b"https://h", 5], ids=ascii)
def test_an_odd_argument_is_named(name: str, value: Any) -> None:
    arguments = {"authorize_url": AUTHORIZE, "client_id": "id", "redirect_uri": REDIRECT, "scope": "s", "state": "x"}

    with pytest.raises(ApiValueError if isinstance(value, str) else ApiTypeError, match=name):
        build_authorization_url(**(arguments | {name: value}))


@pytest.mark.parametrize(
    "url",
    [
        "app.pandadoc.com",
        "/oauth2/authorize",
        "ftp://app.pandadoc.com/x",
        "https://",
        "https://[::1",
        "https://host:port/",
        "https://u:p@app.pandadoc.com/",
        f"{AUTHORIZE}#x",
        f"{AUTHORIZE}?client_id=1",
        f"{AUTHORIZE}?st%61te=1",
        f" {AUTHORIZE}",
        f"{AUTHORIZE}?a b",
    ],
)
def test_what_is_no_consent_page_is_refused(url: str) -> None:
    with pytest.raises(ApiValueError, match="authorize_url"):
        build_authorization_url(url, "id", REDIRECT, "s", "x")


@pytest.mark.parametrize(
    "uri", ["/cb", "cb", "//h/cb", "https://", "https:///cb", "app:", f"{REDIRECT}#x", "http://u@h/"]
)
def test_what_is_no_redirect_uri_is_refused(uri: str) -> None:
    with pytest.raises(ApiValueError, match="redirect_uri"):
        check_redirect_uri(uri)


@pytest.mark.parametrize("uri", ["http://127.0.0.1:8400/cb", "http://[::1]/", "com.example.app:/cb", "app://cb"])
def test_native_redirect_uris_are_accepted(uri: str) -> None:
    check_redirect_uri(uri)


def test_a_state_is_fresh_and_long() -> None:
    states = {new_state() for _ in range(100)}

    assert len(states) == 100
    assert all(len(state) >= 22 and quote(state) == state for state in states)


def test_an_authorization_request_unpacks_and_hides_its_state() -> None:
    request = AuthorizationRequest(build_authorization_url(AUTHORIZE, "id", REDIRECT, "s", STATE), STATE)

    url, state = request
    assert (url, state) == (request.url, STATE)
    assert "SECRET" not in f"{request} {request!r}"
    assert "client_id=id" in repr(request)
