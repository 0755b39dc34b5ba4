"""What the tests of the token lifecycle share."""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from pandadoc_client.emulator import Emulator
from pandadoc_client.exceptions import TokenStoreError
from pandadoc_client.oauth import AsyncOAuthClient, MemoryTokenStore, OAuthClient, Token, TokenStore

T = TypeVar("T")
MEMBER = "/public/v1/members/current"


def issue(emulator: Emulator, *, seconds_left: float | None = None) -> Token:
    """Return a new token that works, and that ends in *seconds_left* as far as the client knows."""
    token = Token.from_response(emulator.issue_token(), datetime.now(UTC))
    return token if seconds_left is None else ending(token, seconds_left)


def ending(token: Token, seconds: float) -> Token:
    return dataclasses.replace(token, expires_at=datetime.now(UTC) + timedelta(seconds=seconds))


def open_client(emulator: Emulator, **options: Any) -> OAuthClient:
    return OAuthClient(emulator.client_id, emulator.client_secret, host=emulator.url, **options)


def open_async_client(emulator: Emulator) -> AsyncOAuthClient:
    return AsyncOAuthClient(emulator.client_id, emulator.client_secret, host=emulator.url)


def refreshes(emulator: Emulator) -> int:
    return sum(entry.form["grant_type"] == "refresh_token" for entry in emulator.journal.token_requests())


def is_live(emulator: Emulator, token: Token | None) -> bool:
    """Return True if the server would accept both halves of *token*."""
    return token is not None and any(
        pair.access_token == token.access_token and pair.refresh_token == token.refresh_token
        for pair in emulator.live_pairs()
    )


def together(count: int, act: Callable[[], T]) -> list[T | Exception]:
    """Run *act* in so many threads that begin at the same moment, and return what came of each."""
    barrier = threading.Barrier(count)
    outcomes: list[T | Exception] = []

    def run() -> None:
        barrier.wait()
        try:
            outcomes.append(act())
        except Exception as error:
            outcomes.append(error)

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(outcomes) == count, "a thread hangs"
    return outcomes


class FailingStore(MemoryTokenStore):
    """Memory whose writes fail while `broken` is set: what a full disk is like cannot be had in memory otherwise.

    `writes_left` lets so many through before.
    """

    def __init__(self) -> None:
        super().__init__()
        self.broken = threading.Event()
        self.writes_left = 0

    def write(self, key: str, document: str, *, expires_at: datetime | None, expected: str | None) -> str:
        if self.broken.is_set():
            if self.writes_left <= 0:
                raise TokenStoreError("The disk is full", key=key)
            self.writes_left -= 1
        return super().write(key, document, expires_at=expires_at, expected=expected)


def saved(store: TokenStore) -> Token:
    token = store.load("default")
    assert token is not None
    return token
