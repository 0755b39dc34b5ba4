"""Webhook subscriptions and events: requests to replies."""

from __future__ import annotations

from ...contract.requests import ValidRequest
from ..backend import Backend
from ..clock import parse_time
from ..listing import of_page
from ..records import Record
from ..reply import EMPTY, Handlers, Reply
from . import models, serializers

__all__ = ["HANDLERS"]


def list_webhook_subscriptions(backend: Backend, request: ValidRequest) -> Reply:
    """All of them."""
    return Reply({"items": [serializers.subscription(subscription) for subscription in backend["subscriptions"]]})


def create_webhook_subscription(backend: Backend, request: ValidRequest) -> Reply:
    """Active unless the body says otherwise."""
    return Reply(serializers.subscription(models.subscribe(backend, request.body)))


def details_webhook_subscription(backend: Backend, request: ValidRequest) -> Reply:
    """One of them."""
    return Reply(serializers.subscription(backend["subscriptions"].read(request.path["id"])))


def update_webhook_subscription(backend: Backend, request: ValidRequest) -> Reply:
    """What the body does not name stays as it is; one that is switched on may fail for a week again."""
    if "url" in request.body:
        models.check_url(backend, request.body["url"])
    subscription = backend["subscriptions"].edit(request.path["id"])
    subscription.update({name: request.body[name] for name in ("name", "url", "active") if name in request.body})
    subscription.update({name: request.body[name] or [] for name in ("payload", "triggers") if name in request.body})
    if request.body.get("active"):
        subscription["failing_since"] = None
    return Reply(serializers.subscription(subscription))


def update_webhook_subscription_shared_key(backend: Backend, request: ValidRequest) -> Reply:
    """From now on, also for what is to be delivered again."""
    subscription = backend["subscriptions"].edit(request.path["id"])
    subscription["shared_key"] = backend.new_key()
    return Reply({"shared_key": subscription["shared_key"]})


def delete_webhook_subscription(backend: Backend, request: ValidRequest) -> Reply:
    """What is still to be delivered is given up."""
    backend["subscriptions"].remove(request.path["id"])
    return EMPTY


def list_webhook_event(backend: Backend, request: ValidRequest) -> Reply:
    """What was sent at least once in the last fifteen days, the latest first."""
    query = request.query
    oldest = backend.clock.look() - models.HISTORY_DAYS * 86400.0
    since = max(oldest, parse_time(str(query["since"])) if query.get("since") else 0.0)
    to = parse_time(str(query["to"])) if query.get("to") else float("inf")
    found = [
        event
        for event in reversed(list(backend["events"]))
        if event["attempts"]
        and since <= parse_time(event["event_time"]) <= to
        and (not query.get("type") or event["trigger"] in query["type"])
        and (not query.get("error") or event["attempts"][-1]["error"] in query["error"])
        and (not query.get("http_status_code") or _group(event) in query["http_status_code"])
    ]
    shown = of_page(found, query["page"], query["count"], 1000)
    return Reply({"items": [serializers.event(event) for event in shown]})


def details_webhook_event(backend: Backend, request: ValidRequest) -> Reply:
    """With what was sent and what was answered."""
    event = backend["events"].read(request.path["id"])
    return Reply(
        {
            **serializers.event(event),
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
