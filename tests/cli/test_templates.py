"""``pandadoc templates export``, and ``pandadoc emulator --import`` of what it writes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from pandadoc_client.emulator import Emulator

from .conftest import Pandadoc

SIGNED = "https://images.example.com/a.png?X-Signature=let-me-in"


@pytest.fixture
def template(pandadoc_emulator: Emulator) -> str:
    """A template of the account."""
    return pandadoc_emulator.import_template(
        {
            "id": "OwnTemplate00000000001",
            "name": "Lease",
            "roles": [{"id": "r", "name": "Tenant"}],
            "fields": [{"field_id": "Rent", "name": "Rent", "type": "text", "assigned_to": {"role": "Tenant"}}],
            "images": [{"name": "Plan", "urls": [SIGNED]}],
        }
    )


def _details(emulator: Emulator, template: str) -> Any:
    headers = {"Authorization": f"API-Key {emulator.api_key}"}
    return httpx.get(f"{emulator.url}/public/v1/templates/{template}/details", headers=headers, trust_env=False).json()


def test_exported_and_imported_again_gives_equal_details(
    pandadoc: Pandadoc, pandadoc_emulator: Emulator, template: str, tmp_path: Path
) -> None:
    result = pandadoc("templates", "export", template, "-o", "out", PANDADOC_API_KEY=pandadoc_emulator.api_key)
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout == f"out/{template}.json\n"
    exported = json.loads((tmp_path / "out" / f"{template}.json").read_text(encoding="utf-8"))
    shown = _details(pandadoc_emulator, template)
    shown["images"][0]["urls"] = ["https://images.example.com/a.png"]  # without its signature
    assert exported == shown
    with Emulator(seed="another") as second:
        second.import_template(exported)
        assert _details(second, template) == shown


def test_one_that_is_not_there_does_not_stop_the_others(
    pandadoc: Pandadoc, pandadoc_emulator: Emulator, template: str, tmp_path: Path
) -> None:
    result = pandadoc("templates", "export", "nothing", template, "--json", PANDADOC_API_KEY=pandadoc_emulator.api_key)
    assert result.returncode == 1
    assert result.stderr.startswith("pandadoc: nothing: the server answered HTTP 404")
    document = json.loads(result.stdout)
    assert document["files"] == [f"{template}.json"]
    (failure,) = document["failures"]
    assert (failure["id"], failure["error"]["status"]) == ("nothing", 404)
    assert [path.name for path in tmp_path.iterdir()] == [f"{template}.json"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("../a",), "ID: letters, digits, dashes and underscores only"),
        (("a", "--output", "taken"), "--output: cannot make the folder taken: "),
    ],
)
def test_what_cannot_be_written_is_refused_before_anything_is_sent(
    arguments: tuple[str, ...], message: str, pandadoc: Pandadoc, pandadoc_emulator: Emulator, tmp_path: Path
) -> None:
    (tmp_path / "taken").write_text("")
    result = pandadoc("templates", "export", *arguments, PANDADOC_API_KEY=pandadoc_emulator.api_key)
    assert (result.returncode, result.stdout) == (2, "")
    assert message in result.stderr
    assert len(pandadoc_emulator.journal) == 0


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "--import: cannot read lease.json: "),
        ("{", "--import: lease.json: not JSON: "),
        ('{"id": "a"}', "--import: lease.json: name must be text"),
    ],
)
def test_a_wrong_file_is_refused_by_name(content: str | None, message: str, pandadoc: Pandadoc, tmp_path: Path) -> None:
    if content is not None:
        (tmp_path / "lease.json").write_text(content)
    result = pandadoc("emulator", "--port", "0", "--import", "lease.json")
    assert (result.returncode, result.stdout) == (2, "")
    assert message in result.stderr
    assert result.stderr.count("\n") == 1
