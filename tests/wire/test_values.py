"""How Python values go over the wire: in JSON bodies, models, parts of uploads, forms, queries and paths alike."""

from __future__ import annotations

import collections
import datetime
import decimal
import enum
import json
import sys
import types
import uuid
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any
from urllib.parse import unquote

import numpy
import pytest

from pandadoc_client import ApiTypeError, ApiValueError
from pandadoc_client._calls.model import UNSET
from pandadoc_client.api.contacts_api import AsyncContactsApi, ContactsApi
from pandadoc_client.model.document_create_request import DocumentCreateRequest

from ..files.support import FileServer, Got, Reply, World, configuration, serving

ZONE = datetime.timezone(datetime.timedelta(hours=2))


class Colour(enum.Enum):
    RED = "red"
    PRICE = decimal.Decimal("1.50")


class Level(enum.IntEnum):
    HIGH = 3


class Kind(enum.StrEnum):
    A = "a"


@pytest.fixture(params=["blocking", "asyncio"])
def world(request: pytest.FixtureRequest) -> World:
    return World(request.param)


@pytest.fixture
def server() -> Iterator[FileServer]:
    with serving(Reply(200, b'{"id": "doc"}')) as running:
        yield running


def as_dict(client: Any, world: World, value: Any) -> Any:
    return world.documents(client).create_document({"name": "n", "url": "https://e.com/a", "metadata": {"v": value}})


def as_model(client: Any, world: World, value: Any) -> Any:
    body = DocumentCreateRequest(name="n", url="https://e.com/a", metadata={"v": value})
    return world.documents(client).create_document(body)


def as_part(client: Any, world: World, value: Any) -> Any:
    return world.documents(client).create_document_from_upload(file=b"x", data={"metadata": {"v": value}})


WAYS: dict[str, Callable[[Any, World, Any], Any]] = {"dict": as_dict, "model": as_model, "part": as_part}


def sent_value(got: Got) -> Any:
    """Return the value in the JSON of a request, or of the part of a multipart form."""
    text = got.body.decode()
    begin = text.index("{", text.index("application/json") if text.startswith("--") else 0)
    return json.JSONDecoder().raw_decode(text[begin:])[0]["metadata"]["v"]


VALUES: list[tuple[Any, Any]] = [
    ("é", "é"),
    (5, 5),
    (1.5, 1.5),
    (True, True),
    (None, None),
    (decimal.Decimal("19.90"), 19.9),
    (decimal.Decimal("20.00"), 20),
    (decimal.Decimal(100) / 3, 100 / 3),
    (uuid.UUID(int=1), "00000000-0000-0000-0000-000000000001"),
    (Colour.RED, "red"),
    (Colour.PRICE, 1.5),
    (Level.HIGH, 3),
    (Kind.A, "a"),
    (datetime.date(2026, 1, 2), "2026-01-02"),
    (datetime.time(9, 30), "09:30:00"),
    (datetime.datetime(2026, 1, 2, 3, 4, 5), "2026-01-02T03:04:05"),
    (datetime.datetime(2026, 1, 2, 3, 4, 5, tzinfo=ZONE), "2026-01-02T03:04:05+02:00"),
    (("a", "b"), ["a", "b"]),
    ({"b", "a", "c"}, ["a", "b", "c"]),
    (frozenset({2, 1}), [1, 2]),
    ({"a": 1}.values(), [1]),
    ({"a": 1}.keys(), ["a"]),
    (collections.deque([1]), [1]),
    (range(2), [0, 1]),
    (types.MappingProxyType({"a": Colour.RED}), {"a": "red"}),
    ([{"a": UNSET, "b": 1}], [{"b": 1}]),
]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(("value", "wanted"), VALUES, ids=[type(value).__name__ for value, _ in VALUES])
def test_a_value_goes_out_as_what_it_means_in_dicts_models_and_parts_alike(
    world: World, server: FileServer, way: str, value: Any, wanted: Any
) -> None:
    world.run(configuration(server.url), lambda client: WAYS[way](client, world, value))
    assert sent_value(server.requests[0]) == wanted


def self_reference() -> Any:
    found: list[Any] = [1]
    found.append(found)
    return found


def cycle_of_dict_and_model() -> Any:
    model = DocumentCreateRequest(name="n")
    model["again"] = {"deeper": [model]}
    return model


def deep(levels: int, kind: str) -> Any:
    found: Any = 1
    for _ in range(levels):
        found = {"a": found} if kind == "dict" else [found]
    return found


