"""What other processes do with a deduplicator; see ``tests/stores/processes.py`` for how they run."""

from __future__ import annotations

import sys

from pandadoc_client.webhooks import EventDeduplicator

from ..stores.kinds import OpenStore

__all__ = ["claim_all", "handle_and_hang"]


def claim_all(open_store: OpenStore, number: int) -> None:
    """Once told to go on, claim so many events, and print those that were ours."""
    with open_store() as store:
        deduplicator = EventDeduplicator(store)
        store.read("connects")
        print("ready", flush=True)
        sys.stdin.readline()
        print(*(event for event in range(number) if deduplicator.first_time(str(event))))


def handle_and_hang(open_store: OpenStore, event_id: str) -> None:
    """Begin to handle an event, say so, and never end."""
    with open_store() as store, EventDeduplicator(store).once(event_id) as first:
        print("handling" if first else "handled before", flush=True)
        sys.stdin.readline()
