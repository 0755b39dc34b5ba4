"""``scripts/update.py``: a year of the vendor's documents, one after another, and what it says when it cannot go on."""

from __future__ import annotations

import copy
import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from pandadoc_client import __version__

from .conftest import PROJECT

Document = dict[str, Any]
SNAPSHOT = "scripts/updating/vendor.json"
COPIED = ("scripts", "pandadoc_client", "docs", "openapi.yaml", "generator-config.yml", "mkdocs.yml", "README.md",
          "CHANGELOG.md", "pyproject.toml")  # fmt: skip


def vendor() -> Document:
    """The facts of the vendor's document that the project follows."""
    found: Document = json.loads((PROJECT / SNAPSHOT).read_text())
    return found


class Project:
    """A copy of this project, to be updated."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name in COPIED:
            source = PROJECT / name
            if source.is_dir():
                shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy(source, folder / name)

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        """Run a program in the project."""
        return subprocess.run(
            [sys.executable, *command],
            cwd=self.folder, capture_output=True, text=True, check=False,
            env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(self.folder)},
        )  # fmt: skip

    def update(self, document: Document, *options: str, name: str = "new.json") -> subprocess.CompletedProcess[str]:
        """Update the project by a document."""
        path = self.folder / name
        path.write_text(yaml.safe_dump(document) if name.endswith("yaml") else json.dumps(document))
        return self.run("scripts/update.py", str(path), *options)

    def text(self, name: str) -> str:
        return (self.folder / name).read_text()

    def committed(self) -> dict[str, str]:
        """What a commit of the project would have."""
        names = [path for path in self.folder.rglob("*") if path.is_file()]
        kept = [
            path
            for path in names
            if path.suffix in (".py", ".yaml", ".yml", ".md", ".json") and path.name[:4] != "new."
        ]
        return {path.relative_to(self.folder).as_posix(): path.read_text() for path in kept}


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path / "project")


@pytest.fixture(scope="module")
def types_seen(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What mypy remembers of one copy of the project is true of the next: it goes by what is in the files."""
    return tmp_path_factory.mktemp("types_seen")


def schemas(document: Document) -> Any:
    return document["components"]["schemas"]


def returns(schema: Any, status: Any = "200") -> Document:
    return {status: {"content": {"application/json": {"schema": schema}}}}


def new_tag(document: Document) -> None:
    schemas(document)["GizmoCreateRequest"] = {
        "type": "object",
        "required": ["name"],
        "properties": {"name": {"type": "string", "maxLength": 100}, "kind": {"type": "string", "enum": ["a", "b"]}},
    }
    content = {"application/json": {"schema": {"$ref": "#/components/schemas/GizmoCreateRequest"}}}
    made = {"type": "object", "required": ["id"], "properties": {"id": {"type": "string"}}}
    document["tags"].append({"name": "Gizmos"})
    document["paths"]["/public/v1/gizmos"] = {
        "post": {
            "tags": ["Gizmos"],
            "operationId": "createGizmo",
            "requestBody": {"required": True, "content": content},
            "responses": returns(made, "201"),
        }
    }


def grown(document: Document) -> None:
    fields = schemas(document)["ContactDetailsResponse"]["properties"]
    schemas(document)["ContactDetailsResponse"]["properties"] = {
        ("position" if name == "job_title" else name): field for name, field in fields.items()
    }
    schemas(document)["DocumentOrderingFieldsEnum"]["enum"].append("-size")


def moved_tag(document: Document) -> None:
    document["paths"]["/public/v1/gizmos"]["post"]["tags"] = ["Machines"]
    document["tags"][-1]["name"] = "Machines"


def removed(document: Document) -> None:
    del document["paths"]["/public/beta/documents/{document_id}/summary"]


def required(document: Document) -> None:
    parameter = {"name": "team", "in": "query", "required": True, "schema": {"type": "string"}}
    document["paths"]["/public/v1/gizmos"]["post"]["parameters"] = [parameter]
    schemas(document)["GizmoCreateRequest"]["required"].append("kind")


