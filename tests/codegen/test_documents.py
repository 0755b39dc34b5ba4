"""Documents as vendors write them: each kind comes out whole, or is refused in one line with what is wrong."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from .conftest import PROJECT, Generate

OK = {"200": {"description": "Done."}}


def document(paths: Any, **more: Any) -> dict[str, Any]:
    """A document with some paths."""
    return {"openapi": "3.0.3", "info": {"title": "Test", "version": "1"}, "paths": paths, **more}


def operation(name: str = "getThing", **more: Any) -> dict[str, Any]:
    """An operation that nothing but *more* is said of."""
    return {"operationId": name, "tags": ["Things"], "responses": OK, **more}


def returning(schema: Any, **more: Any) -> dict[str, Any]:
    """An operation that returns JSON of a schema."""
    return operation(
        responses={"200": {"description": "Done.", "content": {"application/json": {"schema": schema}}}}, **more
    )


def nested(levels: int) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "string"}
    for _ in range(levels):
        schema = {"type": "object", "properties": {"x": schema}}
    return schema


def imported(folder: Path, statement: str) -> str:
    """Run a statement with the package ``out`` of *folder*, and return what it prints."""
    result = subprocess.run(
        [sys.executable, "-c", statement],
        capture_output=True, text=True, check=False, cwd=folder,
        env={"PYTHONPATH": f"{folder}:{PROJECT}", "PATH": "/usr/bin:/bin"},
    )  # fmt: skip
    assert result.returncode == 0, result.stderr
    return result.stdout.strip()


TEXTS = {
    "a key that stands twice in JSON": ('{"openapi": "3.0.3", "info": {}, "info": {}}', "'info' stands twice"),
    "a key that stands twice in YAML": ("openapi: 3.0.3\ninfo: {}\ninfo: {}", "'info' stands here twice"),
    "paths that are a list": (json.dumps(document([])), "not valid OpenAPI: paths"),
    "NaN in JSON": ('{"openapi": "3.0.3", "x-a": NaN, "paths": {}}', "NaN is no number"),
    "NaN in YAML": ("openapi: 3.0.3\nx-a: .nan\npaths: {}", "a number is infinite, or none"),
    "an alias bomb": (
        "a: &a [x, x, x, x, x, x, x, x, x, x]\n"
        + "\n".join(f"{b}: &{b} [{', '.join([f'*{a}'] * 10)}]" for a, b in zip("abcdefgh", "bcdefghi", strict=True)),
        "more than 5,000,000 values",
    ),
    "a value that holds itself": ("a: &a\n  b: *a\n", "recursive node"),
    "300 levels": (json.dumps(document({"/a": {"get": returning(nested(300))}})), "nested too deeply"),
    "100,000 levels": ('{"a":' * 100_000 + "1" + "}" * 100_000, "nested too deeply"),
    "a key that is a list": ("? [a, b]\n: c\n", "a key is no text"),
    "a scheme that is not declared": (
        json.dumps(document({"/a": {"get": operation(security=[{"key": []}])}})),
        "GET /a: the security scheme 'key' is not declared",
    ),
    "a reference to nowhere": (
        json.dumps(document({"/a": {"get": returning({"$ref": "#/paths/~1b/get"})}})),
        "the reference #/paths/~1b/get leads nowhere",
    ),
}


@pytest.mark.parametrize("name", TEXTS)
def test_what_is_no_document_is_refused_in_one_line_and_leaves_nothing(
    generate: Generate, tmp_path: Path, name: str
) -> None:
    text, expected = TEXTS[name]
    spec = tmp_path / "spec.yaml"
    spec.write_text(text)
    result = generate("--spec", spec, "--output", tmp_path / "new" / "out")
    assert (result.returncode, len(result.stderr.splitlines())) == (2, 1), result.stderr[-500:]
    assert expected in result.stderr
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize(
    ("output", "expected"),
    [("no-name", "cannot be the name of a package"), ("class", "cannot be the name"), (PROJECT, "holds the package")],
)
def test_an_output_that_no_program_could_import_is_refused(
    generate: Generate, tmp_path: Path, output: str | Path, expected: str
) -> None:
    spec = tmp_path / "spec.json"
    spec.write_text(json.dumps(document({"/a": {"get": operation()}})))
    result = generate("--spec", spec, "--output", tmp_path / output)
    assert (result.returncode, len(result.stderr.splitlines())) == (2, 1)
    assert expected in result.stderr


def test_a_failure_after_the_folder_was_made_removes_it(generate: Generate, tmp_path: Path) -> None:
    parameter = {"name": "a", "in": "cookie", "schema": {"type": "string"}}
    spec = tmp_path / "spec.json"
    spec.write_text(json.dumps(document({"/a": {"get": operation(parameters=[parameter])}})))
    result = generate("--spec", spec, "--output", tmp_path / "new" / "out")
    assert result.returncode == 2
    assert not (tmp_path / "new").exists()


def test_merge_keys_are_read(generate: Generate, tmp_path: Path) -> None:
    spec = tmp_path / "spec.yaml"
    spec.write_text(
        """
