"""Templates and forms: what they are and how they change."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ..backend import MEMBERSHIP_ID, Backend
from ..fields.models import make_field
from ..records import Record

__all__ = ["make_template"]


def make_template(
    backend: Backend,
    name: str,
    *,
    roles: Iterable[str | Record] = (),
    fields: Iterable[tuple[str, str, str] | Record] = (),
    **content: Any,
) -> Record:
    """Add a template, which is not processed yet.

    Args:
        backend: The backend.
        name: Its name.
        roles: Its roles, or their names in signing order.
        fields: Its fields, or name, kind and role of each.
        **content: Whatever else differs from an empty template.
    """
    now = backend.stamp()
    return backend.templates.add(
        {
            "id": backend.new_id(),
            "name": name,
            "status": "template.UPLOADED",
            "date_created": now,
            "date_modified": now,
            "content_date_modified": now,
            "version": "2",
            "owner": MEMBERSHIP_ID,
            "folder_uuid": None,
            "shared": False,
            "metadata": {},
            "tokens": [],
            "tags": [],
            "roles": [
                {"id": backend.new_id(), "name": role, "signing_order": str(place), "preassigned_person": None}
                if isinstance(role, str)
                else role
                for place, role in enumerate(roles, 1)
            ],
            "fields": [
                field if isinstance(field, dict) else {**make_field(backend, field[0], field[1]), "role": field[2]}
                for field in fields
            ],
            "pricing_tables": [],
            "quotes": [],
            "content_placeholders": [],
            "tables": [],
            "images": [],
            "settings": {"language": "en-US"},
            "needs_approval": False,
            "deleted": False,
            **content,
        }
    )
