"""The callback: the code in it, its state, its errors, and everything that is none."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pandadoc_client.exceptions import (
    AccessDeniedError,
    ApiTypeError,
    ApiValueError,
    CallbackError,
    OAuthError,
    StateMismatchError,
)
from pandadoc_client.oauth.form import value_problem
from pandadoc_client.oauth.protocol import parse_callback

from .support import ERROR_CLASSES

STATE = "state-SECRET-0123456789"


@pytest.mark.parametrize(
    "url",
    [
        f"https://app.example.com/cb?code=C%2B1&state={STATE}",
        f"https://app.example.com/cb?tenant=1&state={STATE}&code=C%2B1&iss=x",
        f"https://app.example.com/cb?code=C%2B1&state={STATE}#_=_",
        f"com.example.app:/cb?code=C%2B1&state={STATE}",
        f"/cb?code=C%2B1&state={STATE}",
        f"/cb;v=1?code=C%2B1&state={STATE}",
        f"cb?code=C%2B1&state={STATE}",
        f"?code=C%2B1&state={STATE}",
        f"code=C%2B1&state={STATE}",
        f"code=C%2B1&state={STATE}&next=/a?b=c",
        f" \n?c%6Fde=C%2B1&&state={STATE}&error=&other=%zz\n",
    ],
)
def test_a_callback_gives_its_code(url: str) -> None:
    assert parse_callback(url, STATE) == "C+1"


@pytest.mark.parametrize(("raw", "code"), [("a+b", "a b"), ("%C3%A9", "é"), ("é", "é"), ("a?b", "a?b"), ("a=b", "a=b")])
def test_the_code_is_decoded(raw: str, code: str) -> None:
    assert parse_callback(f"code={raw}&state={STATE}", STATE) == code


@pytest.mark.parametrize("rest", ["code=C-SECRET", "error=access_denied", "error=x&code=C-SECRET", ""])
@pytest.mark.parametrize("state", [STATE[:-1], STATE + "x", STATE.upper(), "x", "%ED%9F%BF", "+"])
def test_another_state_is_a_mismatch_whatever_else_the_callback_says(rest: str, state: str) -> None:
    with pytest.raises(StateMismatchError) as caught:
        parse_callback(f"/cb?state={state}&{rest}", STATE)

    assert "SECRET" not in f"{caught.value} {caught.value!r}"


@pytest.mark.parametrize("state", ["é", "\ud800", "\N{PANDA FACE}"])
def test_a_state_beyond_ascii_is_compared_and_not_a_crash(state: str) -> None:
    with pytest.raises(StateMismatchError):
        parse_callback("code=C&state=x", state)
    if state != "\ud800":
        assert parse_callback(f"code=C&state={quote(state)}", state) == "C"


@pytest.mark.parametrize("raw", ["a%00b", "a%0Ab", "a%0d%0ab", "%20a", "%20"])
def test_a_code_that_could_not_be_sent_back_is_none(raw: str) -> None:
    with pytest.raises(CallbackError, match=r"^invalid_callback: The code of the callback (has|starts|must)"):
        parse_callback(f"code={raw}&state={STATE}", STATE)


@pytest.mark.parametrize(("code", "kind"), ERROR_CLASSES.items())
def test_each_error_of_the_callback_has_its_class(code: str, kind: type[OAuthError]) -> None:
    url = f"/cb?error={code}&error_description=Not+t%6Fday%0A&error_uri=https://e.example&state={STATE}"

    with pytest.raises(OAuthError) as caught:
        parse_callback(url, STATE)

    assert type(caught.value) is kind
    assert caught.value.error == code
    assert caught.value.error_description == "Not today"
    assert caught.value.error_uri == "https://e.example"
    assert caught.value.status is None


def test_an_unknown_error_of_the_callback_is_a_plain_one() -> None:
    with pytest.raises(OAuthError) as caught:
        parse_callback(f"error=consent%20lost&error_description=%ff{STATE}&state={STATE}", STATE)

    assert type(caught.value) is OAuthError
    assert caught.value.error == "consent lost"
    assert "SECRET" not in f"{caught.value} {caught.value!r} {caught.value.error_description}"


@pytest.mark.parametrize("rest", ["", "&state="])
def test_an_error_without_a_state_is_not_believed(rest: str) -> None:
    with pytest.raises(CallbackError, match="forged") as caught:
        parse_callback(f"/cb?error=access_denied{rest}", STATE)

    assert not isinstance(caught.value, AccessDeniedError)


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("", "neither"),
        ("https://app.example.com/cb", "neither"),
        ("code", "neither"),
        ("?", "neither"),
        ("?%", "neither"),
        (f"#code=C-SECRET&state={STATE}", "fragment"),
        ("https://app.example.com/cb#access_token=C-SECRET", "fragment"),
        ("https://app.example.com/cb?tenant=1#error=access_denied", "fragment"),
        ("?code=C-SECRET", "no state"),
        ("?code=C-SECRET&state=", "no state"),
        (f"?state={STATE}", "no code"),
        (f"?state={STATE}&code=", "no code"),
        (f"?state={STATE}&state={STATE}&code=C-SECRET", "state twice"),
        (f"?state={STATE}&code=C-SECRET&code=C-SECRET", "code twice"),
        (f"?state={STATE}&code=C-SECRET&code=", "code twice"),
        (f"?state={STATE}&error=a&error=b", "error twice"),
        (f"?state={STATE}&error=a&error_uri=b&error_uri=b", "error_uri twice"),
        (f"?state={STATE}&code=C-SECRET&error=access_denied", "both"),
        (f"?state={STATE}&code=C-SECRET%", "code is not UTF-8"),
        (f"?state={STATE}&code=C-SECRET%e9", "code is not UTF-8"),
        (f"?state={STATE}&code=C-SECRET\ud800", "code is not UTF-8"),
        (f"?state={STATE}%g0&code=C-SECRET", "state is not UTF-8"),
    ],
    ids=ascii,
)
def test_what_the_server_does_not_send_is_refused(url: str, problem: str) -> None:
    with pytest.raises(CallbackError, match=problem) as caught:
        parse_callback(url, STATE)

    assert "SECRET" not in f"{caught.value} {caught.value!r}"


@pytest.mark.parametrize("arguments", [(b"?code=C", STATE), (None, STATE), ("?code=C", b"x")])
def test_a_callback_and_a_state_are_text(arguments: Any) -> None:
    with pytest.raises(ApiTypeError):
        parse_callback(*arguments)


def test_without_a_known_state_no_callback_is_believed() -> None:
    for url in ("?code=c&state=s", "?error=access_denied&state=s", "?code=c", ""):
        with pytest.raises(StateMismatchError, match="no authorization request that is known here"):
            parse_callback(url, None)


def test_an_empty_state_is_never_accepted() -> None:
    with pytest.raises(ApiValueError, match="state"):
        parse_callback("?code=C&state=", "")


PIECES = st.sampled_from(
    [
        "code=",
        "state=",
        "error=",
        STATE,
        "&",
        "?",
        "#",
        "=",
        "%",
        "%00",
        "%ff",
        "+",
        "/",
        ":",
        "https://h",
        "\ud800",
        "é",
    ]
)


@given(st.text(st.characters()) | st.lists(PIECES).map("".join), st.text(st.characters()) | st.just(STATE))
@example(f"code=%00&state={STATE}", STATE)
def test_parse_callback_accepts_or_refuses_whatever_comes(url: str, state: str) -> None:
    shown = ""
    try:
        assert parse_callback(url, state)
    except (OAuthError, ApiValueError) as error:
        shown = f"{error} {error!r}"
    assert STATE not in shown


def _can_be_sent(code: str) -> bool:
    return value_problem(code, trimmed=True) is None


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1).filter(_can_be_sent), st.text(min_size=1))
def test_every_code_that_can_be_sent_back_arrives(code: str, state: str) -> None:
    url = f"https://app.example.com/cb?code={quote(code, safe='')}&state={quote(state, safe='')}"

    assert parse_callback(url, state) == code
