"""``pandadoc emulator``: a PandaDoc on this machine, in the foreground."""

from __future__ import annotations

import errno
import shlex
import socket
from collections.abc import Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Annotated, Any

import typer

from pandadoc_client.cli.errors import EXIT_FAILURE, CommandError, describe
from pandadoc_client.cli.options import Json
from pandadoc_client.cli.render import print_json, print_lines
from pandadoc_client.emulator.behaviour import Behaviour
from pandadoc_client.emulator.faults import Fault, load_faults
from pandadoc_client.emulator.options import (
    DEFAULT_API_KEY,
    DEFAULT_CLIENT,
    DEFAULT_WEBHOOK_DELAYS,
    ClientRegistration,
    EmulatorMode,
    EmulatorOptions,
    RateLimits,
    RotationMode,
)

__all__ = ["emulator", "listen_problem"]


def emulator(
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="TCP port; 0 for a free one.")] = 8000,
    host: Annotated[str, typer.Option("--host", help="Name or address to listen on.")] = "127.0.0.1",
    allow_remote: Annotated[
        bool, typer.Option("--allow-remote", help="Permit a host that other machines can reach.")
    ] = False,
    client: Annotated[
        list[str] | None,
        typer.Option(
            "--client",
            metavar="ID:SECRET[@REDIRECT_URI]",
            help="An application, made up; may be repeated. Without a redirect URI any on loopback is accepted."
            f" [default: {DEFAULT_CLIENT.client_id}:{DEFAULT_CLIENT.client_secret}]",
        ),
    ] = None,
    api_key: Annotated[
        list[str] | None,
        typer.Option(
            "--api-key", metavar="KEY", help=f"An API key, made up; may be repeated. [default: {DEFAULT_API_KEY}]"
        ),
    ] = None,
    token_lifetime: Annotated[
        int, typer.Option("--token-lifetime", metavar="SECONDS", min=0, help="How long an access token lives.")
    ] = 31_535_999,
    rotation: Annotated[
        RotationMode, typer.Option("--rotation", help="What becomes of a refresh token that was used.")
    ] = RotationMode.STRICT,
    latency: Annotated[
        float, typer.Option("--latency", metavar="SECONDS", help="How long every request waits first.")
    ] = 0.0,
    faults: Annotated[
        Path | None, typer.Option("--faults", metavar="FILE", help="A fault script: what shall go wrong, as JSON.")
    ] = None,
    mode: Annotated[
        EmulatorMode,
        typer.Option("--mode", help="Whether the API remembers what was created, or answers with examples."),
    ] = EmulatorMode.STATE,
    state: Annotated[
        Path | None,
        typer.Option("--state", metavar="FILE", help="Keep what was created in this file, made if it is not there."),
    ] = None,
    seed_data: Annotated[
        bool, typer.Option("--seed-data", help="Begin with templates, documents, contacts and products.")
    ] = False,
    imported: Annotated[
        list[Path] | None,
        typer.Option(
            "--import",
            metavar="FILE|FOLDER",
            help="Begin with this template, or with those in this folder, as pandadoc templates export writes them; may"
            " be repeated.",
        ),
    ] = None,
    seed: Annotated[
        str,
        typer.Option("--seed", metavar="TEXT", help="What identifiers are made from."),
    ] = "0",
    processing_delay: Annotated[
        float,
        typer.Option("--processing-delay", metavar="SECONDS", help="How long a new document is document.uploaded."),
    ] = 3.0,
    render_delay: Annotated[
        float,
        typer.Option("--render-delay", metavar="SECONDS", help="How long the PDF of a completed document takes."),
    ] = 2.0,
    webhook_delay: Annotated[
        list[float] | None,
        typer.Option(
            "--webhook-delay",
            metavar="SECONDS",
            help="How long until a webhook that was not taken is sent again; repeat it for further attempts."
            f" [default: {', '.join(f'{delay:g}' for delay in DEFAULT_WEBHOOK_DELAYS)}]",
        ),
    ] = None,
    behaviour: Annotated[
        list[str] | None,
        typer.Option(
            "--behaviour",
            metavar="NAME=VALUE",
            help="What is guessed of the service, such as unknown-names=refuse; may be repeated."
            f" There are {', '.join(one.name.replace('_', '-') for one in fields(Behaviour))}.",
        ),
    ] = None,
    rate_limits: Annotated[
        RateLimits, typer.Option("--rate-limits", help="How many requests a minute are let through.")
    ] = RateLimits.OFF,
    allowed_host: Annotated[
        list[str] | None,
        typer.Option(
            "--allowed-host",
            metavar="NAME",
            help="A name of this machine that requests may use, such as that of a container; may be repeated.",
        ),
    ] = None,
    record: Annotated[
        Path | None,
        typer.Option("--record", metavar="FILE", help="Keep requests to the API with their responses, secrets masked."),
    ] = None,
    replay: Annotated[
        Path | None, typer.Option("--replay", metavar="FILE", help="Answer with what --record has kept.")
    ] = None,
    journal_entries: Annotated[
        int, typer.Option("--journal-entries", min=1, help="Requests that the journal keeps; the oldest go first.")
    ] = 10_000,
    journal_bytes: Annotated[int, typer.Option("--journal-bytes", min=1, help="Bytes that it keeps of them.")] = 64
    * 1024
    * 1024,
    as_json: Json = False,
) -> None:
    """Run a PandaDoc on this machine: consent page, token endpoint, and the API with a memory.

    Prints where it is and the settings to paste, then serves until Ctrl-C. With --json these are one line of JSON.

    \b
    pandadoc emulator
    pandadoc emulator --port 0 --token-lifetime 60 --json
    pandadoc emulator --client my-app:my-secret@http://localhost:5000/callback
    pandadoc emulator --seed-data --state documents.db
    pandadoc emulator --import templates/
    pandadoc emulator --record offers.jsonl

    A fault script is a list of objects, each for the next request to a path:

    \b
    [{"kind": "rate-limit", "retry_after": 2}, {"kind": "reset-after", "times": 2}]
    """
    # The server, which other commands need not load.
    from pandadoc_client.emulator import Emulator, RecordFileError, serve
    from pandadoc_client.emulator.service.storage import StateFileError

    try:
        options = EmulatorOptions(
            clients=tuple(ClientRegistration.parse(text) for text in client or ()) or (DEFAULT_CLIENT,),
            api_keys=tuple(api_key or (DEFAULT_API_KEY,)),
            token_lifetime=token_lifetime,
            rotation=rotation,
            latency=latency,
            faults=_faults(faults),
            mode=mode,
            state_file=state,
            seed_data=seed_data,
            templates=_templates(imported or ()),
            seed=seed,
            processing_delay=processing_delay,
            render_delay=render_delay,
            webhook_delays=tuple(webhook_delay or DEFAULT_WEBHOOK_DELAYS),
            behaviour=Behaviour.parse(dict(_pair(text) for text in behaviour or ())),
            rate_limits=rate_limits,
            allow_remote=allow_remote,
            allowed_hosts=tuple(allowed_host or ()),
            record=record,
            replay=replay,
            journal_entries=journal_entries,
            journal_bytes=journal_bytes,
        )
    except ValueError as error:
        raise CommandError(str(error)) from None

    def announce(running: Emulator) -> None:
        settings = {
            "PANDADOC_HOST": running.url,
            "PANDADOC_CLIENT_ID": running.client_id,
            "PANDADOC_CLIENT_SECRET": running.client_secret,
            "PANDADOC_REDIRECT_URI": running.announced_redirect_uri,
            "PANDADOC_API_KEY": running.api_key,
        }
        if as_json:
            endpoints = {"authorize": running.authorize_url, "token": running.token_url}
            print_json({"url": running.url, "endpoints": endpoints, "settings": settings}, indent=None)
            return
        exports = [f"export {name}={shlex.quote(value)}" for name, value in settings.items()]
        print_lines([f"PandaDoc emulator at {running.url} (Ctrl-C ends it)", "", *exports, ""])

    try:
        serve(options, host=host, port=port, on_ready=announce)
    except BrokenPipeError:
        raise
    except (StateFileError, RecordFileError) as error:
        raise CommandError(str(error), EXIT_FAILURE) from None
    except OSError as error:
        raise listen_problem(error, host, port) from None
    except ValueError as error:
        raise CommandError(str(error).replace("set allow_remote to mean it", "--allow-remote permits it")) from None


