"""A program under test: it sends an offer from the template of that name, wherever PANDADOC_HOST leads."""

from __future__ import annotations

from pandadoc_client import PandaDoc


def main() -> None:
    """Create the offer, wait for the draft, and send it."""
    with PandaDoc() as pd:
        (template, *_) = pd.templates.list_templates(q="Job offer").results or []
        details = pd.templates.details_template(str(template.id))
        role = str((details.roles or [])[0].name)
        document = pd.documents.create_document(
            {
                "name": "Offer",
                "template_uuid": str(template.id),
                "recipients": [{"email": "mei@example.com", "first_name": "Mei", "role": role}],
            }
        )
        sent = pd.documents.send_when_ready(str(document.id))
        print(f"{sent.name}: {sent.status}")


if __name__ == "__main__":
    main()
