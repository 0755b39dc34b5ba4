"""A server that records exactly what comes over its sockets and answers from a script."""

from __future__ import annotations

import socketserver
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self, cast
from urllib.parse import urlsplit

__all__ = ["Answer", "Recorded", "RecordingServer"]


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What to answer.

    Attributes:
        status: Status code.
        reason: Reason phrase.
        headers: Header fields besides Content-Length; ``{base}`` in a value stands for the URL of the case.
        body: The body.
        delay: Seconds to wait before it.
        drip: Seconds to wait after each byte of the body.
        drip_head: Seconds to wait after each byte of the status line and the headers.
        missing: How many bytes of the body stay away, after which the connection ends.
        hang_up: True to end the connection instead.
    """

    status: int = 200
    reason: str = "OK"
    headers: tuple[tuple[str, str], ...] = (("Content-Type", "application/json"),)
    body: bytes = b"{}"
    delay: float = 0.0
    drip: float = 0.0
    drip_head: float = 0.0
    missing: int = 0
    hang_up: bool = False


@dataclass(frozen=True)
class Recorded:
    """A request as it came: its target without the case's prefix, header names in lower case, the body's bytes."""

    method: str
    target: str
    headers: tuple[tuple[str, str], ...]
    body: bytes


@dataclass
class _Exchange:
    answers: Sequence[Answer]
    requests: list[Recorded] = field(default_factory=list)


class RecordingServer:
    """Serves many cases at one port: the first segment of the path tells which one a request belongs to."""

    def __init__(self) -> None:
        self._exchanges: dict[str, _Exchange] = {}
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.exchanges = self._exchanges
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)

    @property
    def authority(self) -> str:
        return f"127.0.0.1:{self._server.server_address[1]}"

    def script(self, key: str, answers: Sequence[Answer]) -> str:
        """Answer the requests of the case *key* with these, the last one again and again; return its URL."""
        self._exchanges[key] = _Exchange(answers or (Answer(),))
        return f"http://{self.authority}/{key}"

    def requests(self, key: str) -> list[Recorded]:
        """Return what came for the case *key*."""
        return self._exchanges[key].requests

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 64
    exchanges: dict[str, _Exchange]

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: clients that give up are part of the cases."""


class _Handler(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        while self._serve_one():
            pass

    def _serve_one(self) -> bool:
        line = self.rfile.readline().decode("latin-1").strip()
        if not line:
            return False
        method, target, _ = line.split(" ")
        headers = []
        while field_line := self.rfile.readline().decode("latin-1").strip("\r\n"):
            name, _, value = field_line.partition(":")
            headers.append((name.lower(), value.strip()))
        length = dict(headers).get("content-length", "0")
        body = self.rfile.read(int(length))
        origin = "://".join(urlsplit(target)[:2]) if "://" in target else ""
        key, _, rest = target[len(origin) + 1 :].partition("/")
        exchange = cast(_Server, self.server).exchanges[key]
        exchange.requests.append(Recorded(method, f"{origin}/{rest}", tuple(headers), body))
        answer = exchange.answers[min(len(exchange.requests), len(exchange.answers)) - 1]
        return self._answer(answer, method, f"http://{dict(headers)['host']}/{key}")

    def _answer(self, answer: Answer, method: str, base: str) -> bool:
        time.sleep(answer.delay)
        if answer.hang_up:
            return False
        lines = [f"HTTP/1.1 {answer.status} {answer.reason}"]
        lines += [f"{name}: {value.replace('{base}', base)}" for name, value in answer.headers]
        has_body = answer.status not in (204, 304)
        if has_body:
            lines.append(f"Content-Length: {len(answer.body)}")
        self._write("\r\n".join([*lines, "", ""]).encode("latin-1"), answer.drip_head)
        body = answer.body[: len(answer.body) - answer.missing] if has_body and method != "HEAD" else b""
        self._write(body, answer.drip)
        return not answer.missing

    def _write(self, content: bytes, drip: float) -> None:
        step = 1 if drip else len(content) or 1
        for position in range(0, len(content), step):
            self.wfile.write(content[position : position + step])
            time.sleep(drip)
