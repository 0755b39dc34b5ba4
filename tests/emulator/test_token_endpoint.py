"""POST /oauth2/access_token: what it grants and what it refuses."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlencode

import pytest

from pandadoc_client.emulator import ClientRegistration
from pandadoc_client.emulator.forms import FormError, parse_form

from .support import FORM_TYPE, Caller, Clock, error, pair, raw


def test_a_code_becomes_a_pair_of_tokens(caller: Caller) -> None:
    response = caller.exchange()
    body = response.json()
    assert response.status_code == 200
    assert set(body) == {"access_token", "token_type", "expires_in", "scope", "refresh_token"}
    assert (body["token_type"], body["expires_in"], body["scope"]) == ("Bearer", 31535999, "read+write")
    assert type(body["expires_in"]) is int
    assert caller.works(body["access_token"])


@pytest.mark.parametrize("good", [True, False])
def test_no_answer_may_be_cached(caller: Caller, good: bool) -> None:
    response = caller.exchange() if good else caller.exchange("nonsense")
    assert response.headers["cache-control"] == "no-store"
    assert response.headers["pragma"] == "no-cache"


def test_the_token_lifetime_is_what_expires_in_says(start: Callable[..., Caller], clock: Clock) -> None:
    caller = start(token_lifetime=90)
    response = caller.exchange()
    access, refresh = pair(response)
    assert response.json()["expires_in"] == 90
    clock.advance(89.9)
    assert caller.works(access)
    clock.advance(0.1)
    assert not caller.works(access)
    assert caller.works(pair(caller.refresh(refresh))[0])


def test_a_code_works_once_and_its_tokens_survive_the_second_try(caller: Caller) -> None:
    code = caller.emulator.issue_code()
    access, _ = pair(caller.exchange(code))
    assert error(caller.exchange(code)) == "invalid_grant"
    assert caller.works(access)


def test_a_code_lives_ten_minutes(caller: Caller, clock: Clock) -> None:
    early, late = caller.emulator.issue_code(), caller.emulator.issue_code()
    clock.advance(599.9)
    pair(caller.exchange(early))
    clock.advance(0.1)
    assert error(caller.exchange(late)) == "invalid_grant"


def test_codes_and_tokens_belong_to_their_client(start: Callable[..., Caller]) -> None:
    mine, other = ClientRegistration("mine", "one"), ClientRegistration("other", "two")
    caller = start(clients=[mine, other])
    code = caller.emulator.issue_code()
    thief = {"client_id": "other", "client_secret": "two"}
    assert error(caller.exchange(code, **thief)) == "invalid_grant"
    _, refresh = pair(caller.exchange(code))
    assert error(caller.refresh(refresh, **thief)) == "invalid_grant"
    pair(caller.refresh(refresh))


@pytest.mark.parametrize(
    "credentials",
    [
        {"client_id": "somebody"},
        {"client_secret": "wrong"},
        {"client_secret": "emulator-client-secreT"},
        {"client_secret": "\u043f\u0430\u043d\u0434\u0430"},
        {"client_id": None},
        {"client_secret": None},
        {"client_secret": ""},
    ],
)
def test_wrong_or_missing_credentials_are_an_invalid_client_and_spare_the_code(
    caller: Caller, credentials: dict[str, str | None]
) -> None:
    code = caller.emulator.issue_code()
    assert error(caller.exchange(code, **credentials)) == "invalid_client"
    pair(caller.exchange(code))


@pytest.mark.parametrize(
    "content_type",
    [
        None,
        "",
        "application/json",
        "multipart/form-data; boundary=x",
        "text/plain",
        f"{FORM_TYPE}; charset=utf-8",
        f"{FORM_TYPE};",
    ],
)
def test_any_other_content_type_is_refused(caller: Caller, content_type: str | None) -> None:
    code = caller.emulator.issue_code()
    body = urlencode(caller.form(grant_type="authorization_code", code=code)).encode()
    assert error(caller.post(body, content_type)) == "invalid_request"
    assert "Content-Type" in caller.post(body, content_type).json()["error_description"]
    pair(caller.post(body, FORM_TYPE.title()))


def test_two_content_types_are_refused(caller: Caller) -> None:
    body = urlencode(caller.form(grant_type="refresh_token", refresh_token="x")).encode()
    head = (
        f"Host: localhost\r\nContent-Type: {FORM_TYPE}\r\nContent-Type: {FORM_TYPE}\r\nContent-Length: {len(body)}\r\n"
    )
    request = f"POST /oauth2/access_token HTTP/1.1\r\n{head}Connection: close\r\n\r\n".encode()
    assert b'"invalid_request"' in raw(caller.emulator, request + body)


def test_credentials_in_the_url_are_refused(caller: Caller) -> None:
    body = urlencode(caller.form(grant_type="authorization_code", code=caller.emulator.issue_code())).encode()
    assert error(caller.post(b"", query=f"?{body.decode()}")) == "invalid_request"
    assert error(caller.post(body, query="?x=1")) == "invalid_request"
    pair(caller.post(body))


@pytest.mark.parametrize("field", ["grant_type", "client_id", "client_secret", "code", "scope", "unknown"])
def test_a_repeated_field_is_refused(caller: Caller, field: str) -> None:
    fields = caller.form(
        grant_type="authorization_code", code=caller.emulator.issue_code(), scope="read", unknown="ignored"
    )
    body = urlencode(fields)
    assert error(caller.post(f"{body}&{urlencode({field: fields[field]})}".encode())) == "invalid_request"
    pair(caller.post(body.encode()))


@pytest.mark.parametrize(
    "defect",
    [
        b"code=%zz",
        b"code=%4",
        b"code=%",
        b"code=%FF",
        b"code=%C3%28",
        b"code=%ED%A0%80",
        b"code=\xc3\xa9",
        b"code=a b",
        b"code=a\n",
        b"code",
        b"=x",
        b"",
    ],
)
def test_a_malformed_body_is_refused(caller: Caller, defect: bytes) -> None:
    body = urlencode(caller.form(grant_type="authorization_code")).encode() + b"&" + defect
    assert error(caller.post(body)) == "invalid_request"


@pytest.mark.parametrize("defect", [b"a", b"=a", b"&", b"a=1&", b"&a=1", b"a=1&&b=2", b"a=1&b"])
def test_a_stray_separator_is_no_form(defect: bytes) -> None:
    with pytest.raises(FormError):
        parse_form(defect)


def test_a_field_keeps_what_follows_its_first_equals_sign() -> None:
    assert parse_form(b"a=b=c+%2B&a=&%C3%A9=~!") == [("a", "b=c +"), ("a", ""), ("\u00e9", "~!")]


def test_an_empty_body_has_no_client(caller: Caller) -> None:
    assert error(caller.post(b"")) == "invalid_client"


@pytest.mark.parametrize("code", [None, ""])
def test_a_missing_or_empty_code_is_an_invalid_request(caller: Caller, code: str | None) -> None:
    assert error(caller.token(grant_type="authorization_code", code=code)) == "invalid_request"


@pytest.mark.parametrize("token", [None, ""])
def test_a_missing_or_empty_refresh_token_is_an_invalid_request(caller: Caller, token: str | None) -> None:
    assert error(caller.token(grant_type="refresh_token", refresh_token=token)) == "invalid_request"


@pytest.mark.parametrize("grant_type", [None, ""])
def test_without_a_grant_type_it_is_a_refresh(caller: Caller, grant_type: str | None) -> None:
    code = caller.emulator.issue_code()
    assert error(caller.exchange(code, grant_type=grant_type)) == "invalid_request"
    _, refresh = pair(caller.exchange(code))
    pair(caller.refresh(refresh, grant_type=grant_type))


@pytest.mark.parametrize("grant_type", ["password", "client_credentials", "Refresh_Token", "refresh_token "])
def test_other_grant_types_are_unsupported(caller: Caller, grant_type: str) -> None:
    assert error(caller.exchange(grant_type=grant_type)) == "unsupported_grant_type"


@pytest.mark.parametrize(
    ("scope", "granted"),
    [
        ("read+write", "read+write"),
        ("read write", "read+write"),
        ("write read", "read+write"),
        ("read write read+write", "read+write"),
        ("read", "read"),
        ("write", "write"),
        (None, "read+write"),
        ("", "read+write"),
    ],
)
def test_scopes_are_read_loosely_and_echoed_in_one_form(caller: Caller, scope: str | None, granted: str) -> None:
    assert caller.exchange(scope=scope).json()["scope"] == granted


def test_all_spellings_of_the_scope_on_the_wire_are_accepted(caller: Caller) -> None:
    for spelling in ("read%2Bwrite", "read+write", "read%20write"):
        fields = urlencode(caller.form(grant_type="authorization_code", code=caller.emulator.issue_code()))
        pair(caller.post(f"{fields}&scope={spelling}".encode()))


@pytest.mark.parametrize("scope", ["admin", "read+admin", "READ", "read,write", "+"])
def test_an_unknown_scope_is_invalid_and_spares_the_code(caller: Caller, scope: str) -> None:
    code = caller.emulator.issue_code()
    assert error(caller.exchange(code, scope=scope)) == "invalid_scope"
    pair(caller.exchange(code))


def test_more_than_was_authorized_is_an_invalid_scope(caller: Caller) -> None:
    code = caller.emulator.issue_code("read")
    assert error(caller.exchange(code, scope="read+write")) == "invalid_scope"
    _, refresh = pair(caller.exchange(code, scope="read"))
    assert error(caller.refresh(refresh, scope="write")) == "invalid_scope"
    assert caller.refresh(refresh, scope=None).json()["scope"] == "read"


def test_a_narrowed_refresh_does_not_narrow_the_grant(caller: Caller) -> None:
    narrowed = caller.refresh(pair(caller.exchange())[1], scope="read")
    assert narrowed.json()["scope"] == "read"
    assert caller.refresh(narrowed.json()["refresh_token"], scope="read write").json()["scope"] == "read+write"


def test_a_refresh_may_be_made_to_need_its_scope(start: Callable[..., Caller]) -> None:
    caller = start(require_scope_on_refresh=True)
    _, refresh = pair(caller.exchange())
    assert error(caller.refresh(refresh, scope=None)) == "invalid_grant"
    pair(caller.refresh(refresh))


def test_a_redirect_uri_and_an_authorization_header_are_ignored(caller: Caller) -> None:
    pair(caller.exchange(redirect_uri="https://elsewhere.example/"))
    caller.http.headers["Authorization"] = "Basic bm9uc2Vuc2U6bm9uc2Vuc2U="
    pair(caller.exchange())


@pytest.mark.parametrize("extra", [1, 100_000, 6_000_000])
def test_a_body_that_is_too_long_gets_413(caller: Caller, extra: int) -> None:
    assert caller.post(b"a=" + b"x" * (64 * 1024 - 2 + extra)).status_code == 413
    assert error(caller.post(b"a=" + b"x" * (64 * 1024 - 2))) == "invalid_client"
    assert len(caller.emulator.journal.entries[0].body) == 64 * 1024


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH"])
def test_another_method_gets_405(caller: Caller, method: str) -> None:
    response = caller.http.request(method, "/oauth2/access_token")
    assert (response.status_code, response.headers["allow"]) == (405, "POST")
    assert response.json()["type"] == "method_not_allowed"


@pytest.mark.parametrize("path", ["/nowhere", "/oauth2/access_token/", "/oauth2/access_token/x", "/_emulator"])
def test_an_unknown_path_gets_404_and_no_redirect(caller: Caller, path: str) -> None:
    response = caller.http.post(path, data=caller.form())
    assert response.status_code == 404
    assert response.json()["type"] == "not_found"
    assert "detail" in response.json()


def test_no_answer_repeats_a_secret(caller: Caller) -> None:
    wrong = {"client_secret": "hush-secret", "code": "hush-code", "refresh_token": "hush-token", "hush-name": "hush"}
    for body in (urlencode(wrong), urlencode(wrong) + "&code=hush", "client_secret=hush%zz", "hush"):
        assert "hush" not in caller.post(body.encode()).text
