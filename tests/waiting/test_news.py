"""Waits that a webhook ends."""

from __future__ import annotations

import threading
from typing import Any

import anyio
import anyio.to_thread
import pytest

from pandadoc_client import AsyncApiClient, waiting
from pandadoc_client.waiting import DocumentFailedError, Pace, WaitTimeoutError, Waker
from pandadoc_client.webhooks import WebhookEvent

from .support import Clock, Documents, Reply, World, configuration, serving


def test_news_end_a_wait_at_once(world: World) -> None:
    waker, looked = Waker(), threading.Event()

    def script(got: Any) -> Reply:
        looked.set()
        return Documents(["document.sent"])(got)

    def tell() -> None:
        looked.wait()
        while not waker.notify("doc", "document.viewed"):  # until somebody listens
            pass
        waker.notify("other", "document.completed")
        waker.notify("doc", "document.completed", {"id": "doc", "name": "Contract", "more": 1})

    teller = threading.Thread(target=tell)
    with serving(script) as server:
        teller.start()
        result = world.run(
            configuration(server.url),
            lambda client: world.pick(waiting, "wait_until")(
                client, "doc", "completed", waker=waker, pace=Pace(first=300, longest=300)
            ),
        )
        teller.join()
        assert len(server.requests) == 1
    assert result.to_dict() == {"id": "doc", "name": "Contract", "more": 1, "status": "document.completed"}
    assert not waker.notify("doc", "document.completed")


def test_news_of_an_error_end_it_too(world: World) -> None:
    waker = Waker()

    def script(got: Any) -> Reply:
        waker.notify("doc", "document.error", {"detail": "broken"})  # while the first look is under way
        return Documents(["document.uploaded"])(got)

    with serving(script) as server, pytest.raises(DocumentFailedError, match="broken"):
        world.run(
            configuration(server.url),
            lambda client: world.pick(waiting, "wait_until")(
                client, "doc", waker=waker, pace=Pace(first=300, longest=300)
            ),
        )


def test_news_that_came_during_the_last_look_are_heard(world: World) -> None:
    waker, clock = Waker(), Clock()

    def script(got: Any) -> Reply:
        waker.notify("doc", "document.viewed")
        waker.notify("doc", "document.completed")
        return Documents(["document.sent"])(got)

    with serving(script) as server:
        result = world.run(
            configuration(server.url),
            lambda client: world.pick(waiting, "wait_until")(
                client, "doc", "completed", waker=waker, timeout=0, **clock.times(world)
            ),
        )
    assert result.status == "document.completed"


def test_news_that_do_not_end_it_count_as_the_last_status(world: World) -> None:
    waker, clock = Waker(), Clock()

    def script(got: Any) -> Reply:
        waker.notify("doc", "document.viewed")
        return Documents(["document.sent"])(got)

    with serving(script) as server, pytest.raises(WaitTimeoutError) as caught:
        world.run(
            configuration(server.url),
            lambda client: world.pick(waiting, "wait_until")(
                client, "doc", "completed", waker=waker, timeout=0, **clock.times(world)
            ),
        )
    assert caught.value.last_status == "document.viewed"


def test_an_event_without_a_document_or_a_status_is_told_to_nobody() -> None:
    waker = Waker()
    told: list[None] = []
    with waker.listening("doc", lambda: told.append(None)):
        for data in ({}, {"id": "doc"}, {"status": "document.draft"}):
            event = WebhookEvent("document_state_changed", data)
            assert waker.notify(event.document_id, event.status, event.data) is False
        event = WebhookEvent("document_state_changed", {"id": "doc", "status": "document.draft"})
        assert waker.notify(event.document_id, event.status, event.data) is True
    assert len(told) == 1


def test_without_news_a_waker_changes_nothing(world: World) -> None:
    documents = Documents(["document.uploaded", "document.draft"])
    with serving(documents) as server:
        world.run(
            configuration(server.url),
            lambda client: world.pick(waiting, "wait_until")(client, "doc", waker=Waker()),
        )
    assert documents.looks == 2


@pytest.mark.httpx_only  # as aiohttp needs asyncio
def test_trio_waits_and_is_woken_too() -> None:
    waker = Waker()

    async def main(url: str) -> Any:
        async with AsyncApiClient(configuration(url)) as client, anyio.create_task_group() as group:
            group.start_soon(anyio.to_thread.run_sync, tell)
            return await waiting.async_wait_until(client, "doc", waker=waker, pace=Pace(first=300, longest=300))

    def tell() -> None:
        while not waker.notify("doc", "document.draft"):
            pass

    with serving(Documents(["document.uploaded"])) as server:
        assert anyio.run(main, server.url, backend="trio").status == "document.draft"
