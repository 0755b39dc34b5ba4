"""Templates and forms: records to the JSON of the contract."""

from __future__ import annotations

from typing import Any

from ...contract.requests import ValidRequest
from ..fields import serializers as field_serializers
from ..records import Record

__all__ = ["brief", "field_details", "list_item"]


def list_item(template: Record) -> Record:
    return {name: template[name] for name in ("id", "name", "date_created", "date_modified", "version")}


def brief(template: Record, request: ValidRequest) -> Record:
    shown = list_item(template)
    wanted: Any = request.query.get("fields") or ()
    if "content_date_modified" in wanted:
        shown["content_date_modified"] = template["content_date_modified"]
    return shown


def field_details(template: Record, field: Record) -> Record:
    """Return a field with the role that it is assigned to; of an imported one what was imported, in its place."""
    shown = field_serializers.details({"recipients": []}, {**field, "assigned_to": None})
    role = next((one for one in template["roles"] if one["name"] == field["role"]), None)
    if role is not None:
        shown["assigned_to"] = {
            "id": role["id"],
            "recipient_type": "signer",
            "role": role["name"],
            "roles": [role["name"]],
            "type": "recipient",
        }
    return {**shown, **field.get("imported", {})}
