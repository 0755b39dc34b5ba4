"""``scripts/compare.py``: what it finds, and what of it it takes for breaking."""

from __future__ import annotations

import copy
import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from ..programs import run_script
from .conftest import PROJECT

COMPARE = PROJECT / "scripts" / "compare.py"
Edit = Callable[[dict[str, Any]], object]

DOCUMENT: dict[str, Any] = {
    "openapi": "3.0.3",
    "info": {"title": "Things", "version": "1"},
    "security": [{"apiKey": []}, {"oauth2": ["read"]}],
    "paths": {
        "/things": {
            "get": {
                "operationId": "listThings",
                "parameters": [
                    {"name": "count", "in": "query", "schema": {"type": "integer", "maximum": 100}},
                    {"name": "q", "in": "query", "required": True, "schema": {"type": "string"}},
                ],
                "responses": {
                    "200": {
                        "description": "All.",
                        "content": {
                            "application/json": {
                                "schema": {"type": "array", "items": {"$ref": "#/components/schemas/Thing"}}
                            }
                        },
                    },
                    "404": {"description": "None."},
                },
            }
        },
        "/things/{id}": {
            "parameters": [{"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}],
            "post": {
                "operationId": "changeThing",
                "requestBody": {
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Change"}}},
                },
                "responses": {"204": {"description": "Done."}},
            },
        },
    },
    "components": {
        "schemas": {
            "Thing": {
                "properties": {
                    "id": {"type": "string"},
                    "size": {"type": "string", "enum": ["S", "M"]},
                    "parts": {"type": "array", "items": {"$ref": "#/components/schemas/Thing"}},
                },
                "required": ["id"],
            },
            "Change": {
                "allOf": [
                    {"$ref": "#/components/schemas/Note"},
                    {"type": "object", "properties": {"size": {"type": "string", "enum": ["S", "M"]}}},
                ]
            },
            "Note": {"type": "object", "properties": {"note": {"type": "string"}}},
            "Either": {"oneOf": [{"$ref": "#/components/schemas/Note"}, {"$ref": "#/components/schemas/Thing"}]},
        }
    },
}

LIST, CHANGE = "GET /things", "POST /things/{id}"


def operation(document: dict[str, Any]) -> Any:
    return document["paths"]["/things"]["get"]


def schema(document: dict[str, Any], name: str) -> Any:
    return document["components"]["schemas"][name]


CASES: list[tuple[Edit, str, bool]] = [
    (lambda d: d["paths"].pop("/things"), f"{LIST}: was removed", True),
    (lambda d: d["paths"].update({"/more": {"get": {"responses": {}}}}), "GET /more: was added", False),
    (lambda d: operation(d).update(operationId="all"), f"{LIST}: its id was listThings and is all", True),
    (lambda d: operation(d).update(deprecated=True), f"{LIST}: is deprecated", False),
    (
        lambda d: operation(d).update(security=[{"oauth2": []}]),
        f"{LIST}: takes oauth2, and took apiKey or oauth2",
        True,
    ),
    (lambda d: operation(d).update(security=[]), f"{LIST}: takes no credential, and took apiKey or oauth2", True),
    (lambda d: operation(d)["parameters"].pop(0), f"{LIST} query count: was removed", True),
    (lambda d: operation(d)["parameters"][0].update(required=True), f"{LIST} query count: is required now", True),
    (lambda d: operation(d)["parameters"][1].update(required=False), f"{LIST} query q: is not required now", False),
    (
        lambda d: operation(d)["parameters"].append({"name": "x", "in": "header", "schema": {}}),
        f"{LIST} header x: was added",
        False,
    ),
    (
        lambda d: operation(d)["parameters"].append({"name": "x", "in": "query", "required": True, "schema": {}}),
        f"{LIST} query x: was added, and is required",
        True,
    ),
    (
        lambda d: operation(d)["parameters"][0]["schema"].update(maximum=50),
        f"{LIST} query count: maximum was 100, and is 50",
        True,
    ),
    (
        lambda d: operation(d)["parameters"][0]["schema"].update(type="string"),
        f"{LIST} query count: was integer, and is string",
        True,
    ),
    (lambda d: operation(d)["responses"].pop("200"), f"{LIST} 200: was removed", True),
    (lambda d: operation(d)["responses"].pop("404"), f"{LIST} 404: was removed", False),
    (lambda d: operation(d)["responses"].update({"202": {}}), f"{LIST} 202: was added", False),
    (
        lambda d: operation(d)["responses"]["200"]["content"].pop("application/json"),
        f"{LIST} 200 application/json: was removed",
        True,
    ),
    (
        lambda d: d["paths"]["/things/{id}"]["post"]["requestBody"].update(required=True),
        f"{CHANGE} body: is required now",
        True,
    ),
    (lambda d: d["components"]["schemas"].pop("Either"), "Either: was removed", True),
    (lambda d: d["components"]["schemas"].update(New={}), "New: was added", False),
    (lambda d: schema(d, "Thing")["properties"].pop("size"), "Thing.size: was removed", True),
    (lambda d: schema(d, "Thing")["properties"].update(x={}), "Thing.x: was added", False),
    (lambda d: schema(d, "Thing")["required"].clear(), "Thing.id: is not required now", True),
    (lambda d: schema(d, "Thing")["required"].append("size"), "Thing.size: is required now", False),
    (lambda d: schema(d, "Note").update(required=["note"]), "Note.note: is required now", True),
    (
        lambda d: schema(d, "Thing")["properties"]["size"]["enum"].append("L"),
        "Thing.size: the value 'L' was added",
        False,
    ),
    (lambda d: schema(d, "Thing")["properties"]["size"]["enum"].pop(), "Thing.size: the value 'M' was removed", False),
    (
        lambda d: schema(d, "Change")["allOf"][1]["properties"]["size"]["enum"].pop(),
        "Change.size: the value 'M' was removed",
        True,
    ),
    (lambda d: schema(d, "Thing")["properties"]["id"].update(nullable=True), "Thing.id: may be null now", True),
    (lambda d: schema(d, "Note")["properties"]["note"].update(nullable=True), "Note.note: may be null now", False),
    (
        lambda d: schema(d, "Thing")["properties"]["id"].update(format="uuid"),
        "Thing.id: was string, and is string (uuid)",
        True,
    ),
    (
        lambda d: schema(d, "Thing")["properties"]["id"].update(format="password"),
        "Thing.id: was string, and is string (password)",
        False,
    ),
    (lambda d: schema(d, "Note").update(additionalProperties=False), "Note: takes no further properties now", True),
    (lambda d: schema(d, "Either")["oneOf"].pop(), "Either Thing: was removed", True),
]


def run(tmp_path: Path, new: dict[str, Any], *options: str) -> subprocess.CompletedProcess[str]:
    before, after = tmp_path / "old.json", tmp_path / "new.yaml"
    before.write_text(json.dumps(DOCUMENT))
    after.write_text(yaml.safe_dump(new))
    return run_script(COMPARE, str(before), str(after), *options, cwd=tmp_path, environment={})


@pytest.mark.parametrize(("edit", "expected", "breaking"), CASES, ids=[case[1] for case in CASES])
def test_a_change_is_found_and_weighed(tmp_path: Path, edit: Edit, expected: str, breaking: bool) -> None:
    new = copy.deepcopy(DOCUMENT)
    edit(new)
    result = run(tmp_path, new, "--json")
    found = {
        (f"{change['where']}: {change['what']}", change["breaking"]) for change in json.loads(result.stdout)["changes"]
    }
    assert (expected, breaking) in found
    assert result.returncode == any(breaks for _, breaks in found)


def test_the_same_document_has_no_changes(tmp_path: Path) -> None:
    result = run(tmp_path, copy.deepcopy(DOCUMENT))
    assert (result.returncode, result.stdout) == (0, "0 changes, 0 of them breaking\n")


def test_prose_examples_and_the_names_of_path_parameters_are_no_changes(tmp_path: Path) -> None:
    new = copy.deepcopy(DOCUMENT)
    new["info"]["description"] = operation(new)["summary"] = schema(new, "Thing")["description"] = "Words."
    schema(new, "Thing")["example"] = {"id": "1"}
    item = new["paths"].pop("/things/{id}")
    new["paths"]["/things/{thing_id}"] = item
    assert "POST" not in run(tmp_path, new).stdout


def test_an_inline_schema_that_got_a_name_is_no_change_where_it_is_used(tmp_path: Path) -> None:
    new = copy.deepcopy(DOCUMENT)
    content = operation(new)["responses"]["200"]["content"]["application/json"]
    new["components"]["schemas"]["Things"] = content["schema"]
    content["schema"] = {"$ref": "#/components/schemas/Things"}
    assert run(tmp_path, new).stdout.splitlines() == ["          Things: was added", "1 changes, 0 of them breaking"]


def test_what_breaks_comes_first_and_can_be_had_alone(tmp_path: Path) -> None:
    new = copy.deepcopy(DOCUMENT)
    new["components"]["schemas"]["New"] = {}
    del schema(new, "Thing")["properties"]["size"]
    lines = run(tmp_path, new).stdout.splitlines()
    assert lines == ["BREAKING  Thing.size: was removed", "          New: was added", "2 changes, 1 of them breaking"]
    assert run(tmp_path, new, "--breaking").stdout.splitlines() == [lines[0], lines[2]]


@pytest.mark.parametrize("content", ["", "[1]", "{", "a: b: c", '{"openapi": "3.0.3"}'])
def test_what_is_no_document_is_refused_in_one_line(tmp_path: Path, content: str) -> None:
    path = tmp_path / "broken"
    path.write_text(content)
    result = run_script(COMPARE, str(path), str(path), cwd=tmp_path, environment={})
    assert result.returncode == 2
    assert result.stderr.startswith("compare: ")
    assert result.stderr.count("\n") == 1
