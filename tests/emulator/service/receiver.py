"""A receiver of webhooks that answers as it is told."""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

from .support import Api

__all__ = ["Received", "Receiver", "settled", "subscribe", "until"]


@dataclass(frozen=True)
class Received:
    """One request: its path with query, headers in lower case, and body."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def event_id(self) -> str:
        return self.headers["x-pandadoc-webhook-event-id"]

    @property
    def item(self) -> dict[str, Any]:
        """The one event of the array."""
        [item] = json.loads(self.body)
        found: dict[str, Any] = item
        return found

    def is_signed_by(self, key: str) -> bool:
        [signature] = parse_qs(urlsplit(self.path).query)["signature"]
        return signature == hmac.new(key.encode(), self.body, hashlib.sha256).hexdigest()


class Receiver:
    """Listens on loopback.

    Attributes:
        statuses: The answers to come; 200 when there are none left.
        received: What came.
        held: Set unless answers shall wait.
    """

    def __init__(self, *statuses: int) -> None:
        self.statuses = list(statuses)
        self.received: list[Received] = []
        self.held = threading.Event()
        self.held.set()
        self._changed = threading.Condition()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                status = receiver._enter(Received(self.path, {k.lower(): v for k, v in self.headers.items()}, body))
                receiver.held.wait(20)
                self.send_response(status)
                if status in (301, 307):
                    self.send_header("Location", "/elsewhere")
                self.end_headers()
                self.wfile.write(b"thanks")

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}/hook"

    def _enter(self, received: Received) -> int:
        with self._changed:
            self.received.append(received)
            self._changed.notify_all()
            return self.statuses.pop(0) if self.statuses else 200

    def wait_for(self, count: int, timeout: float = 10) -> list[Received]:
        """Return what came, once it is so much."""
        with self._changed:
            assert self._changed.wait_for(lambda: len(self.received) >= count, timeout), self.received
            return list(self.received)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.held.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


def subscribe(api: Api, url: str, *triggers: str, **more: Any) -> dict[str, Any]:
    """Return a new subscription: to changes of status, unless other triggers are named."""
    body = {"name": "Hook", "url": url, "triggers": list(triggers or ("document_state_changed",)), **more}
    found: dict[str, Any] = api.call("createWebhookSubscription", body)
    return found


def until(done: Callable[[], Any], timeout: float = 10) -> Any:
    """Wait for what another thread is about to do: a settled delivery has no event to wait for."""
    end = time.monotonic() + timeout
    while not (found := done()):
        assert time.monotonic() < end
        time.sleep(0.005)
    return found


def settled(api: Api, attempts: int) -> list[dict[str, Any]]:
    """Return the deliveries, once that many attempts are entered: the dispatcher does so after the response."""

    def deliveries() -> list[dict[str, Any]]:
        found = api.service.deliveries()
        return found if sum(len(one["attempts"]) for one in found) >= attempts else []

    found: list[dict[str, Any]] = until(deliveries)
    return found
