"""Every handler, called with success once at least; `Api` holds each response against the contract."""

from __future__ import annotations

import json

import pytest

from pandadoc_client.emulator.service.resources import HANDLERS

from ...contract import example, resolved
from .support import PDF, Api, person


def form(**data: object) -> dict[str, tuple[str | None, bytes | str, str]]:
    """A file, and beside it JSON."""
    file: dict[str, tuple[str | None, bytes | str, str]] = {"file": ("paper.pdf", PDF, "application/pdf")}
    return {**file, "data": (None, json.dumps(data), "application/json")} if data else file


def test_every_handler_keeps_to_the_contract(seeded: Api) -> None:
    api = seeded
    for walk in (creations, reads, changes, sections, templates, shelves, staff, products, subscriptions, beta, ends):
        walk(api)
    assert set(HANDLERS) - api.visited == set()


def draft(api: Api) -> str:
    """A draft of the seed that has fields, prices and a quote."""
    found = api.call("listDocuments", None, q="Proposal for Meadow", status=0)["results"]
    document: str = found[0]["id"]
    return document


def creations(api: Api) -> None:
    template = api.call("listTemplates", None, q="sales", count=1)["results"][0]["id"]
    group = {"type": "recipient_group", "name": "Board", "members": [{"email": "a@example.com"}], "role": "Manager"}
    row = {"data": {"QTY": 2, "Price": 1.5}}
    body = {
        "template_uuid": template,
        "recipients": [person(), group],
        "fields": {"Accept": {"value": True, "role": "Client"}},
        "tokens": [{"name": "Client.Company", "value": "Bamboo"}],
        "pricing_tables": [{"name": "Prices", "sections": [{"title": "x", "rows": [row]}]}],
        "metadata": {"deal": "7"},
        "tags": ["new"],
    }
    document = api.call("createDocument", body)["id"]
    details = api.call("detailsDocument", None, document)
    assert [field["value"] for field in details["fields"] if field["field_id"] == "Accept"] == [True]
    assert details["pricing"]["total"] == "193"
    upload = form(name="From a file", recipients=[person()], fields={"Town": {"value": "Lund", "role": "Client"}})
    api.call("createDocumentFromUpload", files=upload)
    api.call("createDocumentFromMarkdownUpload", files=form(name="From Markdown", fields_mapping={"a": ["b"]}))


def reads(api: Api) -> None:
    for found in api.call("listDocuments", None, count=100)["results"]:
        document = found["id"]
        for operation in ("statusDocument", "detailsDocument", "listDocumentFields", "downloadDocument"):
            api.call(operation, None, document)
        for operation in ("listDocumentAuditTrail", "documentSettingsGet", "listSections", "listLinkedObjects"):
            api.call(operation, None, document)
        for operation in ("getDocumentAutoReminderSettings", "statusDocumentAutoReminder", "documentESignDisclosure"):
            api.call(operation, None, document)


def changes(api: Api) -> None:
    document = draft(api)
    contact = api.call("createContact", {"email": "new@example.com", "first_name": "Nia"})["id"]
    api.call("updateDocument", {"name": "Changed", "tags": ["x"], "metadata": {"a": "b"}}, document)
    added = api.call("addDocumentRecipient", {"id": contact, "kind": "contact"}, document)["recipient_id"]
    api.call("editDocumentRecipient", {"first_name": "Nina"}, document, added)
    other = api.call("createContact", {"phone": "+15550123456"})["id"]
    added = api.call("reassignDocumentRecipient", {"id": other, "kind": "contact"}, document, added)["recipient_id"]
    layout = {
        "page": 1,
        "position": {"offset_x": 1, "offset_y": 1, "anchor_point": "topleft"},
        "style": {"width": 10, "height": 10},
    }
    fields = [
        {"type": kind, "layout": layout, "assigned_to": added}
        for kind in ("text", "checkbox", "date", "dropdown", "radio_buttons", "signature", "initials", "stamp")
    ]
    created = api.call("createDocumentFields", {"fields": fields}, document)["fields"]
    api.call("detailsDocument", None, document)
    moved = {"fields": [{"field_id": created[0]["uuid"], "assigned_to": None}]}
    api.call("updateDocumentFieldsAssignment", moved, document)
    api.call("deleteDocumentRecipient", None, document, added)
    quote = api.call("detailsDocument", None, document)["pricing"]["quotes"][0]["id"]
    items = [{"name": "Advice", "qty": 3, "price": 10}]
    assert api.call("quoteUpdate", {"sections": [{"name": "S", "items": items}]}, document, quote)["total"] == "30"
    link = {"provider": "hubspot", "entity_type": "deal", "entity_id": "7"}
    linked = api.call("createLinkedObject", link, document)["id"]
    assert [one["id"] for one in api.call("listDocumentsByLinkedObject", None, **link)] == [document]
    api.call("deleteLinkedObject", None, document, linked)
    api.call("updateDocumentAutoReminderSettings", {"enabled": True, "initial_delay_days": 2}, document)
    api.call("documentSettingsUpdate", {"language": "sv-SE", "expires_in": 9}, document)
    folder = api.call("createDocumentFolder", {"name": "New"})["uuid"]
    api.call("documentMoveToFolder", None, document, folder)
    attachment = api.call("createDocumentAttachmentFromFileUpload", None, document, files=form())["uuid"]
    api.call("createDocumentAttachment", {"source": "https://example.com/x.png", "name": "X"}, document)
    api.call("listDocumentAttachments", None, document)
    api.call("detailsDocumentAttachment", None, document, attachment)
    assert api.call("downloadDocumentAttachment", None, document, attachment) == PDF
    api.call("deleteDocumentAttachment", None, document, attachment)
    items = [{"name": "A", "level": 0, "page_name": "One"}]
    api.call("addDsvNamedItems", {"items": items}, document)


