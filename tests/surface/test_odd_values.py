"""Values in responses that Python's own functions choke on: they read as they came, and every model can be shown."""

from __future__ import annotations

import json
import sys
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pandadoc_client._calls.model import decode_date, decode_datetime
from pandadoc_client._calls.model import encode as encode_value
from pandadoc_client.models import DocumentDetailsResponse, MemberDetailsResponse


def nested(levels: int) -> dict[str, Any]:
    value: dict[str, Any] = {"name": "innermost"}
    for _ in range(levels):
        value = {"name": "outer", "metadata": [value]}
    return value


def depth(value: Any) -> int:
    levels = 0
    while isinstance(value, dict) and "metadata" in value:
        value, levels = value["metadata"][0], levels + 1
    assert value == {"name": "innermost"}
    return levels


@pytest.mark.parametrize("text", ["12h" + "9" * 42, "9" * 5000, "1.1.1.1.1", "10**9", "\0", "a" * 10**6])
def test_text_that_is_no_time_reads_as_it_came(text: str) -> None:
    document = DocumentDetailsResponse.from_dict({"date_created": text})
    assert document.date_created == text
    assert decode_date(text) == text


@pytest.mark.filterwarnings("ignore:tzname")  # dateutil's, about a time zone that it does not know
@given(st.text() | st.from_regex(r"[0-9a-zA-Z:.,+ -]{1,60}", fullmatch=True))
def test_no_text_makes_reading_a_time_fail(text: str) -> None:
    decode_datetime(text)
    decode_date(text)


@pytest.mark.parametrize("levels", [160, 450, 5000])
def test_deeply_nested_objects_become_dicts_again(levels: int) -> None:
    document = DocumentDetailsResponse.decode(nested(levels))
    assert depth(document.to_dict()) == levels


@pytest.mark.parametrize("levels", [160, 450, 5000])
def test_deeply_nested_objects_have_a_shortened_text(levels: int) -> None:
    document = DocumentDetailsResponse.decode(nested(levels))
    for text in (repr(document), str(document), document.to_str()):
        assert "outer" in text
        assert "…" in text
        assert "innermost" not in text


def test_what_is_nested_as_usual_is_shown_whole() -> None:
    document = DocumentDetailsResponse.decode(nested(15))
    assert "innermost" in repr(document)
    assert "…" not in repr(document)


def test_nested_json_of_the_depth_that_is_read_can_be_shown_and_returned() -> None:
    levels = sys.getrecursionlimit() // 2 - 100
    member = MemberDetailsResponse.decode(json.loads('{"a":[' * levels + "1" + "]}" * levels))
    assert "…" in repr(member)
    assert member.to_dict()["a"][0]


def test_a_model_that_contains_itself_ends_with_an_error() -> None:
    value: dict[str, Any] = {}
    value["metadata"] = [value]
    document = DocumentDetailsResponse.decode(value)
    assert "…" in repr(document)
    with pytest.raises(RecursionError, match="contains itself"):
        document.to_dict()


def test_an_integer_that_python_does_not_write_out_is_shown_by_its_size() -> None:
    member = MemberDetailsResponse.from_dict({"email": 10**5000})
    assert "an integer of 16610 bits" in repr(member)
    assert member.to_dict() == {"email": 10**5000}


def test_containers_are_encoded_anew_and_left_as_they_were() -> None:
    inner = [1, (2, 3)]
    given = {"a": inner, "b": {"c": inner}}
    made = encode_value(given)
    assert made == {"a": [1, [2, 3]], "b": {"c": [1, [2, 3]]}}
    assert made["a"] is not inner
    assert made["a"] is not made["b"]["c"]
    assert inner == [1, (2, 3)]
