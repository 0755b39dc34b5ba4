"""Webhooks as data: who wants to hear of what, what is to be delivered, what became of it."""

from __future__ import annotations

import hmac
import json
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from urllib.parse import urlencode

from ..backend import WORKSPACE_ID, Backend
from ..clock import stamp
from ..records import Record

__all__ = [
    "DeliveryOutcome",
    "WebhookDelivery",
    "attempt",
    "deliveries",
    "emit",
    "next_attempt",
    "settle",
    "subscribe",
    "tell",
]


_KEPT = 2000  # events that are remembered; the oldest go first


@dataclass(frozen=True, slots=True)
class WebhookDelivery:
    """One attempt to deliver an event.

    Attributes:
        event_id: The event, the same in each attempt.
        url: Where to, with the signature.
        body: What.
    """

    event_id: str
    url: str = field(repr=False)
    body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class DeliveryOutcome:
    """What became of an attempt.

    Attributes:
        status: The status code of the response; None if there was none.
        error: `NOT_VALID_URL`, `CONNECT_ERROR`, `TIMEOUT_ERROR`, `INTERNAL_ERROR`, or None.
        headers: The headers of the response, as one text.
        body: The beginning of its body.
    """

    status: int | None = None
    error: str | None = None
    headers: str | None = None
    body: str | None = None


def subscribe(backend: Backend, wanted: Record) -> Record:
    """Add a subscription; `wanted` is the body of the request."""
    active = wanted.get("active", True)
    return backend["subscriptions"].add(
        {
            "id": backend.new_uuid(),
            "name": wanted["name"],
            "url": wanted["url"],
            "active": active,
            "payload": wanted.get("payload") or [],
            "triggers": wanted["triggers"] or [],
            "workspace_id": WORKSPACE_ID,
            "shared_key": backend.new_key(),
        }
    )


def emit(backend: Backend, trigger: str, data: Callable[[Collection[str]], Record]) -> None:
    """Put an event into the outbox of each subscription that wants it.

    Args:
        backend: The backend.
        trigger: Such as `document_updated`.
        data: Makes the data, given the extra parts that a subscription asks for, such as `fields`.
    """
    for subscription in backend["subscriptions"]:
        if not subscription["active"] or trigger not in subscription["triggers"]:
            continue
        now = backend.now()
        event_id = backend.new_uuid()
        items = [{"event": trigger, "data": data(subscription["payload"])}]
        backend["events"].add(
            {
                "id": event_id,
                "subscription": subscription["id"],
                "name": subscription["name"],
                "trigger": trigger,
                "url": subscription["url"],
                "body": json.dumps(items, separators=(",", ":"), ensure_ascii=False),
                "event_time": stamp(now),
                "attempts": [],
                "signature": "",
                "response_headers": None,
                "response_body": None,
                "state": "pending",
            }
        )
        backend["outbox"].add({"id": event_id, "subscription": subscription["id"], "at": now})
    if (excess := len(backend["events"]) - _KEPT) > 0:
        for event in list(backend["events"])[:excess]:
            if event["state"] != "pending":
                backend["events"].remove(event["id"])


def tell(backend: Backend, trigger: str, data: Record) -> None:
    """Put an event into the outbox of each subscription that wants it, with the same data for all of them."""
    emit(backend, trigger, lambda parts: data)


def next_attempt(backend: Backend, busy: Collection[str] = ()) -> Record | None:
    """Return the first entry of the outbox, be it time or not, but for subscriptions that are `busy`.

    Each subscription gets its events one after another, so that they arrive in the order in which they happened as
    long as the receiver takes them.
    """
    waiting = (entry for entry in backend["outbox"] if entry["subscription"] not in busy)
    return min(waiting, key=lambda entry: float(entry["at"]), default=None)


def attempt(backend: Backend, event_id: str) -> WebhookDelivery | None:
    """Return what to send; None, and the event is given up, if its subscription is gone."""
    event = backend["events"].edit(event_id)
    subscription = backend["subscriptions"].get(event["subscription"])
    if subscription is None or not subscription["active"]:
        event["state"] = "given up"
        backend["outbox"].remove(event_id)
        return None
    body = event["body"].encode()
    signature = hmac.digest(subscription["shared_key"].encode(), body, "sha256").hex()
    event.update(url=subscription["url"], signature=signature)
    url = subscription["url"].partition("#")[0]
    return WebhookDelivery(event_id, f"{url}{'&' if '?' in url else '?'}{urlencode({'signature': signature})}", body)


def settle(backend: Backend, event_id: str, outcome: DeliveryOutcome) -> None:
    """Enter what became of an attempt, and plan the next one where it failed."""
    if event_id not in backend["events"]:
        return
    event = backend["events"].edit(event_id)
    tries = len(event["attempts"])
    now = backend.now()
    event["attempts"].append({"time": stamp(now), "status": outcome.status, "error": outcome.error})
    event.update(response_headers=outcome.headers, response_body=outcome.body)
    delays = backend.options.webhook_delays
    if outcome.status is not None and 200 <= outcome.status < 300:
        event["state"] = "delivered"
        backend["outbox"].remove(event_id)
    elif outcome.error == "NOT_VALID_URL" or tries >= len(delays):
        event["state"] = "failed"
        backend["outbox"].remove(event_id)
    else:
        backend["outbox"].edit(event_id)["at"] = now + delays[tries]


def deliveries(backend: Backend) -> list[Record]:
    """Return every event with what became of it, oldest first, for tests and for the page."""
    outbox = backend["outbox"]
    result: list[Record] = []
    for event in backend["events"]:
        entry = outbox.get(event["id"])
        shown = ("id", "subscription", "name", "trigger", "url", "event_time", "state")
        result.append(
            {
                **{name: event[name] for name in shown},
                "attempts": [dict(item) for item in event["attempts"]],
                "next_attempt": stamp(entry["at"]) if entry else None,
                "body": event["body"],
            }
        )
    return result
