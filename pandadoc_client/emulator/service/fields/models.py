"""The fields of a document: where they come from and what may stand in them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ..backend import Backend
from ..records import Record, pick

__all__ = ["clear_signatures", "fill", "from_template", "make_field", "named_fields", "sign"]


_SIGNATURES = ("signature", "initials")
_TEXTS = ("text", "dropdown", "radio_buttons", "payment_details", "date")


def make_field(
    backend: Backend,
    field_id: str,
    kind: str = "text",
    *,
    assigned_to: str | None = None,
    layout: Record | None = None,
    merge_field: str | None = None,
) -> Record:
    """Return a new field without a value.

    Args:
        backend: The backend.
        field_id: The name that programs use; a signature has one of its own besides.
        kind: Such as `text` or `signature`.
        assigned_to: The id of a recipient.
        layout: Where it is on the page.
        merge_field: The name that values are merged by.
    """
    uuid = backend.new_uuid()
    return {
        "uuid": uuid,
        "field_id": f"signature_{uuid}" if kind == "signature" else field_id,
        "name": field_id,
        "type": kind,
        "value": _empty(kind),
        "filled": False,
        "merge_field": merge_field or field_id,
        "assigned_to": assigned_to,
        "layout": layout or _LAYOUT,
    }


_LAYOUT: Record = {
    "page": 1,
    "position": {"offset_x": 72, "offset_y": 72, "anchor_point": "topleft"},
    "style": {"width": 160, "height": 24},
}


def from_template(backend: Backend, template: Record, recipients: Iterable[Record]) -> list[Record]:
    """Return the fields of a new document, each with the recipient of its role."""
    by_role = {recipient["role"]: recipient["id"] for recipient in recipients if recipient["role"]}
    return [
        {
            **make_field(
                backend,
                field["field_id"],
                field["type"],
                assigned_to=by_role.get(field["role"]),
                layout=field["layout"],
                merge_field=field["merge_field"],
            ),
            **pick(field, "name", "value", "filled"),
        }
        for field in template["fields"]
    ]


def named_fields(backend: Backend, values: Mapping[str, Record], recipients: Iterable[Record]) -> list[Record]:
    """Return fields for the values that came with an uploaded file, as if it had form fields of these names."""
    by_role = {recipient["role"]: recipient["id"] for recipient in recipients if recipient["role"]}
    return [
        make_field(
            backend,
            name,
            "checkbox" if isinstance(item["value"], bool) else "text",
            assigned_to=by_role.get(item.get("role")),
        )
        for name, item in values.items()
    ]


def fill(fields: Iterable[Record], values: Mapping[str, Record]) -> None:
    """Enter values by the name of the field or of its merge field; what fits no field is left out."""
    for field in fields:
        for name in (field["field_id"], field["merge_field"]):
            if name in values:
                field["value"] = _fitting(field["type"], values[name].get("value"))
                field["filled"] = field["value"] not in ("", False, {})


def sign(fields: Iterable[Record], recipient: Record, when: str) -> None:
    """Fill in what one recipient has not."""
    person = recipient.get("name") or f"{recipient['first_name'] or ''} {recipient['last_name'] or ''}".strip()
    for field in fields:
        if field["assigned_to"] == recipient["id"] and not field["filled"]:
            field["value"] = {"date": when, "checkbox": True}.get(field["type"], _signature(field["type"], person))
            field["filled"] = True


def clear_signatures(fields: Iterable[Record]) -> None:
    """Empty what was signed; other values stay."""
    for field in fields:
        if field["type"] in _SIGNATURES:
            field.update(value=_empty(field["type"]), filled=False)


def _signature(kind: str, person: str) -> Any:
    return person if kind in _TEXTS else {}


def _empty(kind: str) -> Any:
    return {"checkbox": False}.get(kind, "" if kind in _TEXTS else {})


def _fitting(kind: str, value: Any) -> Any:
    if kind == "checkbox":
        return value if isinstance(value, bool) else str(value).lower() in ("true", "1", "yes", "on")
    return str(value) if kind in _TEXTS else {}
