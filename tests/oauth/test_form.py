"""The form: exact bytes, three independent decoders, and every rule of its checks."""

from __future__ import annotations

import asyncio
import contextlib
import io
import warnings
from collections.abc import MutableMapping
from enum import StrEnum
from typing import Any
from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import Request as StarletteRequest
from werkzeug.formparser import FormDataParser

from pandadoc_client._http.form import check_token_request, encode_form, form_problems, warn_about_form
from pandadoc_client.exceptions import ApiTypeError, ApiValueError, FormEncodingError, FormEncodingWarning

FORM_TYPE = "application/x-www-form-urlencoded"
CODE: dict[str, Any] = {
    "grant_type": "authorization_code",
    "client_id": "id",
    "client_secret": "secret",
    "code": "code-1",
    "scope": "read+write",
}
REFRESH: dict[str, Any] = {
    "grant_type": "refresh_token",
    "client_id": "id",
    "client_secret": "secret",
    "refresh_token": "refresh-1",
    "scope": "read write",
}
TEXT = st.text(st.characters(exclude_categories=["Cs"]))
FORMS = st.dictionaries(TEXT.filter(bool), TEXT, min_size=1)


def starlette_fields(body: bytes) -> list[tuple[str, str]]:
    async def read() -> list[tuple[str, str]]:
        async def receive() -> MutableMapping[str, Any]:
            return {"type": "http.request", "body": body, "more_body": False}

        scope = {"type": "http", "method": "POST", "headers": [(b"content-type", FORM_TYPE.encode())]}
        async with StarletteRequest(scope, receive).form() as form:
            return [(name, value) for name, value in form.multi_items() if isinstance(value, str)]

    return asyncio.run(read())


def werkzeug_fields(body: bytes) -> list[tuple[str, str]]:
    _, form, _ = FormDataParser().parse(io.BytesIO(body), FORM_TYPE, len(body))
    return list(form.items(multi=True))


@given(FORMS)
def test_any_text_survives_three_independent_decoders(fields: dict[str, str]) -> None:
    body = encode_form(fields)
    expected = list(fields.items())

    assert parse_qsl(body.decode("ascii"), keep_blank_values=True, strict_parsing=True) == expected
    assert starlette_fields(body) == expected
    assert werkzeug_fields(body) == expected


@given(TEXT)
def test_every_byte_is_one_that_the_html_serialiser_writes(text: str) -> None:
    bare = b"*-._0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
    expected = b"".join(
        b"+" if byte == 0x20 else bytes([byte]) if byte in bare else b"%%%02X" % byte for byte in text.encode()
    )

    assert encode_form({"x": text}) == b"x=" + expected


@pytest.mark.parametrize(
    ("value", "encoded"),
    [
        ("read+write", b"read%2Bwrite"),
        ("read write", b"read+write"),
        ("~", b"%7E"),
        ("*-._", b"*-._"),
        ("é", b"%C3%A9"),
        ("\N{PANDA FACE}", b"%F0%9F%90%BC"),
        ("100%", b"100%25"),
        ("%7E", b"%257E"),
        ("a=b&c", b"a%3Db%26c"),
        ("/", b"%2F"),
        ("", b""),
        ("\r\n\0", b"%0D%0A%00"),
    ],
)
def test_exact_bytes(value: str, encoded: bytes) -> None:
    assert encode_form({"x": value}) == b"x=" + encoded


def test_fields_go_out_in_the_given_order_and_absent_ones_stay_out() -> None:
    assert encode_form({"b": "2", "none": None, "a": "1"}) == b"b=2&a=1"
    assert encode_form({}) == b""


@pytest.mark.parametrize("value", ["\ud800", "a\udfffb", b"bytes", 1, True])
def test_what_utf_8_text_cannot_be_is_not_encoded(value: Any) -> None:
    with pytest.raises(FormEncodingError) as caught:
        encode_form({"code": value})

    assert caught.value.field == "code"


@pytest.mark.parametrize("form", [CODE, REFRESH, CODE | {"redirect_uri": "https://app.example.com/cb"}])
def test_a_good_request_comes_back_in_the_order_of_the_contract(form: dict[str, Any]) -> None:
    shuffled = dict(sorted(form.items(), reverse=True))

    assert list(check_token_request(shuffled).items()) == list(form.items())
    assert form_problems(shuffled) == []


def test_none_counts_as_absent() -> None:
    assert check_token_request(CODE | {"refresh_token": None, "redirect_uri": None}) == CODE


def test_a_text_enumeration_is_sent_as_its_value() -> None:
    class Grant(StrEnum):
        REFRESH = "refresh_token"

    checked = check_token_request(REFRESH | {"grant_type": Grant.REFRESH})

    assert checked == REFRESH
    assert type(checked["grant_type"]) is str


@pytest.mark.parametrize("name", ["client_id", "client_secret", "code"])
def test_each_field_of_the_code_grant_is_required(name: str) -> None:
    assert problem_fields(CODE | {name: None}) == [name]


def test_the_contract_does_not_require_a_scope() -> None:
    assert "scope" not in check_token_request(CODE | {"scope": None})
    assert "scope" not in check_token_request(REFRESH | {"scope": None})


@pytest.mark.parametrize("name", ["client_id", "client_secret", "refresh_token"])
def test_each_field_of_the_refresh_grant_is_required(name: str) -> None:
    assert problem_fields(REFRESH | {name: None}) == [name]


