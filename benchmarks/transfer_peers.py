"""The programs that the transfer benchmark runs: ``python transfer_peers.py serve``, or ``PROGRAM URL FILE FOLDER``.

A program makes a small call first, then moves the file, and prints milliseconds, the memory that it had before, and the
most that it ever had, in KiB.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

SIZE = 50 * 1024 * 1024
_CHUNK = 64 * 1024
_NAME = b'{"id": "a", "name": "a", "status": "document.uploaded"}'


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        left = int(self.headers["Content-Length"])
        while left:
            left -= len(self.rfile.read(min(left, _CHUNK)))
        self._answer(201, "application/json", _NAME)

    def do_GET(self) -> None:
        if self.path.endswith("/download"):
            self._answer(200, "application/pdf", bytes(_CHUNK), SIZE // _CHUNK)
        else:
            self._answer(200, "application/json", _NAME)

    def _answer(self, status: int, media_type: str, part: bytes, parts: int = 1) -> None:
        self.send_response(status)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(part) * parts))
        self.end_headers()
        for _ in range(parts):
            self.wfile.write(part)

    def log_message(self, format: str, *args: Any) -> None:
        pass


def httpx_programs(url: str, file: Path, folder: Path) -> dict[str, Callable[[], object]]:
    import httpx

    client = httpx.Client(base_url=f"{url}/public/v1/documents")

    def up() -> None:
        with file.open("rb") as content:
            client.post("?upload", files={"file": ("a.pdf", content, "application/pdf")}).raise_for_status()

    def down() -> None:
        with client.stream("GET", "/a/download") as answer, (folder / "a.pdf").open("wb") as target:
            for part in answer.iter_bytes():
                target.write(part)

    return {"idle": lambda: client.get("/a").json(), "up": up, "down": down}


def our_programs(url: str, file: Path, folder: Path) -> dict[str, Callable[[], object]]:
    from pandadoc_client import PandaDoc

    documents = PandaDoc(api_key="key", host=url).documents
    return {
        "idle": lambda: documents.status_document("a"),
        "up": lambda: documents.create_document_from_upload(file=file),
        "down": lambda: documents.save_document("a", folder / "a.pdf"),
    }


def vendor_programs(url: str, file: Path, folder: Path) -> dict[str, Callable[[], object]]:
    import pandadoc_client
    from pandadoc_client.api import documents_api

    api: Any = documents_api.DocumentsApi(pandadoc_client.ApiClient(pandadoc_client.Configuration(host=url)))

    def down() -> None:
        (folder / "a.pdf").write_bytes(api.download_document("a").read())

    return {"idle": lambda: api.status_document("a"), "down": down}


def _memory(name: str) -> int:
    return int(Path("/proc/self/status").read_text().partition(f"{name}:")[2].split()[0])


def main(arguments: list[str]) -> None:
    if arguments == ["serve"]:
        server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
        server.daemon_threads = True
        print(server.server_address[1], flush=True)
        server.serve_forever()
    program, task, url, file, folder = arguments
    makers = {"httpx": httpx_programs, "ours": our_programs, "vendor": vendor_programs}
    tasks = makers[program](url, Path(file), Path(folder))
    tasks["idle"]()
    before = _memory("VmRSS")
    started = time.perf_counter()
    tasks[task]()
    print((time.perf_counter() - started) * 1000, before, _memory("VmHWM"))


if __name__ == "__main__":
    main(sys.argv[1:])
