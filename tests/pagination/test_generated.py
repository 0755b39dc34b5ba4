"""What the generator makes of lists and tags that another document may have."""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from pandadoc_client import ApiClient, ApiTypeError, Configuration

from .server import ListServer

PROJECT = Path(__file__).resolve().parents[2]
ITEM = {"type": "object", "properties": {"name": {"type": "string"}}}


def listing(
    operation_id: str, query: Mapping[str, Any], answer: Mapping[str, Any], tag: str = "Things"
) -> dict[str, Any]:
    parameters = [{"name": name, "in": "query", "schema": schema} for name, schema in query.items()]
    content = {"application/json": {"schema": answer}}
    return {
        "get": {
            "operationId": operation_id,
            "tags": [tag],
            "parameters": parameters,
            "responses": {"200": {"description": "A list.", "content": content}},
        }
    }


def answer(field: str = "results", item: Any = ITEM, **fields: Any) -> dict[str, Any]:
    return {"type": "object", "properties": {field: {"type": "array", "items": item}, **fields}}


NUMBER = {"type": "integer"}
TEXT = {"type": "string"}
THING = {"type": "object", "properties": {"thing_id": TEXT, "owner_id": TEXT}}
PATHS = {
    "/from-zero": listing("listFromZero", {"page": {**NUMBER, "example": 0}, "page_size": NUMBER}, answer()),
    "/default": listing("listWithSmallDefault", {"offset": NUMBER, "limit": {**NUMBER, "maximum": 7}}, answer()),
    "/things": listing("getThingsList", {"page": NUMBER, "count": NUMBER}, answer("things", THING)),
    "/texts": listing("listTexts", {}, {"type": "array", "items": TEXT}),
    "/named": listing("listNamed", {"page": TEXT, "count": NUMBER}, answer()),
    "/two": listing("listOfTwo", {}, answer("left", right={"type": "array", "items": ITEM})),
    "/single": listing("getSingle", {}, answer("parts")),
    "/taken": listing("listTaken", {"page": NUMBER, "count": NUMBER, "page_size": NUMBER}, answer()),
    "/doubled": listing("listDoubled", {}, answer()),
    "/other-doubled": listing("iterateDoubled", {}, {"type": "object"}),
    "/close": listing("listEnds", {}, answer(), "Close"),
    "/class": listing("listClasses", {}, answer(), "Class"),
}
DOCUMENT = {"openapi": "3.0.3", "info": {"title": "Lists", "version": "1"}, "paths": PATHS}


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """What the generator says of the document; the package ``lists`` is on the path meanwhile."""
    folder = tmp_path_factory.mktemp("lists")
    (folder / "lists.json").write_text(json.dumps(DOCUMENT))
    command = [sys.executable, str(PROJECT / "scripts" / "generate.py"), "--spec", str(folder / "lists.json")]
    made = subprocess.run([*command, "--output", str(folder / "lists")], capture_output=True, text=True, timeout=120)
    assert made.returncode == 0, made.stderr
    sys.path.insert(0, str(folder))
    yield made.stdout
    sys.path.remove(str(folder))


@pytest.fixture
def api(report: str, server: ListServer) -> Iterator[Any]:
    with ApiClient(Configuration(host=server.url)) as client:
        yield importlib.import_module("lists.api.things_api").ThingsApi(client)


def test_the_summary_says_how_many_lists_there_are(report: str) -> None:
    assert "lists: 7, and 3 of them come in pages\n" in report


def test_pages_whose_example_is_zero_are_read_from_there(api: Any, server: ListServer) -> None:
    server.answer = lambda page: (200, {"results": [{"name": str(len(server.pages))}] * (3 - len(server.pages))})
    assert len(list(api.iterate_from_zero(page_size=2))) == 3
    assert [page.query["page"] for page in server.pages] == ["0", "1", "2"]


def test_the_largest_page_of_the_document_is_the_usual_one(api: Any, server: ListServer) -> None:
    server.items = [{"name": str(number)} for number in range(9)]
    assert len(list(api.iterate_with_small_default())) == 9
    assert [(page.query["offset"], page.query["limit"]) for page in server.pages] == [
        ("0", "7"),
        ("7", "7"),
        ("9", "7"),
    ]


def test_items_are_told_apart_by_an_id_that_is_named_after_them(api: Any, server: ListServer) -> None:
    items = [{"thing_id": str(number), "owner_id": "one"} for number in range(4)]
    server.answer = lambda page: (200, {"things": items[:2] if len(server.pages) == 1 else items[1:3]})
    assert [item.thing_id for item in api.iterate_things(page_size=2, max_items=3)] == ["0", "1", "2"]


def test_an_answer_that_is_a_list_of_texts_is_read(api: Any, server: ListServer) -> None:
    server.items = ["a", "a", "b"]
    server.answer = lambda page: (200, page.items)
    assert list(api.iterate_texts()) == ["a", "a", "b"]


def test_what_is_no_list_for_sure_has_no_iterator(api: Any) -> None:
    names = {name for name in dir(api) if name.startswith("iterate_")}
    assert names == {
        *("iterate_from_zero", "iterate_with_small_default", "iterate_things", "iterate_texts", "iterate_named"),
        "iterate_doubled",  # an operation of this name
    }


def test_a_parameter_that_is_called_page_and_is_a_text_is_a_filter(api: Any, server: ListServer) -> None:
    assert list(api.iterate_named(page="7")) == []
    assert server.pages[0].query == {"page": "7"}
    with pytest.raises(ApiTypeError, match="page_size"):
        api.iterate_named(page_size=5)


def test_an_operation_keeps_its_name(api: Any, server: ListServer) -> None:
    server.answer = lambda page: (200, {"a": 1})
    assert api.iterate_doubled() == {"a": 1}


def test_a_tag_that_is_no_name_for_an_attribute_gets_another(report: str) -> None:
    resources = importlib.import_module("lists.apis.resources").Resources(None)
    for name in ("things", "close_api", "class_api"):
        assert getattr(resources, name).api_client is not None