def into_paths(document: Document) -> None:
    pointer = "#/paths/~1public~1v1~1gizmos/post/responses/201/content/application~1json/schema"
    parameter = {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}
    document["paths"]["/public/v1/gizmos/{id}"] = {
        "get": {
            "tags": ["Machines"],
            "operationId": "getGizmo",
            "parameters": [parameter, {"$ref": "#/paths/~1public~1v1~1gizmos/post/parameters/0"}],
            "responses": returns({"$ref": pointer}),
        }
    }


def version_31(document: Document) -> None:
    document["openapi"] = "3.1.0"
    document["paths"]["/public/v1/gizmos/{id}"]["get"]["responses"] = returns(
        {"type": "object", "properties": {"id": {"type": ["string", "null"]}, "state": {"const": "on"}}}
    )


def named(document: Document) -> None:
    document["openapi"] = "3.0.3"
    response = {"type": "object", "properties": {"id": {"type": "string", "nullable": True}, "state": {"enum": ["on"]}}}
    schemas(document)["Gizmo"] = response
    document["paths"]["/public/v1/gizmos/{id}"]["get"]["responses"] = returns({"$ref": "#/components/schemas/Gizmo"})
    text = json.dumps(document).replace("GizmoCreateRequest", "NewGizmo")
    document.clear()
    document.update(json.loads(text))


def moved_path(document: Document) -> None:
    item = document["paths"].pop("/public/v1/gizmos/{id}")
    item["get"]["parameters"][0]["name"] = "gizmo_id"
    item["get"]["parameters"][1:] = document["paths"]["/public/v1/gizmos"]["post"]["parameters"]
    document["paths"]["/public/v2/gizmos/{gizmo_id}"] = item


def collided(document: Document) -> None:
    parameters = document["paths"]["/public/v1/gizmos"]["post"]["parameters"]
    parameters.append({"name": "team[]", "in": "query", "schema": {"type": "array", "items": {"type": "string"}}})
    schemas(document)["NewGizmo"]["properties"]["name"]["maxLength"] = 50


def numbers(document: Document) -> None:
    document["paths"]["/public/v1/gizmos"]["get"] = {
        "tags": ["Machines"],
        "operationId": "listGizmos",
        "responses": returns({"type": "array", "items": {"$ref": "#/components/schemas/Gizmo"}}, 200),
    }


STEPS: list[tuple[str, Callable[[Document], None], str, str]] = [
    (
        "8.9.0",
        new_tag,
        "made = pd.gizmos.create_gizmo({'name': 'n', 'kind': 'a'})\nprint(type(made.id).__name__)",
        "str",
    ),
    (
        "8.9.1",
        grown,
        "from pandadoc_client.models import ContactDetailsResponse as Contact\n"
        "print(Contact.from_dict({'position': 'p'}).position)\n"
        "print(len(pd.documents.list_documents(order_by='-size').results or ()))",
        "p 0",
    ),
    ("8.9.2", moved_tag, "print(bool(pd.machines.create_gizmo({'name': 'n'}).id))", "True"),
    ("9.0.0", removed, "print(hasattr(pd.documents, 'get_document_summary'))", "False"),
    ("9.0.1", required, "print(bool(pd.machines.create_gizmo('t', {'name': 'n', 'kind': 'b'}).id))", "True"),
    ("9.1.0", into_paths, "print(type(pd.machines.get_gizmo('i', 't').id).__name__)", "str"),
    ("9.2.0", version_31, "print(pd.machines.get_gizmo('i', 't').state)", "on"),
    (
        "9.2.1",
        named,
        "from pandadoc_client.models import Gizmo, NewGizmo\nprint(type(pd.machines.get_gizmo('i', 't')) is Gizmo)",
        "True",
    ),
    ("10.0.0", moved_path, "print(pd.machines.get_gizmo(gizmo_id='i', team='t').state)", "on"),
    (
        "10.0.1",
        collided,
        "print(bool(pd.machines.create_gizmo('t', {'name': 'n', 'kind': 'b'}, team_2=['x']).id))",
        "True",
    ),
    ("10.1.0", numbers, "print(type(pd.machines.list_gizmos()).__name__)", "list"),
]
AT_ONCE = 2
"""Documents that one test follows: each takes half a minute."""
PROGRAM = """
from pandadoc_client import PandaDoc
from pandadoc_client.emulator import Emulator, EmulatorOptions

with Emulator(EmulatorOptions(seed_data=False)) as emulator:
    with PandaDoc(api_key=emulator.api_key, host=emulator.url) as pd:
"""


