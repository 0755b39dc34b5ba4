"""Templates."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from ...contract.multipart import FilePart
from ...contract.requests import ValidRequest
from .. import pricing, stock, views
from ..clock import stamp
from ..listing import matches_text, page
from ..records import Record
from ..refusal import invalid
from ..reply import EMPTY, Handlers, Reply
from ..webhooks import tell
from ..world import World

__all__ = ["HANDLERS"]


def list_templates(world: World, call: ValidRequest) -> Reply:
    """By whatever the query says."""
    query = call.query
    tags = set(query.get("tag") or ())
    found = [
        template
        for template in world.templates
        if template["deleted"] == query.get("deleted", False)
        and query.get("id", template["id"]) == template["id"]
        and query.get("folder_uuid", template["folder_uuid"]) == template["folder_uuid"]
        and query.get("shared", template["shared"]) == template["shared"]
        and tags <= set(template["tags"])
        and matches_text(query.get("q"), template["name"])
    ]
    return Reply({"results": [_brief(template, call) for template in page(found, query)]})


def create_template(world: World, call: ValidRequest) -> Reply:
    """Ready after `processing_delay` seconds."""
    body: Record = call.body or {}
    file = body.get("file")
    data: Record = (body.get("data") or {}) if "file" in body or "data" in body else body
    folder = data.get("folder_uuid")
    if folder and folder not in world["template_folders"]:
        raise invalid("folder_uuid", "There is no such folder.")
    name = data.get("name") or (file.filename if isinstance(file, FilePart) else "Template")
    template = stock.make_template(
        world,
        name,
        folder_uuid=folder or None,
        metadata=data.get("metadata") or {},
        tokens=data.get("tokens") or [],
    )
    world.schedule(world.options.processing_delay, "template.ready", template["id"])
    return Reply(_brief(template, call))


def duplicate_template(world: World, call: ValidRequest) -> Reply:
    """With all its content."""
    old = world.templates.read(call.path["id"])
    now = world.stamp()
    name = (call.body or {}).get("name") or f"Copy of {old['name']}"
    new = {**deepcopy(old), "id": world.new_id(), "name": name, "date_created": now, "date_modified": now}
    world.templates.add(new)
    _tell(world, "template_created", new)
    shown = {field: new[field] for field in ("id", "name", "date_created", "date_modified")}
    return Reply({**shown, "meta": {"source_template_id": old["id"]}})


def status_template(world: World, call: ValidRequest) -> Reply:
    """In short form."""
    template = world.templates.read(call.path["id"])
    return Reply({**_short(template), "status": template["status"]})


def details_template(world: World, call: ValidRequest) -> Reply:
    """All of it."""
    template = world.templates.read(call.path["id"])
    names = ("content_date_modified", "metadata", "tokens", "tags", "roles", "content_placeholders", "images")
    fields = [views.field_in_details({"recipients": []}, {**field, **_UNFILLED}) for field in template["fields"]]
    shown = {
        **_short(template),
        **{name: template[name] for name in names},
        "created_by": world.person(template["owner"]),
        "fields": fields,
        "pricing": pricing.pricing(template),
        "tables": template["tables"],
    }
    if template["folder_uuid"]:
        shown["folder_uuid"] = template["folder_uuid"]
    return Reply(shown)


_UNFILLED = {"filled": False, "assigned_to": None}


def update_template(world: World, call: ValidRequest) -> Reply:
    """Tokens by name; roles as a whole."""
    template = world.templates.edit(call.path["id"])
    body: Record = call.body
    tokens = {token["name"]: token["value"] for token in (*template["tokens"], *(body.get("tokens") or ()))}
    template["tokens"] = [{"name": name, "value": value} for name, value in tokens.items()]
    if "roles" in body:
        known = {role["id"] for role in template["roles"]}
        for place, role in enumerate(body["roles"]):
            if role.get("id", next(iter(known), "")) not in known and "id" in role:
                raise invalid(f"roles[{place}].id", "The template has no such role.")
        template["roles"] = [_role(world, role) for role in body["roles"]]
    template["date_modified"] = world.stamp()
    _tell(world, "template_updated", template)
    return EMPTY


def _role(world: World, wanted: Record) -> Record:
    order = wanted.get("signing_order")
    return {
        "id": wanted.get("id") or world.new_id(),
        "name": wanted["name"],
        "signing_order": None if order is None else str(order),
        "preassigned_person": None,
    }


def delete_template(world: World, call: ValidRequest) -> Reply:
    """Only a list of the deleted ones still shows it."""
    template = world.templates.edit(call.path["id"])
    template.update(deleted=True, date_modified=world.stamp())
    _tell(world, "template_deleted", template)
    return EMPTY


def create_template_editing_session(world: World, call: ValidRequest) -> Reply:
    """For a member."""
    body: Record = call.body
    if not any(member["email"] == body["email"] for member in world["members"]):
        raise invalid("email", "There is no member of this e-mail address.")
    key = world.new_key()
    return Reply(
        {
            "id": world.new_uuid(),
            "email": body["email"],
            "expires_at": stamp(world.now() + body.get("lifetime", 3600)),
            "key": key,
            "token": key,
            "template_id": call.path["id"],
        }
    )


def template_settings_get(world: World, call: ValidRequest) -> Reply:
    """As they are."""
    return Reply(world.templates.read(call.path["template_id"])["settings"])


def template_settings_update(world: World, call: ValidRequest) -> Reply:
    """What the body does not name stays as it is."""
    template = world.templates.edit(call.path["template_id"])
    template["settings"] = {**template["settings"], **call.body}
    return Reply(template["settings"])


def list_form(world: World, call: ValidRequest) -> Reply:
    """There are none."""
    return Reply({"results": [], "has_next_page": False})


def _short(template: Record) -> Record:
    return {name: template[name] for name in ("id", "name", "date_created", "date_modified", "version")}


def _brief(template: Record, call: ValidRequest) -> Record:
    shown = _short(template)
    wanted: Any = call.query.get("fields") or ()
    if "content_date_modified" in wanted:
        shown["content_date_modified"] = template["content_date_modified"]
    return shown


def _tell(world: World, trigger: str, template: Record) -> None:
    data = {"id": template["id"], "name": template["name"]}
    tell(world, trigger, data)


HANDLERS: Handlers = {
    "listTemplates": list_templates,
    "createTemplate": create_template,
    "createTemplateWithUpload": create_template,
    "duplicateTemplate": duplicate_template,
    "statusTemplate": status_template,
    "detailsTemplate": details_template,
    "updateTemplate": update_template,
    "deleteTemplate": delete_template,
    "createTemplateEditingSession": create_template_editing_session,
    "templateSettingsGet": template_settings_get,
    "templateSettingsUpdate": template_settings_update,
    "listForm": list_form,
}
"""Handlers by `operationId`."""
