"""A token endpoint that does to each request what a test says: rotates at once, late or not at all; answers or not."""

from __future__ import annotations

import json
import threading
from collections import deque
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal, Self
from urllib.parse import parse_qs

from pandadoc_client.oauth import Token

__all__ = ["Step", "TokenServer"]

_PATIENCE = 30.0


@dataclass(frozen=True)
class Step:
    """What is done to a request.

    Attributes:
        rotates: ``"at once"``, ``"late"`` (when `TokenServer.release` is called) or ``"never"``.
        answers: ``"at once"``, ``"late"``, ``"never"`` (the connection stays open), ``"breaks"`` (it is closed),
            ``"garbage"`` (a 200 without JSON), or a status.
    """

    rotates: Literal["at once", "late", "never"] = "at once"
    answers: Literal["at once", "late", "never", "breaks", "garbage"] | int = "at once"


class TokenServer:
    """Issues pairs of tokens, of which the latest is good.

    Args:
        reuse_revokes: Whether a refresh token that is sent twice kills the grant (RFC 9700 §4.14.2).
    """

    def __init__(self, *, reuse_revokes: bool = False) -> None:
        self.steps: deque[Step] = deque()
        self.received: list[str] = []
        """The refresh token of every request, in the order of their coming."""
        self.is_revoked = False
        self._reuse_revokes = reuse_revokes
        self._number = 0
        self._changed = threading.Condition()
        self._released = False
        self._ended = False
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode("ascii")
                outer._handle(self, parse_qs(body)["refresh_token"][0])

            def log_message(self, format: str, *args: Any) -> None:
                """Say nothing: the output of a test is no log."""

        class Server(ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 64

            def handle_error(self, request: Any, client_address: Any) -> None:
                """Say nothing: a client that hangs up is what some tests are about."""

        self._server = Server(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def token(self, *, seconds_left: float = -1) -> Token:
        """Return the pair that is good, as one that is about to end."""
        now = datetime.now(UTC)
        return Token(
            f"access-{self._number}", f"refresh-{self._number}", expires_at=now + timedelta(seconds=seconds_left)
        )

    def is_good(self, token: Token | None) -> bool:
        """Return True if *token* is the latest pair of a grant that lives."""
        return token is not None and not self.is_revoked and token.refresh_token == f"refresh-{self._number}"

    def wait_for(self, count: int) -> None:
        """Wait until so many requests have come."""
        with self._changed:
            assert self._changed.wait_for(lambda: len(self.received) >= count, _PATIENCE)

    def release(self) -> None:
        """Do what was to be done late."""
        with self._changed:
            self._released = True
            self._changed.notify_all()

    def _handle(self, handler: BaseHTTPRequestHandler, refresh_token: str) -> None:
        with self._changed:
            self.received.append(refresh_token)
            step = self.steps.popleft() if self.steps else Step()
            self._changed.notify_all()
            if step.rotates == "late":
                self._changed.wait_for(lambda: self._released or self._ended, _PATIENCE)
            answer = self._answer(refresh_token) if step.rotates != "never" else (400, {"error": "invalid_request"})
            self._changed.notify_all()
            if step.answers == "late":
                self._changed.wait_for(lambda: self._released or self._ended, _PATIENCE)
            if step.answers == "never":
                self._changed.wait_for(lambda: self._ended, _PATIENCE)
            if step.answers in ("never", "breaks") or self._ended:
                handler.close_connection = True
                return
        status, content = (step.answers, {}) if isinstance(step.answers, int) else answer
        body = b"<html>" if step.answers == "garbage" else json.dumps(content).encode()
        handler.send_response(200 if step.answers == "garbage" else status)
        handler.send_header("Content-Type", "application/json")
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    def _answer(self, refresh_token: str) -> tuple[int, dict[str, Any]]:
        if self.is_revoked or refresh_token != f"refresh-{self._number}":
            self.is_revoked |= self._reuse_revokes
            return 400, {"error": "invalid_grant"}
        self._number += 1
        pair = {"access_token": f"access-{self._number}", "refresh_token": f"refresh-{self._number}"}
        return 200, {**pair, "token_type": "Bearer", "expires_in": 3600, "scope": "read+write"}

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        with self._changed:
            self._ended = True
            self._changed.notify_all()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
