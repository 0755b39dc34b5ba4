"""Token: tolerant reading, strict building, saving, expiry, and secrets that do not show."""

from __future__ import annotations

import contextlib
import copy
import dataclasses
import json
import logging
import math
import pickle
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pandadoc_client.exceptions import ApiDecodeError, ApiTypeError, ApiValueError
from pandadoc_client.oauth import Token

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
ANSWER: dict[str, Any] = {
    "access_token": "ACCESS-SECRET",
    "token_type": "Bearer",
    "expires_in": 3600,
    "scope": "read write read+write",
    "refresh_token": "REFRESH-SECRET",
}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


def token_of(**changes: Any) -> Token:
    return Token.from_response(ANSWER | changes, NOW)


def test_an_ordinary_answer_is_read() -> None:
    token = token_of(user_id=7)

    assert (token.access_token, token.refresh_token) == ("ACCESS-SECRET", "REFRESH-SECRET")
    assert (token.token_type, token.scope) == ("Bearer", "read write read+write")
    assert token.expires_at == NOW + timedelta(hours=1)
    assert token.received_at == NOW
    assert token.extra == {"user_id": 7}


@pytest.mark.parametrize(
    ("expires_in", "seconds"),
    [
        (31535999, 31535999),
        (3600.5, 3600.5),
        ("31535999", 31535999),
        ("3.15e7", 31500000),
        (" 3600 ", 3600),
        ("+.5", 0.5),
        (0, 0),
        (-5, 0),
        ("-1", 0),
        (-math.inf, 0),
        (-(10**400), 0),
        (-1e300, 0),
        (None, None),
        (True, None),
        (False, None),
        (math.nan, None),
        (math.inf, None),
        (10**400, None),
        (1e300, None),
        ("1e999", None),
        (300_000_000_000, None),  # beyond the year 9999
        ("soon", None),
        ("", None),
        ("nan", None),
        ("inf", None),
        ("1_000", None),
        ("١٢", None),
        ("0x10", None),
        ([3600], None),
        ({}, None),
    ],
)
def test_expires_in_is_read_as_documented(expires_in: Any, seconds: float | None) -> None:
    expected = None if seconds is None else NOW + timedelta(seconds=seconds)

    assert token_of(expires_in=expires_in).expires_at == expected


def test_expires_in_may_be_missing() -> None:
    token = Token.from_response({"access_token": "a"}, NOW)

    assert token == Token("a", received_at=NOW)
    assert token.expires_at is None
    assert not token.is_expired()
    assert token.expires_in is None


def test_known_fields_of_no_use_are_kept_apart_and_null_is_nothing() -> None:
    junk: dict[str, Any] = {"refresh_token": 5, "token_type": ["x"], "scope": "", "expires_in": "soon"}

    token = token_of(**junk)

    assert (token.refresh_token, token.token_type, token.scope, token.expires_at) == (None, "Bearer", None, None)
    assert token.extra == junk
    assert token_of(**dict.fromkeys(junk)).extra == {}


@pytest.mark.parametrize("access_token", ["", "  ", None, 5, b"bytes", ["x"], True])
def test_an_answer_without_a_usable_access_token_is_one_error(access_token: Any) -> None:
    with pytest.raises(ApiDecodeError, match="access_token"):
        token_of(access_token=access_token)


@pytest.mark.parametrize("answer", [None, [], "text", 5, [("access_token", "a")]])
def test_an_answer_that_is_no_object_is_the_same_error(answer: Any) -> None:
    with pytest.raises(ApiDecodeError):
        Token.from_response(answer, NOW)


def test_received_at_may_be_seconds_or_any_time_zone() -> None:
    cest = timezone(timedelta(hours=2))

    assert Token.from_response(ANSWER, NOW.timestamp()) == token_of()
    moved = Token.from_response(ANSWER, NOW.astimezone(cest))
    assert moved == token_of()
    assert moved.received_at is not None
    assert moved.received_at.tzinfo is UTC


