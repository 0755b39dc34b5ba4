"""Webhook subscriptions, and the events that were delivered."""

from __future__ import annotations

from ...contract.requests import ValidRequest
from .. import webhooks
from ..clock import parse_time
from ..listing import of_page
from ..records import Record
from ..reply import EMPTY, Handlers, Reply
from ..world import World

__all__ = ["HANDLERS"]


def list_webhook_subscriptions(world: World, call: ValidRequest) -> Reply:
    """All of them."""
    return Reply({"items": [_shown(subscription) for subscription in world["subscriptions"]]})


def create_webhook_subscription(world: World, call: ValidRequest) -> Reply:
    """Active unless the body says otherwise."""
    return Reply(_shown(webhooks.subscribe(world, call.body)))


def details_webhook_subscription(world: World, call: ValidRequest) -> Reply:
    """One of them."""
    return Reply(_shown(world["subscriptions"].read(call.path["id"])))


def update_webhook_subscription(world: World, call: ValidRequest) -> Reply:
    """What the body does not name stays as it is."""
    subscription = world["subscriptions"].edit(call.path["id"])
    subscription.update({name: call.body[name] for name in ("name", "url", "active") if name in call.body})
    subscription.update({name: call.body[name] or [] for name in ("payload", "triggers") if name in call.body})
    return Reply(_shown(subscription))


def update_webhook_subscription_shared_key(world: World, call: ValidRequest) -> Reply:
    """From now on, also for what is to be delivered again."""
    subscription = world["subscriptions"].edit(call.path["id"])
    subscription["shared_key"] = world.new_key()
    return Reply({"shared_key": subscription["shared_key"]})


def delete_webhook_subscription(world: World, call: ValidRequest) -> Reply:
    """What is still to be delivered is given up."""
    world["subscriptions"].remove(call.path["id"])
    return EMPTY


def list_webhook_event(world: World, call: ValidRequest) -> Reply:
    """What was sent at least once, the latest first."""
    query = call.query
    since = parse_time(str(query["since"])) if query.get("since") else 0.0
    to = parse_time(str(query["to"])) if query.get("to") else float("inf")
    found = [
        event
        for event in reversed(list(world["events"]))
        if event["attempts"]
        and since <= parse_time(event["event_time"]) <= to
        and (not query.get("type") or event["trigger"] in query["type"])
        and (not query.get("error") or event["attempts"][-1]["error"] in query["error"])
        and (not query.get("http_status_code") or _group(event) in query["http_status_code"])
    ]
    shown = of_page(found, query["page"], query["count"], 1000)
    return Reply({"items": [_event(event) for event in shown]})


def details_webhook_event(world: World, call: ValidRequest) -> Reply:
    """With what was sent and what was answered."""
    event = world["events"].read(call.path["id"])
    return Reply(
        {
            **_event(event),
            "url": event["url"],
            "signature": event["signature"],
            "request_body": event["body"],
            "response_body": event["response_body"],
            "response_headers": event["response_headers"],
            "event_time": event["event_time"],
        }
    )


def _group(event: Record) -> int | None:
    status: int | None = event["attempts"][-1]["status"]
    return None if status is None else status // 100 * 100


def _event(event: Record) -> Record:
    last = event["attempts"][-1] if event["attempts"] else {"status": None, "error": None, "time": event["event_time"]}
    return {
        "uuid": event["id"],
        "name": event["name"],
        "type": event["trigger"],
        "http_status_code": last["status"],
        **({"error": last["error"]} if last["error"] else {}),  # the contract's enum has no null
        "delivery_time": last["time"],
    }


def _shown(subscription: Record) -> Record:
    names = ("name", "url", "active", "payload", "triggers", "workspace_id", "shared_key")
    return {
        "uuid": subscription["id"],
        **{name: subscription[name] for name in names},
        "status": "ACTIVE" if subscription["active"] else "INACTIVE",
    }


HANDLERS: Handlers = {
    "listWebhookSubscriptions": list_webhook_subscriptions,
    "createWebhookSubscription": create_webhook_subscription,
    "detailsWebhookSubscription": details_webhook_subscription,
    "updateWebhookSubscription": update_webhook_subscription,
    "updateWebhookSubscriptionSharedKey": update_webhook_subscription_shared_key,
    "deleteWebhookSubscription": delete_webhook_subscription,
    "listWebhookEvent": list_webhook_event,
    "detailsWebhookEvent": details_webhook_event,
}
"""Handlers by `operationId`."""
