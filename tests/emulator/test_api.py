"""GET /public/v1/members/current and who gets in; the index page."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pandadoc_client.emulator import ClientRegistration

from .support import MEMBER_PATH, Caller, pair, raw


@pytest.fixture
def token(caller: Caller) -> str:
    return pair(caller.exchange())[0]


def get(caller: Caller, authorization: str | None) -> int:
    headers = {} if authorization is None else {"Authorization": authorization}
    response = caller.http.get(MEMBER_PATH, headers=headers)
    if response.status_code == 401:
        assert response.json()["type"] == "authentication_error"
        assert response.json()["detail"]
        assert response.headers["www-authenticate"].startswith("Bearer ")
    return response.status_code


def test_a_member_has_all_fields_of_the_right_type(caller: Caller, token: str) -> None:
    body = caller.member(token).json()
    flags = {"is_active", "emails_verified"}
    texts = {"user_id", "membership_id", "email", "first_name", "last_name", "workspace", "workspace_name", "role"}
    texts |= {"user_license", "date_created", "date_modified"}
    assert set(body) == flags | texts
    assert all(isinstance(body[name], bool) for name in flags)
    assert all(isinstance(body[name], str) for name in texts)
    assert body["email"].endswith("@example.com")


@pytest.mark.parametrize("template", ["Bearer {token}", "bearer {token}", "API-Key {key}", "api-key {key}"])
def test_live_credentials_get_in(caller: Caller, token: str, template: str) -> None:
    assert get(caller, template.format(token=token, key=caller.emulator.api_key)) == 200


@pytest.mark.parametrize(
    "template",
    [
        None,
        "",
        "Bearer",
        "Bearer x{token}",
        "Bearer {token}x",
        "Bearer  {token}",
        "Bearer {token} {token}",
        "{token}",
        "Token {token}",
        "API-Key {token}",
        "Bearer {key}",
        "API-Key",
        "API-Key x",
        "API-Key {key}x",
    ],
)
def test_anything_else_gets_401(caller: Caller, token: str, template: str | None) -> None:
    text = None if template is None else template.format(token=token, key=caller.emulator.api_key)
    assert get(caller, text) == 401


def test_two_authorization_headers_get_401(caller: Caller, token: str) -> None:
    header = f"Authorization: Bearer {token}\r\n"
    request = f"GET {MEMBER_PATH} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{{}}\r\n"
    assert raw(caller.emulator, request.format(header).encode()).startswith(b"HTTP/1.1 200 ")
    assert raw(caller.emulator, request.format(header * 2).encode()).startswith(b"HTTP/1.1 401 ")


def test_a_refresh_token_is_no_access_token(caller: Caller) -> None:
    assert not caller.works(pair(caller.exchange())[1])


def test_tokens_die_by_expiry_and_by_revocation(caller: Caller) -> None:
    access, refresh = pair(caller.exchange())
    assert caller.emulator.expire_access_tokens() == 1
    assert not caller.works(access)
    access, refresh = pair(caller.refresh(refresh))
    assert caller.emulator.revoke_all() == 1
    assert not caller.works(access)
    assert caller.refresh(refresh).json() == {"error": "invalid_grant"}


def test_a_revocation_takes_the_unused_codes_with_it(caller: Caller) -> None:
    code = caller.emulator.issue_code()
    caller.emulator.revoke_all()
    assert caller.exchange(code).json() == {"error": "invalid_grant"}


def test_without_api_keys_none_is_accepted(start: Callable[..., Caller]) -> None:
    caller = start(api_keys=())
    assert get(caller, "API-Key emulator-api-key") == 401
    assert get(caller, "API-Key") == 401
    assert caller.emulator.api_key == ""


def test_the_index_shows_what_to_paste(start: Callable[..., Caller]) -> None:
    second = ClientRegistration("<second>", "it's", "https://app.example.com/cb")
    caller = start(clients=[ClientRegistration("a b", "it's"), second], rotation="fork", token_lifetime=77)
    page = caller.http.get("/", headers={"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"})
    assert page.headers["content-type"].startswith("text/html")
    assert "export PANDADOC_CLIENT_ID=&#x27;a b&#x27;" in page.text
    assert f"export PANDADOC_HOST={caller.emulator.url}" in page.text
    assert "&lt;second&gt;" in page.text
    assert "fork" in page.text
    assert "77 seconds" in page.text

    data = caller.http.get("/", headers={"Accept": "application/json"}).json()
    assert data["settings"] == {
        "PANDADOC_HOST": caller.emulator.url,
        "PANDADOC_CLIENT_ID": "a b",
        "PANDADOC_CLIENT_SECRET": "it's",
        "PANDADOC_REDIRECT_URI": "http://127.0.0.1/callback",
        "PANDADOC_API_KEY": caller.emulator.api_key,
    }
    assert data["clients"][1] == {
        "client_id": "<second>",
        "client_secret": "it's",
        "redirect_uri": "https://app.example.com/cb",
    }
    assert (data["rotation"], data["token_lifetime"]) == ("fork", 77)


@pytest.mark.parametrize(
    ("accept", "json"),
    [
        ("application/json", True),
        ("application/json;q=0.9, text/html;q=0.1", True),
        ("text/html;q=0.9, application/json", True),
        ("*/*, text/html;q=0", True),
        ("application/*", True),
        ("*/*", False),
        ("", False),
        ("text/html, application/json", False),
        ("application/json;q=nonsense", False),
    ],
)
def test_the_index_is_json_for_who_prefers_it(caller: Caller, accept: str, json: bool) -> None:
    response = caller.http.get("/", headers={"Accept": accept})
    assert response.headers["content-type"].startswith("application/json" if json else "text/html")


def test_the_index_hides_secrets_from_a_rebound_name(caller: Caller) -> None:
    response = caller.http.get("/", headers={"Host": "evil.example", "Accept": "application/json"})
    assert caller.emulator.client_secret not in response.text
    assert caller.emulator.api_key not in response.text