@pytest.mark.parametrize("received_at", [datetime(2026, 1, 1), math.nan, math.inf, 1e30, -1e30, 10**400])
def test_a_naive_or_impossible_time_is_refused(received_at: Any) -> None:
    with pytest.raises(ApiValueError, match="received_at"):
        Token.from_response(ANSWER, received_at)


@pytest.mark.parametrize("received_at", [None, "2026-01-01T00:00:00Z", True, NOW.date()])
def test_a_time_of_the_wrong_type_is_refused(received_at: Any) -> None:
    with pytest.raises(ApiTypeError, match="received_at"):
        Token.from_response(ANSWER, received_at)


def test_a_time_at_the_edge_of_the_calendar_is_refused_or_read() -> None:
    with pytest.raises(ApiValueError, match="received_at"):
        Token.from_response(ANSWER, datetime.max.replace(tzinfo=timezone(timedelta(hours=-5))))
    assert Token.from_response(ANSWER, datetime.max.replace(tzinfo=UTC)).expires_at is None


@given(
    st.one_of(
        JSON,
        st.fixed_dictionaries(
            {},
            optional={
                name: JSON | st.text() | st.floats() | st.integers()
                for name in ("access_token", "refresh_token", "token_type", "scope", "expires_in", "more")
            },
        ),
        st.dictionaries(st.integers() | st.text() | st.none(), JSON),
    ),
    st.one_of(st.floats(), st.integers(), st.datetimes(timezones=st.just(UTC)), st.datetimes(), JSON),
)
def test_from_response_accepts_or_refuses_and_what_it_accepts_can_be_saved(answer: Any, received_at: Any) -> None:
    try:
        token = Token.from_response(answer, received_at)
    except (ApiDecodeError, ApiValueError, ApiTypeError):
        return
    assert Token.from_dict(token.to_dict()) == token
    assert token.expires_at is None or token.expires_at.tzinfo is UTC
    token.is_expired()


@given(
    st.fixed_dictionaries(
        {"access_token": st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=1)},
        optional={
            "refresh_token": st.text(),
            "token_type": st.text(),
            "scope": st.text(),
            "expires_in": st.integers(-10, 10**9) | st.floats(-10, 1e9),
            "more": JSON,
        },
    )
)
def test_a_token_survives_json_pickle_and_copies(answer: dict[str, Any]) -> None:
    token = Token.from_response(answer, NOW)

    assert Token.from_dict(json.loads(json.dumps(token.to_dict()))) == token
    assert pickle.loads(pickle.dumps(token)) == token
    assert copy.copy(token) == copy.deepcopy(token) == token
    assert hash(copy.copy(token)) == hash(token)


def test_the_saved_form_is_plain_and_versioned() -> None:
    assert token_of(extra_field=[1]).to_dict() == {
        "version": 1,
        "access_token": "ACCESS-SECRET",
        "refresh_token": "REFRESH-SECRET",
        "token_type": "Bearer",
        "scope": "read write read+write",
        "expires_at": "2026-03-01T13:00:00+00:00",
        "received_at": "2026-03-01T12:00:00+00:00",
        "extra": {"extra_field": [1]},
        "host": None,
    }


def test_a_saved_token_may_lack_what_is_optional_and_have_what_is_unknown() -> None:
    saved = {"version": 1, "access_token": "a", "expires_at": "2026-03-01T13:00:00Z", "later": True}

    assert Token.from_dict(saved) == Token("a", expires_at=NOW + timedelta(hours=1))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("version", 2),
        ("version", None),
        ("version", True),
        ("version", "1"),
        ("access_token", ""),
        ("access_token", None),
        ("access_token", 5),
        ("refresh_token", ""),
        ("refresh_token", ["SECRET"]),
        ("token_type", 1),
        ("scope", b""),
        ("expires_at", "SECRET"),
        ("expires_at", "2026-03-01T13:00:00"),
        ("expires_at", 1772370000),
        ("received_at", "0001-01-01T00:00:00+14:00"),
        ("extra", "SECRET"),
        ("extra", {1: "SECRET"}),
    ],
)
def test_junk_in_a_saved_token_is_named_and_not_shown(name: str, value: Any) -> None:
    with pytest.raises(ApiValueError, match=name) as caught:
        Token.from_dict(token_of().to_dict() | {name: value})

    assert "SECRET" not in str(caught.value)


