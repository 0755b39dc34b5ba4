"""Templates of an account: what the details of a template, or of a document, say as JSON becomes a template here."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NoReturn

from ..backend import Backend
from ..fields.models import make_field
from ..quotes import models as quotes
from ..records import Record
from .models import make_template

__all__ = ["check_details", "import_template", "load_templates"]

_KEPT = ("date_created", "date_modified", "content_date_modified", "version", "folder_uuid")
_LISTS = ("content_placeholders", "images", "tables")


def load_templates(path: Path) -> list[dict[str, Any]]:
    """Return the details in a file, or in each `*.json` of a folder, by name.

    Raises:
        OSError: a file cannot be read.
        ValueError: a folder without such files, or a file that holds no details; it names the file and the field.
    """
    if not path.is_dir():
        return [_load(path)]
    paths = sorted(path.glob("*.json"))
    if not paths:
        raise ValueError(f"{path}: the folder has no .json files")
    return [_load(one) for one in paths]


def _load(path: Path) -> dict[str, Any]:
    try:
        details: Any = json.loads(path.read_text(encoding="utf-8-sig"))
    except UnicodeDecodeError:
        raise ValueError(f"{path}: not UTF-8 text") from None
    except json.JSONDecodeError as error:
        raise ValueError(f"{path}: not JSON: {error.msg} at line {error.lineno}, column {error.colno}") from None
    except RecursionError:
        raise ValueError(f"{path}: nested too deep") from None
    try:
        check_details(details)
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from None
    checked: dict[str, Any] = details
    return checked


def check_details(details: object) -> None:
    """Check what `import_template` takes.

    Raises:
        ValueError: it is not what the API returns as details; the message names the field, never its value.
    """
    root = _object(details, "details")
    _text(root, "id", "id")
    _text(root, "name", "name")
    for name in _KEPT:
        if not isinstance(root.get(name), str | None):
            _wrong(name, "text")
    if root.get("metadata") is not None:
        _object(root["metadata"], "metadata")
    for place, tag in _items(root, "tags"):
        if not isinstance(tag, str):
            _wrong(place, "text")
    for place, token in _objects(root, "tokens"):
        _text(token, "name", f"{place}.name")
    for place, role in _objects(root, "roles"):
        _text(role, "name", f"{place}.name")
    for _ in _objects(root, "recipients"):
        pass
    known = {role["name"] for role in _roles(root)}
    for place, field in _objects(root, "fields"):
        _text(field, "field_id" if field.get("field_id") is not None else "name", f"{place}.field_id")
        _text(field, "type", f"{place}.type")
        if field.get("assigned_to") is not None:
            _object(field["assigned_to"], f"{place}.assigned_to")
            assigned = _role_of(root, field)
            if assigned is not None and assigned not in known:
                raise ValueError(f"{place}.assigned_to: the template has no such role")
    if root.get("pricing") is not None:
        pricing = _object(root["pricing"], "pricing")
        for place, table in _objects(pricing, "tables", "pricing.tables"):
            _text(table, "name", f"{place}.name")
            for _ in _objects(table, "items", f"{place}.items"):
                pass
        for place, quote in _objects(pricing, "quotes", "pricing.quotes"):
            for _ in _objects(quote, "sections", f"{place}.sections"):
                pass
    for name in _LISTS:
        for _ in _objects(root, name):
            pass


def import_template(backend: Backend, details: Mapping[str, Any]) -> Record:
    """Add a template by its details, or put it in the place of the one with its id.

    Roles of a document are those of its recipients, and the values of its fields are left out: they are its own.

    Args:
        backend: The backend.
        details: The response to `detailsTemplate` or `detailsDocument`.

    Raises:
        ValueError: as `check_details`.
    """
    check_details(details)
    pricing: Record = details.get("pricing") or {}
    return make_template(
        backend,
        details["name"],
        id=details["id"],
        status="template.PROCESSED",
        metadata=dict(details.get("metadata") or {}),
        tags=list(details.get("tags") or ()),
        tokens=[{**token, "value": token.get("value") or ""} for token in details.get("tokens") or ()],
        roles=[
            {"preassigned_person": None, "signing_order": None, **role, "id": role.get("id") or backend.new_id()}
            for role in _roles(details)
        ],
        fields=[_field(backend, details, field) for field in details.get("fields") or ()],
        pricing_tables=[_table(backend, table) for table in pricing.get("tables") or ()],
        quotes=[{**quotes.make_quote(backend, ()), **quote} for quote in pricing.get("quotes") or ()],
        **{name: [dict(item) for item in details.get(name) or ()] for name in _LISTS},
        **{name: details[name] for name in _KEPT if details.get(name) is not None},
    )


def _roles(details: Mapping[str, Any]) -> list[Record]:
    """Return the roles: a template's own, else those of a document's recipients, each once."""
    if details.get("roles"):
        return [dict(role) for role in details["roles"]]
    found: dict[str, Record] = {}
    for recipient in details.get("recipients") or ():
        name = _first_role(recipient)
        if name is not None:
            order = recipient.get("signing_order")
            found.setdefault(name, {"name": name, "signing_order": None if order is None else str(order)})
    return list(found.values())


def _role_of(details: Mapping[str, Any], field: Mapping[str, Any]) -> str | None:
    """Return the role that a field is assigned to: by the id of a role, or as it is said of a recipient."""
    owner: Mapping[str, Any] = field.get("assigned_to") or {}
    for role in details.get("roles") or ():
        if role.get("id") is not None and role["id"] == owner.get("id"):
            return str(role["name"])
    if owner.get("type") == "role":
        return str(owner.get("name"))
    return _first_role(owner)


def _first_role(recipient: Mapping[str, Any]) -> str | None:
    names = recipient.get("roles")
    first = names[0] if isinstance(names, list) and names else None
    role: object = recipient.get("role") or first
    return role if isinstance(role, str) else None


def _field(backend: Backend, details: Mapping[str, Any], field: Mapping[str, Any]) -> Record:
    name = field.get("field_id") or field["name"]
    shown = dict(field)
    made = make_field(backend, name, field["type"], merge_field=field.get("merge_field"))
    if "recipients" in details and "roles" not in details:
        shown = {key: value for key, value in shown.items() if key not in ("value", "assigned_to", "is_filled")}
    elif field.get("value") not in (None, "", False, {}):
        made.update(value=field["value"], filled=True)
    return {
        **made,
        "uuid": field.get("uuid") or made["uuid"],
        "name": field.get("name") or name,
        "role": _role_of(details, field),
        "imported": shown,
    }


def _table(backend: Backend, table: Record) -> Record:
    """Return a pricing table that shows what was imported, above what our own tables have besides."""
    items = [dict(item) for item in table.get("items") or ()]
    rows = [
        {"data": item, "options": item.get("options"), "custom_fields": item.get("custom_fields")} for item in items
    ]
    (made,) = quotes.make_tables(backend, [{"name": table["name"], "sections": [{"title": "", "rows": rows}]}])
    return {**made, **table, "items": [{**own, **item} for own, item in zip(made["items"], items, strict=True)]}


# -- checks ---------------------------------------------------------------------------------------------------------


def _object(value: object, place: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        _wrong(place, "an object")
    return value


def _text(record: Mapping[str, Any], name: str, place: str) -> None:
    value = record.get(name)
    if not isinstance(value, str) or not value:
        _wrong(place, "text, and not empty")


def _items(record: Mapping[str, Any], name: str, place: str | None = None) -> Iterator[tuple[str, Any]]:
    place = place or name
    value = record.get(name)
    if not isinstance(value, list | None):
        _wrong(place, "a list")
    for number, item in enumerate(value or ()):
        yield f"{place}[{number}]", item


def _objects(record: Mapping[str, Any], name: str, place: str | None = None) -> Iterator[tuple[str, dict[str, Any]]]:
    for at, item in _items(record, name, place):
        yield at, _object(item, at)


def _wrong(place: str, wanted: str) -> NoReturn:
    raise ValueError(f"{place} must be {wanted}")
