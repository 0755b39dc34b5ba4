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


def known_contact(backend: Backend, email: str | None) -> Record | None:
    """Return the contact of an e-mail address, in any case of its letters; None if there is none."""
    if not email:
        return None
    return next((one for one in backend["contacts"] if (one["email"] or "").lower() == email.lower()), None)
