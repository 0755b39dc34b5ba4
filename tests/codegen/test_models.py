"""What generated models do: read anything, keep everything, write what is typed."""

from __future__ import annotations

import copy
import datetime
import json
import pickle
import subprocess
import sys
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pandadoc_client import UNSET

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
FIELDS = ("id", "kind", "made", "day", "count", "ratio", "children", "dates", "owner", "note", "labels", "parent")


@pytest.fixture(scope="module")
def models(everything: Path) -> Iterator[Any]:
    """The models of the fixture document."""
    sys.path.insert(0, str(everything))
    yield import_module("everything.models")
    sys.path.remove(str(everything))


def test_declared_types_are_read(models: Any) -> None:
    thing = models.Thing.from_dict(
        {
            "id": "12345678-1234-5678-1234-567812345678",
            "made": "2026-01-02T03:04:05Z",
            "day": "2026-01-02",
            "children": [{"id": "c"}],
            "labels": {"first": {"name": "n"}},
            "dates": ["2026-01-02T03:04:05Z"],
        }
    )
    assert thing.id == "12345678-1234-5678-1234-567812345678"  # an identifier is text, as it came
    assert thing.made == datetime.datetime(2026, 1, 2, 3, 4, 5, tzinfo=datetime.UTC)
    assert thing.day == datetime.date(2026, 1, 2)
    assert thing.children[0].id == "c"
    assert thing.labels["first"].name == "n"
    assert thing.dates == [thing.made]


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("2 January 2026 3:04 pm", datetime.datetime(2026, 1, 2, 15, 4)),
        ("2026-01-02T03:04:05.678+0130", None),
        ("not a date", "not a date"),
        ("", ""),
        (5, 5),
        (None, None),
    ],
)
def test_odd_dates_are_read_or_passed_through(models: Any, text: Any, read: Any) -> None:
    made = models.Thing.from_dict({"made": text}).made
    assert made == read if read is not None or text is None else isinstance(made, datetime.datetime)


@pytest.mark.parametrize("missing_fields", ["error", "none"])
def test_what_is_there_does_not_depend_on_how_a_missing_field_reads(models: Any, missing_fields: str) -> None:
    thing = models.Thing.from_dict({"kind": None, "parent": {"id": "p"}}, missing_fields=missing_fields)
    assert thing.kind is None
    assert "id" not in thing
    assert "kind" in thing
    assert thing.get("id", "default") == "default"
    for model in (thing, thing.parent):
        with pytest.raises(KeyError, match="Thing has no attribute 'flag'"):
            model["flag"]


def test_a_field_that_is_missing_raises_or_reads_as_none_also_further_in(models: Any) -> None:
    data = {"parent": {"id": "p"}, "children": [{"id": "c"}], "owner": {"vat": "1"}, "labels": {"first": {"x": 1}}}
    strict, lenient = models.Thing.from_dict(data), models.Thing.from_dict(data, missing_fields="none")
    finds: list[Callable[[Any], Any]] = [
        lambda thing: thing.kind,
        lambda thing: thing.parent.kind,
        lambda thing: thing.children[0].kind,
        lambda thing: thing.owner.type,
        lambda thing: thing.labels["first"].name,
        lambda thing: copy.deepcopy(thing).kind,
        lambda thing: pickle.loads(pickle.dumps(thing)).parent.kind,
    ]
    for find in finds:
        assert find(lenient) is None
        with pytest.raises(AttributeError, match="has no attribute"):
            find(strict)
    assert not hasattr(strict, "kind")
    assert getattr(strict, "kind", "default") == "default"
    assert hasattr(lenient, "kind")


def test_unknown_fields_are_kept_and_can_be_read(models: Any) -> None:
    thing = models.Thing.from_dict({"id": "x", "brand_new": {"a": 1}})
    assert thing.brand_new == {"a": 1}
    assert thing["brand_new"] == {"a": 1}
    assert thing.additional_properties == {"brand_new": {"a": 1}}
    assert thing.to_dict() == {"id": "x", "brand_new": {"a": 1}}


def test_unknown_values_of_an_enumeration_and_wrong_types_pass_through(models: Any) -> None:
    thing = models.Thing.from_dict({"kind": "enormous", "count": "7", "children": "none", "parent": [1]})
    assert (thing.kind, thing.count, thing.children, thing.parent) == ("enormous", "7", "none", [1])


def test_a_value_of_an_enumeration_is_text_with_a_value_whether_the_document_names_it_or_not(models: Any) -> None:
    for value in ("big", "enormous"):
        kind: Any = models.Thing.from_dict({"kind": value}).kind
        assert issubclass(type(kind), str)
        assert (kind, kind.value, f"{kind}", json.dumps(kind)) == (value, value, value, json.dumps(value))
        assert type(kind.value) is str
        assert type(models.Thing.from_dict({"kind": value}).to_dict()["kind"]) is str
        assert type(models.Thing("1", kind).to_dict()["kind"]) is str


def test_a_union_is_read_as_the_member_that_knows_its_keys(models: Any) -> None:
    assert type(models.Thing.from_dict({"owner": {"vat": "1"}}).owner) is models.Company
    assert type(models.Thing.from_dict({"owner": {"name": "n"}}).owner) is models.Person
    assert models.Thing.from_dict({"note": "text"}).note == "text"