class Strange:
    pass


REFUSED: list[tuple[str, Any, type[Exception], str]] = [
    ("bytes", b"x", ApiTypeError, r"metadata\.v: bytes"),
    ("bytearray", [bytearray(b"x")], ApiTypeError, r"metadata\.v\[0\]: bytes"),
    ("NaN", {"recipients": [{"price": float("nan")}]}, ApiValueError, r"v\.recipients\[0\]\.price: is NaN"),
    ("infinity", float("-inf"), ApiValueError, "infinity"),
    ("Decimal NaN", decimal.Decimal("NaN"), ApiValueError, "NaN"),
    ("Decimal sNaN", decimal.Decimal("sNaN"), ApiValueError, "NaN"),
    ("Decimal infinity", decimal.Decimal("Infinity"), ApiValueError, "infinity"),
    ("large Decimal", decimal.Decimal("1E+9999"), ApiValueError, "infinity"),
    ("huge", 10**5000, ApiValueError, r"metadata\.v: is an integer of more than 4300 digits"),
    ("huge, negative", -(10**5000), ApiValueError, "4300 digits"),
    ("surrogate", "a\ud800b", ApiValueError, r"metadata\.v: has a character that UTF-8 cannot carry"),
    ("surrogate in a key", {"a\ud800": 1}, ApiValueError, "the key has a character that UTF-8 cannot carry"),
    ("date as key", {datetime.date(2026, 1, 2): 1}, ApiTypeError, r"metadata\.v: has a key of type date"),
    ("number as key", {1: 1}, ApiTypeError, "has a key of type int"),
    ("None as key", {None: 1}, ApiTypeError, "has a key of type NoneType"),
    ("itself", self_reference(), ApiValueError, r"metadata\.v\[1\]: contains itself"),
    ("itself in a model", cycle_of_dict_and_model(), ApiValueError, r"v\.again\.deeper\[0\]: contains itself"),
    ("deep dict", deep(100_000, "dict"), ApiValueError, "nested more than 200 levels deep"),
    ("deep list", deep(100_000, "list"), ApiValueError, "nested more than 200 levels deep"),
    ("generator", (n for n in "ab"), ApiValueError, "type generator for serialization; give a list"),
    ("UNSET in a list", [UNSET], ApiValueError, r"metadata\.v\[0\]: is UNSET"),
    ("complex", 1j, ApiValueError, "type complex"),
    ("timedelta", datetime.timedelta(1), ApiValueError, "type timedelta"),
    ("class", DocumentCreateRequest, ApiValueError, "type type"),
    ("strange", Strange(), ApiValueError, r"metadata\.v: .*type Strange"),
]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(("value", "kind", "problem"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_what_cannot_be_sent_is_refused_with_its_place_before_anything_is_sent(
    world: World, server: FileServer, way: str, value: Any, kind: type[Exception], problem: str
) -> None:
    with pytest.raises(kind, match=problem) as caught:
        world.run(configuration(server.url), lambda client: WAYS[way](client, world, value))
    assert server.requests == []
    assert len(str(caught.value)) < 600
    assert "\n" not in str(caught.value)


def test_the_place_is_in_path_to_item_too(world: World, server: FileServer) -> None:
    body = {"recipients": [{"price": float("nan")}]}
    with pytest.raises(ApiValueError) as caught:
        world.run(configuration(server.url), lambda client: world.documents(client).create_document(body))
    path: Any = caught.value.path_to_item
    assert path == ["document_create_request", "recipients", 0, "price"]


def test_a_list_that_stands_in_two_places_does_not_contain_itself(world: World, server: FileServer) -> None:
    twice = [1]
    world.run(configuration(server.url), lambda client: as_dict(client, world, [twice, {"a": twice}, twice]))
    assert sent_value(server.requests[0]) == [[1], {"a": [1]}, [1]]


def test_little_room_on_the_stack_is_no_recursion_error() -> None:
    """The caller's own frames count: a body that is not too deep may still not fit."""
    from pandadoc_client._calls.encoding import plain

    def from_below(levels: int) -> Any:
        return from_below(levels - 1) if levels else plain(deep(190, "list"))

    used = len(_frames())
    with pytest.raises(ApiValueError, match="nested"):
        from_below(sys.getrecursionlimit() - used - 60)


def _frames() -> list[Any]:
    frame, found = sys._getframe(), []
    while frame is not None:
        found.append(frame)
        frame = frame.f_back  # type: ignore[assignment]
    return found


def test_numpys_values_go_out_as_pythons(world: World, server: FileServer) -> None:
    values = {
        "int": numpy.int64(3),
        "unsigned": numpy.uint8(3),
        "float": numpy.float64(1.5),
        "single": numpy.float32(0.5),
        "long": numpy.longdouble("0.5"),
        "bool": numpy.bool_(True),
        "text": numpy.str_("a"),
        "day": numpy.datetime64("2026-01-02"),
        "moment": numpy.datetime64("2026-01-02T03:04:05", "ns"),
        "array": numpy.array([[1, 2], [3, 4]]),
        "moments": numpy.array(["2026-01-02T03:04:05"], dtype="datetime64[ns]"),
        "scalar": numpy.array(5),
    }
    world.run(configuration(server.url), lambda client: as_dict(client, world, values))
    assert sent_value(server.requests[0]) == {
        "int": 3,
        "unsigned": 3,
        "float": 1.5,
        "single": 0.5,
        "long": 0.5,
        "bool": True,
        "text": "a",
        "day": "2026-01-02",
        "moment": "2026-01-02T03:04:05",
        "array": [[1, 2], [3, 4]],
        "moments": ["2026-01-02T03:04:05"],
        "scalar": 5,
    }


def test_numpys_values_without_a_meaning_are_refused(world: World, server: FileServer) -> None:
    numpy = pytest.importorskip("numpy")
    for value, problem in {
        numpy.float32("nan"): "NaN",
        numpy.datetime64("NaT"): "NaT",
        numpy.complex128(1j): "type complex128",
        numpy.timedelta64(1, "D"): "type timedelta64",
        numpy.bytes_(b"x"): "bytes",
    }.items():
        with pytest.raises((ApiValueError, ApiTypeError), match=rf"metadata\.v\[1\]: .*{problem}"):
            world.run(configuration(server.url), partial(as_dict, world=world, value=[1, value]))
    assert server.requests == []


class NotATime(datetime.datetime):
    """As pandas.NaT is: a datetime that equals nothing, itself included. pandas is too large to install for this."""

    def __eq__(self, other: object) -> bool:
        return False

    def __ne__(self, other: object) -> bool:
        return True

    __hash__ = None  # type: ignore[assignment]

    def isoformat(self, sep: str = "T", timespec: str = "auto") -> str:
        return "NaT"


def test_a_moment_that_is_none_is_refused(world: World, server: FileServer) -> None:
    value = NotATime(2026, 1, 1)
    with pytest.raises(ApiValueError, match=r"metadata\.v: is no point in time"):
        world.run(configuration(server.url), lambda client: as_dict(client, world, value))
    assert server.requests == []


# --- Queries, paths and forms


def contacts(client: Any, world: World) -> Any:
    return AsyncContactsApi(client) if world.is_async else ContactsApi(client)


QUERY_VALUES: list[tuple[Any, str]] = [
    (decimal.Decimal("1E+2"), "100"),
    (decimal.Decimal("19.90"), "19.90"),
    (uuid.UUID(int=1), "00000000-0000-0000-0000-000000000001"),
    (Colour.RED, "red"),
    (Kind.A, "a"),
    (Level.HIGH, "3"),
    (True, "true"),
    (b"caf\xc3\xa9", "caf%C3%A9"),
    (datetime.time(9, 30), "09%3A30%3A00"),
    (datetime.datetime(2026, 1, 2, tzinfo=ZONE), "2026-01-02T00%3A00%3A00%2B02%3A00"),
]


@pytest.mark.parametrize(("value", "wanted"), QUERY_VALUES, ids=[type(value).__name__ for value, _ in QUERY_VALUES])
def test_a_value_goes_out_as_what_it_means_in_queries_and_forms(
    world: World, server: FileServer, value: Any, wanted: str
) -> None:
    def call(client: Any) -> Any:
        return world.documents(client).list_documents(q=value, _check_input_type=False)

    world.run(configuration(server.url), call)
    assert server.requests[0].target == f"/public/v1/documents?q={wanted}"

    def submit(client: Any) -> Any:
        upload = world.attachments(client).create_document_attachment
        return upload("d", name=value, source="https://e.com/a", _check_input_type=False)

    if not isinstance(value, bytes):
        world.run(configuration(server.url), submit)
        assert f'name="name"\r\n\r\n{unquote(wanted)}\r\n'.encode() in server.requests[1].body


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        (10**5000, "q: is an integer of more than 4300 digits"),
        (float("nan"), "q: is NaN"),
        ("a\ud800", "q: has a character that UTF-8 cannot carry"),
        (b"\xff", "q: these bytes are no UTF-8 text"),
        (Strange(), "q: .*type Strange"),
    ],
    ids=["huge", "NaN", "surrogate", "bytes", "strange"],
)
def test_what_cannot_stand_in_a_query_is_refused_by_name(
    world: World, server: FileServer, value: Any, problem: str
) -> None:
    def call(client: Any) -> Any:
        return world.documents(client).list_documents(q=value, _check_input_type=False)

    with pytest.raises(ApiValueError, match=problem):
        world.run(configuration(server.url), call)
    assert server.requests == []


