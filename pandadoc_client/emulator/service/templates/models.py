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
    roles: Iterable[str] = (),
    fields: Iterable[tuple[str, str, str]] = (),
    **content: Any,
) -> Record:
    """Add a template, which is not processed yet.

    Args:
        backend: The backend.
        name: Its name.
        roles: The names of its roles, in signing order.
        fields: Its fields: name, kind, role.
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
                for place, role in enumerate(roles, 1)
            ],
            "fields": [{**make_field(backend, field, kind), "role": role} for field, kind, role in fields],
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
