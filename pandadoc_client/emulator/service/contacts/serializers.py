"""Contacts: records to the JSON of the contract."""

from __future__ import annotations

from ..records import Record
from . import models

__all__ = ["contact"]


def contact(contact: Record) -> Record:
    return {name: contact[name] for name in ("id", *models.FIELDS)}
