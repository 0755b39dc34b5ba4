"""``pandadoc demo``: from consent to a signed document, over real HTTP, on this machine."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from attrs import asdict
from rich.console import Console
from rich.table import Table
from rich.text import Text

from pandadoc_client.cli.demo.steps import Message, Step, walk
from pandadoc_client.cli.emulator import listen_problem
from pandadoc_client.cli.errors import EXIT_FAILURE, CommandError
from pandadoc_client.cli.options import Json
from pandadoc_client.cli.render import new_console, new_table, print_json
from pandadoc_client.emulator import Emulator

__all__ = ["demo", "show"]


def demo(
    port: Annotated[
        int, typer.Option("--port", min=0, max=65535, help="TCP port of the emulator; 0 for a free one.")
    ] = 0,
    as_json: Json = False,
) -> None:
    """Walk through PandaDoc against an emulator: consent, token, call, refresh, document, signature, webhook, PDF.

    Shows every request and answer, secrets masked, and ends with a table. Nothing leaves this machine. The exit status
    is 1 if a step fails; with --json the steps are one JSON document.

    \b
    pandadoc demo
    pandadoc demo --json | jq '.steps[].result'
    """
    host = "127.0.0.1"
    emulator = Emulator(host=host, port=port, mode="state")
    try:
        emulator.start()
    except OSError as error:
        raise listen_problem(error, host, port) from None
    try:
        show(emulator, as_json=as_json)
    finally:
        emulator.stop()


def show(emulator: Emulator, *, as_json: bool) -> None:
    """Walk through the steps against a running emulator, and print them.

    Raises:
        CommandError: A step failed.
    """
    steps: list[Step] = []
    console = None if as_json else new_console()
    if console is not None:
        _print(console, f"PandaDoc emulator at {emulator.url}", "bold")
    for number, step in enumerate(walk(emulator), 1):
        steps.append(step)
        if console is not None:
            _print_step(console, number, step)
    if console is None:
        print_json({"emulator": emulator.url, "ok": steps[-1].ok, "steps": [_document(step) for step in steps]})
    else:
        console.print()
        console.print(_summary(steps))
    if not steps[-1].ok:
        raise CommandError(f"demo: the step {steps[-1].name!r} failed: {steps[-1].result}", EXIT_FAILURE)


def _print_step(console: Console, number: int, step: Step) -> None:
    console.print()
    _print(console, f"{number}. {step.title}", "bold")
    if step.request is not None:
        _print_message(console, "->", step.request, "cyan")
    if step.response is not None:
        _print_message(console, "<-", step.response, "green" if step.ok else "red")
    _print(console, f"   {'=' if step.ok else '!'}  {step.result}", "" if step.ok else "red")


def _print_message(console: Console, arrow: str, message: Message, style: str) -> None:
    _print(console, f"   {arrow} {message.start}", style)
    for name, value in message.headers.items():
        _print(console, f"      {name}: {value}")
    if message.body:
        _print(console, f"      {message.body}")


def _print(console: Console, text: str, style: str = "") -> None:
    console.print(Text(text, style=style), soft_wrap=True)  # so that what is copied has no line breaks of ours


def _summary(steps: list[Step]) -> Table:
    table = new_table("step", "request", "status", "ms", "result", title="Summary")
    for step in steps:
        request = "-" if step.request is None else _path(step.request.start)
        status = "-" if step.status is None else str(step.status)
        result = Text(step.result if step.ok else f"FAILED: {step.result}", style="" if step.ok else "red")
        table.add_row(step.name, Text(request), status, f"{step.milliseconds:.1f}", result)
    return table


def _path(start: str) -> str:
    """Return method and path of ``GET http://host/path?query``."""
    method, _, url = start.partition(" ")
    return f"{method} /{url.partition('?')[0].split('/', 3)[3]}"


def _document(step: Step) -> dict[str, Any]:
    return {**asdict(step), "milliseconds": round(step.milliseconds, 3)}