def listen_problem(error: OSError, host: str, port: int) -> CommandError:
    """Return what to say when the emulator could not listen."""
    if error.errno == errno.EADDRINUSE:
        return CommandError(f"port {port} is in use; choose another with --port, or 0 for a free one", EXIT_FAILURE)
    if isinstance(error, socket.gaierror):
        return CommandError(f"cannot listen on {host}: unknown host")
    return CommandError(f"cannot listen on {host} port {port}: {describe(error)}", EXIT_FAILURE)


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise ValueError(f"--behaviour is NAME=VALUE, not {text!r}")
    return name, value


def _faults(path: Path | None) -> tuple[Fault, ...]:
    if path is None:
        return ()
    try:
        return tuple(load_faults(path))
    except OSError as error:
        raise CommandError(f"cannot read the fault script {path}: {error.strerror}") from None


def _templates(paths: Sequence[Path]) -> tuple[Mapping[str, Any], ...]:
    if not paths:
        return ()
    from pandadoc_client.emulator.service.templates.importing import load_templates

    try:
        return tuple(details for path in paths for details in load_templates(path))
    except OSError as error:
        raise CommandError(f"--import: cannot read {error.filename}: {error.strerror}") from None
    except ValueError as error:
        raise CommandError(f"--import: {error}") from None
