"""What is not certain of the service, and can be turned. Data only, standard library only.

What the vendor's document and documentation say, or what somebody has captured, is always on. Where only claims or
conclusions speak, or two sources disagree, there is a setting here; `docs/emulator.md` has the table.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any, Self, get_type_hints

__all__ = ["Behaviour", "KnownContact", "RecipientIds", "UnknownNames", "WebhookShapes"]


class UnknownNames(StrEnum):
    """What becomes of tokens and fields that a template does not have, when a document is made from it."""

    DROP = "drop"
    """They are left out, and nobody is told."""
    KEEP = "keep"
    """Tokens are kept; fields are left out, as there is no place for them."""
    REFUSE = "refuse"
    """400 that names them: not the service's way, but one to find a misspelt name by."""


class KnownContact(StrEnum):
    """What becomes of `POST /contacts` with an e-mail address that a contact has."""

    REFUSE = "refuse"
    """400 that names `email`."""
    UPDATE = "update"
    """The contact is updated, and is the response."""


class WebhookShapes(StrEnum):
    """What documents look like in webhooks."""

    CAPTURED = "captured"
    """As in a delivery that was captured in 2023: `tokens` as `[{name: value}]`, a field's `assignee` as an e-mail
    address, `role` never null, `shared_link` empty in a draft."""
    DETAILS = "details"
    """As the endpoint for details shows them, which is how the vendor's document reads."""


class RecipientIds(StrEnum):
    """What the ids of recipients are in the response to a send."""

    TEXT = "text"
    """As the vendor's document says, and equal to those in the details."""
    INTEGER = "integer"
    """As in responses captured from 2022 to 2024."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Behaviour:
    """What is guessed of the service. Text is accepted for each enumeration and turned into it.

    Attributes:
        unknown_names: What becomes of tokens and fields that a template does not have (claimed: dropped).
        known_contact: What becomes of a contact that is created twice (claims contradict each other).
        signing_order: Whether a later signer waits for the earlier ones (claimed).
        editing_lock: Whether an editing session locks its document (not known).
        webhook_shapes: What documents look like in webhooks (captured once, documented otherwise).
        webhook_batch: How many events of a subscription may come in one delivery (documented: several; 1 is usual).
        recipient_ids: What recipients' ids are in the response to a send (captured and documented otherwise).
        check_files: Whether an uploaded PDF without an end (`%%EOF`) ends in `document.error` (a conclusion). Off, as
            tests like to upload a few bytes.

    Raises:
        ValueError: an unknown value, or a batch of less than one.
    """

    unknown_names: UnknownNames = UnknownNames.DROP
    known_contact: KnownContact = KnownContact.REFUSE
    signing_order: bool = True
    editing_lock: bool = False
    webhook_shapes: WebhookShapes = WebhookShapes.CAPTURED
    webhook_batch: int = 1
    recipient_ids: RecipientIds = RecipientIds.TEXT
    check_files: bool = False

    def __post_init__(self) -> None:
        kinds = get_type_hints(type(self))
        for field in fields(self):
            value, kind = getattr(self, field.name), kinds[field.name]
            if issubclass(kind, StrEnum):
                known = ", ".join(kind)
                if value not in list(kind):
                    raise ValueError(f"{field.name} is one of {known}")
                object.__setattr__(self, field.name, kind(value))
            elif type(value) is not kind:
                raise ValueError(f"{field.name} is {'true or false' if kind is bool else 'a whole number'}")
        if self.webhook_batch < 1:
            raise ValueError("webhook_batch is a number of events, 1 or more")

    @classmethod
    def parse(cls, texts: Mapping[str, str]) -> Self:
        """Read `name=value` pairs, the form of the command line; dashes stand for underscores.

        Raises:
            ValueError: there is no such setting, or it does not take that value.
        """
        kinds = get_type_hints(cls)
        values: dict[str, Any] = {}
        for given, text in texts.items():
            name = given.replace("-", "_")
            kind = kinds.get(name)
            if kind is None:
                raise ValueError(f"there is no behaviour {given!r}; there are {', '.join(kinds)}")
            if kind is bool:
                values[name] = {"true": True, "false": False}.get(text.lower(), text)
            elif kind is int:
                values[name] = int(text) if text.isdecimal() else text
            else:
                values[name] = text
        return cls(**values)