@given(JSON | st.dictionaries(st.sampled_from([*token_of().to_dict()]), JSON | st.just(1)))
def test_from_dict_accepts_or_refuses(data: Any) -> None:
    with contextlib.suppress(ApiValueError):
        Token.from_dict(data)


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"access_token": ""}, ApiValueError),
        ({"access_token": None}, ApiTypeError),
        ({"refresh_token": " "}, ApiValueError),
        ({"scope": ["read"]}, ApiTypeError),
        ({"token_type": None}, ApiTypeError),
        ({"expires_at": datetime(2026, 1, 1)}, ApiValueError),
        ({"expires_at": 1772370000}, ApiTypeError),
        ({"extra": []}, ApiTypeError),
    ],
)
def test_a_token_built_by_hand_is_checked(changes: dict[str, Any], error: type[Exception]) -> None:
    with pytest.raises(error, match=next(iter(changes))):
        Token(**{"access_token": "a", **changes})


def test_a_token_cannot_be_changed() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        token_of().access_token = "b"  # type: ignore[misc]


def test_expiry_counts_the_leeway() -> None:
    token = token_of(expires_in=3600)

    assert not token.is_expired(now=NOW)
    assert not token.is_expired(now=NOW + timedelta(seconds=3539.9))
    assert token.is_expired(now=NOW + timedelta(seconds=3540))
    assert not token.is_expired(leeway=0, now=NOW + timedelta(seconds=3599.9))
    assert token.is_expired(leeway=0, now=(NOW + timedelta(hours=1)).timestamp())
    assert token.is_expired(leeway=math.inf, now=NOW)
    assert token.is_expired(leeway=10**400, now=NOW)


def test_zero_seconds_means_expired_at_once_even_without_leeway() -> None:
    assert token_of(expires_in=0).is_expired(leeway=0, now=NOW)


def test_expiry_is_compared_with_the_present_by_default() -> None:
    assert token_of().is_expired()
    fresh = Token.from_response(ANSWER, datetime.now(UTC))
    assert not fresh.is_expired()
    assert fresh.expires_in is not None
    assert 3590 < fresh.expires_in <= 3600


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"leeway": -1}, ApiValueError),
        ({"leeway": math.nan}, ApiValueError),
        ({"leeway": True}, ApiTypeError),
        ({"leeway": "60"}, ApiTypeError),
        ({"now": datetime(2026, 1, 1)}, ApiValueError),
        ({"now": "now"}, ApiTypeError),
    ],
)
def test_wrong_arguments_of_is_expired_are_refused(arguments: dict[str, Any], error: type[Exception]) -> None:
    with pytest.raises(error, match=next(iter(arguments))):
        token_of().is_expired(**arguments)


def test_no_way_of_printing_shows_a_secret(caplog: pytest.LogCaptureFixture) -> None:
    token = token_of(id_token="EXTRA-SECRET", refresh_token="REFRESH-SECRET")
    caplog.set_level(logging.DEBUG)
    logging.getLogger("app").debug("%s %r", token, token)

    shown = f"{token} {token!r} {token!s} {[token]} {caplog.text} " + "%s" % token + "{:}".format(token)  # noqa: UP031, UP032

    assert "SECRET" not in shown
    assert "read write read+write" in repr(token)
    assert "2026-03-01T13:00:00+00:00" in repr(token)
    assert "refresh_token=None" in repr(Token("a"))


def test_asdict_gives_every_field() -> None:
    assert dataclasses.asdict(token_of(more={"a": 1}))["extra"] == {"more": {"a": 1}}
