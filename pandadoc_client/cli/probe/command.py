"""``pandadoc probe``: compare the emulator with an account."""

from __future__ import annotations

import json
import os
import secrets
import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pandadoc_client.cli.access import Access, with_access
from pandadoc_client.cli.errors import EXIT_FAILURE, EXIT_USAGE, CommandError, describe
from pandadoc_client.cli.options import Json
from pandadoc_client.cli.render import print_json, print_lines
from pandadoc_client.cli.values import SECRET_PLACE, complete_place, secret_at

if TYPE_CHECKING:
    from pandadoc_client.cli.probe.report import Report
    from pandadoc_client.cli.probe.side import Side
    from pandadoc_client.cli.probe.steps import Step
    from pandadoc_client.client import PandaDoc

__all__ = ["compare_sides", "probe"]

_A_MINUTE = 8  # a sandbox lets through ten


def _probe(
    write: Annotated[
        bool,
        typer.Option(
            "--write",
            help="Also create a document, a template and a contact, take them through their lives, and delete them: for"
            " a sandbox. Nobody gets a message.",
        ),
    ] = False,
    against: Annotated[
        str | None,
        typer.Option("--against", metavar="URL", help="Compare with the emulator there, and not with one of its own."),
    ] = None,
    against_api_key: Annotated[
        str | None,
        typer.Option(
            "--against-api-key",
            metavar="KEY",
            help=f"API key for --against; {SECRET_PLACE}.",
            autocompletion=complete_place,
        ),
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="Write the report there, as JSON.")
    ] = None,
    within: Annotated[
        float, typer.Option("--within", metavar="SECONDS", help="How long the probe may take.", min=1)
    ] = 600.0,
    as_json: Json = False,
    *,
    access: Access,
) -> None:
    """Send harmless requests to your account and to the emulator, and report where the responses differ.

    Only reads, unless --write is given. Statuses, some headers, and the shapes of bodies are compared. The report has
    names of members and types; no value from the account is in it, but statuses and other words of the API itself.
    Attach it to an issue, so that the emulator can be mended.

    \b
    pandadoc probe
    pandadoc probe --write --api-key @sandbox-key.txt --output report.json

    An operation is called eight times a minute at the most, fewer than a sandbox allows. With the id and the secret of
    an application the token endpoint is asked, too, with made-up codes; a stored refresh token is never used.

    The exit status is 0 if nothing differs, 1 if something does, 2 if the comparison could not be made.
    """
    if (against is None) != (against_api_key is None):
        raise CommandError("--against URL and --against-api-key KEY go together")
    key = None if against_api_key is None else secret_at("--against-api-key", against_api_key)
    application = _application(access)
    try:
        report = _carry_out(access, application, against, key, write=write, within=within)
    except CommandError as error:
        raise CommandError(str(error)) from error  # 1 is for differences
    except Exception as error:
        raise CommandError(describe(error)) from error
    if output is not None:
        _save(output, report)
    if as_json:
        print_json(report.to_dict())
    else:
        print_lines(report.lines())
    if report.differences:
        raise typer.Exit(EXIT_FAILURE)
    if report.unfinished or not report.compared:
        raise typer.Exit(EXIT_USAGE)


probe = with_access(_probe)


def _application(access: Access) -> tuple[str | None, str | None]:
    """Return id and secret of the application, if both are given."""
    from pandadoc_client.cli.inputs import Connection

    client_id = access.client_id or os.environ.get("PANDADOC_CLIENT_ID") or None
    if client_id is None:
        return None, None
    connection = Connection(client_id=client_id, client_secret_file=access.client_secret_file)
    return client_id, connection.find_secret()


