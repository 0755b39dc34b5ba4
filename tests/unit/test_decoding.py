"""JSON reads the same with orjson and without it."""

from __future__ import annotations

import json
import math
import subprocess
import sys
from typing import Any

import orjson
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pandadoc_client._http import decoding
from pandadoc_client._http.decoding import read_json

NUMBERS = st.one_of(
    st.integers(),
    st.integers(min_value=-(2**70), max_value=2**70),
    st.floats(),
    st.sampled_from([2**63 - 1, 2**63, 2**64 - 1, 2**64, -(2**63), -(2**63) - 1, -0.0]),
)
VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), NUMBERS, st.text(st.characters(codec=None))),
    lambda inner: st.one_of(st.lists(inner), st.dictionaries(st.text(), inner)),
    max_leaves=20,
)
# Pieces of JSON, put together at random: most of it is none.
WORDS = (
    r'{ } [ ] , : "a" "a" "\ud800" "\ud83d\ude00" "ä" "\x" - 0 -0 1 01 1. 1.5e3 1e999 -1e999 1e-999 NaN Infinity'
    " -Infinity null true 111111111111111111 1111111111111111111 18446744073709551615 18446744073709551616"
    " -9223372036854775809 0.333333333333333333333333333333"
)
PIECES = st.lists(st.sampled_from([*WORDS.split(), " ", "\n", "\x0c", "\x00"]), max_size=12)


def outcome(data: bytes | str) -> Any:
    """Return what comes of reading *data*, so that it can be compared: types, the order of keys, signs of zeros."""
    try:
        return _exactly(read_json(data))
    except (ValueError, RecursionError) as error:
        return type(error).__name__, str(error)


def _exactly(value: Any) -> Any:
    if isinstance(value, dict):
        return [(key, _exactly(inner)) for key, inner in value.items()]
    if isinstance(value, list):
        return [[_exactly(inner) for inner in value]]
    return type(value).__name__, repr(value)


def both(data: bytes | str) -> tuple[Any, Any]:
    """Return what comes of it with orjson and without."""
    found = []
    for reader in (orjson.loads, None):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(decoding, "_quick_reader", lambda reader=reader: reader)
            found.append(outcome(data))
    with_orjson, without = found
    return with_orjson, without


@given(VALUES, st.booleans(), st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-32"]))
@example(float("nan"), False, "utf-8")
@example([2**64, -(2**63) - 1, 1e22, 0.1], True, "utf-8")
def test_what_json_writes_reads_the_same(value: Any, ascii_only: bool, encoding: str) -> None:
    data = json.dumps(value, ensure_ascii=ascii_only).encode(encoding, "surrogatepass")
    with_orjson, without = both(data)
    assert with_orjson == without


@given(PIECES)
def test_what_may_be_no_json_reads_the_same(pieces: list[str]) -> None:
    with_orjson, without = both("".join(pieces).encode())
    assert with_orjson == without


@given(st.binary(max_size=40))
def test_any_bytes_read_the_same(data: bytes) -> None:
    with_orjson, without = both(data)
    assert with_orjson == without


@pytest.mark.parametrize(
    "data",
    [
        b'{"a": 1, "b": 2, "a": 3}',
        b"[" * 2000 + b"]" * 2000,
        b"[" * 200_000 + b"]" * 200_000,
        b"[" + b"9" * 5000 + b"]",
        b"x" + b"[12345678901234567890]",
        b"  [12345678901234567890, -12345678901234567890]",
        b"",
        b"\xff",
        '"\ud800"',
        '{"a": 12345678901234567890}',
    ],
    ids=lambda data: str(data[:30]),
)
def test_what_they_differ_in_is_decided_by_the_standard_library(data: bytes | str) -> None:
    with_orjson, without = both(data)
    assert with_orjson == without


@given(st.integers(min_value=10**18, max_value=10**30), st.integers(0, 7), st.integers(0, 3))
def test_a_large_integer_is_found_wherever_it_stands(number: int, before: int, more: int) -> None:
    data = b" " * before + b"[" + b"-" * (more % 2) + str(number).encode() + b"]"
    assert read_json(data) == [-number if more % 2 else number]


def test_orjson_does_the_reading_where_it_can(monkeypatch: pytest.MonkeyPatch) -> None:
    """Guards the comparison: two readings by the standard library would be equal, too."""
    read: list[bytes] = []

    def reader(data: bytes) -> float:
        read.append(data)
        return math.pi

    monkeypatch.setattr(decoding, "_quick_reader", lambda: reader)
    assert read_json(b'{"date_created": "2024-02-29T09:30:00.000000Z", "id": 1234567890123456}') == math.pi
    assert len(read) == 1
    assert read_json(b"[1234567890123456789]") == [1234567890123456789]
    assert len(read) == 1


def test_orjson_is_imported_by_the_first_response_and_by_nothing_else() -> None:
    program = (
        "import sys\nimport pandadoc_client\nfrom pandadoc_client import PandaDoc\nPandaDoc(api_key='k')\n"
        "from pandadoc_client._http.decoding import read_json\nprint('orjson' in sys.modules)\n"
        "read_json(b'[]')\nprint('orjson' in sys.modules)"
    )
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60)
    assert result.stdout == "False\nTrue\n", result.stderr
