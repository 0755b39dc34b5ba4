"""What documents are made from: templates and content library items."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from .fields import make_field
from .records import Record
from .world import MEMBERSHIP_ID, World

__all__ = ["make_item", "make_template"]


def make_template(
    world: World, name: str, *, roles: Iterable[str] = (), fields: Iterable[tuple[str, str, str]] = (), **content: Any
) -> Record:
    """Add a template, which is not processed yet.

    Args:
        world: The world.
        name: Its name.
        roles: The names of its roles, in signing order.
        fields: Its fields: name, kind, role.
        **content: Whatever else differs from an empty template.
    """
    now = world.stamp()
    return world.templates.add(
        {
            "id": world.new_id(),
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
                {"id": world.new_id(), "name": role, "signing_order": str(place), "preassigned_person": None}
                for place, role in enumerate(roles, 1)
            ],
            "fields": [{**make_field(world, field, kind), "role": role} for field, kind, role in fields],
            "pricing_tables": [],
            "quotes": [],
            "content_placeholders": [],
            "tables": [],
            "images": [],
            "settings": {"language": "en-US"},
            "deleted": False,
            **content,
        }
    )


def make_item(world: World, name: str, **content: Any) -> Record:
    """Add a content library item, which is not processed yet.

    Args:
        world: The world.
        name: Its name.
        **content: Whatever else differs from an empty item.
    """
    now = world.stamp()
    return world["library"].add(
        {
            "id": world.new_id(),
            "name": name,
            "status": "cli.UPLOADED",
            "date_created": now,
            "date_modified": now,
            "content_date_modified": now,
            "version": "2",
            "owner": MEMBERSHIP_ID,
            "folder_uuid": None,
            "metadata": {},
            "tokens": [],
            "tags": [],
            "fields": [],
            "roles": [],
            "pricing_tables": [],
            "quotes": [],
            "tables": [],
            "images": [],
            "texts": [],
            "deleted": False,
            **content,
        }
    )
