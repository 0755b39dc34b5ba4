"""``--debug``: what goes over the wire is shown on standard error, and no secret is."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from pandadoc_client.cli.app import app
from pandadoc_client.emulator import Emulator, EmulatorMode, EmulatorOptions

from .conftest import Pandadoc


@pytest.fixture
def pandadoc_emulator_options() -> EmulatorOptions:
    return EmulatorOptions(mode=EmulatorMode.EXAMPLES)


@pytest.fixture
def settings(settings: dict[str, str], pandadoc_emulator: Emulator) -> dict[str, str]:
    return {**settings, "PANDADOC_API_KEY": pandadoc_emulator.api_key}


def test_requests_and_responses_are_shown(pandadoc: Pandadoc, pandadoc_emulator: Emulator) -> None:
    plain = pandadoc("api", "create-contact", "--body", '{"email": "ada@example.com"}', "--json")
    shown = pandadoc("api", "create-contact", "--body", '{"email": "ada@example.com"}', "--json", "--debug")
    assert (shown.returncode, plain.stderr) == (0, "")
    assert json.loads(shown.stdout)
    lines = shown.stderr.splitlines()
    assert lines[0] == f"> POST {pandadoc_emulator.url}/public/v1/contacts"
    assert "> Authorization: API-Key ***" in lines
    assert '> {"email":"ada@example.com"}' in [line.replace('": ', '":') for line in lines]
    assert any(line.startswith("< 201") for line in lines)
    assert "< content-type: application/json" in lines
    assert lines[-1].startswith("< {")
    assert pandadoc_emulator.api_key not in shown.stderr


def test_a_refused_call_and_one_that_reaches_nobody_are_shown(pandadoc: Pandadoc, pandadoc_emulator: Emulator) -> None:
    pandadoc_emulator.responses.add("status_document", {"type": "gone", "detail": "No."}, status=404)
    refused = pandadoc("documents", "status", "x", "--debug").stderr
    assert '< {"type": "gone", "detail": "No."}' in refused
    assert refused.endswith("pandadoc: the server answered HTTP 404 Not Found: gone: No.\n")
    environment = {"PANDADOC_HOST": "http://127.0.0.1:9", "PANDADOC_LOG": "info"}  # the option wins
    lost = pandadoc("documents", "status", "x", "--debug", "--timeout", "1", **environment).stderr
    assert lost.startswith("> GET http://127.0.0.1:9/public/v1/documents/x\n")


def test_codes_tokens_and_the_secret_of_the_application_are_masked(
    pandadoc: Pandadoc, pandadoc_emulator: Emulator
) -> None:
    code = pandadoc_emulator.issue_code()
    result = pandadoc("auth", "exchange", code, "--debug")
    assert result.returncode == 0, result.stderr
    pair = pandadoc_emulator.live_pair()
    assert f"> POST {pandadoc_emulator.url}/oauth2/access_token" in result.stderr
    assert "grant_type=authorization_code" in result.stderr
    for secret in (code, pandadoc_emulator.client_secret, pair.access_token, pair.refresh_token):
        assert secret not in result.stderr


def test_a_file_is_told_by_its_size(pandadoc: Pandadoc, tmp_path: Path) -> None:
    (tmp_path / "contract.pdf").write_bytes(b"%PDF-1.7 MARKER")
    sent = pandadoc("documents", "upload", "contract.pdf", "--debug")
    assert "bytes, multipart/form-data" in sent.stderr
    assert "MARKER" not in sent.stderr
    came = pandadoc("documents", "download", "x", "-o", "y.pdf", "--debug")
    assert "< content-type: application/pdf" in came.stderr
    assert "%PDF" not in came.stderr


def test_a_response_cannot_steer_the_terminal(pandadoc: Pandadoc, pandadoc_emulator: Emulator) -> None:
    text = "\x1b[31mred\x1b[0m \x9b31m \u202e"
    pandadoc_emulator.responses.add("status_document", text=text, content_type="text/plain", status=404)
    shown = pandadoc("documents", "status", "x", "--debug").stderr
    assert "red" in shown
    assert all(line.isprintable() for line in shown.splitlines())


def commands(command: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Yield the words of every command but the operations, of which one stands for all."""
    for name, inner in getattr(command, "commands", {}).items():
        if path == ("api",) and name != "list-documents":
            continue
        loaded = inner.make_context(name, [], resilient_parsing=True).command
        if hasattr(loaded, "commands"):
            yield from commands(loaded, (*path, name))
        else:
            yield (*path, name)


COMMANDS = sorted(commands(get_command(app)))


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_every_command_has_it(pandadoc: Pandadoc, command: tuple[str, ...]) -> None:
    assert "--debug" in pandadoc(*command, "--help").stdout