def _carry_out(
    access: Access,
    application: tuple[str | None, str | None],
    against: str | None,
    against_key: str | None,
    *,
    write: bool,
    within: float,
) -> Report:
    from pandadoc_client.cli.probe.side import Side
    from pandadoc_client.cli.probe.steps import STEPS

    run = f"pandadoc-probe-{secrets.token_hex(4)}"
    with ExitStack() as opened:
        opened.enter_context(_terminated_as_interrupted())
        client = opened.enter_context(access.open())
        account = Side(client, _pace(client, within), run, client_id=application[0], client_secret=application[1])
        other = opened.enter_context(_emulator_client(against, against_key, access))
        if against is None:
            from pandadoc_client.emulator import DEFAULT_CLIENT

            client_id, client_secret = DEFAULT_CLIENT.client_id, DEFAULT_CLIENT.client_secret
            emulator = Side(other, _pace(other, within), run, client_id=client_id, client_secret=client_secret)
        else:
            emulator = Side(other, _pace(other, within), run)
        return compare_sides(account, emulator, [step for step in STEPS if write or not step.writes])


def compare_sides(account: Side, emulator: Side, steps: Sequence[Step]) -> Report:
    """Carry out steps on both sides and compare; whatever happens, what they create is deleted in the end.

    Raises:
        CommandError: the account does not let the program in.
        ApiConnectionError: one of them did not respond.
    """
    from pandadoc_client.cli.probe.comparing import compare
    from pandadoc_client.cli.probe.pace import OutOfTime
    from pandadoc_client.cli.probe.report import Report
    from pandadoc_client.cli.probe.shapes import Seen

    report = Report()
    seen = Seen()
    try:
        for step in steps:
            lacking = [(name, side.lacks(step)) for name, side in (("account", account), ("emulator", emulator))]
            reasons = [f"no ${what} on the side of the {name}" for name, what in lacking if what]
            if report.unfinished:
                reasons = ["no time was left"]
            if reasons:
                report.omitted.append((step, "; ".join(reasons)))
                continue
            try:
                observed = account.observe(step)
                seen.add(account.sent)
                expected = emulator.observe(step)
            except OutOfTime:
                report.unfinished = "the time that --within allows was over"
                report.omitted.append((step, "no time was left"))
                continue
            if not report.compared and step.credential == "own" and observed.status == 401:
                raise CommandError("the account does not accept the credential (HTTP 401)")
            report.compared.append(step)
            found = compare(observed, expected, exact=step.exact, shown=seen.shown)
            report.differences += [(step, one) for one in found]
    finally:
        with _uninterrupted():
            left = [one for side in (account, emulator) for one in side.cleanup()]
        for operation, created in left:
            print(
                f"pandadoc: still there, delete it yourself: pandadoc api {operation} --id {created}", file=sys.stderr
            )
    return report


def _pace(client: PandaDoc, within: float) -> Any:
    from urllib.parse import urlsplit

    from pandadoc_client._http.network import is_loopback
    from pandadoc_client.cli.probe.pace import Pace

    # An emulator on this machine need not be spared.
    spared = not is_loopback(urlsplit(client.configuration.host).hostname or "")
    return Pace(_A_MINUTE if spared else None, within)


@contextmanager
def _emulator_client(against: str | None, key: str | None, access: Access) -> Iterator[PandaDoc]:
    from pandadoc_client.client import PandaDoc

    with ExitStack() as opened:
        if against is None:
            from pandadoc_client.emulator import Emulator

            running = opened.enter_context(Emulator(seed_data=True))
            against, key = running.url, running.api_key
        yield opened.enter_context(
            PandaDoc(api_key=key, host=against, timeout=access.timeout, allow_insecure=access.allow_insecure)
        )


@contextmanager
def _terminated_as_interrupted() -> Iterator[None]:
    """Let SIGTERM do what Ctrl-C does, so that what was created is deleted."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """Let what cleans up come to its end, whoever is impatient; it is short, and its requests have limits."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.signal(number, signal.SIG_IGN) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _save(output: Path, report: Report) -> None:
    try:
        output.write_text(json.dumps(report.to_dict(), indent=2) + "\n", encoding="utf-8")
    except OSError as error:
        raise CommandError(f"--output: cannot write {output}: {error.strerror}") from None
