"""``pandadoc webhooks``: receive and send deliveries on this machine while a program is being written."""

from __future__ import annotations

import os
import socket
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pandadoc_client._http.secrets import hide
from pandadoc_client.cli.errors import EXIT_FAILURE, CommandError
from pandadoc_client.cli.options import AllowInsecure, Json
from pandadoc_client.cli.render import print_json, print_lines
from pandadoc_client.cli.values import SECRET_PLACE, complete_place, secret_at

if TYPE_CHECKING:
    from pandadoc_client.cli.webhooks.listener import Forwarded
    from pandadoc_client.webhooks import Delivery

__all__ = ["app"]

_VARIABLE = "PANDADOC_WEBHOOK_KEY"
_HOST = "127.0.0.1"
_EMULATOR = "http://127.0.0.1:8000"

app = typer.Typer(rich_markup_mode=None, pretty_exceptions_enable=False)


@app.callback(invoke_without_command=True)
def webhooks(context: typer.Context) -> None:
    """Receive webhooks on this machine, or send some to try a receiver.

    \b
    pandadoc webhooks listen --forward http://127.0.0.1:5000/webhooks
    pandadoc webhooks trigger document_state_changed --to http://127.0.0.1:5000/webhooks
    """
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


@app.command("listen")
def listen(
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="TCP port; 0 for a free one.")] = 8766,
    forward: Annotated[
        str | None, typer.Option("--forward", metavar="URL", help="Where to hand on what is PandaDoc's, as it came.")
    ] = None,
    key: Annotated[
        str | None,
        typer.Option(
            "--key",
            metavar="KEY",
            help=f"Shared key of the subscription; {SECRET_PLACE}. As an argument every user of this machine can see"
            f" it: prefer the environment. [env: {_VARIABLE}]",
            autocompletion=complete_place,
        ),
    ] = None,
    allow_insecure: AllowInsecure = False,
    as_json: Json = False,
) -> None:
    """Receive deliveries, verify them, print a line for each event, and hand them on.

    Whatever is posted to http://127.0.0.1:PORT/ with the right signature is printed, and with --forward handed on: the
    same bytes, headers and signature. PandaDoc gets the target's response, or 200; 502 or 504 if the target does not
    answer, 403 if the signature is not right. Only this machine can reach the port: a tunnel of your choice makes it
    public. Ctrl-C ends it.

    \b
    PANDADOC_WEBHOOK_KEY=... pandadoc webhooks listen --forward http://127.0.0.1:5000/webhooks
    pandadoc webhooks listen --key @key.txt --json | jq 'select(.event == "document_state_changed")'

    With --json the first line says where it listens, each further one is an event.
    """
    from pandadoc_client.cli.webhooks import listener as server
    from pandadoc_client.webhooks import sign

    secret = secret_at("--key", key) if key is not None else hide(os.environ.get(_VARIABLE, ""))
    if not secret:
        raise CommandError(f"no shared key: set {_VARIABLE}, or give --key @FILE (- for standard input)")
    sign(b"", secret)  # refuses what is no key
    if forward is not None:
        _check_target(forward, allow_insecure=allow_insecure)
    opened = _open(port)
    url = f"http://{_HOST}:{opened.getsockname()[1]}/"
    if as_json:
        print_json({"url": url, "forward": forward}, indent=None)
    else:
        to = "" if forward is None else f", handing on to {forward}"
        print_lines([f"Receiving webhooks at {url}{to} (Ctrl-C ends it)"])

    def show(delivery: Delivery, forwarded: Forwarded | None) -> None:
        _show(delivery, forwarded, as_json=as_json)

    server.listen(opened, key=secret, target=forward, show=show, refuse=_refuse)


