"""What a file of 50 MB costs: measured in a process of its own, above what the process had before."""

from __future__ import annotations

import hashlib
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from .support import Reply, serving

SIZE = 50 * 1024 * 1024
MOST = 10 * 1024 * 1024
BLOCK = bytes(range(256)) * 4096

PROGRAM = """
import asyncio, sys
from pathlib import Path
from pandadoc_client import ApiClient, AsyncApiClient, Configuration, files
from pandadoc_client.api.document_attachments_api import AsyncDocumentAttachmentsApi, DocumentAttachmentsApi

url, world, what, path = sys.argv[1:]
configuration = Configuration(host=url, access_token="t")

def peak():
    # Not getrusage: its peak begins with that of the process that started this one.
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) * 1024

def blocking(path):
    with ApiClient(configuration) as client:
        if what == "down":
            files.download_document(client, "doc", path)
        else:
            DocumentAttachmentsApi(client).create_document_attachment_from_file_upload("doc", file=path)

async def other(path):
    async with AsyncApiClient(configuration) as client:
        if what == "down":
            await files.async_download_document(client, "doc", path)
        else:
            await AsyncDocumentAttachmentsApi(client).create_document_attachment_from_file_upload("doc", file=path)

def run(path):
    blocking(path) if world == "blocking" else asyncio.run(other(path))

small = Path(path).with_name("small")
small.write_bytes(b"x")
configuration.host = url + "/small"
run(small)  # imports, connections, threads: what the process has anyway
before = peak()
configuration.host = url
run(Path(path))
print(peak() - before)
"""


class Handler(BaseHTTPRequestHandler):
    """Gives and takes large files without keeping them."""

    protocol_version = "HTTP/1.1"
    digests: dict[str, str]

    def do_GET(self) -> None:
        size = 1 if self.path.startswith("/small") else SIZE
        self.send_response(200)
        self.send_header("Content-Type", "application/pdf")
        self.send_header("Content-Length", str(size))
        self.end_headers()
        for start in range(0, size, len(BLOCK)):
            self.wfile.write(BLOCK[: size - start])

    def do_POST(self) -> None:
        left = int(self.headers["Content-Length"])
        digest = hashlib.sha256()
        boundary = self.headers["Content-Type"].partition("boundary=")[2].encode()
        head = b""
        while line := self.rfile.readline():
            head += line
            if line == b"\r\n":
                break
        content = left - len(head) - len(b"\r\n--" + boundary + b"--\r\n")
        while content > 0:
            part = self.rfile.read(min(content, len(BLOCK)))
            digest.update(part)
            content -= len(part)
        self.rfile.read(len(b"\r\n--" + boundary + b"--\r\n"))
        self.digests[self.path] = digest.hexdigest()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, format: str, *arguments: Any) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    Handler.digests = {}
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.skipif(sys.platform != "linux", reason="the peak is read from /proc")
@pytest.mark.parametrize("kind", ["blocking", "asyncio"])
@pytest.mark.parametrize("what", ["up", "down"])
def test_a_file_of_50_mb_costs_10_mb_at_the_most(url: str, tmp_path: Path, what: str, kind: str) -> None:
    path = tmp_path / "large.pdf"
    wanted = hashlib.sha256(BLOCK * (SIZE // len(BLOCK))).hexdigest()
    if what == "up":
        with path.open("wb") as file:
            file.writelines(BLOCK for _ in range(SIZE // len(BLOCK)))
    arguments = [sys.executable, "-c", PROGRAM, url, kind, what, str(path)]
    done = subprocess.run(arguments, capture_output=True, text=True, timeout=120, check=True)
    assert int(done.stdout) <= MOST
    if what == "down":
        assert path.stat().st_size == SIZE
        assert hashlib.sha256(path.read_bytes()).hexdigest() == wanted
    else:
        assert next(value for name, value in Handler.digests.items() if not name.startswith("/small")) == wanted
    Handler.digests.clear()


KILLED = """
import sys
from pandadoc_client import ApiClient, Configuration, files
with ApiClient(Configuration(host=sys.argv[1], access_token="t")) as client:
    files.download_document(client, "doc", sys.argv[2], progress=lambda *_: print("begun", flush=True))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="files without names are Linux's")
def test_a_process_that_is_killed_leaves_nothing(tmp_path: Path) -> None:
    target = tmp_path / "a.pdf"
    target.write_bytes(b"old")
    held = threading.Event()
    with serving(Reply(body=b"x" * 200_000, cut=100_000, hold=held)) as server:
        arguments = [sys.executable, "-c", KILLED, server.url, str(target)]
        with subprocess.Popen(arguments, stdout=subprocess.PIPE) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == b"begun\n"
            process.send_signal(signal.SIGKILL)
            process.wait()
        held.set()
    assert [path.name for path in tmp_path.iterdir()] == ["a.pdf"]
    assert target.read_bytes() == b"old"
