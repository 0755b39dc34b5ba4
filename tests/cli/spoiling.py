"""A server in front of an emulator that spoils what it likes of the responses."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx

__all__ = ["Answer", "spoiled"]


class Answer:
    """A response on its way: `body` is decoded JSON, or bytes."""

    def __init__(self, method: str, path: str, response: httpx.Response) -> None:
        self.method = method
        self.path = path
        self.status = response.status_code
        self.headers = {
            name: response.headers[name] for name in ("content-type", "www-authenticate") if name in response.headers
        }
        is_json = response.headers.get("content-type", "").startswith("application/json")
        self.body: Any = response.json() if is_json else response.content
        self.lost = False
        """True to close the connection in place of a response."""

    @property
    def content(self) -> bytes:
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()


@contextmanager
def spoiled(url: str, spoil: Callable[[Answer], None]) -> Iterator[str]:
    """Run the server in front of *url* and yield its own URL; each response goes through *spoil*."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _forward(self) -> None:
            sent = self.rfile.read(int(self.headers.get("content-length") or 0))
            headers = {
                name: value for name, value in self.headers.items() if name.lower() not in ("host", "connection")
            }
            response = client.request(self.command, f"{url}{self.path}", content=sent, headers=headers)
            answer = Answer(self.command, self.path, response)
            spoil(answer)
            if answer.lost:
                self.close_connection = True
                return
            self.send_response_only(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            if answer.status != 204:
                self.send_header("content-length", str(len(answer.content)))
            self.end_headers()
            if answer.status != 204:
                self.wfile.write(answer.content)

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _forward  # noqa: N815 (http.server's names)

        def log_message(self, format: str, *args: Any) -> None:
            """Stay silent."""

    with httpx.Client(trust_env=False, timeout=10) as client, ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()
