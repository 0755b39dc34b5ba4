"""Summaries, content, AI metadata and search: records to the JSON of the contract."""

from __future__ import annotations

from ..backend import Backend
from ..records import Record

__all__ = ["addresses", "metadata", "search_hit", "tag"]


def tag(document: Record) -> dict[str, str]:
    return {"ETag": f'"{document["id"]}-{document["date_modified"]}"', "Vary": "Authorization"}


def metadata(document: Record) -> list[Record]:
    return [
        {
            "id": f"{number:022}",
            "key": token["name"],
            "field_type": "single_line",
            "settings": {},
            "value": {"value": token["value"], "acceptance_status": "pending"},
        }
        for number, token in enumerate(document["tokens"], 1)
    ]


def addresses(document: Record) -> list[str]:
    return [recipient["email"] for recipient in document["recipients"] if recipient["email"]]


def search_hit(backend: Backend, document: Record) -> Record:
    owner = backend.person(document["owner"])
    folder = backend["document_folders"].get(document["folder_uuid"] or "")
    people = document["recipients"]
    return {
        "document_id": document["id"],
        "name": document["name"],
        "status": document["status"],
        "date_created": document["date_created"],
        "owner": {
            "id": owner["id"],
            "name": f"{owner['first_name']} {owner['last_name']}",
            "email": owner["email"],
            "avatar": None,
        },
        "folder": {"id": folder["id"] if folder else "", "name": folder["name"] if folder else ""},
        "extra_fields": {
            "title": document["name"],
            "date_modified": document["date_modified"],
            "date_sent": document["date_sent"],
            "date_completed": document["date_completed"],
            "date_expiration": document["expiration_date"],
            "removed": False,
            "type": "regular document",
            "recipient_count": len(people),
            "signed_count": sum(1 for one in people if one["has_completed"]),
            "tags": document["tags"],
        },
    }
