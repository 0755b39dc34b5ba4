"""A server that records what it is sent, and one way to call either OAuth client."""

from __future__ import annotations

import asyncio
import json
import threading
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Protocol, Self

from pandadoc_client import exceptions
from pandadoc_client.exceptions import OAuthError
from pandadoc_client.oauth import AsyncOAuthClient, AuthorizationRequest, OAuthClient, Token

CLIENT_ID = "id-0123456789"
CLIENT_SECRET = "s3cr3t+/~ é%"
TOKEN_ANSWER: dict[str, Any] = {
    "access_token": "access-aaaaaaaa",
    "token_type": "Bearer",
    "expires_in": 31535999,
    "scope": "read+write",
    "refresh_token": "refresh-bbbbbbbb",
}


ERROR_CLASSES: dict[str, type[OAuthError]] = {
    "access_denied": exceptions.AccessDeniedError,
    "invalid_client": exceptions.InvalidClientError,
    "invalid_grant": exceptions.InvalidGrantError,
    "invalid_request": exceptions.InvalidRequestError,
    "invalid_scope": exceptions.InvalidScopeError,
    "server_error": exceptions.AuthorizationServerError,
    "temporarily_unavailable": exceptions.TemporarilyUnavailableError,
    "unauthorized_client": exceptions.UnauthorizedClientError,
    "unsupported_grant_type": exceptions.UnsupportedGrantTypeError,
    "unsupported_response_type": exceptions.UnsupportedResponseTypeError,
}


@dataclass(frozen=True)
class Answer:
    """What the server says next; `hang` makes it wait with the response until the server stops."""

    status: int = 200
    body: bytes = json.dumps(TOKEN_ANSWER).encode()
    headers: Mapping[str, str] = field(default_factory=lambda: {"Content-Type": "application/json"})
    hang: bool = False
    drop: bool = False

    @classmethod
    def json(cls, status: int, body: Any) -> Answer:
        return cls(status, json.dumps(body).encode())


@dataclass(frozen=True)
class Recorded:
    """A request as it came over the wire."""

    method: str
    target: str
    headers: list[tuple[str, str]]
    body: bytes

    def header(self, name: str) -> list[str]:
        return [value for key, value in self.headers if key.lower() == name]


class RecordingServer:
    """Answers with what was put into `answers`, else with a token; keeps every request."""

    def __init__(self) -> None:
        self.requests: list[Recorded] = []
        self.answers: deque[Answer] = deque()
        self._released = threading.Event()
        recorder = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                recorder.handle(self)

            def do_GET(self) -> None:
                recorder.handle(self)

            def log_message(self, format: str, *args: Any) -> None:
                """Say nothing: the output of a test is no log."""

        class Server(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, request: Any, client_address: Any) -> None:
                """Say nothing: a client that hangs up is what some tests are about."""

        self._server = Server(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def handle(self, handler: BaseHTTPRequestHandler) -> None:
        body = handler.rfile.read(int(handler.headers.get("Content-Length") or 0))
        self.requests.append(Recorded(handler.command, handler.path, list(handler.headers.items()), body))
        answer = self.answers.popleft() if self.answers else Answer()
        if answer.hang:
            self._released.wait(30)
        if answer.drop:
            handler.close_connection = True
            return
        handler.send_response(answer.status)
        for name, value in answer.headers.items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(answer.body)))
        handler.end_headers()
        handler.wfile.write(answer.body)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._released.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class Blocking(Protocol):
    """Either client, called the same way."""

    def authorization_url(self, scope: str = ..., state: str | None = ...) -> AuthorizationRequest: ...

    def parse_callback(self, url: str, state: str) -> str: ...

    def exchange_code(self, code: str, scope: str = ...) -> Token: ...

    def refresh(self, token: Token | str, *, scope: str | None = ...) -> Token: ...

    def close(self) -> None: ...


class BlockingAsync:
    """An `AsyncOAuthClient` on an event loop of its own, with the methods of an `OAuthClient`."""

    def __init__(self, client: AsyncOAuthClient) -> None:
        self.client = client
        self._runner = asyncio.Runner()
        self.authorization_url = client.authorization_url
        self.parse_callback = client.parse_callback

    def exchange_code(self, code: str, scope: str = "read+write") -> Token:
        return self._runner.run(self.client.exchange_code(code, scope))

    def refresh(self, token: Token | str, *, scope: str | None = None) -> Token:
        return self._runner.run(self.client.refresh(token, scope=scope))

    def close(self) -> None:
        self._runner.run(self.client.close())

    def dispose(self) -> None:
        self._runner.run(self.client.aclose())
        self._runner.close()

    def __repr__(self) -> str:
        return repr(self.client)


MakeClient = Callable[..., Blocking]


def make_sync(**options: Any) -> OAuthClient:
    return OAuthClient(**options)


def make_async(**options: Any) -> BlockingAsync:
    return BlockingAsync(AsyncOAuthClient(**options))