@app.command("trigger")
def trigger(
    event: Annotated[str, typer.Argument(metavar="EVENT", help="What has happened, such as document_state_changed.")],
    to: Annotated[
        str | None, typer.Option("--to", metavar="URL", help="Send it there, and not to the emulator's subscriptions.")
    ] = None,
    document: Annotated[
        str | None, typer.Option("--document", metavar="ID", help="The document of the emulator that it is about.")
    ] = None,
    key: Annotated[
        str | None,
        typer.Option(
            "--shared-key",
            "--key",
            metavar="KEY",
            help=f"Shared key that signs what goes to --to; {SECRET_PLACE}. As an argument every user of this"
            f" machine can see it: prefer the environment. [env: {_VARIABLE}]",
            autocompletion=complete_place,
        ),
    ] = None,
    host: Annotated[
        str | None,
        typer.Option("--host", metavar="URL", help=f"URL of the emulator. [env: PANDADOC_HOST] [default: {_EMULATOR}]"),
    ] = None,
    timeout: Annotated[
        float, typer.Option("--timeout", metavar="SECONDS", help="How long the receiver may take.")
    ] = 20.0,
    allow_insecure: AllowInsecure = False,
    as_json: Json = False,
) -> None:
    """Send a signed delivery of an event, as if it had happened.

    It goes to the subscriptions of a running emulator that are for this event, signed with the key of each; or, with
    --to, straight to a URL, signed with the shared key. The data is of --document, of the latest document that fits, or
    made up. The exit status is 1 unless every receiver answers with a 2xx.

    \b
    pandadoc webhooks trigger document_state_changed
    pandadoc webhooks trigger recipient_completed --document ID
    pandadoc webhooks trigger quote_updated --to http://127.0.0.1:5000/webhooks --shared-key @key.txt
    """
    from pandadoc_client.cli.webhooks import triggering
    from pandadoc_client.emulator.service.webhooks.trigger import check_trigger

    try:
        check_trigger(event)
    except ValueError as error:
        raise CommandError(str(error)) from None
    if not 0 < timeout < 1e9:
        raise CommandError("--timeout must be a number of seconds above 0")
    base = triggering.emulator_at(host or os.environ.get("PANDADOC_HOST") or _EMULATOR)
    if to is None:
        if key is not None:
            raise CommandError("--shared-key goes with --to: the emulator signs with the key of each subscription")
        outcomes = triggering.to_subscriptions(base, event, document, timeout)
    else:
        _check_target(to, allow_insecure=allow_insecure, option="--to")
        outcomes = [triggering.to_url(base, event, document, to, _shared_key(key), timeout)]
    triggering.show(event, outcomes, as_json=as_json)
    if not all(outcome.is_success for outcome in outcomes):
        raise typer.Exit(EXIT_FAILURE)


def _shared_key(given: str | None) -> str:
    """Return the shared key: what the option or the environment has, or what a person types unseen."""
    from pandadoc_client.cli.inputs import is_interactive, pasted
    from pandadoc_client.webhooks import sign

    secret: str = secret_at("--shared-key", given) if given is not None else hide(os.environ.get(_VARIABLE, ""))
    if not secret and is_interactive():
        secret = hide(pasted("shared key"))
    if not secret:
        raise CommandError(f"no shared key: set {_VARIABLE}, or give --shared-key @FILE (- for standard input)")
    sign(b"", secret)  # refuses what is no key
    return secret


def _check_target(url: str, *, allow_insecure: bool, option: str = "--forward") -> None:
    """Refuse a URL that deliveries cannot, or should not, be sent to."""
    import httpx

    from pandadoc_client._http.network import is_loopback, permits_insecure

    try:
        parts = httpx.URL(url)
    except httpx.InvalidURL:
        parts = httpx.URL()
    is_port = parts.port is None or 0 < parts.port < 65_536
    if not (parts.host and is_port and parts.scheme in ("http", "https")) or parts.fragment:
        raise CommandError(f"{option} must be a URL such as http://127.0.0.1:5000/webhooks")
    elsewhere = parts.scheme == "http" and not is_loopback(parts.host)
    if elsewhere and not permits_insecure(parts.host, allow_insecure):
        raise CommandError(
            f"{option}: plain http to another machine would show the documents; --allow-insecure permits it"
        )


def _open(port: int) -> socket.socket:
    from pandadoc_client.cli.emulator import listen_problem

    opened = socket.socket()
    try:
        if sys.platform == "win32":
            opened.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        else:
            opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        opened.bind((_HOST, port))
        opened.listen()
    except OSError as error:
        opened.close()
        raise listen_problem(error, _HOST, port) from None
    return opened


def _refuse(reason: str) -> None:
    print(f"pandadoc: refused a delivery: {reason}", file=sys.stderr, flush=True)


def _show(delivery: Delivery, forwarded: Forwarded | None, *, as_json: bool) -> None:
    """Print what a delivery brought, a line for each event."""
    now = datetime.now(UTC)
    if as_json:
        for event in delivery:
            print_json(
                {
                    "received_at": now.isoformat(),
                    "delivery": delivery.id,
                    "event": event.event,
                    "document_id": event.document_id,
                    "status": event.status,
                    "data": event.data,
                    "forwarded": _document(forwarded),
                },
                indent=None,
            )
        return
    from pandadoc_client.cli.responses import shown

    outcome = "" if forwarded is None else f"  -> {forwarded.status or forwarded.problem}"
    took = "" if forwarded is None else f" in {forwarded.milliseconds:.0f} ms"
    for event in delivery:
        about = [event.event or "(no event)", event.document_id or event.id, event.status, event.name]
        line = "  ".join(shown(part) for part in about if part)
        print_lines([f"{now.astimezone():%H:%M:%S}  {line}{outcome}{took}"])


def _document(forwarded: Forwarded | None) -> dict[str, Any] | None:
    if forwarded is None:
        return None
    problem = forwarded.problem or None
    return {"status": forwarded.status, "milliseconds": round(forwarded.milliseconds, 1), "problem": problem}
