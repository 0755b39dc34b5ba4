"""Emulators as running servers: start, stop, many at once, in the foreground, and what they import."""

from __future__ import annotations

import ast
import asyncio
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

import pandadoc_client.emulator
from pandadoc_client.emulator import ClientRegistration, Emulator, EmulatorOptions, RotationMode

from .support import MEMBER_PATH, Caller, Clock, pair

PACKAGE = Path(pandadoc_client.emulator.__file__).parent
ROOT = PACKAGE.parents[1]


def test_an_emulator_serves_between_start_and_stop() -> None:
    with Emulator() as emulator:
        port = emulator.port
        assert emulator.url == f"http://127.0.0.1:{port}"
        assert httpx.get(emulator.url).status_code == 200
        assert emulator.redirect_uri == f"{emulator.url}/callback"
        assert repr(emulator) == f"<Emulator {emulator.url} rotation=strict>"
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), timeout=5).close()
    emulator.stop()
    assert "stopped" in repr(emulator)


def test_no_thread_is_left_behind() -> None:
    before = threading.active_count()
    with Emulator() as emulator:
        httpx.get(emulator.url)
        assert threading.active_count() == before + 1
    assert threading.active_count() == before


def test_stopping_does_not_wait_for_idle_connections() -> None:
    emulator = Emulator().start()
    with httpx.Client(base_url=emulator.url) as client, socket.create_connection(("127.0.0.1", emulator.port)):
        assert client.get("/").status_code == 200
        emulator.stop()  # raises if it has to wait


@pytest.mark.parametrize("kind", ["slow-body", "latency"])
def test_stopping_does_not_wait_for_requests_in_flight(kind: str, caplog: pytest.LogCaptureFixture) -> None:
    emulator = Emulator().start()
    emulator.faults.add("slow-body" if kind == "slow-body" else "latency", path="*", delay=3600)
    failures: list[Exception] = []

    def request() -> None:
        try:
            httpx.get(emulator.url, timeout=30)
        except httpx.TransportError as error:
            failures.append(error)

    sender = threading.Thread(target=request)
    sender.start()
    emulator.journal.wait_for(1, arrived=True)
    emulator.stop()  # raises if it has to wait
    sender.join(30)
    assert len(failures) == 1
    assert caplog.records == []


def test_stopping_does_not_wait_for_a_request_half_sent(caplog: pytest.LogCaptureFixture) -> None:
    emulator = Emulator().start()
    with socket.create_connection(("127.0.0.1", emulator.port)) as connection:
        connection.sendall(b"POST /oauth2/access_token HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\nhalf")
        httpx.get(emulator.url)
        emulator.stop()  # raises if it has to wait
    assert caplog.records == []


