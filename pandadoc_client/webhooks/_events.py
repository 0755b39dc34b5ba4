"""`parse`: from a signed body to typed events."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, ClassVar, Literal, Protocol, Self, TypeAlias, cast

from pandadoc_client.exceptions import ApiTypeError
from pandadoc_client.webhooks._data import (
    CreationFailedData,
    DocumentData,
    EventData,
    QuoteData,
    RecipientCompletedData,
    SectionData,
)
from pandadoc_client.webhooks._errors import WebhookDecodeError
from pandadoc_client.webhooks._signature import hidden, raw_bytes, verify

__all__ = [
    "AnyEvent",
    "ContentLibraryItemCreated",
    "ContentLibraryItemCreationFailed",
    "Delivery",
    "DocumentCompletedPdfReady",
    "DocumentCreationFailed",
    "DocumentDeleted",
    "DocumentSectionAdded",
    "DocumentStateChanged",
    "DocumentUpdated",
    "QuoteUpdated",
    "RecipientCompleted",
    "TemplateCreated",
    "TemplateDeleted",
    "TemplateUpdated",
    "Trigger",
    "UnknownEvent",
    "WebhookEvent",
    "parse",
]

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


_ABOUT_A_DOCUMENT = ("document_", "recipient_")


@dataclass(frozen=True, slots=True, repr=False)
class WebhookEvent:
    """One event. Nothing that PandaDoc sends is refused: what is missing, or of another type, reads as None.

    Each trigger has a class of its own, which says what its `data` has; `AnyEvent` is one of these. Making a
    `WebhookEvent` makes one of the class that goes with *event*, and an `UnknownEvent` if there is none.

    Attributes:
        event: What happened, as it came, such as ``"document_state_changed"``; None if the item does not say so.
        data: The JSON object about it, with all that came; ``{}`` if there is none. A dict, whose known members are
            attributes as well, if the trigger is a known one.
        raw: The whole item, as it came.
        trigger: What happened, as a member of `Trigger`; None if it is none that this package knows.
    """

    event: str | None
    data: dict[str, Any] = field(default_factory=dict[str, Any], hash=False)
    raw: Any = field(default=None, hash=False)
    trigger: ClassVar[Trigger | None] = None
    _data_class: ClassVar[type[EventData] | None] = None

    def __new__(cls, event: str | None = None, *arguments: Any, **named: Any) -> Self:
        known = _CLASSES.get(event or "", UnknownEvent) if cls is WebhookEvent else cls
        return cast("Self", object.__new__(known))

    def __post_init__(self) -> None:
        kind = self._data_class
        if kind is not None and not isinstance(self.data, kind):
            object.__setattr__(self, "data", kind(self.data))

    @classmethod
    def from_json(cls, item: object) -> AnyEvent:
        """Return the event that an *item* of the array stands for, whatever it is."""
        fields = _object(item)
        event = WebhookEvent(_text_or_none(fields.get("event")), _object(fields.get("data")), item)
        return cast("AnyEvent", event)

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
        return f"{type(self).__name__}(event={self.event!r}, id={self.id!r}, status={self.status!r})"


class RecipientCompleted(WebhookEvent):
    """A recipient has signed, or done whatever else was theirs to do."""

    __slots__ = ()
    event: Literal["recipient_completed"]
    data: RecipientCompletedData
    trigger: ClassVar[Literal[Trigger.RECIPIENT_COMPLETED]] = Trigger.RECIPIENT_COMPLETED
    _data_class = RecipientCompletedData


class DocumentUpdated(WebhookEvent):
    """A document is a draft again, and was edited."""

    __slots__ = ()
    event: Literal["document_updated"]
    data: DocumentData
    trigger: ClassVar[Literal[Trigger.DOCUMENT_UPDATED]] = Trigger.DOCUMENT_UPDATED
    _data_class = DocumentData


class DocumentDeleted(WebhookEvent):
    """A document was deleted."""

    __slots__ = ()
    event: Literal["document_deleted"]
    data: EventData
    trigger: ClassVar[Literal[Trigger.DOCUMENT_DELETED]] = Trigger.DOCUMENT_DELETED
    _data_class = EventData


class DocumentStateChanged(WebhookEvent):
    """A document has another status."""

    __slots__ = ()
    event: Literal["document_state_changed"]
    data: DocumentData
    trigger: ClassVar[Literal[Trigger.DOCUMENT_STATE_CHANGED]] = Trigger.DOCUMENT_STATE_CHANGED
    _data_class = DocumentData


class DocumentCreationFailed(WebhookEvent):
    """A document could not be made."""

    __slots__ = ()
    event: Literal["document_creation_failed"]
    data: CreationFailedData
    trigger: ClassVar[Literal[Trigger.DOCUMENT_CREATION_FAILED]] = Trigger.DOCUMENT_CREATION_FAILED
    _data_class = CreationFailedData


class DocumentCompletedPdfReady(WebhookEvent):
    """The PDF of a completed document can be downloaded."""

    __slots__ = ()
    event: Literal["document_completed_pdf_ready"]
    data: DocumentData
    trigger: ClassVar[Literal[Trigger.DOCUMENT_COMPLETED_PDF_READY]] = Trigger.DOCUMENT_COMPLETED_PDF_READY
    _data_class = DocumentData


class DocumentSectionAdded(WebhookEvent):
    """A section was added to a document."""

    __slots__ = ()
    event: Literal["document_section_added"]
    data: SectionData
    trigger: ClassVar[Literal[Trigger.DOCUMENT_SECTION_ADDED]] = Trigger.DOCUMENT_SECTION_ADDED
    _data_class = SectionData


class QuoteUpdated(WebhookEvent):
    """A quote of a document was changed."""

    __slots__ = ()
    event: Literal["quote_updated"]
    data: QuoteData
    trigger: ClassVar[Literal[Trigger.QUOTE_UPDATED]] = Trigger.QUOTE_UPDATED
    _data_class = QuoteData


class TemplateCreated(WebhookEvent):
    """A template was made."""

    __slots__ = ()
    event: Literal["template_created"]
    data: EventData
    trigger: ClassVar[Literal[Trigger.TEMPLATE_CREATED]] = Trigger.TEMPLATE_CREATED
    _data_class = EventData


class TemplateUpdated(WebhookEvent):
    """A template was changed."""

    __slots__ = ()
    event: Literal["template_updated"]
    data: EventData
    trigger: ClassVar[Literal[Trigger.TEMPLATE_UPDATED]] = Trigger.TEMPLATE_UPDATED
    _data_class = EventData


class TemplateDeleted(WebhookEvent):
    """A template was deleted."""

    __slots__ = ()
    event: Literal["template_deleted"]
    data: EventData
    trigger: ClassVar[Literal[Trigger.TEMPLATE_DELETED]] = Trigger.TEMPLATE_DELETED
    _data_class = EventData


class ContentLibraryItemCreated(WebhookEvent):
    """An item of the content library was made."""

    __slots__ = ()
    event: Literal["content_library_item_created"]
    data: EventData
    trigger: ClassVar[Literal[Trigger.CONTENT_LIBRARY_ITEM_CREATED]] = Trigger.CONTENT_LIBRARY_ITEM_CREATED
    _data_class = EventData


class ContentLibraryItemCreationFailed(WebhookEvent):
    """An item of the content library could not be made."""

    __slots__ = ()
    event: Literal["content_library_item_creation_failed"]
    data: CreationFailedData
    trigger: ClassVar[Literal[Trigger.CONTENT_LIBRARY_ITEM_CREATION_FAILED]] = (
        Trigger.CONTENT_LIBRARY_ITEM_CREATION_FAILED
    )
    _data_class = CreationFailedData


class UnknownEvent(WebhookEvent):
    """An event whose trigger this package does not know, or that has none; `data` is a plain dict.

    To type checkers `data` is Any, so that ``match event.event`` leaves what is known of the other classes.
    """

    __slots__ = ()
    data: Any
    trigger: ClassVar[None] = None


AnyEvent: TypeAlias = (
    RecipientCompleted
    | DocumentUpdated
    | DocumentDeleted
    | DocumentStateChanged
    | DocumentCreationFailed
    | DocumentCompletedPdfReady
    | DocumentSectionAdded
    | QuoteUpdated
    | TemplateCreated
    | TemplateUpdated
    | TemplateDeleted
    | ContentLibraryItemCreated
    | ContentLibraryItemCreationFailed
    | UnknownEvent
)
"""An event of one of the classes; type checkers narrow it by ``match event``, ``event.trigger`` or ``event.event``."""

_CLASSES: dict[str, type[WebhookEvent]] = {
    str(known.trigger): known for known in WebhookEvent.__subclasses__() if known.trigger is not None
}


@dataclass(frozen=True, slots=True)
class Delivery:
    """What one request brought: some events, often one. Iterating over it yields them.

    Attributes:
        events: The events, in their order.
        id: What to deduplicate by: `event_id`, or a digest of the body if that is missing.
        event_id: The header ``X-PandaDoc-Webhook-Event-Id``, the same in each attempt to deliver; None if it was not
            there, or not handed over. It is not signed.
    """

    events: tuple[AnyEvent, ...]
    id: str
    event_id: str | None = None

    def __iter__(self) -> Iterator[AnyEvent]:
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
