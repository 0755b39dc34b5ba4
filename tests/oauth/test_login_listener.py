"""What the listener of a login answers on the wire, and what it leaves behind."""

from __future__ import annotations

import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from queue import SimpleQueue
from urllib.parse import urlsplit

import pytest

from pandadoc_client.oauth._loopback import ListenError, LoopbackListener, Page

SECONDS = 10.0
DONE = Page(200, "Done <&>", "All of it.")


@contextmanager
def listening(redirect_uri: str | None = None) -> Iterator[tuple[LoopbackListener, SimpleQueue[str]]]:
    inbox: SimpleQueue[str] = SimpleQueue()
    with LoopbackListener(redirect_uri, inbox.put) as listener:
        yield listener, inbox


def connect(listener: LoopbackListener) -> socket.socket:
    parts = urlsplit(listener.redirect_uri)
    return socket.create_connection((parts.hostname, parts.port), timeout=SECONDS)


def read(connection: socket.socket) -> str:
    data = b""
    while part := connection.recv(65536):
        data += part
    return data.decode()


def exchange(listener: LoopbackListener, request: str) -> str:
    """Send *request*, in which HOST stands for the right one, and return the response."""
    with connect(listener) as connection:
        connection.sendall(request.replace("HOST", urlsplit(listener.redirect_uri).netloc).encode("latin-1"))
        return read(connection)


CALLBACK = "GET /callback?code=c&state=s HTTP/1.1\r\nHost: HOST\r\n\r\n"


@pytest.mark.parametrize(
    ("request_text", "status"),
    [
        ("GET /favicon.ico HTTP/1.1\r\nHost: HOST\r\n\r\n", 404),
        ("GET /callback/?code=c HTTP/1.1\r\nHost: HOST\r\n\r\n", 404),
        ("GET /callback HTTP/1.1\r\nHost: HOST\r\n\r\n", 404),
        ("GET /callback?tenant=1 HTTP/1.1\r\nHost: HOST\r\n\r\n", 404),
        ("POST /callback?code=c&state=s HTTP/1.1\r\nHost: HOST\r\nContent-Length: 0\r\n\r\n", 405),
        ("HEAD /callback?code=c&state=s HTTP/1.1\r\nHost: HOST\r\n\r\n", 405),
        ("GET /callback?code=c&state=s HTTP/1.1\r\nHost: evil.example.com\r\n\r\n", 421),
        ("GET /callback?code=c&state=s HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", 421),
        ("GET /callback?code=c&state=s HTTP/1.1\r\n\r\n", 400),
        ("GET /callback?code=c&state=s HTTP/1.1\r\nHost: HOST\r\nHost: HOST\r\n\r\n", 400),
        ("GET http://127.0.0.1/callback?code=c HTTP/1.1\r\nHost: HOST\r\n\r\n", 400),
        ("GET /callback?code=c&state=s\r\nHost: HOST\r\n\r\n", 400),
        ("\x16\x03\x01\x02\r\n\r\n", 400),
        (f"GET /callback?code=c HTTP/1.1\r\nCookie: {'x' * 70_000}\r\nHost: HOST\r\n\r\n", 431),
    ],
)
def test_what_is_no_callback_is_refused_and_the_waiting_goes_on(request_text: str, status: int) -> None:
    with listening() as (listener, inbox):
        assert exchange(listener, request_text).startswith(f"HTTP/1.1 {status} ")
        assert inbox.empty()
        listener.respond(DONE)
        assert "<h1>Done &lt;&amp;&gt;</h1>" in exchange(listener, CALLBACK)
        assert inbox.get_nowait() == "/callback?code=c&state=s"


