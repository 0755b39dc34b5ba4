"""Receivers of webhooks made by the adapters: what they answer, and what they hand over."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest

from pandadoc_client import webhooks
from pandadoc_client.contrib import django, fastapi, flask
from pandadoc_client.contrib._receiver import Receiver
from pandadoc_client.exceptions import ApiTypeError, ApiValueError

from .conftest import Site
from .support import KEY, MAX_BODY

MAKERS: dict[str, Any] = {
    "django": django.webhook_view,
    "fastapi": fastapi.webhook_endpoint,
    "flask": flask.webhook_view,
}


def body_of(*ids: str, **more: Any) -> bytes:
    items = [{"event": "document_state_changed", "data": {"id": each, **more}} for each in ids]
    return json.dumps(items, indent=1).encode()  # signed as it is, with the white space


def test_events_are_handed_over_once(site: Site) -> None:
    for _ in range(3):
        answer = site.deliver(body_of("A", "B"), "once")
        assert (answer.status_code, answer.content) == (204, b"")
    assert site.handled == ["DocumentStateChanged A", "DocumentStateChanged B"]


def test_every_event_of_the_emulators_is_handed_over(site: Site) -> None:
    for trigger in webhooks.Trigger:
        body = json.dumps(site.emulator.service.sample_event(trigger)).encode()
        assert site.deliver(body, f"sample {trigger}").status_code == 204
    names = [line.partition(" ")[0].lower() for line in site.handled]
    assert names == [trigger.replace("_", "") for trigger in webhooks.Trigger]


def test_what_is_not_pandadocs_is_refused(site: Site) -> None:
    body = body_of("A")
    assert site.deliver(body, "forged", key="another").status_code == 401
    assert httpx.post(f"{site.url}/webhook", content=body).status_code == 401
    assert httpx.get(f"{site.url}/webhook").status_code == 405
    assert site.deliver(b"no json", "no json").status_code == 400
    assert site.handled == []


@pytest.mark.parametrize("chunked", [False, True])
def test_what_is_too_large_is_refused(site: Site, chunked: bool) -> None:
    body = body_of("A", more="x" * MAX_BODY)
    url = f"{site.url}/webhook?signature={webhooks.sign(body, KEY)}"
    content: Any = iter([body[:100], body[100:]]) if chunked else body
    status = httpx.post(url, content=content).status_code
    # Servers of WSGI hand over no body without its length, or refuse it.
    assert status in ((413,) if site.framework != "django" or not chunked else (401, 411, 413))
    assert site.handled == []
    fits = body_of("A", more="x" * (MAX_BODY - 200))
    assert site.deliver(fits, f"fits {chunked}").status_code == 204


def test_a_delivery_that_could_not_be_handed_over_comes_again(site: Site) -> None:
    broken = site.folder / "broken"
    broken.touch()
    try:
        assert site.deliver(body_of("A"), "again").status_code == 500
    finally:
        broken.unlink()
    assert site.deliver(body_of("A"), "again").status_code == 204
    assert site.handled == ["DocumentStateChanged A"]


def test_a_receiver_never_says_that_it_is_gone(site: Site) -> None:
    """PandaDoc would switch the subscription off."""
    if site.framework == "django":
        return  # it has no exception for that
    assert site.deliver(body_of("A", gone=True), "gone").status_code == 503
    assert site.deliver(body_of("A", gone=True), "gone").status_code == 503
    assert site.handled == []


# --- Arguments


@pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)
def test_wrong_arguments_are_refused_at_once(make: Any) -> None:
    with webhooks.EventDeduplicator("memory:") as deduplicator:
        for key in ("", " key", [], ["key", ""]):
            with pytest.raises(ApiValueError, match=r"^shared_key"):
                make(print, key, deduplicator)
        with pytest.raises(ApiTypeError, match=r"^shared_key must be text"):
            make(print, None, deduplicator)
        with pytest.raises(ApiTypeError, match=r"^deduplicator must be an EventDeduplicator, not str"):
            make(print, KEY, "memory:")
        with pytest.raises(ApiValueError, match=r"^max_body"):
            make(print, KEY, deduplicator, max_body=0)


@pytest.mark.parametrize("make", [django.webhook_view, flask.webhook_view])
def test_a_coroutine_function_that_nobody_would_await_is_refused(make: Any) -> None:
    async def hand_over(event: webhooks.AnyEvent) -> None: ...

    with (
        webhooks.EventDeduplicator("memory:") as deduplicator,
        pytest.raises(ApiTypeError, match=r"^hand_over must be a function"),
    ):
        make(hand_over, KEY, deduplicator)


def test_what_nobody_would_await_is_refused_and_comes_again(tmp_path: Path) -> None:
    async def work(event: webhooks.AnyEvent) -> None: ...

    body = body_of("A")
    with webhooks.EventDeduplicator(f"sqlite:{tmp_path / 'handled.db'}") as deduplicator:
        receiver = Receiver(KEY, deduplicator, MAX_BODY)
        for _ in range(2):
            with pytest.raises(ApiTypeError, match="returned something to be awaited"):
                receiver.receive(body, webhooks.sign(body, KEY), {}, lambda event: work(event))
        assert receiver.receive(body, webhooks.sign(body, KEY), {}, lambda event: None)[0] == 204


def test_an_error_of_the_handler_is_raised_whatever_it_is(tmp_path: Path) -> None:
    def broken(event: webhooks.AnyEvent) -> None:
        raise webhooks.WebhookDecodeError("of its own")

    body = body_of("A")
    with (
        webhooks.EventDeduplicator(f"sqlite:{tmp_path / 'handled.db'}") as deduplicator,
        pytest.raises(webhooks.WebhookDecodeError),
    ):
        Receiver(KEY, deduplicator, MAX_BODY).receive(body, webhooks.sign(body, KEY), {}, broken)


@pytest.mark.parametrize("kind", ["async def", "def", "partial of async def", "lambda that returns an awaitable"])
async def test_starlette_takes_every_kind_of_function(kind: str) -> None:
    from starlette.applications import Starlette
    from starlette.routing import Route

    handled: list[str | None] = []

    async def awaited(event: webhooks.AnyEvent) -> None:
        handled.append(event.id)

    functions: dict[str, Any] = {
        "async def": awaited,
        "def": lambda event: handled.append(event.id),
        "partial of async def": partial(awaited),
        "lambda that returns an awaitable": lambda event: awaited(event),
    }
    with webhooks.EventDeduplicator("memory:") as deduplicator:
        endpoint = fastapi.webhook_endpoint(functions[kind], KEY, deduplicator)
        app = Starlette(routes=[Route("/webhook", endpoint, methods=["POST"])])
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://site") as client:
            body = body_of("A")
            answer = await client.post("/webhook", content=body, params={"signature": webhooks.sign(body, KEY)})
    assert (answer.status_code, handled) == (204, ["A"])
