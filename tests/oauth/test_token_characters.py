"""Tokens that cannot stand in a header are refused where they come in, by name and unseen."""

from __future__ import annotations

import json
import traceback
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pandadoc_client import Configuration, PandaDoc
from pandadoc_client.exceptions import ApiDecodeError, ApiValueError, TokenStoreError
from pandadoc_client.oauth import FileTokenStore, MemoryTokenStore, Token
from pandadoc_client.oauth.stores.entry import Entry, encode_entry

MARKER = "MARKER"
BAD = [f"{MARKER}\n", f"{MARKER}\r\n", f"\n{MARKER}", f"{MARKER}\r\nX-Admin: 1", f"{MARKER}\x00", f"{MARKER}\x7f"]
NOT_VISIBLE = [*BAD, f"{MARKER} ", f"{MARKER}é", f"{MARKER}\u2028", f"{MARKER}\ud800", f"{MARKER}\u200b"]
ODD = ["a", "a b", "-._~+/=", "!#$%&'*^`|()<>@,;:\\\"[]?{}", "x" * 10_000]


def check(error: pytest.ExceptionInfo[Exception], field: str) -> None:
    """Check that the error names *field*, and that its traceback keeps the secret."""
    assert field in str(error.value)
    assert MARKER not in "".join(traceback.format_exception(error.value))


@pytest.mark.parametrize("value", NOT_VISIBLE)
def test_an_access_token_that_no_header_can_carry_is_refused(value: str) -> None:
    with pytest.raises(ApiValueError) as caught:
        Token(value)
    check(caught, "access_token")


@pytest.mark.parametrize("value", BAD)
def test_a_refresh_token_with_a_control_character_is_refused(value: str) -> None:
    with pytest.raises(ApiValueError) as caught:
        Token("access", value)
    check(caught, "refresh_token")


@pytest.mark.parametrize("value", ODD)
def test_whatever_is_visible_ascii_is_a_token(value: str) -> None:
    assert Token(value, value).access_token == value


@pytest.mark.parametrize("field", ["access_token", "refresh_token"])
@pytest.mark.parametrize("value", BAD)
def test_a_stored_token_that_cannot_be_sent_is_refused(field: str, value: str) -> None:
    fields = json.loads(encode_entry(Entry(Token("access", "refresh"))))
    fields["token"][field] = value
    store = MemoryTokenStore()
    store.write("default", json.dumps(fields), expires_at=None, expected=None)
    with pytest.raises(TokenStoreError) as caught:
        store.load()
    check(caught, field)
    with pytest.raises(ApiValueError) as refused:
        Token.from_dict(fields["token"])
    check(refused, field)


@pytest.mark.parametrize("value", BAD)
def test_a_configured_access_token_that_no_header_can_carry_is_refused(value: str) -> None:
    with pytest.raises(ApiValueError) as caught:
        Configuration(access_token=value)
    check(caught, "access_token")
    configuration = Configuration()
    with pytest.raises(ApiValueError) as caught:
        configuration.access_token = value
    check(caught, "access_token")
    assert configuration.access_token is None
    with pytest.raises(ApiValueError) as caught:
        PandaDoc(access_token=value)
    check(caught, "access_token")


@pytest.mark.parametrize("value", [*(value for value in BAD if "\x00" not in value), f"{MARKER}é", f"Bearer {MARKER}é"])
def test_an_access_token_of_the_environment_that_no_header_can_carry_is_refused(
    monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    monkeypatch.setenv("PANDADOC_ACCESS_TOKEN", value)
    with pytest.raises(ApiValueError) as caught:
        PandaDoc()
    check(caught, "PANDADOC_ACCESS_TOKEN")


def test_a_token_of_a_file_with_a_line_end_is_refused_before_it_is_stored(tmp_path: Path) -> None:
    path = tmp_path / "token.txt"
    path.write_text(f"{MARKER}\n", encoding="utf-8")
    store = FileTokenStore(tmp_path / "tokens.json")
    with pytest.raises(ApiValueError) as caught:
        store.save("default", Token(path.read_text(encoding="utf-8")))
    check(caught, "access_token")
    assert store.load() is None


def test_white_space_around_a_token_of_the_server_costs_no_grant() -> None:
    token = Token.from_response({"access_token": "access\r\n", "refresh_token": " refresh\n"}, datetime.now(UTC))
    assert (token.access_token, token.refresh_token) == ("access", "refresh")


@pytest.mark.parametrize("value", [f"{MARKER}\n{MARKER}", f"{MARKER}é"])
def test_a_token_of_the_server_that_no_header_can_carry_is_named(value: str) -> None:
    with pytest.raises(ApiDecodeError) as caught:
        Token.from_response({"access_token": value}, datetime.now(UTC))
    check(caught, "access_token")


def test_a_refresh_token_of_the_server_with_a_line_break_counts_as_missing() -> None:
    token = Token.from_response({"access_token": "a", "refresh_token": f"{MARKER}\n{MARKER}"}, datetime.now(UTC))
    assert token.refresh_token is None
