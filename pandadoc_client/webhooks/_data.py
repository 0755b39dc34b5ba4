"""What events are about: JSON objects whose known members are attributes as well.

Each class here is a `dict` of what came, unknown members included: ``data["id"]``, ``data.get("new")`` and
``json.dumps(data)`` are those of any dict. An attribute reads one member. What is missing, or of another type, reads as
None, or as an empty list or dict; the member itself still has it. Attributes cannot be set.

They are written by hand, and no models of ``pandadoc_client.models``: the contract does not describe what is delivered,
and a receiver of webhooks imports the standard library alone. Times are ISO 8601 texts, and amounts are decimal texts,
as in those models.

Where the shapes are from: that of a document, its recipients and fields from the response to its details and a
delivery that was captured in 2023. **The others are guesses** after the responses of the API; each says so.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, Self, TypeVar, cast, overload

__all__ = [
    "CreationFailedData",
    "DocumentData",
    "EventData",
    "EventError",
    "EventField",
    "EventPerson",
    "EventRecipient",
    "Money",
    "QuoteData",
    "RecipientCompletedData",
    "SectionData",
]

_T = TypeVar("_T")
_Record = TypeVar("_Record", bound=dict[str, Any])


class _Member(Generic[_T]):
    """The member of that name, read by a function that takes any JSON value."""

    def __init__(self, read: Callable[[object], _T]) -> None:
        self._read = read

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    @overload
    def __get__(self, data: None, owner: type) -> Self: ...

    @overload
    def __get__(self, data: dict[str, Any], owner: type) -> _T: ...

    def __get__(self, data: dict[str, Any] | None, owner: type) -> Self | _T:
        return self if data is None else self._read(data.get(self._name))


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _integer(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _boolean(value: object) -> bool | None:
    return value if isinstance(value, bool) else None


def _any(value: object) -> Any:
    return value


def _object(value: object) -> dict[str, Any]:
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}


def _texts(value: object) -> list[str]:
    return [item for item in cast("list[object]", value) if isinstance(item, str)] if isinstance(value, list) else []


def _objects(value: object) -> list[dict[str, Any]]:
    return [_object(item) for item in cast("list[object]", value)] if isinstance(value, list) else []


def _one(kind: type[_Record]) -> Callable[[object], _Record | None]:
    return lambda value: kind(_object(value)) if isinstance(value, dict) else None


def _list_of(kind: type[_Record]) -> Callable[[object], list[_Record]]:
    return lambda value: [kind(item) for item in _objects(value)]


class EventData(dict[str, Any]):
    """What every event has: of a template, an item of the content library or a deleted document nothing else is known.

    Attributes:
        id: Of what the event is about.
        name: Its name.
    """

    __slots__ = ()
    id = _Member(_text)
    name = _Member(_text)


class EventPerson(dict[str, Any]):
    """A member of the workspace."""

    __slots__ = ()
    id = _Member(_text)
    email = _Member(_text)
    first_name = _Member(_text)
    last_name = _Member(_text)
    avatar = _Member(_text)
    membership_id = _Member(_text)


class EventRecipient(dict[str, Any]):
    """A recipient of a document: a person, or a group (``type`` is ``"recipient_group"``), which has a ``name``.

    Attributes:
        role: The role in the template; ``""`` if there is none.
        shared_link: Where the recipient finds the document; ``""`` in a draft.
        signature_date: ISO 8601, or None.
    """

    __slots__ = ()
    id = _Member(_text)
    email = _Member(_text)
    first_name = _Member(_text)
    last_name = _Member(_text)
    name = _Member(_text)
    phone = _Member(_text)
    contact_id = _Member(_text)
    type = _Member(_text)
    recipient_type = _Member(_text)
    role = _Member(_text)
    roles = _Member(_texts)
    signing_order = _Member(_integer)
    has_completed = _Member(_boolean)
    shared_link = _Member(_text)
    signature_date = _Member(_text)


class EventField(dict[str, Any]):
    """A field of a document, for subscriptions whose payload has ``fields``.

    Attributes:
        value: Whatever was filled in; text for most types, an object for signatures.
        assignee: An e-mail address, as it was captured; None where the person comes as an object, ``assigned_to``.
        assigned_to: That object, or ``{}``.
    """

    __slots__ = ()
    uuid = _Member(_text)
    field_id = _Member(_text)
    name = _Member(_text)
    title = _Member(_text)
    type = _Member(_text)
    value = _Member(_any)
    assignee = _Member(_text)
    assigned_to = _Member(_object)
    merge_field = _Member(_text)


class Money(dict[str, Any]):
    """An amount as decimal text, such as ``"190.00"``, and its currency, such as ``"USD"``."""

    __slots__ = ()
    amount = _Member(_text)
    currency = _Member(_text)


class EventError(dict[str, Any]):
    """Why something failed. A guess."""

    __slots__ = ()
    type = _Member(_text)
    detail = _Member(_text)


class DocumentData(EventData):
    """A document. ``fields``, ``tokens``, ``metadata``, ``pricing`` and ``products`` come if the subscription asks.

    Attributes:
        status: Such as ``"document.completed"``; there may be others than those of the document API.
        tokens: One object for each variable; its members differ between deliveries and the details of a document.
    """

    __slots__ = ()
    status = _Member(_text)
    date_created = _Member(_text)
    date_modified = _Member(_text)
    date_completed = _Member(_text)
    date_sent = _Member(_text)
    expiration_date = _Member(_text)
    version = _Member(_text)
    ref_number = _Member(_text)
    folder_uuid = _Member(_text)
    template = _Member(_one(EventData))
    created_by = _Member(_one(EventPerson))
    sent_by = _Member(_one(EventPerson))
    recipients = _Member(_list_of(EventRecipient))
    grand_total = _Member(_one(Money))
    tags = _Member(_texts)
    linked_objects = _Member(_objects)
    fields = _Member(_list_of(EventField))
    tokens = _Member(_objects)
    metadata = _Member(_object)
    pricing = _Member(_object)
    products = _Member(_objects)


class RecipientCompletedData(DocumentData):
    """The document, and who has completed it when.

    Attributes:
        action_date: ISO 8601.
        action_by: The recipient.
    """

    __slots__ = ()
    action_date = _Member(_text)
    action_by = _Member(_one(EventRecipient))


class CreationFailedData(EventData):
    """A document or an item of the content library that could not be made. The error's shape is a guess."""

    __slots__ = ()
    status = _Member(_text)
    error = _Member(_one(EventError))


class SectionData(EventData):
    """A section that was added to a document. A guess."""

    __slots__ = ()
    document = _Member(_one(EventData))


class QuoteData(EventData):
    """A quote: the response to its update, and its document's id. A guess."""

    __slots__ = ()
    document_id = _Member(_text)
    currency = _Member(_text)
    total = _Member(_text)
    summary = _Member(_object)
    sections = _Member(_objects)
