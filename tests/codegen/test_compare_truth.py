"""What ``scripts/compare.py`` must not miss, and what it must not cry about."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings

from ..programs import run_script
from .conftest import FIXTURES, PROJECT
from .mutation import mutated
from .test_compare import CHANGE, COMPARE, DOCUMENT, LIST, operation, run, schema

Edit = Callable[[dict[str, Any]], object]
Found = set[tuple[str, bool]]


def found(tmp_path: Path, new: dict[str, Any], old: dict[str, Any] = DOCUMENT) -> Found:
    before, after = tmp_path / "before.json", tmp_path / "after.json"
    before.write_text(json.dumps(old))
    after.write_text(json.dumps(new))
    result = run_script(COMPARE, str(before), str(after), "--json", cwd=tmp_path, environment={})
    assert result.returncode in (0, 1), result.stderr
    changes = json.loads(result.stdout)["changes"]
    assert result.returncode == any(change["breaking"] for change in changes)
    return {(f"{change['where']}: {change['what']}", change["breaking"]) for change in changes}


def change_of(document: dict[str, Any]) -> Any:
    return document["paths"]["/things/{id}"]["post"]


def body(document: dict[str, Any]) -> Any:
    return change_of(document)["requestBody"]["content"]["application/json"]


def result(document: dict[str, Any]) -> Any:
    return operation(document)["responses"]["200"]


def new_body(document: dict[str, Any]) -> None:
    content = {"application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}}
    operation(document)["requestBody"] = {"required": True, "content": content}


MISSED: list[tuple[Edit, set[tuple[str, bool]]]] = [
    (lambda d: operation(d).update(tags=["More"]), {(f"{LIST}: has the tag More, too", True)}),
    (new_body, {(f"{LIST} body: was added, and is required", True)}),
    (
        lambda d: body(d).update(schema={"$ref": "#/components/schemas/Thing"}),
        {
            (f"{CHANGE} body application/json.id: was added, and is required", True),
            (f"{CHANGE} body application/json.note: was removed", True),
            (f"{CHANGE} body application/json.parts: was added", False),
        },
    ),
    (lambda d: change_of(d).pop("requestBody"), {(f"{CHANGE} body: was removed", True)}),
    (
        lambda d: operation(d)["parameters"][0].update(style="pipeDelimited"),
        {
            (f"{LIST} query count: style was form, and is pipeDelimited", True),
            (f"{LIST} query count: explode was True, and is False", True),
        },
    ),
    (lambda d: operation(d)["parameters"][0].update(deprecated=True), {(f"{LIST} query count: is deprecated", False)}),
    (lambda d: d.update(servers=[{"url": "https://a.example"}]), {("servers: https://a.example was added", False)}),
    (
        lambda d: d["components"].update(securitySchemes={"apiKey": {"type": "http", "scheme": "basic"}}),
        {("apiKey: was added", False)},
    ),
    (
        lambda d: result(d).update(headers={"X-Total": {"schema": {"type": "integer"}}}),
        {(f"{LIST} 200 header x-total: was added", False)},
    ),
    (
        lambda d: schema(d, "Note").update(additionalProperties={"type": "string"}),
        {
            ("Note: its further properties are of a certain type now", True),
            ("Change: its further properties are of a certain type now", True),
        },
    ),
    (
        lambda d: schema(d, "Thing")["properties"]["parts"].pop("items"),
        {("Thing.parts: its items are of any type now", False)},
    ),
    (
        lambda d: schema(d, "Either").update(discriminator={"propertyName": "kind"}),
        {("Either: is told apart by kind, and was by nothing", False)},
    ),
    (
        lambda d: schema(d, "Note")["properties"]["note"].update(deprecated=True),
        {("Note.note: is deprecated", False), ("Change.note: is deprecated", False)},
    ),
    (
        lambda d: schema(d, "Note")["properties"]["note"].update(readOnly=True),
        {("Note.note: is read-only", True), ("Change.note: is read-only", True)},
    ),
    (
        lambda d: schema(d, "Thing")["properties"]["size"].pop("enum"),
        {("Thing.size: is no longer limited to certain values", True)},
    ),
]


@pytest.mark.parametrize(("edit", "expected"), MISSED, ids=[min(expected)[0] for _, expected in MISSED])
def test_nothing_that_matters_is_missed(tmp_path: Path, edit: Edit, expected: Found) -> None:
    new = copy.deepcopy(DOCUMENT)
    edit(new)
    assert found(tmp_path, new) == expected


def test_what_goes_weighs_more_than_what_comes(tmp_path: Path) -> None:
    old = copy.deepcopy(DOCUMENT)
    old["servers"] = [{"url": "https://a.example"}]
    old["components"]["securitySchemes"] = {"apiKey": {"type": "apiKey", "in": "header", "name": "Key"}}
    result(old)["headers"] = {"X-Total": {"schema": {"type": "integer"}}}
    operation(old)["tags"] = ["Things"]
    new = copy.deepcopy(old)
    new["servers"] = [{"url": "https://b.example"}]
    new["components"]["securitySchemes"]["apiKey"]["name"] = "Other"
    del result(new)["headers"]
    operation(new)["tags"] = ["Other Things"]
    assert found(tmp_path, new, old) == {
        ("servers: https://a.example was removed", True),
        ("servers: https://b.example was added", False),
        ("apiKey: is declared otherwise", True),
        (f"{LIST} 200 header x-total: was removed", True),
        (f"{LIST}: its tag was Things and is Other Things", True),
    }


def rename_field(document: dict[str, Any]) -> None:
    fields = schema(document, "Note")["properties"]
    fields["remark"] = fields.pop("note")


def rename_schema(document: dict[str, Any]) -> None:
    text = json.dumps(document).replace('"Note"', '"Remark"').replace("schemas/Note", "schemas/Remark")
    document.clear()
    document.update(json.loads(text))


def move(document: dict[str, Any]) -> None:
    document["paths"]["/all-things"] = document["paths"].pop("/things")


def rename_in_path(document: dict[str, Any]) -> None:
    item = document["paths"]["/things/{thing_id}"] = document["paths"].pop("/things/{id}")
    item["parameters"][0]["name"] = "thing_id"


RENAMES: list[tuple[Edit, Found]] = [
    (rename_field, {("Note.note: was renamed to remark", True), ("Change.note: was renamed to remark", True)}),
    (rename_schema, {("Note: was renamed to Remark", True)}),
    (
        lambda d: operation(d)["parameters"][0].update(name="limit"),
        {(f"{LIST} query count: was renamed to limit", True)},
    ),
    (move, {(f"{LIST}: moved to GET /all-things", False)}),
    (rename_in_path, {(f"{CHANGE} path id: is called thing_id now", False)}),
]


@pytest.mark.parametrize(("edit", "expected"), RENAMES, ids=["field", "schema", "parameter", "operation", "path"])
def test_a_rename_is_one_change(tmp_path: Path, edit: Edit, expected: Found) -> None:
    new = copy.deepcopy(DOCUMENT)
    edit(new)
    assert found(tmp_path, new) == expected


def name_inline(document: dict[str, Any]) -> None:
    size = schema(document, "Thing")["properties"]["size"]
    schema(document, "Either")["oneOf"].append(copy.deepcopy(size))


def named(document: dict[str, Any]) -> None:
    document["components"]["schemas"]["Size"] = schema(document, "Either")["oneOf"].pop()
    schema(document, "Either")["oneOf"].append({"$ref": "#/components/schemas/Size"})


def any_of(document: dict[str, Any]) -> None:
    note = schema(document, "Note")["properties"]
    note["note"] = {"anyOf": [note["note"], {"type": "integer"}]}


def spell(document: dict[str, Any]) -> None:
    count = operation(document)["parameters"][0]["schema"]
    count.update(type="number", format="int32")
    schema(document, "Note")["properties"]["note"]["format"] = "url"


HARMLESS: list[tuple[Edit, Edit, Found]] = [
    (name_inline, named, {("Size: was added", False)}),
    (
        lambda d: None,
        any_of,
        {("Note.note integer: is possible, too", False), ("Change.note integer: is possible, too", False)},
    ),
    (lambda d: None, lambda d: schema(d, "Either")["oneOf"].reverse(), set()),
    (
        lambda d: (
            operation(d)["parameters"][0]["schema"].update(format="int64"),
            schema(d, "Note")["properties"]["note"].update(format="uri"),
        ),
        spell,
        set(),
    ),
]


@pytest.mark.parametrize(("first", "second", "expected"), HARMLESS, ids=["named", "any of", "order", "spelling"])
def test_what_changes_nothing_is_not_called_breaking(
    tmp_path: Path, first: Edit, second: Edit, expected: Found
) -> None:
    old = copy.deepcopy(DOCUMENT)
    first(old)
    new = copy.deepcopy(old)
    second(new)
    assert found(tmp_path, new, old) == expected


def test_yaml_reads_a_status_as_a_number_and_it_is_the_same(tmp_path: Path) -> None:
    new = copy.deepcopy(DOCUMENT)
    operation(new)["responses"] = {int(status): found for status, found in operation(new)["responses"].items()}
    assert run(tmp_path, new).stdout == "0 changes, 0 of them breaking\n"


def test_version_31_is_compared_with_30(tmp_path: Path) -> None:
    new = copy.deepcopy(DOCUMENT)
    new["openapi"] = "3.1.0"
    schema(new, "Note")["properties"]["note"]["type"] = ["string", "null"]
    assert found(tmp_path, new) == {("Note.note: may be null now", False), ("Change.note: may be null now", False)}


def test_the_same_change_in_many_places_is_one_line(tmp_path: Path) -> None:
    def many(responses: dict[str, Any]) -> dict[str, Any]:
        document = copy.deepcopy(DOCUMENT)
        for number in range(63):
            document["paths"][f"/more/{number}"] = {"get": {"operationId": f"more{number}", "responses": responses}}
        return document

    before, after = tmp_path / "old.json", tmp_path / "new.json"
    before.write_text(json.dumps(many({"200": {"description": "A."}})))
    after.write_text(json.dumps(many({"200": {"description": "A."}, "429": {"description": "B."}})))
    result = run_script(COMPARE, str(before), str(after), cwd=tmp_path, environment={})
    line = "          429: was added (63 places: GET /more/0, GET /more/1, GET /more/2, …)"
    assert result.stdout.splitlines() == [line, "1 changes, 0 of them breaking"]


def test_a_failure_of_its_own_is_no_finding(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(PROJECT / "scripts"))
    import compare

    path = tmp_path / "a.json"
    path.write_text(json.dumps(DOCUMENT))
    monkeypatch.setattr(compare, "compare_documents", lambda *_: 1 / 0)
    assert compare.main([str(path), str(path)]) == 3


EVERYTHING = yaml.safe_load((FIXTURES / "everything.yaml").read_text())


@given(first=mutated(EVERYTHING), second=mutated(EVERYTHING))
@settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
def test_no_document_makes_it_raise(
    monkeypatch: pytest.MonkeyPatch, first: dict[str, Any], second: dict[str, Any]
) -> None:
    monkeypatch.syspath_prepend(str(PROJECT / "scripts"))
    from comparison.operations import compare_documents

    assert compare_documents(first, copy.deepcopy(first)) == []
    assert all(change.what for change in compare_documents(first, second))
