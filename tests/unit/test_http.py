"""Messages as data: headers, charsets, what no header may carry."""

from __future__ import annotations

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pandadoc_client._http.messages import Headers, Response, check_header
from pandadoc_client.exceptions import ApiDecodeError, ApiValueError


def answer(data: bytes, content_type: str | None = None) -> Response:
    fields = [] if content_type is None else [("Content-Type", content_type)]
    return Response(200, "OK", Headers(fields), data)


def test_headers_compare_without_regard_to_case_and_join_what_came_twice() -> None:
    headers = Headers([("Via", "a"), ("Content-Type", "text/html"), ("via", "b")])
    assert headers["VIA"] == "a, b"
    assert headers.getlist("via") == ["a", "b"]
    assert headers.get("content-type") == "text/html"
    assert "CONTENT-TYPE" in headers
    assert "Server" not in headers
    assert list(headers) == ["Via", "Content-Type"]
    assert len(headers) == 2
    assert pickle.loads(pickle.dumps(headers)) == headers


@pytest.mark.parametrize(
    ("data", "content_type", "text"),
    [
        ("é".encode(), "text/html", "é"),
        ("é".encode("latin-1"), "text/html; charset=iso-8859-1", "é"),
        ("é".encode("latin-1"), 'text/html; Charset="ISO-8859-1"', "é"),
        (b"\xff", "text/html", "\N{REPLACEMENT CHARACTER}"),
        (b"abc", "text/html; charset=martian", "abc"),
        (b"abc\xff", "text/html; charset=undefined", "abc\N{REPLACEMENT CHARACTER}"),
        (b"abc\xff", "text/html; charset=idna", "abc\N{REPLACEMENT CHARACTER}"),
        (b"abc\xff", "text/html; charset=rot13", "abc\N{REPLACEMENT CHARACTER}"),
        (b"", None, ""),
    ],
)
def test_a_body_always_reads_as_text(data: bytes, content_type: str | None, text: str) -> None:
    assert answer(data, content_type).text == text


@given(data=st.binary(), charset=st.text())
def test_reading_as_text_never_fails(data: bytes, charset: str) -> None:
    assert isinstance(answer(data, f"text/html; charset={charset}").text, str)


@pytest.mark.parametrize("data", [b"", b"<html>", b'{"a": 1', b"\xff\xfe\xfa", b"[" * 100_000])
def test_a_body_that_is_no_json_raises_with_status_and_body(data: bytes) -> None:
    with pytest.raises(ApiDecodeError) as caught:
        answer(data).json()
    assert caught.value.status == 200
    assert caught.value.body == data.decode("utf-8", "replace")


@pytest.mark.parametrize(
    ("name", "value"),
    [("X", "a\nb"), ("X", "a\rb"), ("X", "a\0"), ("X", "\x7f"), ("X", "€"), ("X y", "a"), ("", "a"), ("X:", "a")],
)
def test_a_header_that_http_cannot_carry_is_named_and_not_shown(name: str, value: str) -> None:
    with pytest.raises(ApiValueError) as caught:
        check_header(name, f"MARKER{value}")
    assert "MARKER" not in str(caught.value)
    assert name in str(caught.value)


@pytest.mark.parametrize("value", ["", "plain", "tab\there", "é"])
def test_other_headers_pass(value: str) -> None:
    check_header("X-Name", value)