# In two processes, not in all that there are: each has to learn the types of the whole package.
@pytest.mark.parametrize(
    "first",
    [
        pytest.param(first, marks=pytest.mark.xdist_group(f"year-{first // AT_ONCE % 2}"))
        for first in range(0, len(STEPS), AT_ONCE)
    ],
)
def test_a_year_of_documents_is_followed_one_after_another(project: Project, types_seen: Path, first: int) -> None:
    document = vendor()
    if first:  # what came before, at once
        for version, change, _, _ in STEPS[:first]:
            change(document)
            document["info"]["version"] = version
        assert project.update(copy.deepcopy(document)).returncode == 0
    for version, change, program, printed in STEPS[first : first + AT_ONCE]:
        change(document)
        document["info"]["version"] = version
        result = project.update(copy.deepcopy(document), name="new.yaml" if change is numbers else "new.json")
        assert result.returncode == 0, f"{version}: {result.stdout}{result.stderr}"
        assert "conflicts" not in result.stdout
        statements = "".join(f"        {line}\n" for line in program.splitlines())
        (project.folder / "program.py").write_text(PROGRAM + statements)
        ran = project.run("program.py")
        assert (ran.stdout.split(), ran.returncode) == (printed.split(), 0), f"{version}: {ran.stdout}{ran.stderr}"
        typed = project.run("-m", "mypy", "--strict", "--config-file=", f"--cache-dir={types_seen}", "program.py")
        assert typed.returncode == 0, f"{version}: {typed.stdout}"
    again = project.update(copy.deepcopy(document))
    assert (again.returncode, again.stdout) == (0, "nothing new\n")
    if first + AT_ONCE >= len(STEPS):
        assert "127 operations" not in project.text("README.md")
        lacks = "129 operations of the API's version 10.1.0, of which the vendor's SDK lacks 64"
        assert lacks in project.text("README.md")
    tag = document["tags"][-1]["name"]  # the first documents bring it, and the next one gives it another name
    assert f"- {tag}: operations/{tag.lower()}.md\n" in project.text("mkdocs.yml")
    assert (project.folder / "docs" / "operations" / f"{tag.lower()}.md").exists()


def test_what_would_be_done_is_said_and_not_done(project: Project) -> None:
    document = vendor()
    new_tag(document)
    grown(document)
    before = project.committed()
    result = project.update(document, "--dry-run")
    assert result.returncode == 0, result.stderr
    assert project.committed() == before
    major, minor, _ = __version__.split(".")
    next_minor = f"{major}.{int(minor) + 1}.0"
    for line in (
        "#/paths/~1public~1v1~1gizmos: was added",
        "#/components/schemas/ContactDetailsResponse/properties/job_title: is called position now",
        f"version: {__version__} is out; these changes make {next_minor}",
        "#/paths/~1public~1v1~1gizmos/post/summary",
        "#/components/schemas/DocumentOrderingFieldsEnum: Sort key",
        "job_title: pandadoc_client/emulator/service/contacts/models.py",
        "createGizmo",
    ):
        assert line in result.stdout


def test_a_conflict_names_both_sides_and_nothing_is_written(project: Project) -> None:
    ours = project.folder / "openapi.yaml"
    text = ours.read_text()
    edited = text.replace("maximum: 100", "maximum: 99", 1)
    assert edited != text
    ours.write_text(edited)
    document = vendor()
    spoiled = json.loads(json.dumps(document).replace('"maximum": 100', '"maximum": 200'))
    before = project.committed()
    result = project.update(spoiled)
    assert result.returncode == 1
    assert "was 100, and is 200; ours has 99" in result.stdout
    assert "nothing was written" in result.stdout
    assert project.committed() == before