openapi: 3.0.3
info: {title: T, version: '1'}
paths:
  /a:
    get:
      operationId: getA
      tags: [Things]
      responses: &responses
        '200': {description: Done.}
        '404': {description: Gone.}
  /b:
    get:
      operationId: getB
      tags: [Things]
      responses:
        <<: *responses
        '404': {description: Not there.}
"""
    )
    result = generate("--spec", spec, "--output", tmp_path / "out")
    assert result.returncode == 0, result.stderr
    assert "operations: 2 in, 2 out" in result.stdout


@pytest.mark.parametrize(
    "holder",
    [
        {"type": "object", "properties": {"a": {"type": "object"}}, "example": {"$ref": "https://example.com/x"}},
        {"type": "object", "properties": {"a": {"type": "object", "default": {"$ref": "#/nowhere"}}}},
    ],
)
def test_a_reference_within_an_example_is_text(generate: Generate, tmp_path: Path, holder: dict[str, Any]) -> None:
    spec = tmp_path / "spec.json"
    spec.write_text(json.dumps(document({"/a": {"get": returning(holder)}})))
    result = generate("--spec", spec, "--output", tmp_path / "out")
    assert result.returncode == 0, result.stderr


def test_a_property_called_example_holds_a_reference(generate: Generate, tmp_path: Path) -> None:
    named = {"A": {"type": "object", "properties": {"example": {"$ref": "#/components/schemas/B"}}}}
    spec = tmp_path / "spec.json"
    found = returning({"$ref": "#/components/schemas/A"})
    spec.write_text(json.dumps(document({"/a": {"get": found}}, components={"schemas": named})))
    result = generate("--spec", spec, "--output", tmp_path / "out")
    assert (result.returncode, "#/components/schemas/B leads nowhere" in result.stderr) == (2, True)


def test_parameters_whose_python_names_collide_are_told_apart(generate: Generate, tmp_path: Path) -> None:
    names = ["kind", "kind[]", "Kind", "KIND"]
    parameters = [{"name": name, "in": "query", "schema": {"type": "string"}} for name in names]
    parameters.append({"name": "kind", "in": "header", "schema": {"type": "string"}})
    spec = tmp_path / "spec.json"
    spec.write_text(json.dumps(document({"/a": {"get": operation(parameters=parameters)}})))
    result = generate("--spec", spec, "--output", tmp_path / "out")
    assert result.returncode == 0, result.stderr
    found = json.loads(
        imported(
            tmp_path,
            "import json; from out.api.things_api import _GET_THING as o;"
            "print(json.dumps([[p.name, p.wire, p.location] for p in o.parameters]))",
        )
    )
    assert len({name for name, _, _ in found}) == 5
    assert {(wire, place) for _, wire, place in found} == {*((name, "query") for name in names), ("kind", "header")}


VERSION_31: dict[str, Any] = {
    "Thing": {
        "type": ["object", "null"],
        "required": ["id"],
        "properties": {
            "id": {"type": ["string", "null"], "examples": ["a1", "a2"]},
            "kind": {"const": "thing"},
            "part": {"anyOf": [{"$ref": "#/components/schemas/Part"}, {"type": "null"}]},
            "size": {"type": ["integer", "string"]},
            "count": {"type": "integer", "exclusiveMinimum": 0},
            "own": {"$ref": "#/components/schemas/Thing/$defs/Own"},
            "any": True,
            "file": {"type": "string", "contentEncoding": "base64"},
        },
        "$defs": {"Own": {"type": "object", "properties": {"a": {"type": "null"}}}},
    },
    "Part": {"type": "object", "properties": {"name": {"type": "string"}}, "unevaluatedProperties": False},
}


def test_openapi_31_comes_out_as_30_does(generate: Generate, tmp_path: Path) -> None:
    found = returning({"$ref": "#/components/schemas/Thing"})
    found["parameters"] = [{"name": "size", "in": "query", "schema": {"type": ["integer", "null"]}}]
    newer = document({"/a": {"get": found}}, components={"schemas": VERSION_31}, webhooks={"x": {"post": operation()}})
    newer["openapi"] = "3.1.0"
    spec = tmp_path / "spec.yaml"
    spec.write_text(yaml.safe_dump(newer))
    result = generate("--spec", spec, "--output", tmp_path / "out")
    assert result.returncode == 0, result.stderr
    assert "OpenAPI 3.1.0 read as 3.0.3" in result.stdout
    printed = imported(
        tmp_path,
        "from out.models import Thing; t = Thing.from_dict({'id': None, 'kind': 'thing', 'part': {'name': 'n'},"
        "'size': 'x', 'own': {'a': None}});"
        "print(t.id, t.kind, type(t.part).__name__, t.size, type(t.own).__name__, t.own.a)",
    )
    assert printed == "None thing Part x ThingOwn None"


def test_a_new_operation_with_a_required_body_is_answered_from_the_contract(generate: Generate, tmp_path: Path) -> None:
    """Where the contract has an operation that no handler knows, the emulator judges and answers by the contract."""
    body = {"type": "object", "required": ["name"], "properties": {"name": {"type": "string"}}}
    content = {"application/json": {"schema": body}}
    made = returning({"type": "object", "required": ["id"], "properties": {"id": {"type": "string"}}})
    made |= {"operationId": "makeGizmo", "requestBody": {"required": True, "content": content}}
    text = yaml.safe_load((PROJECT / "openapi.yaml").read_text())
    text["paths"]["/public/v1/gizmos"] = (
        {"post": {**made, "security": text["security"]}} if "security" in text else made
    )
    text["paths"]["/public/v1/gizmos"] = {
        "post": {**made, **({"security": text["security"]} if "security" in text else {})}
    }
    spec = tmp_path / "spec.json"
    spec.write_text(json.dumps(text))
    result = generate("--spec", spec, "--output", tmp_path / "out")
    assert result.returncode == 0, result.stderr
    contract = tmp_path / "out" / "emulator" / "contract" / "contract.json"
    statement = f"""
import json, httpx
from pathlib import Path
import pandadoc_client.emulator.contract.document as contract
contract._DATA = Path({str(contract)!r})
from pandadoc_client.emulator import Emulator
with Emulator() as emulator:
    url, headers = emulator.url + "/public/v1/gizmos", {{"Authorization": "API-Key " + emulator.api_key}}
    good = httpx.post(url, json={{"name": "n"}}, headers=headers)
    bad = httpx.post(url, json={{}}, headers=headers)
    print(json.dumps([good.status_code, sorted(good.json()), bad.status_code, bad.json()["type"]]))
"""
    assert json.loads(imported(tmp_path, statement)) == [200, ["id"], 400, "validation_error"]
