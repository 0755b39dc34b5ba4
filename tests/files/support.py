"""A server that answers as a function says, and records what came; and both worlds behind one way to call."""

from __future__ import annotations

import asyncio
import contextlib
import inspect
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from pandadoc_client import ApiClient, AsyncApiClient, Configuration
from pandadoc_client.api.document_attachments_api import AsyncDocumentAttachmentsApi, DocumentAttachmentsApi
from pandadoc_client.api.documents_api import AsyncDocumentsApi, DocumentsApi


@dataclass(frozen=True)
class Got:
    """A request as it came."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class Reply:
    """A response; `cut` says after how many bytes of the body the connection ends."""

    status: int = 200
    body: bytes = b"{}"
    headers: Mapping[str, str] = field(default_factory=dict)
    cut: int | None = None
    chunked: bool = False
    hold: threading.Event | None = None


Script = Callable[[Got], Reply]


class FileServer:
    """Runs a script over real sockets."""

    def __init__(self, script: Script) -> None:
        self.requests: list[Got] = []
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def answer(self) -> None:
                headers = {name.lower(): value for name, value in self.headers.items()}
                got = Got(self.command, self.path, headers, self.content(headers))
                server.requests.append(got)
                self.send(script(got))

            do_GET = do_POST = do_PATCH = answer  # noqa: N815 (what http.server calls)

            def content(self, headers: Mapping[str, str]) -> bytes:
                if headers.get("transfer-encoding") != "chunked":
                    return self.exactly(int(headers.get("content-length", "0")))
                parts = []
                while size := int(self.rfile.readline(), 16):
                    parts.append(self.exactly(size))
                    self.rfile.readline()
                self.rfile.readline()
                return b"".join(parts)

            def exactly(self, size: int) -> bytes:
                """Return so many bytes; a request that is cut short is none, and is not recorded."""
                found = self.rfile.read(size)
                if len(found) < size:
                    raise ConnectionError
                return found

            def send(self, reply: Reply) -> None:
                self.send_response(reply.status)
                for name, value in reply.headers.items():
                    self.send_header(name, value)
                if "Content-Type" not in reply.headers:
                    self.send_header("Content-Type", "application/json")
                self.send_header(*(("Transfer-Encoding", "chunked") if reply.chunked else self.length(reply)))
                self.end_headers()
                body = reply.body if reply.cut is None else reply.body[: reply.cut]
                if reply.chunked:
                    if body:
                        self.wfile.write(b"%x\r\n%b\r\n" % (len(body), body))
                    self.wfile.write(b"" if reply.cut is not None else b"0\r\n\r\n")
                else:
                    self.wfile.write(body)
                self.wfile.flush()
                if reply.hold is not None:
                    reply.hold.wait(60)
                self.close_connection = self.close_connection or reply.cut is not None

            def length(self, reply: Reply) -> tuple[str, str]:
                return "Content-Length", str(len(reply.body))

            def log_message(self, format: str, *arguments: Any) -> None:
                """Say nothing."""

        class Quiet(ThreadingHTTPServer):
            def handle_error(self, request: Any, client_address: Any) -> None:
                """Say nothing: clients that give up are part of the tests."""

        self._server = Quiet(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    @contextlib.contextmanager
    def running(self) -> Iterator[FileServer]:
        thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield self
        finally:
            self._server.shutdown()
            thread.join()
            self._server.server_close()


@contextlib.contextmanager
def serving(script: Script | Reply | list[Reply]) -> Iterator[FileServer]:
    """Serve a script, one reply, or several in their order, the last one again and again."""
    if isinstance(script, Reply):
        chosen: Script = lambda got: script  # noqa: E731
    elif isinstance(script, list):
        left = list(script)
        chosen = lambda got: left.pop(0) if len(left) > 1 else left[0]  # noqa: E731
    else:
        chosen = script
    with FileServer(chosen).running() as server:
        yield server


def configuration(host: str, **settings: Any) -> Configuration:
    made = Configuration(host=host, api_key={"apiKey": "key"}, **settings)
    made.api_key_prefix["apiKey"] = "API-Key"
    return made


class World:
    """Blocking or asyncio. `run` calls a function with a client; what it returns is awaited where that is needed."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.is_async = name != "blocking"

    def run(self, settings: Configuration, function: Callable[[Any], Any], **attributes: Any) -> Any:
        if not self.is_async:
            with ApiClient(settings) as client:
                vars(client).update(attributes)
                return function(client)

        async def main() -> Any:
            async with AsyncApiClient(settings) as client:
                vars(client).update(attributes)
                result = function(client)
                return await result if inspect.isawaitable(result) else result

        return asyncio.run(main())

    def documents(self, client: Any) -> Any:
        return AsyncDocumentsApi(client) if self.is_async else DocumentsApi(client)

    def attachments(self, client: Any) -> Any:
        return AsyncDocumentAttachmentsApi(client) if self.is_async else DocumentAttachmentsApi(client)

    def pick(self, module: Any, name: str) -> Any:
        return getattr(module, f"async_{name}" if self.is_async else name)

    def upload(self, settings: Configuration, file: Any, *, options: Any = None, **attributes: Any) -> Any:
        """Attach a file to a document."""

        def call(client: Any) -> Any:
            upload = self.attachments(client).create_document_attachment_from_file_upload
            return upload("doc", file=file, name="n", **(options or {}))

        return self.run(settings, call, **attributes)


class Clock:
    """Time that passes when somebody sleeps."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.sleeps: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.sleeps.append(round(seconds, 6))
        self.now += seconds

    async def sleep_async(self, seconds: float) -> None:
        self.sleep(seconds)

    def times(self, world: World) -> dict[str, Any]:
        """Return the arguments that make a wait go by this clock."""
        return {"clock": self, "sleep": self.sleep_async if world.is_async else self.sleep}