def test_a_uuid_and_members_of_enumerations_are_taken_where_text_is_declared(world: World, server: FileServer) -> None:
    def call(client: Any) -> Any:
        return contacts(client, world).details_contact(uuid.UUID(int=1))

    world.run(configuration(server.url), call)
    world.run(configuration(server.url), lambda client: world.documents(client).list_documents(q=Colour.RED))
    assert [got.target for got in server.requests] == [
        "/public/v1/contacts/00000000-0000-0000-0000-000000000001",
        "/public/v1/documents?q=red",
    ]


@pytest.mark.parametrize(
    "value",
    [["b", "a"], ("b", "a"), {"a", "b"}, frozenset("ab"), {"a": 1, "b": 2}.keys()],
    ids=lambda value: type(value).__name__,
)
def test_sets_and_tuples_are_taken_where_a_list_is_declared(world: World, server: FileServer, value: Any) -> None:
    world.run(configuration(server.url), lambda client: world.documents(client).list_documents(metadata=value))
    query = server.requests[0].target.partition("?")[2]
    assert sorted(query.split("&")) == ["metadata=a", "metadata=b"]


@pytest.mark.parametrize("absent", [None, UNSET])
def test_none_and_unset_mean_not_given(world: World, server: FileServer, absent: Any) -> None:
    def form(client: Any) -> Any:
        return world.attachments(client).create_document_attachment_from_file_upload("d", file=b"x", name=absent)

    def query(client: Any) -> Any:
        return world.documents(client).list_documents(q=absent, count=5)

    world.run(configuration(server.url), query)
    world.run(configuration(server.url), form)
    assert server.requests[0].target == "/public/v1/documents?count=5"
    assert b'name="name"' not in server.requests[1].body


