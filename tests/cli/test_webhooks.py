"""``pandadoc webhooks listen``: what it takes, what it shows, what it hands on, and how it ends."""

from __future__ import annotations

import http.server
import json
import os
import queue
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import httpx
import pytest

from pandadoc_client.emulator import Emulator, EmulatorMode
from pandadoc_client.webhooks import sign

from .conftest import Pandadoc
from .test_auth import assert_one_line

KEY = "MARKER-shared-key"
BODY = (
    b'[ {"event":"document_state_changed","data":{"id":"DOC","name":"A \xc3\xa9","status":"document.draft"}},'
    b' {"event":"quote_updated","data":{"id":"Q"}} ]'
)
SECONDS = 30


@dataclass
class Listening:
    """A listener that has said where it is."""

    process: subprocess.Popen[str]
    url: str

    def line(self) -> str:
        stream = self._stream(self.process.stdout)
        return stream.readline().rstrip("\n")

    def error(self) -> str:
        return self._stream(self.process.stderr).readline().rstrip("\n")

    def post(self, body: bytes = BODY, headers: dict[str, str] | None = None) -> httpx.Response:
        return httpx.post(f"{self.url}?signature={sign(body, KEY)}", content=body, headers=headers, timeout=SECONDS)

    def end(self, number: signal.Signals = signal.SIGINT) -> tuple[int, str, str]:
        self.process.send_signal(number)
        output, errors = self.process.communicate(timeout=SECONDS)
        return self.process.returncode, output, errors

    @staticmethod
    def _stream(stream: IO[str] | None) -> IO[str]:
        assert stream is not None
        return stream


@contextmanager
def listening(*arguments: str, json_lines: bool = False, key: str = KEY, port: int = 0) -> Iterator[Listening]:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("PANDADOC_")}
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "pandadoc_client.cli", "webhooks", "listen", "--port", str(port)),
            *([*arguments, "--json"] if json_lines else arguments),
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        env={**inherited, "PANDADOC_WEBHOOK_KEY": key, "PYTHONIOENCODING": "utf-8"},
    )
    with process:
        try:
            found = Listening(process, "")
            first = found.line()
            found.url = json.loads(first)["url"] if json_lines else first.split()[3].rstrip(",")
            yield found
        finally:
            process.kill()


@dataclass
class Target:
    """A program that gets what is handed on."""

    url: str
    seen: queue.Queue[tuple[str, list[tuple[str, str]], bytes]]