def test_a_step_that_fails_leaves_everything_as_it_was(project: Project) -> None:
    document = vendor()
    cookie = {"name": "a", "in": "cookie", "schema": {"type": "string"}}
    document["paths"]["/public/v1/contacts"]["get"].setdefault("parameters", []).append(cookie)
    before = project.committed()
    result = project.update(document)
    assert (result.returncode, "is sent in a way that is not supported" in result.stderr) == (1, True)
    assert project.committed() == before


def test_a_step_after_the_package_was_made_anew_leaves_everything_as_it_was(project: Project) -> None:
    arguments = project.folder / "scripts" / "pages" / "arguments.py"
    assert '"order_by"' in arguments.read_text()
    document = vendor()
    parameters = document["paths"]["/public/v1/documents"]["get"]["parameters"]
    for parameter in parameters:
        if parameter["name"] in ("q", "status", "order_by", "count"):
            parameter["name"] += "_of_old"
    before = project.committed()
    result = project.update(document)
    assert (result.returncode, "scripts/reference.py" in result.stderr) == (1, True), result.stdout + result.stderr
    assert project.committed() == before


def test_check_is_content_today_and_names_what_is_missing_tomorrow(project: Project) -> None:
    assert (project.run("scripts/update.py", "--check").stdout, project.update(vendor(), "--check").returncode) == (
        "",
        0,
    )
    document = vendor()
    grown(document)
    result = project.update(document, "--check")
    assert result.returncode == 1
    assert "ContactDetailsResponse.job_title: was renamed to position" in result.stdout
    ours = project.folder / "openapi.yaml"
    ours.write_text(ours.read_text().replace("        job_title:\n", "        job:\n"))
    result = project.run("scripts/update.py", "--check")
    assert result.returncode == 1
    assert "job_title: was renamed to job" in result.stdout


def test_an_accepted_difference_that_is_gone_is_named(project: Project) -> None:
    accepted = project.folder / "scripts" / "updating" / "accepted.yaml"
    accepted.write_text(accepted.read_text() + "- where: Nothing.at_all\n  what: was added\n  reason: None.\n")
    result = project.run("scripts/update.py", "--check")
    assert result.returncode == 1
    assert "Nothing.at_all: was added: there is no such difference any more" in result.stdout


def test_a_sentence_that_is_missing_is_named(project: Project) -> None:
    ours = project.folder / "openapi.yaml"
    ours.write_text(ours.read_text().replace("summary: Get document details", "summary: 'TODO: describe'"))
    result = project.run("scripts/update.py", "--check")
    assert (result.returncode, "documents~1%7Bid%7D~1details/get/summary" in result.stdout) == (1, True)


@pytest.mark.parametrize("text", ["", "[]", "{", "openapi: 2", '{"openapi": "3.0.3", "paths": []}'])
def test_what_is_no_document_is_refused_in_one_line(project: Project, text: str) -> None:
    path = project.folder / "new.json"
    path.write_text(text)
    for options in ((), ("--check",)):
        result = project.run("scripts/update.py", str(path), *options)
        assert (result.returncode, len(result.stderr.splitlines()), result.stdout) == (2, 1, "")


def test_the_nightly_job_tells_news_from_none(project: Project) -> None:
    for command in (["init", "-q"], ["add", "-A"], ["-c", "user.name=a", "-c", "user.email=a@b", "commit", "-qm", "x"]):
        subprocess.run(["git", *command], cwd=project.folder, check=True)
    (project.folder / ".venv" / "bin").mkdir(parents=True)
    python = project.folder / ".venv" / "bin" / "python"
    python.write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n')
    python.chmod(0o755)
    output = project.folder / "output"

    def follow(document: Document) -> tuple[int, str]:
        path = project.folder / "new.json"
        path.write_text(json.dumps(document))
        result = subprocess.run(
            ["scripts/follow", str(path)],
            cwd=project.folder, capture_output=True, text=True, check=False,
            env={"PATH": "/usr/bin:/bin", "GITHUB_OUTPUT": str(output), "RUNNER_TEMP": str(project.folder)},
        )  # fmt: skip
        return result.returncode, output.read_text() if output.exists() else result.stderr

    assert follow(vendor()) == (0, "news=false\n")
    output.unlink()
    document = vendor()
    grown(document)
    assert follow(document) == (0, "news=true\n")
    assert "is called position now" in (project.folder / "report.md").read_text()
