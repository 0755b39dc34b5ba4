"""Templates and forms: records to the JSON of the contract."""

from __future__ import annotations

from typing import Any

from ...contract.requests import ValidRequest
from ..records import Record

__all__ = ["brief", "list_item"]


def list_item(template: Record) -> Record:
    return {name: template[name] for name in ("id", "name", "date_created", "date_modified", "version")}


def brief(template: Record, request: ValidRequest) -> Record:
    shown = list_item(template)
    wanted: Any = request.query.get("fields") or ()
    if "content_date_modified" in wanted:
        shown["content_date_modified"] = template["content_date_modified"]
    return shown