@pytest.mark.parametrize(
    ("redirect_uri", "path"),
    [
        ("http://127.0.0.1", "/"),
        ("http://127.0.0.1/", "/"),
        ("http://127.0.0.1/a/b%20c/", "/a/b%20c/"),
        ("http://127.0.0.1/caf\u00e9", "/caf%C3%A9"),
    ],
)
def test_the_path_is_the_one_that_a_browser_sends(redirect_uri: str, path: str) -> None:
    with listening(redirect_uri) as (listener, inbox):
        listener.respond(DONE)
        answer = exchange(listener, f"GET {path}?error=access_denied HTTP/1.1\r\nHost: HOST\r\n\r\n")
        assert answer.startswith("HTTP/1.1 200 ")
        assert inbox.get_nowait() == f"{path}?error=access_denied"


def test_only_the_first_callback_and_the_first_answer_count() -> None:
    with listening() as (listener, inbox), connect(listener) as first:
        first.sendall(CALLBACK.replace("HOST", urlsplit(listener.redirect_uri).netloc).encode())
        inbox.get(timeout=SECONDS)
        assert "under way already" in exchange(listener, CALLBACK)
        listener.respond(DONE)
        listener.respond(Page(500, "Never", "seen"))
        assert "Done" in read(first)
        assert inbox.empty()


def test_closing_answers_whoever_waits_and_drops_whoever_is_silent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pandadoc_client.oauth._loopback._LAST_WORDS_SECONDS", 3600.0)
    with listening() as (listener, inbox), connect(listener) as silent, connect(listener) as waiting:
        waiting.sendall(CALLBACK.replace("HOST", urlsplit(listener.redirect_uri).netloc).encode())
        inbox.get(timeout=SECONDS)
        closing = threading.Thread(target=listener.close, daemon=True)
        closing.start()
        closing.join(60)
        assert not closing.is_alive(), "it waits for the silent one"
        assert "The login has ended" in read(waiting)
        assert read(silent) == ""
        assert not [thread for thread in threading.enumerate() if thread.name == "pandadoc-login-listener"]
        with pytest.raises(ConnectionRefusedError):
            connect(listener)
        listener.close()


def test_a_browser_that_hangs_up_does_no_harm() -> None:
    with listening() as (listener, inbox):
        with connect(listener) as gone:
            gone.sendall(b"GET /callb")
        with connect(listener) as gone:
            gone.sendall(CALLBACK.replace("HOST", urlsplit(listener.redirect_uri).netloc).encode())
            inbox.get(timeout=SECONDS)
        assert "under way already" in exchange(listener, CALLBACK)


def test_a_port_has_one_listener() -> None:
    with listening() as (listener, _), pytest.raises(ListenError, match="in use"), listening(listener.redirect_uri):
        pass


def has_ipv6() -> bool:
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        return False
    return True


needs_ipv6 = pytest.mark.skipif(not has_ipv6(), reason="this machine has no IPv6 loopback")


@needs_ipv6
@pytest.mark.parametrize("redirect_uri", ["http://localhost/callback", "http://[::1]/callback"])
def test_the_other_loopback_address_is_listened_on_too(redirect_uri: str) -> None:
    with listening(redirect_uri) as (listener, _):
        parts = urlsplit(listener.redirect_uri)
        assert f"{parts.scheme}://{parts.netloc}/callback" == listener.redirect_uri
        with socket.create_connection(("::1", parts.port), timeout=SECONDS) as connection:
            connection.sendall(b"GET / HTTP/1.1\r\nHost: " + parts.netloc.encode() + b"\r\n\r\n")
            assert read(connection).startswith("HTTP/1.1 404 ")


@needs_ipv6
def test_localhost_is_not_shared_with_another_program() -> None:
    with socket.create_server(("::1", 0), family=socket.AF_INET6) as other:
        port = other.getsockname()[1]
        with pytest.raises(ListenError, match=f"port {port}"), listening(f"http://localhost:{port}/callback"):
            pass


@pytest.mark.skipif(sys.platform != "linux", reason="needs a loopback network of many addresses")
def test_it_is_bound_to_its_own_address_only() -> None:
    with listening() as (listener, _), pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.2", urlsplit(listener.redirect_uri).port), timeout=SECONDS).close()