def test_requests_do_not_fill_the_log(caller: Caller, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level("INFO"):
        caller.exchange()
    assert {record.name.partition(".")[0] for record in caplog.records} <= {"httpx", "httpcore"}


def test_two_emulators_know_nothing_of_each_other() -> None:
    with Emulator() as one, Emulator() as two:
        first, second = Caller(one), Caller(two)
        try:
            token, _ = pair(first.exchange())
            assert first.works(token)
            assert not second.works(token)
            assert [len(one.journal), len(two.journal)] == [2, 1]
        finally:
            first.close()
            second.close()


def test_an_emulator_can_go_down_and_come_back_with_its_tokens() -> None:
    with Emulator() as emulator:
        port, token = emulator.port, emulator.issue_token()
    again = Emulator(port=port)
    with again, pytest.raises(RuntimeError, match="is running"):
        again.start()
    headers = {"Authorization": f"Bearer {token['access_token']}"}
    with emulator:
        assert httpx.get(emulator.url + MEMBER_PATH, headers=headers).status_code == 200


def test_a_busy_port_is_an_error_before_anything_starts() -> None:
    before = threading.active_count()
    with Emulator() as emulator:
        other = Emulator(port=emulator.port)
        with pytest.raises(OSError, match=r"in use|forbidden"):
            other.start()
        assert threading.active_count() == before + 1
        with pytest.raises(OSError, match=r"in use|forbidden"):
            other.run_forever(lambda _: pytest.fail("it is not ready"))


@pytest.mark.parametrize("host", ["0.0.0.0", "", "::"])
def test_binding_beyond_loopback_must_be_meant(host: str) -> None:
    with pytest.raises(ValueError, match="allow_remote"):
        Emulator(host=host).start()


@pytest.mark.parametrize(("host", "shown"), [("localhost", "localhost"), ("::1", "[::1]"), ("[::1]", "[::1]")])
def test_other_loopback_names_work(host: str, shown: str) -> None:
    with Emulator(host=host) as emulator:
        assert emulator.url == f"http://{shown}:{emulator.port}"
        assert httpx.get(f"{emulator.url}/_emulator/state").status_code == 200


def test_ipv6_connections_can_be_reset() -> None:
    with Emulator(host="::1") as emulator:
        emulator.faults.add("reset-before", path="*")
        with pytest.raises(httpx.ReadError):
            httpx.get(emulator.url)
        assert httpx.get(emulator.url).status_code == 200


def test_there_is_no_address_before_the_start() -> None:
    with pytest.raises(RuntimeError, match="before it was started"):
        _ = Emulator().url


async def test_it_serves_a_running_event_loop() -> None:
    with Emulator() as emulator:
        async with httpx.AsyncClient(base_url=emulator.url) as client:
            responses = await asyncio.gather(*(client.get("/") for _ in range(20)))
    assert {response.status_code for response in responses} == {200}


def test_the_helpers_make_working_codes_and_tokens(caller: Caller) -> None:
    emulator = caller.emulator
    assert caller.exchange(emulator.issue_code("read"), scope=None).json()["scope"] == "read"
    token = emulator.issue_token()
    assert set(token) == {"access_token", "token_type", "expires_in", "scope", "refresh_token"}
    assert caller.works(str(token["access_token"]))
    with pytest.raises(LookupError, match="2 live pairs"):
        emulator.live_pair()
    emulator.revoke_all()
    pair(caller.exchange())
    assert caller.works(emulator.live_pair().access_token)


def test_a_token_pair_hides_its_tokens(caller: Caller) -> None:
    caller.exchange()
    live = caller.emulator.live_pair()
    assert live.access_token not in repr(live)
    assert live.refresh_token not in repr(live)


def test_a_forwarded_address_does_not_hide_the_connection(caller: Caller) -> None:
    caller.emulator.faults.add("reset-before", path="*")
    with pytest.raises(httpx.ReadError):
        caller.http.get("/", headers={"X-Forwarded-For": "192.0.2.1"})


def test_logging_of_the_host_program_is_left_alone() -> None:
    code = (
        "import logging; from pandadoc_client.emulator import Emulator\n"
        "before = {n: (logging.getLogger(n).level, logging.getLogger(n).handlers[:], logging.getLogger(n).propagate)"
        " for n in ('', 'uvicorn', 'uvicorn.error', 'uvicorn.access')}\n"
        "with Emulator(): pass\n"
        "for n, v in before.items():\n"
        "    logger = logging.getLogger(n)\n"
        "    assert (logger.level, logger.handlers, logger.propagate) == v, n\n"
    )
    assert run(code) == (0, "", "")


def run(code: str) -> tuple[int | None, str, str]:
    command = [sys.executable, "-W", "error", "-c", code]
    result = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, timeout=60)
    return result.returncode, result.stdout, result.stderr


@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_foreground_server_ends_cleanly_on_a_signal(number: signal.Signals) -> None:
    code = (
        "from pandadoc_client.emulator import serve\n"
        "serve(port=0, on_ready=lambda emulator: print(emulator.url, flush=True))\n"
        "print('ended')\n"
    )
    command = [sys.executable, "-W", "error", "-c", code]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT)
    try:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        with httpx.Client(base_url=url) as client:
            assert client.get("/").status_code == 200
            process.send_signal(number)
            out, err = process.communicate(timeout=20)
    finally:
        process.kill()
        process.wait()
    assert (process.returncode, out, err) == (0, "ended\n", "")


