"""The requests of a probe, as data.

Texts with a dollar sign are filled in for each side: `$document` is what an earlier step took from its response, or one
of `$run` (a name of its own for each probe), `$email`, `$unknown` (an id that nothing has), `$client_id` and
`$client_secret`. A step whose texts cannot be filled in on both sides is left out. No step that does not write changes
anything, whatever the server makes of it; no step sends a message to anybody. Documents have no recipients, who would
stay as contacts, and folders are not made, as the API cannot delete them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from attrs import Factory, field, frozen

__all__ = ["STEPS", "Step", "is_processing"]


@frozen(kw_only=True)
class Step:
    """One request.

    Attributes:
        name: What it finds out; the report names it so.
        operation: The `operationId` of the contract.
        path: The parameters of the path.
        query: The parameters of the query.
        body: The body as JSON.
        form: The fields of a form, in place of a body.
        upload: Whether a small PDF goes along, with `body` as the part `data`.
        credential: The account's own, none, or a wrong one.
        takes: What later steps need, as a place in the response by its name: ``results[0].id``.
        writes: Whether it may change anything in the account.
        deletes_with: The operation that deletes what the request creates; the id of that is ``id`` in the response.
        waits: Whether the step is repeated for as long as what was created is being processed.
        exact: Whether the request determines the words in the response, such as the status.
    """

    name: str
    operation: str
    path: Mapping[str, str] = field(default=Factory(dict))
    query: Sequence[tuple[str, str]] = ()
    body: Any = None
    form: Mapping[str, str] | None = None
    upload: bool = False
    credential: Literal["own", "none", "wrong"] = "own"
    takes: Mapping[str, str] = field(default=Factory(dict))
    writes: bool = False
    deletes_with: str = ""
    waits: bool = False
    exact: bool = False


def _read(name: str, operation: str, **more: Any) -> Step:
    return Step(name=name, operation=operation, **more)


def _refused(name: str, operation: str, **more: Any) -> Step:
    """A request that is wrong on purpose."""
    return Step(name=name, operation=operation, exact=True, **more)


def _write(name: str, operation: str, **more: Any) -> Step:
    return Step(name=name, operation=operation, writes=True, **more)


_DOCUMENT = {"id": "$document"}
_TEMPLATE = {"id": "$template"}

_TOKENS = (
    _refused(
        "a made-up authorization code",
        "accessToken",
        form={
            "grant_type": "authorization_code",
            "code": "$run",
            "client_id": "$client_id",
            "client_secret": "$client_secret",
        },
        credential="none",
    ),
    _refused(
        "a made-up refresh token",
        "accessToken",
        form={
            "grant_type": "refresh_token",
            "refresh_token": "$run",
            "client_id": "$client_id",
            "client_secret": "$client_secret",
        },
        credential="none",
    ),
    _refused(
        "an unknown grant type",
        "accessToken",
        form={"grant_type": "probe", "client_id": "$client_id", "client_secret": "$client_secret"},
        credential="none",
    ),
)

_READS = (
    _read(
        "the current member",
        "detailsCurrentMember",
        takes={"member": "membership_id", "member_email": "email"},
    ),
    _refused("no credential", "detailsCurrentMember", credential="none"),
    _refused("an unknown API key", "detailsCurrentMember", credential="wrong"),
    _read("members", "listMembers"),
    _read("a member", "detailsMember", path={"id": "$member"}),
    _refused("an unknown member", "detailsMember", path={"id": "$unknown"}),
    _read("documents", "listDocuments", query=[("count", "5")], takes={"any_document": "results[0].id"}),
    _refused("documents, page 0", "listDocuments", query=[("page", "0")]),
    _refused("documents, an unknown parameter", "listDocuments", query=[("probe", "1")]),
    _refused("documents, an unknown status", "listDocuments", query=[("status", "99")]),
    _refused("documents, metadata without its prefix", "listDocuments", query=[("metadata", "probe=1")]),
    _refused(
        "documents, template and form", "listDocuments", query=[("template_id", "$unknown"), ("form_id", "$unknown")]
    ),
    _read("a document's status", "statusDocument", path={"id": "$any_document"}),
    _read("a document's details", "detailsDocument", path={"id": "$any_document"}),
    _read("a document's fields", "listDocumentFields", path={"id": "$any_document"}),
    _read("a document's sections", "listSections", path={"document_id": "$any_document"}),
    _read("a document's settings", "documentSettingsGet", path={"document_id": "$any_document"}),
    _read("a document's audit trail", "listDocumentAuditTrail", path={"document_id": "$any_document"}),
    _read("a document's attachments", "listDocumentAttachments", path={"id": "$any_document"}),
    _read("a document's linked objects", "listLinkedObjects", path={"id": "$any_document"}),
    _read("a document's reminders", "getDocumentAutoReminderSettings", path={"document_id": "$any_document"}),
    _refused("an unknown document's status", "statusDocument", path={"id": "$unknown"}),
    _refused("an unknown document's details", "detailsDocument", path={"id": "$unknown"}),
    _refused("an unknown document's fields", "listDocumentFields", path={"id": "$unknown"}),
    _refused("an unknown document's file", "downloadDocument", path={"id": "$unknown"}),
    _read("templates", "listTemplates", query=[("count", "5")], takes={"any_template": "results[0].id"}),
    _refused("templates, page 0", "listTemplates", query=[("page", "0")]),
    _read("a template's status", "statusTemplate", path={"id": "$any_template"}),
    _read("a template's details", "detailsTemplate", path={"id": "$any_template"}),
    _read("a template's settings", "templateSettingsGet", path={"template_id": "$any_template"}),
    _refused("an unknown template's details", "detailsTemplate", path={"id": "$unknown"}),
    _read("forms", "listForm"),
    _read("library items", "listContentLibraryItems", query=[("count", "5")], takes={"any_item": "results[0].id"}),
    _read("a library item", "detailsContentLibraryItem", path={"id": "$any_item"}),
    _refused("an unknown library item", "detailsContentLibraryItem", path={"id": "$unknown"}),
    _read("document folders", "listDocumentFolders", query=[("count", "5")]),
    _read("template folders", "listTemplateFolders", query=[("count", "5")]),
    _read("contacts", "listContacts", query=[("count", "5")], takes={"any_contact": "results[0].id"}),
    _read("a contact", "detailsContact", path={"id": "$any_contact"}),
    _refused("an unknown contact", "detailsContact", path={"id": "$unknown"}),
    _read("webhook subscriptions", "listWebhookSubscriptions"),
    _refused("an unknown webhook subscription", "detailsWebhookSubscription", path={"id": "$unknown_uuid"}),
    _read("webhook events", "listWebhookEvent", query=[("count", "5"), ("page", "1")]),
    _refused("an unknown webhook event", "detailsWebhookEvent", path={"id": "$unknown_uuid"}),
    _read("catalog items", "searchCatalogItems"),
    _refused("an unknown catalog item", "getCatalogItem", path={"item_uuid": "$unknown_uuid"}),
    _read("workspaces", "getWorkspacesList"),
    _read("users", "listUsers"),
)

_WRITES = (
    _refused("a document without anything", "createDocument", body={}, writes=True, deletes_with="deleteDocument"),
    _refused(
        "a document of an unknown template",
        "createDocument",
        body={"name": "$run", "template_uuid": "$unknown", "recipients": []},
        writes=True,
        deletes_with="deleteDocument",
    ),
    _refused(
        "a document with a malformed e-mail address",
        "createDocument",
        body={"name": "$run", "template_uuid": "$unknown", "recipients": [{"email": "probe", "role": "user"}]},
        writes=True,
        deletes_with="deleteDocument",
    ),
    _write(
        "a document from a file",
        "createDocumentFromUpload",
        upload=True,
        body={"name": "$run", "recipients": [], "tags": ["pandadoc-probe"], "metadata": {"probe": "$run"}},
        deletes_with="deleteDocument",
        takes={"document": "id"},
        exact=True,
    ),
    _write("the document when it is ready", "statusDocument", path=_DOCUMENT, waits=True, exact=True),
    _write("the draft's details", "detailsDocument", path=_DOCUMENT, exact=True),
    _write("the draft's fields", "listDocumentFields", path=_DOCUMENT),
    _write("the draft's settings", "documentSettingsGet", path={"document_id": "$document"}),
    _write("the draft's sections", "listSections", path={"document_id": "$document"}),
    _refused(
        "a signing session for a draft",
        "createDocumentLink",
        path=_DOCUMENT,
        body={"recipient": "$member_email", "lifetime": 60},
        writes=True,
    ),
    _write("another name for the draft", "updateDocument", path=_DOCUMENT, body={"name": "$run, renamed"}),
    _refused(
        "a status that a draft cannot get",
        "changeDocumentStatus",
        path=_DOCUMENT,
        body={"status": 11, "notify_recipients": False},
        writes=True,
    ),
    _write(
        "completed by hand",
        "changeDocumentStatus",
        path=_DOCUMENT,
        body={"status": 2, "notify_recipients": False},
    ),
    _write("the completed document", "statusDocument", path=_DOCUMENT, waits=True, exact=True),
    _refused(
        "a completed document is voided",
        "changeDocumentStatus",
        path=_DOCUMENT,
        body={"status": 11, "notify_recipients": False},
        writes=True,
    ),
    _refused("a completed document is sent", "sendDocument", path=_DOCUMENT, body={"silent": True}, writes=True),
    _write("the completed document's details", "detailsDocument", path=_DOCUMENT, exact=True),
    _write("back to draft", "documentRevertToDraft", path=_DOCUMENT, exact=True),
    _write("the document is deleted", "deleteDocument", path=_DOCUMENT),
    _refused("the deleted document", "statusDocument", path=_DOCUMENT, writes=True),
    _write(
        "a template from a file",
        "createTemplateWithUpload",
        upload=True,
        body={"name": "$run"},
        deletes_with="deleteTemplate",
        takes={"template": "id"},
        exact=True,
    ),
    _write("the template when it is ready", "statusTemplate", path=_TEMPLATE, waits=True, exact=True),
    _write("the new template's details", "detailsTemplate", path=_TEMPLATE, exact=True),
    _write("the template is deleted", "deleteTemplate", path=_TEMPLATE),
    _write(
        "a contact",
        "createContact",
        body={"email": "$email", "first_name": "Pandadoc", "last_name": "Probe"},
        deletes_with="deleteContact",
        takes={"contact": "id"},
    ),
    _write("the contact changes", "updateContact", path={"id": "$contact"}, body={"company": "$run"}),
    _write("the new contact", "detailsContact", path={"id": "$contact"}),
    _refused(
        "a contact without an e-mail address",
        "createContact",
        body={"first_name": "Probe"},
        writes=True,
        deletes_with="deleteContact",
    ),
    _write("the contact is deleted", "deleteContact", path={"id": "$contact"}),
    _refused("the deleted contact", "detailsContact", path={"id": "$contact"}, writes=True),
    _refused("a document folder without a name", "createDocumentFolder", body={}, writes=True),
    _refused("an unknown document is deleted", "deleteDocument", path={"id": "$unknown"}, writes=True),
    _refused(
        "an unknown document is sent", "sendDocument", path={"id": "$unknown"}, body={"silent": True}, writes=True
    ),
)

STEPS: Sequence[Step] = (*_READS, *_TOKENS, *_WRITES)
"""All requests, in the order in which they are sent."""


def is_processing(body: Any) -> bool:
    """Tell whether a response says that a document or a template is not ready yet."""
    return isinstance(body, Mapping) and body.get("status") in _PROCESSING


_PROCESSING = ("document.uploaded", "template.UPLOADED", "template.PROCESSING")
