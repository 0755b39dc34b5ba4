"""The application: its commands, and what becomes of everything that can go wrong in one."""

from __future__ import annotations

import contextlib
import contextvars
import functools
import io
import itertools
import json
import os
import sys
import warnings
from typing import Annotated, Any

import typer

from pandadoc_client import __version__
from pandadoc_client.cli.errors import EXIT_FAILURE, EXIT_INTERRUPTED, describe, error_document, exit_status
from pandadoc_client.cli.lazy import LazyGroup
from pandadoc_client.cli.profiles.selection import ProfileName

__all__ = ["app", "run"]

_PLACES = (
    ("login", "oauth.login", "login", "Get consent in the browser, and store the token."),
    ("status", "oauth.login", "status", "Show who is logged in, and for how long."),
    ("token", "oauth.login", "token", "Print a valid access token, for scripts."),
    ("refresh", "oauth.login", "refresh", "Refresh the stored token now."),
    ("logout", "oauth.login", "logout", "Forget the stored token."),
    ("whoami", "oauth.login", "whoami", "Print whose credential it is."),
    ("profile", "profiles.command", "app", "Named settings: host, region and credential."),
    ("tokens", "oauth.tokens", "app", "The accounts in the token store."),
    ("documents", "documents.command", "app", "List, create, upload, send, download, delete documents; wait for them."),
    ("open", "documents.browse", "open_document", "Open the page of a document in the browser."),
    ("templates", "templates", "app", "Take templates from an account to the emulator."),
    ("api", "api.command", "app", "Call any operation of the API."),
    ("logs", "logs", "app", "Follow the API's log of requests."),
    ("webhooks", "webhooks.command", "app", "Receive webhooks on this machine, and send some."),
    ("emulator", "emulator", "emulator", "Run a PandaDoc on this machine."),
    ("probe", "probe.command", "probe", "Compare the emulator with an account."),
    ("demo", "demo.command", "demo", "Walk through OAuth 2.0 against an emulator."),
    ("auth", "oauth.auth", "app", "The steps of OAuth 2.0, one by one."),
    ("completion", "completion", "completion", "Make a shell complete commands."),
)


class _Commands(LazyGroup):
    """The commands, each imported when it is run."""

    def __init__(self, **settings: Any) -> None:
        places = ((name, f"pandadoc_client.cli.{module}", target, text) for name, module, target, text in _PLACES)
        super().__init__(places, **settings)


app = typer.Typer(
    name="pandadoc",
    cls=_Commands,
    add_completion=False,
    pretty_exceptions_enable=False,  # they show local variables, and with them secrets
    rich_markup_mode=None,  # plain help reads the same in a terminal, in a pipe and in 40 columns
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"pandadoc {__version__}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def pandadoc(
    context: typer.Context,
    profile: ProfileName = None,
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    """PandaDoc from the command line: documents, every call of the API, webhooks, tokens that stay valid.

    \b
    pandadoc login                                consent in the browser; the token is stored
    pandadoc status                               who is logged in, and for how long
    pandadoc profile add sandbox --api-key -      host and credential under a name: --profile sandbox
    pandadoc documents list --status completed    what there is
    pandadoc documents upload contract.pdf        a document from a file
    pandadoc documents send ID                    to its recipients, as soon as it is ready
    pandadoc documents download ID                as a PDF file
    pandadoc open ID                              its page, in the browser
    pandadoc api --list                           all operations
    pandadoc api list-templates --q invoice       any of them; --json, --jq, --csv
    pandadoc logs tail                            what the API logs of requests, as it comes
    pandadoc webhooks listen --forward URL        deliveries, verified, to your program
    pandadoc token                                a valid access token, for scripts
    pandadoc tokens refresh-due                   refresh what ends soon, of all accounts
    pandadoc emulator --port 8000                 a PandaDoc to develop against
    pandadoc templates export ID                  a template of yours, for the emulator
    pandadoc probe                                where the emulator differs from your account
    pandadoc demo                                 code, token, API call and refresh
    pandadoc completion --install                 completion for your shell

    Settings come from options, --profile among them, else from PANDADOC_API_KEY, PANDADOC_ACCESS_TOKEN,
    PANDADOC_CLIENT_ID, PANDADOC_CLIENT_SECRET, PANDADOC_REDIRECT_URI, PANDADOC_HOST, PANDADOC_REGION,
    PANDADOC_TOKEN_STORE and PANDADOC_WEBHOOK_KEY, else from the profile of PANDADOC_PROFILE or of "pandadoc profile
    use". Errors are one line on standard error, and JSON on standard output with --json; the exit status is 1 if the
    server or the network said no, 2 if the call was wrong. --debug shows what is sent and received.
    """
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


def run(arguments: list[str]) -> int:
    """Run a command and return its exit status; an error becomes one line on standard error."""
    if sys.stderr is None:  # pyright: ignore[reportUnnecessaryComparison] (closed by whoever started this)
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115 (for as long as the process lives)
    if sys.stdout is None:  # pyright: ignore[reportUnnecessaryComparison]
        # Found before anything is sent: the response to a refresh would be lost.
        _say("standard output is closed")
        return EXIT_FAILURE
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A character that the encoding lacks is shown by its number: no reason to fail.
            stream.reconfigure(errors="backslashreplace")
    with warnings.catch_warnings():
        warnings.showwarning = functools.partial(_show_warning, arguments)
        # In a context of its own: what options have set is gone with the run.
        status = contextvars.copy_context().run(_guarded, arguments)
    return _flushed(status)


def _guarded(arguments: list[str]) -> int:
    try:
        if "_PANDADOC_COMPLETE" in os.environ:  # a shell asks what may come next
            from pandadoc_client.cli.completion import prepare

            prepare()
        status: Any = app(args=arguments, prog_name="pandadoc", standalone_mode=False)
    except BrokenPipeError:
        return 1  # whoever was reading has gone: nobody to tell
    except (KeyboardInterrupt, typer.Abort):
        status = EXIT_INTERRUPTED
    except ModuleNotFoundError:
        raise
    except Exception as error:
        _report(error, arguments)
        return exit_status(error)
    if status == EXIT_INTERRUPTED:
        _report(KeyboardInterrupt(), arguments)
    return status if isinstance(status, int) else 0


def _report(error: BaseException, arguments: list[str]) -> None:
    """Say on standard error what went wrong; with ``--json`` on standard output as well, as a line of JSON."""
    _say(describe(error, arguments))
    options = {each.partition("=")[0] for each in itertools.takewhile(lambda argument: argument != "--", arguments)}
    # Seen as it was typed, since the parser may be what has failed.
    if "--json" in options and "--jq" not in options:
        with contextlib.suppress(OSError):
            print(json.dumps(error_document(error, arguments)), flush=True)


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


def _show_warning(arguments: list[str], message: Warning | str, *_: Any, **__: Any) -> None:
    from pandadoc_client.cli.wording import in_options

    _say(f"warning: {in_options(message, arguments) if isinstance(message, Warning) else message}")