@contextmanager
def target(status: int = 200, content: bytes = b"", **answered: str) -> Iterator[Target]:
    seen: queue.Queue[tuple[str, list[tuple[str, str]], bytes]] = queue.Queue()

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            seen.put((self.path, self.headers.items(), body))
            self.send_response(status)
            for name, value in answered.items():
                self.send_header(name.replace("_", "-"), value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as running:
        running.daemon_threads = True
        thread = threading.Thread(target=running.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield Target(f"http://127.0.0.1:{running.server_port}/hooks", seen)
        finally:
            running.shutdown()
            thread.join()


def test_each_event_is_a_line() -> None:
    with listening() as listener:
        assert listener.post().status_code == 200
        first, second = listener.line(), listener.line()
        assert first.split()[1:] == ["document_state_changed", "DOC", "document.draft", "A", "é"]
        assert second.split()[1:] == ["quote_updated", "Q"]


def test_each_event_is_a_line_of_json() -> None:
    with listening(json_lines=True) as listener:
        listener.post(headers={"X-PandaDoc-Webhook-Event-Id": "E1"})
        first, second = json.loads(listener.line()), json.loads(listener.line())
        assert first["delivery"] == second["delivery"] == "E1"
        assert (first["event"], first["document_id"]) == ("document_state_changed", "DOC")
        assert first["data"] == {"id": "DOC", "name": "A é", "status": "document.draft"}
        assert first["forwarded"] is None
        assert second["status"] is None


def test_a_delivery_is_handed_on_as_it_came_and_answered_as_the_target_does() -> None:
    with (
        target(418, b"short and stout", X_Target="yes", Content_Type="text/plain") as program,
        listening("--forward", f"{program.url}?tenant=7") as listener,
    ):
        answer = listener.post(headers={"X-PandaDoc-Webhook-Event-Id": "E1", "Content-Type": "application/json"})
        path, headers, body = program.seen.get(timeout=SECONDS)
        assert body == BODY
        assert path == f"/hooks?tenant=7&signature={sign(BODY, KEY)}"
        names = {name.lower(): value for name, value in headers}
        assert names["x-pandadoc-webhook-event-id"] == "E1"
        assert names["content-type"] == "application/json"
        assert names["host"] in program.url
        assert (answer.status_code, answer.content) == (418, b"short and stout")
        assert answer.headers["x-target"] == "yes"
        assert answer.headers["content-type"] == "text/plain"
        assert "-> 418 in " in listener.line()


def test_a_target_that_is_not_there_is_a_502() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with listening("--forward", f"http://127.0.0.1:{port}/", json_lines=True) as listener:
        assert listener.post().status_code == 502
        forwarded = json.loads(listener.line())["forwarded"]
        assert forwarded["status"] is None
        assert forwarded["problem"] == "ConnectError"


BROKEN = ("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "SSLKEYLOGFILE")


@pytest.mark.parametrize("variable", [*BROKEN, "ALL_PROXY"])
def test_a_setting_of_the_network_that_cannot_be_used_is_named_where_it_matters(
    variable: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with ExitStack() as stack:
        program = stack.enter_context(target())
        with monkeypatch.context() as environment:
            for name in ("NO_PROXY", "no_proxy", "HTTPS_PROXY", "https_proxy", *BROKEN):
                environment.delenv(name, raising=False)
            environment.setenv(variable, "gopher://MARKER" if variable == "ALL_PROXY" else "/nowhere/file")
            here = stack.enter_context(listening("--forward", program.url, json_lines=True))
            away = stack.enter_context(listening("--forward", "https://app.example.com/", json_lines=True))
        assert here.post().status_code == 200
        assert json.loads(here.line())["forwarded"]["status"] == 200
        assert away.post().status_code == 502
        problem = json.loads(away.line())["forwarded"]["problem"]
        assert problem.startswith(variable)
        assert "MARKER" not in problem


@pytest.mark.parametrize(
    "query", ["", "?signature=00", f"?signature={sign(BODY, 'another')}", "?signature=a&signature=b"]
)
def test_what_is_not_signed_is_refused_and_not_handed_on(query: str) -> None:
    with target() as program, listening("--forward", program.url) as listener:
        assert httpx.post(f"{listener.url}{query}", content=BODY).status_code == 403
        assert listener.error().startswith("pandadoc: refused a delivery: The ")
        assert listener.post().status_code == 200  # what follows is taken
        program.seen.get(timeout=SECONDS)
        assert program.seen.empty()
        assert listener.line().split()[1] == "document_state_changed"


def test_what_is_signed_and_no_json_is_a_400() -> None:
    with listening() as listener:
        assert listener.post(b"[").status_code == 400
        assert "no JSON" in listener.error()
        assert httpx.get(listener.url).status_code == 405


def test_events_of_the_emulator_are_taken() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with Emulator(mode=EmulatorMode.STATE) as emulator:
        api = httpx.Client(
            base_url=f"{emulator.url}/public/v1/", headers={"Authorization": f"API-Key {emulator.api_key}"}
        )
        with api:
            subscription = api.post(
                "webhook-subscriptions",
                json={"name": "x", "url": f"http://127.0.0.1:{port}/", "triggers": ["document_state_changed"]},
            ).json()
            with listening("--key", subscription["shared_key"], json_lines=True, port=port) as listener:
                form: Any = {"file": ("a.pdf", b"%PDF-1.7", "application/pdf"), "data": (None, '{"name": "A"}')}
                created = api.post("documents?upload", files=form).json()
                event = json.loads(listener.line())
                assert (event["event"], event["document_id"]) == ("document_state_changed", created["id"])


def test_several_deliveries_at_a_time() -> None:
    with target() as program, listening("--forward", program.url, json_lines=True) as listener:
        bodies = [json.dumps([{"event": "quote_updated", "data": {"id": str(n)}}]).encode() for n in range(20)]
        threads = [threading.Thread(target=listener.post, args=(body,)) for body in bodies]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        seen = {json.loads(listener.line())["data"]["id"] for _ in bodies}
        assert seen == {str(n) for n in range(20)}


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_cleanly_and_shows_no_key(number: signal.Signals) -> None:
    with listening() as listener:
        listener.post()
        status, output, errors = listener.end(number)
        assert (status, errors) == (0, "")
        assert "MARKER" not in output
    with pytest.raises(httpx.ConnectError):
        httpx.post(listener.url)


def test_a_reader_that_has_gone_ends_it() -> None:
    with listening() as listener:
        assert listener.process.stdout is not None
        listener.process.stdout.close()
        listener.post()
        assert listener.process.wait(SECONDS) == 1
        assert listener.process.stderr is not None
        assert listener.process.stderr.read() == ""


def test_the_key_may_come_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "key").write_text(f"{KEY}\n")
    with listening("--key", f"@{tmp_path / 'key'}", key="") as listener:
        assert listener.post().status_code == 200


@pytest.mark.parametrize(
    ("arguments", "key", "words"),
    [
        ([], "", ["PANDADOC_WEBHOOK_KEY", "--key"]),
        ([], "MARKER ", ["white space"]),
        (["--key", "@nowhere"], "", ["--key", "nowhere"]),
        (["--forward", "nowhere"], "k", ["--forward"]),
        (["--forward", "http://"], "k", ["--forward"]),
        (["--forward", "ftp://127.0.0.1/"], "k", ["--forward"]),
        (["--forward", "http://127.0.0.1:99999/"], "k", ["--forward"]),
        (["--forward", "http://app.example.com/hooks"], "k", ["--forward", "--allow-insecure"]),
        (["--port", "70000"], "k", ["--port"]),
    ],
)
def test_a_wrong_call_is_one_line(pandadoc: Pandadoc, arguments: list[str], key: str, words: list[str]) -> None:
    result = pandadoc("webhooks", "listen", *arguments, PANDADOC_WEBHOOK_KEY=key)
    assert_one_line(result, 2, *words)
    assert "MARKER" not in result.stderr


def test_a_port_in_use_is_one_line(pandadoc: Pandadoc) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert_one_line(pandadoc("webhooks", "listen", "--port", port, PANDADOC_WEBHOOK_KEY="k"), 1, str(port))