def sections(api: Api) -> None:
    document = draft_named(api, "Changed")
    item = api.call("listContentLibraryItems", None)["results"][0]["id"]
    api.call("appendContentLibraryItemToDocument", {"cli": {"id": item}}, document)
    mapping = api.call("appendContentLibraryItemToDocument", {"cli": {"id": item}}, document)["block_mapping"]
    assert mapping["texts"] == [{"original_name": "Terms of payment", "new_name": "Terms of payment_1"}]
    body = {"name": "Annex", "url": "https://example.com/b.pdf", "recipients": []}
    upload = api.call("uploadSection", body, document)["uuid"]
    api.call("uploadSectionWithUpload", None, document, files=form(name="More", recipients=[]))
    [section] = api.call("sectionDetails", None, document, upload)["sections_uuids"]
    assert api.call("sectionInfo", None, document, section)["name"] == "Annex"
    api.call("deleteSection", None, document, section)


def draft_named(api: Api, name: str) -> str:
    found: str = api.call("listDocuments", None, q=name)["results"][0]["id"]
    return found


def templates(api: Api) -> None:
    template = api.call("createTemplate", {"name": "T", "url": "https://example.com/t.pdf"})["id"]
    api.call("createTemplateWithUpload", files=form(name="U"), fields=["content_date_modified"])
    assert api.call("statusTemplate", None, template)["status"] == "template.PROCESSED"
    roles = [{"name": "Client", "signing_order": 1}, {"name": "Board"}]
    api.call("updateTemplate", {"tokens": [{"name": "a", "value": "b"}], "roles": roles}, template)
    copy = api.call("duplicateTemplate", {"name": "Copy"}, template)["id"]
    for found in api.call("listTemplates", None, count=100)["results"]:
        api.call("detailsTemplate", None, found["id"])
        api.call("templateSettingsGet", None, found["id"])
    api.call("templateSettingsUpdate", {"language": "da-DK"}, copy)
    api.call("createTemplateEditingSession", {"email": "ada.panda@example.com"}, copy)
    api.call("deleteTemplate", None, copy)
    api.call("listForm", None)
    folder = api.call("createTemplateFolder", {"name": "Shelf"})["uuid"]
    api.call("renameTemplateFolder", {"name": "Old"}, folder)
    api.call("listTemplateFolders", None)
    folder = api.call("createDocumentFolder", {"name": "Shelf"})["uuid"]
    api.call("renameDocumentFolder", {"name": "Old"}, folder)
    api.call("listDocumentFolders", None)


def shelves(api: Api) -> None:
    item = api.call("createContentLibraryItem", {"name": "I", "url": "https://example.com/i.pdf"})["id"]
    api.call("createContentLibraryItemFromUpload", files=form())
    assert api.call("statusContentLibraryItem", None, item)["status"] == "cli.PROCESSED"
    api.call("detailsContentLibraryItem", None, item)
    contact = api.call("listContacts", None)["results"][0]["id"]
    api.call("detailsContact", None, contact)
    api.call("updateContact", {"city": "Lund"}, contact)
    api.call("deleteContact", None, contact)


def staff(api: Api) -> None:
    me = api.call("detailsCurrentMember", None)
    api.call("listMembers", None)
    api.call("detailsMember", None, me["membership_id"])
    api.call("createMemberToken", {"lifetime": 60}, me["membership_id"])
    workspace = api.call("createWorkspace", {"name": "Second"})["id"]
    api.call("createApiKey", {"type": "sandbox"}, workspace)
    user = {"email": "b@example.com", "first_name": "B", "last_name": "C"}
    body = {"user": user, "workspaces": [{"workspace_id": workspace, "role": "Member"}], "license": "Full"}
    created = api.call("createUser", body)
    api.call("detailsUser", None, created["user_id"])
    api.call("listUsers", None)
    member = created["workspaces"][0]["member_id"]
    api.call("changeMemberRole", {"role": "Manager"}, workspace, member)
    api.call("removeMember", None, workspace, member)
    added = api.call("addMember", {"user_id": created["user_id"], "role": "Admin"}, me["workspace"])
    api.call("transferDocumentOwnership", {"membership_id": added["member_id"]}, draft_named(api, "Changed"))
    both = {"from_membership_id": added["member_id"], "to_membership_id": me["membership_id"]}
    api.call("transferAllDocumentsOwnership", both)
    api.call("getWorkspacesList", None)
    api.call("deactivateWorkspace", {}, workspace)
    api.call("listRecentSmsOptOuts", None)


