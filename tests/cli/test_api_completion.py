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


def test_files_are_completed_behind_an_at_sign(
    complete: Complete, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "files"
    (folder / "letters").mkdir(parents=True)
    for name in ("key.txt", "offer.json", ".hidden", "letters/one.json"):
        (folder / name).touch()
    monkeypatch.chdir(folder)
    for words in (["api", "create-contact", "--body"], ["documents", "create", "--body"], ["whoami", "--api-key"]):
        assert complete("pandadoc", *words, "@") == ["@key.txt", "@letters/", "@offer.json"]
    assert complete("pandadoc", "profile", "add", "x", "--api-key", "@k") == ["@key.txt"]
    assert complete("pandadoc", "api", "access-token", "--client-secret", "@letters/o") == ["@letters/one.json"]
    assert set(complete("pandadoc", "webhooks", "listen", "--key", "@nowhere/")) <= {"_files"}  # is zsh's own function
    assert set(complete("pandadoc", "whoami", "--api-key", "k")) <= {"_files"}


def test_profiles_are_completed(complete: Complete, pandadoc: Pandadoc) -> None:
    for name in ("acme", "sandbox"):
        assert pandadoc("profile", "add", name).returncode == 0
    assert complete("pandadoc", "documents", "list", "--profile", "") == ["acme", "sandbox"]
    assert complete("pandadoc", "--profile", "s") == ["sandbox"]
    assert complete("pandadoc", "profile", "use", "a") == ["acme"]


@pytest.fixture
def interactive_bash(path: str, home: Path) -> Callable[[bytes], str]:
    """A function that types something into an interactive bash, and returns what its ``pandadoc`` was called with."""
    pytest.importorskip("pty")
    if (bash := shutil.which("bash")) is None:
        pytest.skip("there is no bash on this machine")

    def run(typed: bytes) -> str:
        # Once the prompt is there the line is typed; the shell ends when it has run.
        program = (
            "import os, pty, sys\n"
            "pid, terminal = pty.fork()\n"
            f"if not pid: os.execv({bash!r}, ['bash', '--noprofile', '-i'])\n"
            "shown, asked = b'', False\n"
            "while True:\n"
            "    try: data = os.read(terminal, 65536)\n"
            "    except OSError: break\n"
            "    if not data: break\n"
            "    shown += data\n"
            "    if b'READY' in shown and not asked:\n"
            f"        asked = bool(os.write(terminal, {typed!r} + b'\\nexit\\n'))\n"
        )
        with (home / ".bashrc").open("a") as file:
            file.write("\nPS1=READY\n")
        environment = {**os.environ, "PATH": path, "HOME": str(home), "TERM": "dumb"}
        subprocess.run([sys.executable, "-c", program], check=True, timeout=60, env=environment)
        return (home / "called").read_text()

    return run


@pytest.mark.parametrize(
    ("typed", "called"),
    [
        (b"pandadoc documents crea\t--body @off\t", ["documents", "create", "--body", "@offer one.json"]),
        (b"pandadoc documents create --body @lett\ttw\t", ["documents", "create", "--body", "@letters/two.json"]),
    ],
)
def test_an_installed_completion_works_in_bash(
    pandadoc: Pandadoc,
    interactive_bash: Callable[[bytes], str],
    home: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    typed: bytes,
    called: list[str],
) -> None:
    folder = tmp_path / "files"
    (folder / "letters").mkdir(parents=True)
    for name in ("offer one.json", "letters/two.json"):
        (folder / name).touch()
    (home / ".bashrc").write_text("# mine\n")
    first, again = (pandadoc("completion", "bash", "--install") for _ in range(2))
    assert (first.returncode, first.stderr) == (0, "")
    assert first.stdout == again.stdout
    assert first.stdout.startswith(f"Installed in {home}")
    assert (home / ".bashrc").read_text().count("pandadoc") == 1
    assert (home / ".bashrc").read_text().startswith("# mine\n")
    # What is run in the end shows its arguments; what completes is the program itself.
    (tmp_path / "pandadoc").write_text(
        f'#!/bin/sh\n[ -n "$_PANDADOC_COMPLETE" ] && exec {sys.executable} -m pandadoc_client.cli "$@"\n'
        f'printf "%s\\n" "$@" > {home}/called\n'
    )
    monkeypatch.chdir(folder)
    assert interactive_bash(typed).splitlines() == called


@pytest.mark.parametrize(
    ("shell", "place", "line"),
    [
        ("zsh", ".zfunc/_pandadoc", (".zshrc", "fpath+=~/.zfunc")),
        ("fish", ".config/fish/completions/pandadoc.fish", None),
        ("pwsh", "pwsh/pandadoc-completion.ps1", ("pwsh/profile.ps1", "pandadoc-completion.ps1")),
    ],
)
def test_the_script_is_installed_where_the_shell_reads_it(
    pandadoc: Pandadoc, home: Path, tmp_path: Path, shell: str, place: str, line: tuple[str, str] | None
) -> None:
    # PowerShell is seldom there: one that does nothing but say where its profile is.
    (tmp_path / "pwsh").write_text(f"#!/bin/sh\necho {home}/pwsh/profile.ps1\n")
    (tmp_path / "pwsh").chmod(0o755)
    environment = {"PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}"}
    first, again = (pandadoc("completion", shell, "--install", **environment) for _ in range(2))
    assert (first.returncode, first.stderr) == (0, "")
    assert first.stdout == again.stdout
    assert str(home / place) in first.stdout
    assert (home / place).read_text() == pandadoc("completion", shell).stdout
    if line is not None:
        assert (home / line[0]).read_text().count(line[1]) == 1


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