@pytest.mark.parametrize("access", [lambda t: t.nowhere, lambda t: t["nowhere"]])
def test_an_unknown_name_raises_what_the_vendors_programs_expect(models: Any, access: Any) -> None:
    from pandadoc_client.exceptions import ApiAttributeError

    with pytest.raises(ApiAttributeError, match="Thing has no attribute 'nowhere'") as caught:
        access(models.Thing.from_dict({}))
    assert isinstance(caught.value, AttributeError | KeyError)


def test_fields_are_written_as_attributes_and_as_items(models: Any) -> None:
    thing = models.Thing("1", "big", count=2, made=datetime.datetime(2026, 1, 2))
    thing.ratio = 0.5
    thing["flag"] = True
    thing.invented = "yes"
    thing.count = UNSET
    assert thing.to_dict() == {
        "id": "1",
        "kind": "big",
        "made": "2026-01-02T00:00:00",
        "ratio": 0.5,
        "flag": True,
        "invented": "yes",
    }


def test_a_change_inside_a_nested_model_is_written(models: Any) -> None:
    thing = models.Thing.from_dict({"children": [{"id": "a"}], "parent": {"id": "p"}})
    thing.children[0].count = 1
    thing.parent.id = "q"
    thing.children.append(models.Thing("b", "big"))
    assert thing.to_dict() == {"children": [{"id": "a", "count": 1}, {"id": "b", "kind": "big"}], "parent": {"id": "q"}}


def test_what_was_read_is_not_what_was_given(models: Any) -> None:
    source = {"id": "x", "labels": {"l": {"name": "n"}}}
    thing = models.Thing.from_dict(source)
    thing.id = "y"
    assert source["id"] == "x"
    thing.to_dict()["id"] = "z"
    assert thing.id == "y"


def test_a_field_named_like_a_method_has_an_underscore(models: Any) -> None:
    thing = models.Thing.from_dict({"get": "got", "class": "c", "model": "m", "kebab-case": "k"})
    assert (thing.get_, thing.class_, thing.model, thing.kebab_case) == ("got", "c", "m", "k")
    assert thing["get"] == "got"
    assert thing.get("get") == "got"


def test_repr_masks_secrets_and_to_str_does_not(models: Any) -> None:
    thing = models.Thing.from_dict(
        {"secret": "MARKER", "parent": {"secret": "MARKER"}, "children": [{"secret": "MARKER"}]}
    )
    assert "MARKER" not in repr(thing)
    assert "MARKER" not in f"{thing}"
    assert repr(thing).count("***") == 3
    assert thing.to_str().count("MARKER") == 3


def test_copies_are_equal_and_independent(models: Any) -> None:
    thing = models.Thing.from_dict({"id": "x", "children": [{"id": "c"}]})
    for other in (copy.copy(thing), copy.deepcopy(thing), pickle.loads(pickle.dumps(thing))):
        assert other == thing
        other.id = "changed"
        assert thing.id == "x"
    deep = copy.deepcopy(thing)
    deep.children[0].id = "changed"
    assert thing.children[0].id == "c"


def test_models_of_different_classes_are_not_equal(models: Any) -> None:
    assert models.Person.from_dict({}) != models.Company.from_dict({})
    assert models.Person("n") == models.Person("n")
    assert models.Person("n") != {"name": "n"}
    with pytest.raises(TypeError):
        hash(models.Person("n"))


def test_a_model_is_a_mapping_of_the_fields_that_are_there(models: Any) -> None:
    thing = models.Thing.from_dict({"id": "x", "made": "2026-01-02T03:04:05Z", "brand_new": [1]})
    expected = {"id": "x", "made": thing.made, "brand_new": [1]}
    assert dict(thing) == {**thing} == dict(thing.items()) == expected
    assert list(thing) == list(thing.keys()) == list(expected)
    assert list(thing.values()) == list(expected.values())
    assert len(thing) == 3
    assert bool(models.Thing.from_dict({}))


def test_a_field_that_is_required_must_be_given_once(models: Any) -> None:
    with pytest.raises(TypeError, match="Thing is missing the required field 'kind'"):
        models.Thing("1")
    with pytest.raises(TypeError, match="Thing got the field 'id' twice"):
        models.Thing("1", id="1", kind="big")
    with pytest.raises(TypeError, match="Thing takes 2 fields by position, and 3 were given"):
        models.Thing("1", "big", 2)


def test_a_constant_need_not_be_written(models: Any) -> None:
    from pandadoc_client.model.o_auth2_refresh_access_token_request import OAuth2RefreshAccessTokenRequest

    assert OAuth2RefreshAccessTokenRequest("i", "s", "r").to_dict()["grant_type"] == "refresh_token"


@given(data=st.fixed_dictionaries({}, optional=dict.fromkeys(FIELDS, JSON)) | st.dictionaries(st.text(), JSON))
def test_reading_never_raises_and_loses_nothing(models: Any, data: dict[str, Any]) -> None:
    thing = models.Thing.from_dict(data)
    for name in FIELDS:
        assert hasattr(thing, name) == (name in data)
    repr(thing)
    assert json.loads(json.dumps(models.Thing.from_dict(data).to_dict())) == data


def test_importing_one_model_imports_neither_the_others_nor_an_http_library(everything: Path) -> None:
    program = (
        "import sys; sys.path.insert(0, sys.argv[1]); import everything.models; everything.models.Person;"
        "loaded = [m for m in sys.modules if m.startswith('everything.model.')];"
        "assert loaded == ['everything.model.person'], loaded;"
        "assert 'httpx' not in sys.modules and 'attrs' not in sys.modules;"
        "assert 'Thing' in dir(everything.models)"
    )
    subprocess.run([sys.executable, "-c", program, str(everything)], check=True, timeout=60)