def problem_fields(fields: dict[str, Any]) -> list[str]:
    problems = form_problems(fields)
    if problems:
        with pytest.raises(FormEncodingError) as caught:
            check_token_request(fields)
        assert str(caught.value) == str(problems[0])
    return [problem.field for problem in problems]


BAD_VALUES = [
    "",
    " ",
    "\u3000",
    b"bytes",
    1,
    True,
    1.5,
    ["list"],
    NotImplemented,
    "a\ud800",
    "a\0b",
    "a\rb",
    "a\nb",
    "a\tb",
    "a\x1bb",
    "a\x7fb",
    "a\x85b",
    "a\u2028b",
    "a\u2029b",
]


@pytest.mark.parametrize("name", ["client_id", "client_secret", "refresh_token", "scope"])
@pytest.mark.parametrize("value", BAD_VALUES, ids=ascii)
def test_a_value_that_must_not_be_sent_is_named_by_its_field(name: str, value: Any) -> None:
    assert problem_fields(REFRESH | {name: value}) == [name]


@pytest.mark.parametrize("value", [*BAD_VALUES, "password", "authorization_code ", "AUTHORIZATION_CODE"], ids=ascii)
def test_an_unknown_grant_type_is_refused(value: Any) -> None:
    assert problem_fields(CODE | {"grant_type": value}) == ["grant_type"]


@pytest.mark.parametrize("around", [" {}", "{} ", "\u00a0{}", "{}\u200b", "\ufeff{}"], ids=ascii)
def test_white_space_around_a_pasted_value_is_refused(around: str) -> None:
    for name in ("client_id", "client_secret", "code"):
        assert problem_fields(CODE | {name: around.format("value")}) == [name]
    assert problem_fields(REFRESH | {"refresh_token": around.format("value")}) == ["refresh_token"]


def test_white_space_inside_of_a_value_is_left_alone() -> None:
    assert form_problems(CODE | {"client_secret": "two words", "scope": "read write"}) == []


def test_a_code_without_a_grant_type_is_explained() -> None:
    (problem,) = form_problems(CODE | {"grant_type": None})

    assert problem.field == "grant_type"
    assert "authorization_code" in problem.problem


def test_a_code_in_a_refresh_and_a_refresh_token_in_an_exchange_are_refused() -> None:
    assert problem_fields(REFRESH | {"code": "code-1"}) == ["code"]
    assert problem_fields(CODE | {"refresh_token": "refresh-1"}) == ["refresh_token"]


def test_unknown_fields_are_refused_and_named_unless_the_name_may_be_a_value() -> None:
    assert problem_fields(CODE | {"client_secert": "x"}) == ["client_secert"]
    assert problem_fields(REFRESH | {"redirect_uri": "https://app.example.com"}) == ["redirect_uri"]
    assert problem_fields(REFRESH | {"s3cr3t-as-a-key": "client_secret"}) == ["(unknown field)"]
    assert problem_fields({**REFRESH, 3: "x"}) == ["(unknown field)"]  # type: ignore[dict-item]  # pyright: ignore[reportArgumentType]


def test_all_problems_are_found_in_the_order_of_the_contract() -> None:
    form = {"nonsense": "x", "scope": "", "grant_type": "refresh_token", "refresh_token": 5, "client_id": "id"}

    assert problem_fields(form) == ["client_secret", "refresh_token", "scope", "nonsense"]


def test_what_is_no_mapping_is_an_argument_of_the_wrong_type() -> None:
    with pytest.raises(ApiTypeError):
        check_token_request([("grant_type", "refresh_token")])  # type: ignore[arg-type]


def test_each_problem_becomes_a_warning_on_the_line_of_the_call() -> None:
    def vendor_style_call() -> None:
        warn_about_form(REFRESH | {"scope": 5, "client_id": ""})

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        vendor_style_call()

    assert [warning.category for warning in caught] == [FormEncodingWarning] * 2
    assert [str(warning.message).partition(":")[0] for warning in caught] == ["client_id", "scope"]
    assert {warning.filename for warning in caught} == {__file__}
    assert {warning.lineno for warning in caught} == {vendor_style_call.__code__.co_firstlineno + 5}


NASTY = ["", " ", "\n", "\0", "\ud800", "\u2028", "\u200b", "é"]


@given(
    st.dictionaries(
        st.sampled_from([*CODE, "refresh_token", "redirect_uri", "other"]),
        st.one_of(
            st.tuples(st.sampled_from(NASTY), st.sampled_from(NASTY)).map("MARKER-{0[0]}-{0[1]}".format),
            st.tuples(st.sampled_from(NASTY), st.sampled_from(NASTY)).map("{0[0]}MARKER{0[1]}".format),
            st.just(b"MARKER"),
            st.sampled_from(["authorization_code", "refresh_token", None, 0]),
        ),
    )
)
def test_no_message_ever_shows_a_value(fields: dict[str, Any]) -> None:
    for problem in form_problems(fields):
        assert isinstance(problem, ApiValueError)
        assert "MARKER" not in f"{problem} {problem!r} {problem.args!r} {vars(problem)!r}"
    with contextlib.suppress(FormEncodingError):
        encode_form(check_token_request(fields))
