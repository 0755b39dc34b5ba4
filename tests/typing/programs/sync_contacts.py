"""Bring the contacts of a table over: who is new is created, who has changed is updated."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from pandadoc_client import PandaDoc
from pandadoc_client.models import ContactCreateRequest, ContactDetailsResponse

Change = Literal["created", "updated", "kept"]


def greeting(contact: ContactDetailsResponse) -> str:
    return f"Dear {contact.first_name or 'customer'}"


def bring_over(pd: PandaDoc, row: Mapping[str, str]) -> Change:
    found = pd.contacts.list_contacts(email=row["email"]).results or []
    if not found:
        pd.contacts.create_contact(
            ContactCreateRequest(email=row["email"], first_name=row["first"], last_name=row["last"])
        )
        return "created"
    contact = found[0]
    if (contact.first_name, contact.last_name) == (row["first"], row["last"]):
        return "kept"
    pd.contacts.update_contact(contact.id, {"first_name": row["first"], "last_name": row["last"]})
    return "updated"


def main() -> None:
    rows = [
        {"email": "mei@example.com", "first": "Mei", "last": "Lin"},
        {"email": "mei@example.com", "first": "Mei", "last": "Panda"},
        {"email": "mei@example.com", "first": "Mei", "last": "Panda"},
    ]
    with PandaDoc() as pd:
        for row in rows:
            print(bring_over(pd, row))
        for contact in pd.contacts.iterate_contacts(email="mei@example.com"):
            print(greeting(contact))


if __name__ == "__main__":
    main()
