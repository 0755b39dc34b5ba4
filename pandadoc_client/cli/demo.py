"""``pandadoc demo``: consent, exchange, call, refresh and call again, over real HTTP against the emulator."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from typing import Annotated, Any

import httpx
import typer
from rich.console import Console

from pandadoc_client.api.members_api import MembersApi
from pandadoc_client.api_client import ApiClient
from pandadoc_client.cli.errors import EXIT_FAILURE, CommandError
from pandadoc_client.cli.options import Json
from pandadoc_client.cli.render import (
    mask_header,
    mask_json,
    mask_query,
    mask_url,
    new_console,
    new_table,
    print_json,
)
from pandadoc_client.configuration import Configuration
from pandadoc_client.emulator import Emulator
from pandadoc_client.exceptions import UnauthorizedException
from pandadoc_client.oauth import OAuthClient, Token

__all__ = ["demo"]

_SHOWN_HEADERS = ("authorization", "content-type", "location", "cache-control")
_CALLBACK = "http://127.0.0.1:8765/callback"


@dataclass(slots=True)
class _Step:
    """One step, with the exchange that it made; everything in it is masked.

    Attributes:
        title: What happens.
        exchange: Request and answer; empty for a step without one.
        milliseconds: How long it took.
        result: What came of it.
    """

    title: str
    exchange: dict[str, Any] = field(default_factory=dict)
    milliseconds: float = 0.0
    result: str = ""

    def document(self) -> dict[str, Any]:
        return {"step": self.title, **self.exchange, "ms": round(self.milliseconds, 1), "result": self.result}


class _Recorder(httpx.Auth):
    """Keeps the last exchange that went through it, masked.

    It is an ``httpx.Auth`` because that is what a `Configuration` takes, and adds no credential.
    """

    requires_response_body = True

    def __init__(self) -> None:
        self.exchange: dict[str, Any] = {}

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        self.record((yield request))

    def record(self, response: httpx.Response) -> None:
        """Keep the exchange that ended with *response*."""
        request = response.request
        response.read()
        self.exchange = {
            "request": {
                "method": request.method,
                "url": mask_url(str(request.url)),
                "headers": _headers(request.headers),
                "body": mask_query(request.content.decode()) or None,
            },
            "answer": {
                "status": response.status_code,
                "headers": _headers(response.headers),
                "body": _body(response),
            },
        }


def _headers(headers: httpx.Headers) -> dict[str, str]:
    return {name: mask_header(name, headers[name]) for name in _SHOWN_HEADERS if name in headers}


def _body(response: httpx.Response) -> Any:
    if "json" not in response.headers.get("content-type", ""):
        return None
    return mask_json(response.json())


class _Demo:
    """The walk, step by step. Each step shows itself when it is done."""

    def __init__(self, emulator: Emulator, show: Callable[[_Step], None]) -> None:
        self.steps: list[_Step] = []
        self._emulator = emulator
        self._show = show
        self._recorder = _Recorder()
        self._http = httpx.Client(event_hooks={"response": [self._recorder.record]}, trust_env=False)
        self._configuration = Configuration(host=emulator.url, auth=self._recorder)

    def run(self) -> None:
        """Take all the steps.

        Raises:
            CommandError: One did not end as it should.
        """
        emulator = self._emulator
        client = OAuthClient(
            emulator.client_id, emulator.client_secret, _CALLBACK, host=emulator.url, http_client=self._http
        )
        with self._http, client, ApiClient(self._configuration) as api_client:
            api = MembersApi(api_client)
            request = client.authorization_url()

            def consent() -> str:
                return self._http.get(f"{request.url}&auto=approve").headers["location"]

            callback = self._step("consent", consent, lambda _: "the person approved and was sent back")
            code = self._step(
                "callback", lambda: client.parse_callback(callback, request.state), lambda _: "the state is ours"
            )
            token = self._step("exchange the code", lambda: client.exchange_code(code), _about)
            self._call(api, "use the token", token)
            renewed = self._step("refresh", lambda: client.refresh(token), _about)
            self._step("use the old token", lambda: self._refused(api), lambda text: text)
            self._call(api, "use the new token", renewed)

    def _call(self, api: MembersApi, title: str, token: Token) -> None:
        self._configuration.access_token = token.access_token
        self._step(title, api.details_current_member, lambda member: f"{member.email} in {member.workspace_name}")

    def _refused(self, api: MembersApi) -> str:
        try:
            api.details_current_member()
        except UnauthorizedException:
            return "refused, as it should be: the refresh ended it"
        raise CommandError("the demo expected the old token to be refused", EXIT_FAILURE)

    def _step(self, title: str, act: Callable[[], Any], about: Callable[[Any], str]) -> Any:
        self._recorder.exchange = {}
        started = time.perf_counter()
        value = act()
        milliseconds = (time.perf_counter() - started) * 1000
        step = _Step(title, self._recorder.exchange, milliseconds, about(value))
        self.steps.append(step)
        self._show(step)
        return value


def _about(token: Token) -> str:
    days = (token.expires_in or 0) / 86400
    return f"a {token.token_type} token for {token.scope}, good for {days:.0f} days"


def demo(
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="Port of the emulator; 0 for a free one.")] = 0,
    as_json: Json = False,
) -> None:
    """Show a code become a token, the token used, refreshed and used again.

    Starts the emulator, talks to it over HTTP as to the real service, and shows each request and answer with its
    secrets masked. It needs no account and no network.
    """
    console = new_console()
    with Emulator(port=port) as emulator:
        if not as_json:
            console.print(f"A PandaDoc for this demo listens at {emulator.url}")
        walk = _Demo(emulator, (lambda _: None) if as_json else lambda step: _print_step(console, step))
        walk.run()
    if as_json:
        print_json({"steps": [step.document() for step in walk.steps]})
        return
    _print_summary(console, walk.steps)


def _print_step(console: Console, step: _Step) -> None:
    console.print(f"\n{step.title}", style="bold")
    if step.exchange:
        request, answer = step.exchange["request"], step.exchange["answer"]
        console.print(f"> {request['method']} {request['url']}", style="cyan", soft_wrap=True)
        _print_message(console, ">", request)
        console.print(f"< {answer['status']}", style="green" if answer["status"] < 400 else "yellow")
        _print_message(console, "<", answer)
    console.print(f"= {step.result}")


def _print_message(console: Console, mark: str, message: dict[str, Any]) -> None:
    for name, value in message["headers"].items():
        console.print(f"{mark} {name}: {value}", soft_wrap=True)
    body = message["body"]
    if body is not None:
        console.print(f"{mark} {body if isinstance(body, str) else json.dumps(body)}", soft_wrap=True)


def _print_summary(console: Console, steps: list[_Step]) -> None:
    table = new_table("step", "request", "status", "ms", "result", title="Summary")
    for step in steps:
        request = step.exchange.get("request")
        path = "" if request is None else httpx.URL(request["url"]).path
        table.add_row(
            step.title,
            "" if request is None else f"{request['method']} {path}",
            "" if request is None else str(step.exchange["answer"]["status"]),
            f"{step.milliseconds:.0f}",
            step.result,
        )
    console.print()
    console.print(table)
