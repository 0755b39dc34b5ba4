"""`parse`: from a signed body to typed events."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol, cast

from pandadoc_client.exceptions import ApiTypeError
from pandadoc_client.webhooks._errors import WebhookDecodeError
from pandadoc_client.webhooks._signature import hidden, raw_bytes, verify

__all__ = ["Delivery", "Trigger", "WebhookEvent", "parse"]

_EVENT_ID_NAMES = frozenset({"x-pandadoc-webhook-event-id", "http_x_pandadoc_webhook_event_id"})
"""The header in lower case, and its name in a WSGI environ (PEP 3333, after CGI)."""


class Trigger(StrEnum):
    """What PandaDoc sends events about. A member equals its text: ``Trigger.QUOTE_UPDATED == "quote_updated"``."""

    RECIPIENT_COMPLETED = "recipient_completed"
    DOCUMENT_UPDATED = "document_updated"
    DOCUMENT_DELETED = "document_deleted"
    DOCUMENT_STATE_CHANGED = "document_state_changed"
    DOCUMENT_CREATION_FAILED = "document_creation_failed"
    DOCUMENT_COMPLETED_PDF_READY = "document_completed_pdf_ready"
    DOCUMENT_SECTION_ADDED = "document_section_added"
    QUOTE_UPDATED = "quote_updated"
    TEMPLATE_CREATED = "template_created"
    TEMPLATE_UPDATED = "template_updated"
    TEMPLATE_DELETED = "template_deleted"
    CONTENT_LIBRARY_ITEM_CREATED = "content_library_item_created"
    CONTENT_LIBRARY_ITEM_CREATION_FAILED = "content_library_item_creation_failed"


_TRIGGERS = {trigger.value: trigger for trigger in Trigger}
_ABOUT_A_DOCUMENT = ("document_", "recipient_")


@dataclass(frozen=True, slots=True, repr=False)
class WebhookEvent:
    """One event. Nothing that PandaDoc sends is refused: what is missing, or of another type, reads as None.

    Attributes:
        event: What happened, as it came, such as ``"document_state_changed"``; None if the item does not say so.
        data: The JSON object about it, as it came; ``{}`` if there is none.
        raw: The whole item, as it came.
    """

    event: str | None
    data: dict[str, Any] = field(default_factory=dict, hash=False)
    raw: Any = field(default=None, hash=False)

    @classmethod
    def from_json(cls, item: object) -> WebhookEvent:
        """Return the event that an *item* of the array stands for, whatever it is."""
        fields = _object(item)
        return cls(_text_or_none(fields.get("event")), _object(fields.get("data")), item)

    @property
    def trigger(self) -> Trigger | None:
        """What happened, as a member of `Trigger`; None if it is none that this package knows."""
        return _TRIGGERS.get(self.event or "")

    @property
    def id(self) -> str | None:
        """``data.id``: of the document, template or other object that the event is about."""
        return _text_or_none(self.data.get("id"))

    @property
    def document_id(self) -> str | None:
        """The id of the document: ``data.document_id``, ``data.document.id``, or ``data.id`` of a document's event."""
        found = _text_or_none(self.data.get("document_id")) or _text_or_none(
            _object(self.data.get("document")).get("id")
        )
        return found or (self.id if (self.event or "").startswith(_ABOUT_A_DOCUMENT) else None)

    @property
    def name(self) -> str | None:
        """``data.name``."""
        return _text_or_none(self.data.get("name"))

    @property
    def status(self) -> str | None:
        """``data.status``, such as ``"document.completed"``; there may be others than those of the document API."""
        return _text_or_none(self.data.get("status"))

    def __repr__(self) -> str:
        if not hasattr(self, "event"):
            return "<WebhookEvent, not initialized>"
        # Without the data: it is about people.
        return f"WebhookEvent(event={self.event!r}, id={self.id!r}, status={self.status!r})"


