"""How long a refresh may take, and what follows when it takes longer: nobody's patience costs a grant."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from pandadoc_client import AsyncPandaDoc, PandaDoc
from pandadoc_client.exceptions import ApiTimeoutError, ApiValueError
from pandadoc_client.oauth import FileTokenStore, MemoryTokenStore, OAuthClient, Token, TokenManager

from .token_server import Step, TokenServer

_ENVIRONMENT = {"PANDADOC_CLIENT_ID": "id", "PANDADOC_CLIENT_SECRET": "secret"}


@pytest.fixture(autouse=True)
def application(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in _ENVIRONMENT.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def server() -> Iterator[TokenServer]:
    """One that rotates at once and answers late, and that revokes the grant of a token that is sent twice."""
    with TokenServer(reuse_revokes=True) as server:
        server.steps.append(Step(answers="late"))
        yield server


@pytest.fixture
def store(server: TokenServer, tmp_path: Path) -> FileTokenStore:
    store = FileTokenStore(tmp_path / "tokens.json")
    store.save("default", server.token())
    return store


def saved(store: FileTokenStore) -> Token | None:
    return store.load()


def test_the_timeout_of_a_call_does_not_bound_the_refresh(server: TokenServer, store: FileTokenStore) -> None:
    with PandaDoc(token_store=store, host=server.url, timeout=0.2) as pd:
        for _ in range(3):
            with pytest.raises(ApiTimeoutError):
                pd.members.details_current_member()
        server.release()
        manager = TokenManager(OAuthClient(host=server.url), store)
        assert server.is_good(manager.token())
    assert server.is_good(saved(store))
    assert server.received == ["refresh-0"]


async def test_the_timeout_of_an_asynchronous_call_does_not_bound_the_refresh(
    server: TokenServer, store: FileTokenStore
) -> None:
    async with AsyncPandaDoc(token_store=store, host=server.url, timeout=0.2) as pd:
        for _ in range(3):
            with pytest.raises(ApiTimeoutError):
                await pd.members.details_current_member()
        server.release()
        manager = TokenManager(OAuthClient(host=server.url), store)
        assert server.is_good(await asyncio.to_thread(manager.token))
    assert server.received == ["refresh-0"]


def test_the_timeout_of_a_client_does_not_bound_the_refresh(server: TokenServer, store: FileTokenStore) -> None:
    with OAuthClient(host=server.url, timeout=0.2) as client:
        manager = TokenManager(client, store)
        with pytest.raises(ApiTimeoutError, match="what was begun goes on"):
            manager.token(timeout=0.5)
        server.release()
        assert server.is_good(manager.token())
    assert server.received == ["refresh-0"]


@pytest.mark.parametrize("command", ["token", "refresh"])
def test_a_command_that_gives_up_leaves_the_refresh_alone(
    server: TokenServer, store: FileTokenStore, command: str
) -> None:
    arguments = ["--store", f"file:{store.path}", "--host", server.url, "--timeout", "0.5"]
    process = subprocess.Popen(
        [sys.executable, "-m", "pandadoc_client.cli", command, *arguments],
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, **_ENVIRONMENT},
    )
    assert process.stderr is not None
    with process:
        assert "No token within 0.5 seconds" in process.stderr.readline()
        server.release()
    assert process.returncode == 1
    assert server.is_good(saved(store))
    assert server.received == ["refresh-0"]


@pytest.mark.parametrize("command", [["auth", "refresh", "refresh-0"], ["tokens", "refresh-due"]])
def test_a_command_that_is_about_refreshes_sets_their_limits(
    server: TokenServer, store: FileTokenStore, command: list[str]
) -> None:
    if command[0] == "tokens":
        command = [*command, "--store", f"file:{store.path}"]
    done = subprocess.run(
        [sys.executable, "-m", "pandadoc_client.cli", *command, "--host", server.url, "--timeout", "0.5"],
        capture_output=True,
        text=True,
        timeout=25,
        check=False,
        env={**os.environ, **_ENVIRONMENT},
    )
    assert done.returncode == 1
    assert "0.5 seconds" in done.stdout + done.stderr


def test_a_refresh_is_given_more_time_than_calls_usually_have(server: TokenServer) -> None:
    with OAuthClient(host=server.url) as client:
        limits = client.refresh_timeout
    assert limits.total is not None
    assert limits.total > 60
    assert limits.read > 60
    assert limits.connect >= 10


def test_the_limits_of_a_refresh_can_be_set() -> None:
    limits = OAuthClient("id", "secret", refresh_timeout=200).refresh_timeout
    assert (limits.total, limits.read) == (200, 200)
    limits = OAuthClient("id", "secret", refresh_timeout=(3, 150)).refresh_timeout
    assert (limits.total, limits.connect, limits.read) == (153, 3, 150)


@pytest.mark.parametrize("value", [-1, "x", (1, 2, 3), float("nan")])
def test_limits_that_cannot_be_right_are_refused(value: object) -> None:
    with pytest.raises(ApiValueError, match="refresh_timeout"):
        OAuthClient("id", "secret", refresh_timeout=value)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


def test_a_refresh_ends_with_its_own_limits(server: TokenServer) -> None:
    store = MemoryTokenStore()
    store.save("default", server.token())
    with (
        OAuthClient(host=server.url, refresh_timeout=0.2) as client,
        pytest.raises(ApiTimeoutError, match=r"No response from http://127\.0\.0\.1:\d+ within 0\.2 seconds") as caught,
    ):
        TokenManager(client, store).token()
    assert caught.value.request_sent
    assert server.received == ["refresh-0"]