def test_the_emulator_imports_nothing_of_the_client_but_what_the_environment_says_of_certificates() -> None:
    for file in PACKAGE.glob("**/*.py"):
        inside = len(file.relative_to(PACKAGE).parts)
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                assert not any(name.name.startswith("pandadoc_client") for name in node.names), file
            elif isinstance(node, ast.ImportFrom):
                shared = (node.level, node.module) == (inside + 1, "_http.environment")
                assert node.level <= inside or shared, file
                assert not (node.module or "").startswith("pandadoc_client"), file


def test_importing_the_client_does_not_import_the_emulator_nor_the_emulator_its_server() -> None:
    lazy = (
        "import sys, pandadoc_client\n"
        "assert not [n for n in sys.modules if n.startswith('pandadoc_client.emulator')]\n"
        "import pandadoc_client.emulator.pytest_plugin\n"
        "from pandadoc_client.emulator import EmulatorOptions, Fault, RotationMode, Journal, EmulatorState\n"
        "assert not {'starlette', 'uvicorn', 'anyio', 'h11'} & set(sys.modules)\n"
    )
    assert run(lazy) == (0, "", "")


def test_every_exported_name_is_there() -> None:
    module = pandadoc_client.emulator
    assert dir(module) == sorted(module.__all__)
    for name in module.__all__:
        assert getattr(module, name) is not None
    with pytest.raises(AttributeError):
        _ = module.Nonsense


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("id:secret", ClientRegistration("id", "secret")),
        ("id:se:cret", ClientRegistration("id", "se:cret")),
        ("i@d:secret", ClientRegistration("i@d", "secret")),
        ("id:secret@http://127.0.0.1/cb", ClientRegistration("id", "secret", "http://127.0.0.1/cb")),
    ],
)
def test_a_client_is_read_from_text(text: str, expected: ClientRegistration) -> None:
    assert ClientRegistration.parse(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hush",
        ":hush",
        "hush:",
        "id:hush@",
        "id:hush@/cb",
        "id:hush@localhost",
        "id:hush@javascript:alert(1)",
        "id:@http://127.0.0.1/hush",
    ],
)
def test_a_client_badly_written_is_refused_without_repeating_it(text: str) -> None:
    with pytest.raises(ValueError, match=r".") as caught:
        ClientRegistration.parse(text)
    assert "hush" not in str(caught.value)


@pytest.mark.parametrize(
    "bad",
    [
        {"clients": ()},
        {"clients": (ClientRegistration("a", "1"), ClientRegistration("a", "2"))},
        {"api_keys": ("",)},
        {"rotation": "sideways"},
        {"token_lifetime": -1},
        {"latency": float("nan")},
    ],
)
def test_bad_options_are_refused(bad: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"."):
        Emulator(**bad)


def test_overrides_replace_single_options(clock: Clock) -> None:
    emulator = Emulator(EmulatorOptions(token_lifetime=5, clock=clock), rotation="grace")
    assert (emulator.options.token_lifetime, emulator.options.rotation) == (5, RotationMode.GRACE)
    with pytest.raises(TypeError):
        Emulator(rotaton="grace")


def test_no_secret_shows_in_a_repr() -> None:
    text = repr(EmulatorOptions())
    assert "emulator-client-secret" not in text
    assert "emulator-api-key" not in text


def test_a_handler_that_breaks_is_answered_with_500_and_recorded(
    start: Callable[..., Caller], caplog: pytest.LogCaptureFixture
) -> None:
    def broken_clock() -> float:
        raise ZeroDivisionError

    caller = start()
    with Emulator(clock=broken_clock, mode="examples") as emulator:
        broken = Caller(emulator)
        try:
            response = broken.http.get("/oauth2/authorize", params=authorization(emulator))
            assert response.status_code == 500
            assert [entry.finished for entry in emulator.journal] == [True]
        finally:
            broken.close()
    assert "ZeroDivisionError" in caplog.text
    pair(caller.exchange())


def authorization(emulator: Emulator) -> dict[str, str]:
    return {
        "client_id": emulator.client_id,
        "redirect_uri": emulator.redirect_uri,
        "response_type": "code",
        "auto": "approve",
    }