@dataclass(frozen=True, slots=True)
class Delivery:
    """What one request brought: some events, often one. Iterating over it yields them.

    Attributes:
        events: The events, in their order.
        id: What to deduplicate by: `event_id`, or a digest of the body if that is missing.
        event_id: The header ``X-PandaDoc-Webhook-Event-Id``, the same in each attempt to deliver; None if it was not
            there, or not handed over. It is not signed.
    """

    events: tuple[WebhookEvent, ...]
    id: str
    event_id: str | None = None

    def __iter__(self) -> Iterator[WebhookEvent]:
        return iter(self.events)


class _Headers(Protocol):
    """The headers of a request in any framework; its names may be of any case."""

    def items(self) -> Iterable[tuple[Any, Any]]: ...


def parse(
    raw_body: bytes | bytearray | memoryview | str,
    signature: str | None,
    shared_key: str | bytes | Sequence[str | bytes],
    *,
    headers: _Headers | Iterable[tuple[Any, Any]] | None = None,
    event_id: str | None = None,
) -> Delivery:
    """Return the events in *raw_body*, after it was verified. Whatever JSON it is, reading it raises nothing.

    Args:
        raw_body: The request's body, exactly as it came. Text, which AWS Lambda and others hand over, is encoded as
            UTF-8.
        signature: The query parameter ``signature`` of the request's URL; None if there is none.
        shared_key: The key of the subscription, or several.
        headers: The headers of the request, as a mapping or as pairs, for `Delivery.event_id`; a WSGI ``environ``,
            such as Django's ``request.META``, is accepted too.
        event_id: The header ``X-PandaDoc-Webhook-Event-Id`` itself, in place of *headers*.

    Raises:
        WebhookSignatureError: The signature is missing, malformed, or of another body or key.
        WebhookDecodeError: The signature is right, and the body is no JSON.
        ApiTypeError: An argument is of the wrong type, such as a body that was parsed.
        ApiValueError: There is no key, a key is empty, or has white space at an end; or *raw_body* is text with an
            unpaired surrogate.
    """
    shared_key = hidden(shared_key)  # what is refused is reported with the local variables of this frame
    body = raw_bytes(raw_body)
    verify(body, signature, shared_key)
    if event_id is None:
        event_id = _event_id(headers)
    elif not isinstance(event_id, str):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise ApiTypeError(f"event_id must be text (str), not {type(event_id).__name__}")
    event_id = (event_id or "").strip() or None
    content = _decode(body)
    items = cast("list[object]", content) if isinstance(content, list) else [content]
    # A body with the same bytes tells of the same events at the same times.
    identity = event_id or f"sha256:{hashlib.sha256(body).hexdigest()}"
    return Delivery(tuple(WebhookEvent.from_json(item) for item in items), identity, event_id)


def _event_id(headers: Any) -> str | None:
    if headers is None:
        return None
    try:
        pairs = headers.items() if hasattr(headers, "items") else headers
        found = [value for name, value in pairs if _plain(name).lower() in _EVENT_ID_NAMES]
    except (TypeError, ValueError):
        found = None
    if found is None:
        raise ApiTypeError(f"headers must be a mapping, or pairs of name and value, not {type(headers).__name__}")
    return _plain(found[0]) if found else None


def _plain(text: object) -> str:
    """Return a header's name or value as text; as ASGI has it, it is bytes."""
    return text.decode("latin-1") if isinstance(text, bytes) else _text_or_none(text) or ""


def _decode(body: bytes) -> object:
    from pandadoc_client._http.decoding import read_json  # importing this package imports nothing of the rest

    try:
        return cast("object", read_json(body))
    except (ValueError, RecursionError) as error:
        where = f": {error.msg} at character {error.pos}" if isinstance(error, json.JSONDecodeError) else ""
    # Outside of the `except`: what json raises holds the whole body.
    failure = WebhookDecodeError(f"The body of the delivery is no JSON{where}")
    failure.body = body.decode("utf-8", "replace")
    raise failure


def _object(value: object) -> dict[str, Any]:
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}


def _text_or_none(value: object) -> str | None:
    return value if isinstance(value, str) else None
