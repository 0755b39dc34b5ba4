"""Webhook deliveries on demand: by a running emulator, or straight to a URL."""

from __future__ import annotations

import asyncio
import json
import time
import uuid
from datetime import datetime
from typing import Any, cast
from urllib.parse import quote, urlencode, urlsplit

import httpx
from attrs import frozen

from pandadoc_client._http.network import is_loopback
from pandadoc_client.cli.errors import EXIT_FAILURE, CommandError
from pandadoc_client.cli.render import print_json, print_lines

__all__ = ["Outcome", "emulator_at", "show", "to_subscriptions", "to_url"]

_POLL_SECONDS = 0.05
_CALL_SECONDS = 10.0


@frozen
class Outcome:
    """What became of one delivery.

    Attributes:
        event_id: Its id.
        url: Where it went, without a query.
        status: Status of the receiver's response; None if there was none.
        error: Why there was none.
        milliseconds: From the event to the response.
    """

    event_id: str
    url: str
    status: int | None
    error: str | None
    milliseconds: float

    @property
    def is_success(self) -> bool:
        """Whether the receiver took it."""
        return self.status is not None and 200 <= self.status < 300


def emulator_at(url: str) -> str:
    """Return the base URL of an emulator, whose control surface is for this machine alone.

    Raises:
        CommandError: It is not on this machine.
    """
    parts = urlsplit(url)
    if parts.scheme != "http" or not parts.hostname or not is_loopback(parts.hostname):
        raise CommandError("--host must be the URL of an emulator on this machine, such as http://127.0.0.1:8000")
    return url.rstrip("/")


def to_subscriptions(base: str, event: str, document: str | None, timeout: float) -> list[Outcome]:
    """Let an emulator deliver an event to its subscriptions, and return what became of each first attempt.

    Raises:
        CommandError: There is no emulator, no subscription for the event, or no response in time.
    """
    with _control(base) as control:
        body = {} if document is None else {"document": document}
        wanted: list[str] = _call(control, "POST", f"webhooks/{event}", json=body)["deliveries"]
        if not wanted:
            raise CommandError(f"no active subscription of the emulator at {base} is for {event}", EXIT_FAILURE)
        deadline = time.monotonic() + timeout
        while True:
            known = {one["id"]: one for one in _call(control, "GET", "deliveries")}
            found = [known[one] for one in wanted if one in known and known[one]["attempts"]]
            if len(found) == len(wanted):
                return [_outcome(one) for one in found]
            if time.monotonic() > deadline:
                raise CommandError(f"no response of every receiver within {timeout:g} seconds", EXIT_FAILURE)
            time.sleep(_POLL_SECONDS)


def to_url(base: str, event: str, document: str | None, url: str, key: str, timeout: float) -> Outcome:
    """Send an event to a URL, and return what became of it.

    Args:
        base: The emulator that has the document.
        event: The event.
        document: The document that it is about; None for a made-up one, for which no emulator need run.
        url: The receiver.
        key: The shared key.
        timeout: Seconds that the receiver may take.

    Raises:
        CommandError: There is no emulator, or no such document.
    """
    from pandadoc_client.emulator.service.dispatcher import post
    from pandadoc_client.emulator.service.webhooks.models import WebhookDelivery
    from pandadoc_client.webhooks import sign

    if document is None:
        items = _made_up(event)
    else:
        with _control(base) as control:
            items = _call(control, "GET", f"webhooks/{event}?document={quote(document, safe='')}")
    body = json.dumps(items, separators=(",", ":"), ensure_ascii=False).encode()
    event_id = str(uuid.uuid4())
    signed = f"{url}{'&' if urlsplit(url).query else '?'}{urlencode({'signature': sign(body, key)})}"
    began = time.perf_counter()
    outcome = asyncio.run(post(WebhookDelivery(event_id, signed, body), timeout, allow_remote=True))
    taken = (time.perf_counter() - began) * 1000
    return Outcome(event_id, _plain(url), outcome.status, outcome.error, taken)


def show(event: str, outcomes: list[Outcome], *, as_json: bool) -> None:
    """Print what became of the deliveries."""
    if as_json:
        names = ("event_id", "url", "status", "error", "milliseconds")
        deliveries = [{name: getattr(outcome, name) for name in names} for outcome in outcomes]
        for delivery in deliveries:
            delivery["milliseconds"] = round(delivery["milliseconds"], 1)
        print_json({"event": event, "deliveries": deliveries})
        return
    for outcome in outcomes:
        print_lines([f"{event} -> {outcome.url}: {outcome.status or outcome.error} in {outcome.milliseconds:.0f} ms"])


def _made_up(event: str) -> Any:
    from pandadoc_client.emulator import EmulatorOptions, Service

    return Service(EmulatorOptions(seed_data=True)).sample_event(event)


def _control(base: str) -> httpx.Client:
    return httpx.Client(base_url=f"{base}/_emulator/", timeout=_CALL_SECONDS, trust_env=False)


def _call(control: httpx.Client, method: str, path: str, **arguments: Any) -> Any:
    base = str(control.base_url).removesuffix("/_emulator/")
    try:
        response = control.request(method, path, **arguments)
    except httpx.HTTPError as error:
        raise CommandError(
            f"no emulator at {base}: {type(error).__name__}; start one, or give --host", EXIT_FAILURE
        ) from None
    try:
        content = response.json()
    except ValueError:
        content = None
    if response.status_code == 200:
        return content
    detail = cast("dict[str, Any]", content).get("detail") if isinstance(content, dict) else None
    if not detail or detail == "There is nothing at this path.":
        raise CommandError(f"{base} is no emulator that remembers (mode state)", EXIT_FAILURE)
    raise CommandError(f"the emulator at {base} refused: {detail}", EXIT_FAILURE)


def _outcome(delivery: dict[str, Any]) -> Outcome:
    first = delivery["attempts"][0]
    taken = datetime.fromisoformat(first["time"]) - datetime.fromisoformat(delivery["event_time"])
    milliseconds = taken.total_seconds() * 1000
    return Outcome(delivery["id"], _plain(delivery["url"]), first["status"], first["error"], milliseconds)


def _plain(url: str) -> str:
    return urlsplit(url)._replace(query="", fragment="").geturl()
