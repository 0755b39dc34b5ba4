"""The application: its commands, and what becomes of everything that can go wrong in one."""

from __future__ import annotations

import contextlib
import io
import os
import sys
import warnings
from typing import Annotated, Any

import typer

from pandadoc_client import __version__
from pandadoc_client.cli import auth, demo, emulator, login, tokens
from pandadoc_client.cli.errors import EXIT_FAILURE, EXIT_INTERRUPTED, describe, exit_status

__all__ = ["app", "run"]

app = typer.Typer(
    name="pandadoc",
    add_completion=False,
    pretty_exceptions_enable=False,  # they show local variables, and with them secrets
    rich_markup_mode=None,  # plain help reads the same in a terminal, in a pipe and in 40 columns
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("demo")(demo.demo)
app.command("emulator")(emulator.emulator)
for command in (login.login, login.status, login.token, login.refresh, login.logout):
    app.command()(command)
app.add_typer(tokens.app, name="tokens")
app.add_typer(auth.app, name="auth")


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"pandadoc {__version__}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def pandadoc(
    context: typer.Context,
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    """OAuth 2.0 for PandaDoc: log in and keep tokens valid, try it against an emulator, or do it by hand.

    \b
    pandadoc demo                       code, token, API call and refresh, on this machine
    pandadoc emulator --port 8000       a PandaDoc to develop against
    pandadoc login                      consent in the browser; the token is stored
    pandadoc status                     who is logged in, and for how long
    pandadoc token                      a valid access token, for scripts
    pandadoc refresh                    the next token, now
    pandadoc logout                     forget the token
    pandadoc tokens list                every account in the store
    pandadoc tokens refresh-due         refresh what ends soon
    pandadoc auth url                   where to send a person for consent
    pandadoc auth exchange CODE         the token for a code
    pandadoc auth refresh               the next token
    pandadoc auth request --as curl     the token request for another tool

    Settings come from options or from PANDADOC_CLIENT_ID, PANDADOC_CLIENT_SECRET, PANDADOC_REDIRECT_URI, PANDADOC_HOST,
    PANDADOC_REGION and PANDADOC_TOKEN_STORE. Errors are one line on standard error; the exit status is 1 if the server
    or the network said no, 2 if the call was wrong.
    """
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


def run(arguments: list[str]) -> int:
    """Run a command and return its exit status; an error becomes one line on standard error."""
    if sys.stderr is None:  # pyright: ignore[reportUnnecessaryComparison] (closed by whoever started this)
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115 (for as long as the process lives)
    if sys.stdout is None:  # pyright: ignore[reportUnnecessaryComparison]
        # Found before anything is sent: the answer to a refresh would be lost.
        _say("standard output is closed")
        return EXIT_FAILURE
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A character that the encoding lacks is shown by its number: no reason to fail.
            stream.reconfigure(errors="backslashreplace")
    with warnings.catch_warnings():
        warnings.showwarning = _show_warning
        status = _guarded(arguments)
    return _flushed(status)


def _guarded(arguments: list[str]) -> int:
    try:
        status: Any = app(args=arguments, prog_name="pandadoc", standalone_mode=False)
    except BrokenPipeError:
        return 1  # whoever was reading has gone: nobody to tell
    except (KeyboardInterrupt, typer.Abort):
        status = EXIT_INTERRUPTED
    except ModuleNotFoundError:
        raise
    except Exception as error:
        _say(describe(error, arguments))
        return exit_status(error)
    if status == EXIT_INTERRUPTED:
        _say("interrupted")
    return status if isinstance(status, int) else 0


def _flushed(status: int) -> int:
    """Write out what is left, and see to it that the interpreter has nothing to complain of when it ends."""
    try:
        sys.stdout.flush()
    except OSError as error:
        with contextlib.suppress(OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if not isinstance(error, BrokenPipeError):
            _say(describe(error, ()))
        return status or 1
    return status


def _say(problem: str) -> None:
    with contextlib.suppress(OSError):
        print(f"pandadoc: {problem}", file=sys.stderr, flush=True)


def _show_warning(message: Warning | str, category: type[Warning], *_: Any, **__: Any) -> None:
    _say(f"warning: {message}")
