"""Token responses that Python's JSON reader gives up on: what can be read of them is, and so is what was stored."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pandadoc_client._http.messages import Headers, Response
from pandadoc_client.exceptions import ApiDecodeError, InvalidGrantError, TokenStoreError
from pandadoc_client.oauth import FileTokenStore, MemoryTokenStore, Token, TokenManager
from pandadoc_client.oauth._json_object import read_object
from pandadoc_client.oauth.protocol import parse_token_response

from .support import Answer, RecordingServer, make_sync

DIGITS = "9" * 5000
DEEP = "[" * 100_000 + "]" * 100_000
ODD = {
    "digits": f'"more": {DIGITS}',
    "negative": f'"more": -{DIGITS}',
    "levels": f'"more": {DEEP}',
    "levels of objects": '"more": ' + '{"a":' * 100_000 + "1" + "}" * 100_000,
    "brackets in text": '"more": "' + "[" * 100_000 + '\\"{"',
    "lifetime": f'"expires_in": {DIGITS}',
    "fraction": f'"expires_in": {DIGITS}.5',
}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
)


def answer(body: str, status: int = 200) -> Response:
    return Response(status, "", Headers(), body.encode())


@pytest.mark.parametrize("is_first", [False, True])
@pytest.mark.parametrize("odd", ODD.values(), ids=ODD)
def test_what_is_odd_beside_a_token_does_not_cost_it(odd: str, is_first: bool) -> None:
    plain = '"access_token": "a", "refresh_token": "r"'
    body = f"{{{odd}, {plain}}}" if is_first else f"{{{plain}, {odd}}}"
    token = parse_token_response(answer(body), datetime.now(UTC))
    assert (token.access_token, token.refresh_token) == ("a", "r")
    assert token.expires_at is None
    store = MemoryTokenStore()
    store.save("default", token)
    assert store.load() == token


@pytest.mark.parametrize("odd", ODD.values(), ids=ODD)
def test_what_is_odd_beside_an_error_does_not_hide_it(odd: str) -> None:
    with pytest.raises(InvalidGrantError):
        parse_token_response(answer(f'{{{odd}, "error": "invalid_grant"}}', 400), datetime.now(UTC))


@pytest.mark.parametrize(
    "body", [DEEP, "[" * 100_000, '{"access_token":' * 100_000, f'{{"access_token": {DEEP}}}', DIGITS]
)
def test_an_answer_without_a_token_that_can_be_read_is_an_error_of_its_own(body: str) -> None:
    with pytest.raises(ApiDecodeError):
        parse_token_response(answer(body), datetime.now(UTC))


@pytest.mark.parametrize("odd", ODD.values(), ids=ODD)
def test_an_odd_answer_to_a_refresh_is_saved(odd: str) -> None:
    store = MemoryTokenStore()
    store.save("default", Token("old", "r1", expires_at=datetime.now(UTC)))
    body = f'{{"access_token": "new", "refresh_token": "r2", {odd}}}'.encode()
    with RecordingServer() as server, make_sync(client_id="id", client_secret="s", host=server.url) as client:
        server.answers.append(Answer(body=body))
        assert TokenManager(client, store).token().access_token == "new"
        assert len(server.requests) == 1
    saved = store.load()
    assert saved is not None
    assert saved.refresh_token == "r2"


@given(st.dictionaries(st.text(), JSON), st.sampled_from([None, 1]), st.booleans())
def test_an_object_is_read_as_python_reads_it(value: dict[str, Any], indent: int | None, ascii_only: bool) -> None:
    text = json.dumps(value, indent=indent, ensure_ascii=ascii_only)
    data = text.encode("utf-8", "surrogatepass")
    assert read_object(data) == json.loads(text)


@given(st.text(alphabet='{}[]",:1a\\ ', max_size=12))
def test_what_python_does_not_read_is_not_read(text: str) -> None:
    try:
        expected = json.loads(text)
    except ValueError:
        expected = None
    try:
        found = read_object(text.encode())
    except ValueError:
        assert not isinstance(expected, dict)
    else:
        assert found == expected


def test_what_came_with_a_token_does_not_keep_it_from_being_saved() -> None:
    deep: Any = []
    for _ in range(5000):
        deep = [deep]
    store = MemoryTokenStore()
    store.save("default", Token("a", "r", extra={"deep": deep, "digits": 10**5000}))
    assert store.load() == Token("a", "r")


def in_a_file(path: Path, content: str) -> None:
    path.write_text(content, encoding="ascii")


def in_a_document(path: Path, content: str) -> None:
    FileTokenStore(path).write("default", content, expires_at=None, expected=None)


@pytest.mark.parametrize("content", ["[" * 200_000, '{"a":' * 200_000, f'{{"version": {DIGITS}}}'])
@pytest.mark.parametrize("put", [in_a_file, in_a_document])
def test_a_store_that_holds_what_python_does_not_read_says_so(
    tmp_path: Path, put: Callable[[Path, str], None], content: str
) -> None:
    path = tmp_path / "tokens.json"
    put(path, content)
    path.chmod(0o600)
    store = FileTokenStore(path)
    with pytest.raises(TokenStoreError):
        store.load()