def products(api: Api) -> None:
    price = {"currency": "EUR", "price": 9.5, "pricing_method": 0, "billing_type": "one_time"}
    item = api.call("createCatalogItem", {"title": "Rice", "price_configuration": price, "sku": "R"})["uuid"]
    bundle = {"title": "Box", "type": "bundle", "bundle_items": [{"quantity": 2, "item_or_uuid": item}]}
    api.call("createCatalogItem", {**bundle, "price_configuration": price})
    api.call("getCatalogItem", None, item)
    api.call("updateCatalogItem", {"title": "Red rice", "product_variant": {"description": "red"}}, item)
    assert api.call("searchCatalogItems", None, query="red rice")["total"] == 1
    api.call("searchCatalogItems", None, order_by="-price", per_page=2)
    api.call("deleteCatalogItem", None, item)
    document = draft_named(api, "Changed")
    invitation = {"message": "Please.", "invitees": [{"email": "n@example.com", "first_name": "N"}]}
    request = api.call("createNotarizationRequest", {"document_id": document, "invitation": invitation})["id"]
    api.call("listNotarizationRequests", None)
    api.call("notarizationRequestDetails", None, request)
    api.call("deleteNotarizationRequest", None, request)


def subscriptions(api: Api) -> None:
    body = {"name": "S", "url": "http://127.0.0.1:1/", "triggers": ["document_updated"], "payload": ["fields"]}
    subscription = api.call("createWebhookSubscription", body)["uuid"]
    api.call("detailsWebhookSubscription", None, subscription)
    api.call("updateWebhookSubscription", {"payload": ["pricing", "products", "tokens", "metadata"]}, subscription)
    api.call("updateWebhookSubscriptionSharedKey", None, subscription)
    api.call("listWebhookSubscriptions", None)
    api.call("documentRevertToDraft", None, draft_named(api, "Changed"))
    event = api.service.deliveries()[-1]["id"]
    api.call("listWebhookEvent", None, count=10, page=1)
    api.call("detailsWebhookEvent", None, event)
    api.call("deleteWebhookSubscription", None, subscription)


def beta(api: Api) -> None:
    document = draft_named(api, "Changed")
    task = api.call("createExportDocxTask", None, document)["id"]
    assert api.call("getDocxExportTask", None, document, task)["status"] == "done"
    api.call("getDocumentSummary", None, document, type="short")
    api.call("getDocumentContent", None, document, format="markdown")
    api.call("getDocumentAiMetadata", None, document)
    found = api.call("batchGetDocumentAiMetadata", {"document_ids": [document, "nobody"]})
    assert [one["status"] for one in found["results"]] == ["ok", "not_found"]
    assert api.call("searchDocumentsAi", None, q="which are completed")["count"] == 1


def ends(api: Api) -> None:
    document = draft_named(api, "Changed")
    api.call("sendDocument", {"silent": True}, document)
    people = api.call("detailsDocument", None, document)["recipients"]
    reminders = [{"recipient_id": people[0]["id"], "delivery_methods": {"email": True, "sms": True}}]
    api.call("createManualReminder", {"reminders": reminders}, document)
    api.call("statusDocumentAutoReminder", None, document)
    api.call("createDocumentLink", {"recipient": people[0]["email"]}, document)
    api.call("documentRevertToDraft", None, document)
    api.call("sendDocument", {}, document)
    api.call("changeDocumentStatus", {"status": 2, "note": "By hand."}, document)
    api.call("downloadProtectedDocument", None, document)
    api.call("detailsDocument", None, document)
    api.call("changeDocumentStatusWithUpload", None, document, files=form(status=12))
    other = draft_named(api, "From a file")
    api.call("createDocumentEditingSession", {"email": "ada.panda@example.com"}, other)
    api.service.lock(other)
    assert api.call("detailsDocument", None, other)["lock"]["lock_type"] == "wopi_editing"
    api.call("deleteDocument", None, document)
    rest = [one["id"] for one in api.call("listDocuments", None)["results"]]
    assert api.call("bulkDeleteDocuments", [{"id": one} for one in rest])["id"] == rest
    assert api.call("listDocuments", None)["results"] == []
    assert api.call("listDocuments", None, deleted=True)["results"]


@pytest.mark.parametrize("operation", sorted(set(Api.operations) - set(HANDLERS) - {"accessToken"}))
def test_what_no_handler_knows_is_answered_all_the_same(seeded: Api, operation: str) -> None:
    _, template, definition = Api.operations[operation]
    path = ["EmulatedLog000000001"] * template.count("{")
    query = {
        parameter["name"]: example(parameter["schema"], full=False)
        for parameter in map(resolved, definition.get("parameters", ()))
        if parameter.get("required") and parameter["in"] == "query"
    }
    content = resolved(definition.get("requestBody", {})).get("content", {})
    body = content.get("application/json")
    seeded.call("listMembers")
    seeded.call(operation, None if body is None else example(body["schema"], full=False), *path, **query)
