"""Templates and forms: requests to replies."""

from __future__ import annotations

from copy import deepcopy

from ...contract.multipart import FilePart
from ...contract.requests import ValidRequest
from ..backend import Backend
from ..editing import editing_session
from ..listing import matches_text, newest_first, page
from ..quotes import models as quotes
from ..records import Record
from ..refusal import invalid
from ..reply import EMPTY, Handlers, Reply
from ..webhooks import events
from ..webhooks.models import tell
from . import models, serializers

__all__ = ["HANDLERS"]


def list_templates(backend: Backend, request: ValidRequest) -> Reply:
    """By whatever the query says."""
    query = request.query
    tags = set(query.get("tag") or ())
    found = [
        template
        for template in newest_first(backend.templates)
        if template["deleted"] == query.get("deleted", False)
        and query.get("id", template["id"]) == template["id"]
        and query.get("folder_uuid", template["folder_uuid"]) == template["folder_uuid"]
        and query.get("shared", template["shared"]) == template["shared"]
        and tags <= set(template["tags"])
        and matches_text(query.get("q"), template["name"])
    ]
    return Reply({"results": [serializers.brief(template, request) for template in page(found, query)]})


def create_template(backend: Backend, request: ValidRequest) -> Reply:
    """Ready after `processing_delay` seconds."""
    body: Record = request.body or {}
    file = body.get("file")
    data: Record = (body.get("data") or {}) if "file" in body or "data" in body else body
    folder = data.get("folder_uuid")
    if folder and folder not in backend["template_folders"]:
        raise invalid("folder_uuid", "There is no such folder.")
    name = data.get("name") or (file.filename if isinstance(file, FilePart) else "Template")
    template = models.make_template(
        backend,
        name,
        folder_uuid=folder or None,
        metadata=data.get("metadata") or {},
        tokens=data.get("tokens") or [],
    )
    backend.schedule(backend.options.processing_delay, "template.ready", template["id"])
    return Reply(serializers.brief(template, request))


def duplicate_template(backend: Backend, request: ValidRequest) -> Reply:
    """With all its content."""
    old = backend.templates.read(request.path["id"])
    now = backend.stamp()
    name = (request.body or {}).get("name") or f"Copy of {old['name']}"
    new = {**deepcopy(old), "id": backend.new_id(), "name": name, "date_created": now, "date_modified": now}
    backend.templates.add(new)
    tell(backend, "template_created", events.named(new))
    shown = {field: new[field] for field in ("id", "name", "date_created", "date_modified")}
    return Reply({**shown, "meta": {"source_template_id": old["id"]}})


def status_template(backend: Backend, request: ValidRequest) -> Reply:
    """In short form."""
    template = backend.templates.read(request.path["id"])
    return Reply({**serializers.list_item(template), "status": template["status"]})


def details_template(backend: Backend, request: ValidRequest) -> Reply:
    """All of it."""
    template = backend.templates.read(request.path["id"])
    names = ("content_date_modified", "metadata", "tokens", "tags", "roles", "content_placeholders", "images")
    shown = {
        **serializers.list_item(template),
        **{name: template[name] for name in names},
        "created_by": backend.person(template["owner"]),
        "fields": [serializers.field_details(template, field) for field in template["fields"]],
        "pricing": quotes.pricing(template),
        "tables": template["tables"],
    }
    if template["folder_uuid"]:
        shown["folder_uuid"] = template["folder_uuid"]
    return Reply(shown)


def update_template(backend: Backend, request: ValidRequest) -> Reply:
    """Tokens by name; roles as a whole."""
    template = backend.templates.edit(request.path["id"])
    body: Record = request.body
    tokens = {token["name"]: token["value"] for token in (*template["tokens"], *(body.get("tokens") or ()))}
    template["tokens"] = [{"name": name, "value": value} for name, value in tokens.items()]
    if "roles" in body:
        known = {role["id"] for role in template["roles"]}
        for place, role in enumerate(body["roles"]):
            if role.get("id", next(iter(known), "")) not in known and "id" in role:
                raise invalid(f"roles[{place}].id", "The template has no such role.")
        template["roles"] = [_role(backend, role) for role in body["roles"]]
    template["date_modified"] = backend.stamp()
    tell(backend, "template_updated", events.named(template))
    return EMPTY


def _role(backend: Backend, wanted: Record) -> Record:
    order = wanted.get("signing_order")
    return {
        "id": wanted.get("id") or backend.new_id(),
        "name": wanted["name"],
        "signing_order": None if order is None else str(order),
        "preassigned_person": None,
    }


def delete_template(backend: Backend, request: ValidRequest) -> Reply:
    """Only a list of the deleted ones still shows it."""
    template = backend.templates.edit(request.path["id"])
    template.update(deleted=True, date_modified=backend.stamp())
    tell(backend, "template_deleted", events.named(template))
    return EMPTY


def create_template_editing_session(backend: Backend, request: ValidRequest) -> Reply:
    """For a member."""
    template_id = request.path["id"]
    return Reply({**editing_session(backend, template_id, request.body), "template_id": template_id})


def template_settings_get(backend: Backend, request: ValidRequest) -> Reply:
    """As they are."""
    return Reply(backend.templates.read(request.path["template_id"])["settings"])


def template_settings_update(backend: Backend, request: ValidRequest) -> Reply:
    """What the body does not name stays as it is."""
    template = backend.templates.edit(request.path["template_id"])
    template["settings"] = {**template["settings"], **request.body}
    return Reply(template["settings"])


def list_form(backend: Backend, request: ValidRequest) -> Reply:
    """There are none."""
    return Reply({"results": [], "has_next_page": False})


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
