"""``pandadoc open`` and ``pandadoc documents delete``."""

from __future__ import annotations

import json
import os
from pathlib import Path

import httpx
import pytest

from pandadoc_client.emulator import Emulator, EmulatorMode, EmulatorOptions

from .conftest import Pandadoc
from .test_auth import assert_one_line
from .test_documents import call
from .test_streams import Terminal, on_a_terminal

__all__ = ["on_a_terminal"]


@pytest.fixture
def pandadoc_emulator_options() -> EmulatorOptions:
    return EmulatorOptions(mode=EmulatorMode.STATE, seed_data=True)


@pytest.fixture
def settings(settings: dict[str, str], pandadoc_emulator: Emulator) -> dict[str, str]:
    return {**settings, "PANDADOC_API_KEY": pandadoc_emulator.api_key}


@pytest.fixture
def documents(pandadoc_emulator: Emulator) -> list[str]:
    found = [str(document["id"]) for document in call(pandadoc_emulator, "GET", "/documents")["results"]]
    pandadoc_emulator.journal.clear()
    return found


# -- open --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("environment", "page"),
    [
        ({"PANDADOC_HOST": ""}, "https://app.pandadoc.com/a/#/documents/hsZG58"),
        ({"PANDADOC_HOST": "", "PANDADOC_REGION": "eu"}, "https://app.pandadoc.eu/a/#/documents/hsZG58"),
        ({}, "{emulator}/documents/hsZG58"),
    ],
    ids=["us", "eu", "emulator"],
)
def test_the_page_is_printed_without_a_call_or_a_credential(
    pandadoc: Pandadoc, pandadoc_emulator: Emulator, environment: dict[str, str], page: str
) -> None:
    result = pandadoc("open", "hsZG58", "--print", PANDADOC_API_KEY="", **environment)
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout == page.format(emulator=pandadoc_emulator.url) + "\n"
    assert len(pandadoc_emulator.journal) == 0


def test_the_page_of_the_emulator_is_there(
    pandadoc: Pandadoc, pandadoc_emulator: Emulator, documents: list[str]
) -> None:
    page = httpx.get(pandadoc("open", documents[0], "--print").stdout.strip())
    assert page.status_code == 200
    assert documents[0] in page.text


@pytest.mark.skipif(os.name != "posix", reason="the browser is a shell script")
def test_the_browser_is_started(pandadoc: Pandadoc, pandadoc_emulator: Emulator, tmp_path: Path) -> None:
    browser = tmp_path / "browser"
    browser.write_text('#!/bin/sh\nprintf %s "$1" >"$(dirname "$0")/opened"\n')
    browser.chmod(0o755)
    result = pandadoc("open", "hsZG58", BROWSER=str(browser))
    page = f"{pandadoc_emulator.url}/documents/hsZG58"
    assert (result.returncode, result.stdout, result.stderr) == (0, "", f"Opening {page}\n")
    assert (tmp_path / "opened").read_text() == page


def test_an_id_that_is_none_opens_nothing(pandadoc: Pandadoc) -> None:
    assert_one_line(pandadoc("open", "a\nb"), 2, "ID")


# -- delete ------------------------------------------------------------------------------------------------------------


def left(emulator: Emulator) -> set[str]:
    return {str(document["id"]) for document in call(emulator, "GET", "/documents")["results"]}


def test_documents_are_deleted(pandadoc: Pandadoc, pandadoc_emulator: Emulator, documents: list[str]) -> None:
    result = pandadoc("documents", "delete", *documents[:2], "--yes")
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout == f"{documents[0]}  deleted\n{documents[1]}  deleted\n"
    assert left(pandadoc_emulator) == set(documents[2:])


def test_without_a_terminal_nobody_is_asked(
    pandadoc: Pandadoc, pandadoc_emulator: Emulator, documents: list[str]
) -> None:
    assert_one_line(pandadoc("documents", "delete", documents[0], stdin="y\n"), 2, "--yes")
    assert len(pandadoc_emulator.journal) == 0


@pytest.mark.parametrize(("typed", "status"), [(b"y\n", 0), (b"n\n", 1), (b"\n", 1), (b"\x03", 130)])
def test_on_a_terminal_somebody_is(
    on_a_terminal: Terminal, pandadoc_emulator: Emulator, documents: list[str], typed: bytes, status: int
) -> None:
    result, shown = on_a_terminal(["documents", "delete", documents[0]], typed)
    assert result == status, shown
    assert f"Delete {documents[0]}? [y/N]:" in shown
    assert left(pandadoc_emulator) == set(documents[1:] if status == 0 else documents)


def test_one_that_is_not_there_does_not_keep_the_others(
    pandadoc: Pandadoc, pandadoc_emulator: Emulator, documents: list[str]
) -> None:
    result = pandadoc("documents", "delete", "nowhere", documents[0], "--yes", "--json")
    assert result.returncode == 1
    assert result.stderr.startswith("pandadoc: nowhere: the server answered HTTP 404")
    document = json.loads(result.stdout)
    assert document["deleted"] == [documents[0]]
    assert [(one["id"], one["error"]["status"]) for one in document["failures"]] == [("nowhere", 404)]
    assert_one_line(pandadoc("documents", "delete", "nowhere", "--yes"), 1, "404")


# -- ways to make a document -------------------------------------------------------------------------------------------


def test_a_document_is_made_from_a_url(pandadoc: Pandadoc, pandadoc_emulator: Emulator) -> None:
    options = ["--url", "https://example.com/contract.pdf", "--name", "Contract", "--recipient", "ada@example.com"]
    made = pandadoc("documents", "create", *options, "--json")
    (request,) = pandadoc_emulator.journal.entries
    assert json.loads(request.body) == {
        "name": "Contract",
        "url": "https://example.com/contract.pdf",
        "recipients": [{"email": "ada@example.com"}],
    }
    assert made.returncode == 0, made.stderr
    assert_one_line(pandadoc("documents", "create", "--url", "https://x.y/z.pdf", "--template", "t"), 2, "--url")


def test_help_tells_the_ways_apart(pandadoc: Pandadoc) -> None:
    for command in (("documents",), ("documents", "create"), ("documents", "upload")):
        shown = pandadoc(*command, "--help").stdout
        for word in ("--template", "upload", "--url"):
            assert word in shown
