"""A server with lists, over real sockets: it turns pages as the API does, and as the API hopefully never does."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

__all__ = ["ListServer", "Page"]


@dataclass
class Page:
    """What was asked for, and what a server that is in order would answer.

    Attributes:
        path: Path of the request.
        query: Its query; a parameter that was given twice has its last value.
        items: The items of this page.
        start: How many come before them.
        total: How many there are.
    """

    path: str
    query: Mapping[str, str]
    items: list[Any]
    start: int
    total: int

    @property
    def is_last(self) -> bool:
        return self.start + len(self.items) >= self.total


Answer = tuple[int, Any]
"""A status, and a body to be sent as JSON; None for no body."""


def _results(page: Page) -> Answer:
    return 200, {"results": page.items}


@dataclass
class ListServer:
    """Serves one list, whatever the path.

    Attributes:
        items: The list.
        answer: Makes the response of a page; it may change the list for those to come.
        largest: How many items a page has at the most, however many are asked for; None for no such limit.
        pages: What was asked for.
    """

    items: list[Any] = field(default_factory=list)
    answer: Callable[[Page], Answer] = _results
    largest: int | None = None
    pages: list[Page] = field(default_factory=list)

    def __enter__(self) -> Self:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def serve(self, target: str) -> Answer:
        """Return the response to a GET of *target*, and remember it."""
        parts = urlsplit(target)
        query = dict(parse_qsl(parts.query))
        size = int(float(query.get("count") or query.get("per_page") or query.get("limit") or 10**6))
        size = size if self.largest is None else min(size, self.largest)
        start = int(query["offset"]) if "offset" in query else (int(float(query.get("page", 1))) - 1) * size
        page = Page(parts.path, query, self.items[start : start + size], start, len(self.items))
        self.pages.append(page)
        return self.answer(page)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def do_GET(self) -> None:
                status, body = server.serve(self.path)
                content = b"" if body is None else json.dumps(body).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                if status == 202:
                    self.send_header("Retry-After", "5")
                if status != 204:
                    self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, format: str, *args: Any) -> None:
                """Say nothing."""

        return Handler
