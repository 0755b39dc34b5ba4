"""Contacts: what they are and how they change."""

from __future__ import annotations

from ..backend import Backend
from ..records import Record

__all__ = ["FIELDS", "known_contact"]


FIELDS = (
    "email",
    "first_name",
    "last_name",
    "company",
    "job_title",
    "phone",
    "country",
    "state",
    "street_address",
    "city",
    "postal_code",
)


def known_contact(backend: Backend, value: str | None, by: str = "email") -> Record | None:
    """Return the contact of an e-mail address, or `by` another field, in any case of letters; None if there is none."""
    if not value:
        return None
    return next((one for one in backend["contacts"] if (one[by] or "").lower() == value.lower()), None)