def test_unset_in_a_body_leaves_its_key_out_and_cannot_be_a_required_argument(world: World, server: FileServer) -> None:
    def create(client: Any) -> Any:
        return contacts(client, world).create_contact({"email": "a@e.com", "phone": UNSET})

    world.run(configuration(server.url), create)
    assert json.loads(server.requests[0].body) == {"email": "a@e.com"}
    with pytest.raises(ApiValueError, match="Missing the required parameter `id`"):
        world.run(configuration(server.url), lambda client: contacts(client, world).details_contact(UNSET))
    assert len(server.requests) == 1


NO_IDENTIFIERS = {
    "": "neither empty nor a dot segment",
    ".": "dot segment",
    "..": "dot segment",
    "abc\n": "line end",
    "abc\r\n": "line end",
    "a\tc": "control character",
    "a\x00": "control character",
    " abc": "white space",
    "abc ": "white space",
    "abc\u00a0": "white space",
    "\ufeffabc": "no width",
}


@pytest.mark.parametrize("identifier", NO_IDENTIFIERS, ids=ascii)
def test_an_identifier_that_came_out_of_a_file_with_its_line_end_is_refused_by_name(
    world: World, server: FileServer, identifier: str
) -> None:
    calls: dict[str, Callable[[Any], Any]] = {
        "id": lambda client: world.documents(client).status_document(identifier),
        "attachment_id": lambda client: world.attachments(client).details_document_attachment("d", identifier),
    }
    for name, call in calls.items():
        with pytest.raises(ApiValueError, match=rf"^{name}: .*{NO_IDENTIFIERS[identifier]}"):
            world.run(configuration(server.url), call)
    assert server.requests == []


def test_a_form_without_fields_has_no_content_type(world: World, server: FileServer) -> None:
    world.run(configuration(server.url), lambda client: world.attachments(client).create_document_attachment("d"))
    assert "content-type" not in server.requests[0].headers
    assert server.requests[0].body == b""
