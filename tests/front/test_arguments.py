"""What `PandaDoc` refuses at once: arguments that cannot be right, named, before any call."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from pandadoc_client import ApiTypeError, ApiValueError, AsyncPandaDoc, PandaDoc
from pandadoc_client.emulator import Emulator


@pytest.mark.parametrize("front", [PandaDoc, AsyncPandaDoc])
@pytest.mark.parametrize(
    ("arguments", "error", "field"),
    [
        ({"timeout": -1}, ApiValueError, "timeout"),
        ({"timeout": "5"}, ApiValueError, "timeout"),
        ({"retries": "3"}, ApiValueError, "retries"),
        ({"host": "http://example.com"}, ApiValueError, "host"),
        ({"host": "https://ann:hush@example.com"}, ApiValueError, "host"),
        ({"rate_limiter": "memory://"}, ApiTypeError, "rate_limiter"),
    ],
)
def test_an_argument_that_cannot_be_right_is_refused_at_once(
    front: Any, arguments: dict[str, Any], error: type[Exception], field: str
) -> None:
    with pytest.raises(error, match=rf"(?i){field}") as caught:
        front(api_key="k", **arguments)
    assert "hush" not in str(caught.value)


def test_one_client_serves_loops_that_come_and_go_in_many_threads(pandadoc_emulator: Emulator) -> None:
    front = AsyncPandaDoc(api_key=pandadoc_emulator.api_key, host=pandadoc_emulator.url)

    async def call() -> str:
        try:
            return str((await front.members.details_current_member()).first_name)
        finally:
            await front.close()  # the connections of this loop

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: asyncio.run(call()), range(160)))
    assert set(found) == {"Ada"}
