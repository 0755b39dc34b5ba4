"""Contacts: what they are and how they change."""

from __future__ import annotations

__all__ = ["FIELDS"]


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
