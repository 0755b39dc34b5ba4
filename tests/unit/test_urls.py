"""URLs that are not parsed as a whole are those that httpx makes of the same text."""

from __future__ import annotations

import httpx
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pandadoc_client._http.urls import url_of

PARTS = st.text(alphabet=st.sampled_from("aZ09-._~!$&'()*+,;=:@/?%2F%c3#[]\"<>|\\^` é\u200b"), max_size=12)
BASES = st.sampled_from(
    [
        "https://api.pandadoc.com/public/v1/documents",
        "http://127.0.0.1:8080",
        "http://[::1]:1/a%20b",
        "https://h/x/../y",
    ]
)


def told(url: httpx.URL) -> tuple[object, ...]:
    return (
        url,
        str(url),
        url.raw_scheme,
        url.raw_host,
        url.port,
        url.netloc,
        url.raw_path,
        url.query,
        url.params,
        url.fragment,
    )


@given(BASES, PARTS, PARTS)
@example("https://h/a#b", "", "c")
@example("https://h", "", "")
def test_a_url_is_what_httpx_makes_of_it(base: str, path: str, query: str) -> None:
    text = f"{base}{path}?{query}"
    try:
        expected = httpx.URL(text)
    except httpx.InvalidURL:
        with pytest.raises(httpx.InvalidURL):
            url_of(text)
    else:
        assert told(url_of(text)) == told(expected)


def test_what_httpx_finds_too_long_is_refused() -> None:
    with pytest.raises(httpx.InvalidURL):
        url_of(f"https://h/a?q={'x' * 65_536}")


def test_a_query_does_not_cling_to_the_url_without_it() -> None:
    assert [url_of(f"https://h/a{query}").query for query in ("", "?b=1", "?b=2", "")] == [b"", b"b=1", b"b=2", b""]
