"""``pandadoc completion``: what makes a shell complete commands, operations, options and values."""

from __future__ import annotations

import subprocess
from enum import StrEnum
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any

import typer

from pandadoc_client.cli.errors import EXIT_FAILURE, CommandError
from pandadoc_client.cli.render import print_lines

__all__ = ["Shell", "completion", "prepare"]

_VARIABLE = "_PANDADOC_COMPLETE"  # set by the shell's script when it asks what may come next
_NAME = "pandadoc"
# As typer's, but that it joins @FILE again, which Bash cuts in two, and puts no space behind a folder.
_BASH = r"""
_pandadoc_completion() {
    local IFS=$'\n' i last=0
    local -a words=("${COMP_WORDS[0]}")
    for ((i = 1; i < ${#COMP_WORDS[@]}; i++)); do
        if [[ ${COMP_WORDS[i-1]} == @ ]]; then
            words[${#words[@]}-1]="@${COMP_WORDS[i]}"
        else
            words+=("${COMP_WORDS[i]}")
        fi
        ((i == COMP_CWORD)) && last=$((${#words[@]} - 1))
    done
    COMPREPLY=( $( env COMP_WORDS="${words[*]}" COMP_CWORD=$last _PANDADOC_COMPLETE=complete_bash $1 ) )
    if [[ ${words[last]} == @* && ${#COMPREPLY[@]} -gt 0 ]]; then
        COMPREPLY=( $( printf '%q\n' "${COMPREPLY[@]}" ) )
        [[ ${COMPREPLY[0]} == */ ]] && compopt -o nospace 2> /dev/null
    fi
    return 0
}

complete -o default -F _pandadoc_completion pandadoc
""".strip()


class Shell(StrEnum):
    """The shells that there is a script for."""

    BASH = "bash"
    ZSH = "zsh"
    FISH = "fish"
    POWERSHELL = "powershell"
    PWSH = "pwsh"


def completion(
    shell: Annotated[
        Shell | None, typer.Argument(help="Your shell; the one that you are in if left out.", show_default=False)
    ] = None,
    install: Annotated[
        bool, typer.Option("--install", help="Put the script where the shell reads it, in your home folder.")
    ] = False,
) -> None:
    """Print the script that makes a shell complete commands, or install it.

    Installed, it is a file of its own, and a line in ~/.bashrc, ~/.zshrc or the profile of PowerShell reads it; fish
    finds it by itself.

    \b
    pandadoc completion --install
    pandadoc completion bash > ~/.local/share/bash-completion/completions/pandadoc
    pandadoc completion zsh > ~/.zfunc/_pandadoc       # a folder in $fpath, before compinit runs
    pandadoc completion fish > ~/.config/fish/completions/pandadoc.fish
    """
    chosen = _this_shell() if shell is None else shell
    if not install:
        print_lines([_script(chosen)])
        return
    print_lines([f"Installed in {_install(chosen)}; a new {chosen} has it."])


def prepare() -> None:
    """Make typer answer in the way that its scripts expect."""
    _typer().completion_init()


def _script(shell: Shell) -> str:
    if shell is Shell.BASH:
        return _BASH
    script: str = _typer().get_completion_script(prog_name=_NAME, complete_var=_VARIABLE, shell=shell.value)
    return script


def _install(shell: Shell) -> Path:
    """Put the script of a shell in its place, and return that."""
    script = _script(shell)
    if shell in (Shell.POWERSHELL, Shell.PWSH):
        path = _powershell_profile(shell).with_name(f"{_NAME}-completion.ps1")
        _add_line(_powershell_profile(shell), f". '{path}'")
        path.write_text(f"{script}\n", encoding="utf-8")
        return path
    _, path = _typer().install(shell=shell.value, prog_name=_NAME, complete_var=_VARIABLE)
    path.write_text(f"{script}\n", encoding="utf-8")
    found: Path = path
    return found


def _powershell_profile(shell: Shell) -> Path:
    # typer's way would lower the execution policy of the user as well.
    command = [shell.value, "-NoProfile", "-Command", "$PROFILE"]
    try:
        shown = subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()  # noqa: S603 (fixed words)
    except (OSError, subprocess.CalledProcessError):
        shown = ""
    if not shown:
        raise CommandError(f"{shell} does not say where its profile is", EXIT_FAILURE)
    return Path(shown)


def _add_line(path: Path, line: str) -> None:
    """Add a line to a file that may be missing, unless it has it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    if line not in text.splitlines():
        path.write_text(f"{text}{'' if not text or text.endswith(chr(10)) else chr(10)}{line}\n", encoding="utf-8")


def _this_shell() -> Shell:
    name = _typer()._get_shell_name()
    if name not in set(Shell):
        raise CommandError(f"which shell is it? Name one of {', '.join(Shell)}")
    return Shell(name)


def _typer() -> Any:
    # Its scripts and its responses are tested against each other in every shell; type checkers find both private.
    return import_module("typer.completion")
