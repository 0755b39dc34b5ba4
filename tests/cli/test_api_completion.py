"""``pandadoc completion``: what a shell offers after a tab, asked as the shells' own scripts ask."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from pandadoc_client.cli.operations import entries

from .conftest import Pandadoc
from .test_auth import assert_one_line

Complete = Callable[..., list[str]]


@pytest.fixture
def path(tmp_path: Path) -> str:
    """A PATH on which there is a ``pandadoc``."""
    program = tmp_path / "pandadoc"
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -m pandadoc_client.cli "$@"\n')
    program.chmod(0o755)
    return f"{tmp_path}{os.pathsep}{os.environ['PATH']}"


@pytest.fixture(params=["bash", "zsh", "fish"])
def complete(request: pytest.FixtureRequest, path: str, pandadoc: Pandadoc, tmp_path: Path) -> Complete:
    """A function that returns what a shell offers for the last of some words."""
    shell: str = request.param

    def by_bash(*words: str) -> list[str]:
        if (bash := shutil.which("bash")) is None:
            assert "CI" not in os.environ, "bash is missing"
            pytest.skip("there is no bash on this machine")
        (tmp_path / "completion").write_text(pandadoc("completion", "bash").stdout)
        script = (
            'source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(( $# - 1 ))\n'
            "function=$(complete -p pandadoc | sed 's/.* -F \\([^ ]*\\) .*/\\1/'); $function pandadoc\n"
            'printf "%s\\n" "${COMPREPLY[@]}"'
        )
        command = [bash, "--norc", "-c", script, "bash", str(tmp_path / "completion"), *words]
        return lines(command, {})

    def by_protocol(*words: str) -> list[str]:
        # These shells are seldom there; what their scripts set is set here.
        variables = {"_TYPER_COMPLETE_ARGS": " ".join(words), "_TYPER_COMPLETE_FISH_ACTION": "get-args"}
        return lines(["pandadoc"], {"_PANDADOC_COMPLETE": f"complete_{shell}", **variables})

    def lines(command: list[str], variables: dict[str, str]) -> list[str]:
        result = subprocess.run(
            command, capture_output=True, text=True, check=True, env={**os.environ, "PATH": path, **variables}
        )
        assert result.stderr == ""
        found = [line.partition("\t")[0].partition('":"')[0] for line in result.stdout.splitlines()]
        return [word.removeprefix("_arguments '*: :((").strip("\"')") for word in found if word]

    return by_bash if shell == "bash" else by_protocol


def test_commands_operations_options_and_values_are_completed(complete: Complete) -> None:
    assert {"api", "documents", "webhooks", "login"} <= set(complete("pandadoc", ""))
    assert complete("pandadoc", "api", "list-cont") == ["list-content-library-items", "list-contacts"]
    assert len(complete("pandadoc", "api", "")) == len(entries())
    assert complete("pandadoc", "api", "listDocuments", "--cou") == ["--count"]
    assert {"--body", "--json", "--api-key"} <= set(complete("pandadoc", "api", "create-contact", "--"))
    assert complete("pandadoc", "documents", "list", "--status", "dr") == ["draft"]
    assert complete("pandadoc", "api", "list-documents", "--order-by", "date_e") == ["date_expiration"]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_is_printed_and_nothing_else_happens(pandadoc: Pandadoc, tmp_path: Path, shell: str) -> None:
    result = pandadoc("completion", shell, HOME=str(tmp_path))
    assert (result.returncode, result.stderr) == (0, "")
    assert f"_PANDADOC_COMPLETE=complete_{shell}" in result.stdout
    assert list(tmp_path.iterdir()) == []
    if program := shutil.which(shell):
        (tmp_path / "script").write_text(result.stdout)
        assert subprocess.run([program, "-n", str(tmp_path / "script")], check=False).returncode == 0


def test_another_shell_is_one_line(pandadoc: Pandadoc) -> None:
    assert_one_line(pandadoc("completion", "tcsh"), 2, "tcsh", "fish")
