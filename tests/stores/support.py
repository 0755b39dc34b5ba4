"""What the tests of the stores share."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from pandadoc_client.oauth.stores.base import TokenStore

__all__ = ["DOCUMENT", "document", "in_threads", "write"]

DOCUMENT = "document-marker-7f2a"


def write(store: TokenStore, key: str, document: str = DOCUMENT, expected: str | None = None) -> str:
    return store.write(key, document, expires_at=None, expected=expected)


def document(store: TokenStore, key: str) -> str | None:
    record = store.read(key)
    return None if record is None else record.document


def in_threads(number: int, work: Callable[[int], object]) -> None:
    """Call *work* in so many threads, which begin together, and raise what one of them raises."""
    barrier = threading.Barrier(number)

    def begin(index: int) -> None:
        barrier.wait(30)
        work(index)

    with ThreadPoolExecutor(number) as pool:
        for done in [pool.submit(begin, index) for index in range(number)]:
            done.result()
