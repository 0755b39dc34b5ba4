"""The vendor's own SDK, which refuses responses of a wrong type, through the life of a document."""

from __future__ import annotations

import os
import subprocess

from ...wire.harness import vendor_python
from .support import Api

PROGRAM = """
import os
import pandadoc_client as vendor
from pandadoc_client.api import contacts_api, documents_api, folders_api_api, members_api, templates_api
from pandadoc_client.api import webhook_subscriptions_api
from pandadoc_client.models import *

assert vendor.__version__ == "6.2.0"
configuration = vendor.Configuration(
    host=os.environ["HOST"], api_key={"apiKey": os.environ["API_KEY"]}, api_key_prefix={"apiKey": "API-Key"}
)
with vendor.ApiClient(configuration) as client:
    documents, templates = documents_api.DocumentsApi(client), templates_api.TemplatesApi(client)
    seeded = documents.list_documents(count=100).results
    print("read", [documents.details_document(one.id).id for one in seeded] == [one.id for one in seeded])
    for template in templates.list_templates().results:
        role = templates.details_template(template.id).roles[0].name
    recipient = DocumentCreateRequestRecipients(email="a@example.com", first_name="A", last_name="B", role=role)
    created = documents.create_document(
        document_create_request=DocumentCreateRequest(name="SDK", template_uuid=template.id, recipients=[recipient])
    )
    print("created", created.status)
    print("draft", documents.details_document(created.id).status)
    print("sent", documents.send_document(created.id, document_send_request=DocumentSendRequest(silent=True)).status)
    for name, call in {
        "again": lambda: documents.send_document(created.id, document_send_request=DocumentSendRequest()),
        "unknown": lambda: documents.status_document("nobody"),
    }.items():
        try:
            call()
        except vendor.ApiException as error:
            print(name, error.status)
    link = DocumentCreateLinkRequest(recipient="a@example.com", lifetime=900.0)
    print("link", len(documents.create_document_link(created.id, document_create_link_request=link).id))
    change = DocumentStatusChangeRequest(status=DocumentStatusRequestEnum(2))
    documents.change_document_status(created.id, document_status_change_request=change)
    print("file", documents.download_protected_document(created.id).read()[:5])
    found = documents.list_documents(status=DocumentStatusRequestEnum(2), q="SDK").results
    print("found", [one.status for one in found])
    contacts = contacts_api.ContactsApi(client)
    contact = contacts.create_contact(contact_create_request=ContactCreateRequest(email="c@example.com"))
    print("contact", contacts.details_contact(contact.id).email)
    hooks = webhook_subscriptions_api.WebhookSubscriptionsApi(client)
    wanted = WebhookSubscriptionCreateRequest(
        name="w", url="http://127.0.0.1:9/", triggers=[WebhookSubscriptionTriggerEnum("document_updated")]
    )
    hook = hooks.create_webhook_subscription(webhook_subscription_create_request=wanted)
    print("hook", hooks.list_webhook_subscriptions().items[0].shared_key == hook.shared_key)
    folders = folders_api_api.FoldersAPIApi(client)
    folders.create_document_folder(documents_folder_create_request=DocumentsFolderCreateRequest(name="F"))
    print("folders", [one.name for one in folders.list_document_folders().results])
    print("members", [one.email for one in members_api.MembersApi(client).list_members().results])
    documents.delete_document(created.id)
    print("deleted", len(documents.list_documents(q="SDK").results))
"""


def test_the_vendors_sdk_leads_a_document_through_its_life(seeded: Api) -> None:
    environment = {"PATH": os.environ["PATH"], "HOST": seeded.emulator.url, "API_KEY": seeded.emulator.api_key}
    command = [str(vendor_python()), "-c", PROGRAM]
    result = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, cwd="/", env=environment)
    assert (result.returncode, result.stderr) == (0, "")
    assert dict(line.split(" ", 1) for line in result.stdout.splitlines()) == {
        "read": "True",
        "created": "document.uploaded",
        "draft": "document.draft",
        "sent": "document.sent",
        "again": "409",
        "unknown": "404",
        "link": "22",
        "file": "b'%PDF-'",
        "found": "['document.completed']",
        "contact": "c@example.com",
        "hook": "True",
        "folders": "['F', 'Proposals', 'Contracts']",
        "members": "['ada.panda@example.com']",
        "deleted": "0",
    }
