"""What the examples of single operations are called with, where a reader wants to see more than what is required.

By ``operationId``: arguments by their names in Python; ``body`` stands for the one that is the body. What is not named
here is made from the examples of the document.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

__all__ = ["ARGUMENTS", "IDENTIFIERS"]

_ANN = {"email": "ann@example.com", "first_name": "Ann", "last_name": "Lee"}
_PDF = "https://example.com/contract.pdf"
_UPLOAD = Path("contract.pdf")

# Identifiers for path parameters that have no example, by what the path says before them.
IDENTIFIERS = {
    "documents": "BhVzRcxH9Z2LgfPPGXFUBa",
    "templates": "hryJY9mqYZHjQCYQuSjRQg",
    "contacts": "9FeAY2NB3C9qDdtQRb4tTL",
    "logs": "nPh2PDhFdDqAES9k64h9qX",
    "workspaces": "2eWSKSvVqmuVCnuUK3iWwD",
    "webhook-subscriptions": "d173751d-0057-4d5c-ab75-49a670a4ca68",
    "items": "99aaa4f9-3250-4f5b-a953-6d7bfc5d8c9e",
}

ARGUMENTS: dict[str, dict[str, Any]] = {
    # Documents
    "listDocuments": {"q": "offer", "status": "completed", "order_by": "-date_created", "count": 10},
    "createDocument": {
        "body": {
            "name": "Offer for Ann Lee",
            "template_uuid": "hryJY9mqYZHjQCYQuSjRQg",
            "recipients": [{**_ANN, "role": "Client"}],
            "tokens": [{"name": "Client.Company", "value": "Bamboo Ltd"}],
            "fields": {"Delivery": {"value": "By mail"}},
            "tags": ["offer"],
            "metadata": {"lead_id": "1234567"},
        }
    },
    "createDocumentFromUpload": {
        "file": _UPLOAD,
        "data": {"name": "Contract", "recipients": [{**_ANN, "role": "signer"}], "parse_form_fields": False},
    },
    "createDocumentFromMarkdownUpload": {
        "file": ("contract.md", b"# Contract\n\nBetween Ann Lee and us.\n", "text/markdown"),
        "data": {"name": "Contract", "recipients": [{**_ANN, "role": "signer"}]},
    },
    "updateDocument": {
        "body": {
            "name": "Contract, second draft",
            "tokens": [{"name": "Client.Company", "value": "Bamboo Ltd"}],
            "metadata": {"lead_id": "1234567"},
        }
    },
    "updateDocumentAutoReminderSettings": {
        "body": {"enabled": True, "delivery_method": "email", "initial_delay_days": 3, "is_recurring": False}
    },
    "changeDocumentStatus": {"body": {"status": 2, "note": "Signed on paper", "notify_recipients": False}},
    "changeDocumentStatusWithUpload": {"file": _UPLOAD, "data": {"status": 2, "note": "Signed on paper"}},
    "sendDocument": {"body": {"subject": "Please sign", "message": "The contract that we spoke of.", "silent": False}},
    "createDocumentEditingSession": {"body": {"email": "ann@example.com", "lifetime": 3600}},
    "createDocumentLink": {"body": {"recipient": "ann@example.com", "lifetime": 3600}},
    "downloadDocument": {"watermark_text": "Draft", "watermark_font_size": 40},
    "createDocumentAttachment": {"body": {"source": _PDF, "name": "Terms"}},
    "createDocumentAttachmentFromFileUpload": {"file": _UPLOAD, "name": "Terms"},
    "listDocumentAuditTrail": {"limit": 50},
    "documentSettingsUpdate": {"body": {"language": "de-DE", "expires_in": 30}},
    "transferAllDocumentsOwnership": {
        "body": {"from_membership_id": "Dqsxp4jNnFcS63tJEgLJGN", "to_membership_id": "radQBiBkU7MBk59NSgaGfd"}
    },
    "createDocumentFields": {
        "body": {
            "fields": [
                {
                    "type": "signature",
                    "assigned_to": "tf5dGS3Tmu3cj228ao6fnc",
                    "layout": {
                        "page": 1,
                        "position": {"offset_x": 72, "offset_y": 640, "anchor_point": "topleft"},
                        "style": {"width": 180, "height": 40},
                    },
                }
            ]
        }
    },
    "editDocumentRecipient": {"body": _ANN},
    "uploadSection": {
        "body": {
            "name": "Terms",
            "template_uuid": "hryJY9mqYZHjQCYQuSjRQg",
            "recipients": [{**_ANN, "role": "Client"}],
        }
    },
    "uploadSectionWithUpload": {
        "file": _UPLOAD,
        "data": {"name": "Terms", "recipients": [{**_ANN, "role": "signer"}]},
    },
    "addDsvNamedItems": {"body": {"items": [{"name": "Prices", "level": 1, "page_name": "Offer"}]}},
    # What documents are made from
    "listContentLibraryItems": {"q": "terms", "count": 10},
    "createContentLibraryItem": {"body": {"url": _PDF, "name": "Terms"}},
    "createContentLibraryItemFromUpload": {"file": _UPLOAD, "data": {"name": "Terms"}},
    "listTemplates": {"q": "offer", "tag": ["sales"], "count": 10},
    "createTemplate": {"body": {"url": _PDF, "name": "Contract"}},
    "createTemplateWithUpload": {"file": _UPLOAD, "data": {"name": "Contract"}},
    "duplicateTemplate": {"body": {"name": "Contract for partners"}},
    "updateTemplate": {
        "body": {
            "tokens": [{"name": "Client.Company", "value": "Bamboo Ltd"}],
            "roles": [{"name": "Client", "signing_order": 1}, {"name": "Manager", "signing_order": 2}],
        }
    },
    "createTemplateEditingSession": {"body": {"email": "ann@example.com", "lifetime": 3600}},
    "templateSettingsUpdate": {"body": {"language": "de-DE"}},
    "listForm": {"count": 10},
    "listDocumentFolders": {"count": 10},
    "createDocumentFolder": {"body": {"name": "Offers"}},
    "renameDocumentFolder": {"body": {"name": "Offers of 2026"}},
    "listTemplateFolders": {"count": 10},
    "createTemplateFolder": {"body": {"name": "Contracts"}},
    "renameTemplateFolder": {"body": {"name": "Contracts for partners"}},
    # People
    "listContacts": {"email": "ann@example.com"},
    "createContact": {"body": {**_ANN, "company": "Bamboo Ltd", "job_title": "Head of purchasing"}},
    "updateContact": {"body": {"company": "Bamboo Ltd", "phone": "+15550123456"}},
    "createMemberToken": {"body": {"lifetime": 3600}},
    "listUsers": {"count": 50},
    "createUser": {
        "body": {
            "user": _ANN,
            "workspaces": [{"workspace_id": "2eWSKSvVqmuVCnuUK3iWwD", "role": "Member"}],
            "license": "Full",
        },
        "notify_user": True,
    },
    "createWorkspace": {"body": {"name": "Purchasing", "settings": {"allow_join_by_domain": False}}},
    "getWorkspacesList": {"count": 50},
    "listRecentSmsOptOuts": {"timestamp_from": "2026-01-01T00:00:00Z"},
    # What happened
    "listLogs": {"since": "2026-01-01T00:00:00Z", "count": 100},
    "listLogsV2": {"since": "2026-01-01T00:00:00Z", "count": 100},
    "listWebhookEvent": {"count": 10, "page": 1, "since": "2026-01-01T00:00:00Z"},
    "createWebhookSubscription": {
        "body": {
            "name": "Signed contracts",
            "url": "https://example.com/webhooks/pandadoc",
            "triggers": ["document_state_changed", "recipient_completed"],
        }
    },
    "updateWebhookSubscription": {"body": {"name": "Signed contracts", "active": False}},
    # Notaries, products, quotes
    "listNotaries": {"limit": 10},
    "listNotarizationRequests": {"limit": 10},
    "createNotarizationRequest": {
        "body": {
            "document_id": "8DstGmLJDBXBKrh3wnqzpe",
            "invitation": {"message": "Please join us on Friday.", "invitees": [_ANN]},
        }
    },
    "searchCatalogItems": {"query": "bamboo", "per_page": 10},
    "createCatalogItem": {
        "body": {
            "title": "Bamboo, 5 kg",
            "sku": "BAM-5",
            "price_configuration": {"currency": "USD", "price": 59.99, "pricing_method": 0},
        }
    },
    "updateCatalogItem": {"body": {"title": "Bamboo, 10 kg"}},
    "quoteUpdate": {
        "body": {
            "currency": "USD",
            "sections": [
                {
                    "name": "Bamboo",
                    "items": [{"name": "Bamboo, 5 kg", "sku": "BAM-5", "qty": 10, "price": 59.99}],
                }
            ],
        }
    },
    "searchDocumentsAi": {"q": "contracts that end this year"},
    "getDocumentAiMetadata": {"limit": 50},
}
