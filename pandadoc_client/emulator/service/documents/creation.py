"""New documents: from templates, URLs, uploaded files, Markdown."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from ...behaviour import UnknownNames
from ...contract.multipart import FilePart
from ...contract.requests import ValidRequest, is_uri
from ..backend import MEMBERSHIP_ID, Backend
from ..fields import models as fields
from ..quotes import models as quotes
from ..recipients.models import add_recipients
from ..records import Record
from ..refusal import invalid
from ..reply import Handlers, Reply
from . import blocks, models, serializers
from .files import check_document, unreadable

__all__ = ["HANDLERS"]


def create_document(backend: Backend, request: ValidRequest) -> Reply:
    """From a template, or from a PDF at a URL."""
    body: Record = request.body
    if "template_uuid" in body:  # beside a `url`, too, as in the vendor's own example
        return _from_template(backend, body, sandbox=request.sandbox)
    return _from_file(backend, body, None, sandbox=request.sandbox)


def create_document_from_upload(backend: Backend, request: ValidRequest) -> Reply:
    """From an uploaded file."""
    parts: Mapping[str, Any] = request.body or {}
    data = parts.get("data") or {}
    file = parts.get("file")
    if file is None and not data.get("url"):
        raise invalid("file", "This field is required.")
    if file is not None:
        check_document(file)
    return _from_file(backend, data, file, sandbox=request.sandbox)


def _from_template(backend: Backend, body: Record, *, sandbox: bool) -> Reply:
    template = deepcopy(backend.templates.get(body["template_uuid"]))
    if template is None or template["deleted"]:
        raise invalid("template_uuid", "There is no such template.")
    if template["status"] != "template.PROCESSED":
        raise invalid("template_uuid", "The template is not processed yet.")
    _check_names(backend, template, body)
    common = _common(backend, body, template["name"], sandbox=sandbox)
    found = fields.from_template(backend, template, common["recipients"])
    fields.fill(found, body.get("fields") or {})
    roles = {role["name"] for role in template["roles"]}
    for place, recipient in enumerate(common["recipients"]):
        if recipient["role"] and roles and recipient["role"] not in roles:
            raise invalid(f"recipients[{place}].role", "The template has no such role.")
    tokens = {token["name"]: token["value"] for token in template["tokens"]}
    kept = backend.options.behaviour.unknown_names is UnknownNames.KEEP
    tokens.update({one["name"]: one["value"] for one in common["tokens"] if kept or one["name"] in tokens})
    document = {
        **common,
        "template": {"id": template["id"], "name": template["name"]},
        "fields": found,
        "tokens": [{"name": name, "value": value} for name, value in tokens.items()],
        "metadata": {**template["metadata"], **common["metadata"]},
        "pricing_tables": quotes.fill_tables(backend, template["pricing_tables"], body.get("pricing_tables") or ()),
        "quotes": [{**quote, "id": backend.new_uuid()} for quote in template["quotes"]],
        "tables": [*template["tables"], *({"name": item["name"]} for item in body.get("tables") or ())],
        "images": blocks.images(template, body),
        "texts": [{"name": item["name"]} for item in body.get("texts") or ()],
        "tags": common["tags"] or template["tags"],
        "needs_approval": template["needs_approval"],
        "sections": [{"uuid": backend.new_id(), "name": template["name"]}],
    }
    blocks.fill_placeholders(backend, template, body, document)
    return Reply(serializers.created(backend, models.create(backend, document)))


def _check_names(backend: Backend, template: Record, body: Record) -> None:
    """Refuse names of tokens and fields that a template does not have, where that is asked for."""
    if backend.options.behaviour.unknown_names is not UnknownNames.REFUSE:
        return
    tokens = {token["name"] for token in template["tokens"]}
    for place, token in enumerate(body.get("tokens") or ()):
        if token["name"] not in tokens:
            raise invalid(f"tokens[{place}].name", "The template has no such token.")
    known = {field[name] for field in template["fields"] for name in ("field_id", "merge_field")}
    for name in body.get("fields") or ():
        if name not in known:
            raise invalid(f"fields.{name}", "The template has no such field.")


def _from_file(backend: Backend, body: Record, file: bytes | None, *, sandbox: bool) -> Reply:
    if "url" in body and not is_uri(body["url"]):
        raise invalid("url", "This is no URL.")
    fallback = file.filename if isinstance(file, FilePart) else "Document"
    common = _common(backend, body, fallback, sandbox=sandbox)
    found = fields.named_fields(backend, body.get("fields") or {}, common["recipients"])
    fields.fill(found, body.get("fields") or {})
    for field_id, names in (body.get("fields_mapping") or {}).items():
        found.extend(fields.make_field(backend, field_id, merge_field=name) for name in names[:1])
    section = {"uuid": backend.new_id(), "name": common["name"]}
    problem = None if file is None else unreadable(file, body, strict=backend.options.behaviour.check_files)
    document = models.create(backend, {**common, "fields": found, "sections": [section]}, problem)
    if file is not None:
        document["upload"] = backend.new_uuid()
        backend["files"].put_bytes(document["upload"], bytes(file))
    return Reply(serializers.created(backend, document))


_OWN_METADATA = {"document__created_via_public_api": "true", "document__creation_source": "api"}


def _common(backend: Backend, body: Record, name: str, *, sandbox: bool) -> Record:
    """Return what every way of creating a document has in common.

    Raises:
        Refusal: a folder or an owner that does not exist, or a recipient that cannot be reached.
    """
    folder = body.get("folder_uuid")
    if folder and folder not in backend["document_folders"]:
        raise invalid("folder_uuid", "There is no such folder.")
    people = add_recipients(backend, body.get("recipients") or ())
    return {
        "name": f"{'[DEV] ' if sandbox else ''}{body.get('name') or name}",
        "folder_uuid": folder or None,
        "owner": _owner(backend, body.get("owner")),
        "recipients": people,
        "tokens": [{"name": token["name"], "value": token["value"]} for token in body.get("tokens") or ()],
        "metadata": {**_OWN_METADATA, **(body.get("metadata") or {})},
        "tags": list(body.get("tags") or ()),
    }


def _owner(backend: Backend, wanted: Record | None) -> str:
    if not wanted:
        return MEMBERSHIP_ID
    for member in backend["members"]:
        if wanted.get("membership_id") == member["id"] or (
            "membership_id" not in wanted and wanted.get("email") == member["email"]
        ):
            found: str = member["id"]
            return found
    raise invalid("owner", "There is no such member.")


HANDLERS: Handlers = {
    "createDocument": create_document,
    "createDocumentFromUpload": create_document_from_upload,
    "createDocumentFromMarkdownUpload": create_document_from_upload,
}
