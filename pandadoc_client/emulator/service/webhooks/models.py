"""Webhooks as data: who wants to hear of what, what is to be delivered, what became of it."""

from __future__ import annotations

import hmac
import json
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from urllib.parse import urlencode, urlsplit

from ...redirects import is_loopback_host
from ..backend import WORKSPACE_ID, Backend
from ..clock import stamp
from ..records import Record
from ..refusal import Refusal, invalid, not_found

__all__ = [
    "HISTORY_DAYS",
    "DeliveryOutcome",
    "WebhookDelivery",
    "attempt",
    "check_url",
    "deliveries",
    "emit",
    "next_attempt",
    "redeliver",
    "settle",
    "subscribe",
    "tell",
]


_KEPT = 2000  # events that are remembered; the oldest go first
_DAY = 86400.0
_FAILING_DAYS = 7
HISTORY_DAYS = 15
"""How long events are listed."""
_MOST_SUBSCRIPTIONS = 300


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
    """Add a subscription; `wanted` is the body of the request.

    Raises:
        Refusal: 400, there are 300, or the URL is none that is delivered to.
    """
    if len(backend["subscriptions"]) >= _MOST_SUBSCRIPTIONS:
        raise Refusal(400, f"There are {_MOST_SUBSCRIPTIONS} subscriptions, the most there can be.")
    check_url(backend, wanted["url"])
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
            "failing_since": None,
        }
    )


def check_url(backend: Backend, url: str) -> None:
    """See that a URL is one of `https`; receivers on this machine, or anywhere if `allow_remote`, may do without.

    Raises:
        Refusal: it is not.
    """
    parts = urlsplit(url)
    if parts.scheme == "https" or backend.options.allow_remote or is_loopback_host(parts.hostname or ""):
        return
    raise invalid("url", "The URL of a webhook begins with https://.")


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
                "body": _body(items),
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
    """Return what to send; None, and the event is given up, if its subscription is gone.

    Events of the same subscription that wait as well join the first attempt of this one, up to `webhook_batch` in all.
    """
    event = backend["events"].edit(event_id)
    subscription = backend["subscriptions"].get(event["subscription"])
    if subscription is None or not subscription["active"]:
        event["state"] = "given up"
        backend["outbox"].remove(event_id)
        return None
    if not event["attempts"]:
        _join(backend, event)
    body = event["body"].encode()
    signature = hmac.digest(subscription["shared_key"].encode(), body, "sha256").hex()
    event.update(url=subscription["url"], signature=signature)
    url = subscription["url"].partition("#")[0]
    return WebhookDelivery(event_id, f"{url}{'&' if '?' in url else '?'}{urlencode({'signature': signature})}", body)


def _join(backend: Backend, event: Record) -> None:
    """Put the events that wait behind one into the same delivery."""
    items: list[Record] = json.loads(event["body"])
    for entry in backend["outbox"]:
        other = backend["events"].read(entry["id"])
        if len(items) >= backend.options.behaviour.webhook_batch:
            break
        if entry["subscription"] == event["subscription"] and other is not event and not other["attempts"]:
            items += json.loads(other["body"])
            backend["outbox"].remove(other["id"])
            backend["events"].remove(other["id"])
    event["body"] = _body(items)


def _body(items: list[Record]) -> str:
    return json.dumps(items, separators=(",", ":"), ensure_ascii=False)


def settle(backend: Backend, event_id: str, outcome: DeliveryOutcome) -> None:
    """Enter what became of an attempt, and plan the next one where it failed."""
    if event_id not in backend["events"]:
        return
    event = backend["events"].edit(event_id)
    tries = len(event["attempts"])
    now = backend.now()
    event["attempts"].append({"time": stamp(now), "status": outcome.status, "error": outcome.error})
    event.update(response_headers=outcome.headers, response_body=outcome.body)
    _note_failing(backend, event["subscription"], outcome.status)
    delays = backend.options.webhook_delays
    if outcome.status is not None and 200 <= outcome.status < 300:
        event["state"] = "delivered"
        backend["outbox"].remove(event_id)
    elif outcome.error == "NOT_VALID_URL" or tries >= len(delays):
        event["state"] = "failed"
        backend["outbox"].remove(event_id)
    else:
        backend["outbox"].edit(event_id)["at"] = now + delays[tries]


def _note_failing(backend: Backend, subscription_id: str, status: int | None) -> None:
    """Switch a subscription off whose receiver is gone (410), or answers with errors for a week."""
    if subscription_id not in backend["subscriptions"] or status is None:
        return
    subscription = backend["subscriptions"].edit(subscription_id)
    now = backend.now()
    if status < 400:
        subscription["failing_since"] = None
        return
    since = subscription.get("failing_since") or now
    gone = status == 410 or now - since >= _FAILING_DAYS * _DAY
    subscription.update(failing_since=since, active=subscription["active"] and not gone)


def redeliver(backend: Backend, event_id: str) -> None:
    """Deliver an event once more, under the same id; one that waits for its next attempt is delivered now.

    Raises:
        Refusal: 404, there is no such event; 409, its subscription is gone or switched off.
    """
    if event_id not in backend["events"]:
        raise not_found("delivery")
    event = backend["events"].edit(event_id)
    subscription = backend["subscriptions"].get(event["subscription"])
    if subscription is None or not subscription["active"]:
        raise Refusal(409, "The subscription of this delivery is gone or switched off.")
    event["state"] = "pending"
    backend["outbox"].add({"id": event_id, "subscription": event["subscription"], "at": backend.now()})


def deliveries(backend: Backend) -> list[Record]:
    """Return every event with what became of it, oldest first, for tests and for the page."""
    outbox = backend["outbox"]
    result: list[Record] = []
    for event in backend["events"]:
        entry = outbox.get(event["id"])
        shown = ("id", "subscription", "name", "trigger", "url", "signature", "event_time", "state")
        result.append(
            {
                **{name: event[name] for name in shown},
                "attempts": [dict(item) for item in event["attempts"]],
                "next_attempt": stamp(entry["at"]) if entry else None,
                "body": event["body"],
            }
        )
    return result
