"""``pandadoc completion``: what makes a shell complete commands, operations, options and values."""

from __future__ import annotations

from enum import StrEnum
from importlib import import_module
from typing import Annotated, Any

import typer

from pandadoc_client.cli.render import print_lines

__all__ = ["Shell", "completion", "prepare"]

_VARIABLE = "_PANDADOC_COMPLETE"  # set by the shell's script when it asks what may come next


class Shell(StrEnum):
    """The shells that there is a script for."""

    BASH = "bash"
    ZSH = "zsh"
    FISH = "fish"


def completion(shell: Annotated[Shell, typer.Argument(help="Your shell.", show_default=False)]) -> None:
    """Print the script that makes a shell complete commands. Nothing is installed: put it where yours looks.

    \b
    pandadoc completion bash > ~/.local/share/bash-completion/completions/pandadoc
    pandadoc completion zsh > ~/.zfunc/_pandadoc       # a folder in $fpath, before compinit runs
    pandadoc completion fish > ~/.config/fish/completions/pandadoc.fish
    """
    script = _typer().get_completion_script(prog_name="pandadoc", complete_var=_VARIABLE, shell=shell.value)
    print_lines([script])


def prepare() -> None:
    """Make typer answer in the way that its scripts expect."""
    _typer().completion_init()


def _typer() -> Any:
    # Its scripts and its responses are tested against each other in every shell; type checkers find both private.
    return import_module("typer.completion")
