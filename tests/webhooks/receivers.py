"""The receivers of docs/webhooks.md, each as a server on a port of its own, in a thread."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import uvicorn
from werkzeug.serving import WSGIRequestHandler, make_server

from pandadoc_client.webhooks import WebhookEvent

__all__ = ["EVENT", "KEY", "Receiver", "block", "running"]

KEY = "key-marker-5f1c9a"
EVENT = {"event": "document_state_changed", "data": {"id": "msFYActMfJHqNTKH", "status": "document.completed"}}
_PAGE = Path(__file__).parents[2] / "docs" / "webhooks.md"


def block(marker: str) -> dict[str, Any]:
    """Run the block of the page that has *marker* in it, and return its names."""
    text = _PAGE.read_text(encoding="utf-8")
    (code,) = (code for code in re.findall(r"^```python\n(.*?)^```$", text, re.M | re.S) if marker in code)
    names: dict[str, Any] = {"__name__": "example"}
    exec(compile(code, str(_PAGE), "exec"), names)
    return names


class Receiver:
    """A running receiver.

    Attributes:
        handled: The events that were handed over, in their order.
        on_event: What to do with an event that is handed over; it may raise, and it may wait.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self.handled: list[WebhookEvent] = []
        self.on_event: Callable[[WebhookEvent], object] = lambda event: None
        self._deliver = block("def deliver(")["deliver"]

    def handle(self, event: WebhookEvent) -> None:
        self.on_event(event)
        self.handled.append(event)

    def deliver(self, events: Any, event_id: str, key: str = KEY) -> httpx.Response:
        """Send *events* as the page has it."""
        response: httpx.Response = self._deliver(self.url, events, key, event_id)
        return response

    def post(self, body: bytes, signature: str | None, **headers: str) -> httpx.Response:
        """Send whatever."""
        params = {} if signature is None else {"signature": signature}
        return httpx.post(self.url, content=body, params=params, headers=headers)


@contextmanager
def running(framework: str) -> Iterator[Receiver]:
    """Run the receiver of the page that is made with *framework*: ``starlette`` or ``flask``."""
    names = block(f"from {framework}")
    with {"starlette": _uvicorn, "flask": _werkzeug}[framework](names) as receiver:
        try:
            yield receiver
        finally:
            names["deduplicator"].close()


@contextmanager
def _uvicorn(names: dict[str, Any]) -> Iterator[Receiver]:
    import anyio.to_thread

    with socket.create_server(("127.0.0.1", 0)) as listener:
        receiver = Receiver(f"http://127.0.0.1:{listener.getsockname()[1]}/pandadoc/webhook")

        async def hand_over(event: WebhookEvent) -> None:
            await anyio.to_thread.run_sync(receiver.handle, event)

        names["hand_over"] = hand_over
        config = uvicorn.Config(names["app"], log_config=None, ws="none", lifespan="off")
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, args=([listener],))
        thread.start()
        try:
            yield receiver
        finally:
            server.should_exit = True
            thread.join(30)


@contextmanager
def _werkzeug(names: dict[str, Any]) -> Iterator[Receiver]:
    class Quiet(WSGIRequestHandler):
        def log(self, type: str, message: str, *args: Any) -> None:
            """Say nothing: the output of a test is no log."""

    server = make_server("127.0.0.1", 0, names["app"], threaded=True, request_handler=Quiet)
    receiver = Receiver(f"http://127.0.0.1:{server.server_port}/pandadoc/webhook")
    names["hand_over"] = receiver.handle
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        thread.join(30)
        server.server_close()
