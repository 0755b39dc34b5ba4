"""Webhook subscriptions and events: records to the JSON of the contract."""

from __future__ import annotations

from ..records import Record

__all__ = ["event", "subscription"]


def event(event: Record) -> Record:
    last = event["attempts"][-1] if event["attempts"] else {"status": None, "error": None, "time": event["event_time"]}
    return {
        "uuid": event["id"],
        "name": event["name"],
        "type": event["trigger"],
        "http_status_code": last["status"],
        **({"error": last["error"]} if last["error"] else {}),  # the contract's enum has no null
        "delivery_time": last["time"],
    }


def subscription(subscription: Record) -> Record:
    names = ("name", "url", "active", "payload", "triggers", "workspace_id", "shared_key")
    return {
        "uuid": subscription["id"],
        **{name: subscription[name] for name in names},
        "status": "ACTIVE" if subscription["active"] else "INACTIVE",
    }
